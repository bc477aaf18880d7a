"""Exercises of the chapter on the GRU: the other meaning of z, and a budget of parameters."""

import numpy as np

from unrolled.exercises.checker import check


def _with_signs(weight, r, z, n):
    """Return a weight whose blocks r, z, n are multiplied by a number each."""
    block_r, block_z, block_n = np.split(weight, 3)
    return np.concatenate([r * block_r, z * block_z, n * block_n])


def _flip_z(weight):
    return _with_signs(weight, 1, -1, 1)


def _one_minus_z(weight):
    r, z, n = np.split(weight, 3)
    return np.concatenate([r, 1 - z, n])


def check_flip_z(answer):
    """Check `flip_z(weight)`: the weight or bias (3H, ...) for the other meaning of z."""
    draw = np.random.default_rng(0).normal
    cases = [(draw(size=shape),) for shape in ((15, 5), (15, 4), (15,))]
    mistakes = {
        "every block changed its sign; only the z block should.": (
            lambda w: _with_signs(w, -1, -1, -1)
        ),
        "you changed the r block. The order is r, z, n.": lambda w: _with_signs(w, -1, 1, 1),
        "you changed the n block. The order is r, z, n.": lambda w: _with_signs(w, 1, 1, -1),
        "1 - weight is not it: the inner value should change its sign.": _one_minus_z,
    }
    check(answer, _flip_z, cases, mistakes=mistakes)


def _parameters(boxes, I, H, biases=2):
    """Return how many parameters a cell of some boxes has."""
    return boxes * (H * I + H * H + biases * H)


def _widest_gru(I, H, biases=2):
    units = 1
    while _parameters(3, I, units + 1, biases) <= _parameters(4, I, H, biases):
        units += 1
    return units


def check_widest_gru(answer):
    """Check `widest_gru(I, H)`: the most units of a GRU with no more parameters than an LSTM."""
    cases = [(2, 32), (100, 128), (2, 5), (2, 18), (1, 1)]
    mistakes = {
        "4/3 as many units is too many: H enters as a square.": lambda I, H: 4 * H // 3,
        "that ignores the inputs and the biases; count HI + H*H + 2H a box.": (
            lambda I, H: int((4 / 3) ** 0.5 * H)
        ),
        "PyTorch has two biases in each box, not one.": lambda I, H: _widest_gru(I, H, biases=1),
        "PyTorch counts biases, too: two in each box.": lambda I, H: _widest_gru(I, H, biases=0),
        "you forgot the inputs: a box has HI numbers for them.": lambda I, H: _widest_gru(0, H),
        "that is one unit too many: it passes the budget.": lambda I, H: _widest_gru(I, H) + 1,
    }
    check(answer, _widest_gru, cases, mistakes=mistakes)
