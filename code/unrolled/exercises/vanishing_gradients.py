"""Exercises of the chapter on vanishing gradients: clipping, and the half-life of a gradient."""

import numpy as np

from unrolled.exercises.checker import check


def _flat(grads):
    return np.concatenate([grad.ravel() for grad in grads])


def _length(grads):
    return np.linalg.norm(_flat(grads))


def _clip(grads, threshold):
    return _flat(grads) * min(1, threshold / _length(grads))


def check_clip(answer):
    """Check `clip(grads, threshold)`: all clipped gradients one after another, in one array."""
    draw = np.random.default_rng(7).normal
    cases = [([draw(size=(2, 3)), draw(size=4)], threshold) for threshold in (1.0, 0.5, 1e3)]
    mistakes = {
        "a short gradient must stay as it is; you stretch it to the threshold.": (
            lambda grads, threshold: _flat(grads) * threshold / _length(grads)
        ),
        "you cut each entry by itself, which changes the direction. Scale them all alike.": (
            lambda grads, threshold: np.clip(_flat(grads), -threshold, threshold)
        ),
        "each array is scaled by its own norm. Use the norm of all of them together.": (
            lambda grads, threshold: np.concatenate([_clip([g], threshold) for g in grads])
        ),
        "its length is now 1 at most; asked is the threshold.": (
            lambda grads, threshold: _flat(grads) / max(1, _length(grads))
        ),
        "that is right, but a list of arrays. Join them into one flat array.": (
            lambda grads, threshold: [g * min(1, threshold / _length(grads)) for g in grads]
        ),
    }
    check(answer, _clip, cases, mistakes=mistakes)


def _half_life(q):
    return np.log(2) / -np.log(q)


def check_half_life(answer):
    """Check `half_life(q)`: the steps after which half is left, at a factor `q` a step."""
    cases = [(0.5,), (0.58,), (0.9,), (0.993,)]
    mistakes = {
        "the sign is wrong: the logarithm of a factor below 1 is negative.": (
            lambda q: np.log(2) / np.log(q)
        ),
        "that is 1 / (1 - q), the time until 1/e is left (roughly). Asked is one half.": (
            lambda q: 1 / (1 - q)
        ),
        "after so many steps 1/e is left. Asked is one half.": lambda q: -1 / np.log(q),
        "a step multiplies by q; it does not take the same amount away each time.": (
            lambda q: 0.5 / (1 - q)
        ),
        "the fraction is upside down.": lambda q: -np.log(q) / np.log(2),
    }
    check(answer, _half_life, cases, mistakes=mistakes)
