"""Figures of what layers cost: ratios with their intervals, by size and by kind."""

import numpy as np

from unrolled.plots.style import COLOURS, given_or_current

#: Colour, marker and name of each library; none of these colours belongs to a gate.
LIBRARIES = {
    "NumPy": ("#117733", "s", "NumPy, ours"),
    "torch": ("#332288", "o", "PyTorch"),
    "torch, no oneDNN": ("#BB5566", "D", "PyTorch, oneDNN off"),
    "any": (COLOURS["c"], "v", "any library"),
    "process": ("#997700", "^", "whole process, PyTorch"),
}
TICKS = (0.25, 0.5, 0.75, 1, 1.5, 2, 3)


def plot_ratios(table, by, *, ax=None):
    """Draw ratios with their intervals against a size, one line a library; both axes logarithmic.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns library, ratio, low, high, and the one that `by` names.
    by : str
        Column of the horizontal axis.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    for library, rows in table.groupby("library", sort=False):
        colour, marker, label = LIBRARIES[library]
        rows = rows.sort_values(by)
        look = {"color": colour, "marker": marker, "ms": 4.5, "lw": 1.6, "capsize": 2.5}
        ax.errorbar(rows[by], rows["ratio"], _distances(rows), label=label, **look)
    sizes = sorted(table[by].unique())
    ax.set(xscale="log", xlabel=by)
    ax.set_xticks(sizes, [str(size) for size in sizes])
    ax.minorticks_off()
    _mark(ax, "y")
    return ax


def plot_ratio_rows(table, rows, *, ax=None):
    """Draw ratios as dots, one row a quantity, one mark a library; the axis is logarithmic.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns library, what, ratio, low, high.
    rows : dict of str to str
        From the names in the column what, in the order to draw from the top, to their labels.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    places = {what: -place for place, what in enumerate(rows)}
    for library, part in table[table["what"].isin(rows)].groupby("library", sort=False):
        colour, marker, label = LIBRARIES[library]
        heights = part["what"].map(places)
        look = {"color": colour, "marker": marker, "ms": 7, "ls": "none", "label": label}
        ax.errorbar(part["ratio"], heights, xerr=_distances(part), **look)
    ax.set_yticks(list(places.values()), list(rows.values()))
    ax.set_ylim(0.6 - len(rows), 0.6)
    ax.set_xscale("log")
    ax.minorticks_off()
    ax.grid(axis="x", visible=False)
    _mark(ax, "x")
    return ax


def _distances(rows):
    """Return how far the interval reaches below and above the ratio."""
    return np.array([rows["ratio"] - rows["low"], rows["high"] - rows["ratio"]])


def _mark(ax, axis):
    """Mark equality and three quarters on a logarithmic axis of ratios, and write plain ticks."""
    line = ax.axhline if axis == "y" else ax.axvline
    line(1, color=COLOURS["chance"], lw=1.2, zorder=1)
    line(0.75, color=COLOURS["chance"], lw=1.2, ls="--", zorder=1)
    ax.set(**{f"{axis}scale": "log"})
    set_ticks = ax.set_yticks if axis == "y" else ax.set_xticks
    set_ticks(TICKS, [f"{tick:g}" for tick in TICKS])
    ax.minorticks_off()
