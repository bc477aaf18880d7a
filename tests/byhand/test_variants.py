"""Each variant: the law that ties it to the LSTM."""

import numpy as np
import pytest

from unrolled.byhand import variants
from unrolled.byhand.cells import LSTMCell
from unrolled.byhand.layers import Recurrent

from .conftest import VARIANTS, B, H, I, T, random_cell, random_state

HELD_OPEN = {"no forget gate": "f", "no input gate": "i", "no output gate": "o"}


@pytest.mark.parametrize("name", HELD_OPEN)
def test_a_missing_gate_is_an_lstm_with_that_gate_clamped_open(name, rng):
    variant, lstm = random_cell(VARIANTS[name], rng), random_cell(LSTMCell, rng)
    for key, value in variant.params.items():
        for block in variant.blocks:
            lstm.params[key][lstm.rows(block)] = value[variant.rows(block)]
        lstm.params[key][lstm.rows(HELD_OPEN[name])] = 0
    lstm.params["bias_ih"][lstm.rows(HELD_OPEN[name])] = 1e3  # sigmoid(1000) is 1
    x, state = rng.normal(size=(B, T, I)), random_state(lstm, rng)
    outputs, final, _ = Recurrent(variant).forward(x, state)
    outputs_lstm, final_lstm, _ = Recurrent(lstm).forward(x, state)
    np.testing.assert_allclose(outputs, outputs_lstm, rtol=0, atol=1e-10)
    np.testing.assert_allclose(final, final_lstm, rtol=0, atol=1e-10)


def test_a_coupled_cell_is_an_lstm_whose_input_gate_is_one_minus_its_forget_gate(rng):
    coupled, lstm = random_cell(variants.CoupledLSTMCell, rng), random_cell(LSTMCell, rng)
    for key, value in coupled.params.items():
        f, g, o = np.split(value, 3)
        lstm.params[key] = np.concatenate([-f, f, g, o])  # sigmoid(-a) = 1 - sigmoid(a)
    x, state = rng.normal(size=(B, T, I)), random_state(lstm, rng)
    ours, theirs = Recurrent(coupled).forward(x, state)[0], Recurrent(lstm).forward(x, state)[0]
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)


def test_without_the_output_tanh_the_cell_state_runs_as_the_lstms_would_on_the_same_h(rng):
    bare, lstm = random_cell(variants.NoOutputTanhLSTMCell, rng), random_cell(LSTMCell, rng)
    lstm.params = bare.params
    x, state = rng.normal(size=(B, I)), random_state(lstm, rng)
    (h, c), _ = bare.forward(x, state)
    (h_lstm, c_lstm), _ = lstm.forward(x, state)
    np.testing.assert_allclose(c, c_lstm, atol=1e-14)
    np.testing.assert_allclose(h / c, h_lstm / np.tanh(c), atol=1e-12)


def test_peepholes_that_see_nothing_are_an_lstm(rng):
    peephole, lstm = random_cell(variants.PeepholeLSTMCell, rng), random_cell(LSTMCell, rng)
    lstm.params = {name: peephole.params[name] for name in lstm.params}
    peephole.params["peephole"][:] = 0
    x, state = rng.normal(size=(B, T, I)), random_state(lstm, rng)
    ours, theirs = Recurrent(peephole).forward(x, state)[0], Recurrent(lstm).forward(x, state)[0]
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-14)


def test_peepholes_start_at_zero(rng):
    cell = variants.PeepholeLSTMCell(I, H, rng=rng)
    assert not cell.params["peephole"].any()
    assert cell.params["peephole"].shape == (3 * H,)


def test_a_peephole_lets_the_output_gate_see_the_new_cell_state(rng):
    cell = variants.PeepholeLSTMCell(I, H, rng=rng)
    cell.params = {name: np.zeros_like(value) for name, value in cell.params.items()}
    cell.params["bias_ih"][cell.rows("f")] = 1e3  # keep c
    cell.params["peephole"][2 * H :] = 2.0
    c = np.full((1, H), 0.7)
    (h, _), _ = cell.forward(np.zeros((1, I)), (np.zeros((1, H)), c))
    np.testing.assert_allclose(h, np.tanh(0.7) / (1 + np.exp(-1.4)))


def test_a_coupled_cell_never_leaves_the_range_of_its_candidates(rng):
    cell = random_cell(variants.CoupledLSTMCell, rng)
    state = (np.zeros((B, H)), rng.uniform(-1, 1, (B, H)))
    _, (_, c), _ = Recurrent(cell).forward(3 * rng.normal(size=(B, 50, I)), state)
    assert np.abs(c).max() <= 1


def test_without_a_forget_gate_the_cell_state_is_a_sum(rng):
    cell = random_cell(variants.NoForgetGateLSTMCell, rng)
    x, state = rng.normal(size=(B, T, I)), random_state(cell, rng)
    _, (_, c), caches = Recurrent(cell).forward(x, state)
    written = sum(step.cache.i * step.cache.g for step in caches)
    np.testing.assert_allclose(c, state[1] + written, atol=1e-12)
