"""How every figure of the course looks: one colour a quantity, readable in light and dark."""

import matplotlib.pyplot as plt
from matplotlib.colors import LinearSegmentedColormap, ListedColormap

from unrolled.plots.notebook import draw_in_notebooks

#: One colour a gate or state, throughout the course, the same as in the figures that move; safe
#: for the colour-blind, after Okabe & Ito (2008), and dark enough that words can have it too.
COLOURS = {
    "f": "#B84E00",
    "i": "#00774F",
    "o": "#0072B2",
    "g": "#A8508A",
    "n": "#A8508A",
    "z": "#2277A8",
    "r": "#8F6500",
    "c": "#4D4D4D",
    "h": "#882255",
    "chance": "#7B7B7B",
    "RNN": "#882255",
    "LSTM": "#B84E00",
    "GRU": "#0072B2",
}

#: What an answer does that ignores the input: the level to beat.
CHANCE = COLOURS["chance"]
#: The two sides of a question: praise and blame, gain and loss, what stays and what moves.
FOR, AGAINST = COLOURS["o"], COLOURS["f"]
#: Real steps of a batch, and what was filled up.
REAL, FILLED = COLOURS["o"], "#E4E4DE"
#: Beside the trace or the word to look at: the others.
OTHERS = ("#9A6A00", "#5B7FA6")

#: Networks by their start: one hue a cell, further from the ground with a better start.
NETWORK_COLOURS = {
    "rnn": COLOURS["RNN"],
    "lstm, bias 0": "#D07C1E",
    "lstm, bias 1": COLOURS["LSTM"],
    "lstm, for length": "#6E2E00",
    "gru": "#3291CC",
    "gru, for length": "#00456C",
}
#: Libraries; none of these colours belongs to a gate. (Two are of models, too, on other pages.)
LIBRARY_COLOURS = {
    "NumPy": "#117733",
    "torch": "#332288",
    "torch, no oneDNN": "#BB5566",
    "any": COLOURS["c"],
    "process": "#997700",
}

#: Models of sequences, where cells that see their state stand beside others.
MODEL_COLOURS = {
    "LSTM": COLOURS["LSTM"],
    "GRU": COLOURS["GRU"],
    "minGRU": LIBRARY_COLOURS["NumPy"],
    "Transformer": LIBRARY_COLOURS["torch"],
}

#: The ground that all figures stand on, and the lines of its grid.
GROUND, GRID = "#FCFCFA", "#E3E3DE"
#: Letters and lines; the softer ones of an unrolled network; notes beside data; letters on what
#: stands out from the ground.
INK, SOFT_INK, NOTE, ON_DARK = "#2B2B2B", "#33332F", "#4A4A46", "#FEFEFE"
#: A diagram's soft body (every second row of a list has it too), its edge, a cell, a box.
BODY, BODY_EDGE, CELL, WHITE = "#F1F1EC", "#C9C9C2", "#F5E6EE", "#FFFFFF"
#: A gate that is shut, and where nothing was reached; the noise of seeds; worse than chance.
EMPTY, NOISE, BEYOND = "#ECECE6", "#E4E4DD", "#F1ECE2"
#: The row of a word to look at; the line at zero.
MARKED, ZERO = "#EFE9D2", "#BBBBB5"

#: Each colour on a dark page, where the ground is dark and what is to be seen is light: the site
#: shows every figure in both. Lines keep 3:1 to their ground, and words 4.5:1.
DARK = {
    COLOURS["f"]: "#F08A4B",
    COLOURS["i"]: "#3FC795",
    COLOURS["o"]: "#5FB6EC",
    COLOURS["g"]: "#E39CC8",
    COLOURS["z"]: "#7CC4EA",
    COLOURS["r"]: "#E8B13C",
    COLOURS["c"]: "#C4C9CC",
    COLOURS["h"]: "#E583B0",
    CHANCE: "#9AA0A4",
    OTHERS[0]: "#D9A93F",
    OTHERS[1]: "#8FB1D6",
    NETWORK_COLOURS["lstm, bias 0"]: "#B5672B",
    NETWORK_COLOURS["lstm, for length"]: "#FFD8B5",
    NETWORK_COLOURS["gru"]: "#3A86B8",
    NETWORK_COLOURS["gru, for length"]: "#C4E6FB",
    LIBRARY_COLOURS["NumPy"]: "#5FBF77",
    LIBRARY_COLOURS["torch"]: "#A99BF0",
    LIBRARY_COLOURS["torch, no oneDNN"]: "#EE8090",
    LIBRARY_COLOURS["process"]: "#CDB04C",
    GROUND: "#121212",
    GRID: "#2E3338",
    INK: "#E6E9EB",
    SOFT_INK: "#DCDFE1",
    NOTE: "#B9BFC3",
    ON_DARK: "#14171A",
    BODY: "#1F2428",
    BODY_EDGE: "#555C62",
    CELL: "#3A2531",
    WHITE: "#14181B",
    FILLED: "#353B40",
    EMPTY: "#2A2F34",
    NOISE: "#2B3035",
    BEYOND: "#2F2922",
    MARKED: "#3B3620",
    ZERO: "#646B70",
}


def _ramp(name, *colours):
    """Return a colour map through these colours, and the same one of a dark page."""
    dark = [DARK.get(colour, colour) for colour in colours]
    return tuple(LinearSegmentedColormap.from_list(name, row) for row in (colours, dark))


#: From below zero to above; shares from none to all; networks that solved a task, none to all;
#: a mask, filled up (0) and real (1). Each with its counterpart on a dark page.
MAPS = {
    "signed": _ramp("signed", COLOURS["o"], GROUND, COLOURS["f"]),
    "shares": _ramp("shares", BODY, REAL),
    "solved": _ramp("solved", BODY, COLOURS["i"]),
    "real steps": (ListedColormap([FILLED, REAL]), ListedColormap([DARK[FILLED], DARK[REAL]])),
}
SIGNED, SHARES, SOLVED, REAL_STEPS = (light for light, _ in MAPS.values())

#: The width of a figure in inches, and its smallest text in points. On a phone of 390 pixels a
#: figure spans the screen, and this text is 9 pixels high.
WIDTH, TEXT = 7.0, 11.7

_STYLE = {
    "figure.facecolor": GROUND,
    "axes.facecolor": GROUND,
    "savefig.facecolor": GROUND,
    "figure.dpi": 110,
    "savefig.dpi": 110,
    "figure.figsize": (WIDTH, 3.6),
    "figure.constrained_layout.use": True,
    "font.size": TEXT,
    "axes.titlesize": TEXT,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "image.interpolation": "none",  # the numbers of a heat map as they are: sharp at any size
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "lines.linewidth": 2.0,
    "legend.frameon": False,
    "svg.hashsalt": "learning-to-remember",
}


def use_course_style():
    """Set matplotlib's defaults to the course's style; in a notebook, figures become drawings."""
    plt.rcParams.update(_STYLE)
    draw_in_notebooks()
