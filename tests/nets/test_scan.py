"""The scan is the loop, and its gradients are right, to the second order."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from unrolled.nets.scan import joined, loop, scan


def drawn(batch, steps, size, seed=0, *, low=-1.0):
    """Return a from `low` to 1, b and an initial state, float64."""
    rng = np.random.default_rng(seed)
    parts = rng.uniform(low, 1, (batch, steps, size)), rng.normal(size=(batch, steps, size))
    return [torch.from_numpy(part) for part in (*parts, rng.normal(size=(batch, size)))]


@given(
    batch=st.integers(1, 3), steps=st.integers(1, 40), size=st.integers(1, 4), seed=st.integers(0)
)
def test_the_scan_is_the_loop(batch, steps, size, seed):
    a, b, initial = drawn(batch, steps, size, seed % 2**32)
    torch.testing.assert_close(scan(a, b, initial), loop(a, b, initial), rtol=0, atol=1e-10)
    torch.testing.assert_close(joined(a, b), loop(a, b), rtol=0, atol=1e-10)


@pytest.mark.parametrize("steps", [1, 2, 7, 1000, 4096])
def test_the_gradients_are_those_of_autograd_through_the_loop(steps):
    found = []
    for form in (scan, loop):
        leaves = [part.requires_grad_() for part in drawn(2, steps, 3)]
        states = form(*leaves)
        upstream = torch.from_numpy(np.random.default_rng(1).normal(size=states.shape))
        found.append(torch.autograd.grad(states, leaves, upstream))
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-10)


@pytest.mark.parametrize("steps", [1, 2, 5, 8])
def test_the_gradients_are_finite_differences_to_the_second_order(steps):
    leaves = [part.requires_grad_() for part in drawn(2, steps, 3)]
    assert torch.autograd.gradcheck(scan, leaves)
    assert torch.autograd.gradgradcheck(scan, leaves)


def test_two_halves_are_one_whole():
    a, b, initial = drawn(2, 23, 3)
    first = scan(a[:, :9], b[:, :9], initial)
    rest = scan(a[:, 9:], b[:, 9:], first[:, -1])
    whole = scan(a, b, initial)
    torch.testing.assert_close(torch.cat([first, rest], 1), whole, rtol=0, atol=1e-10)


def test_factors_of_zero_and_one_forget_and_add():
    _, b, initial = drawn(2, 11, 3)
    torch.testing.assert_close(scan(torch.zeros_like(b), b, initial), b, rtol=0, atol=0)
    summed = initial[:, None] + b.cumsum(1)
    torch.testing.assert_close(scan(torch.ones_like(b), b, initial), summed, rtol=0, atol=1e-12)


def test_the_arguments_are_not_changed():
    parts = drawn(2, 6, 3)
    kept = [part.clone() for part in parts]
    scan(*parts)
    assert all(torch.equal(part, before) for part, before in zip(parts, kept, strict=True))


def test_a_scan_of_factors_near_zero_in_single_precision_overflows_nowhere():
    a, b, _ = (part.float() for part in drawn(1, 4096, 2))
    states = scan(a.abs() * 1e-3, b)
    assert torch.isfinite(states).all()
    expected = loop((a.abs() * 1e-3).double(), b.double()).float()
    torch.testing.assert_close(states, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("form", [scan, loop])
def test_shapes_that_do_not_fit_are_told(form):
    a, b, initial = drawn(2, 5, 3)
    with pytest.raises(ValueError, match=r"both must be \(B, T, H\)"):
        form(a[:, 1:], b)
    with pytest.raises(ValueError, match="at least 1"):
        form(a[:, :0], b[:, :0])
    with pytest.raises(ValueError, match=r"it must be \(2, 3\)"):
        form(a, b, initial[:1])
