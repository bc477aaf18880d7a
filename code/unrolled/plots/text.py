"""Text: how much of it a vocabulary knows, how long it is, and words inked by their weight."""

import numpy as np

from unrolled.plots.axes import given_or_current
from unrolled.plots.style import COLOURS, REAL


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
        ax.text(length + 8, top * (0.95 - 0.1 * place), name, va="top")
    ax.set_xlabel(f"length (tokens; the last bar: {longest:,} and more)")
    ax.set_ylabel("reviews")
    return ax


def plot_inked_words(
    words, ink, *, colour=COLOURS["h"], size=15, width=46, least=0.04, shade=False, ax=None
):
    """Write words in lines, each as dark as its weight: 1 is full ink, 0 almost none.

    Parameters
    ----------
    words : list of str
    ink : array (N,)
        One weight a word, from 0 to 1.
    colour : matplotlib colour
    size : float
        Font size in points.
    width : int
        Letters in a line. For even gaps the axes should be ``width * 0.602 * size / 72`` inches
        wide, the advance of the monospaced font.
    least : float
        The opacity of a word without weight: enough to see that a word stands there.
    shade : bool
        Write all words in the same dark ink, and shade the ground behind each instead: for a text
        that is to be read. Full shade lets the ink stand out, and no weight is no shade.
    ax : matplotlib Axes, optional
        Its limits are set to letters across and lines down, its frame is hidden.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If there is not one weight from 0 to 1 for each word.
    """
    if len(words) != len(ink) or not all(0 <= weight <= 1 for weight in ink):
        raise ValueError(
            f"plot_inked_words got {len(words)} words and {len(ink)} weights. "
            "Give one weight from 0 to 1 for each word."
        )
    ax = given_or_current(ax)
    column, line = 0, 0
    for word, weight in zip(words, ink, strict=True):
        if column and column + len(word) > width:
            column, line = 0, line + 1
        if shade:
            ground = {
                "facecolor": colour,
                "alpha": 0.5 * weight,
                "lw": 0,
                "boxstyle": "square,pad=0.15",
            }
            look = {"bbox": ground}
        else:
            look = {"color": colour, "alpha": least + (1 - least) * weight}
        ax.text(column, -line, word, family="DejaVu Sans Mono", fontsize=size, va="center", **look)
        column += len(word) + 1
    ax.set(xlim=(0, width), ylim=(-line - 0.6, 0.6))
    ax.axis("off")
    return ax
