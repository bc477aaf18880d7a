"""Exercise of the padding lab: a review turned round within its own length."""

import numpy as np

from unrolled.exercises.checker import check


def _backwards(ids, lengths):
    turned = ids.copy()
    for row, n in zip(turned, lengths, strict=True):
        row[:n] = row[:n][::-1]
    return turned


def check_backwards(answer):
    """Check `backwards(ids, lengths)`: each review's tokens turned round, padding at the end."""
    cases = [
        (np.array([[5, 6, 7, 8], [2, 3, 0, 0], [9, 0, 0, 0]]), np.array([4, 2, 1])),
        (np.array([[4, 3, 9, 0]]), np.array([3])),
    ]
    mistakes = {
        "now the padding comes first: turn only the real part.": lambda ids, n: ids[:, ::-1],
        "you turned the batch round, not each review.": lambda ids, n: ids[::-1],
        "one step of padding is turned with the rest.": lambda ids, n: _backwards(ids, n + 1),
        "the last real token is not turned with the rest.": lambda ids, n: _backwards(ids, n - 1),
        "every review is as long as the longest for you.": (
            lambda ids, n: _backwards(ids, 0 * n + n.max())
        ),
    }
    check(answer, _backwards, cases, mistakes=mistakes)
