"""Exercise of the study of the LSTM's parts: a coupled cell, backwards."""

import numpy as np

from unrolled.byhand.functional import sigmoid
from unrolled.exercises.checker import check


def _coupled_backward(dc, c_prev, f, g):
    return np.stack([dc * (c_prev - g) * f * (1 - f), dc * (1 - f) * (1 - g**2)])


def _coupled_cases():
    draw = np.random.default_rng(5).normal
    for shape in ((4, 5), (2, 3)):
        dc, c_prev, a_f, a_g = draw(size=(4, *shape))
        yield dc, c_prev, sigmoid(a_f), np.tanh(a_g)


def check_coupled_backward(answer):
    """Check `coupled_backward(dc, c_prev, f, g)`: da_f and da_g, stacked."""
    mistakes = {
        "f also decides how much of g is written: a second term.": (
            lambda dc, c, f, g: np.stack([dc * c * f * (1 - f), dc * (1 - f) * (1 - g**2)])
        ),
        "1 - f falls when f rises: the second term has a minus.": (
            lambda dc, c, f, g: np.stack([dc * (c + g) * f * (1 - f), dc * (1 - f) * (1 - g**2)])
        ),
        "g is written with weight 1 - f, not f.": (
            lambda dc, c, f, g: np.stack([dc * (c - g) * f * (1 - f), dc * f * (1 - g**2)])
        ),
        "da_f comes first, then da_g.": lambda *case: _coupled_backward(*case)[::-1],
        "those are the gradients by f and g; the sigmoid and the tanh have slopes, too.": (
            lambda dc, c, f, g: np.stack([dc * (c - g), dc * (1 - f)])
        ),
    }
    check(answer, _coupled_backward, _coupled_cases(), mistakes=mistakes)
