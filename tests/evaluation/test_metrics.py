"""Metrics agree with scikit-learn and with their definitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, ttest_1samp
from sklearn import metrics as reference

from unrolled.evaluation.metrics import (
    accuracy,
    bootstrap_interval,
    confusion_matrix,
    crossed_interval,
    f1,
    mcnemar,
    mean_interval,
    precision,
    recall,
    verdict,
    wilson_interval,
)

pairs = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=1, max_size=40)


@given(pairs)
def test_class_metrics_match_scikit_learn(pairs):
    predicted, true = map(np.array, zip(*pairs, strict=True))
    assert accuracy(predicted, true) == pytest.approx(reference.accuracy_score(true, predicted))
    np.testing.assert_array_equal(
        confusion_matrix(predicted, true),
        reference.confusion_matrix(true, predicted, labels=[0, 1]),
    )
    for ours, theirs in (
        (precision, reference.precision_score),
        (recall, reference.recall_score),
        (f1, reference.f1_score),
    ):
        assert ours(predicted, true) == pytest.approx(theirs(true, predicted, zero_division=0))


def test_confusion_matrix_has_the_truth_in_its_rows():
    assert confusion_matrix([2, 2, 0], [1, 1, 0], n_classes=3).tolist() == [
        [1, 0, 0],
        [0, 0, 2],
        [0, 0, 0],
    ]


@given(st.integers(1, 60), st.data())
def test_wilson_interval_matches_scipy(n, data):
    successes = data.draw(st.integers(0, n))
    theirs = binomtest(successes, n).proportion_ci(0.9, method="wilson")
    assert wilson_interval(successes, n, 0.9) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


@given(pairs)
def test_mcnemar_is_the_exact_test_of_a_fair_coin(pairs):
    right_a, right_b = map(np.array, zip(*pairs, strict=True))
    only_a, only_b, p_value = mcnemar(right_a, right_b)
    assert (only_a, only_b) == (sum(right_a > right_b), sum(right_a < right_b))
    if only_a + only_b:
        assert p_value == pytest.approx(binomtest(only_a, only_a + only_b).pvalue)
    else:
        assert p_value == 1


def test_bootstrap_interval_covers_the_true_mean_about_as_often_as_it_says():
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(200):
        low, high = bootstrap_interval(rng.normal(3, 1, 40), rng=rng, level=0.9, repeats=300)
        hits += low <= 3 <= high
    assert 0.82 <= hits / 200 <= 0.96


def test_bootstrap_interval_takes_another_statistic():
    low, high = bootstrap_interval([5, 5, 5], rng=np.random.default_rng(0), statistic=np.median)
    assert (low, high) == (5, 5)


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_mean_interval_is_the_one_of_the_t_test(level):
    values = np.random.default_rng(0).normal(2, 3, 5)
    expected = ttest_1samp(values, 0).confidence_interval(level)
    assert mean_interval(values, level) == pytest.approx((values.mean(), *expected))


def test_a_verdict_needs_a_smaller_p_value_the_more_is_compared():
    values = np.random.default_rng(0).normal(2, 2, 6)
    p = ttest_1samp(values, 0).pvalue
    just_enough = int(0.05 / p)
    assert just_enough > 1
    assert verdict(values, just_enough) == verdict(-values, just_enough) == "detected"
    assert verdict(values, just_enough + 1) == "hint"
    assert verdict(values, 1, level=1 - p / 2) == "nothing"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: accuracy([1, 0], [1]), r"predictions has shape \(2,\) and targets \(1,\)"),
        (lambda: accuracy([], []), "empty; there is nothing to measure"),
        (lambda: confusion_matrix([0.7], [1]), "predictions holds a class outside 0..1"),
        (lambda: confusion_matrix([1], [2]), "targets holds a class outside 0..1"),
        (lambda: wilson_interval(3, 2), "3 successes in 2 trials"),
        (lambda: wilson_interval(1, 2, 95), "level is 95; expected a number between 0 and 1"),
        (lambda: mean_interval([1.0]), "give at least two finite numbers"),
        (lambda: mean_interval([1.0, np.nan]), "give at least two finite numbers"),
        (lambda: verdict([1.0, 2.0], 0), "got 0 comparisons"),
        (lambda: bootstrap_interval([], rng=np.random.default_rng(0)), "got no values"),
        (lambda: bootstrap_interval([1], rng=np.random.default_rng(0), repeats=0), "repeats is 0"),
    ],
)
def test_wrong_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_crossed_interval_is_students_where_only_one_thing_varies():
    row = np.random.default_rng(0).normal(size=6)
    expected = mean_interval(row, 0.9)
    assert crossed_interval(np.tile(row, (4, 1)), 0.9) == pytest.approx(expected)
    assert crossed_interval(np.tile(row, (4, 1)).T, 0.9) == pytest.approx(expected)
    assert crossed_interval(np.ones((3, 4))) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize(("of_seeds", "of_examples"), [(0.06, 0.6), (0.0, 0.3), (0.05, 0.0)])
def test_a_crossed_interval_keeps_its_promise_whatever_varies(of_seeds, of_examples):
    rng, held = np.random.default_rng(0), np.zeros(3)
    for _ in range(500):
        values = rng.normal(0, of_seeds, (5, 1)) + rng.normal(0, of_examples, (1, 300))
        values = values + rng.normal(0, 0.4, (5, 300))
        one_way = [mean_interval(values.mean(axis=axis)) for axis in (0, 1)]
        held += [low < 0 < high for _, low, high in [crossed_interval(values), *one_way]]
    both, *alone = held / 500
    assert 0.92 < both < 0.98
    assert min(alone) < 0.9, "an interval that knows of one kind of chance is too narrow"


@pytest.mark.parametrize(
    "values", [np.ones(3), np.ones((1, 4)), np.ones((4, 1)), [[1, 2], [3, np.nan]]]
)
def test_a_crossed_interval_refuses_what_has_no_two_ways(values):
    with pytest.raises(ValueError, match="one row a seed and one column an example"):
        crossed_interval(values)
