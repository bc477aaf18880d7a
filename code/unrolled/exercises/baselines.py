"""Exercises of the study on baselines: three scores from four counts."""

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
