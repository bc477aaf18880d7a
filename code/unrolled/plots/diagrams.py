"""Drawings of networks: unrolled, with the way back, and the wiring of the LSTM and of the GRU."""

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


def plot_backward(part, *, steps=3, ax=None):
    """Draw the graph of an unrolled network's loss, with one part of the way back in ink.

    Parameters
    ----------
    part : {"forward", "state", "weights"}
        What is inked: how the loss is computed; every road from the loss back to the last state
        but one; or the roads to each step's own copy of W_hh, and from these to W_hh.
    steps : int, at least 2
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If `part` is no part of this drawing, or there are fewer than two steps.
    """
    if part not in _BACKWARD:
        raise ValueError(f"plot_backward got part={part!r}. Choose one of {', '.join(_BACKWARD)}.")
    if steps < 2:
        raise ValueError(f"plot_backward got steps={steps}. The way back needs at least 2 steps.")
    ax = _canvas(ax, (-0.7, _STEP * steps + 0.7), (-2.85, 2.2))
    places = _backward_places(steps)
    back = _BACKWARD[part](steps)
    for tail, head in _forward_edges(steps):
        if (head, tail) not in back:
            _between(ax, places, tail, head, INK if part == "forward" else BODY_EDGE)
    for (tail, head), label in back.items():
        colour = COLOURS["f"] if "W" in head else COLOURS["h"]
        _between(ax, places, tail, head, colour, width=2.4)
        if label:
            _beside(ax, places[tail], places[head], label, colour)
    for name, (x, y) in places.items():
        _place(ax, name, x, y, steps)
    return ax


_STEP = 3.6  # from one state to the next in the drawing of the way back


def _backward_places(steps):
    """Return where each node of the graph stands: h_t, a_t, copies W_t, inputs x_t, W, and L."""
    places = {"h0": (0, 0), "L": (_STEP * (steps + 1) / 2, 1.85), "W": (_STEP * steps / 2, -2.6)}
    for t in range(1, steps + 1):
        x = _STEP * (t - 0.5)
        places |= {f"a{t}": (x, 0), f"h{t}": (_STEP * t, 0)}
        places |= {f"W{t}": (x, -1.45), f"x{t}": (x - 1.1, -1.45)}
    return places


def _forward_edges(steps):
    for t in range(1, steps + 1):
        yield from [(f"h{t - 1}", f"a{t}"), (f"x{t}", f"a{t}"), ("W", f"W{t}")]
        yield from [(f"W{t}", f"a{t}"), (f"a{t}", f"h{t}"), (f"h{t}", "L")]


def _roads_to_a_state(steps):
    """Return the inked edges and their labels: the roads from L to the last state but one."""
    last = steps
    return {
        ("L", f"h{last - 1}"): "direct",
        ("L", f"h{last}"): "",
        (f"h{last}", f"a{last}"): rf"$\odot\,(1-h_{last}^2)$",
        (f"a{last}", f"h{last - 1}"): r"$W_{hh}^\top$",
    }


def _roads_to_the_weights(steps):
    """Return the inked edges and their labels: from every a_t to its copy, and from these to W."""
    edges = {}
    for t in range(1, steps + 1):
        edges[f"a{t}", f"W{t}"] = rf"$da_{t}\,h_{t - 1}^\top$"
        edges[f"W{t}", "W"] = ""
    return edges


_BACKWARD = {
    "forward": lambda steps: {},
    "state": _roads_to_a_state,
    "weights": _roads_to_the_weights,
}


def _between(ax, places, tail, head, colour, *, width=1.5):
    """Draw an arrow between two nodes that stops at their edges."""
    start, end = np.array(places[tail], float), np.array(places[head], float)
    if "L" in (tail, head):  # the loss is a bar: its arrows stand upright
        x = (start if head == "L" else end)[0]
        start[0] = end[0] = x
    way = (end - start) / np.linalg.norm(end - start)
    draw_arrow(ax, start + 0.44 * way, end - 0.46 * way, colour, width)


def _beside(ax, start, end, text, colour):
    """Write on an edge: above one that lies, to the right of one that stands."""
    lies = start[1] == end[1]
    x = (start[0] + end[0]) / 2 if lies else (start if text != "direct" else end)[0] + 0.14
    y = 0.6 if lies else (start[1] + end[1]) / 2
    side = "center" if lies else "left"
    ax.text(x, y, text, color=colour, ha=side, va="center", fontsize=11)


def _place(ax, name, x, y, steps):
    """Draw a node of the graph: a state as a cell, the loss as a bar, the others as they are."""
    kind, t = name[0], name[1:]
    if kind == "h":
        _cell(ax, x, f"$h_{t}$")
    elif kind == "a":
        _node(ax, x, y, "")
        ax.text(x, y, f"$a_{t}$", ha="center", va="center", fontsize=12, color=INK, zorder=4)
    elif kind == "L":
        style = {"boxstyle": "round,pad=0,rounding_size=0.12", "facecolor": BODY}
        corner, width = (_STEP - 0.45, y - 0.3), _STEP * (steps - 1) + 0.9
        ax.add_patch(FancyBboxPatch(corner, width, 0.6, edgecolor=BODY_EDGE, lw=1.2, **style))
        _label(ax, (x, y), "loss $L$")
    elif name == "W":
        _label(ax, (x, y), "$W_{hh}$", size=13, colour=COLOURS["f"])
    elif kind == "W":
        _label(ax, (x, y), f"$W^{{({t})}}$", colour=COLOURS["f"])
    else:
        _label(ax, (x, y), f"$x_{t}$")


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
    _end(ax, 0.0, belt, "$h_{t-1}$", "h", "right")
    _end(ax, 10.45, belt, "$h_t$", "h", "left")
    _end(ax, 0.0, high + 0.05, "$h_{t-1}$", "h", "right")
    _end(ax, 0.0, low - 0.1, "$x_t$", None, "right")
    for x, y, text, name in [
        (2.22, 3.9, "keep", "z"),
        (6.0, 3.75, "renew", "z"),
        (4.02, 2.42, "reset", "r"),
    ]:
        ax.text(x, y, text, color=_dark(name), fontsize=10.5, style="italic", va="center")
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
