"""The layers of `unrolled.layers`, arranged for speed: what a fast form changes, and what not.

Four rearrangements, none of which changes a number by more than rounding:

1. what does not depend on the state leaves the loop over time: the projection of all inputs is one
   matrix product, and so is each weight's gradient;
2. sigmoid(a) = 1/2 + 1/2 tanh(a / 2), so with the sigmoids' rows of the weights halved one tanh
   serves all gates of a step;
3. derivative factors that need no gradient are computed for all steps at once;
4. the loop writes into arrays made before it.

Padding needs no mask in the loop. A step after a sequence's end cannot reach back, so it is enough
to read the final state at the right step and to let gradients in at real steps only.

Inside, arrays are time-major, (T, B, ...), so that one step is one block of memory.
"""

from typing import ClassVar

import numpy as np

from unrolled.cells import GRUCell, LSTMCell
from unrolled.layers import check_sequence, real_steps


class _FastLayer:
    """What the fast layers share: the checks, the projection, the gradients of the weights."""

    cell_class = None
    halves: ClassVar[list] = []  # 1/2 for a block of rows that ends in a sigmoid, 1 for a tanh

    def __init__(self, cell):
        if not isinstance(cell, self.cell_class):
            raise TypeError(
                f"{type(self).__name__} got a {type(cell).__name__}; it takes a "
                f"{self.cell_class.__name__}. unrolled.layers.Recurrent takes any cell."
            )
        self.cell = cell

    def _start(self, x, state, lengths):
        """Return time-major inputs, the index of each last real step, and the mask (T, B)."""
        x = check_sequence(x, self.cell).astype(self.cell.dtype, copy=False)
        mask = real_steps(lengths, *x.shape[:2])
        self.cell.check_step(x[:, 0], state)
        return np.ascontiguousarray(x.swapaxes(0, 1)), mask.sum(axis=1), mask.T

    def _scaled(self, *names):
        """Return parameters with the rows of the sigmoids halved, and the scale itself (G*H,)."""
        scale = np.repeat(np.array(self.halves, self.cell.dtype), self.cell.hidden_size)
        rows = (self.cell.params[name] for name in names)
        return [w * (scale if w.ndim == 1 else scale[:, None]) for w in rows], scale

    def _add_grads(self, x, h, da_ih, da_hh):
        """Add the gradients of all weights; return dx, batch first."""
        grads, size = self.cell.grads, self.cell.hidden_size
        flat_ih, flat_hh = (da.reshape(-1, da.shape[2]) for da in (da_ih, da_hh))
        grads["weight_ih"] += flat_ih.T @ x.reshape(-1, x.shape[2])
        grads["weight_hh"] += flat_hh.T @ h.reshape(-1, size)
        grads["bias_ih"] += flat_ih.sum(axis=0)
        grads["bias_hh"] += flat_hh.sum(axis=0)
        return (flat_ih @ self.cell.params["weight_ih"]).reshape(x.shape).swapaxes(0, 1)


class FastLSTM(_FastLayer):
    """An LSTM over time; the same numbers as ``Recurrent(LSTMCell)``, faster.

    Parameters
    ----------
    cell : LSTMCell
        Its parameters are read at each `forward`, its ``grads`` are added to.

    Raises
    ------
    TypeError
        If the cell is of another kind.
    """

    cell_class = LSTMCell
    halves: ClassVar[list] = [0.5, 0.5, 1, 0.5]  # i, f, g, o

    def forward(self, x, state=None, lengths=None):
        """Return ``outputs (B, T, H), (h, c), cache``, as `unrolled.layers.Recurrent` does."""
        state = self.cell.initial_state(len(x)) if state is None else state
        x, lengths, mask = self._start(x, state, lengths)
        steps, batch, _ = x.shape
        size, dtype = self.cell.hidden_size, self.cell.dtype
        (w_ih, w_hh, b_ih, b_hh), scale = self._scaled(*self.cell.params)
        gates = x.reshape(steps * batch, -1) @ w_ih.T
        gates += b_ih + b_hh
        gates = gates.reshape(steps, batch, 4 * size)
        w_hh, shift = np.ascontiguousarray(w_hh.T), 1 - scale  # 1/2 for a sigmoid, 0 for tanh
        h, c = np.empty((2, steps + 1, batch, size), dtype)
        h[0], c[0] = state
        tanh_c = np.empty((steps, batch, size), dtype)
        from_h, written = np.empty((batch, 4 * size), dtype), np.empty((batch, size), dtype)
        for t in range(steps):
            a = gates[t]
            a += np.matmul(h[t], w_hh, out=from_h)
            np.tanh(a, out=a)
            a *= scale
            a += shift
            i, f, g, o = (a[:, k * size : (k + 1) * size] for k in range(4))
            np.multiply(f, c[t], out=c[t + 1])
            c[t + 1] += np.multiply(i, g, out=written)
            np.tanh(c[t + 1], out=tanh_c[t])
            np.multiply(o, tanh_c[t], out=h[t + 1])
        rows = np.arange(batch)
        outputs = (h[1:] * mask[:, :, None]).swapaxes(0, 1)
        return (
            outputs,
            (h[lengths, rows], c[lengths, rows]),
            (x, lengths, mask, h, c, gates, tanh_c),
        )

    def backward(self, doutputs, cache, dfinal=None):
        """Add all parameter gradients; return ``dx (B, T, I), (dh_0, dc_0)``."""
        x, lengths, mask, h, c, gates, tanh_c = cache
        steps, batch, _ = gates.shape
        size = self.cell.hidden_size
        i, f, g, o = (gates[..., k * size : (k + 1) * size] for k in range(4))
        # Everything but dc and dh: da_i = dc g i (1 - i), da_f = dc c_prev f (1 - f), ...
        da = (1 - gates) * gates
        da[..., :size] *= g
        da[..., size : 2 * size] *= c[:-1]
        da[..., 2 * size : 3 * size] = i * (1 - g * g)
        da[..., 3 * size :] *= tanh_c
        into_c = o * (1 - tanh_c * tanh_c)
        arriving_h, arriving_c = _arriving(doutputs, mask, lengths, dfinal)
        dh, dc = np.zeros((2, batch, size), gates.dtype)
        through_h = np.empty_like(dc)
        w_hh = self.cell.params["weight_hh"]
        for t in reversed(range(steps)):
            dh += arriving_h[t]
            dc += np.multiply(dh, into_c[t], out=through_h)
            if arriving_c is not None:
                dc += arriving_c[t]
            blocks = da[t].reshape(batch, 4, size)
            blocks[:, :3] *= dc[:, None]
            blocks[:, 3] *= dh
            np.matmul(da[t], w_hh, out=dh)
            dc *= f[t]
        return self._add_grads(x, h[:-1], da, da), (dh, dc)


