"""A linear recurrence in few rounds: the parallel scan, its gradient, and two forms that fail.

The recurrence is ``h_t = a_t * h_{t-1} + b_t``, entry by entry. A step is a pair ``(a, b)``, and
two steps in a row are one step again: `combine`. It does not matter which neighbours are combined
first, so many can be combined at the same time: `rounds` says which pairs in which round, and
`scan` does just that. Arrays are (B, T, H), the initial state (B, H).

Three forms need no loop over time. The associative `scan` takes any ``a`` and ``b``. `divided` is
one line, and fails as soon as the product of all ``a`` leaves the range of the numbers. `log_space`
never does, but needs positive ``a`` and ``b``, and loses digits as the sequence gets longer.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

WAYS = ("pairs", "doubling")


class Round(NamedTuple):
    """Pairs that are combined at the same time: step ``right`` becomes left and right in one."""

    left: range
    right: range


def combine(earlier, later):
    """Return the one step that does what two steps ``(a, b)`` do, the earlier one first.

    ``a2 (a1 h + b1) + b2 = (a1 a2) h + (a2 b1 + b2)``. It is associative and does not commute
    (Blelloch 1990).
    """
    (a1, b1), (a2, b2) = earlier, later
    return a1 * a2, a2 * b1 + b2


def rounds(steps, way="pairs"):
    """Return which steps are combined in which round, until each holds all steps up to itself.

    Parameters
    ----------
    steps : int
        T, at least 1; any number, not only a power of two.
    way : str
        "doubling" combines each step with that 1, then 2, 4, 8 ... before it: ceil(log2 T) rounds,
        about T log2 T combinations in all. "pairs" first combines neighbours, then neighbouring
        pairs, and so on up a tree, and comes down again for those between: about 2 log2 T rounds,
        less than 2 T combinations.

    Returns
    -------
    list of `Round`
        ``zip(round.left, round.right)`` are the pairs. No step is written twice in one round.

    Raises
    ------
    ValueError
        If there is no step, or no such way.
    """
    if steps < 1 or way not in WAYS:
        raise ValueError(
            f"rounds got steps={steps} and way={way!r}. It takes at least one step, and a way of "
            f"{', '.join(WAYS)}."
        )
    gaps = [1 << k for k in range((steps - 1).bit_length())]  # 1, 2, 4, ..., all below T
    if way == "doubling":
        return [Round(range(steps - gap), range(gap, steps)) for gap in gaps]
    up = [_apart(gap, 2 * gap - 1, steps) for gap in gaps]
    down = [_apart(gap, 3 * gap - 1, steps) for gap in reversed(gaps)]
    return [pairs for pairs in (*up, *down) if pairs.right]


def _apart(gap, first, steps):
    """Return pairs of steps `gap` apart, every 2 gaps, whose first later one is `first`."""
    right = range(first, steps, 2 * gap)
    return Round(range(first - gap, first - gap + 2 * gap * len(right), 2 * gap), right)


def loop(a, b, initial=None):
    """Return the states (B, T, H) of ``h_t = a_t * h_{t-1} + b_t``, one step after the other."""
    h = _start(a, b, initial)
    states = np.empty(b.shape, np.result_type(a, b, h))
    for t in range(b.shape[1]):
        h = a[:, t] * h + b[:, t]
        states[:, t] = h
    return states


def scan(a, b, initial=None, *, way="pairs"):
    """Return the same states by combining steps, in the rounds that `rounds` lists.

    Parameters
    ----------
    a, b : ndarray (B, T, H)
        Any numbers: zero and negative ones too.
    initial : ndarray (B, H), optional
        The state before the first step; zeros if left out.
    way : str
        "pairs" or "doubling", as in `rounds`. The states are equal up to rounding.

    Returns
    -------
    ndarray (B, T, H)

    Raises
    ------
    ValueError
        If the shapes do not fit, or there is no such way.
    """
    h = _start(a, b, initial)
    a, b = a.copy(), b.astype(np.result_type(a, b, h))
    b[:, 0] += a[:, 0] * h  # the first step takes the initial state in
    for pairs in rounds(b.shape[1], way):
        left, right = _slice(pairs.left), _slice(pairs.right)
        a[:, right], b[:, right] = combine((a[:, left], b[:, left]), (a[:, right], b[:, right]))
    return b


def _slice(steps):
    """Return the slice that picks the steps of a range."""
    return slice(steps.start, steps.stop, steps.step)


def arriving(a, dstates):
    """Return the whole gradient by each state (B, T, H): what reaches the loss there and later.

    ``dh_t = dstates_t + a_{t+1} * dh_{t+1}`` is the same recurrence, from the right.

    Parameters
    ----------
    a : ndarray (B, T, H)
    dstates : ndarray (B, T, H)
        The gradient of the loss by the states, as far as it reads each itself.
    """
    a_next = np.concatenate([a[:, 1:], np.zeros_like(a[:, :1])], axis=1)
    return scan(a_next[:, ::-1], dstates[:, ::-1])[:, ::-1]


def backward(a, states, initial, dstates):
    """Return the gradients by ``a``, ``b`` (B, T, H) and by the initial state (B, H).

    Parameters
    ----------
    a, states : ndarray (B, T, H)
        What `scan` or `loop` was given, and what it returned.
    initial : ndarray (B, H)
    dstates : ndarray (B, T, H)
        The gradient of the loss by the states, as far as it reads each itself.
    """
    dh = arriving(a, dstates)
    return dh * before(states, initial), dh, dh[:, 0] * a[:, 0]


def before(states, initial):
    """Return the state before each step (B, T, H): the initial one, then all but the last."""
    return np.concatenate([initial[:, None], states[:, :-1]], axis=1)


def divided(a, b, initial=None):
    """Return the same states as ``p_t (h_0 + sum of b_s / p_s up to t)``, p the product of all a.

    This fails on purpose: with gates below 1 the product leaves the range of the numbers, and the
    states become infinity or NaN from there on. No ``a`` may be zero.
    """
    h = _start(a, b, initial)
    p = np.cumprod(a, axis=1)
    return p * (h[:, None] + np.cumsum(b / p, axis=1))


def log_space(log_a, log_b, log_initial=None):
    """Return the same states for positive ``a``, ``b`` and ``h_0``, computed by their logarithms.

    ``log h_t = s_t + log(h_0 + sum of exp(log b_r - s_r) up to t)``, s the sum of all log a
    (Heinsen 2023). The initial state comes in as the logarithm of a state: nothing that makes a
    candidate positive is applied to it again. The sum s grows with t while the digits of a number
    stay as many, so the relative error grows, too.

    Parameters
    ----------
    log_a, log_b : ndarray (B, T, H)
    log_initial : ndarray (B, H), optional
        Minus infinity for a state of zero, which it is if left out.
    """
    log_h = _start(log_a, log_b, log_initial, zero=-np.inf)
    s = np.cumsum(log_a, axis=1)
    terms = np.concatenate([log_h[:, None], log_b - s], axis=1)
    return np.exp(s + np.logaddexp.accumulate(terms, axis=1)[:, 1:])


def _start(a, b, initial, zero=0.0):
    """Return the initial state, `zero` for None; raise a ValueError where shapes do not fit."""
    if a.ndim != 3 or a.shape != b.shape or a.shape[1] == 0:
        raise ValueError(
            f"The recurrence got a of shape {a.shape} and b of shape {b.shape}. Both must be "
            "(B, T, H), with at least one step."
        )
    h = np.full_like(b[:, 0], zero) if initial is None else initial
    if h.shape != b[:, 0].shape:
        raise ValueError(
            f"The recurrence got an initial state of shape {h.shape}; for b of shape {b.shape} it "
            f"must be {b[:, 0].shape}."
        )
    return h
