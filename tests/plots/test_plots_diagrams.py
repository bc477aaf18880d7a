"""Drawings of networks name each step and each gate."""

import pytest
from matplotlib.colors import to_rgba

from unrolled.plots.diagrams import (
    plot_gradient_arrows,
    plot_gru_cell,
    plot_lstm_cell,
    plot_unrolled,
)
from unrolled.plots.style import COLOURS

from .drawings import texts


def test_unrolled_names_each_step_once(ax):
    plot_unrolled(3, ax=ax)
    names = [text.get_text() for text in ax.texts]
    assert [names.count(rf"$x_{t}$") for t in (1, 2, 3, 4)] == [1, 1, 1, 0]


@pytest.mark.parametrize(("draw", "names"), [(plot_lstm_cell, "figo"), (plot_gru_cell, "rzn")])
def test_wiring_shows_every_gate_in_its_colour(ax, draw, names):
    draw(ax=ax)
    faces = {patch.get_facecolor() for patch in ax.patches}
    for name in names:
        assert to_rgba(COLOURS[name]) in faces
        assert f"${name}_t$" in texts(ax)


@pytest.mark.parametrize(("change", "here", "gone"), [(1, "zgo", "i"), (2, "zg", "io")])
def test_each_change_of_the_gru_draws_what_is_there_and_outlines_what_went(ax, change, here, gone):
    plot_gru_cell(change, ax=ax)
    faces = [patch.get_facecolor() for patch in ax.patches]
    assert all(to_rgba(COLOURS[name]) in faces for name in here)
    assert all(f"${name}_t$" in texts(ax) for name in here + gone)
    assert not any(to_rgba(COLOURS[name]) in faces for name in gone)


def test_there_is_no_fourth_change_of_the_gru(ax):
    with pytest.raises(ValueError, match=r"got change=4\. There are three: 1, 2 and 3"):
        plot_gru_cell(4, ax=ax)


def test_gradient_arrows_are_four_a_step_and_one_at_the_first(ax):
    plot_gradient_arrows(steps=3, ax=ax)
    names = texts(ax)
    assert [names.count(f"${name}$") for name in "fsPQ"] == [3, 4, 3, 3]


def test_arrows_of_a_path_stand_out(ax):
    plot_gradient_arrows(("h3", "c3", "c2", "c1"), ("h3", "h2"), ax=ax)
    widths = [text.arrow_patch.get_linewidth() for text in ax.texts if hasattr(text, "arrow_patch")]
    assert sum(width == max(widths) for width in widths) == 4
    assert len(widths) == 9


def test_a_path_takes_only_arrows_that_exist(ax):
    with pytest.raises(ValueError, match="an arrow is missing"):
        plot_gradient_arrows(("c3", "h3"), ax=ax)
