"""Drawings of networks name each step and each gate."""

import pytest
from matplotlib.colors import to_rgba

from unrolled.plots.diagrams import (
    plot_backward,
    plot_gru_cell,
    plot_lstm_cell,
    plot_unrolled,
)
from unrolled.plots.style import BODY_EDGE, COLOURS, INK

from .drawings import texts


def test_unrolled_names_each_step_once(ax):
    plot_unrolled(3, ax=ax)
    names = [text.get_text() for text in ax.texts]
    assert [names.count(rf"$x_{t}$") for t in (1, 2, 3, 4)] == [1, 1, 1, 0]


def arrows_in(ax, colour):
    """Return how many arrows of a drawing have a colour."""
    patches = [text.arrow_patch for text in ax.texts if getattr(text, "arrow_patch", None)]
    return sum(patch.get_edgecolor() == to_rgba(colour) for patch in patches)


@pytest.mark.parametrize("steps", [2, 3, 4])
def test_backward_draws_each_state_and_each_copy_of_the_weights_once(ax, steps):
    plot_backward("forward", steps=steps, ax=ax)
    names = texts(ax)
    assert [names.count(f"$h_{t}$") for t in range(steps + 2)] == [1] * (steps + 1) + [0]
    assert all(names.count(f"$W^{{({t})}}$") == 1 for t in range(1, steps + 1))
    assert arrows_in(ax, INK) == 6 * steps


@pytest.mark.parametrize("steps", [2, 3])
def test_backward_inks_both_roads_to_a_state_and_leaves_the_other_edges_pale(ax, steps):
    plot_backward("state", steps=steps, ax=ax)
    assert arrows_in(ax, COLOURS["h"]) == 4  # direct; and over the last state in three edges
    assert arrows_in(ax, BODY_EDGE) == 6 * steps - 4
    assert {"direct", r"$W_{hh}^\top$", rf"$\odot\,(1-h_{steps}^2)$"} <= set(texts(ax))


@pytest.mark.parametrize("steps", [2, 3])
def test_backward_inks_a_road_to_each_copy_and_from_each_to_the_weights(ax, steps):
    plot_backward("weights", steps=steps, ax=ax)
    assert arrows_in(ax, COLOURS["f"]) == 2 * steps
    shares = {rf"$da_{t}\,h_{t - 1}^\top$" for t in range(1, steps + 1)}
    assert shares <= set(texts(ax))


@pytest.mark.parametrize(("part", "steps"), [("backward", 3), ("state", 1)])
def test_backward_refuses_other_parts_and_a_single_step(ax, part, steps):
    with pytest.raises(ValueError, match="plot_backward got"):
        plot_backward(part, steps=steps, ax=ax)


@pytest.mark.parametrize(("draw", "names"), [(plot_lstm_cell, "figo"), (plot_gru_cell, "rzn")])
def test_wiring_shows_every_gate_in_its_colour(ax, draw, names):
    draw(ax=ax)
    faces = {patch.get_facecolor() for patch in ax.patches}
    for name in names:
        assert to_rgba(COLOURS[name]) in faces
        assert f"${name}_t$" in texts(ax)
