"""Drawings of networks: one unrolled over time, and the wiring of the LSTM and of the GRU."""

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.patches import Circle, FancyBboxPatch

from unrolled.plots.axes import given_or_current
from unrolled.plots.style import BODY, BODY_EDGE, CELL, COLOURS, INK, ON_DARK, SOFT_INK, WHITE


def plot_unrolled(steps=4, *, weight_names=True, ax=None):
    """Draw a recurrent network folded up (one cell with a loop) and unrolled over time.

    Parameters
    ----------
    steps : int
        How many steps to unroll.
    weight_names : bool
        Write W_ih and W_hh on the arrows.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    _cell(ax, 0, r"$h_t$")
    _edge(ax, (0, -1.05), (0, -0.42))
    _edge(ax, (0, 0.42), (0, 1.05))
    ax.annotate(
        "",
        xy=(-0.40, -0.16),
        xytext=(-0.40, 0.16),
        arrowprops={
            "arrowstyle": "-|>",
            "color": COLOURS["h"],
            "linewidth": 2,
            "connectionstyle": "arc3,rad=1.9",
        },
    )
    _label(ax, (0, -1.3), r"$x_t$")
    _label(ax, (0, 1.3), r"$y_t$")
    _label(ax, (1.0, 0), "=", size=20)
    start = 2.0
    _label(ax, (start - 0.15, 0), r"$h_0$", colour=COLOURS["h"])
    for step in range(1, steps + 1):
        x = start + 1.75 * step - 0.5
        _edge(ax, (x - (1.15 if step == 1 else 1.32), 0), (x - 0.43, 0), COLOURS["h"])
        _cell(ax, x, rf"$h_{step}$")
        _edge(ax, (x, -1.05), (x, -0.42))
        _edge(ax, (x, 0.42), (x, 1.05))
        _label(ax, (x, -1.3), rf"$x_{step}$")
        _label(ax, (x, 1.3), rf"$y_{step}$")
        if weight_names:
            _label(ax, (x - 0.88, 0.22), r"$W_{hh}$", size=9, colour=COLOURS["h"])
            _label(ax, (x + 0.33, -0.72), r"$W_{ih}$", size=9)
    ax.set_xlim(-1.3, start + 1.75 * steps + 0.4)
    ax.set_ylim(-1.6, 1.6)
    ax.set_aspect("equal")
    ax.axis("off")
    return ax


def _cell(ax, x, name):
    box = {"boxstyle": "round,pad=0.12,rounding_size=0.12", "linewidth": 1.6}
    ax.add_patch(
        FancyBboxPatch((x - 0.28, -0.28), 0.56, 0.56, facecolor=CELL, edgecolor=COLOURS["h"], **box)
    )
    _label(ax, (x, 0), name, size=13)


def _edge(ax, start, end, colour=SOFT_INK):
    ax.annotate(
        "",
        xy=end,
        xytext=start,
        arrowprops={"arrowstyle": "-|>", "color": colour, "linewidth": 1.6, "shrinkA": 0},
    )


def _label(ax, at, text, *, size=12, colour=SOFT_INK):
    ax.text(*at, text, ha="center", va="center", fontsize=size, color=colour)


#: The parts of an LSTM's wiring that can be inked: the belt; what each of the four boxes does on
#: its way to c or h; the wires that bring x_t and h_{t-1} to them.
LSTM_PARTS = ("c", "f", "i", "g", "o", "inputs")


def plot_lstm_cell(inked=LSTM_PARTS, *, neighbours=False, letters=1.0, ax=None):
    """Draw the wiring of one LSTM step: the belt c on top, the gates below it.

    Parameters
    ----------
    inked : collection of str
        Of `LSTM_PARTS`, what to draw in its colours; the other parts are pale.
    neighbours : bool
        Show the steps before and after it too, as boxes, and what runs from one to the next.
    letters : float
        Their size; below 1 where several cells stand beside each other.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If there is no such part.
    """
    unknown = sorted(set(inked) - set(LSTM_PARTS))
    if unknown:
        raise ValueError(
            f"plot_lstm_cell has no part {', '.join(unknown)}. Choose from {', '.join(LSTM_PARTS)}."
        )
    ax = _canvas(ax, (-4.3, 14.3) if neighbours else (-1.3, 11.3), (-1.0, 5.1))
    _body(ax, (0.9, 0.05), (8.7, 4.95))
    if neighbours:
        _lstm_neighbours(ax)
    for part in sorted(LSTM_PARTS, key=lambda part: part in inked):  # ink lies over what is pale
        _LSTM_DRAWN[part](ax, _as_it_is if part in inked else _pale)
    for text in ax.texts:
        text.set_fontsize(letters * text.get_fontsize())
    return ax


# Where the wires of the LSTM run: heights of the belt, of what is said, of what is written, of
# the boxes and of their two feeds; and the boxes from left to right.
_BELT, _SAID, _WRITTEN, _BOXES, _H_FEED, _X_FEED = 4.25, 2.3, 2.95, 1.6, 0.75, 0.35
_AT = {"f": 2.1, "i": 3.7, "g": 5.4, "o": 7.1}


def _lstm_belt(ax, pen):
    _wire(ax, [(0.1, _BELT), (10.35, _BELT)], pen(COLOURS["c"]), width=4.5, head=True)
    _end(ax, 0.0, _BELT, r"$c_{t-1}$", pen(COLOURS["c"]), "right")
    _end(ax, 10.45, _BELT, "$c_t$", pen(COLOURS["c"]), "left")


def _lstm_drop(ax, pen):
    x = _AT["f"]
    _wire(ax, [(x, _BOXES + 0.36), (x, _BELT - 0.24)], pen(COLOURS["f"]), head=True)
    _gate(ax, x, _BOXES, "f", "σ", pen)
    _node(ax, x, _BELT, "×", pen)
    _note(ax, x + 0.22, 3.35, "drop", pen(COLOURS["f"]))


def _lstm_write(ax, pen):
    x = _AT["i"]
    colour = pen(COLOURS["i"])
    _wire(ax, [(x, _BOXES + 0.36), (x, _WRITTEN), (4.31, _WRITTEN)], colour, head=True)
    _wire(ax, [(4.55, _WRITTEN + 0.24), (4.55, _BELT - 0.24)], colour, head=True)
    _gate(ax, x, _BOXES, "i", "σ", pen)
    _node(ax, 4.55, _WRITTEN, "×", pen)
    _node(ax, 4.55, _BELT, "+", pen)
    _note(ax, 4.75, 3.6, "write", colour)


def _lstm_note(ax, pen):
    x = _AT["g"]
    points = [(x, _BOXES + 0.36), (x, _WRITTEN), (4.79, _WRITTEN)]
    _wire(ax, points, pen(COLOURS["g"]), head=True)
    _gate(ax, x, _BOXES, "g", "tanh", pen)


def _lstm_say(ax, pen):
    x = _AT["o"]
    _wire(ax, [(8.6, _BELT), (8.6, 3.6)], pen(COLOURS["c"]), head=True)
    _wire(ax, [(8.6, 3.0), (8.6, 2.56)], pen(COLOURS["c"]), head=True)
    _wire(ax, [(x, _BOXES + 0.36), (x, _SAID), (8.36, _SAID)], pen(COLOURS["o"]), head=True)
    _wire(ax, [(8.86, _SAID), (10.35, _SAID)], pen(COLOURS["h"]), head=True)
    _gate(ax, x, _BOXES, "o", "σ", pen)
    _plain_box(ax, 8.6, 3.3, "tanh", pen)
    _node(ax, 8.6, _SAID, "×", pen)
    _note(ax, x + 0.15, 2.5, "say", pen(COLOURS["o"]))
    _end(ax, 10.45, _SAID, "$h_t$", pen(COLOURS["h"]), "left")


def _lstm_inputs(ax, pen):
    _wire(ax, [(0.1, _H_FEED), (_AT["o"] + 0.14, _H_FEED)], pen(COLOURS["h"]))
    _wire(ax, [(1.3, -0.45), (1.3, _X_FEED), (_AT["o"] - 0.14, _X_FEED)], pen(INK))
    for x in _AT.values():
        _wire(ax, [(x - 0.14, _X_FEED), (x - 0.14, _BOXES - 0.36)], pen(INK), head=True)
        _wire(ax, [(x + 0.14, _H_FEED), (x + 0.14, _BOXES - 0.36)], pen(COLOURS["h"]), head=True)
    _end(ax, 0.0, _H_FEED, r"$h_{t-1}$", pen(COLOURS["h"]), "right")
    _end(ax, 1.3, -0.7, "$x_t$", pen(INK), "center")


_LSTM_DRAWN = {
    "c": _lstm_belt,
    "f": _lstm_drop,
    "i": _lstm_write,
    "g": _lstm_note,
    "o": _lstm_say,
    "inputs": _lstm_inputs,
}


def _lstm_neighbours(ax):
    """Draw the steps before and after as plain boxes, and what runs from one to the next."""
    for left, name in ((-4.2, "t-1"), (11.8, "t+1")):
        _body(ax, (left, 0.05), (2.4, 4.95))
        _label(ax, (left + 1.2, 2.9), "the same\nfour boxes,\nthe same\nweights", size=9.5)
        _wire(ax, [(left + 0.4, -0.45), (left + 0.4, 0.05)], head=True)
        _end(ax, left + 0.4, -0.7, f"$x_{{{name}}}$", INK, "center")
    for start, end in ((-1.8, -1.25), (11.15, 11.8)):
        turn = (start + end) / 2
        _wire(ax, [(start, _BELT), (end, _BELT)], COLOURS["c"], width=4.5)
        down = [(start, _SAID), (turn, _SAID), (turn, _H_FEED), (end, _H_FEED)]
        _wire(ax, down, COLOURS["h"])


def plot_gru_cell(*, ax=None):
    """Draw the wiring of one GRU step in torch's form: the reset acts after the product.

    Parameters
    ----------
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = _canvas(ax, (-0.5, 11.1), (-0.1, 5.1))
    _body(ax, (0.9, 0.05), (8.7, 4.95))
    belt, high, low, gate, reset = 4.25, 0.75, 0.35, 1.65, 2.6
    _wire(ax, [(0.1, belt), (10.35, belt)], COLOURS["h"], width=4.5, head=True)
    _wire(ax, [(0.1, high), (5.7, high)], COLOURS["h"])
    _wire(ax, [(0.1, low), (8.2, low)])
    for name, x in {"z": 2.0, "r": 3.9}.items():
        _wire(ax, [(x - 0.14, low), (x - 0.14, gate - 0.36)], head=True)
        _wire(ax, [(x + 0.14, high), (x + 0.14, gate - 0.36)], COLOURS["h"], head=True)
        _gate(ax, x, gate, name, "σ")
    _wire(ax, [(5.7, high), (5.7, gate - 0.3)], COLOURS["h"], head=True)
    _plain_box(ax, 5.7, gate, r"$W_{hn}$")
    _wire(ax, [(5.7, gate + 0.3), (5.7, reset - 0.24)], COLOURS["h"], head=True)
    _wire(ax, [(3.9, gate + 0.36), (3.9, reset), (5.46, reset)], COLOURS["r"], head=True)
    _wire(ax, [(5.94, reset), (7.75, reset)], head=True)
    _wire(ax, [(8.2, low), (8.2, reset - 0.36)], head=True)
    _gate(ax, 8.2, reset, "n", "tanh")
    _wire(ax, [(8.2, reset + 0.36), (8.2, 3.36 - 0.02)], COLOURS["n"], head=True)
    _wire(ax, [(2.0, gate + 0.36), (2.0, belt - 0.24)], COLOURS["z"], head=True)
    _wire(ax, [(2.0, 3.55), (7.96, 3.55)], COLOURS["z"], head=True)
    _wire(ax, [(8.2, 3.79), (8.2, belt - 0.24)], COLOURS["n"], head=True)
    _plain_box(ax, 4.2, 3.55, r"$1-z$")
    for x, y, sign in [(2.0, belt, "×"), (8.2, belt, "+"), (8.2, 3.55, "×"), (5.7, reset, "×")]:
        _node(ax, x, y, sign)
    _end(ax, 0.0, belt, "$h_{t-1}$", COLOURS["h"], "right")
    _end(ax, 10.45, belt, "$h_t$", COLOURS["h"], "left")
    _end(ax, 0.0, high + 0.05, "$h_{t-1}$", COLOURS["h"], "right")
    _end(ax, 0.0, low - 0.1, "$x_t$", INK, "right")
    for x, y, text, name in [
        (2.22, 3.9, "keep", "z"),
        (6.0, 3.75, "renew", "z"),
        (4.02, 2.42, "reset", "r"),
    ]:
        _note(ax, x, y, text, _dark(name))
    return ax


