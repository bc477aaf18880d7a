"""The drawings show what they were given, on the axes they were given."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

matplotlib.use("Agg")

from unrolled.plots import COLOURS, new_axes, use_course_style
from unrolled.plots.diagrams import plot_unrolled
from unrolled.plots.gradients import mark_level, moving_average, plot_losses, plot_norm_by_lag
from unrolled.plots.text import plot_inked_words


@pytest.fixture
def ax():
    use_course_style()
    yield new_axes()
    plt.close("all")


def test_new_axes_gives_one_or_an_array_of_the_course_width(ax):
    assert ax.figure.get_figwidth() == 7.0
    assert len(new_axes(columns=2)) == 2
    plt.close("all")


def test_norm_by_lag_draws_every_lag_on_a_log_axis_with_named_axes(ax):
    norms = np.array([1.0, 0.1, 0.01])
    assert plot_norm_by_lag(norms, ax=ax, color=COLOURS["h"]) is ax
    assert np.array_equal(ax.lines[0].get_xydata(), np.column_stack([[0, 1, 2], norms]))
    assert ax.get_yscale() == "log"
    assert "lag" in ax.get_xlabel()
    assert ax.get_ylabel()


def test_losses_are_drawn_with_their_chance_level(ax):
    plot_losses([1, 2], [0.5, 0.25], chance=1 / 6, ax=ax)
    assert np.array_equal(ax.lines[0].get_ydata(), [0.5, 0.25])
    assert np.allclose(ax.lines[1].get_ydata(), 1 / 6)
    assert ax.texts[0].get_text() == "chance"


def test_functions_draw_on_the_current_axes_by_default(ax):
    plt.sca(ax)
    assert mark_level(1.0, "edge") is ax
    assert plot_unrolled(3) is ax


def test_unrolled_names_each_step_once(ax):
    plot_unrolled(3, ax=ax)
    names = [text.get_text() for text in ax.texts]
    assert [names.count(rf"$x_{t}$") for t in (1, 2, 3, 4)] == [1, 1, 1, 0]


def test_moving_average_is_the_mean_of_neighbours():
    assert np.allclose(moving_average([1, 2, 3, 6], 2), [1.5, 2.5, 4.5])


@pytest.mark.parametrize("width", [0, 4])
def test_moving_average_refuses_an_impossible_width(width):
    with pytest.raises(ValueError, match="from 1 to 3"):
        moving_average([1, 2, 3], width)


def test_inked_words_have_their_ink_and_stay_in_the_lines(ax):
    plot_inked_words(["one", "two", "three"], [0, 0.5, 1], width=9, least=0.1, ax=ax)
    alphas = [text.get_alpha() for text in ax.texts]
    assert np.allclose(alphas, [0.1, 0.55, 1.0])
    assert [text.get_position() for text in ax.texts] == [(0, 0), (4, 0), (0, -1)]


@pytest.mark.parametrize("ink", [[1.0], [0.2, 1.2], [-0.1, 0.5]])
def test_inked_words_refuse_weights_that_do_not_fit(ink, ax):
    with pytest.raises(ValueError, match="one weight from 0 to 1"):
        plot_inked_words(["one", "two"], ink, ax=ax)


def test_colours_of_the_gates_are_distinct():
    gates = ["f", "i", "o", "g", "z", "r", "c", "h"]
    assert len({COLOURS[name] for name in gates}) == len(gates)
