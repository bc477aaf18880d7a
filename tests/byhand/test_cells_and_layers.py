"""Three proofs a cell: parity with torch, finite differences, and its laws."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from unrolled.byhand.cells import GRUCell, LSTMCell, RNNCell
from unrolled.byhand.gradcheck import check_gradient
from unrolled.byhand.layers import from_torch, real_steps, to_torch

from .conftest import (
    ALL,
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


def torch_twin(layer, kind):
    cell = layer.cell
    module = getattr(torch.nn, kind)(cell.input_size, cell.hidden_size, batch_first=True).double()
    module.load_state_dict({k: torch.from_numpy(v) for k, v in to_torch(layer).items()})
    return module


def torch_run(module, x, state, lengths):
    """Run torch on a packed batch; return outputs, final state parts, and the leaves."""
    x = torch.from_numpy(x).requires_grad_()
    leaves = [torch.from_numpy(part).requires_grad_() for part in state]
    packed = torch.nn.utils.rnn.pack_padded_sequence(
        x, torch.from_numpy(lengths), batch_first=True, enforce_sorted=False
    )
    outputs, final = module(packed, torchs([leaf[None] for leaf in leaves]))
    outputs, _ = torch.nn.utils.rnn.pad_packed_sequence(
        outputs, batch_first=True, total_length=x.shape[1]
    )
    return outputs, [part[0] for part in ours(final)], x, leaves


@pytest.mark.parametrize("lengths", [np.full(B, T), LENGTHS], ids=["full", "ragged"])
def test_layer_forward_and_backward_match_torch(kind, lengths, rng):
    layer = random_layer(TORCHS[kind], rng)
    x, state = rng.normal(size=(B, T, I)), random_state(layer.cell, rng)
    doutputs, dfinal = rng.normal(size=(B, T, H)), random_state(layer.cell, rng)

    outputs, final, caches = layer.forward(x, state, lengths)
    dx, dstate = layer.backward(doutputs, caches, dfinal)

    module = torch_twin(layer, kind)
    t_outputs, t_final, t_x, t_leaves = torch_run(module, x, state, lengths)
    loss = (t_outputs * torch.from_numpy(doutputs)).sum()
    for part, upstream in zip(t_final, dfinal, strict=True):
        loss = loss + (part * torch.from_numpy(upstream)).sum()
    loss.backward()

    def equal(found, theirs):
        np.testing.assert_allclose(found, theirs.detach().numpy(), rtol=0, atol=1e-10)

    equal(outputs, t_outputs)
    for found, theirs in zip(final, t_final, strict=True):
        equal(found, theirs)
    equal(dx, t_x.grad)
    for found, theirs in zip(dstate, t_leaves, strict=True):
        equal(found, theirs.grad)
    for name, grad in layer.cell.grads.items():
        equal(grad, getattr(module, f"{name}_l0").grad)


def test_every_gradient_agrees_with_finite_differences(cell_class, rng):
    layer = random_layer(cell_class, rng)
    cell = layer.cell
    x, state = rng.normal(size=(B, T, I)), random_state(cell, rng)
    doutputs, dfinal = rng.normal(size=(B, T, H)), random_state(cell, rng)

    def loss(_):
        outputs, final, _ = layer.forward(x, state, LENGTHS)
        pairs = zip(final, dfinal, strict=True)
        real = doutputs * real_steps(LENGTHS, B, T)[:, :, None]
        return float((outputs * real).sum() + sum((p * d).sum() for p, d in pairs))

    _, _, caches = layer.forward(x, state, LENGTHS)
    dx, dstate = layer.backward(doutputs, caches, dfinal)
    check_gradient(loss, x, dx, name="dx")
    for name, part in state._asdict().items():
        check_gradient(loss, part, getattr(dstate, name), name=f"d{name}0")
    for name, value in cell.params.items():
        check_gradient(loss, value, cell.grads[name], name=name)


def test_one_step_matches_the_torch_cell(kind, rng):
    layer = random_layer(TORCHS[kind], rng)
    x, state = rng.normal(size=(B, I)), random_state(layer.cell, rng)
    twin = getattr(torch.nn, f"{kind}Cell")(I, H).double()
    twin.load_state_dict({k: torch.from_numpy(v) for k, v in layer.cell.params.items()})
    expected = twin(torch.from_numpy(x), torchs([torch.from_numpy(part) for part in state]))
    got, _ = layer.cell.forward(x, state)
    for found, theirs in zip(got, ours(expected), strict=True):
        np.testing.assert_allclose(found, theirs.detach().numpy(), rtol=0, atol=1e-10)


@given(st.sampled_from(sorted(ALL)), st.integers(1, 4), st.integers(1, 6), st.integers(0, 10**6))
@settings(max_examples=60)
def test_step_by_step_equals_the_whole_sequence(name, batch, steps, seed):
    rng = np.random.default_rng(seed)
    layer = random_layer(ALL[name], rng)
    x = rng.normal(size=(batch, steps, I))
    outputs, final, _ = layer.forward(x)
    state = None
    for t in range(steps):
        piece, state, _ = layer.forward(x[:, t : t + 1], state)
        np.testing.assert_allclose(piece[:, 0], outputs[:, t], atol=1e-12)
    for a, b in zip(state, final, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-12)


@given(
    st.sampled_from(sorted(ALL)),
    st.lists(st.integers(1, 6), min_size=1, max_size=4),
    st.integers(0, 10**6),
)
@settings(max_examples=60)
def test_padding_changes_nothing(name, lengths, seed):
    rng, lengths, steps = np.random.default_rng(seed), np.array(lengths), 6
    layer = random_layer(ALL[name], rng)
    x = rng.normal(size=(len(lengths), steps, I))
    noise = np.where(real_steps(lengths, len(lengths), steps)[:, :, None], x, rng.normal())
    doutputs = rng.normal(size=(len(lengths), steps, H))

    results = []
    for inputs in (x, noise):
        layer.cell.zero_grad()
        outputs, final, caches = layer.forward(inputs, lengths=lengths)
        dx, _ = layer.backward(doutputs, caches)
        results.append([outputs, dx, *final, *layer.cell.grads.values()])
    for a, b in zip(*results, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-12)
    assert not results[0][1][~real_steps(lengths, len(lengths), steps)].any()

    for row, length in enumerate(lengths):  # each sequence alone gives the same final state
        _, alone, _ = layer.forward(x[row : row + 1, :length])
        for a, b in zip(alone, final, strict=True):
            np.testing.assert_allclose(a[0], b[row], atol=1e-12)


def test_a_matrix_memory_of_as_many_rows_as_the_batch_is_kept_row_by_row(rng):
    layer = random_layer(MatrixCell, rng)
    x, lengths = rng.normal(size=(H, T, I)), np.array([1, 4, T, 2])  # B = H
    _, final, _ = layer.forward(x, None, lengths)
    for row, length in enumerate(lengths):
        _, alone, _ = layer.forward(x[row : row + 1, :length])
        np.testing.assert_allclose(final.M[row], alone.M[0], atol=1e-14)
        np.testing.assert_allclose(final.h[row], alone.h[0], atol=1e-14)


def test_lstm_with_open_forget_and_shut_input_gate_keeps_c_for_ever(rng):
    layer = random_layer(LSTMCell, rng)
    bias = layer.cell.params["bias_ih"]
    bias[layer.cell.rows("i")], bias[layer.cell.rows("f")] = -1e3, 1e3
    state = random_state(layer.cell, rng)
    _, final, _ = layer.forward(rng.normal(size=(B, T, I)), state)
    np.testing.assert_allclose(final.c, state.c, atol=1e-12)


def test_gru_with_update_gate_at_one_keeps_h_for_ever(rng):
    layer = random_layer(GRUCell, rng)
    layer.cell.params["bias_ih"][layer.cell.rows("z")] = 1e3
    state = random_state(layer.cell, rng)
    _, final, _ = layer.forward(rng.normal(size=(B, T, I)), state)
    np.testing.assert_allclose(final.h, state.h, atol=1e-12)


def test_rnn_is_odd_without_biases(rng):
    """tanh(-a) = -tanh(a): the opposite inputs and state give the opposite states."""
    layer = random_layer(RNNCell, rng)
    layer.cell.params["bias_ih"][:] = layer.cell.params["bias_hh"][:] = 0
    x, (h,) = rng.normal(size=(B, T, I)), random_state(layer.cell, rng)
    outputs, _, _ = layer.forward(x, (h,))
    opposite, _, _ = layer.forward(-x, (-h,))
    np.testing.assert_allclose(opposite, -outputs, atol=1e-12)


def test_the_blocks_name_what_the_cache_keeps_and_cover_all_rows(cell_class, rng):
    layer = random_layer(cell_class, rng)
    cell = layer.cell
    _, _, caches = layer.forward(rng.normal(size=(B, T, I)))
    assert set(cell.blocks) <= set(caches[0].cache._fields)
    whole = np.concatenate([cell.params["bias_ih"][cell.rows(block)] for block in cell.blocks])
    np.testing.assert_array_equal(whole, cell.params["bias_ih"])


def test_state_and_gradient_are_named_tuples_of_the_shapes_that_the_cell_declares(cell_class, rng):
    layer = random_layer(cell_class, rng)
    outputs, final, caches = layer.forward(rng.normal(size=(B, T, I)))
    _, dstate = layer.backward(rng.normal(size=(B, T, H)), caches)
    step, cache = layer.cell.forward(rng.normal(size=(B, I)), tuple(final))
    _, dstep = layer.cell.backward(tuple(step), cache)
    for state in (final, dstate, step, dstep, layer.cell.initial_state(B)):
        assert type(state) is cell_class.State
        assert tuple(part.shape for part in state) == layer.cell.state_shapes(B)
    np.testing.assert_array_equal(final.h, outputs[:, -1])


def test_forward_and_backward_change_nothing_they_were_given(cell_class, rng):
    layer = random_layer(cell_class, rng)
    given_arrays = [rng.normal(size=(B, T, I)), rng.normal(size=(B, T, H))]
    state, dfinal = random_state(layer.cell, rng), random_state(layer.cell, rng)
    watched = [*given_arrays, *state, *dfinal]
    copies = [a.copy() for a in watched]
    _, _, caches = layer.forward(given_arrays[0], state, LENGTHS)
    layer.backward(given_arrays[1], caches, dfinal)
    assert all(np.array_equal(a, b) for a, b in zip(watched, copies, strict=True))


def test_weights_travel_to_torch_and_back_unchanged(kind):
    module = getattr(torch.nn, kind)(I, H, batch_first=True)
    layer = from_torch(module)
    for name, value in to_torch(layer).items():
        assert np.array_equal(value, getattr(module, name).detach().numpy())
    x = np.random.default_rng(0).normal(size=(B, T, I)).astype(np.float32)
    outputs, _, _ = layer.forward(x)
    assert outputs.dtype == np.float32
    expected = module(torch.from_numpy(x))[0].detach().numpy()
    np.testing.assert_allclose(outputs, expected, atol=1e-6)


@pytest.mark.parametrize(
    "module",
    [
        torch.nn.LSTM(I, H, num_layers=2),
        torch.nn.GRU(I, H, bidirectional=True),
        torch.nn.LSTM(I, H, proj_size=2),
        torch.nn.RNN(I, H, nonlinearity="relu"),
        torch.nn.RNN(I, H, bias=False),
        torch.nn.Linear(I, H),
    ],
)
def test_from_torch_refuses_what_it_cannot_carry(module):
    with pytest.raises(ValueError, match="one layer, one direction and no projection"):
        from_torch(module)


def test_the_start_is_torchs(kind, rng):
    cell = TORCHS[kind](I, 64, rng=rng)
    for value in cell.params.values():
        assert np.abs(value).max() <= 64**-0.5
        assert np.abs(value).max() > 0.9 * 64**-0.5


@pytest.mark.parametrize(
    ("lengths", "message"),
    [
        ([5, 0, 3], "at least one real step"),
        ([6, 1, 3], "longer than the T = 5 steps"),
        ([5, 5], r"shape \(2,\).*expected \(3,\)"),
        ([5.0, 1.0, 3.0], "type float64; expected"),
        ([5, np.nan, 3], "type float64; expected"),
        ([5, None, 3], "type object; expected"),
    ],
)
def test_layer_refuses_impossible_lengths(lengths, message, rng):
    layer = random_layer(LSTMCell, rng)
    with pytest.raises(ValueError, match=message):
        layer.forward(rng.normal(size=(B, T, I)), lengths=np.array(lengths))


def test_lengths_may_be_a_list_or_a_tensor(rng):
    layer = random_layer(GRUCell, rng)
    x = rng.normal(size=(B, T, I))
    array = layer.forward(x, lengths=LENGTHS)[0]
    for lengths in (LENGTHS.tolist(), torch.from_numpy(LENGTHS)):
        assert np.array_equal(layer.forward(x, lengths=lengths)[0], array)


@pytest.mark.parametrize("x", [None, [[["a", "b"]]], [[[1.0, None]]]])
def test_layer_refuses_what_is_no_array_of_numbers(x, rng):
    layer = random_layer(RNNCell, rng)
    with pytest.raises(ValueError, match=r"The layer got x of (shape \(\)|type)"):
        layer.forward(x)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32, torch.float64])
def test_weights_come_from_torch_in_every_precision(dtype):
    module = torch.nn.LSTM(I, H).to(dtype)
    layer = from_torch(module)
    for name, value in to_torch(layer).items():
        expected = getattr(module, name).detach().double().numpy()
        assert np.array_equal(value.astype(float), expected)  # float32 holds each bfloat16
    assert layer.cell.dtype == (np.float32 if dtype == torch.bfloat16 else value.dtype)
    assert np.isfinite(layer.forward(np.ones((B, T, I), layer.cell.dtype))[0]).all()


@pytest.mark.parametrize("shape", [(B, I), (B, T, I + 1), (B, 0, I), (0, T, I)])
def test_layer_refuses_a_wrong_input_shape(shape, rng):
    layer = random_layer(GRUCell, rng)
    with pytest.raises(ValueError, match=r"It takes \(B, T, 2\)"):
        layer.forward(np.zeros(shape))


def test_cell_names_the_state_it_wants(rng):
    layer = random_layer(LSTMCell, rng)
    wanted = r"It takes a tuple of h \(3, 4\), c \(3, 4\); cell.initial_state\(3\)"
    h, x = np.zeros((B, H)), np.zeros((B, I))
    with pytest.raises(ValueError, match=rf"state something of type ndarray\. {wanted}"):
        layer.cell.forward(x, h)
    with pytest.raises(ValueError, match=rf"state a tuple of \(3, 4\), \(3, 1\)\. {wanted}"):
        layer.forward(x[:, None], (h, h[:, :1]))


def test_cell_refuses_a_whole_sequence(rng):
    layer = random_layer(RNNCell, rng)
    with pytest.raises(ValueError, match=r"One step takes \(B, 2\).*Recurrent"):
        layer.cell.forward(np.zeros((B, T, I)), layer.cell.initial_state(B))


def test_cell_refuses_size_zero():
    with pytest.raises(ValueError, match="at least 1"):
        GRUCell(0, H, rng=np.random.default_rng(0))


def test_backward_refuses_a_gradient_of_another_shape(rng):
    layer = random_layer(RNNCell, rng)
    _, _, caches = layer.forward(rng.normal(size=(B, T, I)))
    for wrong in (np.zeros((B, T, H + 1)), np.zeros((0, T, H)), None):
        with pytest.raises(ValueError, match=r"shaped like them: \(3, 5, 4\)"):
            layer.backward(wrong, caches)


def test_backward_refuses_a_gradient_that_would_broadcast_to_the_state(kind, rng):
    layer = random_layer(TORCHS[kind], rng)
    _, _, caches = layer.forward(rng.normal(size=(B, T, I)))
    row, whole = np.zeros(H), np.zeros((B, H))
    parts = len(layer.cell.State._fields)
    for dfinal in (row, whole, (row,) * parts, (whole,) * (parts + 1), (whole,) * (parts - 1)):
        with pytest.raises(ValueError, match=r"got as dfinal .* like it: h \(3, 4\)"):
            layer.backward(np.zeros((B, T, H)), caches, dfinal)
