"""LSTM cells with a part added, tied or taken away, each a step forward and a step backward.

They answer one question: which parts matter? The names follow Greff et al. (2017). All keep the
state ``(h, c)`` and run over time in `unrolled.byhand.layers.Recurrent`. Blocks stand in torch's
order, without those that a variant does not have.
"""

from collections import namedtuple

import numpy as np

from unrolled.byhand.cells import Cell, LSTMState
from unrolled.byhand.functional import sigmoid


class _LSTMVariant(Cell):
    """What the variants share: a state (h, c) and the sum of the two affine maps."""

    State = LSTMState

    def _blocks(self, x, h_prev):
        """Return the pre-activations, one (B, H) for each block of the weights."""
        p = self.params
        a = x @ p["weight_ih"].T + p["bias_ih"] + h_prev @ p["weight_hh"].T + p["bias_hh"]
        return np.split(a, len(self.blocks), axis=1)

    def _backward(self, x, h_prev, *da):
        """Add the gradients of both maps; return ``dx, dh_prev``."""
        da = np.concatenate(da, axis=1)
        return self._add_grads(x, h_prev, da, da)


PeepholeCache = namedtuple("PeepholeCache", "x h_prev c_prev i f g o c tanh_c")


class PeepholeLSTMCell(_LSTMVariant):
    """An LSTM whose gates also see the cell state (Gers & Schmidhuber 2000).

    ``i`` and ``f`` see ``c_prev``, ``o`` sees the new ``c``, each unit only its own: one more
    parameter, ``peephole (3H,)``, in the order i, f, o. It starts at zero, as a plain LSTM.
    """

    blocks = "ifgo"

    def __init__(self, input_size, hidden_size, *, rng, dtype=np.float64):
        super().__init__(input_size, hidden_size, rng=rng, dtype=dtype)
        self.params["peephole"] = np.zeros(3 * hidden_size, dtype)
        self.zero_grad()

    def forward(self, x, state):
        """Return the next state ``(h, c)``, each (B, H), and the cache that `backward` needs."""
        self.check_step(x, state)
        h_prev, c_prev = state
        p_i, p_f, p_o = np.split(self.params["peephole"], 3)
        a_i, a_f, a_g, a_o = self._blocks(x, h_prev)
        i, f, g = sigmoid(a_i + p_i * c_prev), sigmoid(a_f + p_f * c_prev), np.tanh(a_g)
        c = f * c_prev + i * g
        o = sigmoid(a_o + p_o * c)
        tanh_c = np.tanh(c)
        return LSTMState(o * tanh_c, c), PeepholeCache(x, h_prev, c_prev, i, f, g, o, c, tanh_c)

    def backward(self, dstate, cache):
        """Add this step's parameter gradients; return ``dx (B, I), (dh_prev, dc_prev)``."""
        dh, dc = dstate
        x, h_prev, c_prev, i, f, g, o, c, tanh_c = cache
        p_i, p_f, p_o = np.split(self.params["peephole"], 3)
        da_o = dh * tanh_c * o * (1 - o)
        dc = dc + dh * o * (1 - tanh_c**2) + da_o * p_o  # the output gate looks at c too
        da_i = dc * g * i * (1 - i)
        da_f = dc * c_prev * f * (1 - f)
        da_g = dc * i * (1 - g**2)
        seen = np.concatenate([da_i * c_prev, da_f * c_prev, da_o * c], axis=1)  # (B, 3H)
        self.grads["peephole"] += seen.sum(axis=0)
        dx, dh_prev = self._backward(x, h_prev, da_i, da_f, da_g, da_o)
        return dx, LSTMState(dh_prev, dc * f + da_i * p_i + da_f * p_f)


CoupledCache = namedtuple("CoupledCache", "x h_prev c_prev f g o tanh_c")


class CoupledLSTMCell(_LSTMVariant):
    """An LSTM that writes exactly where it forgets: ``i = 1 - f``.

    Blocks f, g, o. Called CIFG by Greff et al. (2017); one step on the way to the GRU.
    """

    blocks = "fgo"

    def forward(self, x, state):
        """Return the next state ``(h, c)``, each (B, H), and the cache that `backward` needs."""
        self.check_step(x, state)
        h_prev, c_prev = state
        a_f, a_g, a_o = self._blocks(x, h_prev)
        f, g, o = sigmoid(a_f), np.tanh(a_g), sigmoid(a_o)
        c = f * c_prev + (1 - f) * g
        tanh_c = np.tanh(c)
        return LSTMState(o * tanh_c, c), CoupledCache(x, h_prev, c_prev, f, g, o, tanh_c)

    def backward(self, dstate, cache):
        """Add this step's parameter gradients; return ``dx (B, I), (dh_prev, dc_prev)``."""
        dh, dc = dstate
        x, h_prev, c_prev, f, g, o, tanh_c = cache
        dc = dc + dh * o * (1 - tanh_c**2)
        da_f = dc * (c_prev - g) * f * (1 - f)
        da_g = dc * (1 - f) * (1 - g**2)
        da_o = dh * tanh_c * o * (1 - o)
        dx, dh_prev = self._backward(x, h_prev, da_f, da_g, da_o)
        return dx, LSTMState(dh_prev, dc * f)


NoForgetGateCache = namedtuple("NoForgetGateCache", "x h_prev i g o tanh_c")


