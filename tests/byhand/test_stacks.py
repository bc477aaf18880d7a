"""Both directions and depth: parity with torch, finite differences, laws."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from unrolled.byhand.cells import GRUCell, LSTMCell, RNNCell
from unrolled.byhand.gradcheck import check_gradient
from unrolled.byhand.layers import Recurrent, real_steps
from unrolled.byhand.stacks import Bidirectional, Stacked

B, T, I, H = 3, 5, 2, 4
LENGTHS = np.array([5, 1, 3])
CELLS = {"RNN": RNNCell, "LSTM": LSTMCell, "GRU": GRUCell}


def layer_of(kind, inputs, rng):
    cell = CELLS[kind](inputs, H, rng=rng)
    cell.params = {name: rng.normal(size=value.shape) for name, value in cell.params.items()}
    return Recurrent(cell)


def both_ways(kind, inputs, rng):
    return Bidirectional(layer_of(kind, inputs, rng), layer_of(kind, inputs, rng))


def random_state(kind, rng):
    state = rng.normal(size=(2, B, H))
    return tuple(state) if kind == "LSTM" else state[0]


def random_states(kind, both, rng):
    """Return the state of one layer: a list with one for each direction where it has both."""
    return [random_state(kind, rng) for _ in range(2)] if both else random_state(kind, rng)


def flat(state):
    """Return the arrays of a nested state in torch's order: layer by layer, forwards first."""
    if isinstance(state, list):
        return [array for part in state for array in flat(part)]
    return [state]


def cells_of(layer):
    """Yield each cell with torch's ending for its parameters."""
    for depth, part in enumerate(layer.layers):
        if isinstance(part, Bidirectional):
            yield part.forwards.cell, f"l{depth}"
            yield part.backwards.cell, f"l{depth}_reverse"
        else:
            yield part.cell, f"l{depth}"


@pytest.mark.parametrize("lengths", [np.full(B, T), LENGTHS], ids=["full", "ragged"])
@pytest.mark.parametrize("both", [False, True], ids=["one way", "both ways"])
@pytest.mark.parametrize("kind", sorted(CELLS))
def test_two_layers_match_torch(kind, both, lengths):
    rng, make, size = np.random.default_rng(0), both_ways if both else layer_of, H * (1 + both)
    layer = Stacked([make(kind, I, rng), make(kind, size, rng)])
    module = getattr(torch.nn, kind)(I, H, num_layers=2, bidirectional=both, batch_first=True)
    module = module.double()
    weights = {
        f"{name}_{ending}": torch.from_numpy(value)
        for cell, ending in cells_of(layer)
        for name, value in cell.params.items()
    }
    module.load_state_dict(weights)
    x, doutputs = rng.normal(size=(B, T, I)), rng.normal(size=(B, T, size))
    state, dfinal = ([random_states(kind, both, rng) for _ in range(2)] for _ in range(2))

    outputs, final, caches = layer.forward(x, state, lengths)
    dx, dstate = layer.backward(doutputs, caches, dfinal)

    def as_torch(nested):  # torch stacks h of all layers, and c of all layers
        parts = flat(nested)
        pairs = parts if kind == "LSTM" else [(part,) for part in parts]
        return [torch.from_numpy(np.stack(arrays)) for arrays in zip(*pairs, strict=True)]

    t_x = torch.from_numpy(x).requires_grad_()
    t_state = [part.requires_grad_() for part in as_torch(state)]
    packed = torch.nn.utils.rnn.pack_padded_sequence(
        t_x, torch.from_numpy(lengths), batch_first=True, enforce_sorted=False
    )
    t_outputs, t_final = module(packed, tuple(t_state) if kind == "LSTM" else t_state[0])
    t_outputs, _ = torch.nn.utils.rnn.pad_packed_sequence(
        t_outputs, batch_first=True, total_length=T
    )
    t_final = t_final if kind == "LSTM" else (t_final,)
    loss = (t_outputs * torch.from_numpy(doutputs)).sum()
    for part, upstream in zip(t_final, as_torch(dfinal), strict=True):
        loss = loss + (part * upstream).sum()
    loss.backward()

    def equal(ours, theirs):
        np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=0, atol=1e-10)

    equal(outputs, t_outputs)
    equal(dx, t_x.grad)
    for ours, theirs in zip(as_torch(final), t_final, strict=True):
        equal(ours, theirs)
    for ours, theirs in zip(as_torch(dstate), t_state, strict=True):
        equal(ours, theirs.grad)
    for cell, ending in cells_of(layer):
        for name, grad in cell.grads.items():
            equal(grad, getattr(module, f"{name}_{ending}").grad)


