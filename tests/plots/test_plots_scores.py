"""Scores stand beside their names, with every run or its interval."""

import numpy as np

from unrolled.evaluation.calibration import reliability
from unrolled.evaluation.metrics import mean_interval
from unrolled.plots.scores import (
    plot_confusion,
    plot_dots,
    plot_groups,
    plot_growth,
    plot_reliability,
    plot_scores,
    plot_scores_of_runs,
)

from .drawings import texts


def test_scores_stand_beside_their_names(ax):
    plot_scores(["one", "two"], [0.5, 0.8], [(0.4, 0.6), (0.7, 0.9)], chance=0.5, ax=ax)
    heights = dict(
        zip([label.get_text() for label in ax.get_yticklabels()], ax.get_yticks(), strict=True)
    )
    assert heights["one"] > heights["two"]
    assert texts(ax) == ["0.500", "0.800"]


def test_confusion_writes_counts_in_the_right_cells(ax):
    plot_confusion([[90, 10], [30, 1_070]], ax=ax)
    written = {text.get_position(): text.get_text() for text in ax.texts}
    assert written[(1, 0)].startswith("10\n10%")
    assert written[(0, 1)].startswith("30\n3%")
    assert ax.get_xlabel() == "predicted"


def test_runs_show_every_run_the_mean_and_the_lines(ax):
    runs = {"RNN": [0.8, 0.82, 0.84], "LSTM": [0.86, 0.87, 0.88]}
    plot_scores_of_runs(runs, lines=[(0.9, "bag")], ax=ax)
    assert [t.get_text() for t in ax.texts] == ["0.820", "0.870", "bag"]
    np.testing.assert_array_equal(ax.lines[0].get_xdata(), runs["RNN"])
    assert [t.get_text() for t in ax.get_yticklabels()] == ["RNN", "LSTM"]
    assert ax.lines[0].get_ydata()[0] > ax.lines[2].get_ydata()[0]


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


def test_dots_stand_at_the_means_with_intervals_over_the_runs(ax):
    values = np.array([[0.5, 0.6], [0.7, 0.9]])
    plot_dots(["a", "b"], {"LSTM": values, "bag": [[0.4, 0.8]]}, chance=0.5, ax=ax)
    np.testing.assert_allclose(ax.lines[0].get_xdata(), [0.6, 0.75])
    np.testing.assert_allclose(ax.lines[1].get_xdata(), [0.4, 0.8])
    (intervals,) = ax.collections
    _, low, high = mean_interval(values[:, 1])
    np.testing.assert_allclose(intervals.get_segments()[1][:, 0], [low, high])
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["LSTM", "bag"]


def test_dots_may_show_every_run_in_place_of_an_interval(ax):
    values = {"LSTM": np.array([[0.5, 0.6], [0.5, 1.0]]), "bag": [[0.4, 0.8]]}
    plot_dots(["a", "b"], values, runs=True, ax=ax)
    *hollow, mean, bag = ax.lines  # the bag's only run is its mean
    assert [list(line.get_xdata()) for line in hollow] == [[0.5, 0.6], [0.5, 1.0]]
    assert {line.get_markerfacecolor() for line in hollow} == {"none"}
    np.testing.assert_allclose(mean.get_xdata(), [0.5, 0.8])
    np.testing.assert_allclose(bag.get_xdata(), [0.4, 0.8])
    first, second = (line.get_ydata() for line in hollow)
    np.testing.assert_allclose(second - first, 0.03, err_msg="equal runs do not hide each other")
    np.testing.assert_allclose((first + second) / 2, mean.get_ydata())
    assert not ax.collections


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
