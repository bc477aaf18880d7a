"""Exercises of the chapter on the LSTM's gradients: one step back, a bias, and windows."""

import numpy as np
import torch

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


def _truncated_grads(lstm, x, y, window, *, hand_on="both", cut=True, keep=True, last=True):
    """Return the gradients of all windows, with the mistakes that people make as options."""
    state, losses, steps = None, [], x.shape[1]
    for first in range(0, steps if last else steps - steps % window, window):
        if not keep:
            lstm.zero_grad()
        outputs, (h, c) = lstm(x[:, first : first + window], state)
        losses.append(((outputs - y[:, first : first + window]) ** 2).sum())
        if cut:
            losses.pop().backward()
            h, c = h.detach(), c.detach()
        state = {"both": (h, c), "h": (h, 0 * c), "c": (0 * h, c), "none": None}[hand_on]
    if losses:
        sum(losses).backward()
    return [weight.grad for weight in lstm.parameters()]


def check_truncated_grads(answer):
    """Check `truncated_grads(lstm, x, y, window)`: the gradients of BPTT in windows."""
    generator = torch.Generator().manual_seed(0)

    def draw(*shape):
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    cases = []
    for inputs, units, steps, window in ((2, 3, 9, 3), (3, 4, 11, 4)):
        lstm = torch.nn.LSTM(inputs, units, batch_first=True, dtype=torch.float64)
        for weight in lstm.parameters():
            weight.data = draw(*weight.shape)
        cases.append((lstm, draw(2, steps, inputs), draw(2, steps, units), window))
    mistakes = {
        "each of your windows starts from zeros; hand the state on.": (
            lambda *case: _truncated_grads(*case, hand_on="none")
        ),
        "that is the full gradient: detach the state between windows.": (
            lambda *case: _truncated_grads(*case, cut=False)
        ),
        "only h is handed on; the state is h and c.": (
            lambda *case: _truncated_grads(*case, hand_on="h")
        ),
        "only c is handed on; the state is h and c.": (
            lambda *case: _truncated_grads(*case, hand_on="c")
        ),
        "that is the last window's gradient; let them add up.": (
            lambda *case: _truncated_grads(*case, keep=False)
        ),
        "the last window, which may be shorter, is left out.": (
            lambda *case: _truncated_grads(*case, last=False)
        ),
    }
    check(answer, _truncated_grads, cases, mistakes=mistakes)
