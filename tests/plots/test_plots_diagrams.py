"""Drawings of networks over time name each step, and ink the way that they are about."""

import pytest
from matplotlib.colors import to_rgba

from unrolled.plots.diagrams import plot_backward, plot_gradient_arrows, plot_unrolled
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
