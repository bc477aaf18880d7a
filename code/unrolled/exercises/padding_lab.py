"""Exercises of the padding lab: the mean over real steps, and a review turned round."""

import numpy as np

from unrolled.exercises.checker import check


def _mean_state(outputs, lengths, first=0, more=0):
    rows = zip(outputs, lengths, strict=True)
    return np.stack([row[first : n + more].sum(axis=0) / n for row, n in rows])


def check_mean_state(answer):
    """Check `mean_state(outputs, lengths)`: the mean (B, H) over each review's real steps."""
    draw = np.random.default_rng(2).normal
    cases = [(draw(size=(3, 5, 2)), np.array(lengths)) for lengths in ([5, 1, 3], [2, 2, 4])]
    mistakes = {
        "padding counts in your mean: leave out the steps from the length on.": (
            lambda outputs, lengths: outputs.mean(axis=1)
        ),
        "you sum the real steps, but divide by T and not by the length.": (
            lambda outputs, lengths: (
                _mean_state(outputs, lengths) * lengths[:, None] / outputs.shape[1]
            )
        ),
        "you divide by the length, but sum the padding too.": (
            lambda outputs, lengths: outputs.sum(axis=1) / lengths[:, None]
        ),
        "one step of padding is in your mean: steps count from 0, so the mask is `<`, not `<=`.": (
            lambda *case: _mean_state(*case, more=1)
        ),
        "your mean comes one step late: it misses the first state and holds one of padding.": (
            lambda *case: _mean_state(*case, first=1, more=1)
        ),
        "your mean misses the last real state.": lambda *case: _mean_state(*case, more=-1),
    }
    check(answer, _mean_state, cases, mistakes=mistakes)


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
