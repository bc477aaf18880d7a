"""A NumPy layer in a torch model gives torch's outputs and torch's gradients."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from unrolled.byhand.cells import GRUCell, LSTMCell
from unrolled.byhand.layers import Recurrent, from_torch
from unrolled.byhand.stacks import Bidirectional, Stacked
from unrolled.nets.numpy_layer import VARIANTS, HeldLSTM, NumpyLayer, cells_of, variant_layer
from unrolled.nets.sequence import SequenceLabeller


@pytest.mark.parametrize("kind", [nn.RNN, nn.LSTM, nn.GRU])
def test_outputs_and_all_gradients_are_those_of_torch(kind):
    torch.manual_seed(0)
    theirs = kind(3, 5, batch_first=True).double()
    ours = NumpyLayer(from_torch(theirs))
    x = torch.randn(4, 6, 3, dtype=torch.float64)
    upstream = torch.randn(4, 6, 5, dtype=torch.float64)
    inputs = [x.clone().requires_grad_() for _ in range(2)]
    outputs = [layer(value)[0] for layer, value in zip((theirs, ours), inputs, strict=True)]
    for output in outputs:
        (output * upstream).sum().backward()
    torch.testing.assert_close(outputs[1], outputs[0], rtol=0, atol=1e-12)
    torch.testing.assert_close(inputs[1].grad, inputs[0].grad, rtol=0, atol=1e-10)
    for expected, found in zip(theirs.parameters(), ours.parameters(), strict=True):
        torch.testing.assert_close(found.grad, expected.grad, rtol=0, atol=1e-10)


@pytest.mark.parametrize("kind", [nn.RNN, nn.LSTM, nn.GRU])
def test_it_begins_with_a_state_that_is_given(kind):
    torch.manual_seed(0)
    theirs = kind(3, 5, batch_first=True).double()
    ours, x = NumpyLayer(from_torch(theirs)), torch.randn(4, 6, 3, dtype=torch.float64)
    parts = torch.randn(2 if kind is nn.LSTM else 1, 4, 5, dtype=torch.float64)
    state = tuple(part[None] for part in parts) if kind is nn.LSTM else parts
    found, last = ours(x, initial=tuple(parts))
    torch.testing.assert_close(found, theirs(x, state)[0], rtol=0, atol=1e-12)
    torch.testing.assert_close(torch.from_numpy(last[0]), found[:, -1], rtol=0, atol=0)
    torch.randn(found.shape, dtype=torch.float64).mul(found).sum().backward()
    assert all(weight.grad is not None for weight in ours.parameters())


def test_lengths_reach_the_layer():
    torch.manual_seed(1)
    layer = variant_layer("lstm", 2, 4)
    x, lengths = torch.randn(3, 7, 2), torch.tensor([7, 2, 5])
    outputs, _ = layer(x, lengths)
    assert (outputs[1, 2:] == 0).all()
    assert (outputs[1, :2] != 0).all()


def test_lengths_may_be_a_list():
    layer, x = variant_layer("coupled", 2, 4), torch.randn(3, 7, 2)
    assert torch.equal(layer(x, [7, 2, 5])[0], layer(x, torch.tensor([7, 2, 5]))[0])


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.int64])
def test_a_type_that_numpy_does_not_compute_in_is_refused(dtype):
    layer, x = variant_layer("lstm", 2, 4), torch.ones(3, 7, 2)
    with pytest.raises(ValueError, match=f"got inputs in {dtype} on cpu"):
        layer(x.to(dtype))
    if dtype.is_floating_point:
        with pytest.raises(ValueError, match=f"got weight_ih_0 in {dtype} on cpu"):
            layer.to(dtype)(x)


def test_stacks_and_directions_bring_all_their_weights():
    rng = np.random.default_rng(0)
    both = Bidirectional(Recurrent(LSTMCell(2, 3, rng=rng)), Recurrent(LSTMCell(2, 3, rng=rng)))
    stack = Stacked([both, Recurrent(GRUCell(6, 4, rng=rng))])
    layer = NumpyLayer(stack)
    assert len(cells_of(stack)) == 3
    assert len(list(layer.parameters())) == 12
    x = torch.randn(3, 5, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: layer(x)[0], (x,))
    layer(x)[0].square().sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in layer.parameters())


@pytest.mark.parametrize("name", VARIANTS)
def test_torch_takes_every_cells_gradient_for_the_slope_of_its_outputs(name):
    torch.manual_seed(2)
    layer = variant_layer(name, 3, 4).double()
    x = torch.randn(2, 5, 3, dtype=torch.float64, requires_grad=True)
    lengths = torch.tensor([5, 3])
    names, weights = zip(*layer.named_parameters(), strict=True)

    def outputs(x, *weights):
        parameters = dict(zip(names, weights, strict=True))
        return torch.func.functional_call(layer, parameters, (x, lengths))[0]

    assert torch.autograd.gradcheck(outputs, (x, *weights))


def test_a_step_of_the_optimiser_and_a_copy_reach_numpy():
    torch.manual_seed(3)
    model = SequenceLabeller(variant_layer("coupled", 2, 3), 2, 3, 4)
    twin = copy.deepcopy(model)
    x = torch.randn(2, 5, 2)
    with torch.no_grad():
        before = model(x)
        next(model.parameters()).add_(1.0)
        assert not torch.allclose(model(x), before)
        torch.testing.assert_close(twin(x), before)
        twin.load_state_dict(model.state_dict())
        torch.testing.assert_close(twin(x), model(x))
        torch.testing.assert_close(twin.double()(x.double()).float(), model(x))


def test_the_seed_fixes_the_start():
    starts = []
    for seed in (4, 4, 5):
        torch.manual_seed(seed)
        starts.append(variant_layer("peephole", 2, 3).weight_hh_0.detach())
    assert torch.equal(starts[0], starts[1])
    assert not torch.equal(starts[0], starts[2])


def test_what_does_not_fit_is_said():
    with pytest.raises(ValueError, match=r"no cell named 'mlp'; choose one of rnn, lstm"):
        variant_layer("mlp", 2, 3)
    with pytest.raises(TypeError, match=r"got a LSTM.*a torch layer is one already"):
        NumpyLayer(nn.LSTM(2, 3))


@pytest.mark.parametrize("name", VARIANTS)
def test_a_forget_bias_is_the_sum_of_both_where_there_is_a_gate(name):
    torch.manual_seed(5)
    if name in ("rnn", "gru", "no forget gate"):
        with pytest.raises(ValueError, match="which has no forget gate"):
            variant_layer(name, 2, 3, forget_bias=1.0)
        return
    plain = variant_layer(name, 2, 3)
    torch.manual_seed(5)
    cell = variant_layer(name, 2, 3, forget_bias=1.5).layer.cell
    total = cell.params["bias_ih"] + cell.params["bias_hh"]
    before = (plain.bias_ih_0 + plain.bias_hh_0).detach().numpy()
    for block in cell.blocks:
        rows = cell.rows(block)
        np.testing.assert_allclose(total[rows], 1.5 if block == "f" else before[rows])


@pytest.mark.parametrize("name", ["coupled", "no forget gate", "no input gate", "no output gate"])
def test_a_variant_by_torchs_lstm_is_the_numpy_one(name):
    torch.manual_seed(6)
    ours = variant_layer(name, 3, 5, forget_bias=None if name == "no forget gate" else 1.0).double()
    theirs = HeldLSTM(ours)
    x = torch.randn(4, 6, 3, dtype=torch.float64)
    upstream = torch.randn(4, 6, 5, dtype=torch.float64)
    outputs = [layer(x)[0] for layer in (ours, theirs)]
    torch.testing.assert_close(outputs[1], outputs[0], rtol=0, atol=1e-12)
    for output in outputs:
        (output * upstream).sum().backward()
    for expected, found in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(found.grad, expected.grad, rtol=0, atol=1e-10)


def test_what_torch_cannot_hold_is_refused():
    with pytest.raises(ValueError, match="got a PeepholeLSTMCell"):
        HeldLSTM(variant_layer("peephole", 2, 3))
