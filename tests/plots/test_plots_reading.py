"""Figures of reading draw what they are given, on the axes they are given."""

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.colors import to_hex

from unrolled.evaluation.metrics import mean_interval
from unrolled.plots.reading import (
    BLAME,
    PRAISE,
    plot_bars_down,
    plot_dots,
    plot_erasure,
    plot_gates_down,
    plot_running_prediction,
    plot_words_down,
)


@pytest.fixture
def ax():
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


def test_words_go_down_and_marked_rows_have_a_band(ax):
    assert plot_words_down(["not", "bad", "."], marked=[1], ax=ax) is ax
    assert [label.get_text() for label in ax.get_yticklabels()] == ["not", "bad", "."]
    assert ax.get_ylim() == (2.5, -0.5)
    assert len(ax.patches) == 1


def test_the_running_prediction_is_a_line_whose_dots_change_colour_at_one_half(ax):
    plot_running_prediction([0.2, 0.9], ax=ax)
    np.testing.assert_array_equal(ax.lines[0].get_xdata(), [0.2, 0.9])
    dots = ax.collections[0].get_facecolors()
    assert [to_hex(colour).upper() for colour in dots] == [BLAME, PRAISE]


def test_bars_are_as_long_as_the_values_and_coloured_by_sign_or_as_told(ax):
    plot_bars_down([1.0, -2.0], ax=ax)
    assert [bar.get_width() for bar in ax.patches] == [1, -2]
    assert [to_hex(bar.get_facecolor()).upper() for bar in ax.patches] == [PRAISE, BLAME]
    plot_bars_down([3.0], colour="#112233", ax=ax)
    assert to_hex(ax.patches[-1].get_facecolor()) == "#112233"


def test_gates_fill_their_columns_and_a_state_is_refused(ax):
    plot_gates_down({"f": np.array([0.5]), "i": np.array([1.0])}, ax=ax)
    assert [bar.get_width() for bar in ax.patches] == pytest.approx([0.85, 0.425, 0.85, 0.85])
    assert [label.get_text() for label in ax.get_xticklabels()] == ["f", "i"]
    with pytest.raises(ValueError, match=r"got c from -1 to 0\.5"):
        plot_gates_down({"c": np.array([-1, 0.5])}, ax=ax)


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


def test_erasure_draws_means_over_the_reviews(ax):
    moved = np.array([[0.0, 1.0, 2.0], [1.0, 2.0, 4.0]])
    plot_erasure([1, 2, 3], {"attention": moved, "random": 0 * moved}, ax=ax)
    np.testing.assert_allclose(ax.lines[0].get_ydata(), [0.5, 1.5, 3.0])
    assert list(ax.get_xticks()) == [1, 2, 3]
