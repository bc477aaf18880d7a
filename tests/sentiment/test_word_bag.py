"""The bag of a network's own words: blind to order, chosen on validation, the same when rounded."""

import numpy as np
import pytest

from unrolled.data.batching import keep_ends
from unrolled.evaluation.baselines import NaiveBayesSVM, NGrams
from unrolled.evaluation.calibration import fit_temperature
from unrolled.sentiment.corpus import Part
from unrolled.sentiment.word_bag import SHARES, STRENGTHS, WordBag, fit_word_bag

V, GOOD, BAD = 40, 7, 9


def made(count, seed, length=12):
    """Return texts of random tokens; praise often holds GOOD, blame BAD."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    ids = []
    for label in labels:
        text = rng.integers(10, V - 3, rng.integers(1, length))
        told = GOOD if label == (rng.random() < 0.85) else BAD
        ids.append(rng.permutation(np.append(text, told)))
    return Part(ids, labels)


def test_a_bag_is_blind_to_order_and_to_how_often_a_word_stands_there():
    bag = WordBag(np.random.default_rng(0).normal(size=V), 0.3)
    text = np.array([5, 8, 5, 11, 30])
    (once,) = bag.logits([text])
    assert once == pytest.approx(bag.weights[[5, 8, 11, 30]].sum() + 0.3)
    assert bag.logits([text[::-1], np.array([30, 11, 8, 8, 5])]) == pytest.approx(once)
    assert bag.logits([np.array([], int)]) == pytest.approx(0.3)


def test_of_a_long_text_it_reads_what_the_network_reads():
    bag = WordBag(np.arange(V, dtype=float), 0.0)
    text = np.arange(1, 12)
    (found,) = bag.logits([text], max_tokens=4)
    assert found == sum(keep_ends(text.tolist(), 4))


def test_the_bag_is_the_nb_svm_that_is_right_most_often_on_validation():
    train, valid = made(300, 1), made(200, 2)
    bag = fit_word_bag(train, valid, V, 8)
    grams = NGrams(1, 1)
    learnt = grams.fit_transform([keep_ends(ids, 8) for ids in train.ids], V)
    held = grams.transform([keep_ends(ids, 8) for ids in valid.ids])
    found = []
    for strength in STRENGTHS:
        machine = NaiveBayesSVM(strength).fit(learnt, train.labels)
        for share in SHARES:
            machine.interpolate(share).choose_threshold(held, valid.labels)
            found.append((machine.score(held, valid.labels), machine.decision_function(held)))
    right, scores = max(found, key=lambda one: one[0])  # of equally good ones the first
    logits = bag.logits(valid.ids, 8)
    assert np.mean((logits > 0) == (valid.labels == 1)) == right > 0.7
    size = fit_temperature(scores, valid.labels)
    np.testing.assert_allclose(logits, scores / size, rtol=1e-9, atol=1e-12)
    assert fit_temperature(logits, valid.labels) == pytest.approx(1, abs=1e-4)
    assert bag.weights[GOOD] > 0 > bag.weights[BAD]
    assert (bag.weights[[0, 1, V - 1]] == 0).all(), "tokens that no training text holds"


def test_a_word_stands_where_it_does_in_the_networks_vocabulary():
    bag = fit_word_bag(made(300, 1), made(200, 2), V, None)
    far = fit_word_bag(shifted(made(300, 1)), shifted(made(200, 2)), V + 3, None)
    np.testing.assert_allclose(far.weights[3:], bag.weights, atol=1e-9)


def shifted(part):
    return Part([ids + 3 for ids in part.ids], part.labels)


def test_eight_bits_move_no_weight_by_more_than_half_a_step():
    bag = fit_word_bag(made(300, 1), made(200, 2), V, None)
    rounded = bag.rounded()
    step = np.abs(bag.weights).max() / 127
    assert 0 < np.abs(rounded.weights - bag.weights).max() <= step / 2 * (1 + 1e-6)
    assert rounded.bias == pytest.approx(bag.bias, rel=1e-3)
    steps = rounded.weights / np.float32(step)
    np.testing.assert_allclose(steps, np.rint(steps), atol=1e-4)


def test_texts_that_say_nothing_of_a_temperature_leave_the_scores_as_they_are():
    train = made(300, 1)
    sure = Part([np.array([GOOD]), np.array([BAD])], np.array([1, 0]))
    assert np.isfinite(fit_word_bag(train, sure, V, None).weights).all()
    one = Part([np.array([GOOD]), np.array([BAD])], np.array([1, 1]))
    assert np.isfinite(fit_word_bag(train, one, V, None).weights).all()
    with pytest.raises(ValueError, match="no validation text"):
        fit_word_bag(train, Part([], np.array([], int)), V, None)
