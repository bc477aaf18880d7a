"""Two answers to the same texts: by how much one is right more often, and how sure that is."""

from __future__ import annotations

import math
from statistics import NormalDist

from unrolled.evaluation.metrics import _check_level


def paired_interval(only_a: int, only_b: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Return the interval ``(low, high)`` for A's accuracy minus B's, on the same n texts.

    The texts that only one of them got right tell. This is the textbook's interval for the mean of
    differences of 1, 0 and -1, after half a text was added to each of the four counts (both right,
    only A, only B, neither), as Agresti and Min (2005) advise: without that it is too narrow for
    few texts, and has no width at all where A and B never differ.

    Parameters
    ----------
    only_a, only_b : int
        Texts that only A, or only B, got right: see `unrolled.evaluation.metrics.mcnemar`.
    n : int
        All texts.
    level : float

    Raises
    ------
    ValueError
        If the counts do not fit together, or the level is not between 0 and 1.
    """
    if min(only_a, only_b) < 0 or n < 1 or only_a + only_b > n:
        raise ValueError(
            f"paired_interval got {only_a} and {only_b} of {n} texts; expected counts of different "
            "texts among at least one."
        )
    _check_level(level)
    a, b, total = only_a + 0.5, only_b + 0.5, n + 2
    gap = (a - b) / total
    error = math.sqrt((a + b) / total - gap**2) / math.sqrt(total)
    half = NormalDist().inv_cdf(0.5 + level / 2) * error
    return max(-1.0, gap - half), min(1.0, gap + half)
