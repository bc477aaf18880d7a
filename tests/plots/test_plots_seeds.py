"""Several seeds in one picture: interval, band and points agree with their numbers."""

import numpy as np
import pytest

from unrolled.evaluation.metrics import mean_interval
from unrolled.plots.seeds import draw_band, draw_interval, mean_over_seeds, spread_out

VALUES = np.random.default_rng(0).random((5, 3))


def test_columns_have_the_intervals_that_each_has_alone():
    alone = [mean_over_seeds(column) for column in VALUES.T]
    np.testing.assert_array_equal(mean_over_seeds(VALUES), np.transpose(alone))
    assert alone[0] == mean_interval(VALUES[:, 0])


def test_one_seed_has_no_interval():
    with pytest.raises(ValueError, match="at least two finite numbers"):
        mean_over_seeds(VALUES[:1])


def test_bars_and_bands_reach_from_the_low_to_the_high_end(ax):
    mean, low, high = mean_over_seeds(VALUES)
    np.testing.assert_array_equal(draw_interval(ax, [0, 1, 2], VALUES), mean)
    bars = ax.collections[0].get_segments()
    np.testing.assert_allclose(bars, np.dstack([[low, high], [range(3)] * 2]).swapaxes(0, 1))
    draw_band(ax, [0, 1, 2], VALUES, "green", label="mean")
    edge = ax.collections[1].get_paths()[0].vertices[:, 1]
    assert {*low, *high} <= {*edge}
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), mean)


def test_equal_seeds_are_spread_evenly_about_their_row():
    np.testing.assert_allclose(spread_out(2, 3, 0.2), [1.8, 2, 2.2])
    np.testing.assert_array_equal(spread_out(2, 1, 0.2), [2])
    assert len(spread_out(2, 0, 0.2)) == 0
