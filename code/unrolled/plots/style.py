"""How every figure of the course looks: one colour a quantity, readable in light and dark."""

import matplotlib.pyplot as plt

#: One colour a gate or state, throughout the course; from the colour-blind-safe set of
#: Okabe & Ito (2008), and dark enough to be read on the light ground of the figures.
COLOURS = {
    "f": "#D55E00",
    "i": "#009E73",
    "o": "#0072B2",
    "g": "#CC79A7",
    "n": "#CC79A7",
    "z": "#56B4E9",
    "r": "#E69F00",
    "c": "#4D4D4D",
    "h": "#882255",
    "chance": "#8A8A8A",
    "RNN": "#882255",
    "LSTM": "#D55E00",
    "GRU": "#0072B2",
}

_STYLE = {
    "figure.facecolor": "#FCFCFA",
    "axes.facecolor": "#FCFCFA",
    "savefig.facecolor": "#FCFCFA",
    "figure.dpi": 110,
    "savefig.dpi": 110,
    "figure.figsize": (7.0, 3.6),
    "figure.constrained_layout.use": True,
    "font.size": 10.5,
    "axes.titlesize": 11.5,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#E3E3DE",
    "grid.linewidth": 0.8,
    "lines.linewidth": 2.0,
    "legend.frameon": False,
    "svg.hashsalt": "learning-to-remember",
}


def use_course_style():
    """Set matplotlib's defaults to the course's figure style."""
    plt.rcParams.update(_STYLE)


def given_or_current(ax):
    """Return the `Axes` that a drawing function was given, or else the current one."""
    return plt.gca() if ax is None else ax


def new_axes(*, rows=1, columns=1, height=None, **kwargs):
    """Return fresh axes of the course's width: one `Axes`, or an array of them.

    Parameters
    ----------
    rows, columns : int
        Of the grid.
    height : float, optional
        Of the whole figure, in inches; 3.6 a row by default.
    **kwargs
        For ``matplotlib.pyplot.subplots``, such as ``sharey=True``.
    """
    height = height or 3.6 * rows
    _, axes = plt.subplots(rows, columns, figsize=(7.0, height), **kwargs)
    return axes
