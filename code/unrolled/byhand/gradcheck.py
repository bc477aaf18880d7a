"""Finite differences: the referee between a derivation and its code."""

import numpy as np


def numerical_gradient(f, x, *, eps=1e-6):
    """Return the gradient of a scalar function by central differences.

    Each entry is (f(x + eps) - f(x - eps)) / (2 eps), whose error is O(eps**2).

    Parameters
    ----------
    f : callable, ndarray -> float
        Must read `x` afresh each time it is called.
    x : ndarray of float64
        The point. It is moved one entry at a time and put back.
    eps : float
        The step. 1e-6 balances truncation against rounding in float64.

    Returns
    -------
    ndarray, shaped like `x`

    Raises
    ------
    TypeError
        If `x` is not float64: in float32 the difference would be mostly rounding.
    ValueError
        If `x` is empty or holds NaN or infinity, `eps` is not a small positive number, or `f`
        returns what is no finite number.
    """
    if x.dtype != np.float64:
        raise TypeError(
            f"numerical_gradient got {x.dtype} values. "
            "Build the model with dtype=np.float64 to check its gradients."
        )
    _filled_and_finite("x", x)
    if not 0 < eps < 1:
        raise ValueError(f"numerical_gradient got eps={eps}; give a small step, such as 1e-6.")
    grad = np.empty_like(x)
    for index in np.ndindex(x.shape):
        kept = x[index]
        try:
            x[index] = kept + eps
            above = _finite_value(f, x)
            x[index] = kept - eps
            below = _finite_value(f, x)
        finally:
            x[index] = kept
        grad[index] = (above - below) / (2 * eps)
    return grad


def _finite_value(f, x):
    """Return f(x) as a float, or raise a ValueError that says what it gave instead."""
    value = np.asarray(f(x))
    if value.size != 1 or value.dtype.kind not in "fiub" or not np.isfinite(value).all():
        raise ValueError(
            f"The function whose gradient is checked gave {value}. It must return one finite "
            "number, the loss, near the point too."
        )
    return float(value.item())


def _filled_and_finite(name, array):
    """Raise a ValueError if the array is empty or an entry is no finite number."""
    if array.size == 0:
        raise ValueError(f"{name} is empty (shape {array.shape}); nothing would be checked.")
    if not np.isfinite(array).all():
        at = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(
            f"{name} holds {array[at]} at {at}. No comparison with it could fail; look for where "
            "it comes from first."
        )


def relative_error(a, b):
    """Return the largest difference between two arrays, relative to their largest entry.

    Parameters
    ----------
    a, b : ndarray of the same shape

    Returns
    -------
    float
        0 where both are zero throughout.

    Raises
    ------
    ValueError
        If the shapes differ, or an array is empty or holds NaN or infinity.
    """
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape:
        raise ValueError(f"relative_error got shapes {a.shape} and {b.shape}; they must be equal.")
    _filled_and_finite("The first array", a)
    _filled_and_finite("The second array", b)
    scale = max(np.abs(a).max(), np.abs(b).max())
    return float(np.abs(a - b).max() / scale) if scale > 0 else 0.0


def check_gradient(f, x, gradient, *, tolerance=1e-6, eps=1e-6, name="the gradient"):
    """Compare a gradient with finite differences; return the relative error.

    Parameters
    ----------
    f : callable, ndarray -> float
    x : ndarray of float64
    gradient : ndarray, shaped like `x`
        What the derivation says.
    tolerance : float
        The largest relative error that passes.
    eps : float
        The step of the differences.
    name : str
        What to call it in the error.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If the gradient is not shaped like `x`, `tolerance` is no positive number, or as
        `numerical_gradient`.
    AssertionError
        If they disagree; the message names the worst entry and both values. If an entry of the
        gradient is NaN or infinite; the message names the first.
    """
    gradient = np.asarray(gradient)
    if gradient.shape != x.shape:
        raise ValueError(f"{name} has shape {gradient.shape}; its variable has shape {x.shape}.")
    if not 0 < tolerance < np.inf:
        raise ValueError(f"check_gradient got tolerance={tolerance}; give one such as 1e-6.")
    numeric = numerical_gradient(f, x, eps=eps)
    if not np.isfinite(gradient).all():
        at = tuple(int(i) for i in np.argwhere(~np.isfinite(gradient))[0])
        raise AssertionError(
            f"{name} is {gradient[at]} at {at}, where finite differences give {numeric[at]:.6g}."
        )
    error = relative_error(gradient, numeric)
    if error > tolerance:
        worst = np.unravel_index(np.abs(gradient - numeric).argmax(), x.shape)
        at = tuple(int(i) for i in worst)
        raise AssertionError(
            f"{name} is wrong by {error:.1e} (allowed {tolerance:.0e}): at {at} the derivation "
            f"gives {gradient[worst]:.6g} and finite differences {numeric[worst]:.6g}."
        )
    return error


def check_layer(layer, cells, x, upstream, *, lengths=None, tolerance=1e-6):
    """Compare all gradients of a layer with finite differences; return the largest relative error.

    The loss is the sum of the outputs times `upstream`. The gradients of the cells are set to zero
    first, and hold afterwards what `layer` has added.

    Parameters
    ----------
    layer : object
        With ``forward(x, state, lengths)`` and ``backward(upstream, caches)``, such as
        `layers.Recurrent`.
    cells : list
        Those that `layer` runs: their ``params`` are checked against their ``grads``.
    x : ndarray of float64, (B, T, I)
    upstream : ndarray (B, T, H)
        The gradient by the outputs. Take it at random: a plain sum hides errors.
    lengths : ndarray of int (B,), optional
        Real steps of each sequence.
    tolerance : float
        The largest relative error that passes.

    Returns
    -------
    float

    Raises
    ------
    AssertionError, ValueError
        As `check_gradient`.
    """
    for cell in cells:
        cell.zero_grad()
    _, _, caches = layer.forward(x, None, lengths)
    dx, _ = layer.backward(upstream, caches)

    def loss(_):
        return float((layer.forward(x, None, lengths)[0] * upstream).sum())

    errors = [check_gradient(loss, x, dx, tolerance=tolerance, name="the gradient by x")]
    for cell in cells:
        for key, weight in cell.params.items():
            grad = cell.grads[key]
            errors.append(check_gradient(loss, weight, grad, tolerance=tolerance, name=key))
    return max(errors)
