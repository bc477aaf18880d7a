"""Laws of the instruments that measure a gradient's reach."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unrolled import flow
from unrolled.cells import GRUCell, LSTMCell, RNNCell
from unrolled.gradcheck import relative_error
from unrolled.layers import Recurrent

T, I, H = 6, 2, 4


def make(cell_class, seed=0):
    rng = np.random.default_rng(seed)
    cell = cell_class(I, H, rng=rng)
    cell.params = {name: rng.normal(size=value.shape) for name, value in cell.params.items()}
    return Recurrent(cell), rng


def test_rnn_step_jacobian_is_the_formula():
    layer, rng = make(RNNCell)
    x, h = rng.normal(size=I), rng.normal(size=H)
    after, _ = layer.cell.forward(x[None], h[None])
    formula = np.diag(1 - after[0] ** 2) @ layer.cell.params["weight_hh"]
    np.testing.assert_allclose(flow.step_jacobian(layer.cell, x, h), formula, atol=1e-14)


@pytest.mark.parametrize("cell_class", [RNNCell, GRUCell, LSTMCell])
def test_step_jacobian_matches_finite_differences(cell_class):
    layer, rng = make(cell_class, seed=1)
    cell, x = layer.cell, rng.normal(size=I)
    flat = rng.normal(size=H * len(cell.state_names))

    def step(vector):
        parts = [part[None] for part in np.split(vector, len(cell.state_names))]
        after, _ = cell.forward(x[None], tuple(parts) if len(parts) == 2 else parts[0])
        return np.concatenate(after, axis=1)[0] if isinstance(after, tuple) else after[0]

    state = tuple(np.split(flat, 2)) if len(cell.state_names) == 2 else flat
    numeric = np.stack(
        [(step(flat + e) - step(flat - e)) / 2e-6 for e in 1e-6 * np.eye(len(flat))], axis=1
    )
    assert relative_error(flow.step_jacobian(cell, x, state), numeric) < 1e-6


@pytest.mark.parametrize("cell_class", [RNNCell, GRUCell, LSTMCell])
def test_bptt_equals_the_product_of_jacobians(cell_class):
    layer, rng = make(cell_class, seed=2)
    x = rng.normal(size=(1, T, I))
    parts = tuple(rng.normal(size=(1, H)) for _ in layer.cell.state_names)
    dfinal = parts if len(parts) == 2 else parts[0]
    measured = flow.gradient_by_lag(layer, x, dfinal)  # (T + 1, 1, S)
    products = flow.jacobian_products(flow.step_jacobians(layer, x[0]))
    predicted = np.concatenate(parts, axis=1) @ products
    np.testing.assert_allclose(measured, predicted, atol=1e-12)


def test_measuring_leaves_the_parameter_gradients_alone():
    layer, rng = make(GRUCell, seed=3)
    layer.cell.grads["weight_hh"] += 7
    flow.step_jacobians(layer, rng.normal(size=(T, I)))
    flow.gradient_by_lag(layer, rng.normal(size=(1, T, I)), rng.normal(size=(1, H)))
    assert (layer.cell.grads["weight_hh"] == 7).all()


@given(st.floats(0.01, 5), st.integers(0, 1000))
def test_with_spectral_radius_gives_that_radius(radius, seed):
    matrix = np.random.default_rng(seed).normal(size=(5, 5))
    scaled = flow.with_spectral_radius(matrix, radius)
    assert flow.spectral_radius(scaled) == pytest.approx(radius)


def test_with_spectral_radius_refuses_a_nilpotent_matrix():
    with pytest.raises(ValueError, match="eigenvalues are all zero"):
        flow.with_spectral_radius(np.zeros((3, 3)), 1.0)


@given(st.floats(0.01, 0.999))
def test_half_life_halves(factor):
    assert factor ** flow.half_life(factor) == pytest.approx(0.5)


@pytest.mark.parametrize("factor", [0, 1, 1.5, -0.2, np.array([0.5, 1.0])])
def test_half_life_refuses_what_does_not_decay(factor):
    with pytest.raises(ValueError, match="above 0 and below 1"):
        flow.half_life(factor)
