"""Training until solved stops where it says, and counts what it did."""

import math

import numpy as np
import pytest
import torch

from unrolled.data.synthetic import adding_batch, temporal_order_batch
from unrolled.experiments.race import class_loss, train_until_solved
from unrolled.nets.sequence import SequenceReader
from unrolled.nets.training import regression_loss


def race(target, steps=25, **options):
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    model = SequenceReader("rnn", 2, 4)
    stream = (adding_batch(8, 5, rng=rng) for _ in range(steps))
    unseen = adding_batch(16, 5, rng=np.random.default_rng(1))
    found = train_until_solved(
        model, stream, unseen, regression_loss, target=target, steps=steps, **options
    )
    return found, model, unseen


def test_it_stops_at_the_first_check_below_the_target():
    found, model, unseen = race(math.inf, check_every=10)
    assert found["steps_to_solve"] == found["steps"] == 10
    assert found["loss"] == regression_loss(model, unseen).item()


def test_without_success_the_budget_is_used_up_to_the_step():
    found, _, _ = race(0.0, check_every=10)
    assert found["steps_to_solve"] is None
    assert found["steps"] == 25
    assert not found["diverged"]


def test_a_divergence_is_a_finding():
    model, task = SequenceReader("rnn", 2, 4), adding_batch(8, 5, rng=np.random.default_rng(0))
    task.inputs[0, 0] = math.nan
    found = train_until_solved(model, [task], task, regression_loss, target=1.0, steps=1)
    assert found["diverged"]
    assert found["steps_to_solve"] is None
    assert found["steps"] == 0


def test_class_loss_takes_one_answer_a_sequence_or_one_a_step():
    task = temporal_order_batch(3, 10, rng=np.random.default_rng(0))
    model = SequenceReader("rnn", 6, 4, 4)
    scores = model(torch.as_tensor(task.inputs))
    expected = -scores.log_softmax(1)[range(3), task.targets].mean()
    assert class_loss(model, task).item() == pytest.approx(expected.item(), rel=1e-5)
