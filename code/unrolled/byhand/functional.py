"""Activations and losses in NumPy, each loss with its gradient."""

import numpy as np


def sigmoid(a):
    """Return 1 / (1 + exp(-a)), elementwise and without overflow.

    Parameters
    ----------
    a : ndarray of any shape

    Returns
    -------
    ndarray, shaped like `a`, values in [0, 1]
    """
    # tanh saturates quietly at both ends, where exp(-a) would overflow for large negative a.
    return 0.5 * (1 + np.tanh(0.5 * a))


def softplus(a):
    """Return log(1 + exp(a)), elementwise and without overflow; -softplus(-a) is log sigmoid(a).

    Parameters
    ----------
    a : ndarray of any shape

    Returns
    -------
    ndarray, shaped like `a`, not negative
    """
    return np.logaddexp(0, a)


def log_softmax(logits):
    """Return the logarithm of the softmax over the last axis.

    Parameters
    ----------
    logits : ndarray (..., K)

    Returns
    -------
    ndarray (..., K)
    """
    shifted = logits - logits.max(axis=-1, keepdims=True)  # exp of the largest is then 1
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def softmax(logits):
    """Return probabilities over the last axis: positive, with sum 1.

    Parameters
    ----------
    logits : ndarray (..., K)

    Returns
    -------
    ndarray (..., K)
    """
    return np.exp(log_softmax(logits))


def mean_squared_error(prediction, target):
    """Return the mean squared error and its gradient by the prediction.

    Parameters
    ----------
    prediction, target : ndarray of the same shape

    Returns
    -------
    loss : float
    dprediction : ndarray, shaped like `prediction`

    Raises
    ------
    ValueError
        If the shapes differ (they would broadcast, and the loss would be wrong in silence), or
        there is nothing in them.
    """
    _same_shape("prediction", prediction, "target", target)
    error = np.subtract(prediction, target)
    return float(np.mean(error**2)), 2 * error / error.size


def binary_cross_entropy_with_logits(logits, targets):
    """Return the mean binary cross-entropy of sigmoid(logits), and its gradient by the logits.

    Parameters
    ----------
    logits : ndarray of any shape
    targets : ndarray of the same shape, values in [0, 1]

    Returns
    -------
    loss : float, in nats
    dlogits : ndarray, shaped like `logits`

    Raises
    ------
    ValueError
        If the shapes differ, or there is nothing in them.
    """
    _same_shape("logits", logits, "targets", targets)
    logits, targets = np.asarray(logits), np.asarray(targets)
    # log(1 + exp(a)) - y a, with the exponential kept below 1
    loss = np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))
    return float(np.mean(loss)), (sigmoid(logits) - targets) / logits.size


def cross_entropy(logits, targets):
    """Return the mean cross-entropy of softmax(logits), and its gradient by the logits.

    Parameters
    ----------
    logits : ndarray (N, K)
    targets : ndarray of int (N,), each a class from 0 to K - 1

    Returns
    -------
    loss : float, in nats
    dlogits : ndarray (N, K)

    Raises
    ------
    ValueError
        If `logits` is not a filled table, or `targets` is not one class a row, in whole numbers,
        or names a class that does not exist.
    """
    logits, targets = np.asarray(logits), np.asarray(targets)
    if logits.ndim != 2 or logits.size == 0:
        raise ValueError(
            f"cross_entropy got logits of shape {logits.shape}. Give (N, K): a row for each "
            "example, a column for each class, at least one of each."
        )
    n, k = logits.shape
    if targets.shape != (n,):
        raise ValueError(
            f"cross_entropy got targets of shape {targets.shape} for logits of shape "
            f"{logits.shape}. Give one class number a row: shape ({n},)."
        )
    if targets.dtype.kind not in "iu":
        raise ValueError(
            f"cross_entropy got targets of type {targets.dtype}. Class numbers are whole numbers, "
            "such as targets.astype(int)."
        )
    if targets.min() < 0 or targets.max() >= k:
        raise ValueError(
            f"cross_entropy got class numbers from {targets.min()} to {targets.max()}, but the "
            f"logits have {k} columns. Use class numbers from 0 to {k - 1}."
        )
    log_p = log_softmax(logits)
    rows = np.arange(n)
    dlogits = np.exp(log_p)
    dlogits[rows, targets] -= 1
    return float(-log_p[rows, targets].mean()), dlogits / n


def _same_shape(name_a, a, name_b, b):
    """Raise a ValueError unless both arrays have the same shape and something in them."""
    if np.shape(a) != np.shape(b):
        raise ValueError(
            f"{name_a} has shape {np.shape(a)} and {name_b} has shape {np.shape(b)}. "
            "Reshape one of them: they must be equal, for NumPy would broadcast without a word."
        )
    if np.size(a) == 0:
        raise ValueError(f"{name_a} and {name_b} are empty; there is no mean loss of nothing.")
