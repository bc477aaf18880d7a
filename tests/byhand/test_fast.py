"""The fast layers are the readable ones: same outputs, same gradients, whatever the input."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from unrolled.byhand.cells import GRUCell, LSTMCell, RNNCell
from unrolled.byhand.fast import FastGRU, FastLSTM
from unrolled.byhand.layers import Recurrent, to_torch

from .conftest import ours, random_cell, random_state, torchs

PAIRS = {"LSTM": (LSTMCell, FastLSTM), "GRU": (GRUCell, FastGRU)}


def everything(layer, x, state, lengths, doutputs, dfinal):
    """Return all that a forward and backward pass give, as a flat list of arrays."""
    layer.cell.zero_grad()
    outputs, final, cache = layer.forward(x, state, lengths)
    dx, dstate = layer.backward(doutputs, cache, dfinal)
    return [outputs, dx, *final, *dstate, *layer.cell.grads.values()]


@given(
    st.sampled_from(sorted(PAIRS)),
    st.integers(1, 4),
    st.integers(1, 6),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.integers(0, 10**6),
)
@settings(max_examples=60)
def test_fast_equals_readable(kind, batch, steps, with_state, ragged, with_dfinal, seed):
    rng = np.random.default_rng(seed)
    cell_class, fast_class = PAIRS[kind]
    cell = random_cell(cell_class, rng, inputs=3, hidden=5)
    x, doutputs = rng.normal(size=(batch, steps, 3)), rng.normal(size=(batch, steps, 5))
    state = random_state(cell, rng, batch) if with_state else None
    lengths = rng.integers(1, steps + 1, batch) if ragged else None
    dfinal = random_state(cell, rng, batch) if with_dfinal else None
    given_arrays = (x, state, lengths, doutputs, dfinal)
    readable = everything(Recurrent(cell), *given_arrays)
    fast = everything(fast_class(cell), *given_arrays)
    for found, expected in zip(fast, readable, strict=True):
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize("kind", sorted(PAIRS))
def test_fast_matches_torch_on_packed_sequences(kind):
    rng = np.random.default_rng(3)
    cell_class, fast_class = PAIRS[kind]
    cell = random_cell(cell_class, rng, inputs=3, hidden=5)
    x, doutputs = rng.normal(size=(4, 7, 3)), rng.normal(size=(4, 7, 5))
    state, lengths = random_state(cell, rng, 4), np.array([7, 2, 5, 1])
    found = everything(fast_class(cell), x, state, lengths, doutputs, None)

    module = getattr(torch.nn, kind)(3, 5, batch_first=True, dtype=torch.float64)
    module.load_state_dict({k: torch.tensor(v) for k, v in to_torch(Recurrent(cell)).items()})
    leaf, rnn = torch.tensor(x, requires_grad=True), torch.nn.utils.rnn
    starts = [torch.tensor(part[None], requires_grad=True) for part in state]
    packed = rnn.pack_padded_sequence(leaf, torch.tensor(lengths), True, enforce_sorted=False)
    packed, final = module(packed, torchs(starts))
    outputs, _ = rnn.pad_packed_sequence(packed, batch_first=True)
    outputs.backward(torch.tensor(doutputs))
    final = [part[0] for part in ours(final)]
    theirs = [outputs, leaf.grad, *final, *(part.grad[0] for part in starts)]
    theirs += [weight.grad for weight in module.parameters()]
    for a, b in zip(found, theirs, strict=True):
        np.testing.assert_allclose(a, b.detach().numpy(), rtol=0, atol=1e-10)


@pytest.mark.parametrize("kind", sorted(PAIRS))
def test_fast_backward_can_run_twice_on_one_cache(kind):
    rng = np.random.default_rng(4)
    cell_class, fast_class = PAIRS[kind]
    layer = fast_class(cell_class(3, 5, rng=rng))
    outputs, _, cache = layer.forward(rng.normal(size=(2, 4, 3)))
    doutputs = rng.normal(size=(2, 4, 5))
    first = layer.backward(doutputs, cache)[0]
    outputs[:] = 7.0  # the caller's own; the cache does not see it
    assert np.array_equal(layer.backward(doutputs, cache)[0], first)


@pytest.mark.parametrize("kind", sorted(PAIRS))
def test_fast_keeps_float32(kind):
    rng = np.random.default_rng(0)
    cell_class, fast_class = PAIRS[kind]
    layer = fast_class(cell_class(3, 5, rng=rng, dtype=np.float32))
    x, doutputs = rng.normal(size=(2, 4, 3)), rng.normal(size=(2, 4, 5)).astype(np.float32)
    assert {a.dtype for a in everything(layer, x, None, None, doutputs, None)} == {
        np.dtype(np.float32)
    }


def test_fast_adds_to_gradients_that_are_there():
    rng = np.random.default_rng(1)
    cell = GRUCell(3, 5, rng=rng)
    layer, x = FastGRU(cell), rng.normal(size=(2, 4, 3))
    for _ in range(2):
        outputs, _, cache = layer.forward(x)
        layer.backward(outputs, cache)
    twice = cell.grads["weight_hh"].copy()
    cell.zero_grad()
    outputs, _, cache = layer.forward(x)
    layer.backward(outputs, cache)
    np.testing.assert_allclose(twice, 2 * cell.grads["weight_hh"])


def test_fast_changes_nothing_it_was_given():
    rng = np.random.default_rng(2)
    layer = FastLSTM(LSTMCell(3, 5, rng=rng))
    x, state = rng.normal(size=(2, 4, 3)), (rng.normal(size=(2, 5)), rng.normal(size=(2, 5)))
    doutputs, dfinal = rng.normal(size=(2, 4, 5)), (rng.normal(size=(2, 5)), np.ones((2, 5)))
    watched = [x, *state, doutputs, *dfinal]
    copies = [a.copy() for a in watched]
    everything(layer, x, state, np.array([4, 2]), doutputs, dfinal)
    assert all(np.array_equal(a, b) for a, b in zip(watched, copies, strict=True))


@pytest.mark.parametrize("fast_class", [FastLSTM, FastGRU])
def test_fast_names_the_cell_it_takes(fast_class):
    with pytest.raises(TypeError, match=r"it takes a .*Cell.*Recurrent takes any cell"):
        fast_class(RNNCell(3, 5, rng=np.random.default_rng(0)))


@pytest.mark.parametrize(
    ("shape", "lengths", "state", "message"),
    [
        ((2, 3), None, None, r"It takes \(B, T, 3\)"),
        ((2, 4, 4), None, None, r"It takes \(B, T, 3\)"),
        ((2, 4, 3), np.array([4, 0]), None, "at least one real step"),
        ((2, 4, 3), None, (np.zeros((3, 5)),), r"a tuple of h \(2, 5\)"),
    ],
)
def test_fast_refuses_what_the_readable_layer_refuses(shape, lengths, state, message):
    layer = FastGRU(GRUCell(3, 5, rng=np.random.default_rng(0)))
    with pytest.raises(ValueError, match=message):
        layer.forward(np.zeros(shape), state, lengths)


@pytest.mark.parametrize("kind", sorted(PAIRS))
def test_fast_backward_refuses_a_gradient_of_another_shape(kind):
    cell_class, fast_class = PAIRS[kind]
    layer = fast_class(cell_class(3, 5, rng=np.random.default_rng(0)))
    _, _, cache = layer.forward(np.zeros((2, 4, 3)))
    with pytest.raises(ValueError, match=r"shaped like them: \(2, 4, 5\)"):
        layer.backward(np.zeros((2, 1, 5)), cache)
    with pytest.raises(ValueError, match=r"dfinal a tuple of \(5,\).* like it: h \(2, 5\)"):
        layer.backward(np.zeros((2, 4, 5)), cache, (np.zeros(5),))
