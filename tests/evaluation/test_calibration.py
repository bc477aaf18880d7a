"""Calibration: what was promised, what came, and the temperature between them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unrolled.byhand.functional import sigmoid
from unrolled.evaluation.calibration import (
    brier_score,
    confident_errors,
    error_if_calibrated,
    expected_calibration_error,
    fit_temperature,
    mean_loss,
    reliability,
    surest_first,
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
