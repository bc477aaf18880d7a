"""Recurrent cells in NumPy: one step forward, one step backward, written as the equations are.

Parameter names, shapes and gate order are torch's, so weights move between both unchanged:
``weight_ih (G*H, I)``, ``weight_hh (G*H, H)``, ``bias_ih (G*H,)``, ``bias_hh (G*H,)`` with G = 1
for the RNN, 4 for the LSTM (i, f, g, o) and 3 for the GRU (r, z, n).

A cell keeps no hidden memory. `forward` returns the next state and a cache; `backward` takes that
cache, adds to ``cell.grads`` and returns the gradients of what went in. A cache is a named tuple:
outside its cell it is read by name, ``cache.f``, never by place.
"""

from collections import namedtuple

import numpy as np

from unrolled.byhand.functional import sigmoid


class Cell:
    """What all cells share: parameters, gradients, the checks of their input.

    Parameters
    ----------
    input_size, hidden_size : int
        I and H.
    rng : numpy.random.Generator
        Draws the start: uniform in (-1/sqrt(H), 1/sqrt(H)), as torch does.
    dtype : numpy dtype
        float64 (the default) for checking gradients, float32 for speed.

    Attributes
    ----------
    params, grads : dict of str to ndarray
        Keys ``weight_ih``, ``weight_hh``, ``bias_ih``, ``bias_hh``.
    """

    gates = 1  # G: how many blocks of H rows the weights hold
    state_names = ("h",)

    def __init__(self, input_size, hidden_size, *, rng, dtype=np.float64):
        if input_size < 1 or hidden_size < 1:
            raise ValueError(
                f"{type(self).__name__} got input_size={input_size} and hidden_size={hidden_size}. "
                "Both must be at least 1."
            )
        self.input_size, self.hidden_size, self.dtype = input_size, hidden_size, np.dtype(dtype)
        rows, bound = self.gates * hidden_size, hidden_size**-0.5
        shapes = {
            "weight_ih": (rows, input_size),
            "weight_hh": (rows, hidden_size),
            "bias_ih": (rows,),
            "bias_hh": (rows,),
        }
        self.params = {k: rng.uniform(-bound, bound, s).astype(dtype) for k, s in shapes.items()}
        self.zero_grad()

    def zero_grad(self):
        """Set all parameter gradients to zero."""
        self.grads = {name: np.zeros_like(value) for name, value in self.params.items()}

    def initial_state(self, batch):
        """Return the zero state for a batch: ``h``, or ``(h, c)``, each (B, H)."""
        zeros = [np.zeros((batch, self.hidden_size), self.dtype) for _ in self.state_names]
        return zeros[0] if len(zeros) == 1 else tuple(zeros)

    def check_step(self, x, state):
        """Raise a ValueError that names the shapes unless `x` and `state` fit this cell."""
        name = type(self).__name__
        if x.ndim != 2 or x.shape[1] != self.input_size:
            raise ValueError(
                f"{name} got x of shape {x.shape}. One step takes (B, {self.input_size}); "
                "for a whole sequence (B, T, I) use unrolled.byhand.layers.Recurrent."
            )
        parts = state if isinstance(state, tuple) else (state,)
        expected = (x.shape[0], self.hidden_size)
        if [np.shape(part) for part in parts] != [expected] * len(self.state_names):
            given = ", ".join(str(np.shape(part)) for part in parts)
            raise ValueError(
                f"{name} got a state of shape {given}. It takes ({', '.join(self.state_names)}), "
                f"each of shape {expected}; cell.initial_state({x.shape[0]}) makes a zero one."
            )

    def _add_grads(self, x, h_prev, da_ih, da_hh):
        """Add the gradients of the two affine maps; return ``dx, dh_prev`` through them."""
        self.grads["weight_ih"] += da_ih.T @ x
        self.grads["weight_hh"] += da_hh.T @ h_prev
        self.grads["bias_ih"] += da_ih.sum(axis=0)
        self.grads["bias_hh"] += da_hh.sum(axis=0)
        return da_ih @ self.params["weight_ih"], da_hh @ self.params["weight_hh"]


RNNCache = namedtuple("RNNCache", "x h_prev h")  # (B, I), then (B, H) each


