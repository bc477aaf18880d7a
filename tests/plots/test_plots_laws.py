"""Laws of all drawing functions: axes are given and returned, and nothing else is touched."""

import copy
import importlib
import inspect
import pkgutil
import re

import matplotlib.figure
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from unrolled import plots

from .drawings import given

# Axes of numbers that a function leaves to the chapter, because it draws many quantities or lies
# beside panels that share them: there the chapter names them.
NAMED_BY_THE_CHAPTER = {
    "mark_level": "xy",
    "plot_alignment": "xy",
    "plot_bars_down": "xy",
    "plot_cost_by_kind": "x",
    "plot_cost_by_size": "y",
    "plot_dots": "x",
    "plot_forecast": "y",
    "plot_gates_down": "y",
    "plot_growth": "xy",
    "plot_hearing": "y",
    "plot_intervals": "x",
    "plot_known_and_new": "y",
    "plot_movement": "y",
    "plot_over_words": "y",
    "plot_ratio_of_steps": "x",
    "plot_running_prediction": "y",
    "plot_steps_to_solve": "x",
    "plot_tricks": "x",
    "plot_words_down": "x",
}

#: Functions that draw several panels, and how many; they have no current axes to fall back on.
PANELS = {
    "plot_cost_by_length": 2,
    "plot_hearing": 4,
    "plot_known_and_new": 2,
    "plot_plateau": 2,
    "plot_speed": 2,
}


def functions():
    """Return every public function of the room that draws on axes, by name."""
    found = {}
    for module in pkgutil.iter_modules(plots.__path__):
        if module.name != "seeds":  # parts of drawings, drawn with them
            members = vars(importlib.import_module(f"unrolled.plots.{module.name}"))
            found |= {
                name: function
                for name, function in members.items()
                if name.startswith(("plot_", "mark_"))
            }
    return found


FUNCTIONS = functions()
CASES = [
    pytest.param(name, case, id=f"{name}-{number}")
    for name, cases in given().items()
    for number, case in enumerate(cases)
]


def draw(name, case, axes):
    """Draw a case on axes, or on the current ones where they are None; return what comes back."""
    arguments, options = case
    where = "axes" if name in PANELS else "ax"
    return FUNCTIONS[name](*arguments, **options, **({} if axes is None else {where: axes}))


def fresh(name):
    """Return the axes of a new figure that a function is to draw on."""
    return plt.figure().subplots(1, PANELS.get(name, 1))


def pixels(figure):
    """Return a figure as it would be shown."""
    figure.canvas.draw()
    return np.array(figure.canvas.buffer_rgba())


def same(one, other):
    """Say whether two arguments hold the same values, whatever they are made of."""
    if isinstance(one, pd.DataFrame):
        return one.equals(other)
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=one.dtype != bool)
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


def test_every_drawing_function_is_drawn_here():
    assert set(FUNCTIONS) == set(given())


@pytest.mark.parametrize("name", FUNCTIONS)
def test_axes_are_a_keyword_of_their_own(name):
    parameters = inspect.signature(FUNCTIONS[name]).parameters
    axes = parameters["axes" if name in PANELS else "ax"]
    assert axes.kind is inspect.Parameter.KEYWORD_ONLY


@pytest.mark.parametrize(("name", "case"), CASES)
def test_it_draws_on_the_given_axes_only_and_returns_them(name, case):
    axes = fresh(name)
    blank, bystander = pixels(np.ravel(axes)[0].figure), plt.figure()
    other = bystander.subplots()  # the current axes
    before = len(other.get_children())
    assert draw(name, case, axes) is axes
    assert not np.array_equal(pixels(np.ravel(axes)[0].figure), blank)
    assert len(other.get_children()) == before
    assert bystander.axes == [other]
    assert len(plt.get_fignums()) == 2


@pytest.mark.parametrize(("name", "case"), [c for c in CASES if c.values[0] not in PANELS])
def test_without_axes_it_draws_on_the_current_ones(name, case):
    axes = fresh(name)
    assert draw(name, case, None) is axes


@pytest.mark.parametrize(("name", "case"), CASES)
def test_arguments_and_the_style_stay_as_they_are(name, case):
    kept, style = copy.deepcopy(case), dict(plt.rcParams)
    draw(name, case, fresh(name))
    assert same(case, kept)
    assert dict(plt.rcParams) == style


@pytest.mark.parametrize(("name", "case"), CASES)
def test_it_neither_shows_nor_saves(name, case, monkeypatch):
    def refuse(*_args, **_options):
        raise AssertionError("the chapter shows and saves")

    for owner in (plt, matplotlib.figure.Figure):
        monkeypatch.setattr(owner, "show", refuse)
        monkeypatch.setattr(owner, "savefig", refuse)
    draw(name, case, fresh(name))


def is_number(text):
    """Say whether a tick's label is a number, as matplotlib or we write it."""
    return "mathdefault" in text or bool(re.fullmatch(r"[-−]?[\d.,]+k?", text))


def unnamed(ax):
    """Return which of the axes "x" and "y" has numbers as ticks and no label."""
    if not ax.axison:
        return ""
    return "".join(
        axis.axis_name
        for axis in (ax.xaxis, ax.yaxis)
        if not axis.get_label_text()
        and any(is_number(label.get_text()) for label in axis.get_ticklabels())
    )


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_axis_of_numbers_has_a_label_or_is_left_to_the_chapter(name):
    missing = set()
    for case in given()[name]:
        axes = fresh(name)
        draw(name, case, axes)
        missing |= {letter for ax in np.ravel(axes)[0].figure.axes for letter in unnamed(ax)}
    assert missing == set(NAMED_BY_THE_CHAPTER.get(name, ""))
