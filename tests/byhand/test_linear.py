"""Linear cells: both forms are one function, its gradients are torch's, and each keeps its laws."""

import functools

import mpmath  # comes with torch
import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from unrolled.byhand.gradcheck import check_gradient
from unrolled.byhand.layers import Recurrent
from unrolled.byhand.linear import (
    LinearCell,
    MinGRUCell,
    MinLSTMCell,
    RGLRUCell,
    log_positive,
    positive,
    positive_slope,
)

from .conftest import B, H, I, T

CELLS = {
    "minGRU": MinGRUCell,
    "minLSTM": MinLSTMCell,
    "linear minGRU": functools.partial(MinGRUCell, candidate="linear"),
    "linear minLSTM": functools.partial(MinLSTMCell, candidate="linear"),
    "RG-LRU": RGLRUCell,
}
MINIMAL = ["minGRU", "minLSTM"]


def made(name, rng, *, hidden=H, dtype=np.float64):
    """Return a cell whose weights and biases are all different and not small."""
    sizes = (hidden,) if name == "RG-LRU" else (I, hidden)
    cell = CELLS[name](*sizes, rng=rng, dtype=dtype)
    for key, value in cell.params.items():
        cell.params[key] = rng.normal(size=value.shape).astype(dtype)
    return cell


def problem(cell, rng, batch=B, steps=T):
    """Return x, an initial state, and the gradients that arrive from above and at the end."""
    x = rng.normal(size=(batch, steps, cell.input_size))
    h_0, dh = rng.normal(size=(2, batch, cell.hidden_size))
    return x, (h_0,), rng.normal(size=(batch, steps, cell.hidden_size)), (dh,)


def by_steps(cell, x, initial, doutputs, dfinal):
    """Return all that the loop over time gives, as a dictionary of arrays."""
    cell.zero_grad()
    layer = Recurrent(cell)
    outputs, final, caches = layer.forward(x, initial)
    dx, dinitial = layer.backward(doutputs, caches, dfinal)
    found = {"outputs": outputs, "final": final.h, "dx": dx, "dinitial": dinitial.h}
    return found | {name: grad.copy() for name, grad in cell.grads.items()}


def by_scan(cell, x, initial, doutputs, dfinal):
    """Return the same of the parallel form."""
    cell.zero_grad()
    outputs, final, cache = cell.forward_parallel(x, initial)
    dx, dinitial = cell.backward_parallel(doutputs, cache, dfinal)
    found = {"outputs": outputs, "final": final.h, "dx": dx, "dinitial": dinitial.h}
    return found | {name: grad.copy() for name, grad in cell.grads.items()}


# By torch, from the papers' equations


def g(a):
    return torch.where(a >= 0, a + 0.5, a.sigmoid())


def min_gru(x, h, p, activation=g):
    """Feng et al. (2024): z writes, so its weights are the negative of ours."""
    w_z, w_n = p["weight_ih"].chunk(2)
    b_z, b_n = p["bias_ih"].chunk(2)
    z = torch.sigmoid(-(x @ w_z.T + b_z))
    return (1 - z) * h + z * activation(x @ w_n.T + b_n)


def min_lstm(x, h, p, activation=g):
    """Feng et al. (2024), with the gates divided by their sum."""
    w_i, w_f, w_n = p["weight_ih"].chunk(3)
    b_i, b_f, b_n = p["bias_ih"].chunk(3)
    i, f = torch.sigmoid(x @ w_i.T + b_i), torch.sigmoid(x @ w_f.T + b_f)
    return f / (f + i) * h + i / (f + i) * activation(x @ w_n.T + b_n)


def rg_lru(x, h, p):
    """De et al. (2024): a is a power of one number a unit, its exponent 8 times a gate."""
    w_r, w_i = p["weight_ih"].chunk(2)
    b_r, b_i = p["bias_ih"].chunk(2)
    radius = torch.exp(-torch.nn.functional.softplus(p["decay"]))
    a = radius ** (8 * torch.sigmoid(x @ w_r.T + b_r))
    return a * h + torch.sqrt(1 - a * a) * (torch.sigmoid(x @ w_i.T + b_i) * x)


TORCH_STEPS = {
    "minGRU": min_gru,
    "minLSTM": min_lstm,
    "linear minGRU": functools.partial(min_gru, activation=lambda a: a),
    "linear minLSTM": functools.partial(min_lstm, activation=lambda a: a),
    "RG-LRU": rg_lru,
}


