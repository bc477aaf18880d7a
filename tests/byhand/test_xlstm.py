"""sLSTM and mLSTM: the paper's equations without a stabiliser, by torch, are what ours compute."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from unrolled.byhand.gradcheck import check_gradient
from unrolled.byhand.layers import Recurrent
from unrolled.byhand.xlstm import (
    FORGET_GATES,
    MLSTMCell,
    SLSTMCell,
    Written,
    attend,
    gates_at_once,
)

from .conftest import LENGTHS, B, H, I, T

K = 6
KINDS = ["sLSTM", "mLSTM"]
FORMS = ["sLSTM by steps", "mLSTM by steps", "mLSTM at once"]


def made(kind, rng, *, hidden=H, **settings):
    """Return a cell whose weights and biases are all different and not small."""
    if kind.startswith("sLSTM"):
        cell = SLSTMCell(I, hidden, rng=rng, **settings)
    else:
        cell = MLSTMCell(I, hidden, key_size=K, rng=rng, **settings)
    for key, value in cell.params.items():
        cell.params[key] = rng.normal(size=value.shape).astype(cell.dtype)
    return cell


def random_state(cell, rng, batch):
    """Return a state without two equal numbers; an sLSTM's n is positive, as it always is."""
    state = cell.State(*[rng.normal(size=shape) for shape in cell.state_shapes(batch)])
    state = state._replace(n=np.abs(state.n) + 0.3) if isinstance(cell, SLSTMCell) else state
    return state if cell.stabilise else state._replace(m=np.zeros_like(state.m))


def problem(cell, rng, batch=B, steps=T):
    """Return x, an initial state, and the gradients by the outputs and by the final memory."""
    x = rng.normal(size=(batch, steps, cell.input_size))
    doutputs = rng.normal(size=(batch, steps, cell.hidden_size))
    shapes = cell.state_shapes(batch)
    return x, random_state(cell, rng, batch), doutputs, [rng.normal(size=s) for s in shapes[:3]]


def true_size(state):
    """Return a state's h, and its memory times exp(m): what the equations speak of."""
    h, memory, n, m = state
    scale = np.exp(m)
    return h, memory * scale.reshape(scale.shape + (1,) * (memory.ndim - scale.ndim)), n * scale


def run(cell, form, x, initial, doutputs, by_memory):
    """Return all outputs and gradients, where the loss reads the outputs and the true memory."""
    cell.zero_grad()
    layer = Recurrent(cell)
    forward = cell.forward_parallel if form.endswith("at once") else layer.forward
    outputs, final, cache = forward(x, initial)
    scale = np.exp(final.m)
    dmemory = by_memory[1] * scale.reshape(scale.shape + (1,) * (final[1].ndim - scale.ndim))
    dfinal = cell.State(by_memory[0], dmemory, by_memory[2] * scale, np.full_like(scale, np.nan))
    backward = cell.backward_parallel if form.endswith("at once") else layer.backward
    dx, dinitial = backward(doutputs, cache, dfinal)
    names = [f"d{name}_0" for name in cell.State._fields]
    found = {"outputs": outputs, "dx": dx, **dict(zip(names, dinitial, strict=True))}
    found |= dict(zip(("h", "memory", "n"), true_size(final), strict=True))
    return found | {name: grad.copy() for name, grad in cell.grads.items()}


# By torch, from the equations as they stand: exp of the gates, and no m


def gate(a_f, forget):
    return torch.sigmoid(a_f) if forget == "sigmoid" else torch.exp(a_f)


def slstm(x, state, p, forget):
    h, c, n = state
    a_i, a_f, a_z, a_o = (
        x @ p["weight_ih"].T + p["bias_ih"] + h @ p["weight_hh"].T + p["bias_hh"]
    ).chunk(4, 1)
    i, f = torch.exp(a_i), gate(a_f, forget)
    c, n = f * c + i * torch.tanh(a_z), f * n + i
    return torch.sigmoid(a_o) * (c / n), c, n


