"""Look at every gate of a trained LSTM while it reads, and hold gates where you want them."""

import numpy as np

from unrolled.byhand.cells import LSTMCell
from unrolled.byhand.functional import sigmoid
from unrolled.byhand.layers import check_sequence, real_steps, without_padding


def trace(layer, x, lengths=None, *, state=None, clamp=None):
    """Return everything that an LSTM computes over time: ``{"i", "f", "g", "o", "c", "h"}``.

    Parameters
    ----------
    layer : Recurrent
        With an `LSTMCell`.
    x : ndarray (B, T, I)
    lengths : ndarray of int (B,), optional
        After its length a sequence's state stands still, so the last column is its final state;
        the gates there are those of an input of zeros.
    state : (h, c), optional
        Each (B, H); zeros where None.
    clamp : dict, optional
        Gate to the value that it is held at, in place of what it computes: a number, or an array
        that broadcasts to (B, T, H). NaN leaves a gate free. ``{"f": 1.0}`` holds all f open.

    Returns
    -------
    dict of str to ndarray (B, T, H)

    Raises
    ------
    ValueError
        If the layer has no `LSTMCell`, or a gate has another name.
    """
    if not isinstance(layer.cell, LSTMCell):
        raise ValueError(f"trace got a {type(layer.cell).__name__}; it takes a layer of LSTMCell.")
    x = check_sequence(x, layer.cell)
    batch, steps, _ = x.shape
    held = _held(clamp, (batch, steps, layer.cell.hidden_size))
    state = layer.cell.initial_state(batch) if state is None else state
    layer.cell.check_step(x[:, 0], state)
    (h, c), kept = state, {name: [] for name in (*layer.cell.blocks, "c", "h")}
    real = real_steps(lengths, batch, steps)
    x = without_padding(x, real)
    for t in range(steps):
        gates = _gates(layer.cell, x[:, t], h)
        for name, values in held.items():
            gates[name] = np.where(np.isnan(values[:, t]), gates[name], values[:, t])
        c_new = gates["f"] * c + gates["i"] * gates["g"]
        h_new = gates["o"] * np.tanh(c_new)
        h, c = (np.where(real[:, t, None], new, old) for new, old in ((h_new, h), (c_new, c)))
        for name, value in {**gates, "c": c, "h": h}.items():
            kept[name].append(value)
    return {name: np.stack(values, axis=1) for name, values in kept.items()}


def _gates(cell, x, h_prev):
    """Return what the four boxes compute in one step, each (B, H)."""
    p = cell.params
    a = x @ p["weight_ih"].T + p["bias_ih"] + h_prev @ p["weight_hh"].T + p["bias_hh"]
    parts = dict(zip(cell.blocks, np.split(a, len(cell.blocks), axis=1), strict=True))
    return {name: np.tanh(a) if name == "g" else sigmoid(a) for name, a in parts.items()}


def _held(clamp, shape):
    """Return the clamps as arrays of one shape."""
    clamp = {} if clamp is None else clamp
    unknown = sorted(set(clamp) - set(LSTMCell.blocks))
    if unknown:
        has = ", ".join(LSTMCell.blocks)
        raise ValueError(f"There is no gate {', '.join(unknown)}; an LSTM has {has}.")
    return {name: np.broadcast_to(np.asarray(v, float), shape) for name, v in clamp.items()}
