"""Exercises of the chapter on speech: warping within reach, and counting the paths of CTC."""

import numpy as np

from unrolled.exercises.checker import check


def _table(a, b, reach, moves, *, first=True, power=1):
    """Return the least sums of |a - b| up to each place within reach, by the moves allowed."""
    apart = np.abs(np.subtract.outer(np.asarray(a, float), np.asarray(b, float))) ** power
    total = np.full(apart.shape, np.inf)
    for t, s in np.ndindex(apart.shape):
        if abs(t - s) > reach:
            continue
        before = [total[t - i, s - j] for i, j in moves if t >= i and s >= j]
        here = apart[t, s] if first or (t, s) != (0, 0) else 0.0
        total[t, s] = here + (0.0 if t == s == 0 else min(before, default=np.inf))
    return total


ALL = ((1, 1), (1, 0), (0, 1))


def _warped(a, b, reach):
    return _table(a, b, reach, ALL)[-1, -1]


PAIRS = (
    ([1.0, 3.0, 4.0, 2.0], [1.0, 1.0, 3.0, 4.0, 4.0, 2.0], 2),
    ([0.0, 2.0, 5.0], [1.0, 5.0, 4.0, 0.5], 3),
    ([0.0, 0.0, 0.0, 7.0, 1.0, 5.0], [0.0, 7.0, 1.0, 1.5, 1.0, 5.0], 1),
    ([0.0, 9.0, 1.0, 8.0, 0.0, 4.0], [0.5, 8.0, 8.5, 3.0, 0.0], 2),
    ([2.0, -1.0, 0.5, 3.0, 3.0, 1.0, 2.0], [0.0, 2.5, -1.0, 0.0, 3.5, 1.0, 2.0], 2),
)


def check_warped_within(answer):
    """Check `warped_within(a, b, reach)`: the warped distance where t and s stay close."""
    mistakes = {
        "`reach` changes nothing in your answer.": (
            lambda a, b, reach: _table(a, b, np.inf, ALL)[-1, -1]
        ),
        "t and s may lie exactly `reach` apart.": (
            lambda a, b, reach: _table(a, b, reach - 1, ALL)[-1, -1]
        ),
        "a step may also go on in both at once.": (
            lambda a, b, reach: _table(a, b, reach, ((1, 0), (0, 1)))[-1, -1]
        ),
        "you never let `b` wait while `a` goes on.": (
            lambda a, b, reach: _table(a, b, reach, ((1, 1), (0, 1)))[-1, -1]
        ),
        "you never let `a` wait while `b` goes on.": (
            lambda a, b, reach: _table(a, b, reach, ((1, 1), (1, 0)))[-1, -1]
        ),
        "the first pair of entries counts, too.": (
            lambda a, b, reach: _table(a, b, reach, ALL, first=False)[-1, -1]
        ),
        "add up differences, not their squares.": (
            lambda a, b, reach: _table(a, b, reach, ALL, power=2)[-1, -1]
        ),
        "return one number, the last of the table.": lambda a, b, reach: _table(a, b, reach, ALL),
    }
    check(answer, _warped, PAIRS, mistakes=mistakes)


def _counted(labels, frames, *, ends=2, blank_skip=True, equal_skip=False):
    """Return how many paths of so many frames read as the labels, by the forward sums of CTC."""
    extended = [0]
    for label in labels:
        extended += [label, 0]
    alpha = [1 if s < 2 else 0 for s in range(len(extended))]
    for _ in range(frames - 1):
        after = []
        for s, label in enumerate(extended):
            ways = alpha[s] + (alpha[s - 1] if s else 0)
            other = s > 1 and (equal_skip or label != extended[s - 2])
            if blank_skip and label and other:
                ways += alpha[s - 2]
            after.append(ways)
        alpha = after
    return sum(alpha[-ends:])


WORDS = (((1, 2), 4), ((3, 3), 3), ((3, 3), 5), ((2,), 6), ((1, 2, 2, 1), 8), ((4, 1), 1))


def check_count_paths(answer):
    """Check `count_paths(labels, frames)`: how many paths read as the labels."""
    mistakes = {
        "between two equal labels a path must not leave the blank out.": (
            lambda labels, frames: _counted(labels, frames, equal_skip=True)
        ),
        "between two different labels a path may leave the blank out.": (
            lambda labels, frames: _counted(labels, frames, blank_skip=False)
        ),
        "at its beginning and at its end a path needs no blank.": (
            lambda labels, frames: _counted(labels, frames, ends=1)
        ),
        "at its beginning and at its end a path may have blanks.": (
            lambda labels, frames: _counted(labels, frames) - _counted(labels, frames, ends=1)
        ),
    }
    check(answer, _counted, WORDS, mistakes=mistakes)
