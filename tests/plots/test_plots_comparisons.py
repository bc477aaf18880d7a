"""Every run is drawn, an unfinished one as such, and what was not detected is hollow."""

import numpy as np
import pytest
from matplotlib.colors import to_rgba

from unrolled.plots.comparisons import (
    plot_by_distractors,
    plot_intervals,
    plot_steps_of_runs,
    plot_surgery,
)
from unrolled.plots.style import COLOURS

from .drawings import texts


def test_a_run_is_a_dot_and_an_unfinished_one_is_open_past_the_budget(ax):
    runs = {"a": [100, 300, None], "b": [np.nan, np.nan, 900]}
    plot_steps_of_runs(runs, 1000, ax=ax, colours={"a": "#112233"})
    first, second = ax.collections
    np.testing.assert_allclose(first.get_offsets()[:, 0], [100, 300, 1040])
    np.testing.assert_allclose(second.get_offsets()[:, 0], [1040, 1040, 900])
    assert [face[3] for face in first.get_facecolors()] == [1, 1, 0]
    assert tuple(first.get_edgecolors()[0]) == to_rgba("#112233")
    assert texts(ax) == ["2/3", "1/3"]


def test_the_median_is_drawn_only_where_most_runs_finished(ax):
    plot_steps_of_runs({"a": [100, 300, None], "b": [None, None, 900]}, 1000, ax=ax, counts=False)
    marks = [line.get_xdata()[0] for line in ax.lines]
    assert marks == [300, 1000]  # the median of a, and the budget
    assert texts(ax) == []


def test_a_run_past_the_budget_is_refused(ax):
    with pytest.raises(ValueError, match="'a' with 1200 steps; the budget is 1000"):
        plot_steps_of_runs({"a": [1200]}, 1000, ax=ax)


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


def test_accuracy_by_distractors_is_the_mean_with_its_interval(ax):
    values = {"RNN": np.array([[0.5, 0.6], [0.7, 0.6]]), "LSTM": np.array([[1.0, 1.0], [1.0, 1.0]])}
    plot_by_distractors([0, 32], values, ax=ax)
    rnn, lstm = (container[0] for container in ax.containers)
    np.testing.assert_allclose(rnn.get_ydata(), [0.6, 0.6])
    np.testing.assert_allclose(lstm.get_ydata(), [1, 1])
    low, high = ax.containers[0][2][0].get_segments()[0][:, 1]
    assert low == 0  # two seeds this far apart: the interval is cut off at possible shares
    assert high == 1
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0", "32"]


def test_surgery_draws_every_seed_and_the_floor(ax):
    errors = {"intact": [0.0, 0.01], "f = 1": [0.5, 1.5], "f never there": [0.1, 0.3]}
    plot_surgery(errors, floor=1e-3, ax=ax)
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    _chance, *means = (line for line in ax.lines if line.get_marker() != "o")
    np.testing.assert_allclose(dots[0].get_xdata(), [1e-3, 0.01])
    assert dots[1].get_markerfacecolor() == dots[1].get_markeredgecolor() == COLOURS["f"]
    assert dots[2].get_markerfacecolor() == "none"
    np.testing.assert_allclose([line.get_xdata()[0] for line in means], [0.0055, 1.0, 0.2])
    assert [label.get_text() for label in ax.get_yticklabels()] == list(errors)
