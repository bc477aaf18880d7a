"""The scan is the loop; its gradient is a scan too; and where two other forms fail."""

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from unrolled.byhand import scan as S
from unrolled.byhand.functional import sigmoid
from unrolled.byhand.gradcheck import check_gradient

B, T, H = 3, 7, 4
LENGTHS = [1, 7, 64, 1000, 4096]
entries = st.floats(-2, 2)
seeds = st.integers(0, 10**6)


def problem(steps, *, seed=0, batch=B, hidden=H):
    """Return a in (-1, 1), b and an initial state, all different."""
    rng = np.random.default_rng(seed)
    a = rng.uniform(-1, 1, (batch, steps, hidden))
    return a, rng.normal(size=a.shape), rng.normal(size=(batch, hidden))


def gates(steps, dtype, *, batch=16, hidden=8):
    """Return a, b and an initial state as a gated cell has them: sigmoids of normal values."""
    rng = np.random.default_rng(1)
    a = sigmoid(rng.normal(size=(batch, steps, hidden)))
    b, initial = rng.uniform(0.01, 1, a.shape), rng.uniform(0.1, 1, (batch, hidden))
    return a.astype(dtype), b.astype(dtype), initial.astype(dtype)


def worst(found, a, b, initial):
    """Return the largest relative error, against the loop in the most digits that there are."""
    exact = S.loop(*(v.astype(np.longdouble) for v in (a, b, initial)))
    return float(np.max(np.abs(found - exact) / np.abs(exact)))


# The law


@given(arrays(float, (6, H), elements=entries))
def test_combining_is_associative(numbers):
    one, two, three = zip(numbers[:3], numbers[3:], strict=True)
    early = S.combine(S.combine(one, two), three)
    late = S.combine(one, S.combine(two, three))
    np.testing.assert_allclose(early, late, rtol=0, atol=1e-13)


@given(arrays(float, (5, H), elements=entries))
def test_a_combined_step_does_what_the_two_do_in_this_order(numbers):
    a1, b1, a2, b2, h = numbers
    a, b = S.combine((a1, b1), (a2, b2))
    np.testing.assert_allclose(a * h + b, a2 * (a1 * h + b1) + b2, rtol=0, atol=1e-13)


def test_the_order_of_two_steps_matters():
    reset, write = (np.zeros(1), np.zeros(1)), (np.ones(1), np.ones(1))
    assert S.combine(reset, write) == (0, 1)
    assert S.combine(write, reset) == (0, 0)


@given(st.sampled_from(S.WAYS), st.integers(1, 200), seeds)
def test_scan_is_the_loop_at_lengths_that_are_no_powers_of_two(way, steps, seed):
    assume(steps & (steps - 1) or steps == 1)
    a, b, initial = problem(steps, seed=seed)
    np.testing.assert_allclose(
        S.scan(a, b, initial, way=way), S.loop(a, b, initial), rtol=0, atol=1e-12
    )


@pytest.mark.parametrize("steps", LENGTHS)
@pytest.mark.parametrize("way", S.WAYS)
def test_scan_is_the_loop_at_long_lengths(way, steps):
    a, b, initial = problem(steps, seed=2)
    np.testing.assert_allclose(
        S.scan(a, b, initial, way=way), S.loop(a, b, initial), rtol=0, atol=1e-12
    )


@given(st.sampled_from(S.WAYS), st.integers(1, 40), seeds)
def test_in_whole_numbers_scan_and_loop_are_equal_to_the_last_digit(way, steps, seed):
    rng = np.random.default_rng(seed)
    a, b = rng.integers(-1, 2, (2, B, steps, H)).astype(float)  # zero and negative a, too
    initial = rng.integers(-9, 10, (B, H)).astype(float)
    np.testing.assert_array_equal(S.scan(a, b, initial, way=way), S.loop(a, b, initial))


@pytest.mark.parametrize("way", S.WAYS)
def test_where_a_is_zero_nothing_earlier_counts(way):
    a, b, initial = problem(T)
    a[:, 4] = 0
    states = S.scan(a, b, initial, way=way)
    others = S.scan(a, b + (np.arange(T) < 4)[:, None], way=way)  # other pasts
    np.testing.assert_array_equal(states[:, 4:], others[:, 4:])
    assert (states[:, :4] != others[:, :4]).all()


@pytest.mark.parametrize("form", [S.loop, S.scan, S.divided])
def test_a_state_that_is_left_out_is_zero(form):
    a, b, initial = problem(T)
    np.testing.assert_array_equal(form(a, b), form(a, b, 0 * initial))


