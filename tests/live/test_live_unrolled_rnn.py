"""The unrolled network that moves: states, Jacobians and norms are those of package and torch."""

import numpy as np
import pytest
import torch
from conftest import run_javascript

from unrolled.byhand import flow
from unrolled.byhand.cells import RNNCell
from unrolled.byhand.layers import Recurrent

NAME = "unrolled-rnn"


def drawn(seed, I, H, T):
    """Return a layer with random weights, no biases, and a random sequence (T, I)."""
    rng = np.random.default_rng(seed)
    cell = RNNCell(I, H, rng=rng)
    cell.params["bias_ih"][:] = cell.params["bias_hh"][:] = 0
    cell.params["weight_ih"][:] = rng.normal(size=(H, I))
    cell.params["weight_hh"][:] = rng.normal(size=(H, H))
    return Recurrent(cell), rng.normal(size=(T, I))


@pytest.mark.parametrize(("I", "H", "T"), [(2, 3, 5), (4, 2, 7), (1, 5, 3)])
def test_states_and_jacobian_products_are_those_of_the_package(I, H, T):
    layer, x = drawn(I + 10 * H, I, H, T)
    weight_ih, weight_hh = (layer.cell.params[name] for name in ("weight_ih", "weight_hh"))
    told = [x.tolist(), weight_ih.tolist(), weight_hh.tolist(), "tanh"]
    (states,) = run_javascript((NAME, "forward", *told))
    (products,) = run_javascript((NAME, "products", states, weight_hh.tolist(), "tanh"))
    np.testing.assert_allclose(states[1:], layer.forward(x[None])[0][0], rtol=0, atol=1e-10)
    expected = flow.jacobian_products(flow.step_jacobians(layer, x))
    np.testing.assert_allclose(products, expected, rtol=1e-10, atol=1e-10)


def test_without_squashing_states_and_products_are_those_of_autograd():
    layer, x = drawn(3, 2, 3, 5)
    params = layer.cell.params
    weight_ih, weight_hh = (torch.from_numpy(params[k]) for k in ("weight_ih", "weight_hh"))

    def last_two(h):
        for x_t in torch.from_numpy(x[-2:]):
            h = weight_ih @ x_t + weight_hh @ h
        return h

    told = [x.tolist(), weight_ih.tolist(), weight_hh.tolist(), "none"]
    (states,) = run_javascript((NAME, "forward", *told))
    (products,) = run_javascript((NAME, "products", states, weight_hh.tolist(), "none"))
    before = torch.tensor(states[3], dtype=torch.float64)
    np.testing.assert_allclose(states[5], last_two(before), rtol=0, atol=1e-10)
    slopes = torch.autograd.functional.jacobian(last_two, before)
    np.testing.assert_allclose(products[2], slopes, rtol=0, atol=1e-10)


def test_norms_are_largest_singular_values():
    rng = np.random.default_rng(0)
    matrices = [*rng.normal(size=(20, 2, 2)), np.outer([3.0, -1.0], [0.5, 2.0]), np.zeros((2, 2))]
    found = run_javascript(*((NAME, "norm", matrix.tolist()) for matrix in matrices))
    np.testing.assert_allclose(found, [np.linalg.norm(m, ord=2) for m in matrices], atol=1e-10)


def test_the_recurrent_matrix_is_a_rotation_times_its_spectral_radius():
    radii = (0.4, 1.0, 1.6)
    matrices = run_javascript(*((NAME, "recurrent", radius) for radius in radii))
    for radius, matrix in zip(radii, matrices, strict=True):
        assert flow.spectral_radius(np.array(matrix)) == pytest.approx(radius, rel=1e-12)
        assert np.linalg.svd(matrix, compute_uv=False) == pytest.approx([radius, radius], rel=1e-12)


@pytest.mark.parametrize(("step", "radius"), [(12, 0.9), (7, 0.4), (10, 1.6), (1, 1.0)])
def test_what_the_figure_draws_is_what_torch_computes(step, radius):
    inputs, weight_ih, weight_hh, shown = run_javascript(
        (NAME, "INPUTS"),
        (NAME, "WEIGHT_IH"),
        (NAME, "recurrent", radius),
        (NAME, "run", {"step": step, "radius": radius, "squash": "tanh"}),
    )
    double = {"dtype": torch.float64}
    rnn = torch.nn.RNN(1, 2, bias=False, **double)
    weights = {"weight_ih_l0": weight_ih, "weight_hh_l0": weight_hh}
    rnn.load_state_dict({name: torch.tensor(w, **double) for name, w in weights.items()})
    x = torch.tensor(inputs, **double)[:, None]  # (T, I)
    states = rnn(x)[0].detach()
    np.testing.assert_allclose(shown["states"][1:], states, rtol=0, atol=1e-10)
    slopes = [
        torch.autograd.functional.jacobian(
            lambda h, s=s: rnn(x[s:step], h[None])[1][0], states[s - 1]
        )
        for s in range(1, step)
    ]
    norms = [*(np.linalg.norm(slope, ord=2) for slope in slopes), 1.0]
    np.testing.assert_allclose(shown["norms"], norms, rtol=1e-10)
