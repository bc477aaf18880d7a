"""Strokes that drawings of networks are made of: boxes, wires, nodes, words."""

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.patches import Circle, FancyBboxPatch

from unrolled.plots.axes import given_or_current
from unrolled.plots.style import BODY, BODY_EDGE, COLOURS, INK, NOTE, ON_DARK, SOFT_INK, TEXT, WHITE


def canvas(ax, xlim, ylim):
    """Return an empty sheet: no axes, the same unit in both directions."""
    ax = given_or_current(ax)
    ax.set(xlim=xlim, ylim=ylim, aspect="equal")
    ax.axis("off")
    return ax


def draw_body(ax, corner, size):
    """Draw the body of a cell, a rounded box under everything."""
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


def draw_wire(ax, points, colour=INK, *, width=1.8, head=False):
    """Draw a line through points, with an arrow's head at its end if asked."""
    xs, ys = zip(*points, strict=True)
    ax.plot(xs, ys, color=colour, lw=width, solid_joinstyle="round", zorder=1)
    if head:
        draw_arrow(ax, points[-2], points[-1], colour, width)


def draw_arrow(ax, start, end, colour, width=1.8):
    """Draw an arrow from one point to another, its head as large as the line is wide."""
    style = {"arrowstyle": "-|>", "color": colour, "lw": width, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", xy=end, xytext=start, arrowprops={**style, "mutation_scale": 8 + 2 * width})


def as_it_is(colour):
    """Return a colour as it is: the pen of what is inked."""
    return colour


def pale(colour):
    """Return a colour that has almost sunk into the body: the pen of what is not inked."""
    return tuple(0.2 * np.array(to_rgb(colour)) + 0.8 * np.array(to_rgb(BODY)))


def draw_gate(ax, x, y, name, function, pen=as_it_is, *, size=(0.9, 0.72)):
    """Draw a gate's box: its letter, and the function that squeezes it (if it is not empty)."""
    ax.add_patch(
        FancyBboxPatch(
            (x - size[0] / 2, y - size[1] / 2),
            *size,
            boxstyle="round,pad=0,rounding_size=0.12",
            facecolor=pen(COLOURS[name]),
            edgecolor="none",
            zorder=3,
        )
    )
    letter = f"${name}_t$"
    look = {"color": pen(ON_DARK), "ha": "center", "va": "center", "zorder": 4}
    if function:
        ax.text(x, y - 0.26 * size[1], function, **look)
    ax.text(x, y + 0.2 * size[1] * bool(function), letter, **look)


def draw_box(ax, x, y, text, pen=as_it_is, *, width=0.84):
    """Draw a small white box with a text."""
    ax.add_patch(
        FancyBboxPatch(
            (x - width / 2, y - 0.3),
            width,
            0.6,
            boxstyle="round,pad=0,rounding_size=0.12",
            facecolor=WHITE,
            edgecolor=pen(INK),
            lw=1.1,
            zorder=3,
        )
    )
    ax.text(x, y, text, color=pen(INK), ha="center", va="center", zorder=4)


def draw_ghost(ax, x, y, text):
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
    ax.text(x, y, text, color=NOTE, ha="center", va="center")


def draw_node(ax, x, y, sign, pen=as_it_is):
    """Draw a circle with the sign of an operation."""
    ax.add_patch(Circle((x, y), 0.24, facecolor=WHITE, edgecolor=pen(INK), lw=1.2, zorder=3))
    ax.text(x, y, sign, color=pen(INK), ha="center", va="center_baseline", fontsize=13, zorder=4)


def write_end(ax, x, y, text, colour, side):
    """Write the name of what a wire brings or takes."""
    ax.text(x, y, text, color=colour, ha=side, va="center", fontsize=13)


def write_note(ax, x, y, text, colour, side="left"):
    """Write a word beside a wire, in italics: from the point on, or up to it (side "right")."""
    ax.text(x, y, text, color=colour, style="italic", ha=side, va="center")


def write_label(ax, at, text, *, size=TEXT, colour=SOFT_INK):
    """Write a text, centred."""
    ax.text(*at, text, ha="center", va="center", fontsize=size, color=colour)
