"""The plateau experiment: what it probes is the network that trains, and it leaves it alone."""

import numpy as np
import pytest
import torch

from unrolled.byhand.layers import from_torch
from unrolled.experiments import long_memory, plateau


def test_in_the_far_task_both_marks_stand_in_the_first_half():
    batch = plateau.far_adding_batch(50, 20, rng=np.random.default_rng(0))
    numbers, marks = batch.inputs[..., 0], batch.inputs[..., 1]
    assert batch.inputs.shape == (50, 20, 2)
    assert (marks[:, :10].sum(axis=1) == 2).all()
    assert (marks[:, 10:] == 0).all()
    np.testing.assert_allclose((numbers * marks).sum(axis=1), batch.targets, rtol=1e-6)
    assert numbers[:, 10:].std() > 0.2, "the second half should go on showing numbers"


@pytest.mark.parametrize(("start", "block"), [("lstm, bias 1", 1), ("gru", 1)])
def test_the_gate_is_the_one_that_keeps(start, block):
    torch.manual_seed(0)
    model = long_memory.untrained("adding", start, 10)
    with torch.no_grad():
        for name, parameter in model.recurrent.named_parameters():
            parameter.zero_()
            if name.startswith("bias_ih"):
                parameter[32 * block : 32 * (block + 1)] = 3.0
    found = plateau.probe(model, np.zeros((2, 10, 2), np.float32), seed=0)
    assert found["keep"] == pytest.approx(1 / (1 + np.exp(-3)))
    if start == "gru":
        assert found["whole"] == pytest.approx(found["keep"] ** 10)
        assert found["half"] == pytest.approx(found["keep"] ** 5)


@pytest.mark.parametrize("start", plateau.STARTS)
def test_a_probe_does_not_touch_the_training(start):
    torch.manual_seed(1)
    model = long_memory.untrained("order", start, 10)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    inputs = plateau.MAKE["order"](2, 10, rng=np.random.default_rng(2)).inputs
    one, two = (plateau.probe(model, inputs, seed=0) for _ in range(2))
    assert one == two
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert all(parameter.dtype == torch.float32 for parameter in model.parameters())


def test_the_probe_before_training_is_that_of_the_record_s_network():
    found = plateau.measure("order", "lstm, bias 1", 3, steps=0)
    assert [finding["step"] for finding in found] == [0]
    long_memory.seed_everything(3)
    cell = from_torch(long_memory.untrained("order", "lstm, bias 1", 100).recurrent).cell
    assert 0.6 < found[0]["keep"] < 0.85
    assert cell.params["bias_ih"][32:64].mean() == 1


def test_measuring_stops_when_the_task_is_solved(monkeypatch):
    monkeypatch.setattr(plateau, "LENGTH", 10)
    found = plateau.measure("order", "gru", 0)
    assert [finding["step"] for finding in found] == list(range(0, found[-1]["step"] + 1, 50))
    assert found[-1]["loss"] < long_memory.SOLVED < found[-2]["loss"]
    assert found[-1]["step"] < plateau.STEPS