def by_torch(name, cell, x, initial, doutputs, dfinal):
    """Return the same by a loop over torch's step, and autograd."""
    p = {key: torch.tensor(value, requires_grad=True) for key, value in cell.params.items()}
    xs, h_0 = torch.tensor(x, requires_grad=True), torch.tensor(initial[0], requires_grad=True)
    h, outputs = h_0, []
    for t in range(x.shape[1]):
        h = TORCH_STEPS[name](xs[:, t], h, p)
        outputs.append(h)
    outputs = torch.stack(outputs, 1)
    ((outputs * torch.tensor(doutputs)).sum() + (h * torch.tensor(dfinal[0])).sum()).backward()
    found = {"outputs": outputs, "final": h, "dx": xs.grad, "dinitial": h_0.grad}
    found |= {key: value.grad for key, value in p.items()}
    return {key: value.detach().numpy() for key, value in found.items()}


def assert_equal(found, wanted, tolerance=1e-10):
    assert found.keys() == wanted.keys()
    for key in wanted:
        scale = max(1.0, np.abs(wanted[key]).max())  # a gradient is a sum over all steps
        np.testing.assert_allclose(
            found[key], wanted[key], rtol=0, atol=tolerance * scale, err_msg=key
        )


@pytest.mark.parametrize("form", [by_steps, by_scan])
@pytest.mark.parametrize("name", CELLS)
def test_both_forms_match_torch_forward_and_backward(name, form, rng):
    cell = made(name, rng)
    given_arrays = problem(cell, rng)
    assert_equal(form(cell, *given_arrays), by_torch(name, cell, *given_arrays))


@pytest.mark.parametrize("form", [by_steps, by_scan])
@pytest.mark.parametrize("name", CELLS)
def test_every_gradient_agrees_with_finite_differences(name, form, rng):
    cell = made(name, rng)
    x, (h_0,), doutputs, (dfinal,) = problem(cell, rng)
    found = form(cell, x, (h_0,), doutputs, (dfinal,))

    def loss(_):
        now = form(cell, x, (h_0,), doutputs, (dfinal,))
        return float((now["outputs"] * doutputs).sum() + (now["final"] * dfinal).sum())

    check_gradient(loss, x, found["dx"], name="dx")
    check_gradient(loss, h_0, found["dinitial"], name="dh_0")
    for key, value in cell.params.items():
        check_gradient(loss, value, found[key], name=key)


@pytest.mark.parametrize("steps", [1, 7, 64, 1000, 4096])
@pytest.mark.parametrize("name", CELLS)
def test_the_scan_is_the_loop_with_all_gradients(name, steps, rng):
    cell = made(name, rng)
    given_arrays = problem(cell, rng, batch=2, steps=steps)
    assert_equal(by_scan(cell, *given_arrays), by_steps(cell, *given_arrays))


@given(
    st.sampled_from(sorted(CELLS)),
    st.integers(1, 4),
    st.integers(1, 20),
    st.integers(1, 5),
    st.integers(0, 10**6),
)
@settings(max_examples=60)
def test_the_scan_is_the_loop_at_every_shape(name, batch, steps, hidden, seed):
    rng = np.random.default_rng(seed)
    cell = made(name, rng, hidden=hidden)
    given_arrays = problem(cell, rng, batch, steps)
    assert_equal(by_scan(cell, *given_arrays), by_steps(cell, *given_arrays))


@pytest.mark.parametrize("name", CELLS)
def test_a_sequence_in_two_pieces_is_the_sequence(name, rng):
    cell = made(name, rng)
    x, initial, doutputs, dfinal = problem(cell, rng)
    whole = by_scan(cell, x, initial, doutputs, dfinal)
    early, between, first = cell.forward_parallel(x[:, :3], initial)
    late, final, second = cell.forward_parallel(x[:, 3:], between)
    cell.zero_grad()
    dlate, dbetween = cell.backward_parallel(doutputs[:, 3:], second, dfinal)
    dearly, dinitial = cell.backward_parallel(doutputs[:, :3], first, dbetween)
    pieces = {
        "outputs": np.concatenate([early, late], axis=1),
        "final": final.h,
        "dx": np.concatenate([dearly, dlate], axis=1),
        "dinitial": dinitial.h,
    }
    assert_equal(pieces | cell.grads, whole, 1e-12)


