"""Each figure draws what it is given, on the axes it is given, and returns them."""

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("Agg")
import matplotlib.pyplot as plt

from unrolled.evaluation.calibration import reliability
from unrolled.plots.verdicts import plot_groups, plot_growth, plot_reliability, plot_runs


@pytest.fixture
def ax():
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


def test_runs_show_every_run_the_mean_and_the_lines(ax):
    runs = {"RNN": [0.8, 0.82, 0.84], "LSTM": [0.86, 0.87, 0.88]}
    assert plot_runs(runs, lines=[(0.9, "bag")], ax=ax) is ax
    assert [t.get_text() for t in ax.texts] == ["0.820", "0.870", "bag"]
    np.testing.assert_array_equal(ax.lines[0].get_xdata(), runs["RNN"])
    assert [t.get_text() for t in ax.get_yticklabels()] == ["RNN", "LSTM"]
    assert ax.lines[0].get_ydata()[0] > ax.lines[2].get_ydata()[0]


def test_reliability_leaves_out_thin_bins(ax):
    table = reliability(np.array([0.1] * 12 + [0.9] * 3), np.array([0] * 12 + [1] * 3), bins=10)
    plot_reliability(table, least=10, ax=ax)
    np.testing.assert_allclose(ax.lines[1].get_xdata(), [0.1])
    np.testing.assert_allclose(ax.lines[1].get_ydata(), [0.0])


def test_the_dots_of_reliability_hold_their_bins_by_area(ax):
    table = reliability(np.repeat([0.1, 0.5, 0.9], [20, 40, 60]), np.ones(120, int), bins=10)
    plot_reliability(table, ax=ax, color="black", alpha=0.8)
    (dots,) = ax.collections
    np.testing.assert_allclose(dots.get_sizes() / dots.get_sizes()[0], [1, 2, 3])
    np.testing.assert_allclose(dots.get_offsets()[:, 0], [0.1, 0.5, 0.9])
    assert dots.get_alpha() == 0.8


def test_groups_are_drawn_for_each_reader_from_top_to_bottom(ax):
    series = {
        "bag": (np.array([0.9, 0.8]), [(0.85, 0.95), (0.7, 0.9)]),
        "LSTM": (np.array([0.88, 0.82]), [(0.83, 0.93), (0.72, 0.92)]),
    }
    plot_groups(["all", "long"], series, ax=ax)
    bag, lstm = ax.lines
    np.testing.assert_array_equal(bag.get_xdata(), [0.9, 0.8])
    assert bag.get_ydata()[0] > lstm.get_ydata()[0] > bag.get_ydata()[1]
    assert [line.get_label() for line in ax.lines] == ["bag", "LSTM"]


def test_growth_draws_the_mean_and_the_range(ax):
    plot_growth([500, 2000], [[0.6, 0.8], [0.8, 0.9]], ax=ax, color="black")
    np.testing.assert_allclose(ax.lines[0].get_ydata(), [0.7, 0.85])
    band = ax.collections[0].get_paths()[0].vertices
    assert band[:, 1].min() == 0.6
    assert band[:, 1].max() == 0.9
    assert ax.get_xscale() == "log"
    assert [label.get_text() for label in ax.get_xticklabels()] == ["500", "2,000"]
