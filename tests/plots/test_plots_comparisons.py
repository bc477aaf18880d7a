"""The figures of comparisons draw what they are given."""

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgba

from unrolled.plots.comparisons import plot_by_layer, plot_intervals, plot_runs


@pytest.fixture
def ax():
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_a_run_is_a_dot_and_an_unfinished_one_is_open_past_the_budget(ax):
    runs = {"a": [100, 300, None], "b": [np.nan, np.nan, 900]}
    assert plot_runs(runs, 1000, ax=ax, colours={"a": "#112233"}) is ax
    first, second = ax.collections
    np.testing.assert_allclose(first.get_offsets()[:, 0], [100, 300, 1040])
    np.testing.assert_allclose(second.get_offsets()[:, 0], [1040, 1040, 900])
    assert [face[3] for face in first.get_facecolors()] == [1, 1, 0]
    assert tuple(first.get_edgecolors()[0]) == to_rgba("#112233")
    assert texts(ax) == ["2/3", "1/3"]


def test_the_median_is_drawn_only_where_most_runs_finished(ax):
    plot_runs({"a": [100, 300, None], "b": [None, None, 900]}, 1000, ax=ax, counts=False)
    marks = [line.get_xdata()[0] for line in ax.lines]
    assert marks == [300, 1000]  # the median of a, and the budget
    assert texts(ax) == []


def test_a_run_past_the_budget_is_refused(ax):
    with pytest.raises(ValueError, match="'a' with 1200 steps; the budget is 1000"):
        plot_runs({"a": [1200]}, 1000, ax=ax)


def test_an_interval_that_holds_zero_is_hollow(ax):
    plot_intervals({"a": (3, 1, 5), "b": (1, -1, 3), "c": (-2, -3, -1)}, ax=ax)
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    assert [line.get_xdata()[0] for line in dots] == [3, 1, -2]
    hollow = [line.get_markerfacecolor() == ax.get_facecolor() for line in dots]
    assert hollow == [False, True, False]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b", "c"]


def test_a_corrected_interval_decides_what_is_hollow(ax):
    first = {"a": (3, 1, 5), "b": (9, 8, 10)}
    plot_intervals(first, corrected={"a": (3, -2, 8), "b": (9, 6, 12)}, ax=ax)
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    hollow = [line.get_markerfacecolor() == ax.get_facecolor() for line in dots]
    assert hollow == [True, False]
    drawn = {tuple(line.get_xdata()) for line in ax.lines}
    assert {(-2, 8), (1, 5), (6, 12), (8, 10)} <= drawn


def test_layers_are_drawn_with_their_geometric_mean(ax):
    plot_by_layer([[1.0, 0.1], [1.0, 0.001]], ax=ax, label="plain")
    thick, *thin = ax.lines
    np.testing.assert_allclose(thick.get_ydata(), [1, 0.01])
    assert len(thin) == 2
    assert ax.get_yscale() == "log"
    assert list(thick.get_xdata()) == [1, 2]
