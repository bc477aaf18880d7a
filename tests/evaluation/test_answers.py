"""Probabilities and decisions of two classes or more agree with torch and with each other."""

import numpy as np
import pytest
import torch

from unrolled.evaluation.answers import decisions, probabilities


def test_two_classes_are_a_sigmoid_and_more_a_softmax():
    rng = np.random.default_rng(0)
    one, many = rng.normal(0, 5, 7), rng.normal(0, 5, (7, 4))
    np.testing.assert_allclose(
        probabilities(one)[:, 1], torch.sigmoid(torch.as_tensor(one)), rtol=1e-12
    )
    np.testing.assert_allclose(
        probabilities(many), torch.softmax(torch.as_tensor(many), 1), rtol=1e-12
    )


def test_a_logit_is_a_softmax_of_itself_and_zero():
    logits = np.array([-800.0, -1.5, 0.0, 2.0, 900.0])
    pairs = np.stack([np.zeros(5), logits], axis=1)
    np.testing.assert_allclose(probabilities(logits), probabilities(pairs), atol=1e-15)
    assert decisions(logits).tolist() == decisions(pairs).tolist() == [0, 0, 0, 1, 1]


def test_the_decision_is_the_likeliest_class():
    logits = np.random.default_rng(1).normal(size=(50, 3))
    assert decisions(logits).tolist() == probabilities(logits).argmax(1).tolist()
    assert set(decisions(logits)) == {0, 1, 2}


@pytest.mark.parametrize("shape", [(), (3, 1), (2, 3, 4)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match="expected \\(N,\\) for two classes"):
        decisions(np.zeros(shape))
