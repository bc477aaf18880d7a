"""Figures of a network that reads: what happens at each word, and what the readers score."""

import numpy as np

from unrolled.evaluation.metrics import mean_interval
from unrolled.plots.style import COLOURS, given_or_current

PRAISE, BLAME = COLOURS["o"], COLOURS["f"]
MARKERS = ("o", "s", "^", "D", "v", "P")


def plot_words_down(words, *, marked=(), ax=None):
    """Prepare axes whose rows are the words of a text, the first on top.

    Parameters
    ----------
    words : sequence of str, T
    marked : sequence of int
        Rows with a band behind them.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    for row in marked:
        ax.axhspan(row - 0.5, row + 0.5, color="#EFE9D2", lw=0, zorder=0)
    ax.set_yticks(np.arange(len(words)), words)
    ax.set_ylim(len(words) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=False, axis="y")
    return ax


def plot_running_prediction(probabilities, *, ax=None):
    """Draw the probability after each word, the words going down; blue is praise, orange blame.

    Parameters
    ----------
    probabilities : array (T,)
        From 0 to 1.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    probabilities = np.asarray(probabilities)
    rows = np.arange(len(probabilities))
    ax.plot(probabilities, rows, color=COLOURS["c"], lw=1.4, zorder=2)
    colours = np.where(probabilities > 0.5, PRAISE, BLAME)
    ax.scatter(probabilities, rows, c=colours, s=18, zorder=3)
    ax.axvline(0.5, color=COLOURS["chance"], ls="--", lw=1)
    ax.set(xlim=(-0.04, 1.04), xticks=[0, 0.5, 1], xlabel="p so far")
    ax.set_xticks([0, 0.5, 1], ["0", "½", "1"])
    return ax


def plot_bars_down(values, *, colour=None, ax=None):
    """Draw one bar a word, the words going down; without a colour, blue above zero, orange below.

    Parameters
    ----------
    values : array (T,)
    colour : matplotlib colour, optional
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    values = np.asarray(values)
    colours = np.where(values > 0, PRAISE, BLAME) if colour is None else colour
    ax.barh(np.arange(len(values)), values, 0.8, color=colours)
    if values.min() < 0:
        ax.axvline(0, color=COLOURS["c"], lw=0.8)
    return ax


def plot_gates_down(gates, *, ax=None):
    """Draw each gate as a column of bars, the words going down: empty is shut, full is open.

    Parameters
    ----------
    gates : dict of str to array (T,)
        Keys such as "f", "i", "o"; values from 0 to 1.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If a value is not from 0 to 1.
    """
    ax = given_or_current(ax)
    for column, (name, values) in enumerate(gates.items()):
        values = np.asarray(values)
        if values.min() < 0 or values.max() > 1:
            raise ValueError(
                f"plot_gates_down got {name} from {values.min():.3g} to {values.max():.3g}. "
                "A gate lies from 0 to 1; draw states with plot_bars_down."
            )
        rows = np.arange(len(values))
        ax.barh(rows, 0.85, 0.8, left=column, color="#ECECE6")
        ax.barh(rows, 0.85 * values, 0.8, left=column, color=COLOURS.get(name, COLOURS["c"]))
    ax.set_xticks(np.arange(len(gates)) + 0.42, list(gates))
    ax.set_xlim(-0.1, len(gates))
    ax.grid(visible=False)
    ax.tick_params(axis="x", length=0)
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
        ax.axhspan(place - 0.5, place + 0.5, color="#F1F1EC", lw=0, zorder=0)
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
            _, low, high = np.transpose([mean_interval(column) for column in values.T])
            ax.hlines(y, low, high, color=colour, lw=2, alpha=0.55)
        ax.plot(values.mean(axis=0), y, marker, color=colour, ms=6, label=label)
    if chance is not None:
        ax.axvline(chance, color=COLOURS["chance"], ls="--", lw=1.2)
    ax.set_yticks(places, rows)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=False, axis="y")
    ax.legend(
        loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=min(3, len(series)), columnspacing=1.2
    )
    return ax


def plot_erasure(counts, drops, *, ax=None):
    """Draw how far the answer moves when words are taken out, one line a way to choose them.

    Parameters
    ----------
    counts : array (K,)
        Words taken out.
    drops : dict of str to array (N, K)
        Label to how far each of N reviews' logits moved against its own answer.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    looks = zip(("i", "f", "h", "o", "chance"), ("v", "D", "s", "o", "^"), strict=True)
    for (label, values), (name, marker) in zip(drops.items(), looks, strict=False):
        mean, low, high = np.transpose([mean_interval(column) for column in np.transpose(values)])
        ax.fill_between(counts, low, high, color=COLOURS[name], alpha=0.18, lw=0)
        ax.plot(counts, mean, color=COLOURS[name], marker=marker, ms=5, label=label)
    ax.set(xlabel="words taken out", ylabel="logit moved against the answer")
    ax.set_xticks(counts)
    ax.legend(loc="upper left")
    return ax
