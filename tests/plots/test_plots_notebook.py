"""Figures in a notebook: drawings, the same bytes each time, short, and readable in the dark."""

import re

import matplotlib.pyplot as plt
import numpy as np

from unrolled.plots import COLOURS, new_axes
from unrolled.plots.notebook import compact, draw_in_notebooks, drawing
from unrolled.plots.style import GROUND


def draw():
    """Return a figure with a noisy line, letters and a heat map."""
    left, right = new_axes(columns=2)
    left.plot(np.random.default_rng(0).normal(size=500), color=COLOURS["f"])
    left.set_title("ten and $x^2$")
    right.imshow(np.eye(3))
    return left.figure


def test_the_same_figure_gives_the_same_bytes():
    assert drawing(draw()) == drawing(draw())


def test_a_drawing_says_neither_the_day_nor_the_program():
    assert not re.search(r"<dc:date|Matplotlib", drawing(draw()))


def test_a_drawing_keeps_paper_of_its_own():
    assert f'style="fill: {GROUND.lower()}"' in drawing(draw())


def test_an_empty_figure_is_not_drawn():
    assert drawing(plt.figure()) is None


def test_compact_moves_no_point_by_more_than_its_digits():
    points = [(0.123456, 7.0), (1.987654, -0.004), (2, 3.5)]
    path = "M " + " \nL ".join(f"{x} {y}" for x, y in points)
    short = re.search(r' d="([^"]+)"', compact(f'<path d="{path} \nz\n" style="fill: none"/>'))[1]
    found = np.array(re.findall(r"-?[\d.]+", short), dtype=float).reshape(-1, 2)
    np.testing.assert_allclose(found, points, atol=0.0051)
    assert short == "M0.12 7 L1.99 0 2 3.5 z"


def test_compact_leaves_letters_and_scales_as_they_are():
    svg = '<g transform="translate(1.23456 2) scale(0.117 -0.117)"><path d="M 10 20 \nQ 1 2 3 4 \n" transform="scale(0.015625)"/></g>'  # noqa: E501
    short = compact(svg)
    assert "scale(0.117 -0.117)" in short
    assert "scale(0.015625)" in short
    assert 'd="M10 20 Q1 2 3 4"' in short


def test_outside_a_notebook_nothing_changes():
    assert draw_in_notebooks() is None  # pytest is no notebook
