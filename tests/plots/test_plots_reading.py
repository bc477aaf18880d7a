"""Words go down, and what belongs to a word stands in its row."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from unrolled.plots.reading import (
    plot_bars_down,
    plot_erasure,
    plot_gates_down,
    plot_running_prediction,
    plot_words_down,
)
from unrolled.plots.style import AGAINST, FOR


def test_words_go_down_and_marked_rows_have_a_band(ax):
    plot_words_down(["not", "bad", "."], marked=[1], ax=ax)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["not", "bad", "."]
    assert ax.get_ylim() == (2.5, -0.5)
    assert len(ax.patches) == 1


def test_the_running_prediction_is_a_line_whose_dots_change_colour_at_one_half(ax):
    plot_running_prediction([0.2, 0.9], ax=ax)
    np.testing.assert_array_equal(ax.lines[0].get_xdata(), [0.2, 0.9])
    dots = ax.collections[0].get_facecolors()
    assert [to_hex(colour).upper() for colour in dots] == [AGAINST, FOR]


def test_bars_are_as_long_as_the_values_and_coloured_by_sign_or_as_told(ax):
    plot_bars_down([1.0, -2.0], ax=ax)
    assert [bar.get_width() for bar in ax.patches] == [1, -2]
    assert [to_hex(bar.get_facecolor()).upper() for bar in ax.patches] == [FOR, AGAINST]
    plot_bars_down([3.0], colour="#112233", ax=ax)
    assert to_hex(ax.patches[-1].get_facecolor()) == "#112233"


def test_gates_fill_their_columns_and_a_state_is_refused(ax):
    plot_gates_down({"f": np.array([0.5]), "i": np.array([1.0])}, ax=ax)
    assert [bar.get_width() for bar in ax.patches] == pytest.approx([0.85, 0.425, 0.85, 0.85])
    assert [label.get_text() for label in ax.get_xticklabels()] == ["f", "i"]
    with pytest.raises(ValueError, match=r"got c from -1 to 0\.5"):
        plot_gates_down({"c": np.array([-1, 0.5])}, ax=ax)


def test_erasure_draws_means_over_the_reviews(ax):
    moved = np.array([[0.0, 1.0, 2.0], [1.0, 2.0, 4.0]])
    plot_erasure([1, 2, 3], {"attention": moved, "random": 0 * moved}, ax=ax)
    np.testing.assert_allclose(ax.lines[0].get_ydata(), [0.5, 1.5, 3.0])
    assert list(ax.get_xticks()) == [1, 2, 3]