@pytest.mark.parametrize("name", CELLS)
def test_the_state_enters_linearly(name, rng):
    """What two initial states give differs by what their difference gives, whatever x says."""
    cell = made(name, rng)
    x, (h,), _, (other,) = problem(cell, rng)
    one, two, between, nothing = (
        cell.forward_parallel(x, (state,))[0] for state in (h, other, (h + other) / 2, 0 * h)
    )
    np.testing.assert_allclose(between, (one + two) / 2, rtol=0, atol=1e-13)
    assert np.abs(nothing).max() > 0.1  # linear in the state; not in x


@pytest.mark.parametrize("name", CELLS)
def test_a_state_that_is_left_out_is_zero(name, rng):
    cell = made(name, rng)
    x, (h,), _, _ = problem(cell, rng)
    np.testing.assert_array_equal(
        cell.forward_parallel(x)[0], cell.forward_parallel(x, (0 * h,))[0]
    )


@pytest.mark.parametrize("name", CELLS)
def test_linear_cells_keep_float32(name, rng):
    cell = made(name, rng, dtype=np.float32)
    x, initial, doutputs, dfinal = problem(cell, rng)
    arrays = x, doutputs, *initial, *dfinal
    x, doutputs, h_0, dh = (value.astype(np.float32) for value in arrays)
    for form in (by_steps, by_scan):
        assert {v.dtype for v in form(cell, x, (h_0,), doutputs, (dh,)).values()} == {
            np.dtype(np.float32)
        }
    if name in MINIMAL:
        assert cell.forward_log_space(x, (np.abs(h_0),)).dtype == np.float32


@pytest.mark.parametrize("name", CELLS)
def test_the_parallel_form_changes_nothing_it_was_given_and_can_go_back_twice(name, rng):
    cell = made(name, rng)
    watched = problem(cell, rng)
    copies = [np.copy(value) for value in watched]
    _, _, cache = cell.forward_parallel(*watched[:2])
    first = cell.backward_parallel(watched[2], cache, watched[3])
    second = cell.backward_parallel(watched[2], cache, watched[3])
    np.testing.assert_array_equal(first[0], second[0])
    assert all(np.array_equal(value, copy) for value, copy in zip(watched, copies, strict=True))


@pytest.mark.parametrize("name", CELLS)
def test_the_parallel_form_refuses_what_does_not_fit(name, rng):
    cell = made(name, rng)
    x, initial, doutputs, _ = problem(cell, rng)
    with pytest.raises(ValueError, match=r"It takes \(B, T, \d\)"):
        cell.forward_parallel(x[:, 0])
    with pytest.raises(ValueError, match=r"a tuple of h \(3, 4\)"):
        cell.forward_parallel(x, initial[0])
    _, _, cache = cell.forward_parallel(x)
    with pytest.raises(ValueError, match=r"shaped like them: \(3, 5, 4\)"):
        cell.backward_parallel(doutputs[:, 1:], cache)
    with pytest.raises(ValueError, match=r"dfinal .* like it: h \(3, 4\)"):
        cell.backward_parallel(doutputs, cache, (doutputs,))


def test_a_cell_says_what_it_needs_of_its_kind(rng):
    cell = LinearCell(I, H, rng=rng)
    with pytest.raises(NotImplementedError):
        cell.forward(np.zeros((B, I)), cell.initial_state(B))


# The positive candidate, and the form in logarithms


@given(st.floats(-700, 700))
def test_the_candidate_is_positive_and_its_logarithm_and_slope_are_right(a):
    assume(a >= 0 or a < -1e-9)  # nearer to zero, n is 1/2 to all digits, and its slope that of 0
    a = np.array([a])
    assert positive(a) > 0 or a < -37  # sigmoid's smallest values are zero
    leaf = torch.tensor(a, requires_grad=True)
    n = g(leaf)
    n.sum().backward()
    np.testing.assert_allclose(positive(a), n.detach(), rtol=0, atol=1e-15)
    np.testing.assert_allclose(positive_slope(positive(a)), leaf.grad, rtol=0, atol=1e-15)
    log = torch.where(leaf >= 0, (leaf.relu() + 0.5).log(), torch.nn.functional.logsigmoid(leaf))
    np.testing.assert_allclose(log_positive(a), log.detach(), rtol=1e-14)


