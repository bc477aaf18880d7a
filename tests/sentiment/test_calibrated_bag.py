"""Log-odds of a bag: as sure as it is of texts that it has not learnt, and no surer."""

import numpy as np
import pytest

from unrolled.evaluation.baselines import NaiveBayesSVM, NGrams
from unrolled.sentiment.calibrated_bag import BagKnobs, CalibratedBag

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
    return CalibratedBag(texts, labels, np.arange(300) // 60, KNOBS), texts, labels


def test_it_is_calibrated_on_texts_that_its_machines_have_not_learnt(learnt):
    """The runs kept are those of all texts; the machines are fitted here by hand."""
    bag, texts, labels = learnt
    table = NGrams(2, 2).fit_transform(bag.bag.encoder.encode_many(texts), len(bag.bag.encoder))
    scores = np.zeros(300)
    for piece in range(5):
        away = np.arange(300) // 60 == piece
        machine = NaiveBayesSVM(KNOBS.C, KNOBS.alpha, KNOBS.beta).fit(table[~away], labels[~away])
        scores[away] = machine.decision_function(table[away])
    features = np.stack([scores, scores / np.sqrt(np.diff(table.indptr) / 100)], axis=1)
    sure = bag.calibration.predict_proba(features)[:, 1]
    slope = features.T @ (labels - sure)  # of the likelihood, with respect to the weights
    np.testing.assert_allclose(slope, 0, atol=1e-2)
    assert abs(np.sum(labels - sure)) < 1e-2


def test_of_new_texts_that_it_calls_likely_so_many_are_positive():
    texts, labels, _ = texts_of(3000, 1)
    knobs = BagKnobs(longest=1, C=0.01)
    bag = CalibratedBag(texts, labels, np.arange(3000) % 7, knobs)
    texts, labels, _ = texts_of(4000, 2)
    sure = 1 / (1 + np.exp(-bag.log_odds(texts)))
    for here in np.array_split(np.argsort(sure), 4):
        assert abs(sure[here].mean() - labels[here].mean()) < 0.05
    assert np.ptp(sure) > 0.5


def test_a_text_without_a_known_run_has_the_odds_of_the_intercepts(learnt):
    bag = learnt[0]
    alone, other = bag.log_odds(["neverheard", "another unheard"])
    bias = bag.machine.bias
    a, b = bag.calibration.coef_[0]
    expected = (a + 10 * b) * bias + bag.calibration.intercept_[0]
    np.testing.assert_allclose([alone, other], expected, rtol=1e-9)


@pytest.mark.parametrize(
    ("pieces", "message"), [([0, 1], "3 texts, 3 labels and 2"), ([5] * 3, "one")]
)
def test_a_wrong_call_is_told(pieces, message):
    with pytest.raises(ValueError, match=message):
        CalibratedBag(["a b", "b c", "a c"], [0, 1, 1], pieces)
