"""Exercise of the study of deep stacks: a residual stack, backwards."""

import numpy as np

from unrolled.exercises.checker import check


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