@pytest.mark.parametrize("kind", sorted(CELLS))
def test_a_residual_stack_agrees_with_finite_differences(kind):
    rng = np.random.default_rng(1)
    layer = Stacked([layer_of(kind, n, rng) for n in (I, H, H)], residual=True)
    x, doutputs = rng.normal(size=(B, T, I)), rng.normal(size=(B, T, H))
    real = doutputs * real_steps(LENGTHS, B, T)[:, :, None]
    state, dfinal = ([random_state(kind, rng) for _ in layer.layers] for _ in range(2))

    def parts(nested):
        return [part for one in nested for part in (one if isinstance(one, tuple) else [one])]

    def loss(_):
        outputs, final, _ = layer.forward(x, state, LENGTHS)
        pairs = zip(parts(final), parts(dfinal), strict=True)
        return float((outputs * real).sum() + sum((p * d).sum() for p, d in pairs))

    _, _, caches = layer.forward(x, state, LENGTHS)
    dx, dstate = layer.backward(real, caches, dfinal)
    check_gradient(loss, x, dx, name="dx")
    for part, grad in zip(parts(state), parts(dstate), strict=True):
        check_gradient(loss, part, grad, name="state")
    for part in layer.layers:
        for name, value in part.cell.params.items():
            check_gradient(loss, value, part.cell.grads[name], name=name)


def test_a_residual_stack_whose_upper_layers_are_silent_passes_the_lowest_on():
    rng = np.random.default_rng(2)
    layer = Stacked([layer_of("GRU", n, rng) for n in (I, H, H)], residual=True)
    for part in layer.layers[1:]:
        part.cell.params = {name: np.zeros_like(w) for name, w in part.cell.params.items()}
    x = rng.normal(size=(B, T, I))
    lowest, _, _ = layer.layers[0].forward(x)
    np.testing.assert_allclose(layer.forward(x)[0], lowest, atol=1e-14)


@given(st.integers(0, 1000))
def test_padding_changes_nothing_in_both_directions(seed):
    rng = np.random.default_rng(seed)
    layer = both_ways("LSTM", I, rng)
    x = rng.normal(size=(B, T, I))
    noise = np.where(real_steps(LENGTHS, B, T)[:, :, None], x, 7.0)
    one, two = (layer.forward(inputs, lengths=LENGTHS)[0] for inputs in (x, noise))
    np.testing.assert_allclose(one, two, atol=1e-12)
    alone, _, _ = layer.forward(x[2:3, : LENGTHS[2]])
    np.testing.assert_allclose(one[2, : LENGTHS[2]], alone[0], atol=1e-12)


def test_the_backward_reader_sees_the_future_and_the_forward_reader_does_not():
    rng = np.random.default_rng(3)
    layer, x = both_ways("GRU", I, rng), rng.normal(size=(B, T, I))
    changed = x.copy()
    changed[:, -1] += 1
    difference = np.abs(layer.forward(x)[0] - layer.forward(changed)[0]).max(axis=(0, 2))
    halves = np.abs(layer.forward(x)[0] - layer.forward(changed)[0])[:, :-1]
    assert (difference > 0).all()
    assert not halves[:, :, :H].any()
    assert halves[:, :, H:].any()


def test_an_empty_stack_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        Stacked([])
