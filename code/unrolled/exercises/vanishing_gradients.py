"""Exercises of the chapter on vanishing gradients: predict, measure, bound, and clip a gradient."""

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


def _far_jacobian(states, weight_hh):
    product = np.eye(len(weight_hh))
    for h in states[1:]:
        product = (1 - h**2)[:, None] * weight_hh @ product
    return product


def _earliest_on_the_left(states, weight_hh):
    product = np.eye(len(weight_hh))
    for h in states[1:]:
        product = product @ ((1 - h**2)[:, None] * weight_hh)
    return product


def _slopes_on_columns(states, weight_hh):
    product = np.eye(len(weight_hh))
    for h in states[1:]:
        product = weight_hh * (1 - h**2) @ product
    return product


def check_far_jacobian(answer):
    """Check `far_jacobian(states, weight_hh)`: how the last state depends on the first, (H, H)."""
    draw = np.random.default_rng(17).normal
    cases = [(np.tanh(draw(size=(t, 3))), draw(size=(3, 3))) for t in (5, 4, 2)]
    mistakes = {
        "the factors stand in the wrong order: the last step's Jacobian is the leftmost.": (
            _earliest_on_the_left
        ),
        "the slope of unit j belongs to row j of weight_hh, not to column j.": _slopes_on_columns,
        "that is the power of weight_hh: the slopes of the tanh are missing.": (
            lambda states, w: np.linalg.matrix_power(w, len(states) - 1)
        ),
        "there is one factor too many: no step led to states[0].": (
            lambda states, w: _far_jacobian([states[0], *states], w)
        ),
        "each factor takes the slope at the state before its step; take that after it.": (
            lambda states, w: _far_jacobian([states[0], *states[:-1]], w)
        ),
        "that is the transpose. Row: a unit of the last state; column: a unit of the first.": (
            lambda states, w: _far_jacobian(states, w).T
        ),
    }
    check(answer, _far_jacobian, cases, mistakes=mistakes)


def _radius_and_norm(weight_hh):
    return np.array([np.abs(np.linalg.eigvals(weight_hh)).max(), np.linalg.norm(weight_hh, ord=2)])


def check_radius_and_norm(answer):
    """Check `radius_and_norm(weight_hh)`: spectral radius and spectral norm, two numbers."""
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    cases = [
        (turn,),
        (np.array([[0.5, 3.0], [0.0, -0.9]]),),
        (np.random.default_rng(19).normal(size=(4, 4)),),
    ]
    mistakes = {
        "the two are the wrong way round: first the radius, then the norm.": (
            lambda w: _radius_and_norm(w)[::-1]
        ),
        "an eigenvalue may be negative or complex: take its absolute value first.": (
            lambda w: np.array([np.linalg.eigvals(w).real.max(), _radius_and_norm(w)[1]])
        ),
        "np.linalg.norm without ord=2 adds up all squares; asked is the largest singular value.": (
            lambda w: np.array([_radius_and_norm(w)[0], np.linalg.norm(w)])
        ),
        "that is the square of the norm: the singular value is the root of it.": (
            lambda w: _radius_and_norm(w) ** [1, 2]
        ),
    }
    check(answer, _radius_and_norm, cases, mistakes=mistakes)
