"""Exercises of the chapter on the recurrent network: a linear memory, and a ReLU backwards."""

import numpy as np

from unrolled.exercises.checker import check


def _linear_state(x, w):
    h = 0.0
    for value in x:
        h = value + w * h
    return h


def check_linear_state(answer):
    """Check `linear_state(x, w)`: the last state of h = x + w h, for inputs of shape (T,)."""
    cases = [(np.array([1.0, 2.0, -1.0, 0.5]), 0.5), (np.array([2.0, -3.0]), -0.9)]
    mistakes = {
        "the powers run the wrong way: the LAST input has weight 1, the first has w**(T - 1).": (
            lambda x, w: float((w ** np.arange(len(x)) * x).sum())
        ),
        "the last input is not multiplied by w: the powers start at 0, not at 1.": (
            lambda x, w: w * _linear_state(x, w)
        ),
        "only the first input is weighed; each later one decays as well.": (
            lambda x, w: w ** (len(x) - 1) * x[0] + x[1:].sum()
        ),
    }
    check(answer, _linear_state, cases, mistakes=mistakes)


def _relu_step_backward(dh, h, weight_hh):
    return np.where(h > 0, dh, 0) @ weight_hh


def check_relu_step_backward(answer):
    """Check `relu_step_backward(dh, h, weight_hh)`: the gradient by the state before, (B, H)."""
    draw = np.random.default_rng(5).normal
    cases = [
        (draw(size=(2, 3)), np.maximum(0, draw(size=(2, 3))), draw(size=(3, 3))) for _ in range(3)
    ]
    mistakes = {
        "you multiplied by the transpose. Forward is h_prev @ weight_hh.T, so backward is "
        "@ weight_hh.": lambda dh, h, w: (dh * (h > 0)) @ w.T,
        "that is still the derivative of tanh, 1 - h**2.": lambda dh, h, w: (dh * (1 - h**2)) @ w,
        "units whose ReLU was off (h = 0) must pass no gradient.": lambda dh, h, w: dh @ w,
        "the ReLU belongs to this step's units, so it comes before the product with weight_hh.": (
            lambda dh, h, w: (dh @ w) * (h > 0)
        ),
        "the slope of the ReLU is 1 where it is on, not h.": lambda dh, h, w: (dh * h) @ w,
    }
    check(answer, _relu_step_backward, cases, mistakes=mistakes)
