"""The figure gru-beside-lstm computes what the package and PyTorch compute."""

import numpy as np
import pytest
import torch
from conftest import run_javascript

from unrolled.byhand import ports
from unrolled.byhand.cells import GRUCell, LSTMCell

FIGURE = "gru-beside-lstm"
T = 7
RANDOM = np.random.default_rng(20)
XS = RANDOM.normal(size=T)


def random_params(blocks):
    """Return random parameters of one unit, all different, as torch names them."""
    shapes = {
        "weight_ih": (blocks, 1),
        "weight_hh": (blocks, 1),
        "bias_ih": blocks,
        "bias_hh": blocks,
    }
    return {name: RANDOM.normal(size=shape) for name, shape in shapes.items()}


def as_blocks(params, names):
    """Return the parameters as the figure holds them: a list for each block."""
    w, u = params["weight_ih"][:, 0], params["weight_hh"][:, 0]
    b, bh = params["bias_ih"], params["bias_hh"]
    return {
        name: [w[k], u[k], b[k], bh[k]] if name == "n" else [w[k], u[k], b[k] + bh[k]]
        for k, name in enumerate(names)
    }


def by_torch(kind, params):
    """Return the states h over time by torch.nn in float64."""
    module = getattr(torch.nn, kind)(1, 1, batch_first=True, dtype=torch.float64)
    module.load_state_dict({f"{name}_l0": torch.tensor(w) for name, w in params.items()})
    return module(torch.tensor(XS).reshape(1, T, 1))[0].detach().numpy()[0, :, 0]


def values(steps, name):
    """Return one number of each step."""
    return [step[name] for step in steps]


def test_the_lstm_is_that_of_the_package_and_of_torch():
    params = random_params(4)
    (steps,) = run_javascript((FIGURE, "runLstm", XS.tolist(), as_blocks(params, "ifgo")))
    cell = LSTMCell(1, 1, rng=RANDOM)
    cell.params = params
    state = cell.initial_state(1)
    for x, step in zip(XS, steps, strict=True):
        state, cache = cell.forward(np.array([[x]]), state)
        ours = [part.item() for part in (cache.i, cache.f, cache.g, cache.o, *state)]
        assert [step[name] for name in "ifgohc"] == pytest.approx(ours, abs=1e-10)
    assert values(steps, "h") == pytest.approx(by_torch("LSTM", params), abs=1e-10)


def test_the_gru_is_that_of_the_package_and_of_torch():
    params = random_params(3)
    (steps,) = run_javascript((FIGURE, "runGru", XS.tolist(), as_blocks(params, "rzn")))
    cell = GRUCell(1, 1, rng=RANDOM)
    cell.params = params
    state = cell.initial_state(1)
    for x, step in zip(XS, steps, strict=True):
        state, cache = cell.forward(np.array([[x]]), state)
        ours = [part.item() for part in (cache.r, cache.z, cache.n, state.h)]
        assert [step[name] for name in "rznh"] == pytest.approx(ours, abs=1e-10)
    assert values(steps, "h") == pytest.approx(by_torch("GRU", params), abs=1e-10)


def test_the_other_meaning_of_z_is_the_same_network_with_the_z_block_turned():
    params = random_params(3)
    weights = as_blocks(params, "rzn")
    (turned,) = run_javascript((FIGURE, "flipped", weights))
    package = as_blocks(ports.flip_update_gate(params), "rzn")
    assert all(turned[name] == pytest.approx(package[name], abs=1e-12) for name in "rzn")
    keeps, renews = run_javascript(
        (FIGURE, "runGru", XS.tolist(), weights, "keeps"),
        (FIGURE, "runGru", XS.tolist(), turned, "renews"),
    )
    assert values(renews, "h") == pytest.approx(by_torch("GRU", params), abs=1e-10)
    assert values(renews, "z") == pytest.approx([1 - z for z in values(keeps, "z")], abs=1e-10)


def test_the_sliders_are_the_two_biases_and_the_picture_is_the_run():
    xs, lstm, gru = run_javascript(
        (FIGURE, "input", "opposite"), (FIGURE, "lstm", 1.5), (FIGURE, "gru", -0.5)
    )
    assert [lstm[gate][2] for gate in "ifgo"] == [1, 1.5, 0, 1], "the slider is the forget bias"
    assert [gru[gate][2] for gate in "rzn"] == [0, -0.5, 0], "the slider is the update bias"
    told = {"forget": 1.5, "update": -0.5, "second": "opposite", "meaning": "renews"}
    found, by_lstm, by_gru = run_javascript(
        (FIGURE, "both", told), (FIGURE, "runLstm", xs, lstm), (FIGURE, "runGru", xs, gru)
    )
    assert found["lstm"]["memory"] == values(by_lstm, "c")
    assert found["gru"]["memory"] == pytest.approx(values(by_gru, "h"), abs=1e-10)
