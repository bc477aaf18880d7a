"""Distillation: the gradient is the formula's, and sure answers are labels."""

from functools import partial

import numpy as np
import pytest
import torch

from unrolled.data.batching import Batch
from unrolled.nets.classifier import SentimentClassifier
from unrolled.nets.distillation import soft_labels, taught
from unrolled.nets.training import adversarial_loss, cross_entropy, sentiment_loss

B = 7


@pytest.fixture
def case():
    """Return logits and answers ``(B,)`` in double precision."""
    rng = np.random.default_rng(0)
    logits, answers = 3 * rng.normal(size=(2, B))
    return torch.tensor(logits, requires_grad=True), answers


def test_the_gradient_is_what_the_formula_says(case):
    z, v = case
    upstream = torch.as_tensor(np.random.default_rng(1).normal(size=B))
    each = cross_entropy(z, torch.as_tensor(soft_labels(v)), reduction="none")
    (each * upstream).sum().backward()
    wanted = upstream * (torch.sigmoid(z) - torch.sigmoid(torch.as_tensor(v)))
    torch.testing.assert_close(z.grad, wanted, rtol=1e-10, atol=1e-12)


def test_the_loss_is_least_where_the_student_answers_as_its_teacher(case):
    _, v = case
    targets, v = torch.as_tensor(soft_labels(v)), torch.as_tensor(v)
    least = cross_entropy(v, targets)
    for step in (-0.1, 0.1):
        assert cross_entropy(v + step, targets) > least


def test_a_sure_answer_is_a_label():
    assert soft_labels([np.inf, -np.inf, 0.0]).tolist() == [1.0, 0.0, 0.5]
    assert soft_labels([]).shape == (0,)


@pytest.mark.parametrize("plain", [sentiment_loss, partial(adversarial_loss, size=0.0)])
def test_a_batch_is_compared_with_the_targets_of_its_rows(plain):
    torch.manual_seed(0)
    model = SentimentClassifier(8, 5, 4)
    targets, rows = np.array([1, 0, 0.3, 0.9, 0.2], dtype=np.float32), [4, 2, 0, 3]
    inputs, lengths = np.array([[2, 3, 4], [5, 6, 0], [3, 0, 0], [4, 4, 2]]), np.array([3, 2, 1, 3])
    batch = Batch(inputs, lengths, np.zeros(4, dtype=np.int64), np.array(rows))
    logits = model(torch.as_tensor(inputs), torch.as_tensor(lengths))
    wanted = cross_entropy(logits, torch.as_tensor(targets[rows]))
    times = 1 if plain is sentiment_loss else 2
    torch.testing.assert_close(taught(plain, targets)(model, batch), times * wanted)


@pytest.mark.parametrize(
    ("answers", "told"), [([0, np.nan], "NaN among them"), ([[1.0], [2.0]], r"shape \(2, 1\)")]
)
def test_what_is_no_answer_is_refused(answers, told):
    with pytest.raises(ValueError, match=f"{told}; give one logit for each text"):
        soft_labels(answers)
