"""Recurrent cells in NumPy: one step forward, one step backward, written as the equations are.

Parameter names, shapes and gate order are torch's, so weights move between both unchanged:
``weight_ih (G*H, I)``, ``weight_hh (G*H, H)``, ``bias_ih (G*H,)``, ``bias_hh (G*H,)``. A cell says
which G blocks of H rows they hold: ``blocks`` is "h" for the RNN, "ifgo" for the LSTM and "rzn" for
the GRU.

A cell keeps no hidden memory. `forward` returns the next state and a cache; `backward` takes that
cache, adds to ``cell.grads`` and returns the gradients of what went in. State and cache are named
tuples: outside their cell they are read by name, ``state.h``, ``cache.f``. A state is a tuple even
where it has one part, as in the RNN: ``(h,)``.
"""

from collections import namedtuple

import numpy as np

from unrolled.byhand.functional import sigmoid

HiddenState = namedtuple("HiddenState", "h")  # (B, H)


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
    blocks : str
        A letter for each of the G blocks of H rows that the weights hold, in their order.
    State : named tuple class
        The parts of the state, h first. A part that is not (B, H), such as a matrix, is declared
        in `state_shapes`.
    """

    blocks = ""
    State = HiddenState

    def __init__(self, input_size, hidden_size, *, rng, dtype=np.float64):
        if input_size < 1 or hidden_size < 1:
            raise ValueError(
                f"{type(self).__name__} got input_size={input_size} and hidden_size={hidden_size}. "
                "Both must be at least 1."
            )
        self.input_size, self.hidden_size, self.dtype = input_size, hidden_size, np.dtype(dtype)
        bound, shapes = hidden_size**-0.5, self.param_shapes()
        self.params = {k: rng.uniform(-bound, bound, s).astype(dtype) for k, s in shapes.items()}
        self.zero_grad()

    def param_shapes(self):
        """Return the shape of each parameter: torch's, unless a cell says otherwise."""
        rows = len(self.blocks) * self.hidden_size
        return {
            "weight_ih": (rows, self.input_size),
            "weight_hh": (rows, self.hidden_size),
            "bias_ih": (rows,),
            "bias_hh": (rows,),
        }

    def zero_grad(self):
        """Set all parameter gradients to zero."""
        self.grads = {name: np.zeros_like(value) for name, value in self.params.items()}

    def rows(self, block):
        """Return where a block stands: ``params["bias_ih"][cell.rows("f")]`` is the bias of f."""
        start = self.blocks.index(block) * self.hidden_size
        return slice(start, start + self.hidden_size)

    def state_shapes(self, batch):
        """Return the shape of each part of the state: (B, H), unless a cell says otherwise."""
        return self.State(*[(batch, self.hidden_size)] * len(self.State._fields))

    def initial_state(self, batch):
        """Return the zero state for a batch."""
        return self.State(*[np.zeros(shape, self.dtype) for shape in self.state_shapes(batch)])

    def check_step(self, x, state):
        """Raise a ValueError that names the shapes unless `x` and `state` fit this cell."""
        name = type(self).__name__
        if x.ndim != 2 or x.shape[1] != self.input_size:
            raise ValueError(
                f"{name} got x of shape {x.shape}. One step takes (B, {self.input_size}); "
                "for a whole sequence (B, T, I) use unrolled.byhand.layers.Recurrent."
            )
        batch = len(x)
        if not self.is_state(state, batch):
            raise ValueError(
                f"{name} got as its state {in_words(state)}. It takes a tuple of "
                f"{self.wanted_state(batch)}; cell.initial_state({batch}) makes a zero one."
            )

    def is_state(self, state, batch):
        """Return whether `state` is a tuple whose parts have the shapes of this cell's state."""
        return isinstance(state, tuple) and tuple(map(np.shape, state)) == self.state_shapes(batch)

    def wanted_state(self, batch):
        """Return the parts of the state and their shapes in words: ``h (3, 4), c (3, 4)``."""
        shapes = self.state_shapes(batch)._asdict()
        return ", ".join(f"{part} {shape}" for part, shape in shapes.items())

    def _add_grads(self, x, h_prev, da_ih, da_hh):
        """Add the gradients of the two affine maps; return ``dx, dh_prev`` through them."""
        self.grads["weight_ih"] += da_ih.T @ x
        self.grads["weight_hh"] += da_hh.T @ h_prev
        self.grads["bias_ih"] += da_ih.sum(axis=0)
        self.grads["bias_hh"] += da_hh.sum(axis=0)
        return da_ih @ self.params["weight_ih"], da_hh @ self.params["weight_hh"]


