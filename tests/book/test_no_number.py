"""What is no number: in padding it reaches nothing, whatever layer or model reads it."""

import numpy as np
import pytest
import torch
from byhand.conftest import MatrixCell
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from unrolled.byhand.cells import GRUCell, LSTMCell
from unrolled.byhand.fast import FastGRU, FastLSTM
from unrolled.byhand.layers import Recurrent, from_torch, real_steps
from unrolled.byhand.stacks import Bidirectional, Stacked
from unrolled.byhand.surgery import trace
from unrolled.nets.choices import POOLINGS
from unrolled.nets.classifier import SentimentClassifier
from unrolled.nets.numpy_layer import VARIANTS, NumpyLayer, cells_of
from unrolled.nets.sequence import SequenceLabeller, SequenceReader

T, I, H = 5, 2, 3
RUBBISH = st.sampled_from([np.nan, np.inf, -np.inf, 1e300, 7.0])
SOME_LENGTHS = st.lists(st.integers(1, T), min_size=1, max_size=4).filter(lambda n: min(n) < T)


def cell(cell_class, inputs, rng):
    made = cell_class(inputs, H, rng=rng)
    made.params = {name: rng.normal(size=value.shape) for name, value in made.params.items()}
    return made


def both_ways(make, inputs, rng):
    return Bidirectional(make(inputs, rng), make(inputs, rng))


LAYERS = {
    **{
        name: lambda inputs, rng, c=cell_class: Recurrent(cell(c, inputs, rng))
        for name, cell_class in {**VARIANTS, "matrix": MatrixCell}.items()
    },
    "fast lstm": lambda inputs, rng: FastLSTM(cell(LSTMCell, inputs, rng)),
    "fast gru": lambda inputs, rng: FastGRU(cell(GRUCell, inputs, rng)),
}
LAYERS |= {
    f"{name}, both ways": lambda inputs, rng, make=make: both_ways(make, inputs, rng)
    for name, make in LAYERS.items()
}
STACKS = {
    "plain": lambda rng: Stacked([LAYERS["lstm"](I, rng), LAYERS["fast gru"](H, rng)]),
    "residual": lambda rng: Stacked([LAYERS["gru"](n, rng) for n in (I, H, H)], residual=True),
    "both ways": lambda rng: Stacked(
        [LAYERS["fast lstm, both ways"](I, rng), LAYERS["peephole, both ways"](2 * H, rng)]
    ),
}
MAKE = {name: lambda rng, make=make: make(I, rng) for name, make in LAYERS.items()} | STACKS


def arrays_of(nested):
    """Return all arrays of nested states in order."""
    if isinstance(nested, tuple | list):
        return [array for part in nested for array in arrays_of(part)]
    return [nested]


def everything(layer, x, lengths, doutputs):
    """Return all that comes out of both directions, gradients of the parameters included."""
    for one in cells_of(layer):
        one.zero_grad()
    outputs, final, cache = layer.forward(x, None, lengths)
    dx, dstate = layer.backward(doutputs, cache)
    grads = [grad for one in cells_of(layer) for grad in one.grads.values()]
    return [outputs, dx, *arrays_of(final), *arrays_of(dstate), *grads]


def filled(array, real, rubbish):
    return np.where(real[:, :, None], array, rubbish)


@pytest.mark.parametrize("name", MAKE)
@given(SOME_LENGTHS, RUBBISH, RUBBISH, st.integers(0, 10**6))
@settings(max_examples=15, deadline=None)
def test_what_stands_in_the_padding_changes_no_bit(name, lengths, in_x, in_gradient, seed):
    rng, lengths = np.random.default_rng(seed), np.array(lengths)
    layer, batch = MAKE[name](rng), len(lengths)
    real = real_steps(lengths, batch, T)
    x = rng.normal(size=(batch, T, I))
    doutputs = rng.normal(size=layer.forward(x)[0].shape)
    clean = everything(layer, filled(x, real, 0), lengths, filled(doutputs, real, 0))
    padded = everything(layer, filled(x, real, in_x), lengths, filled(doutputs, real, in_gradient))
    for expected, found in zip(clean, padded, strict=True):
        assert np.isfinite(expected).all()
        assert np.array_equal(found, expected)
    assert not padded[0][~real].any()
    assert not padded[1][~real].any()


