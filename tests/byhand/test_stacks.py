"""Both directions and depth: parity with torch, finite differences, laws."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from unrolled.byhand.gradcheck import check_gradient
from unrolled.byhand.layers import real_steps
from unrolled.byhand.stacks import Bidirectional, Stacked

from .conftest import (
    LENGTHS,
    TORCHS,
    B,
    H,
    I,
    MatrixCell,
    T,
    ours,
    random_layer,
    random_state,
    torchs,
)


def layer_of(kind, inputs, rng):
    return random_layer(TORCHS[kind], rng, inputs=inputs)


def both_ways(kind, inputs, rng):
    return Bidirectional(layer_of(kind, inputs, rng), layer_of(kind, inputs, rng))


def random_states(layer, rng):
    """Return a random state of a nested layer: a list with one for each part."""
    if isinstance(layer, Stacked):
        return [random_states(part, rng) for part in layer.layers]
    if isinstance(layer, Bidirectional):
        return [random_states(part, rng) for part in (layer.forwards, layer.backwards)]
    return random_state(layer.cell, rng)


def flat(states):
    """Return the cells' states in torch's order: layer by layer, forwards first."""
    if isinstance(states, list):
        return [state for part in states for state in flat(part)]
    return [states]


def arrays(states):
    """Return all arrays of the cells' states in that order."""
    return [part for state in flat(states) for part in state]


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
def test_two_layers_match_torch(kind, both, lengths, rng):
    make, size = both_ways if both else layer_of, H * (1 + both)
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
    state, dfinal = random_states(layer, rng), random_states(layer, rng)

    outputs, final, caches = layer.forward(x, state, lengths)
    dx, dstate = layer.backward(doutputs, caches, dfinal)

    def as_torch(nested):  # torch stacks h of all layers, and c of all layers
        return [torch.from_numpy(np.stack(arrays)) for arrays in zip(*flat(nested), strict=True)]

    t_x = torch.from_numpy(x).requires_grad_()
    t_state = [part.requires_grad_() for part in as_torch(state)]
    packed = torch.nn.utils.rnn.pack_padded_sequence(
        t_x, torch.from_numpy(lengths), batch_first=True, enforce_sorted=False
    )
    t_outputs, t_final = module(packed, torchs(t_state))
    t_outputs, _ = torch.nn.utils.rnn.pad_packed_sequence(
        t_outputs, batch_first=True, total_length=T
    )
    t_final = ours(t_final)
    loss = (t_outputs * torch.from_numpy(doutputs)).sum()
    for part, upstream in zip(t_final, as_torch(dfinal), strict=True):
        loss = loss + (part * upstream).sum()
    loss.backward()

    def equal(found, theirs):
        np.testing.assert_allclose(found, theirs.detach().numpy(), rtol=0, atol=1e-10)

    equal(outputs, t_outputs)
    equal(dx, t_x.grad)
    for found, theirs in zip(as_torch(final), t_final, strict=True):
        equal(found, theirs)
    for found, theirs in zip(as_torch(dstate), t_state, strict=True):
        equal(found, theirs.grad)
    for cell, ending in cells_of(layer):
        for name, grad in cell.grads.items():
            equal(grad, getattr(module, f"{name}_{ending}").grad)


def test_a_residual_stack_agrees_with_finite_differences(kind, rng):
    layer = Stacked([layer_of(kind, n, rng) for n in (I, H, H)], residual=True)
    x, doutputs = rng.normal(size=(B, T, I)), rng.normal(size=(B, T, H))
    real = doutputs * real_steps(LENGTHS, B, T)[:, :, None]
    state, dfinal = random_states(layer, rng), random_states(layer, rng)

    def loss(_):
        outputs, final, _ = layer.forward(x, state, LENGTHS)
        pairs = zip(arrays(final), arrays(dfinal), strict=True)
        return float((outputs * real).sum() + sum((p * d).sum() for p, d in pairs))

    _, _, caches = layer.forward(x, state, LENGTHS)
    dx, dstate = layer.backward(real, caches, dfinal)
    check_gradient(loss, x, dx, name="dx")
    for part, grad in zip(arrays(state), arrays(dstate), strict=True):
        check_gradient(loss, part, grad, name="state")
    for part in layer.layers:
        for name, value in part.cell.params.items():
            check_gradient(loss, value, part.cell.grads[name], name=name)


def test_a_matrix_memory_is_read_both_ways_and_in_depth(rng):
    """What one sequence of a padded batch gives, it gives alone; and its gradients are right."""
    ahead, behind = (random_layer(MatrixCell, rng) for _ in range(2))
    above = random_layer(MatrixCell, rng, inputs=2 * H)
    layer = Stacked([Bidirectional(ahead, behind), above])
    x, doutputs = rng.normal(size=(B, T, I)), rng.normal(size=(B, T, H))
    doutputs = doutputs * real_steps(LENGTHS, B, T)[:, :, None]
    state, dfinal = random_states(layer, rng), random_states(layer, rng)
    outputs, final, caches = layer.forward(x, state, LENGTHS)
    dx, dstate = layer.backward(doutputs, caches, dfinal)

    def loss(_):
        outputs, final, _ = layer.forward(x, state, LENGTHS)
        pairs = zip(arrays(final), arrays(dfinal), strict=True)
        return float((outputs * doutputs).sum() + sum((p * d).sum() for p, d in pairs))

    check_gradient(loss, x, dx)
    for part, grad in zip(arrays(state), arrays(dstate), strict=True):
        check_gradient(loss, part, grad)
    for row, length in enumerate(LENGTHS):
        of_row = [part[row : row + 1] for part in arrays(state)]
        there, back, top = tuple(of_row[:2]), tuple(of_row[2:4]), tuple(of_row[4:])
        alone, end, _ = layer.forward(x[row : row + 1, :length], [[there, back], top])
        np.testing.assert_allclose(outputs[row, :length], alone[0], atol=1e-14)
        for part, expected in zip(arrays(final), arrays(end), strict=True):
            np.testing.assert_allclose(part[row], expected[0], atol=1e-14)


def test_a_residual_stack_whose_upper_layers_are_silent_passes_the_lowest_on(rng):
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


def test_the_backward_reader_sees_the_future_and_the_forward_reader_does_not(rng):
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
