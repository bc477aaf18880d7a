"""Exercises of the chapter on the classifier: three scores, and how large a test must be."""

import numpy as np

from unrolled.exercises.checker import check


def _scores_of(counts):
    precision = counts[1, 1] / counts[:, 1].sum()
    recall = counts[1, 1] / counts[1].sum()
    return precision, recall, 2 * precision * recall / (precision + recall)


def _with_f1(f1):
    """Return a wrong answer whose third score is a function of the others and of the counts."""

    def scores(counts):
        precision, recall, _ = _scores_of(counts)
        return precision, recall, f1(precision, recall, counts)

    return scores


def check_scores_of(answer):
    """Check `scores_of(counts)`: precision, recall and F1 from `[[TN, FP], [FN, TP]]`."""
    cases = [(np.array([[50, 10], [5, 35]]),), (np.array([[900, 60], [20, 20]]),)]
    mistakes = {
        "precision and recall are exchanged: the truth is in the rows, not in the columns.": (
            lambda m: _scores_of(m.T)
        ),
        "those are the scores of the negative class.": lambda m: _scores_of(m[::-1, ::-1]),
        "your F1 is the precision again.": _with_f1(lambda a, b, m: a),
        "your F1 is the plain mean; take the harmonic one.": _with_f1(lambda a, b, m: (a + b) / 2),
        "you forgot the factor 2 of F1.": _with_f1(lambda a, b, m: a * b / (a + b)),
        "your F1 is the accuracy.": _with_f1(lambda a, b, m: m.trace() / m.sum()),
        "that is F1 alone. Return precision and recall before it.": lambda m: _scores_of(m)[2],
    }
    check(answer, _scores_of, cases, mistakes=mistakes)


def _reviews_needed(share, half_width):
    return int(np.ceil(share * (1 - share) * (1.96 / half_width) ** 2))


def check_reviews_needed(answer):
    """Check `reviews_needed(share, half_width)`: how many reviews make an interval that narrow."""
    cases = [(0.87, 0.01), (0.5, 0.05), (0.8, 0.02)]  # 1.95996 gives the same whole numbers
    mistakes = {
        "round up: a review cannot be split, and fewer are too few.": (
            lambda s, w: int(s * (1 - s) * (1.96 / w) ** 2)
        ),
        "square 1.96 / half_width: the error falls with the root of n.": (
            lambda s, w: int(np.ceil(s * (1 - s) * 1.96 / w))
        ),
        "one standard error is not enough; take 1.96 of them.": (
            lambda s, w: int(np.ceil(s * (1 - s) / w**2))
        ),
        "half_width is the reach to one side, not the whole interval.": (
            lambda s, w: _reviews_needed(s, w / 2)
        ),
        "that is for the widest case, a share of one half.": lambda s, w: _reviews_needed(0.5, w),
    }
    check(answer, _reviews_needed, cases, mistakes=mistakes)
