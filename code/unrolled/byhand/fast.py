"""The layers of `unrolled.byhand.layers`, arranged for speed: what that changes, and what not.

Four rearrangements, none of which changes a number by more than rounding:

1. the input, the state and a 1 for each bias stand side by side, so that an LSTM's step is one
   product with all its parameters, and their gradients are one product over all steps;
2. sigmoid(a) = 1/2 + 1/2 tanh(a / 2), so with the sigmoids' rows of the weights halved one tanh
   serves all gates of a step;
3. arrays stand gate by gate, (G, T, B, H), so that each gate of a step is one piece of memory, and
   a step writes into arrays made before the loop;
4. backward forms its factors one step at a time and computes tanh(c) again, which takes as long
   as doing it for all steps at once, and less memory.

What forward keeps for backward is, for each step and sequence, I + 6H + 2 numbers for the LSTM and
I + 5H + 2 for the GRU, where the readable layers keep I + 7H and I + 5H.

Padding needs no mask in the loop. A step after a sequence's end cannot reach back, so it is enough
to read zeros there, to read the final state at the right step, and to let gradients in at real
steps only.
"""

from collections import namedtuple

import numpy as np

from unrolled.byhand.cells import GRUCell, HiddenState, LSTMCell, LSTMState
from unrolled.byhand.layers import (
    check_dfinal,
    check_sequence,
    check_upstream,
    real_steps,
    without_padding,
)


class _FastLayer:
    """What the fast layers share: the checks, the projection, the gradients of the weights."""

    cell_class = None

    def __init__(self, cell):
        if not isinstance(cell, self.cell_class):
            raise TypeError(
                f"{type(self).__name__} got a {type(cell).__name__}; it takes a "
                f"{self.cell_class.__name__}. unrolled.byhand.layers.Recurrent takes any cell."
            )
        self.cell = cell
        # (G, 1, 1): 1/2 for a gate, which ends in a sigmoid; 1 for a candidate, which ends in tanh
        halves = [1 if block in "gn" else 0.5 for block in cell.blocks]
        self.halves = np.array(halves)[:, None, None]

    def _start(self, x, state, lengths):
        """Return x time-major, the index of each last real step, the mask (T, B), and the state."""
        x = check_sequence(x, self.cell)
        mask = real_steps(lengths, *x.shape[:2])
        state = self.cell.initial_state(len(x)) if state is None else state
        self.cell.check_step(x[:, 0], state)
        x = without_padding(x, mask).astype(self.cell.dtype, copy=False)
        return x.swapaxes(0, 1), mask.sum(axis=1), mask.T, state

    def _by_gate(self, name):
        """Return a parameter as one block a gate, (G, H, columns): a view."""
        return self.cell.params[name].reshape(len(self.halves), self.cell.hidden_size, -1)

    def _side_by_side(self, *names):
        """Return parameters for a row times a matrix, (G, columns, H), those of sigmoids halved."""
        scale = self.halves.astype(self.cell.dtype)
        blocks = np.concatenate([self._by_gate(name) for name in names], axis=2) * scale
        return np.ascontiguousarray(blocks.swapaxes(1, 2))

    def _add_grads(self, names, entering, da):
        """Add the gradients of parameters that met `entering` (T, B, columns), side by side."""
        entering = entering.reshape(-1, entering.shape[2])
        per_gate = [block.reshape(len(entering), -1).T @ entering for block in da]
        gradient, start = np.concatenate(per_gate), 0  # (G*H, columns)
        for name in names:
            grad = self.cell.grads[name]
            end = start + grad.size // len(grad)
            grad += gradient[:, start:end].reshape(grad.shape)
            start = end

    def _dx(self, da):
        """Return the gradient by the inputs, batch first."""
        dx = sum(block @ w for block, w in zip(da, self._by_gate("weight_ih"), strict=True))
        return dx.swapaxes(0, 1)

    def _arriving(self, doutputs, mask, lengths, dfinal):
        """Return the gradients that enter at each step, time-major: by h, then by other parts.

        The gradient by the final state enters at each sequence's last real step; without one,
        nothing enters by other parts, and only the gradient by h is returned.
        """
        check_upstream(doutputs, (*mask.T.shape, self.cell.hidden_size))
        by_h = np.where(mask[:, :, None], np.swapaxes(doutputs, 0, 1), 0).astype(self.cell.dtype)
        if dfinal is None:
            return [by_h]
        dfinal = check_dfinal(dfinal, self.cell, len(lengths))
        by_part = [by_h, *(np.zeros_like(by_h) for _ in dfinal[1:])]
        for entering, part in zip(by_part, dfinal, strict=True):
            entering[lengths - 1, np.arange(len(lengths))] += part
        return by_part


