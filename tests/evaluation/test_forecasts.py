"""Errors of forecasts, quantiles and the simple forecasts, each against another way to say it."""

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, mean_pinball_loss

from unrolled.evaluation import forecasts

LEVELS = np.array([0.1, 0.5, 0.8, 0.9])


@pytest.fixture
def said():
    rng = np.random.default_rng(3)
    truth = rng.normal(size=(5, 6))
    return np.sort(rng.normal(size=(5, 6, 4)), axis=2), truth


def test_the_absolute_error_is_scikit_learns(said):
    quantiles, truth = said
    found = forecasts.absolute_error(quantiles[..., 1], truth)
    expected = [mean_absolute_error(t, f) for t, f in zip(truth, quantiles[..., 1], strict=True)]
    assert np.allclose(found, expected)


def test_the_pinball_loss_is_scikit_learns(said):
    quantiles, truth = said
    expected = [
        np.mean([mean_pinball_loss(t, q[:, k], alpha=a) for k, a in enumerate(LEVELS)])
        for t, q in zip(truth, quantiles, strict=True)
    ]
    assert np.allclose(forecasts.pinball(quantiles, truth, LEVELS), expected)


def test_at_one_half_the_pinball_loss_is_half_the_absolute_error(said):
    quantiles, truth = said
    half = forecasts.pinball(quantiles[..., 1:2], truth, [0.5])
    assert np.allclose(2 * half, forecasts.absolute_error(quantiles[..., 1], truth))


def test_the_quantile_makes_the_pinball_loss_smallest():
    truth = np.random.default_rng(4).exponential(size=(1, 999))
    tried = np.quantile(truth, np.arange(1, 100) / 100)
    for level in (0.1, 0.35, 0.9):
        loss = [forecasts.pinball(np.full((1, 999, 1), q), truth, [level])[0] for q in tried]
        assert np.argmin(loss) == round(100 * level) - 1


def test_shares_below_and_coverage_count(said):
    quantiles, truth = said
    below = forecasts.shares_below(quantiles, truth, LEVELS)
    by_hand = [[np.mean(truth[d] <= quantiles[d, :, k]) for k in range(4)] for d in range(5)]
    assert np.allclose(below, by_hand)
    inside = forecasts.coverage(quantiles, truth, LEVELS, low=0.1, high=0.9)
    assert np.allclose(inside, below[:, 3] - below[:, 0])  # no truth equals a quantile
    with pytest.raises(ValueError, match="none of the levels"):
        forecasts.coverage(quantiles, truth, LEVELS, low=0.2, high=0.9)


def test_simple_forecasts_repeat_what_they_say():
    past = np.arange(2 * 24 * 15.0).reshape(2, 360)
    assert (forecasts.last_value(past, 3) == [[359] * 3, [719] * 3]).all()
    assert np.array_equal(forecasts.same_hours(past, [1])[0], np.arange(336, 360))
    assert np.array_equal(forecasts.same_hours(past, [7])[1], 360 + np.arange(192, 216))
    both = forecasts.same_hours(past, [7, 14])
    assert np.array_equal(both[0], np.arange(24, 48) + 84)
    for days in ([0], [16], []):
        with pytest.raises(ValueError, match="days 1 to 15"):
            forecasts.same_hours(past, days)


def test_with_residuals_covers_the_errors_it_was_made_of():
    rng = np.random.default_rng(5)
    errors, center = rng.normal(size=(2001, 3)) * [1, 2, 3], rng.normal(size=(2001, 3))
    quantiles = forecasts.with_residuals(center, errors, LEVELS)
    assert quantiles.shape == (2001, 3, 4)
    below = forecasts.shares_below(quantiles, center + errors, LEVELS).mean(0)
    assert np.abs(below - LEVELS).max() < 1e-3


def test_blocks_are_means_of_neighbours():
    values = np.arange(24.0).reshape(2, 12)
    assert forecasts.blocks(values, 5).tolist() == [[2, 7], [14, 19]]
    with pytest.raises(ValueError, match="make no block of 13"):
        forecasts.blocks(values, 13)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda q, t: (q[:, :5], t, LEVELS), "expected"),
        (lambda q, t: (q, t, [0.1, 0.5, 0.8, 1.0]), "between 0 and 1"),
        (lambda q, t: (q * np.nan, t, LEVELS), "NaN or infinite"),
    ],
)
def test_what_does_not_fit_is_refused(said, change, sentence):
    with pytest.raises(ValueError, match=sentence):
        forecasts.pinball(*change(*said))


def test_a_forecast_of_another_shape_is_refused(said):
    with pytest.raises(ValueError, match="same shape"):
        forecasts.absolute_error(said[0][..., 0][:, :1], said[1])
