"""An LSTM opened up: without a clamp it is the plain layer, with one the gate is held."""

import numpy as np
import pytest

from unrolled.byhand.cells import GRUCell, LSTMCell
from unrolled.byhand.layers import Recurrent
from unrolled.byhand.surgery import trace

B, T, I, H = 3, 6, 2, 5


@pytest.fixture
def layer():
    return Recurrent(LSTMCell(I, H, rng=np.random.default_rng(0)))


@pytest.fixture
def x():
    return np.random.default_rng(1).normal(size=(B, T, I))


@pytest.mark.parametrize("lengths", [None, np.array([6, 2, 4])])
def test_without_a_clamp_it_is_the_plain_layer_exactly(layer, x, lengths):
    outputs, (h, c), caches = layer.forward(x, None, lengths)
    found = trace(layer, x, lengths)
    np.testing.assert_array_equal(found["h"][:, -1], h)
    np.testing.assert_array_equal(found["c"][:, -1], c)
    real = np.ones((B, T), bool) if lengths is None else np.arange(T) < lengths[:, None]
    np.testing.assert_array_equal(found["h"][real], outputs[real])
    for name in ("i", "f", "g", "o"):
        np.testing.assert_array_equal(found[name][:, 0], getattr(caches[0].cache, name))


def test_a_start_state_carries_on_where_another_run_stopped(layer, x):
    whole, first = trace(layer, x), trace(layer, x[:, :2])
    rest = trace(layer, x[:, 2:], state=(first["h"][:, -1], first["c"][:, -1]))
    for name, values in whole.items():
        np.testing.assert_array_equal(rest[name], values[:, 2:])


def test_open_forget_gates_and_shut_input_gates_keep_c(layer, x):
    state = np.zeros((B, H)), np.random.default_rng(2).normal(size=(B, H))
    found = trace(layer, x, state=state, clamp={"f": 1.0, "i": 0.0})
    np.testing.assert_array_equal(found["c"], np.broadcast_to(state[1][:, None], (B, T, H)))
    assert (found["f"] == 1).all()


def test_a_shut_output_gate_says_nothing_and_a_unit_may_have_its_own_value(layer, x):
    assert (trace(layer, x, clamp={"o": 0.0})["h"] == 0).all()
    own = np.linspace(0, 1, H)
    found = trace(layer, x, clamp={"o": own})
    np.testing.assert_allclose(found["h"], own * np.tanh(found["c"]))


def test_nan_leaves_a_gate_free_at_its_steps(layer, x):
    values = np.full((B, T, 1), np.nan)
    values[1, 3] = 0.0
    held, free = trace(layer, x, clamp={"f": values}), trace(layer, x)
    np.testing.assert_array_equal(held["c"][:, :3], free["c"][:, :3])
    np.testing.assert_array_equal(held["c"][0], free["c"][0])
    assert (held["f"][1, 3] == 0).all()
    assert (held["c"][1, 3] != free["c"][1, 3]).all()


def test_it_refuses_other_cells_and_other_gates(layer, x):
    with pytest.raises(ValueError, match="got a GRUCell; it takes a layer of LSTMCell"):
        trace(Recurrent(GRUCell(I, H, rng=np.random.default_rng(0))), x)
    with pytest.raises(ValueError, match="There is no gate z; an LSTM has i, f, g, o"):
        trace(layer, x, clamp={"z": 1.0})
