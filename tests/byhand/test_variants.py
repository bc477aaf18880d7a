"""Each variant: finite differences, and the law that ties it to the LSTM."""

import numpy as np
import pytest

from unrolled.byhand import variants
from unrolled.byhand.cells import LSTMCell
from unrolled.byhand.gradcheck import check_gradient
from unrolled.byhand.layers import Recurrent

B, T, I, H = 3, 5, 2, 4
LENGTHS = np.array([5, 1, 3])
VARIANTS = {
    "peephole": variants.PeepholeLSTMCell,
    "coupled": variants.CoupledLSTMCell,
    "no forget gate": variants.NoForgetGateLSTMCell,
    "no input gate": variants.NoInputGateLSTMCell,
    "no output gate": variants.NoOutputGateLSTMCell,
    "no output tanh": variants.NoOutputTanhLSTMCell,
}
BLOCKS = {  # those of the LSTM's blocks i, f, g, o that a variant has
    "no forget gate": [0, 2, 3],
    "no input gate": [1, 2, 3],
    "no output gate": [0, 1, 2],
}
CLAMPED = {"no forget gate": 1, "no input gate": 0, "no output gate": 3}


def random_cell(cell_class, rng):
    cell = cell_class(I, H, rng=rng)
    cell.params = {name: rng.normal(size=value.shape) for name, value in cell.params.items()}
    return cell


def random_state(rng):
    return rng.normal(size=(B, H)), rng.normal(size=(B, H))


@pytest.mark.parametrize("name", VARIANTS)
def test_every_gradient_agrees_with_finite_differences(name):
    rng = np.random.default_rng(0)
    cell = random_cell(VARIANTS[name], rng)
    layer, x, state = Recurrent(cell), rng.normal(size=(B, T, I)), random_state(rng)
    doutputs, dfinal = rng.normal(size=(B, T, H)), random_state(rng)

    def loss(_):
        outputs, final, _ = layer.forward(x, state, LENGTHS)
        pairs = zip(final, dfinal, strict=True)
        return float((outputs * doutputs).sum() + sum((p * d).sum() for p, d in pairs))

    _, _, caches = layer.forward(x, state, LENGTHS)
    dx, dstate = layer.backward(doutputs, caches, dfinal)
    check_gradient(loss, x, dx, name="dx")
    for part, grad in zip(state, dstate, strict=True):
        check_gradient(loss, part, grad, name="state")
    for key, value in cell.params.items():
        check_gradient(loss, value, cell.grads[key], name=key)


@pytest.mark.parametrize("name", BLOCKS)
def test_a_missing_gate_is_an_lstm_with_that_gate_clamped_open(name):
    rng = np.random.default_rng(1)
    variant, lstm = random_cell(VARIANTS[name], rng), random_cell(LSTMCell, rng)
    for key, value in variant.params.items():
        blocks = np.split(lstm.params[key], 4)
        for number, block in zip(BLOCKS[name], np.split(value, 3), strict=True):
            blocks[number] = block
        blocks[CLAMPED[name]] = np.zeros_like(blocks[0])
        lstm.params[key] = np.concatenate(blocks)
    lstm.params["bias_ih"][CLAMPED[name] * H :][:H] = 1e3  # sigmoid(1000) is 1
    x, state = rng.normal(size=(B, T, I)), random_state(rng)
    for ours, theirs in zip(
        Recurrent(variant).forward(x, state)[:2], Recurrent(lstm).forward(x, state)[:2], strict=True
    ):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-10)


@pytest.mark.parametrize("name", VARIANTS)
def test_the_blocks_are_named(name):
    cell = random_cell(VARIANTS[name], np.random.default_rng(0))
    assert len(cell.blocks) == cell.gates == len(cell.params["bias_ih"]) / H


