"""Figures that move: the same ES modules that the site shows, as widgets of a live notebook."""

from __future__ import annotations

import json
import re
from pathlib import Path

_INITIAL = re.compile(r"^export const initial = (\{.*?\});$", re.MULTILINE | re.DOTALL)
_NOT_FIGURES = {"mount"}


class FigureError(Exception):
    """There is no such figure, or its module is not in order; the message says what to do."""


def figures_folder() -> Path:
    """Return where the modules are: in the repository's book, or a copy in the package."""
    repository = Path(__file__).resolve().parents[2] / "book" / "_static" / "live"
    return repository if repository.exists() else Path(__file__).resolve().parent / "live_figures"


def names() -> list[str]:
    """Return the names of all figures."""
    there = {path.stem for path in figures_folder().glob("*.mjs")}
    return sorted(there - _NOT_FIGURES)


def initial_state(name: str) -> dict:
    """Return the state that a figure begins with: what its module exports as ``initial``.

    Raises
    ------
    FigureError
        If there is no such figure, or its module exports no such state, written as JSON.
    """
    found = _INITIAL.search(_source(name))
    try:
        return json.loads(found[1])
    except (TypeError, ValueError) as error:
        raise FigureError(
            f"{name}.mjs needs one line `export const initial = {{...}};`, written as JSON."
        ) from error


def figure(name: str, **state):
    """Return a figure as a widget; what a reader moves is an attribute of it, both ways.

    ``meter = figure("half-life", bias=3.0)`` shows the figure as the last line of a cell. Later,
    ``meter.bias`` is where the reader left it, and ``meter.bias = 5.0`` moves it.

    Parameters
    ----------
    name : str
        One of `names`.
    **state
        Other than the figure's initial state.

    Returns
    -------
    anywidget.AnyWidget

    Raises
    ------
    FigureError
        If there is no such figure, or it has no such part of its state.
    ImportError
        If anywidget is not installed.
    """
    import anywidget
    import traitlets

    begins = initial_state(name)
    unknown = sorted(set(state) - set(begins))
    if unknown:
        raise FigureError(
            f"The figure {name!r} has no {unknown[0]!r}; it has {', '.join(sorted(begins))}."
        )
    parts = {key: traitlets.Any(value).tag(sync=True) for key, value in begins.items()}
    sheet = (figures_folder() / "live.css").read_text(encoding="utf-8")
    title = "".join(word.capitalize() for word in name.split("-"))
    kind = type(title, (anywidget.AnyWidget,), {"_esm": _source(name), "_css": sheet} | parts)
    return kind(**state)


def _source(name: str) -> str:
    path = figures_folder() / f"{name}.mjs"
    if name in _NOT_FIGURES or not path.is_file():
        raise FigureError(f"There is no figure {name!r}; there are {', '.join(names())}.")
    return path.read_text(encoding="utf-8")
