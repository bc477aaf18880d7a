"""Exercises of the chapter on the LSTM: a latch, the layer, and one step back."""

import numpy as np

from unrolled.byhand.functional import sigmoid
from unrolled.exercises.checker import check


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


def _lstm(x, p, *, order="ifgo", note=np.tanh, say=np.tanh, kept=1, biases=1):
    h = c = np.zeros((len(x), p["weight_hh"].shape[1]))
    hs, cs = [], []
    for t in range(x.shape[1]):
        a = x[:, t] @ p["weight_ih"].T + p["bias_ih"] + h @ p["weight_hh"].T + biases * p["bias_hh"]
        gates = dict(zip(order, np.split(a, 4, axis=1), strict=True))
        i, f, o = (sigmoid(gates[name]) for name in "ifo")
        c = f * c + i * note(gates["g"])
        h = o * say(c)
        hs.append(h)
        cs.append(c)
        h, c = kept * h, kept * c
    return np.stack(hs, axis=1), np.stack(cs, axis=1)


def check_lstm(answer):
    """Check `lstm(x, p)`: h after every step of a layer that starts from zeros, (B, T, H)."""
    draw = np.random.default_rng(3)
    cases = [
        (draw.normal(size=(b, t, n)), _weights(n, 4, draw)) for b, t, n in ((2, 5, 3), (3, 1, 2))
    ]
    mistakes = {
        "the order in the rows is i, f, g, o; you took f, i, g, o.": (
            lambda x, p: _lstm(x, p, order="figo")[0]
        ),
        "the order in the rows is i, f, g, o; you took i, f, o, g.": (
            lambda x, p: _lstm(x, p, order="ifog")[0]
        ),
        "the candidate has a sign: it goes through tanh, not through the sigmoid.": (
            lambda x, p: _lstm(x, p, note=sigmoid)[0]
        ),
        "h is o * tanh(c); the tanh is missing.": lambda x, p: _lstm(x, p, say=lambda c: c)[0],
        "every step begins with zeros: hand h and c on to the next.": (
            lambda x, p: _lstm(x, p, kept=0)[0]
        ),
        "there are two bias vectors; bias_hh is missing.": lambda x, p: _lstm(x, p, biases=0)[0],
        "that is c, what it keeps; asked is h, what it says.": lambda x, p: _lstm(x, p)[1],
        "that is the last h only; asked is h after every step.": lambda x, p: _lstm(x, p)[0][:, -1],
        "the time comes first in your answer; asked is (B, T, H).": (
            lambda x, p: _lstm(x, p)[0].swapaxes(0, 1)
        ),
    }
    check(answer, lambda x, p: _lstm(x, p)[0], cases, mistakes=mistakes)


def _weights(inputs, units, draw):
    """Return weights under PyTorch's names, all different."""
    return {
        "weight_ih": draw.normal(size=(4 * units, inputs)),
        "weight_hh": draw.normal(size=(4 * units, units)),
        "bias_ih": draw.normal(size=4 * units),
        "bias_hh": draw.normal(size=4 * units),
    }


def _step_back(dh, dc, gates, c_prev, c):
    i, f, g, o = gates
    dc = dc + dh * o * (1 - np.tanh(c) ** 2)
    da_i = dc * g * i * (1 - i)
    da_f = dc * c_prev * f * (1 - f)
    da_g = dc * i * (1 - g**2)
    da_o = dh * np.tanh(c) * o * (1 - o)
    return np.hstack([da_i, da_f, da_g, da_o]), dc * f


def _without_slopes(dh, dc, gates, c_prev, c):
    i, f, g, o = gates
    da, dc_prev = _step_back(dh, dc, gates, c_prev, c)
    return da / np.hstack([i * (1 - i), f * (1 - f), 1 - g**2, o * (1 - o)]), dc_prev


def _with_sigmoid_slope_of_g(dh, dc, gates, c_prev, c):
    _, _, g, _ = gates
    da, dc_prev = _step_back(dh, dc, gates, c_prev, c)
    da_i, da_f, da_g, da_o = np.split(da, 4, axis=1)
    return np.hstack([da_i, da_f, da_g * g * (1 - g) / (1 - g**2), da_o]), dc_prev


def _in_another_order(*case):
    da, dc_prev = _step_back(*case)
    return np.hstack([np.split(da, 4, axis=1)[k] for k in (0, 1, 3, 2)]), dc_prev


def check_step_back(answer):
    """Check `step_back(dh, dc, gates, c_prev, c)`: the gradients by a (B, 4H) and by c_prev."""
    draw = np.random.default_rng(8)
    cases = []
    for units in (1, 3):
        i, f, o = draw.random((3, 2, units))
        g, (dh, dc, c_prev) = np.tanh(draw.normal(size=(2, units))), draw.normal(size=(3, 2, units))
        cases.append((dh, dc, (i, f, g, o), c_prev, f * c_prev + i * g))
    mistakes = {
        "what reaches c through h is missing: add dh * o * (1 - tanh(c)**2) to dc first.": (
            lambda dh, dc, gates, c_prev, c: _step_back(
                dh, dc - dh * gates[3] / np.cosh(c) ** 2, gates, c_prev, c
            )
        ),
        "on the way from h to c you forgot the slope of the tanh.": (
            lambda dh, dc, gates, c_prev, c: _step_back(
                dh, dc + dh * gates[3] * np.tanh(c) ** 2, gates, c_prev, c
            )
        ),
        "those are the gradients by the gates; the slopes of sigmoid and tanh are missing.": (
            _without_slopes
        ),
        "g comes out of a tanh: its slope is 1 - g**2.": _with_sigmoid_slope_of_g,
        "the forget gate multiplies the old c: c_prev, not c.": (
            lambda dh, dc, gates, c_prev, c: (
                _step_back(dh, dc, gates, c, c)[0],
                _step_back(dh, dc, gates, c_prev, c)[1],
            )
        ),
        "c_prev passes the forget gate: its gradient is dc * f.": (
            lambda dh, dc, gates, c_prev, c: (
                _step_back(dh, dc, gates, c_prev, c)[0],
                _step_back(dh, dc, gates, c_prev, c)[1] / gates[1],
            )
        ),
        "the order is i, f, g, o; you have i, f, o, g.": _in_another_order,
    }
    check(answer, _step_back, cases, mistakes=mistakes)