class FastGRU(_FastLayer):
    """A GRU over time; the same numbers as ``Recurrent(GRUCell)``, faster.

    Parameters
    ----------
    cell : GRUCell
        Its parameters are read at each `forward`, its ``grads`` are added to.

    Raises
    ------
    TypeError
        If the cell is of another kind.
    """

    cell_class = GRUCell
    halves: ClassVar[list] = [0.5, 0.5, 1]  # r, z, n

    def forward(self, x, state=None, lengths=None):
        """Return ``outputs (B, T, H), h, cache``, as `unrolled.layers.Recurrent` does."""
        state = self.cell.initial_state(len(x)) if state is None else state
        x, lengths, mask = self._start(x, state, lengths)
        steps, batch, _ = x.shape
        size, dtype = self.cell.hidden_size, self.cell.dtype
        (w_ih, w_hh, b_ih, b_hh), _ = self._scaled(*self.cell.params)
        gates = x.reshape(steps * batch, -1) @ w_ih.T
        gates += b_ih
        gates[:, : 2 * size] += b_hh[: 2 * size]
        gates = gates.reshape(steps, batch, 3 * size)
        w_hh, b_hn = np.ascontiguousarray(w_hh.T), b_hh[2 * size :]
        h, h_n = np.empty((steps + 1, batch, size), dtype), np.empty((steps, batch, size), dtype)
        h[0] = state
        from_h = np.empty((batch, 3 * size), dtype)
        for t in range(steps):
            np.matmul(h[t], w_hh, out=from_h)
            np.add(from_h[:, 2 * size :], b_hn, out=h_n[t])
            rz, n = gates[t, :, : 2 * size], gates[t, :, 2 * size :]
            rz += from_h[:, : 2 * size]
            np.tanh(rz, out=rz)
            rz *= 0.5
            rz += 0.5
            n += rz[:, :size] * h_n[t]
            np.tanh(n, out=n)
            np.subtract(h[t], n, out=h[t + 1])  # h = n + z (h_prev - n)
            h[t + 1] *= rz[:, size:]
            h[t + 1] += n
        outputs = (h[1:] * mask[:, :, None]).swapaxes(0, 1)
        return outputs, h[lengths, np.arange(batch)], (x, lengths, mask, h, gates, h_n)

    def backward(self, doutputs, cache, dfinal=None):
        """Add all parameter gradients; return ``dx (B, T, I), dh_0``."""
        x, lengths, mask, h, gates, h_n = cache
        steps, batch, _ = gates.shape
        size = self.cell.hidden_size
        r, z, n = (gates[..., k * size : (k + 1) * size] for k in range(3))
        # Everything but dh: da_n = dh (1 - z)(1 - n^2), da_z = dh (h_prev - n) z (1 - z), ...
        da_ih = (1 - gates) * gates
        da_ih[..., 2 * size :] = (1 - z) * (1 - n * n)
        da_ih[..., size : 2 * size] *= h[:-1] - n
        da_ih[..., :size] *= h_n * da_ih[..., 2 * size :]
        da_hh = da_ih.copy()  # r stands between n and W_hn h_prev
        da_hh[..., 2 * size :] *= r
        arriving, _ = _arriving(doutputs, mask, lengths, dfinal)
        dh, direct = np.zeros((2, batch, size), gates.dtype)
        w_hh = self.cell.params["weight_hh"]
        for t in reversed(range(steps)):
            dh += arriving[t]
            da_ih[t].reshape(batch, 3, size)[...] *= dh[:, None]
            da_hh[t].reshape(batch, 3, size)[...] *= dh[:, None]
            np.multiply(dh, z[t], out=direct)
            np.matmul(da_hh[t], w_hh, out=dh)
            dh += direct
        return self._add_grads(x, h[:-1], da_ih, da_hh), dh


def _arriving(doutputs, mask, lengths, dfinal):
    """Return the gradients that enter at each step, time-major: by h, and by c (or None).

    The gradient by the final state enters at each sequence's last real step.
    """
    by_h = doutputs.swapaxes(0, 1) * mask[:, :, None]
    if dfinal is None:
        return by_h, None
    last, rows = lengths - 1, np.arange(len(lengths))
    dh, dc = dfinal if isinstance(dfinal, tuple) else (dfinal, None)
    by_h[last, rows] += dh
    if dc is None:
        return by_h, None
    by_c = np.zeros_like(by_h)
    by_c[last, rows] = dc
    return by_h, by_c
