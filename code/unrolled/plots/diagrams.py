"""Drawings of networks: one unrolled over time, and the wiring of the LSTM and of the GRU."""

from itertools import pairwise

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.patches import Circle, FancyBboxPatch

from unrolled.plots.axes import given_or_current
from unrolled.plots.style import BODY, BODY_EDGE, CELL, COLOURS, INK, NOTE, ON_DARK, SOFT_INK, WHITE


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


def plot_lstm_cell(*, ax=None):
    """Draw the wiring of one LSTM step: the belt c on top, the gates below it.

    Parameters
    ----------
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = _canvas(ax, (-0.5, 11.1), (-0.1, 5.1))
    _body(ax, (0.9, 0.05), (8.7, 4.95))
    belt, bus, gate, meet = 4.25, 0.55, 1.55, 2.95
    _wire(ax, [(0.1, belt), (10.35, belt)], COLOURS["c"], width=4.5, head=True)
    _wire(ax, [(0.1, bus), (7.1, bus)])
    for name, x in {"f": 2.1, "i": 3.7, "g": 5.4, "o": 7.1}.items():
        _wire(ax, [(x, bus), (x, gate - 0.36)], head=True)
        _gate(ax, x, gate, name, "tanh" if name == "g" else "σ")
    _wire(ax, [(2.1, gate + 0.36), (2.1, belt - 0.24)], COLOURS["f"], head=True)
    _wire(ax, [(3.7, gate + 0.36), (3.7, meet), (4.31, meet)], COLOURS["i"], head=True)
    _wire(ax, [(5.4, gate + 0.36), (5.4, meet), (4.79, meet)], COLOURS["g"], head=True)
    _wire(ax, [(4.55, meet + 0.24), (4.55, belt - 0.24)], COLOURS["i"], head=True)
    _wire(ax, [(8.6, belt), (8.6, 3.6)], COLOURS["c"], head=True)
    _wire(ax, [(8.6, 3.0), (8.6, 2.56)], COLOURS["c"], head=True)
    _wire(ax, [(7.1, gate + 0.36), (7.1, 2.3), (8.36, 2.3)], COLOURS["o"], head=True)
    _wire(ax, [(8.86, 2.3), (10.35, 2.3)], COLOURS["h"], head=True)
    _plain_box(ax, 8.6, 3.3, "tanh")
    for x, y, sign in [(2.1, belt, "×"), (4.55, belt, "+"), (4.55, meet, "×"), (8.6, 2.3, "×")]:
        _node(ax, x, y, sign)
    _end(ax, 0.0, belt, r"$c_{t-1}$", "c", "right")
    _end(ax, 10.45, belt, "$c_t$", "c", "left")
    _end(ax, 10.45, 2.3, "$h_t$", "h", "left")
    _end(ax, 0.0, bus, "$x_t,$\n$h_{t-1}$", None, "right")
    for x, y, text, name in [
        (2.32, 3.35, "drop", "f"),
        (4.75, 3.6, "write", "i"),
        (7.25, 2.5, "say", "o"),
    ]:
        ax.text(x, y, text, color=COLOURS[name], fontsize=10.5, style="italic", va="center")
    return ax


def plot_gru_cell(change=3, *, ax=None):
    """Draw how an LSTM step becomes a GRU step: three changes, each on top of those before it.

    After the third it is the whole GRU, in torch's form: the reset acts after the product. What a
    change took out stays as a dotted outline.

    Parameters
    ----------
    change : int
        1: one gate both drops and writes. 2: one state, always on display. 3: the reset gate.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If `change` is not 1, 2 or 3.
    """
    if change not in (1, 2, 3):
        raise ValueError(f"plot_gru_cell got change={change!r}. There are three: 1, 2 and 3.")
    ax = _canvas(ax, (-0.9, 11.1), (-0.1, 5.1))
    _body(ax, (0.7, 0.05), (9.3, 4.95))
    carried = "c" if change == 1 else "h"
    _wire(ax, [(0.1, _BELT), (10.4, _BELT)], COLOURS[carried], width=4.5, head=True)
    _end(ax, 0.0, _BELT, f"${carried}_{{t-1}}$", carried, "right")
    _end(ax, 10.5, _BELT, f"${carried}_t$", carried, "left")
    _gru_inputs(ax, *{1: (7.86, 8.14), 2: (6.06, 6.34), 3: (4.6, 6.34)}[change])
    _update_gate(ax)
    (_reset_gate if change == 3 else _removed_input_gate)(ax)
    _candidate(ax, "n" if change == 3 else "g")
    if change < 3:
        (_output_gate if change == 1 else _removed_output_gate)(ax)
    return ax


# The GRU's wiring: heights of the state, of the gates, of the candidate, and of the two inputs.
_BELT, _GATE, _NEW, _FROM_H, _FROM_X = 4.3, 1.65, 2.45, 0.75, 0.35


def _gru_inputs(ax, h_ends, x_ends):
    """Draw the two wires at the bottom, of the last h and of the input."""
    _wire(ax, [(0.1, _FROM_H), (h_ends, _FROM_H)], COLOURS["h"])
    _wire(ax, [(0.1, _FROM_X), (x_ends, _FROM_X)])
    _end(ax, 0.0, _FROM_H + 0.08, "$h_{t-1}$", "h", "right")
    _end(ax, 0.0, _FROM_X - 0.12, "$x_t$", None, "right")


def _feed(ax, x, y, *, state=True):
    """Draw the arrows from both inputs, or from x alone, up into a box."""
    _wire(ax, [(x + 0.14, _FROM_X), (x + 0.14, y)], head=True)
    if state:
        _wire(ax, [(x - 0.14, _FROM_H), (x - 0.14, y)], COLOURS["h"], head=True)


def _update_gate(ax):
    _feed(ax, 1.9, _GATE - 0.36)
    _gate(ax, 1.9, _GATE, "z", "σ")
    _wire(ax, [(1.9, _GATE + 0.36), (1.9, _BELT - 0.24)], COLOURS["z"], head=True)
    _wire(ax, [(1.9, 3.5), (5.96, 3.5)], COLOURS["z"], head=True)
    _plain_box(ax, 3.9, 3.5, r"$1-z$")
    _node(ax, 1.9, _BELT, "×")
    _note(ax, 2.12, 3.9, "keep", "z")
    _note(ax, 4.75, 3.72, "write", "z")


def _candidate(ax, name):
    _feed(ax, 6.2, _NEW - 0.36, state=name == "g")
    _gate(ax, 6.2, _NEW, name, "tanh")
    _wire(ax, [(6.2, _NEW + 0.36), (6.2, 3.26)], COLOURS[name], head=True)
    _wire(ax, [(6.2, 3.74), (6.2, _BELT - 0.24)], COLOURS[name], head=True)
    _node(ax, 6.2, 3.5, "×")
    _node(ax, 6.2, _BELT, "+")


def _removed_input_gate(ax):
    _ghost(ax, 3.5, _GATE, "$i_t$")


def _reset_gate(ax):
    _feed(ax, 3.1, _GATE - 0.36)
    _gate(ax, 3.1, _GATE, "r", "σ")
    _wire(ax, [(4.6, _FROM_H), (4.6, _GATE - 0.3)], COLOURS["h"], head=True)
    _wire(ax, [(4.6, _GATE + 0.3), (4.6, _NEW - 0.24)], COLOURS["h"], head=True)
    _plain_box(ax, 4.6, _GATE, r"$W_{hn}$")
    _wire(ax, [(3.1, _GATE + 0.36), (3.1, _NEW), (4.36, _NEW)], COLOURS["r"], head=True)
    _wire(ax, [(4.84, _NEW), (5.75, _NEW)], COLOURS["h"], head=True)
    _node(ax, 4.6, _NEW, "×")
    _note(ax, 3.2, _NEW + 0.22, "reset", "r")


def _output_gate(ax):
    _feed(ax, 8.0, _GATE - 0.36)
    _gate(ax, 8.0, _GATE, "o", "σ")
    _wire(ax, [(9.3, _BELT), (9.3, 3.75)], COLOURS["c"], head=True)
    _wire(ax, [(9.3, 3.15), (9.3, _NEW + 0.24)], COLOURS["c"], head=True)
    _wire(ax, [(8.0, _GATE + 0.36), (8.0, _NEW), (9.06, _NEW)], COLOURS["o"], head=True)
    _wire(ax, [(9.54, _NEW), (10.4, _NEW)], COLOURS["h"], head=True)
    _plain_box(ax, 9.3, 3.45, "tanh")
    _node(ax, 9.3, _NEW, "×")
    _end(ax, 10.5, _NEW, "$h_t$", "h", "left")
    _note(ax, 8.1, _NEW + 0.22, "say", "o")


def _removed_output_gate(ax):
    _ghost(ax, 8.0, _GATE, "$o_t$")
    _ghost(ax, 9.3, 3.45, "tanh")


def plot_gradient_arrows(*paths, steps=2, names=True, ax=None):
    """Draw the ways of a gradient back through an LSTM: the cell states above, the h below.

    Four arrows lead back from each step: c to the last c (times f), h to its own c (times s), and
    to the last h from c (P) and from h (Q).

    Parameters
    ----------
    *paths : sequence of str
        States from the last one back, such as ``("h3", "c3", "c2")``; their arrows stand out.
        Without a path all do.
    steps : int
        How many steps back. The first state is numbered 1, the last `steps` + 1.
    names : bool
        Write the factors f, s, P and Q on the arrows.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If two neighbours on a path have no arrow between them.
    """
    places = {
        f"{s}{t}": (2.0 * t, 1.6 if s == "c" else 0) for s in "ch" for t in range(1, steps + 2)
    }
    arrows = {}
    for t in range(steps + 1, 0, -1):
        arrows[f"h{t}", f"c{t}"] = r"$s$", (0.17, 0.0)
        if t > 1:
            arrows[f"c{t}", f"c{t - 1}"] = r"$f$", (0.0, 0.2)
            arrows[f"c{t}", f"h{t - 1}"] = r"$P$", (-0.3, 0.12)
            arrows[f"h{t}", f"h{t - 1}"] = r"$Q$", (0.0, -0.22)
    inked = {pair for path in paths for pair in pairwise(path)}
    if not inked <= arrows.keys():
        raise ValueError(
            f"plot_gradient_arrows got {paths}, where an arrow is missing. A gradient goes from h3 "
            "to c3 or h2, and from c3 to c2 or h2."
        )
    ax = _canvas(ax, (1.3, 2 * steps + 2.9), (-0.65, 2.25))
    for (start, end), (name, shift) in arrows.items():
        stands_out = not paths or (start, end) in inked
        _arrow_between(ax, places[start], places[end], stands_out, bold=bool(paths))
        if names:
            middle = np.mean([places[start], places[end]], axis=0) + shift
            _label(ax, middle, name, size=11, colour=INK if stands_out else BODY_EDGE)
    for name, place in places.items():
        _state(ax, place, name, stands_out=not paths or any(name in path for path in paths))
    return ax


def _arrow_between(ax, start, end, stands_out, *, bold):
    colour = INK if stands_out else BODY_EDGE
    width = 3 if stands_out and bold else 1.6
    start, end = np.array(start), np.array(end)
    gap = 0.38 * (end - start) / np.linalg.norm(end - start)  # up to the circles
    draw_arrow(ax, start + gap, end - gap, colour, width)


def _state(ax, place, name, *, stands_out):
    colour = COLOURS[name[0]] if stands_out else BODY_EDGE
    ax.add_patch(Circle(place, 0.34, facecolor=WHITE, edgecolor=colour, lw=1.8, zorder=3))
    ax.text(*place, f"${name[0]}_{name[1:]}$", color=colour, ha="center", va="center", zorder=4)


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


def _gate(ax, x, y, name, function):
    """Draw a gate's box: its letter, and the function that squeezes it."""
    ax.add_patch(
        FancyBboxPatch(
            (x - 0.45, y - 0.36),
            0.9,
            0.72,
            boxstyle="round,pad=0,rounding_size=0.12",
            facecolor=COLOURS[name],
            edgecolor="none",
            zorder=3,
        )
    )
    light = name in "nrzg"  # dark letters on the lighter colours
    letter = f"${name}_t$"
    ink = INK if light else ON_DARK
    ax.text(x, y + 0.11, letter, color=ink, ha="center", va="center", fontsize=12, zorder=4)
    ax.text(x, y - 0.2, function, color=ink, ha="center", va="center", fontsize=8, zorder=4)


