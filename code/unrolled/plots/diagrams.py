"""Drawings of networks: boxes, arrows and the names on them."""

import matplotlib.pyplot as plt

from unrolled.plots.style import COLOURS, given_or_current

_INK = "#33332F"


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
    _arrow(ax, (0, -1.05), (0, -0.42))
    _arrow(ax, (0, 0.42), (0, 1.05))
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
        _arrow(ax, (x - (1.15 if step == 1 else 1.32), 0), (x - 0.43, 0), COLOURS["h"])
        _cell(ax, x, rf"$h_{step}$")
        _arrow(ax, (x, -1.05), (x, -0.42))
        _arrow(ax, (x, 0.42), (x, 1.05))
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
        plt.matplotlib.patches.FancyBboxPatch(
            (x - 0.28, -0.28), 0.56, 0.56, facecolor="#F5E6EE", edgecolor=COLOURS["h"], **box
        )
    )
    _label(ax, (x, 0), name, size=13)


def _arrow(ax, start, end, colour=_INK):
    ax.annotate(
        "",
        xy=end,
        xytext=start,
        arrowprops={"arrowstyle": "-|>", "color": colour, "linewidth": 1.6, "shrinkA": 0},
    )


def _label(ax, at, text, *, size=12, colour=_INK):
    ax.text(*at, text, ha="center", va="center", fontsize=size, color=colour)