class RNNCell(Cell):
    """The plain recurrent cell of Elman (1990): ``h = tanh(W_ih x + b_ih + W_hh h_prev + b_hh)``.

    Equal to ``torch.nn.RNNCell`` with its default nonlinearity.
    """

    def forward(self, x, h_prev):
        """Return the next state ``h`` (B, H) and the cache that `backward` needs."""
        self.check_step(x, h_prev)
        p = self.params
        a = x @ p["weight_ih"].T + p["bias_ih"] + h_prev @ p["weight_hh"].T + p["bias_hh"]
        h = np.tanh(a)
        return h, RNNCache(x, h_prev, h)

    def backward(self, dh, cache):
        """Add this step's parameter gradients; return ``dx (B, I), dh_prev (B, H)``."""
        x, h_prev, h = cache
        da = dh * (1 - h**2)
        return self._add_grads(x, h_prev, da, da)


LSTMCache = namedtuple("LSTMCache", "x h_prev c_prev i f g o tanh_c")  # (B, I), then (B, H)


class LSTMCell(Cell):
    """The LSTM of Hochreiter & Schmidhuber (1997) with the forget gate of Gers et al. (2000).

    ``c = f * c_prev + i * g`` and ``h = o * tanh(c)``; state ``(h, c)``; gate order i, f, g, o.
    Equal to ``torch.nn.LSTMCell``.
    """

    gates = 4
    state_names = ("h", "c")

    def forward(self, x, state):
        """Return the next state ``(h, c)``, each (B, H), and the cache that `backward` needs."""
        self.check_step(x, state)
        h_prev, c_prev = state
        p = self.params
        a = x @ p["weight_ih"].T + p["bias_ih"] + h_prev @ p["weight_hh"].T + p["bias_hh"]
        a_i, a_f, a_g, a_o = np.split(a, 4, axis=1)  # (B, 4H) -> four (B, H)
        i, f, g, o = sigmoid(a_i), sigmoid(a_f), np.tanh(a_g), sigmoid(a_o)
        c = f * c_prev + i * g
        tanh_c = np.tanh(c)
        return (o * tanh_c, c), LSTMCache(x, h_prev, c_prev, i, f, g, o, tanh_c)

    def backward(self, dstate, cache):
        """Add this step's parameter gradients; return ``dx (B, I), (dh_prev, dc_prev)``."""
        dh, dc = dstate
        x, h_prev, c_prev, i, f, g, o, tanh_c = cache
        dc = dc + dh * o * (1 - tanh_c**2)  # c reaches the loss directly and through h
        da_i = dc * g * i * (1 - i)
        da_f = dc * c_prev * f * (1 - f)
        da_g = dc * i * (1 - g**2)
        da_o = dh * tanh_c * o * (1 - o)
        da = np.concatenate([da_i, da_f, da_g, da_o], axis=1)  # (B, 4H)
        dx, dh_prev = self._add_grads(x, h_prev, da, da)
        return dx, (dh_prev, dc * f)


GRUCache = namedtuple("GRUCache", "x h_prev hn r z n")  # hn is W_hn h_prev + b_hn


class GRUCell(Cell):
    """The gated recurrent unit of Cho et al. (2014), in torch's form.

    ``n = tanh(W_in x + b_in + r * (W_hn h_prev + b_hn))`` and ``h = (1 - z) * n + z * h_prev``:
    z keeps, and the reset gate acts after the product. Gate order r, z, n.
    Equal to ``torch.nn.GRUCell``.
    """

    gates = 3

    def forward(self, x, h_prev):
        """Return the next state ``h`` (B, H) and the cache that `backward` needs."""
        self.check_step(x, h_prev)
        p = self.params
        from_x = x @ p["weight_ih"].T + p["bias_ih"]
        from_h = h_prev @ p["weight_hh"].T + p["bias_hh"]
        xr, xz, xn = np.split(from_x, 3, axis=1)  # (B, 3H) -> three (B, H)
        hr, hz, hn = np.split(from_h, 3, axis=1)
        r, z = sigmoid(xr + hr), sigmoid(xz + hz)
        n = np.tanh(xn + r * hn)
        h = (1 - z) * n + z * h_prev
        return h, GRUCache(x, h_prev, hn, r, z, n)

    def backward(self, dh, cache):
        """Add this step's parameter gradients; return ``dx (B, I), dh_prev (B, H)``."""
        x, h_prev, hn, r, z, n = cache
        da_n = dh * (1 - z) * (1 - n**2)
        da_z = dh * (h_prev - n) * z * (1 - z)
        da_r = da_n * hn * r * (1 - r)
        da_ih = np.concatenate([da_r, da_z, da_n], axis=1)  # (B, 3H)
        da_hh = np.concatenate([da_r, da_z, da_n * r], axis=1)  # r stands between n and W_hn h
        dx, dh_prev = self._add_grads(x, h_prev, da_ih, da_hh)
        return dx, dh_prev + dh * z