@pytest.mark.parametrize("name", MINIMAL)
@pytest.mark.parametrize("steps", [1, 7, 64, 1000])
def test_the_form_in_logarithms_agrees_from_any_initial_state(name, steps, rng):
    cell = made(name, rng)
    x, (h_0,), _, _ = problem(cell, rng, steps=steps)
    h_0 = np.abs(h_0)
    h_0[0] = 0
    for initial in (None, (h_0,)):
        parallel, _, _ = cell.forward_parallel(x, initial)
        np.testing.assert_allclose(cell.forward_log_space(x, initial), parallel, rtol=1e-11)


@pytest.mark.parametrize("name", MINIMAL)
def test_an_initial_state_made_positive_again_is_why_two_forms_differ(name, rng):
    """As users of a public minGRU found: equal without a state, different with one, even zeros."""
    cell = made(name, rng)
    x, (h_0,), _, _ = problem(cell, rng)
    h_0 = np.abs(h_0)
    right, _, cache = cell.forward_parallel(x, (h_0,))
    wrong = cell.forward_log_space(x, (positive(h_0),))
    still_there = np.cumprod(cache.a, axis=1)  # how much of the initial state each step holds
    np.testing.assert_allclose(wrong - right, still_there * 0.5, rtol=0, atol=1e-13)

    from_nothing, _, _ = cell.forward_parallel(x)
    wrong = cell.forward_log_space(x, (positive(0 * h_0),))
    np.testing.assert_allclose(wrong - from_nothing, still_there * 0.5, rtol=0, atol=1e-13)


def test_a_negative_initial_state_has_no_logarithm(rng):
    cell = made("minGRU", rng)
    x, (h_0,), _, _ = problem(cell, rng)
    with pytest.raises(ValueError, match=r"holds -\d.*forward_parallel takes it"):
        cell.forward_log_space(x, (h_0,))


def test_a_candidate_that_may_be_negative_has_no_logarithm_and_an_unknown_one_is_refused(rng):
    cell = made("linear minGRU", rng)
    with pytest.raises(ValueError, match=r"candidate may be negative.*forward_parallel takes it"):
        cell.forward_log_space(rng.normal(size=(B, T, I)))
    with pytest.raises(ValueError, match=r"candidate='tanh'\. It takes positive or linear"):
        MinLSTMCell(I, H, rng=rng, candidate="tanh")


@pytest.mark.parametrize("name", MINIMAL)
def test_a_minimal_cell_never_leaves_the_range_of_its_candidates(name, rng):
    cell = made(name, rng)
    x = 3 * rng.normal(size=(B, 50, I))
    outputs, _, cache = cell.forward_parallel(x, (np.ones((B, H)),))
    assert outputs.min() > 0
    assert (outputs <= np.maximum(1, cache.n.max(axis=1, keepdims=True))).all()


@pytest.mark.parametrize("name", MINIMAL)
def test_an_open_gate_keeps_the_state_for_ever(name, rng):
    cell = made(name, rng)
    x, (h_0,), _, _ = problem(cell, rng, steps=300)
    cell.params["bias_ih"][cell.rows("z" if name == "minGRU" else "f")] = 1e3
    if name == "minLSTM":
        cell.params["bias_ih"][cell.rows("i")] = -1e3
    np.testing.assert_allclose(
        cell.forward_parallel(x, (h_0,))[0], np.broadcast_to(h_0[:, None], (B, 300, H))
    )


def test_a_minimal_lstm_is_a_minimal_gru_whose_gate_is_the_forget_gates_share(rng):
    lstm, gru = made("minLSTM", rng), made("minGRU", rng)
    lstm.params["weight_ih"][lstm.rows("i")] = 0
    lstm.params["bias_ih"][lstm.rows("i")] = 0  # i = 1/2
    x, initial, _, _ = problem(lstm, rng)
    _, _, cache = lstm.forward_parallel(x, initial)
    np.testing.assert_allclose(cache.a, cache.f / (cache.f + 0.5), rtol=1e-12)
    gru.params["weight_ih"] = np.zeros((2 * H, I))
    gru.params["weight_ih"][gru.rows("n")] = lstm.params["weight_ih"][lstm.rows("n")]
    gru.params["bias_ih"][gru.rows("n")] = lstm.params["bias_ih"][lstm.rows("n")]
    lstm.params["weight_ih"][lstm.rows("f")] = 0
    lstm.params["bias_ih"][lstm.rows("f")] = 0.7
    share = 1 / (1 + np.exp(-0.7))
    gru.params["bias_ih"][gru.rows("z")] = np.log(share / 0.5)  # f' / i' = f / i
    np.testing.assert_allclose(
        gru.forward_parallel(x, initial)[0], lstm.forward_parallel(x, initial)[0], rtol=1e-12
    )


