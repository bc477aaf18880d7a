"""Exercise of the study on the gates' names: what is left of a note."""

import numpy as np

from unrolled.exercises.checker import check


def _left_of(f, t):
    return np.prod(f[t + 1 :])


def check_left_of(answer):
    """Check `left_of(f, t)`: the share of a note of step t that is in c at the end."""
    cases = [(np.array([0.2, 0.5, 0.9, 0.8]), t) for t in (0, 1, 3)]
    mistakes = {
        "the gate of step t itself acts on what was there before the note, not on the note.": (
            lambda f, t: np.prod(f[t:])
        ),
        "gates multiply; a mean of them does not say what is left.": lambda f, t: np.mean(f[t:]),
        "you multiplied the gates before the note; those after it count.": (
            lambda f, t: np.prod(f[: t + 1])
        ),
        "you multiplied all gates; only those after step t act on the note.": (
            lambda f, t: np.prod(f)
        ),
        "the gate of the last step acts on the note, too.": lambda f, t: np.prod(f[t + 1 : -1]),
        "that is the share that is lost.": lambda f, t: 1 - _left_of(f, t),
    }
    check(answer, _left_of, cases, mistakes=mistakes)
