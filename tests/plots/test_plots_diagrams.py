"""Drawings of networks name each step and each gate."""

import pytest
from matplotlib.colors import to_rgba

from unrolled.plots.diagrams import plot_gru_cell, plot_lstm_cell, plot_unrolled
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
