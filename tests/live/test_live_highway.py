"""The figure of the gradient's paths computes what the package and PyTorch compute."""

import numpy as np
import pytest
import torch
from conftest import run_javascript

from unrolled.byhand import flow
from unrolled.byhand.cells import LSTMCell, RNNCell
from unrolled.byhand.functional import sigmoid
from unrolled.byhand.layers import Recurrent

T, I, H = 7, 3, 5
EXACT = {"rtol": 1e-10, "atol": 1e-10}


def drawn(cell_class, seed):
    """Return a layer with random, all different weights, larger than a start's, and an input."""
    rng = np.random.default_rng(seed)
    layer = Recurrent(cell_class(I, H, rng=rng))
    layer.cell.params = {name: rng.normal(size=w.shape) for name, w in layer.cell.params.items()}
    return layer, rng.normal(size=(T, I)), rng.normal(size=H)


def told(layer):
    return {name: weight.tolist() for name, weight in layer.cell.params.items()}


@pytest.fixture(scope="module")
def lstm():
    layer, x, v = drawn(LSTMCell, 0)
    steps, paths = run_javascript(
        ("network", "lstmForward", x.tolist(), told(layer)),
        ("highway", "lstmPaths", x.tolist(), told(layer), v.tolist()),
    )
    return layer, x, v, steps, {name: np.array(by_lag) for name, by_lag in paths.items()}


def test_every_state_and_gate_is_the_packages(lstm):
    layer, x, _, steps, _ = lstm
    outputs, _, caches = layer.forward(x[None])
    np.testing.assert_allclose([step["h"] for step in steps], outputs[0], **EXACT)
    names = {"h_prev": "hPrev", "c_prev": "cPrev", "tanh_c": "tanhC"}
    for step, (_, cache) in zip(steps, caches, strict=True):
        for name in ("h_prev", "c_prev", "i", "f", "g", "o", "tanh_c"):
            theirs = step[names.get(name, name)]
            np.testing.assert_allclose(theirs, getattr(cache, name)[0], **EXACT, err_msg=name)


def test_every_block_of_the_jacobian_is_the_packages(lstm):
    layer, x, _, steps, _ = lstm
    found = run_javascript(*(("highway", "lstmJacobian", step, told(layer)) for step in steps))
    np.testing.assert_allclose(found, flow.step_jacobians(layer, x), **EXACT)


def test_the_whole_gradient_is_the_packages_sent_into_c(lstm):
    layer, x, v, _, paths = lstm
    by_lag = flow.gradient_by_lag(layer, x[None], (0 * v[None], v[None]))
    assert paths["all"].shape == (T + 1, 2 * H)
    np.testing.assert_allclose(paths["all"], by_lag[:, 0], **EXACT)


def test_the_straight_paths_are_the_packages(lstm):
    layer, x, v, steps, paths = lstm
    s = np.array(steps[-1]["o"]) * (1 - np.array(steps[-1]["tanhC"]) ** 2)
    # The package sends its gradient into h_T; v / s there is v where it reaches c_T.
    into_c = flow.lstm_paths(layer, x, v / s)["along c"]
    into_h = flow.lstm_paths(layer, x, v)["along h"]
    np.testing.assert_allclose(paths["along c"], into_c, **EXACT)
    np.testing.assert_allclose(paths["along h"], into_h, **EXACT)


def test_the_whole_gradient_is_pytorchs(lstm):
    layer, x, v, steps, paths = lstm
    theirs = torch.nn.LSTM(I, H, batch_first=True, dtype=torch.float64)
    weights = layer.cell.params.items()
    theirs.load_state_dict({f"{name}_l0": torch.tensor(weight) for name, weight in weights})
    for lag in range(1, T + 1):
        before = [steps[T - lag][name] for name in ("hPrev", "cPrev")]
        state = [torch.tensor([[b]], dtype=torch.float64, requires_grad=True) for b in before]
        _, (_, c) = theirs(torch.tensor(x[None, T - lag :]), tuple(state))
        (c[0, 0] * torch.tensor(v)).sum().backward()
        by_torch = np.concatenate([part.grad[0, 0].numpy() for part in state])
        np.testing.assert_allclose(paths["all"][lag], by_torch, **EXACT, err_msg=f"lag {lag}")


def test_the_plain_rnn_is_the_packages():
    layer, x, v = drawn(RNNCell, 1)
    (jacobians,) = run_javascript(("highway", "rnnJacobians", x.tolist(), told(layer)))
    np.testing.assert_allclose(jacobians, flow.step_jacobians(layer, x), **EXACT)
    (by_lag,) = run_javascript(("highway", "gradientByLag", jacobians, v.tolist()))
    expected = flow.gradient_by_lag(layer, x[None], (v[None],))[:, 0]
    np.testing.assert_allclose(by_lag, expected, **EXACT)


@pytest.mark.parametrize(("bias", "scale"), [(2.0, 1.0), (-2.0, 0.5), (6.0, 3.0)])
def test_what_is_drawn_is_the_network_that_is_named(bias, scale):
    (sizes,) = run_javascript(("highway", "NETWORK"))
    (made,) = run_javascript(("highway", "network", sizes))
    (found,) = run_javascript(("highway", "curves", made, bias, scale))
    units, x = sizes["units"], np.array(made["xs"])
    v = np.full((1, units), units**-0.5)
    norms = {}
    for kind, cell_class in (("lstm", LSTMCell), ("rnn", RNNCell)):
        layer = Recurrent(cell_class(sizes["inputs"], units, rng=np.random.default_rng(0)))
        p = layer.cell.params = {name: np.array(weight) for name, weight in made[kind].items()}
        p["weight_hh"] = scale * p["weight_hh"]
        if kind == "lstm":
            p["bias_ih"][units : 2 * units], p["bias_hh"][units : 2 * units] = bias, 0
        upstream = (0 * v, v) if kind == "lstm" else (v,)
        norms[kind] = np.linalg.norm(flow.gradient_by_lag(layer, x[None], upstream)[:, 0], axis=1)
    np.testing.assert_allclose(found["all"], norms["lstm"], rtol=1e-10)
    np.testing.assert_allclose(found["RNN"], norms["rnn"], rtol=1e-10)


def test_the_half_life_is_read_as_in_the_chapter():
    norms = np.exp(-np.cumsum(np.random.default_rng(3).random(12)) / 3)
    k = np.flatnonzero(norms <= norms[0] / 2)[0]
    by_chapter = np.interp(-np.log(norms[0] / 2), -np.log(norms[k - 1 : k + 1]), [k - 1, k])
    (found,) = run_javascript(("highway", "halfLife", norms.tolist()))
    assert found == pytest.approx(by_chapter, rel=1e-10)


def test_with_the_path_cut_the_formula_holds_as_the_chapter_says():
    (sizes,) = run_javascript(("highway", "NETWORK"))
    (made,) = run_javascript(("highway", "network", sizes))
    biases = (-1.0, 0.0, 1.0, 2.0, 3.0)
    drawn_norms = run_javascript(*(("highway", "curves", made, bias, 0) for bias in biases))
    lives = run_javascript(*(("highway", "halfLife", n["along c"]) for n in drawn_norms))
    assert lives == pytest.approx([flow.half_life(sigmoid(bias)) for bias in biases], rel=0.05)
