"""What figures stand on: fresh axes of the course's width, a marked level, one legend for all."""

import matplotlib.pyplot as plt
import numpy as np

from unrolled.plots.style import CHANCE, GROUND, NOTE, WIDTH


def given_or_current(ax):
    """Return the `Axes` that a drawing function was given, or else the current one."""
    return plt.gca() if ax is None else ax


def new_axes(*, rows=1, columns=1, height=None, **kwargs):
    """Return fresh axes of the course's width: one `Axes`, or an array of them.

    Parameters
    ----------
    rows, columns : int
        Of the grid.
    height : float, optional
        Of the whole figure, in inches; 3.6 a row by default.
    **kwargs
        For ``matplotlib.pyplot.subplots``, such as ``sharey=True``.
    """
    height = height or 3.6 * rows
    _, axes = plt.subplots(rows, columns, figsize=(WIDTH, height), **kwargs)
    return axes


def mark_level(level, label, *, ax=None):
    """Draw a dashed horizontal line with its name at the right end.

    Parameters
    ----------
    level : float
        In the units of the y axis.
    label : str
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    ax.axhline(level, color=CHANCE, linestyle="--", linewidth=1.2, zorder=1)
    ax.annotate(
        label,
        xy=(1, level),
        xycoords=("axes fraction", "data"),
        xytext=(-3, 5),
        textcoords="offset points",
        ha="right",
        va="bottom",
        color=NOTE,
        zorder=5,
        bbox={
            "boxstyle": "round,pad=0.15",
            "facecolor": GROUND,
            "edgecolor": "none",
            "alpha": 0.85,
        },
    )
    return ax


def shared_legend(axes, *, columns=3):
    """Put the legend of the first axes over the whole figure."""
    figure = np.ravel(axes)[0].figure
    handles, labels = np.ravel(axes)[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=columns)
    return figure
