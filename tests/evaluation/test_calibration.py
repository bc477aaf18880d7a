"""Calibration: what was promised, what came, and the temperature between them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unrolled.byhand.functional import sigmoid
from unrolled.evaluation.answers import probabilities
from unrolled.evaluation.calibration import (
    brier_score,
    confident_errors,
    error_if_calibrated,
    expected_calibration_error,
    fit_temperature,
    mean_loss,
    reliability,
    surest_first,
    top_class_error,
)


def test_the_table_and_the_error_are_those_of_a_small_example():
    p, y = np.array([0.05, 0.15, 0.9, 0.8, 1.0]), np.array([0, 1, 1, 0, 1])
    table = reliability(p, y, bins=4)
    assert table["count"].tolist() == [2, 0, 0, 3]
    np.testing.assert_allclose(table["promised"], [0.1, np.nan, np.nan, 0.9])
    np.testing.assert_allclose(table["came"], [0.5, np.nan, np.nan, 2 / 3])
    expected = 2 / 5 * 0.4 + 3 / 5 * (0.9 - 2 / 3)
    assert expected_calibration_error(p, y, 4) == pytest.approx(expected)


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 1)), min_size=1, max_size=30))
def test_the_error_is_never_below_the_gap_of_the_means(pairs):
    p, y = map(np.array, zip(*pairs, strict=True))
    whole = abs(p.mean() - y.mean())
    assert whole - 1e-9 <= expected_calibration_error(p, y, 10) <= 1
    assert expected_calibration_error(p, y, 1) == pytest.approx(whole, abs=1e-9)


def test_chance_alone_gives_an_error_that_falls_with_the_examples():
    rng = np.random.default_rng(0)
    few, many = (error_if_calibrated(rng.random(n), rng=rng, repeats=40).mean() for n in (50, 5000))
    assert 0 < many < few / 5


def test_the_temperature_that_was_applied_is_found_again():
    rng = np.random.default_rng(0)
    true = rng.normal(scale=2, size=20_000)
    y = (rng.random(20_000) < sigmoid(true)).astype(int)
    for temperature in (0.4, 1.0, 2.5):
        found = fit_temperature(true * temperature, y)
        assert found == pytest.approx(temperature, rel=0.05)
    before, after = mean_loss(true * 2.5, y), mean_loss(true * 2.5 / found, y)
    assert after < before


def test_no_other_temperature_does_better():
    rng = np.random.default_rng(1)
    z, y = rng.normal(size=60), rng.integers(0, 2, 60)
    z = z + y
    best = mean_loss(z / fit_temperature(z, y), y)
    assert all(best <= mean_loss(z / t, y) + 1e-9 for t in np.geomspace(0.05, 20, 60))


def test_what_has_no_temperature_is_refused():
    with pytest.raises(ValueError, match="All answers are right"):
        fit_temperature([1.0, -1.0], [1, 0])
    with pytest.raises(ValueError, match="both classes"):
        fit_temperature([1.0, -1.0], [1, 1])


def test_loss_and_brier_score_are_those_of_the_definitions():
    z, y = np.array([0.3, -2.0, 900.0]), np.array([1, 1, 1])
    p = sigmoid(z)
    assert mean_loss(z, y) == pytest.approx(-np.log(p).mean())
    assert math.isfinite(mean_loss(-z, y))
    assert brier_score(p, y) == pytest.approx(np.mean((p - 1) ** 2))
    assert brier_score([0.5, 0.5], [0, 1]) == 0.25


def test_the_surest_come_first():
    z, y = np.array([0.1, -5.0, 2.0, -1.0]), np.array([0, 0, 1, 1])
    coverage, accuracy = surest_first(z, y)
    assert coverage.tolist() == [0.25, 0.5, 0.75, 1.0]
    np.testing.assert_allclose(accuracy, [1, 1, 2 / 3, 1 / 2])
    assert confident_errors(z, y, least=0.7) == (3, 1)


@pytest.mark.parametrize(
    ("p", "y", "bins", "message"),
    [
        ([1.2], [1], 10, "below 0 or above 1"),
        ([0.2, 0.3], [1], 10, "same length"),
        ([0.2], [1], 0, "at least one"),
    ],
)
def test_bad_input_is_named(p, y, bins, message):
    with pytest.raises(ValueError, match=message):
        reliability(p, y, bins)


@pytest.fixture
def three():
    """Return logits (N, 3) of a model that is too sure, and targets."""
    rng = np.random.default_rng(7)
    z = rng.normal(scale=1.5, size=(4000, 3))
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    y = (rng.random((4000, 1)) > p.cumsum(axis=1)).sum(axis=1)
    return 2.0 * z, np.minimum(y, 2)


def test_the_loss_of_many_classes_is_torchs(three):
    torch = pytest.importorskip("torch")
    z, y = three
    z = z * 300  # far beyond what exp can hold
    wanted = torch.nn.functional.cross_entropy(torch.as_tensor(z), torch.as_tensor(y)).item()
    assert mean_loss(z, y) == pytest.approx(wanted, rel=1e-12)


def test_two_logits_lose_what_their_difference_loses():
    rng = np.random.default_rng(8)
    z, y = rng.normal(scale=3, size=(50, 2)), rng.integers(0, 2, 50)
    difference = z[:, 1] - z[:, 0]
    assert mean_loss(z, y) == pytest.approx(mean_loss(difference, y), rel=1e-12)
    assert fit_temperature(z, y) == pytest.approx(fit_temperature(difference, y), rel=1e-5)
    p = 1 / (1 + np.exp(-difference))
    both = np.stack([1 - p, p], axis=1)
    assert brier_score(both, y) == pytest.approx(2 * brier_score(p, y), rel=1e-12)


def test_the_temperature_of_many_classes_is_found_and_calibrates(three):
    z, y = three
    found = fit_temperature(z, y)
    assert found == pytest.approx(2.0, rel=0.06)
    best = mean_loss(z / found, y)
    assert all(mean_loss(z / (found * factor), y) > best for factor in (0.5, 0.9, 1.1, 2))
    errors = [top_class_error(probabilities(z / t), y) for t in (1, found)]
    assert errors[0] > 0.08 > 3 * errors[1]


def test_the_error_of_the_top_class_is_that_of_a_small_example():
    p = np.array([[0.7, 0.2, 0.1], [0.1, 0.75, 0.15], [0.2, 0.2, 0.6], [1.0, 0.0, 0.0]])
    y = np.array([0, 2, 2, 0])
    bins = [(1, 0.6, 1.0), (2, 0.725, 0.5), (1, 1.0, 1.0)]  # texts, promised, came
    wanted = sum(count / 4 * abs(came - promised) for count, promised, came in bins)
    assert top_class_error(p, y, 10) == pytest.approx(wanted)


def test_the_brier_score_of_many_classes_is_scikit_learns(three):
    from sklearn.metrics import brier_score_loss

    z, y = three
    p = probabilities(z)
    wanted = brier_score_loss(y, p, labels=[0, 1, 2], scale_by_half=False)
    assert brier_score(p, y) == pytest.approx(wanted, rel=1e-10)
    assert brier_score(np.full((3, 4), 0.25), [0, 1, 3]) == pytest.approx(1 - 1 / 4)


def test_bad_tables_are_refused(three):
    z, y = three
    for bad in (y[:-1], y + 1, y.astype(float) + 0.5):
        with pytest.raises(ValueError, match="class"):
            mean_loss(z, bad)
    with pytest.raises(ValueError, match="nan at 5"):
        mean_loss(np.where(np.arange(len(z))[:, None] == 5, np.nan, z), y)
    for measure in (top_class_error, brier_score):
        with pytest.raises(ValueError, match="sum 1"):
            measure(z, y)
    with pytest.raises(ValueError, match="All answers are right"):
        fit_temperature(np.eye(3)[y], y)
    with pytest.raises(ValueError, match="two at least"):
        fit_temperature(z, np.zeros(len(z), int))
