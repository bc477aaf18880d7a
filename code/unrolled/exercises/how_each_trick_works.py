"""Exercises of the study on how each trick works: a norm, a schedule, and a start."""

import numpy as np

from unrolled.exercises.checker import check


def _clip_all(gradients, limit):
    return gradients * min(1.0, limit / np.linalg.norm(gradients))


def check_clip_all(answer):
    """Check `clip_all(gradients, limit)`: gradients (K, n) whose length over all is bounded."""
    cases = [(np.array([[3.0, 4.0], [0.0, 12.0]]), limit) for limit in (1.0, 5.0)]
    cases.append((np.array([[0.3, 0.4]]), 5.0))
    mistakes = {
        "you made its length 1, not `limit`.": lambda g, limit: g / max(1, np.linalg.norm(g)),
        "a gradient that is short enough must stay as it is.": (
            lambda g, limit: g * limit / np.linalg.norm(g)
        ),
        "you clipped each vector by its own length; the direction of the whole changes.": (
            lambda g, limit: np.stack([_clip_all(vector, limit) for vector in g])
        ),
        "you cut each number by itself; the direction changes.": (
            lambda g, limit: np.clip(g, -limit, limit)
        ),
    }
    check(answer, _clip_all, cases, mistakes=mistakes)


def _rate_at(k, steps, peak):
    return peak * min(10 * k / steps, (steps - k) / (0.9 * steps))


def check_rate_at(answer):
    """Check `rate_at(k, steps, peak)`: the rate at step k, straight up and straight down."""
    cases = [(k, 100, 0.005) for k in (0, 3, 10, 11, 55, 99)] + [(30, 200, 0.01)]
    mistakes = {
        "it never warms up.": lambda k, steps, peak: peak * (steps - k) / steps,
        "it jumps at the peak: the way down is as long as nine tenths of the steps.": (
            lambda k, steps, peak: peak * (10 * k if k <= steps / 10 else steps - k) / steps
        ),
        "it never comes down.": lambda k, steps, peak: peak * min(1, 10 * k / steps),
        "it starts one step late: at k = 0 the rate is 0.": (
            lambda k, steps, peak: _rate_at(k + 1, steps, peak)
        ),
        "it reaches 0 at the last step; it would reach it one step later.": (
            lambda k, steps, peak: peak * min(10 * k / steps, (steps - 1 - k) / (0.9 * steps - 1))
        ),
    }
    check(answer, _rate_at, cases, mistakes=mistakes)


def _gate_bound(shape):
    return np.sqrt(6 / (shape[1] + shape[0] / 4))


def check_gate_bound(answer):
    """Check `gate_bound(shape)`: Xavier's bound for one gate of a stacked weight (4H, I)."""
    cases = [((128, 64),), ((40, 10),), ((8, 100),)]
    mistakes = {
        "that is the bound of the stack. A gate has H outputs, not 4H.": (
            lambda s: np.sqrt(6 / sum(s))
        ),
        "that is the standard deviation; the bound is larger by the root of 3.": (
            lambda s: np.sqrt(2 / (s[1] + s[0] / 4))
        ),
        "that keeps the signal only; Xavier's start takes the middle.": lambda s: np.sqrt(3 / s[1]),
        "that is a bound for one side; 6 stands over the inputs and the outputs together.": (
            lambda s: np.sqrt(6 / s[1])
        ),
        "the stack holds four gates, so H is a quarter of the first number.": (
            lambda s: np.sqrt(6 / (s[1] + s[0] / 3))
        ),
    }
    check(answer, _gate_bound, cases, mistakes=mistakes)
