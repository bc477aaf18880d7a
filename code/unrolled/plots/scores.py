"""How well classifiers do: scores with intervals, by run, by group, by size, and their errors."""

import numpy as np

from unrolled.plots.axes import given_or_current
from unrolled.plots.seeds import draw_interval
from unrolled.plots.style import BODY, CHANCE, COLOURS, ON_DARK, REAL, SHARES

MARKERS = ("o", "s", "^", "D", "v", "P")


def plot_scores(names, scores, intervals, *, chance=None, ax=None):
    """Draw one score a line, with its interval.

    Parameters
    ----------
    names : sequence of K str
        From top to bottom.
    scores : array (K,)
    intervals : array (K, 2)
        Low and high end of each interval.
    chance : float, optional
        Drawn as a dashed line.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    scores, intervals = np.asarray(scores), np.asarray(intervals)
    places = np.arange(len(names))[::-1]
    ax.hlines(places, intervals[:, 0], intervals[:, 1], color=REAL, linewidth=3)
    ax.plot(scores, places, "o", color=REAL, markersize=8)
    for place, score in zip(places, scores, strict=True):
        ax.annotate(f"{score:.3f}", (score, place), (0, 8), textcoords="offset points", ha="center")
    if chance is not None:
        ax.axvline(chance, color=CHANCE, linestyle="--", linewidth=1.2)
    ax.set_yticks(places, names)
    ax.set_ylim(-0.6, len(names) - 0.3)
    ax.set_xlabel("accuracy on the test reviews (with 95 % interval)")
    return ax


def plot_scores_of_runs(runs, *, lines=(), colours=None, label="accuracy", ax=None):
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
        mean = draw_interval(ax, place, values, color=colour, linewidth=3, alpha=0.45)
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
        )
    ax.set_yticks(places, list(runs))
    ax.set_ylim(-0.5, len(runs) - 0.2)
    ax.set_xlabel(label)
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


def plot_dots(rows, series, *, colours=None, chance=None, runs=False, ax=None):
    """Draw for each row the mean of each series, with its 95 % interval or with its runs.

    Parameters
    ----------
    rows : sequence of str, K
        From top to bottom.
    series : dict of str to array (S, K)
        Label to scores, a row for each of S runs; with one run there is no interval.
    colours : dict of str to colour, optional
    chance : float, optional
        Drawn as a dashed line.
    runs : bool
        Draw every run as a hollow mark in place of the interval: right where scores crowd at an end
        of their range. Each is shifted a little down from the one before, so that equal runs show.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    palette = [COLOURS[name] for name in ("o", "f", "i", "h", "c", "r")]
    places = np.arange(len(rows))
    for place in places[::2]:
        ax.axhspan(place - 0.5, place + 0.5, color=BODY, lw=0, zorder=0)
    for number, (label, values) in enumerate(series.items()):
        values = np.asarray(values, dtype=float)
        y = places + 0.7 * ((number + 0.5) / len(series) - 0.5)
        colour = (colours or {}).get(label, palette[number % len(palette)])
        marker = MARKERS[number % len(MARKERS)]
        if runs and len(values) > 1:
            for run, scores in enumerate(values):
                down = 0.03 * (run - (len(values) - 1) / 2)
                ax.plot(scores, y + down, marker, mfc="none", mec=colour, mew=1.1, ms=5, alpha=0.9)
        elif len(values) > 1:
            draw_interval(ax, y, values, color=colour, lw=2, alpha=0.55)
        ax.plot(values.mean(axis=0), y, marker, color=colour, ms=6, label=label)
    if chance is not None:
        ax.axvline(chance, color=CHANCE, ls="--", lw=1.2)
    ax.set_yticks(places, rows)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=False, axis="y")
    ax.legend(
        loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=min(3, len(series)), columnspacing=1.2
    )
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


def plot_confusion(counts, *, names=("negative", "positive"), ax=None):
    """Draw a confusion matrix: rows are the truth, columns the prediction.

    Parameters
    ----------
    counts : array (K, K) of int
    names : sequence of K str
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    counts = np.asarray(counts)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    ax.imshow(shares, cmap=SHARES, vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(counts):
        ax.text(
            column,
            row,
            f"{count:,}\n{shares[row, column]:.0%} of the row",
            ha="center",
            va="center",
            color=ON_DARK if shares[row, column] > 0.65 else COLOURS["c"],
        )
    ax.set_xticks(range(len(names)), names)
    ax.set_yticks(range(len(names)), names, rotation=90, va="center")
    ax.grid(False)
    ax.set_xlabel("predicted")
    ax.set_ylabel("true")
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
    ax.plot([0, 1], [0, 1], color=CHANCE, linestyle="--", linewidth=1.2, zorder=1)
    promised, came = table["promised"][shown], table["came"][shown]
    (drawn,) = ax.plot(promised, came, **line)
    area = 300 * table["count"][shown] / table["count"].sum()  # in square points
    look = {"color": drawn.get_color(), "alpha": drawn.get_alpha(), "linewidths": 0}
    ax.scatter(promised, came, area, **look, clip_on=False, zorder=drawn.get_zorder() + 0.1)
    ax.set(xlim=(0, 1), ylim=(0, 1), xlabel="promised probability of a positive review")
    ax.set_ylabel("positive (share)")
    ax.set_aspect("equal")
    return ax
