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


def test_lstm_paths_are_the_gates_along_c_and_the_whole_is_bptt():
    layer, rng = make(LSTMCell, seed=4)
    x, dh = rng.normal(size=(T, I)), rng.normal(size=H)
    paths = flow.lstm_paths(layer, x, dh)
    whole = flow.gradient_by_lag(layer, x[None], (dh[None], np.zeros((1, H))))
    np.testing.assert_allclose(paths["all"], whole[:, 0], atol=1e-12)
    _, _, caches = layer.forward(x[None])
    forget = np.stack([cache[4][0] for _, cache in caches[::-1]])
    o, tanh_c = caches[-1][1][6][0], caches[-1][1][7][0]
    first = dh * o * (1 - tanh_c**2)
    np.testing.assert_allclose(paths["along c"][0], first)
    np.testing.assert_allclose(paths["along c"][1:], first * np.cumprod(forget, 0), atol=1e-14)


def test_along_h_the_cell_state_is_never_handed_on():
    layer, rng = make(LSTMCell, seed=5)
    x, dh = rng.normal(size=(T, I)), rng.normal(size=H)
    states = [(np.zeros((1, H)), np.zeros((1, H)))]
    for x_t in x:
        states.append(layer.cell.forward(x_t[None], states[-1])[0])

    def last(h, lag):  # c stands still at what it really was; only h is handed on
        for t in range(T - lag, T):
            (h, _), _ = layer.cell.forward(x[t][None], (h, states[t][1]))
        return float(dh @ h[0])

    along_h = flow.lstm_paths(layer, x, dh)["along h"]
    for lag in (1, 3, T):
        start, steps = states[T - lag][0], 1e-6 * np.eye(H)
        slope = [(last(start + e, lag) - last(start - e, lag)) / 2e-6 for e in steps]
        assert relative_error(along_h[lag], np.array(slope)) < 1e-6


def test_without_recurrent_weights_all_of_c_goes_along_c():
    layer, rng = make(LSTMCell, seed=6)
    layer.cell.params["weight_hh"][:] = 0
    paths = flow.lstm_paths(layer, rng.normal(size=(T, I)), rng.normal(size=H))
    np.testing.assert_allclose(paths["all"][1:, H:], paths["along c"][1:], atol=1e-15)
    assert not paths["along h"][1:].any()


def test_lstm_paths_refuses_a_cell_without_c():
    layer, rng = make(GRUCell)
    with pytest.raises(ValueError, match=r"got a GRUCell, whose state is \(h\)"):
        flow.lstm_paths(layer, rng.normal(size=(T, I)), rng.normal(size=H))


@pytest.mark.parametrize(("cell_class", "numbers"), [(RNNCell, I + 2 * H), (LSTMCell, I + 7 * H)])
@given(st.integers(1, 4), st.integers(1, 9))
def test_kept_bytes_are_exactly_linear_in_time(cell_class, numbers, batch, steps):
    layer, rng = make(cell_class)
    _, _, caches = layer.forward(rng.normal(size=(batch, steps, I)))
    assert flow.kept_bytes(caches) == steps * batch * (8 * numbers + 1)


def test_kept_bytes_count_what_two_steps_share_once():
    shared, own = np.zeros((2, 3)), np.zeros((2, 4))
    real = np.ones((2, 1), dtype=bool)
    assert flow.kept_bytes([(real, (shared,)), (real, (shared, own))]) == 2 + 48 + 64


def squares(rng, steps):
    """Return a loss with random targets: its value from outputs, and its gradient."""
    targets = rng.normal(size=(3, steps, H))

    def value(outputs, start):
        return 0.5 * ((outputs - targets[:, start : start + outputs.shape[1]]) ** 2).sum()

    def gradient(outputs, start):
        return outputs - targets[:, start : start + outputs.shape[1]]

    return value, gradient


@pytest.mark.parametrize("cell_class", [RNNCell, GRUCell, LSTMCell])
def test_a_window_as_long_as_the_sequence_gives_the_full_gradient(cell_class):
    layer, rng = make(cell_class, seed=7)
    x, (_, gradient) = rng.normal(size=(3, T, I)), squares(rng, T)
    outputs, _, caches = layer.forward(x)
    layer.backward(gradient(outputs, 0), caches)
    full = layer.cell.grads
    for window in (T, T + 3):
        layer.cell.zero_grad()
        assert flow.truncated_bptt(layer, x, window, gradient) == flow.kept_bytes(caches)
        for name, grad in layer.cell.grads.items():
            np.testing.assert_allclose(grad, full[name], atol=1e-13)


@pytest.mark.parametrize("window", [1, 2, 4])
@pytest.mark.parametrize("cell_class", [RNNCell, LSTMCell])
def test_truncated_bptt_is_the_slope_with_each_windows_first_state_fixed(cell_class, window):
    layer, rng = make(cell_class, seed=8)
    x, (value, gradient) = rng.normal(size=(3, T, I)), squares(rng, T)
    states = {0: layer.cell.initial_state(3)}
    for start in range(0, T, window):
        states[start + window] = layer.forward(x[:, start : start + window], states[start])[1]

    def loss():
        starts = range(0, T, window)
        parts = [(layer.forward(x[:, s : s + window], states[s])[0], s) for s in starts]
        return sum(value(outputs, start) for outputs, start in parts)

    flow.truncated_bptt(layer, x, window, gradient)
    weight = layer.cell.params["weight_hh"]
    for place in [(0, 1), (H - 1, 0), (len(weight) - 1, H - 1)]:
        kept = weight[place]
        slopes = []
        for sign in (1, -1):
            weight[place] = kept + sign * 1e-6
            slopes.append(sign * loss() / 2e-6)
        weight[place] = kept
        assert sum(slopes) == pytest.approx(layer.cell.grads["weight_hh"][place], rel=1e-6)


def test_truncated_bptt_refuses_an_empty_window():
    layer, rng = make(RNNCell)
    with pytest.raises(ValueError, match=r"window=0. A window has at least 1 step"):
        flow.truncated_bptt(layer, rng.normal(size=(3, T, I)), 0, squares(rng, T)[1])