def _plain_box(ax, x, y, text):
    ax.add_patch(
        FancyBboxPatch(
            (x - 0.42, y - 0.3),
            0.84,
            0.6,
            boxstyle="round,pad=0,rounding_size=0.12",
            facecolor=WHITE,
            edgecolor=INK,
            lw=1.1,
            zorder=3,
        )
    )
    ax.text(x, y, text, color=INK, ha="center", va="center", fontsize=9.5, zorder=4)


def _ghost(ax, x, y, text):
    """Draw the dotted outline of a box that a change took out."""
    outline = FancyBboxPatch(
        (x - 0.45, y - 0.36),
        0.9,
        0.72,
        boxstyle="round,pad=0,rounding_size=0.12",
        facecolor="none",
        edgecolor=NOTE,
        ls=":",
        lw=1.3,
    )
    ax.add_patch(outline)
    ax.text(x, y, text, color=NOTE, ha="center", va="center", fontsize=11)


def _note(ax, x, y, text, name):
    ax.text(x, y, text, color=_dark(name), fontsize=10.5, style="italic", va="center")


def _node(ax, x, y, sign):
    ax.add_patch(Circle((x, y), 0.24, facecolor=WHITE, edgecolor=INK, lw=1.2, zorder=3))
    ax.text(x, y, sign, color=INK, ha="center", va="center_baseline", fontsize=13, zorder=4)


def _end(ax, x, y, text, name, side):
    colour = INK if name is None else COLOURS[name]
    ax.text(x, y, text, color=colour, ha=side, va="center", fontsize=13)


def _dark(name):
    """Return a darker shade of a light gate colour, for text."""
    rgb = np.array(to_rgb(COLOURS[name]))
    return tuple(0.6 * rgb) if name in "nrzg" else tuple(rgb)
