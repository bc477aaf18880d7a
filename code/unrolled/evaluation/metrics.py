"""Numbers that say how good predictions are, and how sure one may be of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

import numpy as np
from scipy import stats


def _pair(predictions, targets):
    """Return both as arrays, or raise ``ValueError`` unless they are two equal, filled vectors."""
    predictions, targets = np.asarray(predictions), np.asarray(targets)
    if predictions.ndim != 1 or predictions.shape != targets.shape:
        raise ValueError(
            f"predictions has shape {predictions.shape} and targets {targets.shape}; "
            "expected two vectors of the same length, one class for each example."
        )
    if len(predictions) == 0:
        raise ValueError("predictions and targets are empty; there is nothing to measure.")
    for name, values in (("predictions", predictions), ("targets", targets)):
        _check_values(name, values)
    return predictions, targets


def _check_values(name, values):
    """Raise ``ValueError`` if an array holds None or another object, NaN or infinity."""
    bad = values.dtype.kind == "O"
    if bad or (values.dtype.kind in "fc" and not np.isfinite(values).all()):
        what = "something that is no number" if bad else "NaN or infinity"
        raise ValueError(
            f"{name} holds {what}, which would count as one answer among others. Find out where it "
            "comes from, or leave those examples out of both."
        )


def accuracy(predictions, targets) -> float:
    """Return the share of predicted classes that equal the targets."""
    predictions, targets = _pair(predictions, targets)
    return float(np.mean(predictions == targets))


def confusion_matrix(predictions, targets, n_classes: int = 2) -> np.ndarray:
    """Return ``(n_classes, n_classes)`` counts: row = true class, column = predicted class.

    Raises
    ------
    ValueError
        If a class is not a whole number from 0 to ``n_classes - 1``.
    """
    predictions, targets = _pair(predictions, targets)
    for name, values in (("predictions", predictions), ("targets", targets)):
        if not np.isin(values, np.arange(n_classes)).all():
            raise ValueError(
                f"{name} holds a class outside 0..{n_classes - 1}. Turn probabilities into "
                "classes first, for instance with (probability > 0.5).astype(int)."
            )
    counts = np.zeros((n_classes, n_classes), dtype=np.int64)
    np.add.at(counts, (targets.astype(np.int64), predictions.astype(np.int64)), 1)
    return counts


def precision(predictions, targets) -> float:
    """Return the share of predicted positives that are positive (0 if none is predicted)."""
    (_, false_positives), (_, true_positives) = confusion_matrix(predictions, targets)
    called = true_positives + false_positives
    return float(true_positives / called) if called else 0.0


def recall(predictions, targets) -> float:
    """Return the share of true positives that are predicted (0 if there is none)."""
    _, (false_negatives, true_positives) = confusion_matrix(predictions, targets)
    positives = true_positives + false_negatives
    return float(true_positives / positives) if positives else 0.0


def f1(predictions, targets) -> float:
    """Return the harmonic mean of precision and recall of the positive class."""
    (_, false_positives), (false_negatives, hits) = confusion_matrix(predictions, targets)
    total = 2 * hits + false_positives + false_negatives
    return float(2 * hits / total) if total else 0.0


def wilson_interval(successes: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Return Wilson's score interval ``(low, high)`` for a share of `successes` in `n` trials.

    Unlike the textbook interval (share plus or minus z standard errors) it stays within
    0 and 1 and keeps its promise for shares near them (Wilson, 1927).
    """
    if not 0 <= successes <= n or not 1 <= n < math.inf:
        raise ValueError(
            f"wilson_interval got {successes} successes in {n} trials; expected at least one "
            "trial and from 0 to n successes."
        )
    _check_level(level)
    z = NormalDist().inv_cdf(0.5 + level / 2)
    share = successes / n
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return max(0.0, centre - half), min(1.0, centre + half)


def mean_interval(values, level: float = 0.95) -> tuple[float, float, float]:
    """Return ``(mean, low, high)``: Student's interval for the mean of a few measurements.

    It assumes values that scatter about like a normal distribution, as results over seeds mostly
    do. For a paired comparison give the differences; if the interval holds zero, no difference
    was detected.

    Raises
    ------
    ValueError
        If there are fewer than two values, or one is not finite.
    """
    values = np.asarray(values, dtype=float)
    if values.ndim != 1 or len(values) < 2 or not np.isfinite(values).all():
        raise ValueError(
            f"mean_interval got {values!r}; give at least two finite numbers in one row, such as "
            "one result a seed."
        )
    _check_level(level)
    mean, error = values.mean(), values.std(ddof=1) / math.sqrt(len(values))
    half = stats.t.ppf(0.5 + level / 2, len(values) - 1) * error
    return float(mean), float(mean - half), float(mean + half)