@pytest.mark.parametrize("name", VARIANTS)
def test_padding_changes_nothing(name):
    rng = np.random.default_rng(5)
    layer, x = Recurrent(random_cell(VARIANTS[name], rng)), rng.normal(size=(B, T, I))
    outputs, (_, c), _ = layer.forward(x, lengths=LENGTHS)
    alone, (_, c_alone), _ = layer.forward(x[2:3, : LENGTHS[2]])
    np.testing.assert_allclose(outputs[2, : LENGTHS[2]], alone[0], atol=1e-14)
    np.testing.assert_allclose(c[2], c_alone[0], atol=1e-14)


def test_a_coupled_cell_is_an_lstm_whose_input_gate_is_one_minus_its_forget_gate():
    rng = np.random.default_rng(6)
    coupled, lstm = random_cell(variants.CoupledLSTMCell, rng), random_cell(LSTMCell, rng)
    for key, value in coupled.params.items():
        f, g, o = np.split(value, 3)
        lstm.params[key] = np.concatenate([-f, f, g, o])  # sigmoid(-a) = 1 - sigmoid(a)
    x, state = rng.normal(size=(B, T, I)), random_state(rng)
    ours, theirs = Recurrent(coupled).forward(x, state)[0], Recurrent(lstm).forward(x, state)[0]
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)


def test_without_the_output_tanh_the_cell_state_runs_as_the_lstms_would_on_the_same_h():
    rng = np.random.default_rng(7)
    bare, lstm = random_cell(variants.NoOutputTanhLSTMCell, rng), random_cell(LSTMCell, rng)
    lstm.params = bare.params
    x, state = rng.normal(size=(B, I)), random_state(rng)
    (h, c), _ = bare.forward(x, state)
    (h_lstm, c_lstm), _ = lstm.forward(x, state)
    np.testing.assert_allclose(c, c_lstm, atol=1e-14)
    np.testing.assert_allclose(h / c, h_lstm / np.tanh(c), atol=1e-12)


def test_peepholes_that_see_nothing_are_an_lstm():
    rng = np.random.default_rng(2)
    peephole, lstm = random_cell(variants.PeepholeLSTMCell, rng), random_cell(LSTMCell, rng)
    lstm.params = {name: peephole.params[name] for name in lstm.params}
    peephole.params["peephole"][:] = 0
    x, state = rng.normal(size=(B, T, I)), random_state(rng)
    ours, theirs = Recurrent(peephole).forward(x, state)[0], Recurrent(lstm).forward(x, state)[0]
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-14)


def test_peepholes_start_at_zero():
    cell = variants.PeepholeLSTMCell(I, H, rng=np.random.default_rng(0))
    assert not cell.params["peephole"].any()
    assert cell.params["peephole"].shape == (3 * H,)


def test_a_peephole_lets_the_output_gate_see_the_new_cell_state():
    cell = variants.PeepholeLSTMCell(I, H, rng=np.random.default_rng(0))
    cell.params = {name: np.zeros_like(value) for name, value in cell.params.items()}
    cell.params["bias_ih"][H : 2 * H] = 1e3  # keep c
    cell.params["peephole"][2 * H :] = 2.0
    c = np.full((1, H), 0.7)
    (h, _), _ = cell.forward(np.zeros((1, I)), (np.zeros((1, H)), c))
    np.testing.assert_allclose(h, np.tanh(0.7) / (1 + np.exp(-1.4)))


def test_a_coupled_cell_never_leaves_the_range_of_its_candidates():
    rng = np.random.default_rng(3)
    cell = random_cell(variants.CoupledLSTMCell, rng)
    state = (np.zeros((B, H)), rng.uniform(-1, 1, (B, H)))
    _, (_, c), _ = Recurrent(cell).forward(3 * rng.normal(size=(B, 50, I)), state)
    assert np.abs(c).max() <= 1


def test_without_a_forget_gate_the_cell_state_is_a_sum():
    rng = np.random.default_rng(4)
    cell = random_cell(variants.NoForgetGateLSTMCell, rng)
    x, state = rng.normal(size=(B, T, I)), random_state(rng)
    _, (_, c), caches = Recurrent(cell).forward(x, state)
    written = sum(step.cache.i * step.cache.g for step in caches)
    np.testing.assert_allclose(c, state[1] + written, atol=1e-12)