FastLSTMCache = namedtuple("FastLSTMCache", "z lengths mask c gates")


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

    def forward(self, x, state=None, lengths=None):
        """Return ``outputs (B, T, H), (h, c), cache``, as `byhand.layers.Recurrent` does."""
        x, lengths, mask, state = self._start(x, state, lengths)
        steps, batch, inputs = x.shape
        size, dtype = self.cell.hidden_size, self.cell.dtype
        w = self._side_by_side(*self.cell.params)  # (4, I+H+2, H)
        z = np.ones((steps + 1, batch, inputs + size + 2), dtype)  # x, h, 1, 1
        z[:-1, :, :inputs], h = x, z[..., inputs:-2]
        gates = np.empty((4, steps, batch, size), dtype)
        c = np.empty((steps + 1, batch, size), dtype)
        h[0], c[0] = state
        scale = self.halves.astype(dtype)
        shift = 1 - scale  # 1/2 for a sigmoid, 0 for the tanh
        for t in range(steps):
            a = gates[:, t]  # (4, B, H)
            np.matmul(z[t], w, out=a)
            np.tanh(a, out=a)
            a *= scale
            a += shift
            i, f, g, o = a
            np.add(f * c[t], i * g, out=c[t + 1])
            np.multiply(o, np.tanh(c[t + 1]), out=h[t + 1])
        outputs = np.where(mask[:, :, None], h[1:], 0).swapaxes(0, 1)
        last = lengths, np.arange(batch)
        final = LSTMState(h[last], c[last])
        return outputs, final, FastLSTMCache(z, lengths, mask, c, gates)

    def backward(self, doutputs, cache, dfinal=None):
        """Add all parameter gradients; return ``dx (B, T, I), (dh_0, dc_0)``."""
        z, lengths, mask, c, gates = cache
        arriving_h, *arriving_c = self._arriving(doutputs, mask, lengths, dfinal)
        w_hh = self._by_gate("weight_hh")
        da = np.empty_like(gates)
        dh, dc = np.zeros((2, *c.shape[1:]), c.dtype)
        for t in reversed(range(len(mask))):
            i, f, g, o = gates[:, t]
            da_i, da_f, da_g, da_o = da[:, t]
            tanh_c = np.tanh(c[t + 1])
            dh = dh + arriving_h[t]
            dc = dc + dh * o * (1 - tanh_c * tanh_c)
            for arriving in arriving_c:  # one, where the loss reads the final state, or none
                dc = dc + arriving[t]
            np.multiply(dc * g, i * (1 - i), out=da_i)
            np.multiply(dc * c[t], f * (1 - f), out=da_f)
            np.multiply(dc * i, 1 - g * g, out=da_g)
            np.multiply(dh * tanh_c, o * (1 - o), out=da_o)
            dh = (da[:, t] @ w_hh).sum(axis=0)
            dc = dc * f
        self._add_grads(self.cell.params, z[:-1], da)
        return self._dx(da), LSTMState(dh, dc)


FastGRUCache = namedtuple("FastGRUCache", "z_x z_h lengths mask gates h_n")


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

    def forward(self, x, state=None, lengths=None):
        """Return ``outputs (B, T, H), (h,), cache``, as `byhand.layers.Recurrent` does."""
        x, lengths, mask, state = self._start(x, state, lengths)
        steps, batch, inputs = x.shape
        size, dtype = self.cell.hidden_size, self.cell.dtype
        w_x = self._side_by_side("weight_ih", "bias_ih")  # (3, I+1, H)
        w_h = self._side_by_side("weight_hh", "bias_hh")  # (3, H+1, H)
        z_x = np.ones((steps, batch, inputs + 1), dtype)  # x, 1
        z_h = np.ones((steps + 1, batch, size + 1), dtype)  # h, 1
        z_x[..., :-1], h = x, z_h[..., :-1]
        # r stands between n and W_hn h, so both parts of n are needed: x's for all steps at once.
        gates = (z_x.reshape(steps * batch, -1) @ w_x).reshape(3, steps, batch, size)
        h_n, h[0] = np.empty((steps, batch, size), dtype), state[0]
        for t in range(steps):
            rz, n = gates[:2, t], gates[2, t]
            from_h = z_h[t] @ w_h  # (3, B, H)
            rz += from_h[:2]
            np.tanh(rz, out=rz)
            rz *= 0.5
            rz += 0.5
            r, z = rz
            h_n[t] = from_h[2]
            n += r * h_n[t]
            np.tanh(n, out=n)
            np.add(n, z * (h[t] - n), out=h[t + 1])  # (1 - z) n + z h_prev
        outputs = np.where(mask[:, :, None], h[1:], 0).swapaxes(0, 1)
        final = HiddenState(h[lengths, np.arange(batch)])
        return outputs, final, FastGRUCache(z_x, z_h, lengths, mask, gates, h_n)

    def backward(self, doutputs, cache, dfinal=None):
        """Add all parameter gradients; return ``dx (B, T, I), (dh_0,)``."""
        z_x, z_h, lengths, mask, gates, h_n = cache
        (arriving,) = self._arriving(doutputs, mask, lengths, dfinal)
        w_hh = self._by_gate("weight_hh")
        da = np.empty((4, *h_n.shape), h_n.dtype)  # r, z, n behind W_hh, n behind W_ih
        h, dh = z_h[..., :-1], np.zeros_like(h_n[0])
        for t in reversed(range(len(mask))):
            r, z, n = gates[:, t]
            da_r, da_z, da_hn, da_n = da[:, t]
            dh = dh + arriving[t]
            np.multiply(dh * (1 - z), 1 - n * n, out=da_n)
            np.multiply(dh * (h[t] - n), z * (1 - z), out=da_z)
            np.multiply(da_n * h_n[t], r * (1 - r), out=da_r)
            np.multiply(da_n, r, out=da_hn)
            dh = dh * z + (da[:3, t] @ w_hh).sum(axis=0)
        da_x = da[0], da[1], da[3]
        self._add_grads(("weight_ih", "bias_ih"), z_x, da_x)
        self._add_grads(("weight_hh", "bias_hh"), z_h[:-1], da[:3])
        return self._dx(da_x), HiddenState(dh)
