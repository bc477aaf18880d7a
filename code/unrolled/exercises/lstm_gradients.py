"""Exercises of the chapter on the LSTM's gradients: one step back, memory, and a bias."""

import numpy as np

from unrolled.exercises.checker import check


def _dc_prev(dh, dc, f, o, c):
    return (dc + dh * o * (1 - np.tanh(c) ** 2)) * f


def check_dc_prev(answer):
    """Check `dc_prev(dh, dc, f, o, c)`: the gradient that reaches the c before, (B, H)."""
    draw = np.random.default_rng(5)
    cases = [(*draw.normal(size=(2, 2, n)), *draw.random((3, 2, n))) for n in (1, 3)]
    mistakes = {
        "what reaches c_t through h_t is missing.": lambda dh, dc, f, o, c: dc * f,
        "h_t is o * tanh(c_t): you forgot o.": lambda dh, dc, f, o, c: _dc_prev(dh, dc, f, 1, c),
        "h_t is o * tanh(c_t): you forgot the slope of the tanh.": (
            lambda dh, dc, f, o, c: (dc + dh * o) * f
        ),
        "dc itself has to pass f as well.": (
            lambda dh, dc, f, o, c: dc + _dc_prev(dh, 0 * dc, f, o, c)
        ),
        "the forget gate is missing.": lambda dh, dc, f, o, c: _dc_prev(dh, dc, 1, o, c),
        "the slope of tanh at c is 1 - tanh(c)**2, not 1 - c**2.": (
            lambda dh, dc, f, o, c: (dc + dh * o * (1 - c**2)) * f
        ),
    }
    check(answer, _dc_prev, cases, mistakes=mistakes)


def _longest(budget, batch, inputs, units, itemsize):
    return budget // (batch * (inputs + 7 * units) * itemsize)


def check_longest(answer):
    """Check `longest(budget, batch, inputs, units, itemsize)`: the most steps that fit."""
    cases = [(2**30, 32, 100, 256, 4), (10**6, 8, 3, 16, 8), (10**9, 64, 300, 512, 4)]
    mistakes = {
        "that is for one sequence; each keeps its own.": (
            lambda m, b, i, h, s: m // ((i + 7 * h) * s)
        ),
        "that counts numbers, not bytes.": lambda m, b, i, h, s: m // (b * (i + 7 * h)),
        "h, c and tanh c are kept too.": lambda m, b, i, h, s: m // (b * (i + 4 * h) * s),
        "the input is kept too.": lambda m, b, i, h, s: m // (b * 7 * h * s),
        "a part of a step does not fit.": lambda m, b, i, h, s: m / (b * (i + 7 * h) * s),
        "that is one step too many: round down.": lambda *case: _longest(*case) + 1,
    }
    check(answer, _longest, cases, mistakes=mistakes)


def _bias_for(steps):
    f = 0.5 ** (1 / steps)
    return np.log(f / (1 - f))


def check_bias_for(answer):
    """Check `bias_for(steps)`: the sum of both forget biases for a half-life along c."""
    cases = [(2.2,), (50.0,), (100.0,), (1000.0,)]
    mistakes = {
        "that is the forget gate; asked is the bias, before the sigmoid.": (
            lambda k: 0.5 ** (1 / k)
        ),
        "that is each of two equal vectors; asked is their sum.": lambda k: _bias_for(k) / 2,
        "that is twice the sum: each of two equal vectors gets half of it.": (
            lambda k: 2 * _bias_for(k)
        ),
        "after so many steps 1/e is left; asked is one half.": lambda k: -np.log(np.expm1(1 / k)),
        "f = 1 - 1/k leaves about 1/e; asked is one half.": lambda k: np.log(k - 1),
        "the sign is turned: a positive bias opens the gate.": lambda k: -_bias_for(k),
    }
    check(answer, _bias_for, cases, mistakes=mistakes)