@pytest.mark.parametrize("form", [S.loop, S.scan, S.divided])
def test_a_sequence_in_two_pieces_is_the_sequence(form):
    a, b, initial = problem(T)
    early = form(a[:, :3], b[:, :3], initial)
    late = form(a[:, 3:], b[:, 3:], early[:, -1])
    whole = form(a, b, initial)
    np.testing.assert_allclose(np.concatenate([early, late], axis=1), whole, rtol=0, atol=1e-11)


def test_scan_and_backward_change_nothing_they_were_given():
    a, b, initial = problem(T)
    dstates = np.random.default_rng(3).normal(size=a.shape)
    watched = [a, b, initial, dstates]
    copies = [v.copy() for v in watched]
    states = S.scan(a, b, initial)
    S.backward(a, states, initial, dstates)
    for form in (S.loop, S.divided, S.log_space):
        form(np.abs(a), np.abs(b), np.abs(initial))
    assert all(np.array_equal(v, copy) for v, copy in zip(watched, copies, strict=True))


@pytest.mark.parametrize("form", [S.loop, S.scan, S.divided, S.log_space])
def test_every_form_keeps_float32(form):
    a, b, initial = (np.abs(v).astype(np.float32) for v in problem(T))
    assert form(a, b, initial).dtype == np.float32
    assert form(a, b).dtype == np.float32


# The tree


@given(st.sampled_from(S.WAYS), st.integers(1, 300))
def test_after_the_rounds_each_step_holds_all_up_to_itself_once_and_in_order(way, steps):
    held = [(t, t) for t in range(steps)]  # from, to
    for pairs in S.rounds(steps, way):
        assert len(pairs.left) == len(pairs.right) == len(set(pairs.right)) > 0
        new = list(held)
        for left, right in zip(pairs.left, pairs.right, strict=True):
            assert held[left][1] + 1 == held[right][0], "these two are no neighbours"
            new[right] = held[left][0], held[right][1]
        held = new
    assert held == [(0, t) for t in range(steps)]


@given(st.integers(2, 5000))
def test_doubling_takes_fewer_rounds_and_pairs_fewer_combinations(steps):
    log = (steps - 1).bit_length()  # log2 T, rounded up
    doubling, pairs = S.rounds(steps, "doubling"), S.rounds(steps, "pairs")
    assert len(doubling) == log
    assert len(pairs) <= 2 * log - 1
    assert sum(len(each.right) for each in doubling) == steps * log - (2**log - 1)
    assert sum(len(each.right) for each in pairs) < 2 * steps


def test_the_pairs_within_a_round_do_not_wait_for_each_other():
    for pairs in S.rounds(29, "pairs"):
        assert not set(pairs.left) & set(pairs.right)


def test_rounds_refuses_no_steps_and_unknown_ways():
    with pytest.raises(ValueError, match="at least one step"):
        S.rounds(0)
    with pytest.raises(ValueError, match="a way of pairs, doubling"):
        S.scan(*problem(T), way="quickly")


@pytest.mark.parametrize("form", [S.loop, S.scan, S.divided, S.log_space])
def test_shapes_that_do_not_fit_are_named(form):
    a, b, initial = (np.abs(v) for v in problem(T))
    with pytest.raises(ValueError, match=r"a of shape \(3, 7, 4\) and b of shape \(3, 6, 4\)"):
        form(a, b[:, 1:], initial)
    with pytest.raises(ValueError, match="at least one step"):
        form(a[:, :0], b[:, :0], initial)
    with pytest.raises(ValueError, match=r"state of shape \(4,\).* must be \(3, 4\)"):
        form(a, b, initial[0])


# The gradient


def by_autograd(a, b, initial, dstates):
    """Return torch's gradients through a loop."""
    leaves = [torch.tensor(v, requires_grad=True) for v in (a, b, initial)]
    h, states = leaves[2], []
    for t in range(a.shape[1]):
        h = leaves[0][:, t] * h + leaves[1][:, t]
        states.append(h)
    (torch.stack(states, 1) * torch.tensor(dstates)).sum().backward()
    return [leaf.grad.numpy() for leaf in leaves]


@pytest.mark.parametrize("steps", LENGTHS)
def test_backward_is_autograds_through_the_loop(steps):
    a, b, initial = problem(steps, seed=5)
    dstates = np.random.default_rng(6).normal(size=a.shape)
    found = S.backward(a, S.scan(a, b, initial), initial, dstates)
    for ours, theirs in zip(found, by_autograd(a, b, initial, dstates), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-10)


@given(st.integers(1, 3), st.integers(1, 12), st.integers(1, 4), seeds)
def test_backward_is_autograds_at_every_shape(batch, steps, hidden, seed):
    a, b, initial = problem(steps, seed=seed, batch=batch, hidden=hidden)
    dstates = np.random.default_rng(seed + 1).normal(size=a.shape)
    found = S.backward(a, S.scan(a, b, initial), initial, dstates)
    for ours, theirs in zip(found, by_autograd(a, b, initial, dstates), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-10)


