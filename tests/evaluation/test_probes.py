"""Labels follow their rules, a control task is a control, and a probe finds what is there."""

import numpy as np
import pytest

from unrolled.data.tokenizer import tokenize
from unrolled.evaluation.metrics import bootstrap_interval
from unrolled.evaluation.probes import (
    BestUnit,
    balanced_steps,
    by_group,
    control_labels,
    even_weights,
    fit_probe,
    inside_brackets,
    inside_negation,
    word_verdicts,
)


def labelled(text, rule):
    tokens = tokenize(text)
    return [token for token, label in zip(tokens, rule(tokens), strict=True) if label]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It was not very good, was it?", "very good"),
        ("I didn't like it. I left.", "like it"),
        ("not bad not good", "bad not good"),
        ("A good film.", ""),
    ],
)
def test_a_negation_reaches_to_the_next_mark(text, expected):
    assert labelled(text, inside_negation) == expected.split()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The cast (all of it) is (well) good", "all of it well"),
        ("A smile :) and (an open end", ""),
        ("() nothing", ""),
    ],
)
def test_brackets_hold_what_is_between_them(text, expected):
    assert labelled(text, inside_brackets) == expected.split()


def test_verdicts_are_log_ratios_of_smoothed_shares():
    verdicts = word_verdicts([np.array([2, 2, 3]), np.array([3, 4])], np.array([1, 0]), 5)
    shares = {"positive": np.array([1, 1, 2, 2, 1]) / 7, "negative": np.array([1, 1, 1, 2, 2]) / 7}
    np.testing.assert_allclose(verdicts, np.log(shares["positive"] / shares["negative"]))
    assert verdicts[2] > 0 == verdicts[3] > verdicts[4]


@pytest.mark.parametrize("share", [0.02, 0.5, 0.93])
def test_under_even_weights_a_constant_guess_is_right_on_one_half(share):
    labels = np.random.default_rng(0).random(1000) < share
    weights = even_weights(labels)
    assert weights.mean() == pytest.approx(1)
    for guess in (True, False):
        assert np.mean(weights * (labels == guess)) == pytest.approx(0.5)
    with pytest.raises(ValueError, match="all the same"):
        even_weights(labels | True)


def test_a_probe_of_a_rare_label_does_not_always_say_no():
    rng = np.random.default_rng(0)
    states, labels = rng.normal(size=(2000, 3)), rng.random(2000) < 0.05
    said = fit_probe(states, labels).predict(states)
    assert 0.3 < said.mean() < 0.7, "there is nothing to find, so it guesses evenly"


def test_a_control_label_belongs_to_the_word_and_to_chance():
    ids = np.array([4, 7, 4, 2, 7])
    labels = control_labels(ids, 9, np.random.default_rng(0))
    assert labels[0] == labels[2]
    assert labels[1] == labels[4]
    many = control_labels(np.arange(2000), 2000, np.random.default_rng(0))
    assert 0.45 < many.mean() < 0.55


def test_balanced_steps_are_distinct_and_half_of_each():
    labels = np.arange(50) % 5 == 0
    rows = balanced_steps(labels, 16, np.random.default_rng(0))
    assert len(set(rows)) == 16
    assert labels[rows].sum() == 8
    with pytest.raises(ValueError, match="even number up to 20"):
        balanced_steps(labels, 22, np.random.default_rng(0))


def drawn(count=4000, size=6, seed=0):
    """Return states whose units 2 and 4 hold the label between them, under noise elsewhere."""
    rng = np.random.default_rng(seed)
    labels = rng.random(count) < 0.5
    states = rng.normal(size=(count, size)) * 3
    states[:, 2] = labels + rng.normal(size=count) * 0.3
    return states, labels


def test_a_probe_finds_what_is_there_and_nothing_where_nothing_is():
    (states, labels), (unseen, truth) = drawn(), drawn(seed=1)
    assert np.mean(fit_probe(states, labels).predict(unseen) == truth) > 0.9
    noise, new_noise = np.random.default_rng(2).random((2, len(labels))) < 0.5
    assert 0.45 < np.mean(fit_probe(states, noise).predict(unseen) == new_noise) < 0.55


@pytest.mark.parametrize("sign", [1, -1])
def test_the_best_unit_is_found_whatever_its_sign(sign):
    (states, labels), (unseen, truth) = drawn(), drawn(seed=1)
    best = BestUnit(sign * states, labels)
    assert (best.unit, best.sign) == (2, sign)
    assert np.mean(best.predict(sign * unseen) == truth) > 0.9


def test_groups_keep_sums_and_counts_and_a_bootstrap_of_them_is_wider():
    values, groups = np.array([1, 0, 1, 1.0]), np.array([7, 3, 7, 3])
    np.testing.assert_array_equal(by_group(values, groups), [[1, 2], [2, 2]])
    groups = np.repeat(np.arange(40), 50)
    values = np.repeat(np.random.default_rng(0).random(40) < 0.5, 50).astype(float)
    share = lambda rows: rows[:, 0].sum() / rows[:, 1].sum()  # noqa: E731
    rng = np.random.default_rng(1)
    whole = np.diff(bootstrap_interval(by_group(values, groups), rng=rng, statistic=share))
    alone = np.diff(bootstrap_interval(values, rng=rng))
    assert whole > 4 * alone
