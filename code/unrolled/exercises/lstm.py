"""Exercises of the chapter on the LSTM's gates: a bias, a latch, and what is left of a note."""

import numpy as np

from unrolled.exercises.checker import check


def _bias_for(steps):
    f = 0.5 ** (1 / steps)
    return np.log(f / (1 - f))


def check_bias_for(answer):
    """Check `bias_for(steps)`: the sum of both forget biases for a half-life of some steps."""
    cases = [(1,), (2.2,), (50,), (200,)]
    mistakes = {
        "that is f itself. The gate is sigmoid(bias), so undo the sigmoid.": (
            lambda k: 0.5 ** (1 / k)
        ),
        "that is half the sum. Asked is the sum of both biases.": lambda k: _bias_for(k) / 2,
        "that is twice the sum: the two biases together make it, not each.": (
            lambda k: 2 * _bias_for(k)
        ),
        "the sign is wrong: that gate forgets what it should keep.": lambda k: -_bias_for(k),
        "after that many steps 1/e is left; asked is one half.": (
            lambda k: -np.log(np.expm1(1 / k))
        ),
        "f = 1 - 1/k leaves about 1/e after k steps; asked is one half.": lambda k: np.log(k - 1),
    }
    check(answer, _bias_for, cases, mistakes=mistakes)


def _latch(mark, ask):
    return np.stack([1 - mark, mark, ask])


def _at(*steps, length=12):
    """Return an array (T,) that is 1 at some steps, counted from 1, and 0 elsewhere."""
    return np.isin(np.arange(1, length + 1), steps).astype(float)


LATCH_MISTAKES = {
    "an old note is never dropped, so the memory adds the marked numbers up.": (
        lambda mark, ask: np.stack([np.ones_like(mark), mark, ask])
    ),
    "the forget gate is the wrong way round: f = 1 keeps.": lambda m, a: np.stack([m, m, a]),
    "the memory speaks all the time, asked or not.": lambda m, a: np.stack([1 - m, m, a**0]),
    "the order is i, f, o; asked is f, i, o.": lambda m, a: np.stack([m, 1 - m, a]),
    "you wipe one step before each mark. f and i of one step act together.": (
        lambda m, a: np.stack([1 - np.append(m[1:], 0), m, a])
    ),
    "you wipe one step after each mark, and with it the new note.": (
        lambda m, a: np.stack([1 - np.append(0, m[:-1]), m, a])
    ),
    "to say a number is not to forget it.": lambda m, a: np.stack([(1 - m) * (1 - a), m, a]),
}


def check_latch(answer):
    """Check `latch(mark, ask)`: gates f, i, o (3, T) that hold the latest marked number."""
    cases = [(_at(2, 5, 9), _at(4, 7, 8, 12)), (_at(1), _at(1, 12)), (_at(), _at(3))]
    check(answer, _latch, cases, mistakes=LATCH_MISTAKES)


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
