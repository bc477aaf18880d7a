"""Figures that compare: each run a dot, differences with intervals, gradients by layer."""

import numpy as np

from unrolled.plots.style import COLOURS, given_or_current

TEXT, FAINT = "#4A4A46", "#B9B9B2"


def plot_runs(runs, budget, *, ax=None, colours=None, counts=True):
    """Draw how many steps each run needed: a row a name, a dot a run, open where it did not finish.

    Parameters
    ----------
    runs : dict of str to array
        Steps by name, from the top; nan (or None) where the budget did not do.
    budget : float
        Where unfinished runs are drawn, past a dashed line.
    ax : matplotlib Axes, optional
    colours : dict of str to colour, optional
        By name; grey where there is none.
    counts : bool
        Write at the right how many of the runs finished.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If a run needed more than the budget.
    """
    ax = given_or_current(ax)
    for row, (name, needed) in enumerate(runs.items()):
        needed = np.array(needed, dtype=float)
        solved = np.isfinite(needed)
        if (needed[solved] > budget).any():
            raise ValueError(
                f"plot_runs got a run of {name!r} with {needed[solved].max():g} steps; the budget "
                f"is {budget:g}. Give nan for a run that did not finish within it."
            )
        colour = (colours or {}).get(name, COLOURS["c"])
        spread = row + np.linspace(-0.22, 0.22, len(needed)) if len(needed) > 1 else [row]
        face = [colour if done else "none" for done in solved]
        places = np.where(solved, needed, 1.04 * budget)
        ax.scatter(places, spread, s=26, facecolors=face, edgecolors=colour, zorder=3)
        middle = np.median(np.where(solved, needed, np.inf))
        if np.isfinite(middle):
            ax.plot([middle] * 2, [row - 0.36, row + 0.36], color=colour, lw=2.4, zorder=2)
        if counts:
            label = f"{solved.sum()}/{len(needed)}"
            ax.text(1.1 * budget, row, label, va="center", ha="left", color=TEXT, fontsize=8.5)
    ax.axvline(budget, color=COLOURS["chance"], ls="--", lw=1.1, zorder=1)
    ax.set(yticks=range(len(runs)), yticklabels=list(runs), ylim=(len(runs) - 0.45, -0.55))
    ax.set(xlim=(0, (1.3 if counts else 1.1) * budget), xlabel="steps to solve")
    ax.set_xticks([tick for tick in ax.get_xticks() if 0 <= tick <= budget])
    ax.grid(axis="y", visible=False)
    return ax


def plot_intervals(intervals, *, corrected=None, ax=None, colours=None, zero="no difference"):
    """Draw differences with their intervals, a row a name; hollow where the interval holds zero.

    Where corrected intervals are given too, these are drawn thin behind the others, and they
    decide what is hollow.

    Parameters
    ----------
    intervals : dict of str to (mean, low, high)
        From the top.
    corrected : dict of str to (mean, low, high), optional
        The same differences, their intervals widened for the number of comparisons.
    ax : matplotlib Axes, optional
    colours : dict of str to colour, optional
        By name; grey where there is none.
    zero : str
        What the line at zero means.

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    ax.axvline(0, color=COLOURS["chance"], ls="--", lw=1.1, zorder=1)
    for row, (name, (mean, low, high)) in enumerate(intervals.items()):
        colour = (colours or {}).get(name, COLOURS["c"])
        _, least, most = (corrected or intervals)[name]
        detected = least > 0 or most < 0
        if corrected:
            ax.plot([least, most], [row, row], color=colour, lw=0.7, zorder=2)
        ax.plot([low, high], [row, row], color=colour, lw=2.2 if detected else 1.3, zorder=2)
        face = colour if detected else ax.get_facecolor()
        ax.plot(mean, row, "o", ms=6, mec=colour, mfc=face, zorder=3)
    ax.set(yticks=range(len(intervals)), yticklabels=list(intervals))
    ax.set(ylim=(len(intervals) - 0.45, -0.85))
    ax.text(0, -0.6, zero, ha="center", va="center", color=TEXT, fontsize=8.5)
    ax.grid(axis="y", visible=False)
    return ax


def plot_by_layer(norms, *, ax=None, **line):
    """Draw the gradient's norm at every layer's output, a thin line a run and their mean thick.

    Parameters
    ----------
    norms : array (runs, layers)
        The lowest layer first.
    ax : matplotlib Axes, optional
    **line
        For the thick line: color, label, marker.

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    norms = np.asarray(norms, dtype=float)
    layers = np.arange(1, norms.shape[1] + 1)
    (mean,) = ax.semilogy(layers, np.exp(np.log(norms).mean(axis=0)), **line)
    ax.semilogy(layers, norms.T, color=mean.get_color(), lw=0.7, alpha=0.45)
    ax.set(xlabel="layer (1 is the lowest)", ylabel="norm of the gradient", xticks=layers)
    return ax