def mlstm(x, state, p, forget):
    _, C, n = state
    q, k, v, a_i, a_f, a_o = torch.nn.functional.linear(x, p["weight_ih"], p["bias_ih"]).split(
        [K, K, p["weight_ih"].shape[0] // 2 - K - 1, 1, 1, C.shape[1]], 1
    )
    i, f, k = torch.exp(a_i), gate(a_f, forget), k / K**0.5
    C = f[:, :, None] * C + i[:, :, None] * torch.einsum("bh,bk->bhk", v, k)
    n = f * n + i * k
    read = torch.einsum("bhk,bk->bh", C, q) / (n * q).sum(1, True).abs().clamp(min=1)
    return torch.sigmoid(a_o) * read, C, n


def by_torch(cell, x, initial, doutputs, by_memory):
    """Return the same as `run`, by a loop and autograd, m taken in as a factor once."""
    step = slstm if isinstance(cell, SLSTMCell) else mlstm
    p = {key: torch.tensor(value, requires_grad=True) for key, value in cell.params.items()}
    xs = torch.tensor(x, requires_grad=True)
    leaves = [torch.tensor(part, requires_grad=True) for part in initial]
    scale = leaves[3].exp()
    memory = leaves[1] * scale.reshape(*scale.shape, *[1] * (leaves[1].ndim - scale.ndim))
    state, outputs = (leaves[0], memory, leaves[2] * scale), []
    for t in range(x.shape[1]):
        state = step(xs[:, t], state, p, cell.forget)
        outputs.append(state[0])
    outputs = torch.stack(outputs, 1)
    loss = (outputs * torch.tensor(doutputs)).sum()
    for part, upstream in zip(state, by_memory, strict=True):
        loss = loss + (part * torch.tensor(upstream)).sum()
    loss.backward()
    found = {"outputs": outputs, "dx": xs.grad, "h": state[0], "memory": state[1], "n": state[2]}
    for name, leaf in zip(cell.State._fields, leaves, strict=True):
        found[f"d{name}_0"] = torch.zeros_like(leaf) if leaf.grad is None else leaf.grad
    found |= {key: value.grad for key, value in p.items()}
    return {key: value.detach().numpy() for key, value in found.items()}


def assert_equal(found, wanted, tolerance=1e-10):
    assert found.keys() == wanted.keys()
    for key in wanted:
        scale = max(1.0, np.abs(wanted[key]).max())  # a gradient is a sum over all steps
        np.testing.assert_allclose(
            found[key], wanted[key], rtol=0, atol=tolerance * scale, err_msg=key
        )


@pytest.mark.parametrize("stabilise", [True, False])
@pytest.mark.parametrize("forget", FORGET_GATES)
@pytest.mark.parametrize("form", FORMS)
def test_every_form_matches_torch_without_a_stabiliser(form, forget, stabilise, rng):
    cell = made(form, rng, forget=forget, stabilise=stabilise)
    given_arrays = problem(cell, rng)
    found, wanted = run(cell, form, *given_arrays), by_torch(cell, *given_arrays)
    assert_equal(found, wanted)


@pytest.mark.parametrize("forget", FORGET_GATES)
@pytest.mark.parametrize("form", FORMS)
def test_every_gradient_agrees_with_finite_differences(form, forget, rng):
    """m moves when x does; the gradients that take it as a constant are right all the same."""
    cell = made(form, rng, forget=forget)
    x, initial, doutputs, by_memory = problem(cell, rng)
    found = run(cell, form, x, initial, doutputs, by_memory)

    def loss(_):
        now = run(cell, form, x, initial, doutputs, by_memory)
        parts = zip(("h", "memory", "n"), by_memory, strict=True)
        return float((now["outputs"] * doutputs).sum() + sum((now[k] * d).sum() for k, d in parts))

    check_gradient(loss, x, found["dx"], name="dx")
    for name, part in initial._asdict().items():
        check_gradient(loss, part, found[f"d{name}_0"], name=f"d{name}_0")
    for key, value in cell.params.items():
        check_gradient(loss, value, found[key], name=key)


def test_the_proofs_read_memories_on_both_sides_of_one(rng):
    """max(|n q|, 1) has two branches, and n q two signs: the tests above see all of them."""
    cell = made("mLSTM", rng)
    x, initial, _, _ = problem(cell, rng)
    _, _, cache = cell.forward_parallel(x, initial)
    large = np.abs(cache.nq) > cache.floor
    assert 0.2 < large.mean() < 0.8
    assert (cache.nq[large] > 0).any()
    assert (cache.nq[large] < 0).any()


@pytest.mark.parametrize("steps", [1, 7, 64, 1000, 4096])
@pytest.mark.parametrize("forget", FORGET_GATES)
def test_the_parallel_mlstm_is_the_recurrent_one_with_all_gradients(forget, steps, rng):
    cell = made("mLSTM", rng, forget=forget)
    # at 4,096 steps a matrix of T x T weights has 134 MB: one sequence
    x, initial, doutputs, by_memory = problem(
        cell, rng, batch=1 if steps > 1000 else 2, steps=steps
    )
    if forget == "exp":  # else the true memory would be a number of 1,000 digits, or none
        cell.params["bias_ih"][cell.rows("f")] = -0.5
    by_steps, at_once = (
        run(cell, form, x, initial, doutputs, by_memory) for form in ("by steps", "at once")
    )
    assert_equal(at_once, by_steps)


@pytest.mark.parametrize("steps", [1, 7, 64, 1000])
def test_the_m_of_both_forms_is_the_same(steps, rng):
    cell = made("mLSTM", rng)
    x, initial, _, _ = problem(cell, rng, steps=steps)
    for state in (None, initial):
        _, by_steps, _ = Recurrent(cell).forward(x, state)
        _, at_once, _ = cell.forward_parallel(x, state)
        np.testing.assert_allclose(at_once.m, by_steps.m, rtol=0, atol=1e-11)


@given(
    st.sampled_from(FORGET_GATES),
    st.integers(1, 4),
    st.integers(1, 12),
    st.integers(1, 5),
    st.booleans(),
    st.integers(0, 10**6),
)
@settings(max_examples=60)
def test_the_parallel_mlstm_is_the_recurrent_one_at_every_shape(
    forget, batch, steps, hidden, empty, seed
):
    rng = np.random.default_rng(seed)
    cell = made("mLSTM", rng, hidden=hidden, forget=forget)
    x, initial, doutputs, by_memory = problem(cell, rng, batch, steps)
    by_steps, at_once = (
        run(cell, form, x, None if empty else initial, doutputs, by_memory)
        for form in ("by steps", "at once")
    )
    assert_equal(at_once, by_steps)


def test_a_sequence_in_two_pieces_is_the_sequence(rng):
    """So it may be computed in chunks: T x T within each, and the memory from one to the next."""
    cell = made("mLSTM", rng)
    x, initial, doutputs, _ = problem(cell, rng)
    outputs, final, cache = cell.forward_parallel(x, initial)
    dx, dinitial = cell.backward_parallel(doutputs, cache)
    whole = [outputs, *final, dx, *dinitial, *(grad.copy() for grad in cell.grads.values())]
    cell.zero_grad()
    early, between, first = cell.forward_parallel(x[:, :2], initial)
    late, final, second = cell.forward_parallel(x[:, 2:], between)
    dlate, dbetween = cell.backward_parallel(doutputs[:, 2:], second)
    dearly, dinitial = cell.backward_parallel(doutputs[:, :2], first, dbetween)
    outputs, dx = np.concatenate([early, late], axis=1), np.concatenate([dearly, dlate], axis=1)
    pieces = [outputs, *final, dx, *dinitial, *cell.grads.values()]
    for a, b in zip(pieces, whole, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-12)


def test_in_float32_the_parallel_form_loses_digits_with_the_length_and_pieces_of_64_do_not(rng):
    """The sum of all log f grows while its digits stay as many, as in a scan in logarithms."""
    steps, piece = 4096, 64
    cell, exact = made("mLSTM", rng, dtype=np.float32), made("mLSTM", rng)
    exact.params = {key: value.astype(float) for key, value in cell.params.items()}
    x = rng.normal(size=(1, steps, I)).astype(np.float32)
    wanted = Recurrent(exact).forward(x.astype(float))[0]

    def error(outputs):
        return np.abs(outputs - wanted).max() / np.abs(wanted).max()

    pieces, state = [], None
    for at in range(0, steps, piece):
        outputs, state, _ = cell.forward_parallel(x[:, at : at + piece], state)
        pieces.append(outputs)
    assert error(Recurrent(cell).forward(x)[0]) < 5e-5
    assert error(np.concatenate(pieces, axis=1)) < 1e-4
    assert error(cell.forward_parallel(x)[0]) > 2e-4


# The stabiliser


@pytest.mark.parametrize("form", FORMS)
def test_what_m_is_changes_nothing(form, rng):
    """A memory in other units, and m told so: the same outputs, and gradients in these units."""
    cell = made(form, rng)
    x, initial, doutputs, by_memory = problem(cell, rng)
    shift = rng.normal(size=initial.m.shape)
    wide = shift.reshape(shift.shape + (1,) * (initial[1].ndim - shift.ndim))
    moved = cell.State(
        initial.h, initial[1] * np.exp(-wide), initial.n * np.exp(-shift), initial.m + shift
    )
    found, other = (run(cell, form, x, s, doutputs, by_memory) for s in (initial, moved))
    memory = f"d{cell.State._fields[1]}_0"
    other[memory] = other[memory] * np.exp(-wide)
    other["dn_0"] = other["dn_0"] * np.exp(-shift)
    assert_equal(other, found, 1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_what_max_would_add_to_the_gradient_is_zero(kind, rng):
    """Torch with m inside, m's own derivative counted or not: the same gradients."""
    log_i, log_f, g = (torch.tensor(rng.normal(size=(T, B, 1)), requires_grad=True) for _ in "ifg")
    upstream, found = torch.tensor(rng.normal(size=(T, B, 1))), []
    for counted in (True, False):
        m, c, n = (torch.zeros(B, 1, dtype=torch.float64) for _ in "mcn")
        loss = 0.0
        for t in range(T):
            new = torch.maximum(log_f[t] + m, log_i[t])
            new = new if counted else new.detach()
            i, f = torch.exp(log_i[t] - new), torch.exp(log_f[t] + m - new)
            c, n, m = f * c + i * g[t], f * n + i, new
            divisor = n if kind == "sLSTM" else torch.maximum(n.abs(), torch.exp(-m))
            loss = loss + (upstream[t] * c / divisor).sum()
        found.append(torch.autograd.grad(loss, (log_i, log_f, g)))
    for a, b in zip(*found, strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-12)


def loud(kind, rng, by, dtype=np.float64, **settings):
    """Return two cells of the same weights, one without a stabiliser; `by` is added to a_i."""
    cell = made(kind, rng, dtype=dtype, **settings)
    bare = made(kind, rng, dtype=dtype, stabilise=False, **settings)
    cell.params["bias_ih"][cell.rows("i")] += by
    bare.params = cell.params
    return cell, bare


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("by", [-20.0, 0.0, 20.0, 300.0])
def test_where_both_are_finite_the_stabiliser_changes_nothing_in_float64(form, by, rng):
    cell, bare = loud(form, rng, by)
    x, _, doutputs, _ = problem(cell, rng, steps=30)
    nothing = [np.zeros(shape) for shape in cell.state_shapes(B)[:3]]
    found, other = (run(each, form, x, None, doutputs, nothing) for each in (cell, bare))
    for key in ("outputs", "dx", *cell.params):
        assert np.isfinite(other[key]).all()
        np.testing.assert_allclose(found[key], other[key], rtol=1e-8, atol=1e-10, err_msg=key)


# exp leaves float32 at 88.7 and float64 at 709.8; the products with v, k and n leave it earlier.
@pytest.mark.parametrize(("dtype", "by"), [(np.float32, 100.0), (np.float64, 720.0)])
@pytest.mark.parametrize("form", FORMS)
def test_without_a_stabiliser_one_loud_input_gate_is_too_much(form, dtype, by, rng):
    cell, bare = loud(form, rng, by, dtype)
    x, _, doutputs, _ = problem(cell, rng)
    x, doutputs = x.astype(dtype), doutputs.astype(dtype)

    def outputs_and_gradient(each):
        layer = Recurrent(each)
        at_once = form.endswith("at once")
        outputs, _, cache = (each.forward_parallel if at_once else layer.forward)(x)
        dx, _ = (each.backward_parallel if at_once else layer.backward)(doutputs, cache)
        return outputs, dx

    with pytest.warns(RuntimeWarning, match="overflow|invalid"):
        broken = outputs_and_gradient(bare)
    assert np.isnan(broken[0]).mean() > 0.5
    assert np.isnan(broken[1]).mean() > 0.5
    outputs, dx = outputs_and_gradient(cell)  # no warning, which would be an error
    assert np.isfinite(outputs).all()
    assert np.isfinite(dx).all()


@pytest.mark.parametrize("form", FORMS)
def test_without_a_stabiliser_an_exponential_forget_gate_breaks_by_the_length_alone(form, rng):
    """exp(a_f) of about e each step: e^T leaves float32 after some 88 steps."""
    cell, bare = loud(form, rng, 0.0, np.float32, forget="exp")
    cell.params["weight_ih"][cell.rows("f")] = 0
    cell.params["bias_ih"][cell.rows("f")] = 1
    if "weight_hh" in cell.params:
        cell.params["weight_hh"][cell.rows("f")] = cell.params["bias_hh"][cell.rows("f")] = 0
    x = rng.normal(size=(B, 120, I)).astype(np.float32)

    def outputs_of(each):
        forward = each.forward_parallel if form.endswith("at once") else Recurrent(each).forward
        return forward(x)[0]

    with pytest.warns(RuntimeWarning, match="overflow|invalid"):
        broken = outputs_of(bare)
    right = outputs_of(cell)
    assert np.isfinite(right).all()
    np.testing.assert_allclose(broken[:, :60], right[:, :60], rtol=0, atol=2e-3)
    assert np.isnan(broken[:, -1]).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_memory_that_was_hardly_written_still_tells_what_was(dtype, rng):
    """An sLSTM whose gates are exp(-1000): the mean of its candidates does not depend on that."""
    cell, bare = loud("sLSTM", rng, -1000.0, dtype)
    x = rng.normal(size=(B, T, I)).astype(dtype)
    quiet, _, _ = Recurrent(cell).forward(x)
    cell.params["bias_ih"][cell.rows("i")] += 1000
    plain, _, _ = Recurrent(cell).forward(x)
    np.testing.assert_allclose(quiet, plain, rtol=0, atol=1e-3 if dtype == np.float32 else 1e-11)
    cell.params["bias_ih"][cell.rows("i")] -= 1000
    with pytest.warns(RuntimeWarning, match="invalid"):
        assert np.isnan(Recurrent(bare).forward(x)[0]).all()  # 0 / 0


@pytest.mark.parametrize("form", FORMS[1:])
def test_an_mlstm_that_was_hardly_written_reads_zero(form, rng):
    cell, _ = loud(form, rng, -1000.0)
    x, _, doutputs, by_memory = problem(cell, rng)
    found = run(cell, form, x, None, doutputs, by_memory)
    assert all(np.isfinite(value).all() for value in found.values())
    np.testing.assert_array_equal(found["outputs"], 0)


# Laws


def test_an_slstm_shows_a_mean_of_its_candidates(rng):
    cell = made("sLSTM", rng)
    _, final, caches = Recurrent(cell).forward(rng.normal(size=(B, 50, I)))
    g = np.stack([step.cache.g for step in caches])
    mean = final.c / final.n
    assert (g.min(axis=0) <= mean).all()
    assert (mean <= g.max(axis=0)).all()
    assert (final.n > 0).all()


@given(st.floats(-300, 300), st.integers(0, 10**6))
@settings(max_examples=30)
def test_only_differences_between_input_gates_count_in_an_slstm(shift, seed):
    rng = np.random.default_rng(seed)
    cell = made("sLSTM", rng)
    x = rng.normal(size=(B, T, I))
    before, _, _ = Recurrent(cell).forward(x)
    cell.params["bias_ih"][cell.rows("i")] += shift
    after, _, _ = Recurrent(cell).forward(x)
    np.testing.assert_allclose(after, before, rtol=0, atol=1e-11)


def test_one_loud_input_outweighs_all_before_it(rng):
    """What a sigmoid gate cannot do: the memory is revised in one step."""
    cell = made("sLSTM", rng)
    cell.params["weight_hh"][:] = 0
    cell.params["weight_ih"][cell.rows("i")] = [50, 0]
    x = rng.normal(size=(B, T, I))
    x[:, :, 0], x[:, 3, 0] = 0, 1
    _, _, caches = Recurrent(cell).forward(x)
    step = caches[3].cache
    np.testing.assert_allclose(step.c / step.n, step.g, rtol=0, atol=1e-12)


def one_hot_memory(rng, size=5):
    """Return what an mLSTM writes when each step has a key of its own, and gates that are 1."""
    keys, values = np.eye(size)[None], rng.normal(size=(1, size, H))
    always = np.zeros((1, size, 1))
    return Written(keys, keys, values, always, always, np.ones((1, size, H)))


def empty_memory(size, keys):
    m = np.full((1, 1), -np.inf)
    return np.zeros((1, size)), np.zeros((1, size, keys)), np.zeros((1, keys)), m


def test_a_matrix_memory_gives_back_the_value_of_each_key(rng):
    written = one_hot_memory(rng)
    turned = written._replace(q=written.q[:, ::-1])  # asked for in the opposite order
    (C, n, _), cache = attend(turned, empty_memory(H, 5))
    np.testing.assert_allclose(C[0].T, written.v[0], rtol=0, atol=1e-15)
    np.testing.assert_array_equal(n, 1)
    np.testing.assert_allclose(cache.read[0, 2:], written.v[0, 2::-1], rtol=0, atol=1e-15)
    np.testing.assert_array_equal(cache.read[0, :2], 0)  # not written yet


def test_a_key_that_is_written_twice_gives_the_mean_of_its_values(rng):
    """|n q| is then 2: the normaliser divides by how much was written under this key."""
    written = one_hot_memory(rng)
    keys = written.k.copy()
    keys[0, 4] = keys[0, 1]
    _, cache = attend(written._replace(q=keys, k=keys), empty_memory(H, 5))
    mean = (written.v[0, 1] + written.v[0, 4]) / 2
    np.testing.assert_allclose(cache.read[0, 4], mean, rtol=0, atol=1e-15)


def test_gates_at_once_are_products_of_the_gates_between(rng):
    a_i, log_f = rng.normal(size=(2, B, T, 1))
    weights, kept, m = gates_at_once(a_i, log_f, np.full((B, 1), 0.3))
    for t in range(T):
        for s in range(T):
            found = weights[:, t, s] * np.exp(m[:, t, 0])
            product = np.exp(a_i[:, s, 0] + log_f[:, s + 1 : t + 1, 0].sum(axis=1))
            np.testing.assert_allclose(found, product if s <= t else 0 * product)
    np.testing.assert_allclose(kept * np.exp(m), np.exp(0.3 + np.cumsum(log_f, axis=1)))
    assert weights.max() <= 1


@pytest.mark.parametrize("kind", KINDS)
def test_padding_changes_nothing(kind, rng):
    cell = made(kind, rng)
    layer, (x, _, doutputs, _) = Recurrent(cell), problem(cell, rng)
    x[1, LENGTHS[1] :] = np.nan
    outputs, final, caches = layer.forward(x, None, LENGTHS)
    dx, dinitial = layer.backward(doutputs, caches)
    assert np.isfinite(dx).all()
    for row, length in enumerate(LENGTHS):
        one = slice(row, row + 1)
        alone, last, back = layer.forward(x[one, :length])
        dalone, dstart = layer.backward(doutputs[one, :length], back)
        np.testing.assert_allclose(outputs[one, :length], alone, atol=1e-12)
        np.testing.assert_allclose(dx[one, :length], dalone, atol=1e-12)
        for a, b in zip((*final, *dinitial), (*last, *dstart), strict=True):
            np.testing.assert_allclose(a[one], b, atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_step_by_step_equals_the_whole_sequence(kind, rng):
    cell = made(kind, rng)
    x = rng.normal(size=(B, T, I))
    outputs, final, _ = Recurrent(cell).forward(x)
    state = cell.initial_state(B)
    for t in range(T):
        state, _ = cell.forward(x[:, t], state)
        np.testing.assert_allclose(state.h, outputs[:, t], atol=1e-13)
    for a, b in zip(state, final, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-13)


@pytest.mark.parametrize("form", FORMS)
def test_float32_is_kept_and_nothing_given_is_changed(form, rng):
    cell = made(form, rng, dtype=np.float32)
    x, initial, doutputs, by_memory = problem(cell, rng)
    x, doutputs = x.astype(np.float32), doutputs.astype(np.float32)
    initial = cell.State(*[part.astype(np.float32) for part in initial])
    by_memory = [part.astype(np.float32) for part in by_memory]
    watched = [x, doutputs, *initial, *by_memory]
    copies = [value.copy() for value in watched]
    found = run(cell, form, x, initial, doutputs, by_memory)
    assert {value.dtype for value in found.values()} == {np.dtype(np.float32)}
    assert all(np.array_equal(a, b) for a, b in zip(watched, copies, strict=True))


@pytest.mark.parametrize("kind", KINDS)
def test_the_blocks_name_what_the_cache_keeps_and_cover_all_rows(kind, rng):
    cell = made(kind, rng)
    _, _, caches = Recurrent(cell).forward(rng.normal(size=(B, T, I)))
    assert set(cell.blocks) <= set(caches[0].cache._fields)
    whole = np.concatenate([cell.params["bias_ih"][cell.rows(block)] for block in cell.blocks])
    np.testing.assert_array_equal(whole, cell.params["bias_ih"])


def test_keys_are_as_many_as_values_unless_told(rng):
    cell = MLSTMCell(I, H, rng=rng)
    assert cell.state_shapes(B).C == (B, H, H)
    assert cell.params["weight_ih"].shape == (4 * H + 2, I)


def test_impossible_settings_are_refused(rng):
    with pytest.raises(ValueError, match=r"forget='tanh'\. It takes sigmoid or exp"):
        SLSTMCell(I, H, rng=rng, forget="tanh")
    with pytest.raises(ValueError, match=r"key_size=0\. It must be at least 1"):
        MLSTMCell(I, H, key_size=0, rng=rng)
    cell = made("mLSTM", rng)
    x, _, doutputs, _ = problem(cell, rng)
    with pytest.raises(ValueError, match=r"h \(3, 4\), C \(3, 4, 6\), n \(3, 6\), m \(3, 1\)"):
        cell.forward_parallel(x, (np.zeros((B, H)),))
    _, _, cache = cell.forward_parallel(x)
    with pytest.raises(ValueError, match=r"shaped like them: \(3, 5, 4\)"):
        cell.backward_parallel(doutputs[:, 1:], cache)
    with pytest.raises(ValueError, match=r"dfinal .* like it: h \(3, 4\), C"):
        cell.backward_parallel(doutputs, cache, (doutputs,))
