"""Gates and memories over the steps: rows of bars, lines, a belt, and lines over words."""

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.patches import FancyBboxPatch

from unrolled.plots.axes import given_or_current
from unrolled.plots.seeds import draw_band
from unrolled.plots.strokes import draw_arrow
from unrolled.plots.style import COLOURS, EMPTY, INK, ON_DARK, OTHERS, ZERO

NAMES = {
    "f": "f  forget",
    "i": "i  input",
    "g": "g  candidate",
    "o": "o  output",
    "r": "r  reset",
    "z": "z  update",
    "n": "n  candidate",
    "c": "c  cell",
    "h": "h  state",
}


def plot_gate_traces(gates, *, ax=None):
    """Draw each gate as a row of bars over time: empty is shut (0), full is open (1).

    Parameters
    ----------
    gates : dict of str to array (T,)
        Keys such as "f", "i", "o", "r", "z"; values from 0 to 1. The first stands on top.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If the rows have different lengths or a value is not from 0 to 1.
    """
    ax = given_or_current(ax)
    rows = {name: np.asarray(values, dtype=float) for name, values in gates.items()}
    lengths = {name: values.shape for name, values in rows.items()}
    if len(set(lengths.values())) != 1 or any(values.ndim != 1 for values in rows.values()):
        raise ValueError(f"plot_gate_traces got shapes {lengths}. Give one (T,) row for each gate.")
    for level, (name, values) in enumerate(reversed(rows.items())):
        if values.min() < 0 or values.max() > 1:
            raise ValueError(
                f"plot_gate_traces got {name} from {values.min():.3g} to {values.max():.3g}. "
                "A gate lies from 0 to 1; draw candidates and states as lines instead."
            )
        steps = np.arange(1, len(values) + 1)
        ax.bar(steps, np.full(len(values), 0.8), 0.9, level, color=EMPTY)
        ax.bar(steps, 0.8 * values, 0.9, level, color=COLOURS.get(name, INK))
    ax.set_yticks(np.arange(len(rows)) + 0.4, [NAMES.get(name, name) for name in reversed(rows)])
    ax.set(xlim=(0.4, len(values) + 0.6), ylim=(-0.15, len(rows)), xlabel="step t")
    ax.grid(visible=False)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    return ax


def plot_memory(traces, *, ax=None):
    """Draw the content of a memory over time, one stepped line a version, to compare them.

    Parameters
    ----------
    traces : dict of str to array (T,)
        Label to values, three at most. The first is the one to look at: solid and dark.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If there are more than three traces.
    """
    if len(traces) > 3:
        raise ValueError(f"plot_memory got {len(traces)} traces. It can tell three apart.")
    ax = given_or_current(ax)
    styles = [(COLOURS["c"], "-", 2.6), (OTHERS[0], "--", 1.7), (OTHERS[1], ":", 2.2)]
    for (label, values), (colour, dash, width) in zip(traces.items(), styles, strict=False):
        steps = np.arange(1, len(values) + 1)
        ax.step(steps, values, where="mid", color=colour, ls=dash, lw=width, label=label)
    ax.axhline(0, color=ZERO, lw=0.8, zorder=0)
    ax.set_xlim(0.4, len(values) + 0.6)
    ax.set_xlabel("step t")
    ax.set_ylabel("memory")
    ax.legend(loc="lower left", bbox_to_anchor=(0, 0.98), ncols=3, borderaxespad=0)
    return ax


def plot_over_words(words, rows, *, ax=None):
    """Draw one line a quantity over the words of a sentence: mean and 95 % interval over seeds.

    Parameters
    ----------
    words : sequence of str, T
    rows : dict of str to array (S, T)
        Keys such as "f" and "i" get their gates' colours and names.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If a row does not have one value for each word.
    """
    ax = given_or_current(ax)
    places = np.arange(1, len(words) + 1)
    looks = {"f": ("o", "-"), "i": ("s", "--"), "subject": ("o", "-"), "distractor": ("^", "--")}
    for name, values in rows.items():
        if np.ndim(values) != 2 or np.shape(values)[1] != len(words):
            raise ValueError(
                f"plot_over_words got {name} of shape {np.shape(values)} for {len(words)} words. "
                "Give (S, T): a row for each seed, a column for each word."
            )
        marker, dash = looks.get(name, ("o", "-"))
        colour = COLOURS.get(name, COLOURS["c"] if name == "subject" else OTHERS[0])
        look = {"marker": marker, "ls": dash, "ms": 5, "lw": 1.6, "label": NAMES.get(name, name)}
        draw_band(ax, places, values, colour, **look)
    ax.set_xticks(places, words)
    ax.set_xlim(0.6, len(words) + 0.4)
    return ax


def plot_belt(c, gates, *, ax=None):
    """Draw the memory as a conveyor belt: what is put on, what is wiped off, what is read.

    Parameters
    ----------
    c : array (T,)
        The cell's content after each step.
    gates : dict of str to array (T,)
        "f", "i", "g" and "o". A write is drawn where ``|i g|`` is at least 0.05, a wipe where f
        is below 0.5 and there was something to lose, a reading where o is above 0.5.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    c = np.asarray(c, dtype=float)
    f, i, g, o = (np.asarray(gates[name], dtype=float) for name in "figo")
    steps, before = len(c), np.concatenate([[0.0], c[:-1]])
    ax.plot([0.45, steps + 0.55], [-0.5, -0.5], color=INK, lw=2.5, solid_capstyle="round")
    for t in range(steps):
        _parcel(ax, t + 1, c[t])
        if abs(i[t] * g[t]) >= 0.05:
            draw_arrow(ax, (t + 1, -1.5), (t + 1, -0.6), COLOURS["i"])
            written = _number(i[t] * g[t], "+.1f")
            ax.text(t + 1, -2.05, written, color=COLOURS["i"], ha="center", va="center")
        if f[t] < 0.5 and before[t]:
            ax.text(t + 0.5, 0.62, "×", color=COLOURS["f"], ha="center", fontsize=19, weight="bold")
        if o[t] > 0.5:
            draw_arrow(ax, (t + 1, 0.55), (t + 1, 1.4), COLOURS["o"])
            said = _number(o[t] * np.tanh(c[t]), "+.2f")
            ax.text(t + 1, 1.8, said, color=COLOURS["o"], ha="center", va="center")
    ax.set(xlim=(0.4, steps + 0.6), ylim=(-2.5, 2.2), xlabel="step t")
    ax.set_xticks(np.arange(1, steps + 1))
    ax.set_yticks([1.8, 0.9, 0, -2.05], ["said", "wiped", "c  cell", "written"])
    for label, name in zip(ax.get_yticklabels(), "ofci", strict=True):
        label.set_color(COLOURS[name])
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.grid(visible=False)
    return ax


def _number(value, spec):
    """Return a number as print wants it: with a true minus sign."""
    return format(value, spec).replace("-", "−")


def _parcel(ax, x, value):
    """Draw one parcel of the belt: the darker, the more it holds."""
    strength = min(abs(value), 1.0)
    ax.add_patch(
        FancyBboxPatch(
            (x - 0.36, -0.4),
            0.72,
            0.8,
            boxstyle="round,pad=0,rounding_size=0.1",
            facecolor=(*to_rgb(COLOURS["c"]), strength**1.5),
            edgecolor=COLOURS["c"],
            lw=1.2,
        )
    )
    colour = ON_DARK if strength > 0.8 else INK
    ax.text(x, 0, _number(value, ".1f"), color=colour, ha="center", va="center")
