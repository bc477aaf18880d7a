"""Distillation: the gradient is the formula's, and hard answers at temperature 1 are labels."""

from functools import partial

import numpy as np
import pytest
import torch

from unrolled.data.batching import Batch
from unrolled.nets.classifier import SentimentClassifier
from unrolled.nets.distillation import NO_LABEL, distillation_loss, lessons, taught
from unrolled.nets.training import adversarial_loss, cross_entropy, sentiment_loss

B = 7


@pytest.fixture
def case():
    """Return logits, answers and labels ``(B,)`` in double precision, all different or mixed."""
    rng = np.random.default_rng(0)
    logits, answers = (torch.as_tensor(3 * rng.normal(size=B)) for _ in range(2))
    return logits.requires_grad_(), answers, torch.tensor([1, 0, 0, 1, 1, 0, 1.0]).double()


def targets_of(labels, answers):
    return torch.stack([labels, answers], dim=1)


@pytest.mark.parametrize("temperature", [1.0, 2.5])
@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_the_gradient_is_what_the_formula_says(case, temperature, share):
    z, v, y = case
    upstream = torch.as_tensor(np.random.default_rng(1).normal(size=B))
    options = {"temperature": temperature, "share": share}
    each = distillation_loss(z, targets_of(y, v), reduction="none", **options)
    (each * upstream).sum().backward()
    soft = torch.sigmoid(z / temperature) - torch.sigmoid(v / temperature)
    wanted = share * temperature * soft + (1 - share) * (torch.sigmoid(z) - y)
    torch.testing.assert_close(z.grad, upstream * wanted, rtol=1e-10, atol=1e-12)


def test_a_text_without_a_label_learns_from_the_teacher_alone(case):
    z, v, y = case
    y[[1, 4]] = NO_LABEL
    each = distillation_loss(z, targets_of(y, v), temperature=2.0, share=0.3, reduction="none")
    alone = distillation_loss(z, targets_of(y, v), temperature=2.0, share=1.0, reduction="none")
    assert (each == alone).tolist() == [False, True, False, False, True, False, False]
    each.sum().backward()
    assert torch.isfinite(z.grad).all()


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_sure_answers_at_temperature_one_are_the_plain_loss(case, share):
    z, _, y = case
    sure = torch.where(y == 1, torch.inf, -torch.inf)
    found = distillation_loss(z, targets_of(y, sure), share=share)
    torch.testing.assert_close(found, cross_entropy(z, y), rtol=1e-12, atol=0)


def test_no_share_of_the_teacher_is_the_plain_loss_at_any_temperature(case):
    z, v, y = case
    found = distillation_loss(z, targets_of(y, v), share=0.0, temperature=9.0)
    torch.testing.assert_close(found, cross_entropy(z, y), rtol=1e-12, atol=0)


def test_the_loss_is_least_where_the_student_answers_as_its_teacher(case):
    _, v, y = case
    targets = targets_of(torch.full_like(y, NO_LABEL), v)
    least = distillation_loss(v, targets, temperature=3.0)
    for step in (-0.1, 0.1):
        assert distillation_loss(v + step, targets, temperature=3.0) > least


def test_a_high_temperature_compares_logits(case):
    """Hinton et al., section 2.1: the gradient becomes (z - v) / 4 of two classes."""
    z, v, y = case
    distillation_loss(
        z, targets_of(y, v), temperature=1e4, share=1.0, reduction="none"
    ).sum().backward()
    torch.testing.assert_close(z.grad, ((z - v) / 4).detach(), rtol=1e-6, atol=1e-6)


def toy_batch(rows):
    inputs = np.array([[2, 3, 4], [5, 6, 0], [3, 0, 0], [4, 4, 2]])[: len(rows)]
    lengths = np.array([3, 2, 1, 3])[: len(rows)]
    return Batch(inputs, lengths, np.zeros(len(rows), dtype=np.int64), np.array(rows))


@pytest.mark.parametrize("plain", [sentiment_loss, partial(adversarial_loss, size=0.0)])
def test_a_batch_is_compared_with_the_lessons_of_its_rows(plain):
    torch.manual_seed(0)
    model = SentimentClassifier(8, 5, 4)
    labels, answers = np.array([1, 0, np.nan, 1, 0]), np.array([2.0, -1.0, 0.5, -3.0, 1.5])
    table, rows = lessons(labels, answers), [4, 2, 0, 3]
    loss = taught(partial(plain, compare=partial(distillation_loss, share=0.7)), table)
    batch = toy_batch(rows)
    logits = model(torch.as_tensor(batch.inputs), torch.as_tensor(batch.lengths))
    wanted = distillation_loss(logits, torch.as_tensor(table[rows]), share=0.7)
    times = 1 if plain is sentiment_loss else 2
    torch.testing.assert_close(loss(model, batch), times * wanted)


def test_what_is_no_lesson_is_refused():
    with pytest.raises(ValueError, match=r"labels of shape \(2,\) and answers of \(3,\)"):
        lessons(np.zeros(2), np.zeros(3))
    with pytest.raises(ValueError, match=r"the label 2\.0; expected labels 0 and 1"):
        lessons(np.array([0, 2]), np.zeros(2))
    with pytest.raises(ValueError, match="an answer that is NaN"):
        lessons(np.zeros(2), np.array([0, np.nan]))