@pytest.mark.parametrize("fast_class", [FastLSTM, FastGRU])
def test_float32_layers_do_not_even_warn_of_what_stands_in_the_padding(fast_class):
    layer = fast_class(fast_class.cell_class(I, H, rng=np.random.default_rng(0), dtype=np.float32))
    x, lengths = np.full((2, T, I), 1e300), np.array([T, 2])
    x[0], x[1, :2] = 1, 1
    outputs, _, cache = layer.forward(x, None, lengths)
    upstream = np.where(real_steps(lengths, 2, T)[:, :, None], 1.0, 1e300) * np.ones(H)
    dx, _ = layer.backward(upstream, cache)
    assert np.isfinite(outputs).all()
    assert np.isfinite(dx).all()


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_torchs_packed_layers_do_the_same(kind):
    torch.manual_seed(0)
    module = getattr(torch.nn, kind)(I, H, batch_first=True).double()
    lengths = np.array([T, 1, 3])
    real = real_steps(lengths, 3, T)
    x = filled(np.random.default_rng(0).normal(size=(3, T, I)), real, np.nan)
    upstream = filled(np.random.default_rng(1).normal(size=(3, T, H)), real, 0)
    leaf = torch.tensor(x, requires_grad=True)
    packed = pack_padded_sequence(leaf, torch.tensor(lengths), True, enforce_sorted=False)
    outputs, _ = pad_packed_sequence(module(packed)[0], batch_first=True)
    (outputs * torch.tensor(upstream)).sum().backward()
    layer = from_torch(module)
    ours, dx, *rest = everything(layer, x, lengths, upstream)
    theirs = [outputs, leaf.grad, *(weight.grad for weight in module.parameters())]
    for found, expected in zip([ours, dx, *rest[-4:]], theirs, strict=True):
        np.testing.assert_allclose(found, expected.detach().numpy(), rtol=0, atol=1e-12)


def test_a_traced_lstm_does_not_see_the_padding():
    rng, lengths = np.random.default_rng(0), np.array([T, 2])
    layer, real = LAYERS["lstm"](I, rng), real_steps(lengths, 2, T)
    x = rng.normal(size=(2, T, I))
    clean, padded = (trace(layer, filled(x, real, v), lengths) for v in (0, np.nan))
    assert all(np.array_equal(clean[name], padded[name]) for name in clean)


# ------------------------------------------------------------------------- the models in torch


def gradients(model, loss):
    model.zero_grad()
    loss.backward()
    return [p.grad.clone() for p in model.parameters() if p.grad is not None]


def same(clean, padded):
    assert len(clean) == len(padded) > 2
    for expected, found in zip(clean, padded, strict=True):
        assert expected.isfinite().all()
        assert torch.equal(found, expected)


@pytest.mark.parametrize("rubbish", [torch.nan, torch.inf, -torch.inf])
@pytest.mark.parametrize("cell_name", ["rnn", "lstm", "gru", "ours"])
@pytest.mark.parametrize("model_class", [SequenceReader, SequenceLabeller])
def test_padding_changes_no_output_and_no_gradient_of_a_model(model_class, cell_name, rubbish):
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    recurrent = NumpyLayer(LAYERS["coupled"](I, rng)).float() if cell_name == "ours" else cell_name
    model = model_class(recurrent, I, H, 4)
    lengths, inputs = torch.tensor([T, 1, 3]), torch.randn(3, T, I)
    real = torch.arange(T) < lengths[:, None]
    results = []
    for fill in (0.0, rubbish):
        x = torch.where(real[:, :, None], inputs, fill).requires_grad_()
        outputs = model(x, lengths)
        outputs = outputs[real] if model_class is SequenceLabeller else outputs
        grads = gradients(model, (outputs * torch.arange(4)).sum())
        results.append([outputs, x.grad, *grads])
    same(*results)


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("pooling", POOLINGS)
def test_padding_changes_no_logit_and_no_gradient_of_a_classifier(pooling, bidirectional):
    torch.manual_seed(1)
    model = SentimentClassifier(11, 4, 3, pooling=pooling, bidirectional=bidirectional)
    lengths, tokens = torch.tensor([T, 1, 3]), torch.randint(2, 11, (3, T))
    real = torch.arange(T) < lengths[:, None]
    results = []
    for number, fill in ((0, 0.0), (10**9, torch.nan), (-7, torch.inf)):
        inputs = torch.where(real, tokens, number)
        move = torch.where(real[:, :, None], torch.full((3, T, 4), 0.1), fill).requires_grad_()
        logits = model(inputs, lengths, move)
        results.append([logits, *gradients(model, (logits * torch.arange(3)).sum()), move.grad])
    same(results[0], results[1])
    same(results[0], results[2])


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("pooling", POOLINGS)
def test_padded_states_change_no_pooled_vector_and_no_gradient(pooling, bidirectional):
    torch.manual_seed(2)
    model = SentimentClassifier(11, 4, 3, pooling=pooling, bidirectional=bidirectional)
    lengths, states = torch.tensor([T, 1, 3]), torch.randn(3, T, 3 * (1 + bidirectional))
    real = (torch.arange(T) < lengths[:, None])[:, :, None]
    results = []
    for fill in (0.0, torch.nan):
        leaf = torch.where(real, states, fill).requires_grad_()
        logits = model.head(model.pool(leaf, lengths)).squeeze(1)
        results.append([logits, *gradients(model, (logits * torch.arange(3)).sum()), leaf.grad])
    same(*results)
