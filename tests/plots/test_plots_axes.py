"""Axes have the course's width; a level is marked with its name; one legend serves all panels."""

import matplotlib.pyplot as plt

from unrolled.plots.axes import new_axes, shared_legend
from unrolled.plots.memory import plot_steps_to_solve

LENGTHS, BUDGET = (10, 30, 100), 400


def test_new_axes_gives_one_or_an_array_of_the_course_width(ax):
    assert ax.figure.get_figwidth() == 7.0
    assert len(new_axes(columns=2)) == 2
    plt.close("all")


def test_one_legend_serves_all_panels(table):
    axes = new_axes(rows=2)
    for ax in axes:
        plot_steps_to_solve(table, LENGTHS, budget=BUDGET, ax=ax)
    figure = shared_legend(axes)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["GRU"]
    plt.close(figure)
