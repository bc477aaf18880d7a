"""The minimal GRU computes its equation, all at once as step by step."""

import numpy as np
import pytest
import torch

from unrolled.byhand.linear import MinGRUCell
from unrolled.nets.linear import MinGRU

BATCH, STEPS, INPUTS, HIDDEN = 2, 9, 3, 5


def layer_and_data(seed=0, **options):
    torch.manual_seed(seed)
    layer = MinGRU(INPUTS, HIDDEN, **options).double()
    x = torch.randn(BATCH, STEPS, INPUTS, dtype=torch.float64)
    return layer, x, torch.randn(BATCH, HIDDEN, dtype=torch.float64)


def from_the_equation(layer, x, h):
    """Return the states as the paper's equation says, entry by entry of time."""
    w_z, w_n = layer.weight_ih[:HIDDEN], layer.weight_ih[HIDDEN:]
    b_z, b_n = layer.bias_ih[:HIDDEN], layer.bias_ih[HIDDEN:]
    states = []
    for t in range(x.shape[1]):
        z = 1 / (1 + torch.exp(-(x[:, t] @ w_z.T + b_z)))
        keep = 2 * z - 1 if layer.signed else z
        h = keep * h + (1 - z) * (x[:, t] @ w_n.T + b_n)
        states.append(h)
    return torch.stack(states, 1)


@pytest.mark.parametrize("signed", [False, True])
def test_states_and_all_gradients_are_those_of_the_equation(signed):
    found = []
    for form in (lambda layer, x, h: layer(x, h)[0], from_the_equation):
        layer, *data = layer_and_data(signed=signed)
        leaves = [part.requires_grad_() for part in data] + list(layer.parameters())
        states = form(layer, *data)
        upstream = torch.from_numpy(np.random.default_rng(1).normal(size=states.shape))
        found.append((states, *torch.autograd.grad(states, leaves, upstream)))
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-10)


@pytest.mark.parametrize("signed", [False, True])
def test_the_gradients_are_finite_differences(signed):
    layer, x, h = layer_and_data(signed=signed)
    names = [name for name, _ in layer.named_parameters()]

    def run(x, h, *weights):
        return torch.func.functional_call(layer, dict(zip(names, weights, strict=True)), (x, h))

    assert torch.autograd.gradcheck(
        run, [x.requires_grad_(), h.requires_grad_(), *layer.parameters()]
    )


@pytest.mark.parametrize("signed", [False, True])
def test_step_by_step_is_all_at_once(signed):
    layer, x, h = layer_and_data(signed=signed)
    states, last = layer(x, h)
    assert torch.equal(states[:, -1], last)
    for t in range(STEPS):
        h = layer.step(x[:, t], h)
        torch.testing.assert_close(h, states[:, t], rtol=0, atol=1e-10)


def test_without_a_first_state_it_begins_with_zeros():
    layer, x, h = layer_and_data()
    assert torch.equal(layer(x)[0], layer(x, torch.zeros_like(h))[0])


def test_a_state_stays_between_the_candidates_unless_factors_may_be_negative():
    layer, x, h = layer_and_data()
    x = x[:, :1].repeat(1, 50, 1)  # the same input at each step
    candidate = x[:, 0] @ layer.weight_ih[HIDDEN:].T + layer.bias_ih[HIDDEN:]
    states = layer(x, h)[0]
    away = (states - candidate[:, None]).abs()
    assert (away[:, 1:] <= away[:, :-1] + 1e-12).all()
    assert ((states - candidate[:, None]) * (h - candidate)[:, None] >= -1e-12).all()
    layer, *_ = layer_and_data(signed=True)
    with torch.no_grad():
        layer.bias_ih[:HIDDEN], layer.weight_ih[:] = -50.0, 0.0  # z = 0: each step flips the sign
        layer.bias_ih[HIDDEN:] = 0.0
    flipped = layer(x, h)[0]
    torch.testing.assert_close(flipped[:, 0], -h, rtol=0, atol=1e-12)
    torch.testing.assert_close(flipped[:, 1], h, rtol=0, atol=1e-12)


def test_started_for_a_length_units_keep_for_1_to_that_many_steps():
    torch.manual_seed(0)
    layer = MinGRU(INPUTS, 4000)
    layer.start_for_length(100)
    keep, _ = layer.coefficients(torch.zeros(1, INPUTS))
    steps = (keep / (1 - keep)).detach().numpy()  # k, where it keeps k / (k + 1)
    assert 1 <= steps.min() < 1.5
    assert 98 < steps.max() < 99.1
    assert steps.mean() == pytest.approx(50, abs=2)
    with pytest.raises(ValueError, match="2 steps"):
        layer.start_for_length(1)
    with pytest.raises(ValueError, match="0 to 1"):
        MinGRU(2, 3, signed=True).start_for_length(10)


def test_it_is_the_cell_by_hand_with_a_linear_candidate():
    layer, x, h = layer_and_data()
    rng = np.random.default_rng(0)
    cell = MinGRUCell(INPUTS, HIDDEN, rng=rng, candidate="linear")
    for name, weight in layer.named_parameters():
        cell.params[name] = weight.detach().numpy().copy()
    states, _ = layer(x, h)
    expected, _, cache = cell.forward_parallel(x.numpy(), (h.numpy(),))
    np.testing.assert_allclose(states.detach().numpy(), expected, rtol=0, atol=1e-10)
    upstream = rng.normal(size=expected.shape)
    states.backward(torch.from_numpy(upstream))
    cell.backward_parallel(upstream, cache)
    for name, weight in layer.named_parameters():
        np.testing.assert_allclose(weight.grad.numpy(), cell.grads[name], rtol=0, atol=1e-10)
