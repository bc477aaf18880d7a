"""Does a probability keep its promise? Reliability, its error, and one number that mends it."""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import expit, logsumexp


def mean_loss(logits, targets) -> float:
    """Return the mean cross-entropy, exact for large logits too.

    Parameters
    ----------
    logits : array ``(N,)`` or ``(N, K)``
        Of class 1 against class 0, or one for each of K classes.
    targets : array ``(N,)``
        The class of each, 0 to K - 1.

    Raises
    ------
    ValueError
        If the sizes do not fit, there is nothing, or a number is NaN or infinite.
    """
    z, y = _checked_any(logits, targets)
    if z.ndim == 1:
        return float(np.mean(np.logaddexp(0, z) - y * z))
    return float(np.mean(logsumexp(z, axis=1) - z[np.arange(len(z)), y]))


def reliability(probabilities, targets, bins: int = 10) -> dict[str, np.ndarray]:
    """Return what was promised and what came, in bins of equal width between 0 and 1.

    Parameters
    ----------
    probabilities : array (N,)
        Of being positive.
    targets : array (N,)
        1 if positive, 0 if not.
    bins : int

    Returns
    -------
    dict of arrays ``(bins,)``
        promised (mean probability), came (share of positives), count; a bin without examples has
        NaN, NaN and 0.

    Raises
    ------
    ValueError
        If a probability is not between 0 and 1, or the sizes do not fit.
    """
    p, y = _checked(probabilities, targets, bins)
    place = np.minimum((p * bins).astype(int), bins - 1)  # 1.0 belongs to the last bin
    count = np.bincount(place, minlength=bins)
    filled = np.where(count, count, np.nan)
    return {
        "promised": np.bincount(place, p, bins) / filled,
        "came": np.bincount(place, y, bins) / filled,
        "count": count,
    }


def expected_calibration_error(probabilities, targets, bins: int = 10) -> float:
    """Return the mean distance of promised and came, each bin weighted by its examples.

    ``ECE = sum over bins of (n_b / N) |came_b - promised_b|`` (after Guo et al., 2017). It is
    biased: with finitely many examples it is above zero even for perfect probabilities (see
    `error_if_calibrated`), and errors of both signs within a bin cancel.
    """
    table = reliability(probabilities, targets, bins)
    gaps = np.abs(table["came"] - table["promised"])
    return float(np.nansum(gaps * table["count"]) / table["count"].sum())


def top_class_error(probabilities, targets, bins: int = 10) -> float:
    """Return the expected calibration error of the class that is answered.

    What was promised is the largest of the K probabilities, what came is whether its class was
    right; the rest is `expected_calibration_error`. It says nothing of the other K - 1.

    Parameters
    ----------
    probabilities : array ``(N, K)``
    targets : array ``(N,)``
        The class of each, 0 to K - 1.
    bins : int
    """
    p, y = _checked_classes(probabilities, targets)
    return expected_calibration_error(
        np.minimum(p.max(axis=1), 1), (p.argmax(axis=1) == y).astype(int), bins
    )


def error_if_calibrated(
    probabilities, *, rng: np.random.Generator, repeats: int = 200, bins: int = 10
) -> np.ndarray:
    """Return the calibration errors ``(repeats,)`` that chance alone would give.

    Draws each target anew as a coin that falls positive with exactly the promised probability.
    """
    p = np.asarray(probabilities, dtype=float)
    draws = (rng.random((repeats, len(p))) < p).astype(int)
    return np.array([expected_calibration_error(p, y, bins) for y in draws])


def fit_temperature(logits, targets) -> float:
    """Return the temperature T for which ``z / T`` has the smallest mean loss.

    The probabilities are ``sigmoid(z / T)`` for logits ``(N,)``, and ``softmax(z / T)`` for
    ``(N, K)``. T above 1 makes a model less sure, below 1 more so; no answer changes sides (Guo et
    al., 2017). Fit it on validation examples: on the training examples a model is surer than it may
    be.

    Raises
    ------
    ValueError
        If the targets hold only one class, or the logits separate the classes without an error:
        then the smaller T, the better.
    """
    z, y = np.asarray(logits, dtype=float), np.asarray(targets, dtype=float)
    if z.shape[:1] != y.shape or len(np.unique(y)) < 2:
        raise ValueError(
            f"fit_temperature got logits of shape {z.shape} and targets of {y.shape} with classes "
            f"{np.unique(y)}; give one target a text, and both classes (of more, two at least)."
        )
    z, y = _checked_any(z, y)
    answers = z > 0 if z.ndim == 1 else z.argmax(axis=1)
    if (answers == y).all():
        raise ValueError(
            "All answers are right, so there is no best temperature: the smaller, the better. "
            "Fit it on examples that the model has not learnt."
        )
    best = minimize_scalar(
        lambda log_t: mean_loss(z / math.exp(log_t), y), bounds=(-4, 4), method="bounded"
    )
    return float(math.exp(best.x))