# The RG-LRU


def test_the_start_of_the_decay_lies_in_its_ring(rng):
    decay = RGLRUCell(500, rng=rng).params["decay"]
    radius = np.exp(-np.log1p(np.exp(decay)))
    assert 0.9 <= radius.min() < 0.91
    assert 0.998 < radius.max() <= 0.999
    assert np.mean(radius**2) == pytest.approx((0.9**2 + 0.999**2) / 2, abs=0.01)


@pytest.mark.parametrize("bias", [-3.0, 0.0, 3.0])
def test_the_state_is_as_large_as_what_is_written_however_much_is_kept(bias):
    """White noise of variance 1 comes in, and the state ends at variance 1 at every decay."""
    rng = np.random.default_rng(0)
    cell = made("RG-LRU", rng)
    cell.params["weight_ih"][:] = 0
    cell.params["bias_ih"][cell.rows("r")] = bias
    cell.params["bias_ih"][cell.rows("i")] = 1e3
    cell.params["decay"][:] = -4.0
    x = rng.normal(size=(200, 4096, H))
    _, final, cache = cell.forward_parallel(x)
    assert cache.a[0, 0, 0] == pytest.approx(
        np.exp(-8 * np.log1p(np.exp(-4)) / (1 + np.exp(-bias)))
    )
    assert final.h.var() == pytest.approx(1, abs=0.15)


def nearly_kept(bias, dtype=np.float64):
    """Return a cell whose a is so near 1 that 1 - a is about exp(bias), and its problem."""
    rng = np.random.default_rng(4)
    cell = made("RG-LRU", rng, dtype=dtype)
    cell.params["weight_ih"][cell.rows("r")] *= 0.1
    cell.params["bias_ih"][cell.rows("r")] = bias
    x, (h_0,), doutputs, (dh,) = problem(cell, rng)
    return cell, *(value.astype(dtype) for value in (x, h_0, doutputs, dh))


@pytest.mark.parametrize("bias", [-10.0, -20.0, -30.0])
def test_near_one_the_gradient_is_exact(bias):
    """Against 60 digits: finite differences and torch lose theirs in 1 - a^2."""
    cell, x, h_0, doutputs, dh = nearly_kept(bias)
    found = by_scan(cell, x[:1, :2], (h_0[:1],), doutputs[:1, :2], (dh[:1],))

    def loss(entry, by):
        p = {k: mpmath.matrix(v.tolist()) for k, v in cell.params.items()}
        p["bias_ih"][entry] += by
        h = [mpmath.mpf(v) for v in h_0[0]]
        total = mpmath.mpf(0)
        for t in range(2):
            row = mpmath.matrix(x[0, t].tolist())
            pre = p["weight_ih"] * row + p["bias_ih"]
            for u in range(H):
                r, i = 1 / (1 + mpmath.exp(-pre[u])), 1 / (1 + mpmath.exp(-pre[H + u]))
                a = mpmath.exp(-8 * mpmath.log(1 + mpmath.exp(p["decay"][u])) * r)
                h[u] = a * h[u] + mpmath.sqrt(1 - a**2) * i * row[u]
                total += h[u] * (doutputs[0, t, u] + (dh[0, u] if t == 1 else 0))
        return total

    with mpmath.workdps(60):
        step = mpmath.mpf(10) ** -20
        for entry in range(2 * H):
            wanted = (loss(entry, step) - loss(entry, -step)) / (2 * step)
            assert found["bias_ih"][entry] == pytest.approx(float(wanted), rel=1e-10)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("bias", [-20.0, -50.0, -500.0, -1000.0])
def test_where_a_is_one_to_all_digits_the_gradients_are_finite_and_the_usual_order_has_none(
    bias, dtype
):
    cell, x, h_0, doutputs, dh = nearly_kept(bias, dtype)
    found = by_scan(cell, x, (h_0,), doutputs, (dh,))
    assert all(np.isfinite(value).all() for value in found.values())

    pre = torch.full((3,), bias, dtype=getattr(torch, np.dtype(dtype).name), requires_grad=True)
    a = torch.exp(-8 * torch.sigmoid(pre))
    torch.sqrt(1 - a * a).sum().backward()  # infinity times almost nothing, or times 0
    assert pre.grad.isfinite().all() == (bias == -20 and dtype == np.float64)
