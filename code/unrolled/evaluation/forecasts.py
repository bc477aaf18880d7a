"""How good forecasts of numbers are, and the simple forecasts that any other must beat."""

from __future__ import annotations

import numpy as np

from unrolled.data.series import DAY


def absolute_error(forecasts, truth) -> np.ndarray:
    """Return the mean absolute error of each row ``(D,)``, in the units of the truth.

    Parameters
    ----------
    forecasts, truth : array (D, A)
        A numbers in each of D rows, such as the hours of a day.

    Raises
    ------
    ValueError
        If the sizes differ, or a number is not finite.
    """
    forecasts, truth = _checked(forecasts, truth)
    return np.abs(forecasts - truth).mean(axis=1)


def pinball(quantiles, truth, levels) -> np.ndarray:
    """Return the mean pinball loss of each row ``(D,)``, in the units of the truth.

    ``max(q (y - f), (q - 1)(y - f))`` for a level q, its forecast f and the truth y: too low costs
    q, too high 1 - q for each unit. What makes it smallest on average is the quantile (Koenker and
    Bassett, 1978). At the level 0.5 it is half the absolute error.

    Parameters
    ----------
    quantiles : array (D, A, Q)
    truth : array (D, A)
    levels : array (Q,)
        Between 0 and 1.

    Raises
    ------
    ValueError
        If the sizes do not fit, a level is not between 0 and 1, or a number is not finite.
    """
    quantiles, truth, levels = _checked_quantiles(quantiles, truth, levels)
    above = truth[..., None] - quantiles
    return np.maximum(levels * above, (levels - 1) * above).mean(axis=(1, 2))


def shares_below(quantiles, truth, levels) -> np.ndarray:
    """Return for each row and level the share of the truth at or below its quantile ``(D, Q)``.

    Over many rows the mean should be the level; then the quantiles are calibrated.

    Raises
    ------
    ValueError
        As `pinball`.
    """
    quantiles, truth, _ = _checked_quantiles(quantiles, truth, levels)
    return (truth[..., None] <= quantiles).mean(axis=1)


def coverage(quantiles, truth, levels, *, low: float, high: float) -> np.ndarray:
    """Return for each row the share of the truth between two of its quantiles ``(D,)``.

    Raises
    ------
    ValueError
        As `pinball`, or if `low` or `high` is none of the levels.
    """
    quantiles, truth, levels = _checked_quantiles(quantiles, truth, levels)
    for level in (low, high):
        if not np.isclose(levels, level).any():
            raise ValueError(f"{level} is none of the levels {levels.tolist()}.")
    bounds = [quantiles[..., np.argmin(np.abs(levels - level))] for level in (low, high)]
    return ((bounds[0] <= truth) & (truth <= bounds[1])).mean(axis=1)


def last_value(past, ahead: int = DAY) -> np.ndarray:
    """Return the last value of each past ``(D, P)``, repeated: ``(D, ahead)``."""
    return np.repeat(np.asarray(past)[:, -1:], ahead, axis=1)


def same_hours(past, days) -> np.ndarray:
    """Return the mean of the same hours on earlier days ``(D, 24)``.

    Parameters
    ----------
    past : array (D, P)
        Hours before midnight, the oldest first.
    days : sequence of int
        How many days before: ``[1]`` is the day before, ``[7, 14]`` the same weekday twice.

    Raises
    ------
    ValueError
        If there is no such day in the past.
    """
    past = np.asarray(past)
    there = past.shape[1] // DAY
    if not len(days) or min(days) < 1 or max(days) > there:
        raise ValueError(f"days is {list(days)}; the past holds days 1 to {there} before.")
    starts = [past.shape[1] - DAY * day for day in days]
    return np.mean([past[:, start : start + DAY] for start in starts], axis=0)


def with_residuals(forecasts, residuals, levels) -> np.ndarray:
    """Return quantiles ``(D, A, Q)``: forecasts plus quantiles of earlier errors, place by place.

    Parameters
    ----------
    forecasts : array (D, A)
    residuals : array (N, A)
        Truth minus forecast on rows that nothing was fitted to.
    levels : array (Q,)
    """
    shift = np.quantile(residuals, levels, axis=0)  # (Q, A)
    return np.asarray(forecasts)[..., None] + shift.T


def blocks(values, size: int) -> np.ndarray:
    """Return means of `size` neighbours along the last axis; what is left over at the end is out.

    Errors of neighbouring days resemble each other, so an interval over days would be too narrow.
    Over weeks they do so less.

    Raises
    ------
    ValueError
        If there is no whole block.
    """
    values = np.asarray(values, dtype=float)
    count = values.shape[-1] // size if size > 0 else 0
    if count == 0:
        raise ValueError(f"{values.shape[-1]} values make no block of {size}.")
    whole = values[..., : count * size]
    return whole.reshape(*values.shape[:-1], count, size).mean(axis=-1)


def _checked(forecasts, truth):
    """Return both as arrays of floats, or raise unless they are two equal, finite tables."""
    forecasts, truth = np.asarray(forecasts, dtype=float), np.asarray(truth, dtype=float)
    if truth.ndim != 2 or forecasts.shape != truth.shape:
        raise ValueError(
            f"forecasts has shape {forecasts.shape} and truth {truth.shape}; expected two tables "
            "of the same shape (D, A)."
        )
    _check_finite(forecasts, truth)
    return forecasts, truth


def _checked_quantiles(quantiles, truth, levels):
    """Return the three as arrays, or raise unless they fit together."""
    quantiles, truth = np.asarray(quantiles, dtype=float), np.asarray(truth, dtype=float)
    levels = np.asarray(levels, dtype=float)
    if truth.ndim != 2 or levels.ndim != 1 or quantiles.shape != (*truth.shape, len(levels)):
        raise ValueError(
            f"quantiles has shape {quantiles.shape}, truth {truth.shape} and levels "
            f"{levels.shape}; expected (D, A, Q), (D, A) and (Q,)."
        )
    if ((levels <= 0) | (levels >= 1)).any():
        raise ValueError(f"levels is {levels.tolist()}; each must be between 0 and 1.")
    _check_finite(quantiles, truth)
    return quantiles, truth, levels


def _check_finite(*arrays):
    """Raise unless every number is finite."""
    if not all(np.isfinite(array).all() for array in arrays):
        raise ValueError("A forecast or a true value is NaN or infinite; leave such rows out.")
