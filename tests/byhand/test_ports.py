"""Weights that are carried to another library and back compute the same; the rest is refused."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from unrolled.byhand import ports
from unrolled.byhand.cells import GRUCell, LSTMCell
from unrolled.byhand.layers import from_torch

from .conftest import random_layer

BATCH, STEPS, INPUTS, UNITS = 4, 6, 3, 5


def random_gru(inputs=INPUTS, units=UNITS, seed=0):
    return random_layer(GRUCell, np.random.default_rng(seed), inputs=inputs, hidden=units)


@pytest.fixture
def layer():
    return random_gru()


@pytest.fixture
def x():
    return np.random.default_rng(1).normal(size=(BATCH, STEPS, INPUTS))


def torch_gru(inputs=INPUTS, units=UNITS, seed=0):
    torch.manual_seed(seed)
    return torch.nn.GRU(inputs, units, batch_first=True, dtype=torch.float64)


def test_torch_equals_the_keras_equations_with_the_ported_weights(x):
    module = torch_gru()
    weights = ports.to_keras("GRU", from_torch(module).cell.params)
    assert [w.shape for w in weights] == [(INPUTS, 15), (UNITS, 15), (2, 15)]
    start = np.random.default_rng(2).normal(size=(BATCH, UNITS))
    theirs = module(torch.tensor(x), torch.tensor(start[None]))[0].detach().numpy()
    np.testing.assert_allclose(ports.keras_gru(x, weights, start), theirs, rtol=0, atol=1e-12)


def test_torch_equals_the_onnx_equations_with_the_ported_weights(x):
    module = torch_gru()
    tensors = ports.to_onnx("GRU", from_torch(module).cell.params)
    shapes = {name: tensor.shape for name, tensor in tensors.items()}
    assert shapes == {"W": (1, 15, INPUTS), "R": (1, 15, UNITS), "B": (1, 30)}
    start = np.random.default_rng(2).normal(size=(1, BATCH, UNITS))
    theirs = module(torch.tensor(x), torch.tensor(start))[0].detach().numpy()
    y = ports.onnx_gru(x.swapaxes(0, 1), tensors, start, linear_before_reset=1)
    assert y.shape == (STEPS, 1, BATCH, UNITS)
    np.testing.assert_allclose(y[:, 0].swapaxes(0, 1), theirs, rtol=0, atol=1e-12)


@given(st.integers(1, 5), st.integers(1, 6), st.integers(0, 10**6))
@settings(max_examples=30)
def test_there_and_back_changes_no_weight(inputs, units, seed):
    params = random_gru(inputs, units, seed).cell.params
    for port in (
        lambda p: ports.from_keras("GRU", ports.to_keras("GRU", p)),
        lambda p: ports.from_onnx("GRU", ports.to_onnx("GRU", p)),
        lambda p: ports.flip_update_gate(ports.flip_update_gate(p)),
    ):
        back = port(params)
        assert list(back) == list(params)
        assert all(np.array_equal(back[name], params[name]) for name in params)


def test_ports_change_nothing_they_were_given(layer):
    params = layer.cell.params
    copies = {name: value.copy() for name, value in params.items()}
    ports.flip_update_gate(params)
    for array in (*ports.to_keras("GRU", params), *ports.to_onnx("GRU", params).values()):
        array[...] = 7
    assert all(np.array_equal(params[name], copies[name]) for name in params)


def test_flipped_weights_give_the_other_meaning_of_z(layer, x):
    """h' = z n + (1 - z) h with the flipped weights is h' = (1 - z) n + z h with the old ones."""
    params = ports.flip_update_gate(layer.cell.params)
    cell = GRUCell(INPUTS, UNITS, rng=np.random.default_rng(0))
    cell.params = params
    h = np.zeros((BATCH, UNITS))
    for t in range(STEPS):
        _, cache = cell.forward(x[:, t], (h,))
        h = cache.z * cache.n + (1 - cache.z) * h
    np.testing.assert_allclose(h, layer.forward(x)[1].h, rtol=0, atol=1e-12)


def test_onnx_and_keras_agree_where_the_reset_comes_before_the_product(layer, x):
    kernel, recurrent, bias = ports.to_keras("GRU", layer.cell.params)
    keras = ports.keras_gru(x, (kernel, recurrent, bias.sum(axis=0)), reset_after=False)
    onnx = ports.onnx_gru(x.swapaxes(0, 1), ports.to_onnx("GRU", layer.cell.params))
    np.testing.assert_allclose(onnx[:, 0].swapaxes(0, 1), keras, rtol=0, atol=1e-12)


def test_before_and_after_differ_with_the_same_weights(layer, x):
    tensors = ports.to_onnx("GRU", layer.cell.params)
    y = [ports.onnx_gru(x.swapaxes(0, 1), tensors, linear_before_reset=k) for k in (0, 1)]
    assert np.abs(y[0] - y[1]).max() > 0.1


@pytest.mark.parametrize("case", ["one unit", "units that listen to themselves only"])
def test_before_and_after_agree_where_rows_and_columns_are_scaled_alike(case, x):
    params = random_gru(units=1 if case == "one unit" else UNITS).cell.params
    w_r, w_z, w_n = np.split(params["weight_hh"], 3)
    params["weight_hh"] = np.concatenate([w_r, w_z, np.diag(np.diag(w_n))])
    params["bias_hh"][2 * len(w_n) :] = 0
    tensors = ports.to_onnx("GRU", params)
    y = [ports.onnx_gru(x.swapaxes(0, 1), tensors, linear_before_reset=k) for k in (0, 1)]
    np.testing.assert_allclose(y[0], y[1], rtol=0, atol=1e-12)


def test_a_keras_layer_that_resets_before_is_refused(layer):
    kernel, recurrent, bias = ports.to_keras("GRU", layer.cell.params)
    with pytest.raises(ValueError, match="reset_after=False"):
        ports.from_keras("GRU", (kernel, recurrent, bias[0]))


def test_two_directions_are_refused(layer):
    tensors = {
        k: np.concatenate([v, v]) for k, v in ports.to_onnx("GRU", layer.cell.params).items()
    }
    with pytest.raises(ValueError, match="one direction"):
        ports.from_onnx("GRU", tensors)


@pytest.mark.parametrize(
    "port",
    [
        ports.flip_update_gate,
        lambda params: ports.to_keras("GRU", params),
        lambda params: ports.to_onnx("GRU", params),
    ],
    ids=["flip_update_gate", "to_keras", "to_onnx"],
)
def test_an_lstm_is_refused_with_its_shapes(port):
    lstm = torch.nn.LSTMCell(3, 5)
    params = {name: w.detach().numpy() for name, w in lstm.named_parameters()}
    with pytest.raises(ValueError, match=r"weight_ih \(20, 3\).* A GRU's are weight_ih \(3H, I\)"):
        port(params)


def test_transposed_weights_are_refused(layer):
    kernel, recurrent, bias = ports.to_keras("GRU", layer.cell.params)
    with pytest.raises(ValueError, match="A GRU's are"):
        ports.from_keras("GRU", (kernel.T, recurrent.T, bias))


# ------------------------------------------------------------------------------------- the LSTM


def random_lstm(inputs=INPUTS, units=UNITS, seed=0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return random_layer(LSTMCell, rng, inputs=inputs, hidden=units, dtype=dtype)


def keras_lstm(x, kernel, recurrent, bias):
    """Return the last h and c by the equations that Keras documents: z = x K + h U + b; i f c o."""
    h, c = (np.zeros((len(x), len(recurrent))) for _ in range(2))
    units = len(recurrent)
    for x_t in x.swapaxes(0, 1):
        z = x_t @ kernel + h @ recurrent + bias
        z0, z1, z2, z3 = (z[:, k * units : (k + 1) * units] for k in range(4))
        c = 1 / (1 + np.exp(-z1)) * c + 1 / (1 + np.exp(-z0)) * np.tanh(z2)
        h = 1 / (1 + np.exp(-z3)) * np.tanh(c)
    return h, c


def test_an_lstm_in_keras_form_gives_the_same_states_by_kerass_equations(x):
    layer = random_lstm()
    weights = ports.to_keras("LSTM", layer.cell.params)
    assert [w.shape for w in weights] == [(INPUTS, 20), (UNITS, 20), (20,)]
    for ours, theirs in zip(layer.forward(x)[1], keras_lstm(x, *weights), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)


def test_onnxruntime_computes_the_same_with_an_lstms_ported_weights(x):
    onnx, runtime = pytest.importorskip("onnx"), pytest.importorskip("onnxruntime")
    layer, x = random_lstm(dtype=np.float32), x.astype(np.float32)
    weights = ports.to_onnx("LSTM", layer.cell.params)
    assert {k: w.shape for k, w in weights.items()} == {
        "W": (1, 20, INPUTS),
        "R": (1, 20, UNITS),
        "B": (1, 40),
    }
    make, kind = onnx.helper, onnx.TensorProto.FLOAT
    node = make.make_node("LSTM", ["X", *weights], ["Y", "Y_h", "Y_c"], hidden_size=UNITS)
    graph = make.make_graph(
        [node],
        "one layer",
        [make.make_tensor_value_info("X", kind, (STEPS, BATCH, INPUTS))],
        [make.make_tensor_value_info(name, kind, None) for name in node.output],
        [onnx.numpy_helper.from_array(np.ascontiguousarray(w), k) for k, w in weights.items()],
    )
    model = make.make_model(graph, opset_imports=[make.make_opsetid("", 14)], ir_version=8)
    session = runtime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    y, h, c = session.run(None, {"X": x.swapaxes(0, 1)})
    outputs, (h_ours, c_ours), _ = layer.forward(x)
    for theirs, ours in ((y[:, 0].swapaxes(0, 1), outputs), (h[0], h_ours), (c[0], c_ours)):
        np.testing.assert_allclose(theirs, ours, rtol=0, atol=1e-5)


@given(st.integers(1, 5), st.integers(1, 6), st.integers(0, 10**6))
@settings(max_examples=30)
def test_an_lstms_weights_survive_there_and_back(inputs, units, seed):
    params = random_lstm(inputs, units, seed).cell.params
    copies = {name: value.copy() for name, value in params.items()}
    back = ports.from_onnx("LSTM", ports.to_onnx("LSTM", params))
    assert list(back) == list(params)
    assert all(np.array_equal(back[name], copies[name]) for name in params)
    keras = ports.to_keras("LSTM", params)
    again = ports.to_keras("LSTM", ports.from_keras("LSTM", keras))  # both biases have become one
    assert all(np.array_equal(one, two) for one, two in zip(keras, again, strict=True))
    from_keras = ports.from_keras("LSTM", keras)
    for name in ("weight_ih", "weight_hh"):
        assert np.array_equal(from_keras[name], copies[name])
    assert np.array_equal(from_keras["bias_ih"], copies["bias_ih"] + copies["bias_hh"])
    assert all(np.array_equal(params[name], copies[name]) for name in params)


@pytest.mark.parametrize(
    ("port", "message"),
    [
        (
            lambda p, t: ports.to_keras("LSTM", random_gru().cell.params),
            r"An LSTM's are .*\(4H, I\)",
        ),
        (lambda p, t: ports.to_onnx("LSTM", random_gru().cell.params), "An LSTM's are"),
        (
            lambda p, t: ports.from_keras("LSTM", [p["weight_ih"], p["weight_hh"], p["bias_ih"]]),
            "An",
        ),
        (
            lambda p, t: ports.from_keras("LSTM", ports.to_keras("LSTM", p)[:2]),
            "got 2 arrays.*use_bias",
        ),
        (
            lambda p, t: ports.from_onnx("LSTM", {k: np.tile(v, (2, 1, 1)) for k, v in t.items()}),
            "one",
        ),
        (lambda p, t: ports.from_onnx("LSTM", t | {"P": np.ones((1, 15))}), "peepholes"),
    ],
)
def test_what_is_no_lstm_of_that_form_is_refused(port, message):
    params = random_lstm().cell.params
    with pytest.raises(ValueError, match=message):
        port(params, ports.to_onnx("LSTM", params))


def test_a_kind_that_no_library_writes_in_another_order_is_refused():
    params = random_lstm().cell.params
    for port in (ports.to_keras, ports.to_onnx):
        with pytest.raises(ValueError, match="no port for 'RNN'; there is one for GRU and LSTM"):
            port("RNN", params)
