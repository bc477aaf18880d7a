"""Exercises of the study on calibration: the calibration error, and what goes to a person."""

import numpy as np

from unrolled.exercises.checker import check


def _ece_of(promised, came, count):
    return (np.abs(came - promised) * count).sum() / count.sum()


def check_ece_of(answer):
    """Check `ece_of(promised, came, count)`: the expected calibration error of some bins."""
    cases = [
        (np.array([0.1, 0.9]), np.array([0.2, 0.8]), np.array([30, 10])),
        (np.array([0.05, 0.5, 0.9]), np.array([0.1, 0.3, 0.95]), np.array([5, 10, 85])),
    ]
    mistakes = {
        "weight each bin by its examples; a thin bin counts less.": (
            lambda p, c, n: abs(c - p).mean()
        ),
        "take the absolute value bin by bin, or misses of both signs cancel.": (
            lambda p, c, n: abs(((c - p) * n).sum() / n.sum())
        ),
        "divide by the number of all examples.": lambda p, c, n: (abs(c - p) * n).sum() / len(n),
        "that is the largest gap; asked is the weighted mean.": lambda p, c, n: abs(c - p).max(),
        "the gap is not squared.": lambda p, c, n: ((c - p) ** 2 * n).sum() / n.sum(),
    }
    check(answer, _ece_of, cases, mistakes=mistakes)


def _surest_first(logits):
    return np.sort(np.abs(logits))[::-1]


def _least_answered(logits, share):
    return _surest_first(logits)[round(share * len(logits)) - 1]


def check_least_answered(answer):
    """Check `least_answered(logits, share)`: the smallest ``|z|`` among the surest share."""
    seven = np.array([0.3, -2.1, 1.7, -0.8, 4.2, -3.3, 0.9])
    cases = [(np.array([0.5, -3, 1, -0.1]), 0.5), (np.array([2, -1.5, 0.2, -4, 3]), 0.6)]
    cases += [(seven, 0.4), (seven, 0.3)]  # 2.8 and 2.1 reviews
    mistakes = {
        "a large negative logit is sure, too: take absolute values.": (
            lambda z, s: np.sort(z)[::-1][round(s * len(z)) - 1]
        ),
        "you answer the unsurest; sort from large to small.": (
            lambda z, s: np.sort(np.abs(z))[round(s * len(z)) - 1]
        ),
        "that is the surest review of those that go to a person; one before it is answered.": (
            lambda z, s: _surest_first(z)[round(s * len(z))]
        ),
        "round the number of reviews; you cut it down.": (
            lambda z, s: _surest_first(z)[int(s * len(z)) - 1]
        ),
    }
    check(answer, _least_answered, cases, mistakes=mistakes)
