"""A network that reads: its prediction, its gates and its verdicts at each word, going down."""

import numpy as np

from unrolled.plots.axes import given_or_current
from unrolled.plots.seeds import draw_band
from unrolled.plots.style import AGAINST, CHANCE, COLOURS, EMPTY, FOR, MARKED


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
        ax.axhspan(row - 0.5, row + 0.5, color=MARKED, lw=0, zorder=0)
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
    colours = np.where(probabilities > 0.5, FOR, AGAINST)
    ax.scatter(probabilities, rows, c=colours, s=18, zorder=3)
    ax.axvline(0.5, color=CHANCE, ls="--", lw=1)
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
    colours = np.where(values > 0, FOR, AGAINST) if colour is None else colour
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
        ax.barh(rows, 0.85, 0.8, left=column, color=EMPTY)
        ax.barh(rows, 0.85 * values, 0.8, left=column, color=COLOURS.get(name, COLOURS["c"]))
    ax.set_xticks(np.arange(len(gates)) + 0.42, list(gates))
    ax.set_xlim(-0.1, len(gates))
    ax.grid(visible=False)
    ax.tick_params(axis="x", length=0)
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
        draw_band(ax, counts, values, COLOURS[name], marker=marker, ms=5, label=label)
    ax.set(xlabel="words taken out", ylabel="logit moved against the answer")
    ax.set_xticks(counts)
    ax.legend(loc="upper left")
    return ax
