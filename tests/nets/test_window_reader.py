"""Networks for sequences of one length, against NumPy, and how they are trained."""

import numpy as np
import pytest
import torch

from unrolled.byhand.layers import from_torch
from unrolled.data.batching import row_batches
from unrolled.nets import window_reader
from unrolled.nets.training import one_cycle, regression_loss, sentiment_loss
from unrolled.nets.window_reader import (
    PixelPredictor,
    WindowReader,
    absolute_loss,
    outputs_of,
    train_passes,
    train_steps,
)


@pytest.fixture
def rng():
    torch.manual_seed(0)
    return np.random.default_rng(0)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
@pytest.mark.parametrize("readout", ["last", "mean"])
def test_a_reader_and_its_gradient_are_those_of_numpy(cell, readout, rng):
    model = WindowReader(cell, 3, 4, 2, readout).double()
    ours = from_torch(model.recurrent)
    x, upstream = rng.normal(size=(5, 6, 3)), rng.normal(size=(5, 2))
    said = model(torch.tensor(x))
    (said * torch.tensor(upstream)).sum().backward()
    states, _, caches = ours.forward(x)
    weight, bias = (p.detach().numpy() for p in (model.head.weight, model.head.bias))
    read = states[:, -1] if readout == "last" else states.mean(axis=1)
    np.testing.assert_allclose(read @ weight.T + bias, said.detach().numpy(), atol=1e-12)
    back, dstates = upstream @ weight, np.zeros_like(states)
    if readout == "last":
        dstates[:, -1] = back
    else:
        dstates += back[:, None] / states.shape[1]
    ours.backward(dstates, caches)
    for name, grad in ours.cell.grads.items():
        theirs = getattr(model.recurrent, f"{name}_l0").grad.numpy()
        np.testing.assert_allclose(grad, theirs, rtol=0, atol=1e-10)


def test_an_unknown_readout_is_refused():
    with pytest.raises(ValueError, match="last, mean"):
        WindowReader("gru", 3, 4, 2, "first")


def test_who_predicts_the_change_begins_as_a_copy(rng):
    x = torch.tensor(rng.normal(size=(4, 3, 9)), dtype=torch.float32)
    copies = PixelPredictor("gru", 9, 5, change=True)(x)
    torch.testing.assert_close(copies, x[:, -1, 4])
    assert not torch.allclose(PixelPredictor("gru", 9, 5, change=False)(x), x[:, -1, 4])


def test_outputs_come_in_the_order_of_the_inputs(rng):
    model = WindowReader("gru", 3, 4, 2)
    x = rng.normal(size=(7, 5, 3)).astype(np.float32)
    np.testing.assert_allclose(
        outputs_of(model, x, 3), model(torch.as_tensor(x)).detach().numpy(), atol=1e-6
    )


def test_training_learns_and_tells_each_pass(rng):
    x = rng.normal(size=(64, 5, 3)).astype(np.float32)
    y = (x[:, 0, 0] > 0).astype(np.int64)
    model, told = WindowReader("gru", 3, 8, 2), []
    options = {"rate": 0.02, "passes": 25, "rng": rng, "batch_size": 16, "after": told.append}
    train_passes(model, x, y, sentiment_loss, **options)
    assert told == list(range(1, 26))
    assert np.mean(outputs_of(model, x).argmax(axis=1) == y) > 0.85


def test_training_takes_so_many_steps_over_as_many_passes_as_it_needs(rng, monkeypatch):
    x = rng.normal(size=(40, 5, 3)).astype(np.float32)
    y = (x[:, 0, 0] > 0).astype(np.int64)
    rows, rates = [], []

    def loss(model, batch):
        rows.append(len(batch.targets))
        return sentiment_loss(model, batch)

    def noted(adam, rate, steps):
        cycle = one_cycle(adam, rate, steps)
        step = cycle.step
        cycle.step = lambda: (rates.append(adam.param_groups[0]["lr"]), step())
        return cycle

    monkeypatch.setattr(window_reader, "one_cycle", noted)
    model = WindowReader("gru", 3, 8, 2)
    train_steps(model, x, y, loss, rate=0.05, steps=50, rng=rng, batch_size=16)
    assert rows == [16, 16, 8] * 16 + [16, 16]
    assert max(rates) == pytest.approx(0.05, rel=0.01)
    assert rates[-1] < 0.001
    assert np.mean(outputs_of(model, x).argmax(axis=1) == y) > 0.85


def test_the_absolute_loss_is_the_mean_error(rng):
    x, y = rng.normal(size=(6, 2, 9)).astype(np.float32), rng.normal(size=6).astype(np.float32)
    (batch,) = row_batches(x, y, 6)
    model = PixelPredictor("gru", 9, 5, change=True)
    assert absolute_loss(model, batch).item() == pytest.approx(np.abs(x[:, -1, 4] - y).mean())
    assert regression_loss(model, batch).item() == pytest.approx(((x[:, -1, 4] - y) ** 2).mean())