def brier_score(probabilities, targets) -> float:
    """Return the mean squared distance of probability and outcome; a coin's is 1/4.

    Of probabilities ``(N, K)`` the squares of a text's K distances are added up (Brier, 1950), so
    with two classes it is twice that of ``(N,)``, and K equal probabilities have ``1 - 1 / K``.
    """
    if np.ndim(probabilities) == 2:
        p, y = _checked_classes(probabilities, targets)
        return float(np.mean(np.sum((p - np.eye(p.shape[1])[y]) ** 2, axis=1)))
    p, y = _checked(probabilities, targets, bins=1)
    return float(np.mean((p - y) ** 2))


def surest_first(logits, targets) -> tuple[np.ndarray, np.ndarray]:
    """Return coverage and accuracy ``(N,)`` if only the surest answers are given.

    Entry k is for the k + 1 answers with the largest ``|z|``.
    """
    z, y = _checked_logits(logits, targets)
    order = np.argsort(-np.abs(z), kind="stable")
    right = ((z > 0) == (y == 1))[order]
    answered = np.arange(1, len(z) + 1)
    return answered / len(z), np.cumsum(right) / answered


def confident_errors(logits, targets, least: float = 0.95) -> tuple[int, int]:
    """Return how many answers were given with at least this confidence, and how many were wrong."""
    z, y = _checked_logits(logits, targets)
    if not 0 <= least <= 1:
        raise ValueError(f"least is {least}; a confidence is from 0 to 1.")
    sure = expit(np.abs(z)) >= least
    return int(sure.sum()), int((sure & ((z > 0) != (y == 1))).sum())


def _checked_any(logits, targets):
    """Return logits ``(N,)`` or ``(N, K)`` and targets as arrays, or raise a ValueError."""
    if np.ndim(logits) != 2:
        return _checked_logits(logits, targets)
    z, y = np.asarray(logits, dtype=float), np.asarray(targets)
    _check_numbers(z, y)
    return z, _classes_of(z, y)


def _checked_classes(probabilities, targets):
    """Return probabilities ``(N, K)`` and targets as arrays, or raise a ValueError."""
    p, y = np.asarray(probabilities, dtype=float), np.asarray(targets)
    y = _classes_of(p, y)
    if not ((p >= 0) & (p <= 1)).all() or not np.allclose(p.sum(axis=1), 1, atol=1e-4):
        raise ValueError(
            "A row of probabilities is not between 0 and 1 with the sum 1. Turn logits into "
            "probabilities first, with unrolled.evaluation.answers.probabilities."
        )
    return p, y


def _classes_of(table, targets):
    """Return the targets of a table ``(N, K)`` as whole numbers, or raise a ValueError."""
    if table.ndim != 2 or table.shape[1] < 2 or targets.shape != table.shape[:1] or not len(table):
        raise ValueError(
            f"There are values of shape {table.shape} and targets of {targets.shape}; expected "
            "(N, K) and (N,), one class for each text."
        )
    if not np.isin(targets, np.arange(table.shape[1])).all():
        raise ValueError(f"A target is no class from 0 to {table.shape[1] - 1}.")
    return targets.astype(np.int64)


def _checked_logits(logits, targets):
    """Return both as arrays; raise a ValueError unless they are filled, equal, finite vectors."""
    z, y = np.asarray(logits, dtype=float), np.asarray(targets, dtype=float)
    if z.ndim != 1 or z.shape != y.shape or len(z) == 0:
        raise ValueError(
            f"logits has shape {z.shape} and targets {y.shape}; expected two filled vectors of the "
            "same length."
        )
    _check_numbers(z, y)
    return z, y


def _check_numbers(z, y):
    """Raise a ValueError at the first number that is NaN or infinite."""
    for name, values in (("logits", z), ("targets", y)):
        if not np.isfinite(values).all():
            raise ValueError(
                f"{name} holds {values[~np.isfinite(values)][0]} at "
                f"{int(np.argwhere(~np.isfinite(values))[0][0])}; a network that gives such an "
                "answer has not been trained to an end."
            )


def _checked(probabilities, targets, bins):
    p, y = np.asarray(probabilities, dtype=float), np.asarray(targets)
    if p.ndim != 1 or p.shape != y.shape or len(p) == 0:
        raise ValueError(
            f"probabilities has shape {p.shape} and targets {y.shape}; expected two filled "
            "vectors of the same length."
        )
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError(
            "A probability is below 0 or above 1. Turn logits into probabilities first, "
            "with scipy.special.expit."
        )
    if not np.isin(y, (0, 1)).all():
        raise ValueError("A target is neither 0 nor 1; write 1 if positive, 0 if not.")
    if bins < 1:
        raise ValueError(f"bins is {bins}; take at least one.")
    return p, y
