"""Figures that weigh classifiers: runs side by side, reliability, kinds of errors, growth."""

import numpy as np

from unrolled.evaluation.metrics import mean_interval
from unrolled.plots.style import COLOURS, given_or_current


def plot_runs(runs, *, lines=(), colours=None, label="accuracy", ax=None):
    """Draw each run as a dot, with the mean of each row and its 95 % interval.

    Parameters
    ----------
    runs : dict of str to array (S,)
        One row a name, from top to bottom; S runs each.
    lines : sequence of (float, str)
        Vertical lines to compare with, and what they are.
    colours : dict of str to colour, optional
    label : str
        Of the horizontal axis.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    places = np.arange(len(runs))[::-1]
    sheet = {"facecolor": ax.get_facecolor(), "edgecolor": "none", "pad": 0.8}
    above = {"textcoords": "offset points", "ha": "center", "bbox": sheet}
    for place, (name, values) in zip(places, runs.items(), strict=True):
        colour = (colours or {}).get(name, COLOURS["o"])
        mean, low, high = mean_interval(values)
        ax.hlines(place, low, high, color=colour, linewidth=3, alpha=0.45)
        ax.plot(values, np.full(len(values), place), "o", color=colour, markersize=4, alpha=0.7)
        ax.plot(mean, place, "|", color=colour, markersize=18, markeredgewidth=2.5)
        ax.annotate(f"{mean:.3f}", (mean, place), (0, 11), **above)
    for row, (value, name) in enumerate(lines):
        ax.axvline(value, color=COLOURS["c"], linestyle=("--", ":")[row % 2], linewidth=1.4)
        ax.annotate(
            name,
            (value, len(runs) - 0.45),
            (-4 if row % 2 == 0 else 4, 0),
            textcoords="offset points",
            ha="right" if row % 2 == 0 else "left",
            fontsize=9,
        )
    ax.set_yticks(places, list(runs))
    ax.set_ylim(-0.5, len(runs) - 0.2)
    ax.set_xlabel(label)
    return ax


def plot_reliability(table, *, least=10, ax=None, **line):
    """Draw the share of positives that came against the probability that was promised.

    The area of a dot is the share of all examples that its bin holds.

    Parameters
    ----------
    table : dict
        From `unrolled.evaluation.calibration.reliability`.
    least : int
        Leave out bins with fewer examples: their shares are noise.
    ax : matplotlib Axes, optional
    **line
        For ``ax.plot``.

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    shown = table["count"] >= least
    ax.plot([0, 1], [0, 1], color=COLOURS["chance"], linestyle="--", linewidth=1.2, zorder=1)
    promised, came = table["promised"][shown], table["came"][shown]
    (drawn,) = ax.plot(promised, came, **line)
    area = 300 * table["count"][shown] / table["count"].sum()  # in square points
    look = {"color": drawn.get_color(), "alpha": drawn.get_alpha(), "linewidths": 0}
    ax.scatter(promised, came, area, **look, clip_on=False, zorder=drawn.get_zorder() + 0.1)
    ax.set(xlim=(0, 1), ylim=(0, 1), xlabel="promised probability of a positive review")
    ax.set_ylabel("positive (share)")
    ax.set_aspect("equal")
    return ax


def plot_groups(names, series, *, colours=None, label="accuracy", ax=None):
    """Draw one score a group and reader, with its interval.

    Parameters
    ----------
    names : sequence of K str
        Groups, from top to bottom.
    series : dict of str to (array (K,), array (K, 2))
        Scores and intervals of each reader.
    colours : dict of str to colour, optional
    label : str
        Of the horizontal axis.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    places = np.arange(len(names))[::-1].astype(float)
    shifts = np.linspace(0.14, -0.14, len(series)) if len(series) > 1 else [0.0]
    marks = "osD^"
    for number, (shift, (reader, (scores, intervals))) in enumerate(
        zip(shifts, series.items(), strict=True)
    ):
        colour = (colours or {}).get(reader, COLOURS["o"])
        intervals = np.asarray(intervals)
        ax.hlines(places + shift, intervals[:, 0], intervals[:, 1], color=colour, linewidth=2.5)
        mark = marks[number % len(marks)]
        ax.plot(scores, places + shift, mark, color=colour, markersize=6, label=reader)
    ax.set_yticks(places, names)
    ax.set_ylim(-0.6, len(names) - 0.4)
    ax.set_xlabel(label)
    return ax


def plot_growth(sizes, runs, *, ax=None, **line):
    """Draw the mean of runs against a size or a setting, with the range of all runs as a band.

    Parameters
    ----------
    sizes : array (K,)
        Drawn on a logarithmic axis.
    runs : array (K, S)
    ax : matplotlib Axes, optional
    **line
        For ``ax.plot``.

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    runs = np.asarray(runs)
    (drawn,) = ax.plot(sizes, runs.mean(axis=1), marker="o", markersize=5, **line)
    ax.fill_between(
        sizes, runs.min(axis=1), runs.max(axis=1), color=drawn.get_color(), alpha=0.18, linewidth=0
    )
    ax.set_xscale("log")
    ax.set_xticks(sizes, [f"{size:,g}" for size in sizes])
    ax.minorticks_off()
    return ax
