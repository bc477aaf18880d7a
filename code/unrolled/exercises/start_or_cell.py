"""Exercise of the study of starts: what a start for a length keeps."""

import numpy as np

from unrolled.byhand.functional import sigmoid
from unrolled.exercises.checker import check


def _share_left(T, n):
    return (n / (n + 1)) ** T


def check_share_left(answer):
    """Check `share_left(T, n)`: what T steps leave in a unit whose forget bias is ln n."""
    cases = [(10, 3), (100, 200), (1000, 1442)]
    mistakes = {
        "that is exp(-T / n): near for large n, but a step keeps n / (n + 1).": (
            lambda T, n: np.exp(-T / n)
        ),
        "n is not the bias; its logarithm is.": lambda T, n: sigmoid(n) ** T,
        "that is what is lost.": lambda T, n: 1 - _share_left(T, n),
        "that is what one step keeps.": lambda T, n: n / (n + 1),
        "a step keeps n / (n + 1), not 1 - 1 / n.": lambda T, n: (1 - 1 / n) ** T,
    }
    check(answer, _share_left, cases, mistakes=mistakes)
