"""Exercises of the study of long memories: copied symbols, and an order."""

import numpy as np

from unrolled.data.synthetic import temporal_order_batch
from unrolled.exercises.checker import check


def _held(loss, T, symbols=8, steps=20):
    return 10 - loss * (T + steps) / np.log(symbols)


def check_held(answer):
    """Check `held(loss, T)`: how many of ten symbols a loss in copy says are remembered."""
    holds_nothing = 10 * np.log(8) / 1020  # the loss at T = 1000
    cases = [(holds_nothing, 1000), (0.1, 30), (0.0, 10), (0.02, 300)]
    mistakes = {
        "that is how many it guesses; asked is how many it holds.": (
            lambda loss, T: 10 - _held(loss, T)
        ),
        "the loss is a mean over T + 20 steps, not over T.": (
            lambda loss, T: _held(loss, T, steps=0)
        ),
        "the loss is a mean over all steps, not over the last ten.": (
            lambda loss, T: 10 - 10 * loss / np.log(8)
        ),
        "a guess is among eight symbols; the blank is known.": (
            lambda loss, T: _held(loss, T, symbols=9)
        ),
        "a guess costs ln 8: the loss is in nats, not in bits.": (
            lambda loss, T: 10 - loss * (T + 20) / np.log2(8)
        ),
    }
    check(answer, _held, cases, mistakes=mistakes)


def _order_of(inputs):
    kinds = inputs.argmax(axis=2)  # (B, T): 4 is X, 5 is Y
    pairs = (row[row >= 4] for row in kinds)
    return np.array([2 * (first == 5) + (second == 5) for first, second in pairs])


def check_order_of(answer):
    """Check `order_of(inputs)`: the classes (B,) of one-hot sequences (B, T, 6)."""
    cases = [(temporal_order_batch(20, T, rng=np.random.default_rng(T)).inputs,) for T in (10, 40)]
    mistakes = {
        "you read the sequence backwards: XY and YX are exchanged.": lambda x: _order_of(
            x[:, ::-1]
        ),
        "you counted the Ys; XY and YX then look the same.": (
            lambda x: x[:, :, 5].sum(axis=1).astype(int)
        ),
        "X and Y are exchanged.": lambda x: 3 - _order_of(x),
        "that is the second kind alone.": lambda x: _order_of(x) % 2,
    }
    check(answer, _order_of, cases, mistakes=mistakes)
