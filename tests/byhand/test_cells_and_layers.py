"""Three proofs a cell: parity with torch, finite differences, and its laws."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from unrolled.byhand.cells import GRUCell, LSTMCell, RNNCell
from unrolled.byhand.gradcheck import check_gradient
from unrolled.byhand.layers import Recurrent, from_torch, real_steps, to_torch

B, T, I, H = 3, 5, 2, 4  # all distinct, so that a swapped axis shows
CELLS = {"RNN": RNNCell, "LSTM": LSTMCell, "GRU": GRUCell}
KINDS = sorted(CELLS)
LENGTHS = np.array([5, 1, 3])


def as_tuple(state):
    return state if isinstance(state, tuple) else (state,)


def like_state(cell, values):
    return tuple(values) if len(cell.state_names) == 2 else values[0]


def random_layer(kind, seed, *, inputs=I, hidden=H):
    """Return a layer whose weights and biases are all different and not small."""
    rng = np.random.default_rng(seed)
    cell = CELLS[kind](inputs, hidden, rng=rng)
    cell.params = {name: rng.normal(size=value.shape) for name, value in cell.params.items()}
    return Recurrent(cell), rng


def random_state(cell, rng, batch=B):
    return like_state(cell, [rng.normal(size=(batch, cell.hidden_size)) for _ in cell.state_names])


def torch_twin(layer, kind):
    cell = layer.cell
    module = getattr(torch.nn, kind)(cell.input_size, cell.hidden_size, batch_first=True).double()
    module.load_state_dict({k: torch.from_numpy(v) for k, v in to_torch(layer).items()})
    return module


def torch_run(module, x, state, lengths):
    """Run torch on a packed batch; return outputs, final state parts, and the leaves."""
    x = torch.from_numpy(x).requires_grad_()
    leaves = [torch.from_numpy(part).requires_grad_() for part in as_tuple(state)]
    first = tuple(leaf[None] for leaf in leaves)
    packed = torch.nn.utils.rnn.pack_padded_sequence(
        x, torch.from_numpy(lengths), batch_first=True, enforce_sorted=False
    )
    outputs, final = module(packed, first if len(first) == 2 else first[0])
    outputs, _ = torch.nn.utils.rnn.pad_packed_sequence(
        outputs, batch_first=True, total_length=x.shape[1]
    )
    return outputs, [part[0] for part in as_tuple(final)], x, leaves


@pytest.mark.parametrize("lengths", [np.full(B, T), LENGTHS], ids=["full", "ragged"])
@pytest.mark.parametrize("kind", KINDS)
def test_layer_forward_and_backward_match_torch(kind, lengths):
    layer, rng = random_layer(kind, seed=0)
    x, state = rng.normal(size=(B, T, I)), random_state(layer.cell, rng)
    doutputs, dfinal = rng.normal(size=(B, T, H)), random_state(layer.cell, rng)

    outputs, final, caches = layer.forward(x, state, lengths)
    dx, dstate = layer.backward(doutputs, caches, dfinal)

    module = torch_twin(layer, kind)
    t_outputs, t_final, t_x, t_leaves = torch_run(module, x, state, lengths)
    loss = (t_outputs * torch.from_numpy(doutputs)).sum()
    for part, upstream in zip(t_final, as_tuple(dfinal), strict=True):
        loss = loss + (part * torch.from_numpy(upstream)).sum()
    loss.backward()

    def equal(ours, theirs):
        np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=0, atol=1e-10)

    equal(outputs, t_outputs)
    for ours, theirs in zip(as_tuple(final), t_final, strict=True):
        equal(ours, theirs)
    equal(dx, t_x.grad)
    for ours, theirs in zip(as_tuple(dstate), t_leaves, strict=True):
        equal(ours, theirs.grad)
    for name, grad in layer.cell.grads.items():
        equal(grad, getattr(module, f"{name}_l0").grad)


@pytest.mark.parametrize("kind", KINDS)
def test_every_gradient_agrees_with_finite_differences(kind):
    layer, rng = random_layer(kind, seed=1)
    cell = layer.cell
    x, state = rng.normal(size=(B, T, I)), random_state(cell, rng)
    doutputs, dfinal = rng.normal(size=(B, T, H)), random_state(cell, rng)

    def loss(_):
        outputs, final, _ = layer.forward(x, state, LENGTHS)
        pairs = zip(as_tuple(final), as_tuple(dfinal), strict=True)
        real = doutputs * real_steps(LENGTHS, B, T)[:, :, None]
        return float((outputs * real).sum() + sum((p * d).sum() for p, d in pairs))

    _, _, caches = layer.forward(x, state, LENGTHS)
    dx, dstate = layer.backward(doutputs, caches, dfinal)
    check_gradient(loss, x, dx, name="dx")
    for name, part, grad in zip(cell.state_names, as_tuple(state), as_tuple(dstate), strict=True):
        check_gradient(loss, part, grad, name=f"d{name}0")
    for name, value in cell.params.items():
        check_gradient(loss, value, cell.grads[name], name=name)


@pytest.mark.parametrize("kind", KINDS)
def test_one_step_matches_the_torch_cell(kind):
    layer, rng = random_layer(kind, seed=2)
    x, state = rng.normal(size=(B, I)), random_state(layer.cell, rng)
    twin = getattr(torch.nn, f"{kind}Cell")(I, H).double()
    twin.load_state_dict({k: torch.from_numpy(v) for k, v in layer.cell.params.items()})
    parts = tuple(torch.from_numpy(part) for part in as_tuple(state))
    expected = twin(torch.from_numpy(x), parts if len(parts) == 2 else parts[0])
    got, _ = layer.cell.forward(x, state)
    for ours, theirs in zip(as_tuple(got), as_tuple(expected), strict=True):
        np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=0, atol=1e-10)


@given(st.sampled_from(KINDS), st.integers(1, 4), st.integers(1, 6), st.integers(0, 10**6))
@settings(max_examples=30, deadline=None)
def test_step_by_step_equals_the_whole_sequence(kind, batch, steps, seed):
    layer, rng = random_layer(kind, seed)
    x = rng.normal(size=(batch, steps, I))
    outputs, final, _ = layer.forward(x)
    state = None
    for t in range(steps):
        piece, state, _ = layer.forward(x[:, t : t + 1], state)
        np.testing.assert_allclose(piece[:, 0], outputs[:, t], atol=1e-12)
    for a, b in zip(as_tuple(state), as_tuple(final), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-12)


@given(st.sampled_from(KINDS), st.data())
@settings(max_examples=30, deadline=None)
def test_padding_changes_nothing(kind, data):
    lengths = np.array(data.draw(st.lists(st.integers(1, 6), min_size=1, max_size=4)))
    layer, rng = random_layer(kind, seed=data.draw(st.integers(0, 10**6)))
    steps = 6
    x = rng.normal(size=(len(lengths), steps, I))
    noise = np.where(real_steps(lengths, len(lengths), steps)[:, :, None], x, rng.normal())
    doutputs = rng.normal(size=(len(lengths), steps, H))

    results = []
    for inputs in (x, noise):
        layer.cell.zero_grad()
        outputs, final, caches = layer.forward(inputs, lengths=lengths)
        dx, _ = layer.backward(doutputs, caches)
        results.append([outputs, dx, *as_tuple(final), *layer.cell.grads.values()])
    for a, b in zip(*results, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-12)
    assert not results[0][1][~real_steps(lengths, len(lengths), steps)].any()

    for row, length in enumerate(lengths):  # each sequence alone gives the same final state
        _, alone, _ = layer.forward(x[row : row + 1, :length])
        for a, b in zip(as_tuple(alone), as_tuple(final), strict=True):
            np.testing.assert_allclose(a[0], b[row], atol=1e-12)


def test_lstm_with_open_forget_and_shut_input_gate_keeps_c_for_ever():
    layer, rng = random_layer("LSTM", seed=3)
    bias = layer.cell.params["bias_ih"]
    bias[:H], bias[H : 2 * H] = -1e3, 1e3  # i = 0, f = 1
    state = random_state(layer.cell, rng)
    _, (_, c), _ = layer.forward(rng.normal(size=(B, T, I)), state)
    np.testing.assert_allclose(c, state[1], atol=1e-12)


def test_gru_with_update_gate_at_one_keeps_h_for_ever():
    layer, rng = random_layer("GRU", seed=4)
    layer.cell.params["bias_ih"][H : 2 * H] = 1e3  # z = 1
    state = random_state(layer.cell, rng)
    _, h, _ = layer.forward(rng.normal(size=(B, T, I)), state)
    np.testing.assert_allclose(h, state, atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_forward_and_backward_change_nothing_they_were_given(kind):
    layer, rng = random_layer(kind, seed=5)
    given_arrays = [rng.normal(size=(B, T, I)), rng.normal(size=(B, T, H))]
    state, dfinal = random_state(layer.cell, rng), random_state(layer.cell, rng)
    watched = [*given_arrays, *as_tuple(state), *as_tuple(dfinal)]
    copies = [a.copy() for a in watched]
    _, _, caches = layer.forward(given_arrays[0], state, LENGTHS)
    layer.backward(given_arrays[1], caches, dfinal)
    assert all(np.array_equal(a, b) for a, b in zip(watched, copies, strict=True))


@pytest.mark.parametrize("kind", KINDS)
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


@pytest.mark.parametrize("kind", KINDS)
def test_the_start_is_torchs(kind):
    cell = CELLS[kind](I, 64, rng=np.random.default_rng(0))
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
def test_layer_refuses_impossible_lengths(lengths, message):
    layer, rng = random_layer("LSTM", seed=6)
    with pytest.raises(ValueError, match=message):
        layer.forward(rng.normal(size=(B, T, I)), lengths=np.array(lengths))


def test_lengths_may_be_a_list_or_a_tensor():
    layer, rng = random_layer("GRU", seed=6)
    x = rng.normal(size=(B, T, I))
    array = layer.forward(x, lengths=LENGTHS)[0]
    for lengths in (LENGTHS.tolist(), torch.from_numpy(LENGTHS)):
        assert np.array_equal(layer.forward(x, lengths=lengths)[0], array)


@pytest.mark.parametrize("x", [None, [[["a", "b"]]], [[[1.0, None]]]])
def test_layer_refuses_what_is_no_array_of_numbers(x):
    layer, _ = random_layer("RNN", seed=7)
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
def test_layer_refuses_a_wrong_input_shape(shape):
    layer, _ = random_layer("GRU", seed=7)
    with pytest.raises(ValueError, match=r"It takes \(B, T, 2\)"):
        layer.forward(np.zeros(shape))


def test_cell_names_the_state_it_wants():
    layer, _ = random_layer("LSTM", seed=8)
    with pytest.raises(ValueError, match=r"takes \(h, c\), each of shape \(3, 4\)"):
        layer.cell.forward(np.zeros((B, I)), np.zeros((B, H)))


def test_cell_refuses_a_whole_sequence():
    layer, _ = random_layer("RNN", seed=9)
    with pytest.raises(ValueError, match=r"One step takes \(B, 2\).*Recurrent"):
        layer.cell.forward(np.zeros((B, T, I)), np.zeros((B, H)))


def test_cell_refuses_size_zero():
    with pytest.raises(ValueError, match="at least 1"):
        GRUCell(0, H, rng=np.random.default_rng(0))


def test_backward_refuses_a_gradient_of_another_shape():
    layer, rng = random_layer("RNN", seed=10)
    _, _, caches = layer.forward(rng.normal(size=(B, T, I)))
    for wrong in (np.zeros((B, T, H + 1)), np.zeros((0, T, H)), None):
        with pytest.raises(ValueError, match=r"shaped like them: \(3, 5, 4\)"):
            layer.backward(wrong, caches)


@pytest.mark.parametrize("kind", KINDS)
def test_backward_refuses_a_gradient_that_would_broadcast_to_the_state(kind):
    layer, rng = random_layer(kind, seed=11)
    _, _, caches = layer.forward(rng.normal(size=(B, T, I)))
    row, whole = np.zeros(H), np.zeros((B, H))
    wrong = {"LSTM": [whole, (whole, row), (whole,)]}.get(kind, [row, (whole, whole)])
    for dfinal in wrong:
        with pytest.raises(ValueError, match=r"got dfinal of shape .* like it: \(3, 4\)"):
            layer.backward(np.zeros((B, T, H)), caches, dfinal)
