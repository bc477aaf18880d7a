"""Padding: where it stands in a batch, which answers move with it, and what that costs."""

import matplotlib.pyplot as plt
import numpy as np

from unrolled.plots.axes import given_or_current
from unrolled.plots.seeds import spread_out
from unrolled.plots.style import AGAINST, CHANCE, COLOURS, FILLED, FOR, NOTE, ON_DARK, REAL_STEPS


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
    ax.imshow(mask, aspect="auto", cmap=REAL_STEPS, vmin=0, vmax=1)
    ax.grid(False)
    ax.set_xlabel("step t")
    ax.set_ylabel("review in the batch")
    return ax


def plot_packing(rows, *, ax=None):
    """Draw a padded batch of words, and below it the same words packed, step by step.

    Parameters
    ----------
    rows : list of list of str
        The words of each row; no two rows are of the same length.
    ax : matplotlib Axes, optional
        Its frame is hidden.

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    steps = max(map(len, rows))
    running = sorted(range(len(rows)), key=lambda row: -len(rows[row]))
    place, strip = 0.0, -len(rows) - 0.8
    for t in range(steps):
        group = [row for row in running if t < len(rows[row])]
        for row in range(len(rows)):
            _draw_word(ax, 2.5 + 1.1 * t, -row, rows[row][t] if row in group else "", row)
        for k, row in enumerate(group):
            _draw_word(ax, place + k, strip, rows[row][t], row)
        middle = place + (len(group) - 1) / 2
        ax.text(
            middle, strip - 0.95, f"step {t}: {len(group)}", ha="center", va="center", color=NOTE
        )
        place += len(group) + 0.35
    for row in range(len(rows)):
        ax.text(1.7, -row, f"row {row}", ha="right", va="center", color=NOTE)
    ax.set(xlim=(-0.6, place - 0.2), ylim=(strip - 1.5, 0.6))
    ax.axis("off")
    return ax


def _draw_word(ax, x, y, word, row):
    """Draw one step of a row: its word on the row's colour, or padding."""
    colour = COLOURS["oif"[row % 3]] if word else FILLED
    ax.add_patch(plt.Rectangle((x - 0.48, y - 0.4), 0.96, 0.8, facecolor=colour, linewidth=0))
    ax.text(x, y, word, ha="center", va="center", color=ON_DARK)


def plot_movement(amounts, answers, *, name="", tolerance=1e-3, ax=None):
    """Draw what is read from each sequence against its padding; the title says if it moves.

    Parameters
    ----------
    amounts : array (K,)
        Steps of padding.
    answers : array (N, K)
        The number read from each of N sequences.
    name : str
        Of the read-out.
    tolerance : float
        It moves if an answer gets further from its first value than this.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    answers = np.asarray(answers)
    moves = np.abs(answers - answers[:, :1]).max() > tolerance
    colour = AGAINST if moves else FOR
    ax.plot(amounts, answers.T, color=colour, linewidth=1.2, alpha=0.85)
    verdict = "moves" if moves else "stays"
    ax.set_title(f"{name}\n{verdict}", color=colour)
    ax.set_xlabel("padding (steps)")
    return ax


def plot_readout_scores(usual, other, *, chance=0.5, labels=("as in training", "other"), ax=None):
    """Draw for each read-out the score of every run, and its score with other padding.

    Parameters
    ----------
    usual, other : dict from str to array (S,)
        A name for each read-out, from top to bottom, and the scores of S runs.
    chance : float
        Drawn as a dashed line.
    labels : (str, str)
        What `usual` and `other` are called in the legend.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    for row, name in enumerate(usual):
        place = len(usual) - 1 - row
        ends = [spread_out(place + side, len(usual[name]), 0.12) for side in (-0.1, 0.1)]
        ax.plot([other[name], usual[name]], ends, color=CHANCE, linewidth=1, zorder=1)
        style = {"s": 26, "zorder": 2, "linewidth": 1.1}
        ax.scatter(other[name], ends[0], facecolor="none", edgecolor=AGAINST, marker="s", **style)
        ax.scatter(usual[name], ends[1], color=FOR, **style)
    ax.axvline(chance, color=CHANCE, linestyle="--", linewidth=1.2)
    ax.set_yticks(range(len(usual))[::-1], list(usual))
    ax.set_ylim(-0.6, len(usual) - 0.4)
    ax.set_xlabel("accuracy on the validation reviews")
    first = plt.Line2D([], [], color=FOR, marker="o", linestyle="none", label=labels[0])
    second = plt.Line2D(
        [], [], color=AGAINST, marker="s", linestyle="none", markerfacecolor="none", label=labels[1]
    )
    ax.legend(handles=[first, second], loc="lower center", bbox_to_anchor=(0.4, 1), ncols=2)
    return ax