def test_backward_matches_finite_differences():
    a, b, initial = problem(T, seed=7)
    a[0, 2], a[1, 3] = 0, -1.2
    dstates = np.random.default_rng(8).normal(size=a.shape)
    found = S.backward(a, S.scan(a, b, initial), initial, dstates)

    def loss(_):
        return float((S.scan(a, b, initial) * dstates).sum())

    for name, value, gradient in zip("ab0", (a, b, initial), found, strict=True):
        check_gradient(loss, value, gradient, name=name)


def test_the_gradient_by_a_state_is_all_that_still_depends_on_it():
    """The loss sums the last state: h_t reaches it by the product of the a that follow."""
    a, _, _ = problem(T, seed=9)
    dstates = np.zeros_like(a)
    dstates[:, -1] = 1
    after = np.cumprod(a[:, :0:-1], axis=1)[:, ::-1]  # a_T, a_T a_{T-1}, ..., turned round
    np.testing.assert_allclose(S.arriving(a, dstates)[:, :-1], after, rtol=1e-12)


# Three forms, and how two of them fail


@pytest.mark.parametrize("steps", [1, 7, 64])
def test_where_all_are_finite_the_forms_agree(steps):
    a, b, initial = gates(steps, np.float64)
    exact = S.loop(a, b, initial)
    np.testing.assert_allclose(S.divided(a, b, initial), exact, rtol=1e-12)
    logs = np.log(a), np.log(b), np.log(initial)
    np.testing.assert_allclose(S.log_space(*logs), exact, rtol=1e-12)


# The product of gates exp(-0.806 T) leaves float32 near T = 110 and float64 near T = 880.
@pytest.mark.parametrize(("dtype", "well", "broken"), [("f4", 80, 140), ("f8", 780, 980)])
def test_division_is_exact_until_the_product_underflows_and_then_nothing_is_left(
    dtype, well, broken
):
    a, b, initial = gates(broken, dtype, batch=40, hidden=5)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        states = S.divided(a, b, initial)
    early = a[:, :well], b[:, :well], initial
    assert worst(states[:, :well], *early) < 10 * np.finfo(dtype).eps
    assert not np.isfinite(states[:, -1]).any()
    assert worst(S.scan(a, b, initial), a, b, initial) < 10 * np.finfo(dtype).eps


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_division_needs_gates_that_are_not_zero_and_the_scan_does_not(dtype):
    a, b, initial = gates(T, dtype)
    a[:, 3] = 0
    with np.errstate(divide="ignore", invalid="ignore"):
        assert np.isnan(S.divided(a, b, initial)[:, 3:]).all()
    assert worst(S.scan(a, b, initial), a, b, initial) < 10 * np.finfo(dtype).eps


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_log_space_loses_digits_with_the_length_and_the_scan_does_not(dtype):
    eps, in_logs = np.finfo(dtype).eps, []
    for steps in (64, 512, 4096):
        a, b, initial = gates(steps, dtype)
        with np.errstate(all="raise", under="ignore"):  # it never overflows
            states = S.log_space(np.log(a), np.log(b), np.log(initial))
            assert worst(S.scan(a, b, initial), a, b, initial) < 5 * eps
        in_logs.append(worst(states, a, b, initial) / eps)
    assert 20 < in_logs[0] < in_logs[1] / 3 < in_logs[2] / 9
    assert in_logs[2] > 1000  # three of seven digits in float32


@pytest.mark.parametrize("way", S.WAYS)
def test_the_scan_in_float32_is_no_less_exact_than_the_loop(way):
    a, b, initial = gates(4096, np.float32)
    scan, loop = S.scan(a, b, initial, way=way), S.loop(a, b, initial)
    assert worst(scan, a, b, initial) < 2 * worst(loop, a, b, initial)


def test_log_space_starts_from_any_state_that_is_not_negative():
    a, b, initial = gates(T, np.float64)
    initial[0] = 0
    with np.errstate(divide="ignore"):
        logs = np.log(a), np.log(b), np.log(initial)
    np.testing.assert_allclose(S.log_space(*logs), S.loop(a, b, initial), rtol=1e-12)
    nothing = S.log_space(logs[0], logs[1])
    np.testing.assert_allclose(nothing, S.loop(a, b), rtol=1e-12)


def test_log_space_is_lost_where_b_is_negative():
    a, b, initial = problem(T)
    with np.errstate(invalid="ignore"):
        states = S.log_space(np.log(np.abs(a)), np.log(b), np.log(np.abs(initial)))
    assert np.isnan(states[b < 0]).all()