def in_words(state):
    """Return what was given for a state, for an error: ``a tuple of (3, 4), (3, 4)``."""
    if not isinstance(state, tuple):
        return f"something of type {type(state).__name__}"
    return f"a tuple of {', '.join(str(np.shape(part)) for part in state)}"


RNNCache = namedtuple("RNNCache", "x h_prev h")  # (B, I), then (B, H) each


class RNNCell(Cell):
    """The plain recurrent cell of Elman (1990): ``h = tanh(W_ih x + b_ih + W_hh h_prev + b_hh)``.

    Equal to ``torch.nn.RNNCell`` with its default nonlinearity.
    """

    blocks = "h"

    def forward(self, x, state):
        """Return the next state ``(h,)``, (B, H), and the cache that `backward` needs."""
        self.check_step(x, state)
        (h_prev,) = state
        p = self.params
        a = x @ p["weight_ih"].T + p["bias_ih"] + h_prev @ p["weight_hh"].T + p["bias_hh"]
        h = np.tanh(a)
        return HiddenState(h), RNNCache(x, h_prev, h)

    def backward(self, dstate, cache):
        """Add this step's parameter gradients; return ``dx (B, I), (dh_prev,)``."""
        (dh,) = dstate
        x, h_prev, h = cache
        da = dh * (1 - h**2)
        dx, dh_prev = self._add_grads(x, h_prev, da, da)
        return dx, HiddenState(dh_prev)


LSTMState = namedtuple("LSTMState", "h c")  # (B, H) each
LSTMCache = namedtuple("LSTMCache", "x h_prev c_prev i f g o tanh_c")  # (B, I), then (B, H)


class LSTMCell(Cell):
    """The LSTM of Hochreiter & Schmidhuber (1997) with the forget gate of Gers et al. (2000).

    ``c = f * c_prev + i * g`` and ``h = o * tanh(c)``; state ``(h, c)``; gate order i, f, g, o.
    Equal to ``torch.nn.LSTMCell``.
    """

    blocks = "ifgo"
    State = LSTMState

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
        return LSTMState(o * tanh_c, c), LSTMCache(x, h_prev, c_prev, i, f, g, o, tanh_c)

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
        return dx, LSTMState(dh_prev, dc * f)


GRUCache = namedtuple("GRUCache", "x h_prev hn r z n")  # hn is W_hn h_prev + b_hn


class GRUCell(Cell):
    """The gated recurrent unit of Cho et al. (2014), in torch's form.

    ``n = tanh(W_in x + b_in + r * (W_hn h_prev + b_hn))`` and ``h = (1 - z) * n + z * h_prev``:
    z keeps, and the reset gate acts after the product. Gate order r, z, n.
    Equal to ``torch.nn.GRUCell``.
    """

    blocks = "rzn"

    def forward(self, x, state):
        """Return the next state ``(h,)``, (B, H), and the cache that `backward` needs."""
        self.check_step(x, state)
        (h_prev,) = state
        p = self.params
        from_x = x @ p["weight_ih"].T + p["bias_ih"]
        from_h = h_prev @ p["weight_hh"].T + p["bias_hh"]
        xr, xz, xn = np.split(from_x, 3, axis=1)  # (B, 3H) -> three (B, H)
        hr, hz, hn = np.split(from_h, 3, axis=1)
        r, z = sigmoid(xr + hr), sigmoid(xz + hz)
        n = np.tanh(xn + r * hn)
        h = (1 - z) * n + z * h_prev
        return HiddenState(h), GRUCache(x, h_prev, hn, r, z, n)

    def backward(self, dstate, cache):
        """Add this step's parameter gradients; return ``dx (B, I), (dh_prev,)``."""
        (dh,) = dstate
        x, h_prev, hn, r, z, n = cache
        da_n = dh * (1 - z) * (1 - n**2)
        da_z = dh * (h_prev - n) * z * (1 - z)
        da_r = da_n * hn * r * (1 - r)
        da_ih = np.concatenate([da_r, da_z, da_n], axis=1)  # (B, 3H)
        da_hh = np.concatenate([da_r, da_z, da_n * r], axis=1)  # r stands between n and W_hn h
        dx, dh_prev = self._add_grads(x, h_prev, da_ih, da_hh)
        return dx, HiddenState(dh_prev + dh * z)