def verdict(differences, comparisons: int, level: float = 0.95) -> str:
    """Return "detected", "hint" or "nothing" for paired differences, one of several comparisons.

    Of twenty intervals at 95 % one is expected to miss its mark. Where there are more comparisons,
    Bonferroni asks more of each interval: at the level ``1 - (1 - level) / comparisons`` the chance
    of even one false alarm among them stays below ``1 - level``.

    Parameters
    ----------
    differences : array (S,)
        One for each pair, such as two networks that began from the same seed.
    comparisons : int
        How many there are in all.
    level : float

    Returns
    -------
    str
        "detected" if the corrected interval of the mean leaves out zero; "hint" if only the plain
        one does; else "nothing".

    Raises
    ------
    ValueError
        If `comparisons` is less than 1, or as `mean_interval`.
    """
    if comparisons < 1:
        raise ValueError(f"verdict got {comparisons} comparisons; there is at least this one.")
    corrected = 1 - (1 - level) / comparisons
    for word, asked in (("detected", corrected), ("hint", level)):
        _, low, high = mean_interval(differences, asked)
        if low > 0 or high < 0:
            return word
    return "nothing"


def crossed_interval(values, level: float = 0.95) -> tuple[float, float, float]:
    """Return ``(mean, low, high)`` for another seed *and* other examples at once.

    Every seed judged every example. With A the squared standard error of the mean over seeds, B
    that over examples and E that of what neither explains, the squared error of the mean is
    ``A + (B - E)``: E is in A and in B, and must count once (analysis of variance with two random
    factors). Student's interval, with Satterthwaite's degrees of freedom; for few seeds it is
    safer than a bootstrap of both, which draws too small a scatter from five.

    Parameters
    ----------
    values : array (S, N)
        One row a seed, one column an example, such as the right answers of one network minus those
        of another.
    level : float

    Raises
    ------
    ValueError
        If there are fewer than two seeds or examples, or a value is not finite.
    """
    values = np.asarray(values, dtype=float)
    if values.ndim != 2 or min(values.shape) < 2 or not np.isfinite(values).all():
        raise ValueError(
            f"crossed_interval got an array of shape {values.shape}; give finite numbers, one row "
            "a seed and one column an example, at least two of each."
        )
    _check_level(level)
    seeds, examples = values.shape
    by_seed, by_example = values.mean(axis=1), values.mean(axis=0)
    rest = values - by_seed[:, None] - by_example + values.mean()
    left = np.sum(rest**2) / ((seeds - 1) * (examples - 1)) / values.size
    a = by_seed.var(ddof=1) / seeds
    b = max(by_example.var(ddof=1) / examples - left, 0.0)
    parts = a**2 / (seeds - 1) + b**2 / (examples - 1)
    freedom = (a + b) ** 2 / parts if parts > 0 else 1.0
    half = stats.t.ppf(0.5 + level / 2, freedom) * math.sqrt(a + b)
    return float(values.mean()), float(values.mean() - half), float(values.mean() + half)


def bootstrap_interval(
    values,
    *,
    rng: np.random.Generator,
    level: float = 0.95,
    repeats: int = 2000,
    statistic: Callable[[np.ndarray], float] = np.mean,
) -> tuple[float, float]:
    """Return the percentile bootstrap interval ``(low, high)`` of a statistic of `values`.

    Resamples the first axis of `values` with replacement. For a paired comparison of
    two classifiers give ``correct_a.astype(int) - correct_b``: one difference an example.
    """
    values = np.asarray(values)
    if values.ndim == 0 or len(values) == 0:
        raise ValueError("bootstrap_interval got no values; give one for each example.")
    _check_values("values", values)
    if repeats < 1:
        raise ValueError(f"repeats is {repeats}; draw at least one resample (2000 is usual).")
    _check_level(level)
    draws = [statistic(values[rng.integers(len(values), size=len(values))]) for _ in range(repeats)]
    if not np.isfinite(draws).all():
        raise ValueError(
            "The statistic of a resample is no finite number, so there is no interval. It must be "
            "defined on every resample; a ratio is not where its denominator can be zero."
        )
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def mcnemar(correct_a, correct_b) -> tuple[int, int, float]:
    """Return how often only A was right, only B was right, and the exact two-sided p-value.

    Examples that both or neither got right say nothing about which is better. If the
    two were equally good, each of the others would be a toss of a fair coin
    (McNemar, 1947; the exact binomial form).
    """
    correct_a, correct_b = _pair(correct_a, correct_b)
    correct_a, correct_b = correct_a.astype(bool), correct_b.astype(bool)
    only_a, only_b = int((correct_a & ~correct_b).sum()), int((~correct_a & correct_b).sum())
    tosses, fewer = only_a + only_b, min(only_a, only_b)
    if tosses == 0:
        return only_a, only_b, 1.0
    log_total = tosses * math.log(2)
    tail = sum(math.exp(_log_choose(tosses, k) - log_total) for k in range(fewer + 1))
    return only_a, only_b, min(1.0, 2 * tail)


def _log_choose(n: int, k: int) -> float:
    """Return the logarithm of the binomial coefficient."""
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _check_level(level: float) -> None:
    """Raise ``ValueError`` unless the level lies between 0 and 1."""
    if not 0 < level < 1:
        raise ValueError(f"level is {level}; expected a number between 0 and 1, such as 0.95.")
