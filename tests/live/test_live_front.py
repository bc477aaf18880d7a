"""The figure of the front page computes what the package and PyTorch compute."""

import numpy as np
import pytest
import torch
from conftest import run_javascript

import site_browser
from unrolled import live
from unrolled.byhand import flow
from unrolled.byhand.cells import LSTMCell, RNNCell
from unrolled.byhand.layers import Recurrent

T, I, H = 7, 3, 5
EXACT = {"rtol": 1e-10, "atol": 1e-10}
CELLS = {"rnn": (RNNCell, torch.nn.RNN), "lstm": (LSTMCell, torch.nn.LSTM)}


def as_lists(params):
    return {name: np.asarray(weight).tolist() for name, weight in params.items()}


def torch_norms(kind, x, params):
    """Return the norm of d h_T / d x_t for each step, by PyTorch's autograd in float64."""
    inputs, units = np.shape(params["weight_ih"])[1], np.shape(params["weight_hh"])[1]
    theirs = CELLS[kind][1](inputs, units, batch_first=True, dtype=torch.float64)
    theirs.load_state_dict(
        {f"{name}_l0": torch.tensor(weight, dtype=torch.float64) for name, weight in params.items()}
    )
    x = torch.tensor(np.asarray(x), dtype=torch.float64)
    jacobian = torch.autograd.functional.jacobian(
        lambda x: theirs(x[None])[0][0, -1], x
    )  # (H, T, I)
    return jacobian.pow(2).sum((0, 2)).sqrt().numpy()


@pytest.fixture(params=CELLS)
def drawn(request):
    """Return random, all different weights, larger than a start's, and an input."""
    rng = np.random.default_rng(len(request.param))
    layer = Recurrent(CELLS[request.param][0](I, H, rng=rng))
    layer.cell.params = {name: rng.normal(size=w.shape) for name, w in layer.cell.params.items()}
    return request.param, layer, rng.normal(size=(T, I))


def test_the_norm_at_every_word_is_pytorchs(drawn):
    kind, layer, x = drawn
    (found,) = run_javascript(("front", f"{kind}Norms", x.tolist(), as_lists(layer.cell.params)))
    np.testing.assert_allclose(found, torch_norms(kind, x, layer.cell.params), rtol=1e-10)


def test_every_state_and_the_norms_are_the_packages(drawn):
    kind, layer, x = drawn
    params = as_lists(layer.cell.params)
    states, norms = run_javascript(
        ("network" if kind == "lstm" else "front", f"{kind}Forward", x.tolist(), params),
        ("front", f"{kind}Norms", x.tolist(), params),
    )
    outputs, _, caches = layer.forward(x[None])
    states = [step["h"] for step in states] if kind == "lstm" else states
    np.testing.assert_allclose(states, outputs[0], **EXACT)
    squares = np.zeros(T)
    for unit in range(H):
        doutputs = np.zeros((1, T, H))
        doutputs[0, -1, unit] = 1
        dx, _ = layer.backward(doutputs, caches)
        squares = squares + (dx[0] ** 2).sum(1)
    np.testing.assert_allclose(norms, np.sqrt(squares), rtol=1e-10)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_spectral_radius_is_numpys(seed):
    w = np.random.default_rng(seed).normal(size=(6, 6))
    (found,) = run_javascript(("front", "spectralRadius", w.tolist()))
    assert found == pytest.approx(np.abs(np.linalg.eigvals(w)).max(), rel=1e-10)


@pytest.mark.parametrize(("bias", "radius"), [(1.5, 0.6), (-2.0, 0.2), (6.0, 2.0)])
def test_what_is_inked_is_the_network_that_is_named(bias, radius):
    words = ["a", "film", "that", "I", "still", "remember", "a", "little"]
    (sizes,) = run_javascript(("front", "NETWORK"))
    (made,) = run_javascript(("front", "networks", sizes))
    x = run_javascript(*(("front", "embedded", word, sizes["inputs"]) for word in words))
    (found,) = run_javascript(("front", "reached", words, made, {"bias": bias, "radius": radius}))
    units = sizes["units"]
    params = {kind: {name: np.array(w) for name, w in made[kind].items()} for kind in CELLS}
    rnn, lstm = params["rnn"], params["lstm"]
    rnn["weight_hh"] = flow.with_spectral_radius(rnn["weight_hh"], radius)
    lstm["bias_ih"][units : 2 * units], lstm["bias_hh"][units : 2 * units] = bias, 0
    for kind in CELLS:
        norms = torch_norms(kind, x, params[kind])
        np.testing.assert_allclose(found[kind], norms / norms[-1], rtol=1e-10, err_msg=kind)


PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>The front figure</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/live.css"><body>
<figure class="live" data-live="front"><div class="live-stage"></div></figure>
<script type="module" src="/mount.mjs"></script>"""


def test_an_exploding_word_is_a_blot_and_the_status_says_so(chromium):
    with site_browser.served(live.figures_folder()) as address:
        page = chromium.new_page()
        page.route("**/page", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
        page.goto(f"{address}/page")
        page.wait_for_selector('figure[data-state="ready"]')
        blots = page.locator(".live-front-loud")
        assert blots.count() == 0
        page.get_by_role("slider", name="Weights of the RNN").press("End")
        assert blots.count() > 10
        assert page.locator(".live-front .f .live-front-loud").count() == 0, "the LSTM has none"
        ground, word = blots.first.evaluate(
            """word => [getComputedStyle(word).backgroundColor,
                        getComputedStyle(word, "::before").color]"""
        )
        assert ground != word != "rgba(0, 0, 0, 0)", "ground and word have changed places"
        assert "The plain RNN explodes: " in page.inner_text(".live-front-status")
        page.close()
