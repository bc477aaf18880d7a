"""Laws of the instruments that measure a gradient's reach."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unrolled.byhand import flow
from unrolled.byhand.cells import GRUCell, LSTMCell, RNNCell
from unrolled.byhand.gradcheck import relative_error

from .conftest import VARIANTS, random_layer, random_state

T, I, H = 6, 2, 4
LSTMS = [LSTMCell, *VARIANTS.values()]


def make(cell_class, seed=0):
    rng = np.random.default_rng(seed)
    return random_layer(cell_class, rng), rng


def alone(state):
    """Return the state of the one sequence of a batch."""
    return tuple(part[0] for part in state)


def flat(state):
    """Return the numbers of the state of one sequence side by side."""
    return np.concatenate([part.ravel() for part in state])


def test_rnn_step_jacobian_is_the_formula():
    layer, rng = make(RNNCell)
    x, h = rng.normal(size=I), rng.normal(size=H)
    after, _ = layer.cell.forward(x[None], (h[None],))
    formula = np.diag(1 - after.h[0] ** 2) @ layer.cell.params["weight_hh"]
    np.testing.assert_allclose(flow.step_jacobian(layer.cell, x, (h,)), formula, atol=1e-14)


def test_step_jacobian_matches_finite_differences(cell_class):
    layer, rng = make(cell_class, seed=1)
    cell, x = layer.cell, rng.normal(size=I)
    state = alone(random_state(cell, rng, 1))
    ends = np.cumsum([part.size for part in state])

    def step(vector):
        parts = zip(np.split(vector, ends[:-1]), cell.state_shapes(1), strict=True)
        after, _ = cell.forward(x[None], tuple(part.reshape(shape) for part, shape in parts))
        return flat(after)

    point = flat(state)
    numeric = np.stack(
        [(step(point + e) - step(point - e)) / 2e-6 for e in 1e-6 * np.eye(len(point))], axis=1
    )
    assert relative_error(flow.step_jacobian(cell, x, state), numeric) < 1e-6


def test_bptt_equals_the_product_of_jacobians(cell_class):
    layer, rng = make(cell_class, seed=2)
    x, dfinal = rng.normal(size=(1, T, I)), random_state(layer.cell, rng, 1)
    measured = flow.gradient_by_lag(layer, x, dfinal)  # (T + 1, 1, S)
    products = flow.jacobian_products(flow.step_jacobians(layer, x[0]))
    np.testing.assert_allclose(measured[:, 0], flat(dfinal) @ products, atol=1e-12)


def test_step_jacobians_go_on_from_a_given_state(cell_class):
    layer, rng = make(cell_class, seed=2)
    x = rng.normal(size=(T, I))
    _, state, _ = layer.forward(x[None, :2])
    rest = flow.step_jacobians(layer, x[2:], alone(state))
    np.testing.assert_allclose(rest, flow.step_jacobians(layer, x)[2:], atol=1e-12)


def test_what_is_no_state_of_the_cell_is_refused():
    layer, rng = make(LSTMCell)
    x, h = rng.normal(size=(1, T, I)), rng.normal(size=(1, H))
    with pytest.raises(ValueError, match=r"It takes a tuple of h \(4, 4\), c \(4, 4\)"):
        flow.step_jacobian(layer.cell, x[0, 0], (h[0],))
    with pytest.raises(ValueError, match=r"got as dfinal something of type ndarray"):
        flow.gradient_by_lag(layer, x, h)


def test_measuring_leaves_the_parameter_gradients_alone():
    layer, rng = make(GRUCell, seed=3)
    layer.cell.grads["weight_hh"] += 7
    flow.step_jacobians(layer, rng.normal(size=(T, I)))
    flow.gradient_by_lag(layer, rng.normal(size=(1, T, I)), (rng.normal(size=(1, H)),))
    assert (layer.cell.grads["weight_hh"] == 7).all()


@given(st.floats(0.01, 5), st.integers(0, 1000))
def test_with_spectral_radius_gives_that_radius(radius, seed):
    matrix = np.random.default_rng(seed).normal(size=(5, 5))
    scaled = flow.with_spectral_radius(matrix, radius)
    assert flow.spectral_radius(scaled) == pytest.approx(radius)


def test_with_spectral_radius_refuses_a_nilpotent_matrix():
    with pytest.raises(ValueError, match="eigenvalues are all zero"):
        flow.with_spectral_radius(np.zeros((3, 3)), 1.0)


@pytest.mark.parametrize("strength", [0.0, 0.7])
def test_a_random_network_has_its_radius_and_hears_as_loudly_as_asked(strength):
    layer = flow.random_network(1.3, strength, rng=np.random.default_rng(0), hidden_size=400)
    params = layer.cell.params
    assert flow.spectral_radius(params["weight_hh"]) == pytest.approx(1.3)
    assert params["weight_ih"].std() == pytest.approx(strength, rel=0.1)
    assert not params["bias_ih"].any() | params["bias_hh"].any()


def test_a_silent_random_network_shrinks_a_gradient_by_its_matrix_alone():
    rng = np.random.default_rng(1)
    layer = flow.random_network(0.9, 0.0, rng=rng, hidden_size=6)
    x, v = rng.normal(size=(1, 4, 1)), rng.normal(size=6)
    by_lag = flow.gradient_by_lag(layer, x, (v[None],))[:, 0]
    power = np.linalg.matrix_power(layer.cell.params["weight_hh"], 3)
    np.testing.assert_allclose(by_lag[3], v @ power, rtol=1e-12)


@given(st.floats(0.01, 0.999))
def test_half_life_halves(factor):
    assert factor ** flow.half_life(factor) == pytest.approx(0.5)


@pytest.mark.parametrize("factor", [0, 1, 1.5, -0.2, np.array([0.5, 1.0])])
def test_half_life_refuses_what_does_not_decay(factor):
    with pytest.raises(ValueError, match="above 0 and below 1"):
        flow.half_life(factor)


def states_of(layer, x):
    """Return the T + 1 states of one sequence from zeros on."""
    states = [layer.cell.initial_state(1)]
    for x_t in x:
        states.append(layer.cell.forward(x_t[None], states[-1])[0])
    return states


def slope(f, point):
    """Return the derivative of a function of a vector (H,) by central differences."""
    return np.array([(f(point + e) - f(point - e)) / 2e-6 for e in 1e-6 * np.eye(len(point))])


def lstm_and_path(cell_class, seed):
    layer, rng = make(cell_class, seed)
    x, dh = rng.normal(size=(T, I)), rng.normal(size=H)
    return layer, x, dh, states_of(layer, x), flow.lstm_paths(layer, x, dh)


@pytest.mark.parametrize("cell_class", LSTMS)
def test_all_of_lstm_paths_is_bptt(cell_class):
    layer, x, dh, _, paths = lstm_and_path(cell_class, seed=4)
    whole = flow.gradient_by_lag(layer, x[None], (dh[None], np.zeros((1, H))))
    np.testing.assert_allclose(paths["all"], whole[:, 0], atol=1e-12)


@pytest.mark.parametrize("cell_class", LSTMS)
def test_along_c_begins_with_the_slope_of_h_by_c(cell_class):
    layer, x, dh, states, paths = lstm_and_path(cell_class, seed=4)
    cell = layer.cell
    bias = cell.params["bias_ih"][cell.rows("g")]  # moves c, and h through c alone

    def last(move):
        bias[:] += move
        (h, c), _ = cell.forward(x[-1][None], states[-2])
        bias[:] -= move
        return h[0], c[0]

    (h_up, c_up), (h_down, c_down) = last(np.full(H, 1e-6)), last(np.full(H, -1e-6))
    true = dh * (h_up - h_down) / (c_up - c_down)  # each unit shows its own c only
    assert relative_error(paths["along c"][0], true) < 1e-6


@pytest.mark.parametrize("cell_class", LSTMS)
def test_along_c_only_the_cell_state_is_handed_on(cell_class):
    layer, x, dh, states, paths = lstm_and_path(cell_class, seed=4)

    def last(c, lag):  # each step sees the h that there really was; only c is handed on
        for t in range(T - lag, T):
            (h, c), _ = layer.cell.forward(x[t][None], (states[t][0], np.atleast_2d(c)))
        return float(dh @ h[0])

    for lag in range(1, T + 1):
        true = slope(lambda c, lag=lag: last(c, lag), states[T - lag][1][0])
        np.testing.assert_allclose(paths["along c"][lag], true, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("cell_class", LSTMS)
def test_along_h_the_cell_state_is_never_handed_on(cell_class):
    layer, x, dh, states, paths = lstm_and_path(cell_class, seed=5)

    def last(h, lag):  # c stands still at what it really was; only h is handed on
        for t in range(T - lag, T):
            (h, _), _ = layer.cell.forward(x[t][None], (np.atleast_2d(h), states[t][1]))
        return float(dh @ h[0])

    for lag in range(1, T + 1):
        true = slope(lambda h, lag=lag: last(h, lag), states[T - lag][0][0])
        np.testing.assert_allclose(paths["along h"][lag], true, rtol=1e-6, atol=1e-9)


def test_along_the_c_of_an_lstm_only_forget_gates_are_multiplied():
    layer, x, _, _, paths = lstm_and_path(LSTMCell, seed=4)
    forget = np.stack([step.cache.f[0] for step in layer.forward(x[None])[2][::-1]])
    ratios = paths["along c"][1:] / paths["along c"][:-1]
    np.testing.assert_allclose(ratios, forget, rtol=1e-12)


class SecretLSTMCell(LSTMCell):
    """An LSTM that does not say which part of its cache is which."""

    def forward(self, x, state):
        state, cache = super().forward(x, state)
        return state, tuple(cache)


def test_lstm_paths_refuses_a_cell_whose_gates_have_no_names():
    layer, rng = make(SecretLSTMCell)
    with pytest.raises(ValueError, match=r"got a SecretLSTMCell .* named tuple"):
        flow.lstm_paths(layer, rng.normal(size=(T, I)), rng.normal(size=H))


def test_every_cell_names_what_it_keeps_for_backward(cell_class):
    layer, rng = make(cell_class)
    _, _, caches = layer.forward(rng.normal(size=(2, T, I)))
    named = caches[0]._asdict() | caches[0].cache._asdict()
    assert {"real", "cache", "x", "h_prev"} <= set(named)
    assert named["x"].shape == (2, I)
    assert {part.shape for name, part in named.items() if name not in ("real", "cache", "x")} == {
        (2, H)
    }


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