class NoForgetGateLSTMCell(_LSTMVariant):
    """The LSTM of Hochreiter & Schmidhuber (1997): ``c = c_prev + i * g``, nothing is dropped.

    Blocks i, g, o.
    """

    blocks = "igo"

    def forward(self, x, state):
        """Return the next state ``(h, c)``, each (B, H), and the cache that `backward` needs."""
        self.check_step(x, state)
        h_prev, c_prev = state
        a_i, a_g, a_o = self._blocks(x, h_prev)
        i, g, o = sigmoid(a_i), np.tanh(a_g), sigmoid(a_o)
        c = c_prev + i * g
        tanh_c = np.tanh(c)
        return LSTMState(o * tanh_c, c), NoForgetGateCache(x, h_prev, i, g, o, tanh_c)

    def backward(self, dstate, cache):
        """Add this step's parameter gradients; return ``dx (B, I), (dh_prev, dc_prev)``."""
        dh, dc = dstate
        x, h_prev, i, g, o, tanh_c = cache
        dc = dc + dh * o * (1 - tanh_c**2)
        da_i = dc * g * i * (1 - i)
        da_g = dc * i * (1 - g**2)
        da_o = dh * tanh_c * o * (1 - o)
        dx, dh_prev = self._backward(x, h_prev, da_i, da_g, da_o)
        return dx, LSTMState(dh_prev, dc)


NoInputGateCache = namedtuple("NoInputGateCache", "x h_prev c_prev f g o tanh_c")


class NoInputGateLSTMCell(_LSTMVariant):
    """An LSTM that writes every candidate in full: ``c = f * c_prev + g``. Blocks f, g, o."""

    blocks = "fgo"

    def forward(self, x, state):
        """Return the next state ``(h, c)``, each (B, H), and the cache that `backward` needs."""
        self.check_step(x, state)
        h_prev, c_prev = state
        a_f, a_g, a_o = self._blocks(x, h_prev)
        f, g, o = sigmoid(a_f), np.tanh(a_g), sigmoid(a_o)
        c = f * c_prev + g
        tanh_c = np.tanh(c)
        return LSTMState(o * tanh_c, c), NoInputGateCache(x, h_prev, c_prev, f, g, o, tanh_c)

    def backward(self, dstate, cache):
        """Add this step's parameter gradients; return ``dx (B, I), (dh_prev, dc_prev)``."""
        dh, dc = dstate
        x, h_prev, c_prev, f, g, o, tanh_c = cache
        dc = dc + dh * o * (1 - tanh_c**2)
        da_f = dc * c_prev * f * (1 - f)
        da_g = dc * (1 - g**2)
        da_o = dh * tanh_c * o * (1 - o)
        dx, dh_prev = self._backward(x, h_prev, da_f, da_g, da_o)
        return dx, LSTMState(dh_prev, dc * f)


NoOutputGateCache = namedtuple("NoOutputGateCache", "x h_prev c_prev i f g h")


class NoOutputGateLSTMCell(_LSTMVariant):
    """An LSTM that always shows all it knows: ``h = tanh(c)``. Blocks i, f, g."""

    blocks = "ifg"

    def forward(self, x, state):
        """Return the next state ``(h, c)``, each (B, H), and the cache that `backward` needs."""
        self.check_step(x, state)
        h_prev, c_prev = state
        a_i, a_f, a_g = self._blocks(x, h_prev)
        i, f, g = sigmoid(a_i), sigmoid(a_f), np.tanh(a_g)
        c = f * c_prev + i * g
        h = np.tanh(c)
        return LSTMState(h, c), NoOutputGateCache(x, h_prev, c_prev, i, f, g, h)

    def backward(self, dstate, cache):
        """Add this step's parameter gradients; return ``dx (B, I), (dh_prev, dc_prev)``."""
        dh, dc = dstate
        x, h_prev, c_prev, i, f, g, h = cache
        dc = dc + dh * (1 - h**2)
        da_i = dc * g * i * (1 - i)
        da_f = dc * c_prev * f * (1 - f)
        da_g = dc * i * (1 - g**2)
        dx, dh_prev = self._backward(x, h_prev, da_i, da_f, da_g)
        return dx, LSTMState(dh_prev, dc * f)


NoOutputTanhCache = namedtuple("NoOutputTanhCache", "x h_prev c_prev i f g o c")


class NoOutputTanhLSTMCell(_LSTMVariant):
    """An LSTM that shows its cell state as large as it is: ``h = o * c``. Blocks i, f, g, o.

    Without the "output activation function" of Greff et al. (2017) nothing bounds h.
    """

    blocks = "ifgo"

    def forward(self, x, state):
        """Return the next state ``(h, c)``, each (B, H), and the cache that `backward` needs."""
        self.check_step(x, state)
        h_prev, c_prev = state
        a_i, a_f, a_g, a_o = self._blocks(x, h_prev)
        i, f, g, o = sigmoid(a_i), sigmoid(a_f), np.tanh(a_g), sigmoid(a_o)
        c = f * c_prev + i * g
        return LSTMState(o * c, c), NoOutputTanhCache(x, h_prev, c_prev, i, f, g, o, c)

    def backward(self, dstate, cache):
        """Add this step's parameter gradients; return ``dx (B, I), (dh_prev, dc_prev)``."""
        dh, dc = dstate
        x, h_prev, c_prev, i, f, g, o, c = cache
        dc = dc + dh * o
        da_i = dc * g * i * (1 - i)
        da_f = dc * c_prev * f * (1 - f)
        da_g = dc * i * (1 - g**2)
        da_o = dh * c * o * (1 - o)
        dx, dh_prev = self._backward(x, h_prev, da_i, da_f, da_g, da_o)
        return dx, LSTMState(dh_prev, dc * f)
