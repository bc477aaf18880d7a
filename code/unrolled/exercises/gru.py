"""Exercises of the chapter on the GRU: the other z, the reset before, a budget of parameters."""

import numpy as np

from unrolled.byhand.functional import sigmoid
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


def _gru_step(x, h_prev, W_ih, W_hh, b_ih, b_hh, *, order="rzn", reset="before", flip=False):
    """Return h after one step of a GRU, with the mistakes that people make as options."""
    blocks = (np.split(a, 3) for a in (W_ih, W_hh, b_ih, b_hh))
    wx, wh, bx, bh = (dict(zip(order, parts, strict=True)) for parts in blocks)
    r, z = (sigmoid(x @ wx[k].T + bx[k] + h_prev @ wh[k].T + bh[k]) for k in "rz")
    from_h = {
        "before": (r * h_prev) @ wh["n"].T + bh["n"],
        "after": r * (h_prev @ wh["n"].T + bh["n"]),
        "never": h_prev @ wh["n"].T + bh["n"],
        "bias": r * ((r * h_prev) @ wh["n"].T + bh["n"]),
    }
    n = np.tanh(x @ wx["n"].T + bx["n"] + from_h[reset])
    keep = 1 - z if flip else z
    return (1 - keep) * n + keep * h_prev


def check_gru_step_before(answer):
    """Check `gru_step_before(x, h_prev, W_ih, W_hh, b_ih, b_hh)`: the reset before the product."""
    draw = np.random.default_rng(0).normal
    cases = []
    for B, I, H in ((2, 3, 4), (3, 2, 5)):
        shapes = (B, I), (B, H), (3 * H, I), (3 * H, H), (3 * H,), (3 * H,)
        cases.append(tuple(draw(size=shape) for shape in shapes))
    mistakes = {
        "that is PyTorch's: it resets after the product.": (
            lambda *case: _gru_step(*case, reset="after")
        ),
        "the reset gate is missing.": lambda *case: _gru_step(*case, reset="never"),
        "r acts twice, before and after the product.": (
            lambda *case: _gru_step(*case, reset="bias")
        ),
        "your open z renews; it should keep.": lambda *case: _gru_step(*case, flip=True),
        "the blocks are in the order r, z, n; you took z, r, n.": (
            lambda *case: _gru_step(*case, order="zrn")
        ),
    }
    check(answer, _gru_step, cases, mistakes=mistakes)


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
