"""Losses, rates and tricks are drawn as given; only a mean outside the noise is coloured."""

import numpy as np
import pytest
from matplotlib.colors import to_rgba

from unrolled.plots.style import AGAINST, FOR, GROUND
from unrolled.plots.training import moving_average, plot_losses, plot_rates, plot_tricks

TRICKS = {"start": {"a": [1.0, 3.0], "b": [-0.5, 0.7]}, "rate": {"c": [-2.0, -4.0]}}


def test_losses_are_drawn_with_their_chance_level(ax):
    plot_losses([1, 2], [0.5, 0.25], chance=1 / 6, ax=ax)
    assert np.array_equal(ax.lines[0].get_ydata(), [0.5, 0.25])
    assert np.allclose(ax.lines[1].get_ydata(), 1 / 6)
    assert ax.texts[0].get_text() == "chance"


def test_moving_average_is_the_mean_of_neighbours():
    assert np.allclose(moving_average([1, 2, 3, 6], 2), [1.5, 2.5, 4.5])


@pytest.mark.parametrize("width", [0, 4])
def test_moving_average_refuses_an_impossible_width(width):
    with pytest.raises(ValueError, match="from 1 to 3"):
        moving_average([1, 2, 3], width)


def means(ax):
    return [line for line in ax.lines if line.get_marker() == "o"]


def test_each_trick_has_its_runs_and_its_mean(ax):
    plot_tricks(TRICKS, 1.0, ax=ax)
    assert [line.get_xdata()[0] for line in means(ax)] == pytest.approx([2, 0.1, -3])
    runs = [list(line.get_xdata()) for line in ax.lines if line.get_marker() == "|"]
    assert runs == [[1, 3], [-0.5, 0.7], [-2, -4]]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b", "c"]
    assert [text.get_text() for text in ax.texts] == ["start", "rate"]


def test_only_a_mean_outside_the_noise_is_filled_and_coloured(ax):
    plot_tricks(TRICKS, 1.0, ax=ax)
    gain, nothing, loss = means(ax)
    assert gain.get_markerfacecolor() == FOR
    assert loss.get_markerfacecolor() == AGAINST
    assert to_rgba(nothing.get_markerfacecolor()) == to_rgba(GROUND)


def test_where_lower_is_better_the_sides_change(ax):
    plot_tricks(TRICKS, 1.0, ax=ax, higher_is_better=False, names=False)
    assert [line.get_markerfacecolor() for line in means(ax)][::2] == [AGAINST, FOR]
    assert not ax.texts


def test_the_band_is_as_wide_as_the_noise(ax):
    plot_tricks(TRICKS, 1.5, ax=ax)
    assert ax.patches[0].get_x() == -1.5
    assert ax.patches[0].get_width() == 3


def test_rates_are_drawn_from_the_first_step(ax):
    plot_rates({"constant": np.ones(4), "linear": np.linspace(1, 0, 4)}, ax=ax)
    first, second = ax.lines
    assert list(first.get_xdata()) == [1, 2, 3, 4]
    assert list(second.get_ydata()) == pytest.approx([1, 2 / 3, 1 / 3, 0])
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["constant", "linear"]
