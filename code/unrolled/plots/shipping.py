"""Figures of a model on its way out: what a file holds, and how quick it answers."""

import numpy as np

from unrolled.plots.style import COLOURS, given_or_current


def plot_parts(names, parts, *, ax=None):
    """Draw what each file holds, in megabytes: a bar a file, its parts on top of each other.

    Parameters
    ----------
    names : list of str
        Of the N files.
    parts : dict of str to array
        ``(N,)`` sizes in MB of each part, from the bottom up; at most three parts.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If there are more than three parts.
    """
    colours = [COLOURS[name] for name in ("LSTM", "GRU", "i")]
    if len(parts) > len(colours):
        raise ValueError(f"plot_parts got {len(parts)} parts; it has colours for {len(colours)}.")
    ax, bottom = given_or_current(ax), np.zeros(len(names))
    for (what, sizes), colour in zip(parts.items(), colours, strict=False):
        ax.bar(names, sizes, bottom=bottom, color=colour, label=what, zorder=2)
        bottom = bottom + sizes
    ax.set(ylabel="size (MB)")
    ax.legend()
    return ax


def plot_speed(batches, rates, waits, *, axes):
    """Draw reviews a second against the size of the batch, and how long one review waits.

    Parameters
    ----------
    batches : sequence of int
        Sizes of the batches.
    rates : dict of str to array
        Reviews a second at each of these sizes, by program; at most three programs.
    waits : dict of str to array
        Milliseconds that one review waited, by program.
    axes : pair of matplotlib Axes

    Returns
    -------
    pair of matplotlib Axes
    """
    left, right = axes
    styles = [(COLOURS["RNN"], "o"), (COLOURS["LSTM"], "s"), (COLOURS["GRU"], "^")]
    for row, (name, (colour, mark)) in enumerate(zip(rates, styles, strict=False)):
        left.semilogx(batches, rates[name], f"{mark}-", color=colour, label=name)
        middle, late = np.percentile(waits[name], [50, 95])
        right.semilogx([middle, late], [row, row], "-", color=colour)
        right.semilogx(middle, row, mark, color=colour)
        right.text(middle, row + 0.15, name, color=colour)
    left.set(xlabel="reviews in a batch", ylabel="reviews a second", ylim=(0, None))
    left.set(xticks=batches, xticklabels=batches)
    left.minorticks_off()
    high = max(wait.max() for wait in waits.values())
    low = min(wait.min() for wait in waits.values())
    right.set(xlabel="milliseconds for one review", ylim=(-0.5, len(rates) - 0.3))
    right.set(yticks=[], xlim=(low / 1.5, max(high, 20 * low)))
    return axes
