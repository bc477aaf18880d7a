"""What layers and programs cost: ratios by size and by kind, and how quick an answer comes."""

import numpy as np

from unrolled.plots.axes import given_or_current
from unrolled.plots.style import CHANCE, COLOURS, LIBRARY_COLOURS

#: Colour, marker and name of each library.
LIBRARY_LOOKS = {
    "NumPy": (LIBRARY_COLOURS["NumPy"], "s", "NumPy, ours"),
    "torch": (LIBRARY_COLOURS["torch"], "o", "PyTorch"),
    "torch, no oneDNN": (LIBRARY_COLOURS["torch, no oneDNN"], "D", "PyTorch, oneDNN off"),
    "any": (LIBRARY_COLOURS["any"], "v", "any library"),
    "process": (LIBRARY_COLOURS["process"], "^", "whole process, PyTorch"),
}
TICKS = (0.25, 0.5, 0.75, 1, 1.5, 2, 3)


def plot_cost_by_size(table, by, *, ax=None):
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
        colour, marker, label = LIBRARY_LOOKS[library]
        rows = rows.sort_values(by)
        look = {"color": colour, "marker": marker, "ms": 4.5, "lw": 1.6, "capsize": 2.5}
        ax.errorbar(rows[by], rows["ratio"], _distances(rows), label=label, **look)
    sizes = sorted(table[by].unique())
    ax.set(xscale="log", xlabel=by)
    ax.set_xticks(sizes, [str(size) for size in sizes])
    ax.minorticks_off()
    _mark(ax, "y")
    return ax


def plot_cost_by_kind(table, rows, *, ax=None):
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
        colour, marker, label = LIBRARY_LOOKS[library]
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
    line(1, color=CHANCE, lw=1.2, zorder=1)
    line(0.75, color=CHANCE, lw=1.2, ls="--", zorder=1)
    ax.set(**{f"{axis}scale": "log"})
    set_ticks = ax.set_yticks if axis == "y" else ax.set_xticks
    set_ticks(TICKS, [f"{tick:g}" for tick in TICKS])
    ax.minorticks_off()


def plot_speed(batches, rates, waits, *, axes):
    """Draw reviews a second against the size of the batch, and how long one review waits.

    Parameters
    ----------
    batches : sequence of int
        Sizes of the batches.
    rates : dict of str to array
        Reviews a second at each of these sizes, by program; at most four programs.
    waits : dict of str to array
        Milliseconds that one review waited, by program.
    axes : pair of matplotlib Axes

    Returns
    -------
    pair of matplotlib Axes
    """
    left, right = axes
    styles = zip(("RNN", "LSTM", "GRU", "c"), "os^D", strict=True)
    for row, (name, (ink, mark)) in enumerate(zip(rates, styles, strict=False)):
        colour = COLOURS[ink]
        left.semilogx(batches, rates[name], f"{mark}-", color=colour, label=name)
        middle, late = np.percentile(waits[name], [50, 95])
        right.plot([middle, late], [row, row], "-", color=colour)
        right.plot(middle, row, mark, color=colour)
        right.text(middle, row + 0.15, name, color=colour)
    left.set(xlabel="reviews in a batch", ylabel="reviews a second", ylim=(0, None))
    left.set(xticks=batches, xticklabels=batches, xlim=(batches[0] / 1.6, batches[-1] * 1.6))
    left.minorticks_off()
    longest = max(np.percentile(wait, 95) for wait in waits.values())
    right.set(xlabel="milliseconds for one review", ylim=(-0.5, len(rates) - 0.3))
    right.set(yticks=[], xlim=(0, 1.6 * longest))
    return axes