# The parts of a wiring diagram, in units of the canvas.


def _canvas(ax, xlim, ylim):
    ax = given_or_current(ax)
    ax.set(xlim=xlim, ylim=ylim, aspect="equal")
    ax.axis("off")
    return ax


def _body(ax, corner, size):
    ax.add_patch(
        FancyBboxPatch(
            corner,
            *size,
            boxstyle="round,pad=0,rounding_size=0.25",
            facecolor=BODY,
            edgecolor=BODY_EDGE,
            lw=1.2,
            zorder=0,
        )
    )


def _wire(ax, points, colour=INK, *, width=1.8, head=False):
    xs, ys = zip(*points, strict=True)
    ax.plot(xs, ys, color=colour, lw=width, solid_joinstyle="round", zorder=1)
    if head:
        draw_arrow(ax, points[-2], points[-1], colour, width)


def draw_arrow(ax, start, end, colour, width=1.8):
    """Draw an arrow from one point to another, its head as large as the line is wide."""
    style = {"arrowstyle": "-|>", "color": colour, "lw": width, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", xy=end, xytext=start, arrowprops={**style, "mutation_scale": 8 + 2 * width})


def _as_it_is(colour):
    """Return a colour as it is: the pen of what is inked."""
    return colour


def _pale(colour):
    """Return a colour that has almost sunk into the body: the pen of what is not inked."""
    return tuple(0.2 * np.array(to_rgb(colour)) + 0.8 * np.array(to_rgb(BODY)))


def _gate(ax, x, y, name, function, pen=_as_it_is):
    """Draw a gate's box: its letter, and the function that squeezes it."""
    ax.add_patch(
        FancyBboxPatch(
            (x - 0.45, y - 0.36),
            0.9,
            0.72,
            boxstyle="round,pad=0,rounding_size=0.12",
            facecolor=pen(COLOURS[name]),
            edgecolor="none",
            zorder=3,
        )
    )
    light = name in "nrzg"  # dark letters on the lighter colours
    letter = f"${name}_t$"
    ink = pen(INK if light else ON_DARK)
    ax.text(x, y + 0.11, letter, color=ink, ha="center", va="center", fontsize=12, zorder=4)
    ax.text(x, y - 0.2, function, color=ink, ha="center", va="center", fontsize=8, zorder=4)


def _plain_box(ax, x, y, text, pen=_as_it_is):
    ax.add_patch(
        FancyBboxPatch(
            (x - 0.42, y - 0.3),
            0.84,
            0.6,
            boxstyle="round,pad=0,rounding_size=0.12",
            facecolor=WHITE,
            edgecolor=pen(INK),
            lw=1.1,
            zorder=3,
        )
    )
    ax.text(x, y, text, color=pen(INK), ha="center", va="center", fontsize=9.5, zorder=4)


def _node(ax, x, y, sign, pen=_as_it_is):
    ax.add_patch(Circle((x, y), 0.24, facecolor=WHITE, edgecolor=pen(INK), lw=1.2, zorder=3))
    ax.text(x, y, sign, color=pen(INK), ha="center", va="center_baseline", fontsize=13, zorder=4)


def _end(ax, x, y, text, colour, side):
    ax.text(x, y, text, color=colour, ha=side, va="center", fontsize=13)


def _note(ax, x, y, text, colour):
    ax.text(x, y, text, color=colour, fontsize=10.5, style="italic", va="center")


def _dark(name):
    """Return a darker shade of a light gate colour, for text."""
    rgb = np.array(to_rgb(COLOURS[name]))
    return tuple(0.6 * rgb) if name in "nrzg" else tuple(rgb)
