"""Exercises of the template of a chapter, *How long does a leaky memory last?*.

For a chapter of your own, copy this file under the chapter's name (`-` becomes `_`).
"""

import numpy as np

from unrolled.exercises.checker import check


def _half_life_of(f):
    return np.log(2) / -np.log(f)


def check_half_life_of(answer):
    """Check `half_life_of(f)`: the steps after which half is left, if each keeps a share `f`."""
    cases = [(0.5,), (0.9,), (0.99,)]
    mistakes = {"the sign is wrong: a log of f < 1 is negative.": lambda f: np.log(2) / np.log(f)}
    check(answer, _half_life_of, cases, mistakes=mistakes)


def _leak_for(steps):
    return 0.5 ** (1 / steps)


def check_leak_for(answer):
    """Check `leak_for(steps)`: the share to keep at each step so that half is left after some."""
    cases = [(1,), (10,), (200,)]
    mistakes = {"you divided the half by the steps; take the root.": lambda steps: 0.5 / steps}
    check(answer, _leak_for, cases, mistakes=mistakes)
