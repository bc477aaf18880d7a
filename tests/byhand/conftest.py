"""What the tests by hand share: sizes that all differ, and cells whose weights all differ."""

from collections import namedtuple

import numpy as np
import pytest

from unrolled.byhand import variants
from unrolled.byhand.cells import Cell, GRUCell, LSTMCell, RNNCell
from unrolled.byhand.layers import Recurrent
from unrolled.byhand.linear import MinGRUCell, MinLSTMCell

B, T, I, H = 3, 5, 2, 4  # all distinct, so that a swapped axis shows
LENGTHS = np.array([5, 1, 3])

TORCHS = {"RNN": RNNCell, "LSTM": LSTMCell, "GRU": GRUCell}  # by torch's names
VARIANTS = {
    "peephole": variants.PeepholeLSTMCell,
    "coupled": variants.CoupledLSTMCell,
    "no forget gate": variants.NoForgetGateLSTMCell,
    "no input gate": variants.NoInputGateLSTMCell,
    "no output gate": variants.NoOutputGateLSTMCell,
    "no output tanh": variants.NoOutputTanhLSTMCell,
}


class MatrixCell(Cell):
    """A toy with a matrix memory: M = M / 2 + h x^T, h = tanh(M 1 + W x + U h); state (h, M)."""

    blocks = "h"
    State = namedtuple("MatrixState", "h M")
    Cache = namedtuple("MatrixCache", "x h_prev h")

    def state_shapes(self, batch):
        return self.State((batch, self.hidden_size), (batch, self.hidden_size, self.input_size))

    def forward(self, x, state):
        self.check_step(x, state)
        (h_prev, m_prev), p = state, self.params
        m = m_prev / 2 + h_prev[:, :, None] * x[:, None]  # (B, H, I)
        a = x @ p["weight_ih"].T + p["bias_ih"] + h_prev @ p["weight_hh"].T + p["bias_hh"]
        h = np.tanh(m.sum(axis=2) + a)
        return self.State(h, m), self.Cache(x, h_prev, h)

    def backward(self, dstate, cache):
        (dh, dm), (x, h_prev, h) = dstate, cache
        da = dh * (1 - h**2)
        dm = dm + da[:, :, None]
        dx, dh_prev = self._add_grads(x, h_prev, da, da)
        dx = dx + (dm * h_prev[:, :, None]).sum(axis=1)
        return dx, self.State(dh_prev + (dm * x[:, None]).sum(axis=2), dm / 2)


LINEAR = {"minGRU": MinGRUCell, "minLSTM": MinLSTMCell}
ALL = TORCHS | VARIANTS | LINEAR | {"matrix": MatrixCell}


def random_cell(cell_class, rng, *, inputs=I, hidden=H, dtype=np.float64):
    """Return a cell whose weights and biases are all different and not small."""
    cell = cell_class(inputs, hidden, rng=rng, dtype=dtype)
    shapes = {name: value.shape for name, value in cell.params.items()}
    cell.params = {name: rng.normal(size=shape).astype(dtype) for name, shape in shapes.items()}
    return cell


def random_layer(cell_class, rng, **sizes):
    """Return such a cell over time."""
    return Recurrent(random_cell(cell_class, rng, **sizes))


def random_state(cell, rng, batch=B):
    """Return a state, or a gradient by one, without two equal numbers."""
    return cell.State(*[rng.normal(size=shape) for shape in cell.state_shapes(batch)])


def torchs(state):
    """Return a state as torch takes it: the tuple (h, c), but h alone where there is no c."""
    return tuple(state) if len(state) > 1 else state[0]


def ours(state):
    """Return torch's state as a tuple, also where there is no c."""
    return state if isinstance(state, tuple) else (state,)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture(params=TORCHS)
def kind(request):
    """The name of a cell that torch has too."""
    return request.param


@pytest.fixture(params=ALL.values(), ids=ALL)
def cell_class(request):
    """Every cell of the package, and one whose memory is a matrix."""
    return request.param
