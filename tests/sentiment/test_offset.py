"""The bag's offset: what it says of a training text it has not learnt from that text."""

import numpy as np
import pytest

from unrolled.evaluation.baselines import NaiveBayesSVM, NGrams
from unrolled.sentiment.offset import BagKnobs, BagOffset

KNOBS = BagKnobs(longest=2, least=2, C=0.1, alpha=1.0, beta=0.5)


def texts_of(count, seed, length=12):
    """Return texts of random words, in which "good" and "bad" tell the label in four of five."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    said = np.where(rng.random(count) < 0.8, labels, 1 - labels)
    words = np.array([f"w{k}" for k in range(40)])
    fill = [" ".join(rng.choice(words, length)) for _ in range(count)]
    texts = [f"{text} {('bad', 'good')[k]}" for text, k in zip(fill, said, strict=True)]
    return texts, labels, said


@pytest.fixture(scope="module")
def learnt():
    texts, labels, _ = texts_of(300, 0)
    return BagOffset(texts, labels, np.arange(300) // 60, KNOBS), texts, labels


def test_a_training_text_is_judged_by_a_machine_that_has_not_learnt_it(learnt):
    """The runs kept are those of all texts; a machine is fitted without one piece by hand."""
    offset, texts, labels = learnt
    ids = offset.bag.encoder.encode_many(texts)
    table = NGrams(2, 2).fit_transform(ids, len(offset.bag.encoder))
    away = np.arange(300) // 60 == 3
    machine = NaiveBayesSVM(KNOBS.C, KNOBS.alpha, KNOBS.beta).fit(table[~away], labels[~away])
    scores = machine.decision_function(table[away])
    held = np.diff(table.indptr)[away]
    a, b = offset.calibration.coef_[0]
    expected = a * scores + b * scores / np.sqrt(held / 100) + offset.calibration.intercept_
    np.testing.assert_allclose(offset.train[away], expected, rtol=1e-9)


def test_on_texts_that_it_learnt_a_bag_is_too_sure_and_the_offset_is_not(learnt):
    offset, texts, labels = learnt
    signs = 2 * labels - 1
    assert np.mean(signs * offset.log_odds(texts)) > 1.5 * np.mean(signs * offset.train)


def test_of_new_texts_that_it_calls_likely_so_many_are_positive():
    texts, labels, _ = texts_of(3000, 1)
    knobs = BagKnobs(longest=1, C=0.01)
    offset = BagOffset(texts, labels, np.arange(3000) % 7, knobs)
    texts, labels, _ = texts_of(4000, 2)
    sure = 1 / (1 + np.exp(-offset.log_odds(texts)))
    for here in np.array_split(np.argsort(sure), 4):
        assert abs(sure[here].mean() - labels[here].mean()) < 0.05
    assert np.ptp(sure) > 0.5


def test_a_text_without_a_known_run_has_the_odds_of_the_intercepts(learnt):
    offset = learnt[0]
    alone, other = offset.log_odds(["neverheard", "another unheard"])
    bias = offset.machine.bias
    a, b = offset.calibration.coef_[0]
    expected = (a + 10 * b) * bias + offset.calibration.intercept_[0]
    np.testing.assert_allclose([alone, other], expected, rtol=1e-9)


@pytest.mark.parametrize(
    ("pieces", "message"), [([0, 1], "3 texts, 3 labels and 2"), ([5] * 3, "one")]
)
def test_a_wrong_call_is_told(pieces, message):
    with pytest.raises(ValueError, match=message):
        BagOffset(["a b", "b c", "a c"], [0, 1, 1], pieces)
