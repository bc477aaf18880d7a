"""Figures of reviews and of classifiers: vocabulary, lengths, padding, scores."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, ListedColormap

from unrolled.plots.style import COLOURS, given_or_current

REAL, PADDING = COLOURS["o"], "#E4E4DE"


def plot_coverage(sizes, shares, *, ax=None, **line):
    """Draw the share of running tokens that a vocabulary knows, against its size.

    Parameters
    ----------
    sizes : array (K,)
        Vocabulary sizes V.
    shares : array (K,)
        Known tokens as a share of all running tokens, from 0 to 1.
    ax : matplotlib Axes, optional
    **line
        For ``ax.plot``.

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    ax.plot(sizes, shares, marker="o", markersize=4, **line)
    ax.set_xscale("log")
    ax.set_xlabel("vocabulary size V (tokens)")
    ax.set_ylabel("known tokens (share)")
    return ax


def plot_lengths(lengths, *, marks=(), longest=1000, ax=None):
    """Draw how many sequences have which length; the last bar holds all that are longer.

    Parameters
    ----------
    lengths : array (N,)
        Tokens in each sequence.
    marks : sequence of (float, str)
        Lengths to mark with a line, and their names.
    longest : int
        Where the last bar stands.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    ax.hist(np.minimum(lengths, longest), bins=np.arange(0, longest + 50, 25), color=REAL)
    top = ax.get_ylim()[1]
    for place, (length, name) in enumerate(marks):
        ax.axvline(length, color=COLOURS["c"], linewidth=1.2, linestyle="--")
        ax.text(length + 8, top * (0.95 - 0.1 * place), name, fontsize=9, va="top")
    ax.set_xlabel(f"length (tokens; the last bar: {longest:,} and more)")
    ax.set_ylabel("reviews")
    return ax


def plot_batch(mask, *, ax=None):
    """Draw a batch as a field: real steps dark, padding light; a row is a sequence.

    Parameters
    ----------
    mask : array (B, T) of bool
        True where a step is real.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    colours = ListedColormap([PADDING, REAL])
    ax.imshow(mask, aspect="auto", cmap=colours, vmin=0, vmax=1, interpolation="nearest")
    ax.grid(False)
    ax.set_xlabel("step t")
    ax.set_ylabel("review in the batch")
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
    ink = LinearSegmentedColormap.from_list("ink", ["#F4F4F0", REAL])
    ax.imshow(shares, cmap=ink, vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(counts):
        ax.text(
            column,
            row,
            f"{count:,}\n{shares[row, column]:.0%} of the row",
            ha="center",
            va="center",
            color="white" if shares[row, column] > 0.5 else COLOURS["c"],
        )
    ax.set_xticks(range(len(names)), names)
    ax.set_yticks(range(len(names)), names, rotation=90, va="center")
    ax.grid(False)
    ax.set_xlabel("predicted")
    ax.set_ylabel("true")
    return ax


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
        ax.axvline(chance, color=COLOURS["chance"], linestyle="--", linewidth=1.2)
    ax.set_yticks(places, names)
    ax.set_ylim(-0.6, len(names) - 0.3)
    ax.set_xlabel("accuracy on the test reviews (with 95 % interval)")
    return ax
