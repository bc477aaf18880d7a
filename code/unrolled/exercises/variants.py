"""Exercises of the chapter on variants: a coupled cell and a residual stack, backwards."""

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


def _residual_backward(matrices, dtop):
    for W in matrices[::-1]:
        dtop = W.T @ dtop + dtop
    return dtop


def _plain_backward(matrices, dtop):
    for W in matrices[::-1]:
        dtop = W.T @ dtop
    return dtop


def check_residual_backward(answer):
    """Check `residual_backward(matrices, dtop)`: the gradient (H,) by the lowest layer's input."""
    draw = np.random.default_rng(6).normal
    cases = [(list(draw(size=(4, 3, 3))), draw(size=3)) for _ in range(2)]
    mistakes = {
        "that is the plain stack: the sum has a second way down.": _plain_backward,
        "going back, the matrix is transposed.": (
            lambda matrices, dtop: _residual_backward([W.T for W in matrices], dtop)
        ),
        "start at the top: go through the list from its end.": (
            lambda matrices, dtop: _residual_backward(matrices[::-1], dtop)
        ),
        "the second term is the gradient at this layer's output, not at the very top.": (
            lambda matrices, dtop: _plain_backward(matrices, dtop) + dtop
        ),
    }
    check(answer, _residual_backward, cases, mistakes=mistakes)
