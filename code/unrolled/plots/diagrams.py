"""Drawings of networks over time: unrolled, with the way back, and an LSTM's two paths."""

from itertools import pairwise

import numpy as np
from matplotlib.patches import Circle, FancyBboxPatch

from unrolled.plots.axes import given_or_current
from unrolled.plots.strokes import canvas, draw_arrow, draw_node, write_label
from unrolled.plots.style import BODY, BODY_EDGE, CELL, COLOURS, INK, SOFT_INK, WHITE


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
    write_label(ax, (0, -1.3), r"$x_t$")
    write_label(ax, (0, 1.3), r"$y_t$")
    write_label(ax, (1.0, 0), "=", size=20)
    start = 2.0
    write_label(ax, (start - 0.15, 0), r"$h_0$", colour=COLOURS["h"])
    for step in range(1, steps + 1):
        x = start + 1.75 * step - 0.5
        _edge(ax, (x - (1.15 if step == 1 else 1.32), 0), (x - 0.43, 0), COLOURS["h"])
        _cell(ax, x, rf"$h_{step}$")
        _edge(ax, (x, -1.05), (x, -0.42))
        _edge(ax, (x, 0.42), (x, 1.05))
        write_label(ax, (x, -1.3), rf"$x_{step}$")
        write_label(ax, (x, 1.3), rf"$y_{step}$")
        if weight_names:
            write_label(ax, (x - 0.88, 0.22), r"$W_{hh}$", colour=COLOURS["h"])
            write_label(ax, (x + 0.33, -0.72), r"$W_{ih}$")
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
    ax = canvas(ax, (-0.7, _STEP * steps + 0.7), (-2.85, 2.2))
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
    """Write on an edge: below one that lies, to the right of one that stands."""
    lies = start[1] == end[1]
    x = (start[0] + end[0]) / 2 if lies else (start if text != "direct" else end)[0] + 0.14
    y = -0.62 if lies else (start[1] + end[1]) / 2
    side = "center" if lies else "left"
    ax.text(x, y, text, color=colour, ha=side, va="center")


def _place(ax, name, x, y, steps):
    """Draw a node of the graph: a state as a cell, the loss as a bar, the others as they are."""
    kind, t = name[0], name[1:]
    if kind == "h":
        _cell(ax, x, f"$h_{t}$")
    elif kind == "a":
        draw_node(ax, x, y, "")
        ax.text(x, y, f"$a_{t}$", ha="center", va="center", fontsize=12, color=INK, zorder=4)
    elif kind == "L":
        style = {"boxstyle": "round,pad=0,rounding_size=0.12", "facecolor": BODY}
        corner, width = (_STEP - 0.45, y - 0.3), _STEP * (steps - 1) + 0.9
        ax.add_patch(FancyBboxPatch(corner, width, 0.6, edgecolor=BODY_EDGE, lw=1.2, **style))
        write_label(ax, (x, y), "loss $L$")
    elif name == "W":
        write_label(ax, (x, y), "$W_{hh}$", size=13, colour=COLOURS["f"])
    elif kind == "W":
        write_label(ax, (x, y), f"$W^{{({t})}}$", colour=COLOURS["f"])
    else:
        write_label(ax, (x, y), f"$x_{t}$")


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
    ax = canvas(ax, (1.3, 2 * steps + 2.9), (-0.65, 2.25))
    for (start, end), (name, shift) in arrows.items():
        stands_out = not paths or (start, end) in inked
        _arrow_between(ax, places[start], places[end], stands_out, bold=bool(paths))
        if names:
            middle = np.mean([places[start], places[end]], axis=0) + shift
            write_label(ax, middle, name, colour=INK if stands_out else BODY_EDGE)
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


def _cell(ax, x, name):
    box = {"boxstyle": "round,pad=0.12,rounding_size=0.12", "linewidth": 1.6}
    ax.add_patch(
        FancyBboxPatch((x - 0.28, -0.28), 0.56, 0.56, facecolor=CELL, edgecolor=COLOURS["h"], **box)
    )
    write_label(ax, (x, 0), name, size=13)


def _edge(ax, start, end, colour=SOFT_INK):
    ax.annotate(
        "",
        xy=end,
        xytext=start,
        arrowprops={"arrowstyle": "-|>", "color": colour, "linewidth": 1.6, "shrinkA": 0},
    )
