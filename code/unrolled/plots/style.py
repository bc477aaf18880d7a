"""How every figure of the course looks: one colour a quantity, readable in light and dark."""

import matplotlib.pyplot as plt
from matplotlib.colors import LinearSegmentedColormap, ListedColormap

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

#: What an answer does that ignores the input: the level to beat.
CHANCE = COLOURS["chance"]
#: The two sides of a question: praise and blame, gain and loss, what stays and what moves.
FOR, AGAINST = COLOURS["o"], COLOURS["f"]
#: Real steps of a batch, and what was filled up.
REAL, FILLED = COLOURS["o"], "#E4E4DE"
#: Beside the trace or the word to look at: the others.
OTHERS = ("#9A6A00", "#5B7FA6")

#: Networks by their start: one hue a cell, darker with a better start.
NETWORK_COLOURS = {
    "rnn": COLOURS["RNN"],
    "lstm, bias 0": "#F2A65A",
    "lstm, bias 1": COLOURS["LSTM"],
    "lstm, for length": "#7A3300",
    "gru": "#56B4E9",
    "gru, for length": "#00507D",
}
#: Libraries; none of these colours belongs to a gate.
LIBRARY_COLOURS = {
    "NumPy": "#117733",
    "torch": "#332288",
    "torch, no oneDNN": "#BB5566",
    "any": COLOURS["c"],
    "process": "#997700",
}

#: The ground that all figures stand on, and the lines of its grid.
GROUND, GRID = "#FCFCFA", "#E3E3DE"
#: Letters and lines; the softer ones of an unrolled network; notes beside data; letters on dark.
INK, SOFT_INK, NOTE, ON_DARK = "#2B2B2B", "#33332F", "#4A4A46", "white"
#: A diagram's soft body (every second row of a list has it too), its edge, a cell, a box.
BODY, BODY_EDGE, CELL, WHITE = "#F1F1EC", "#C9C9C2", "#F5E6EE", "white"
#: A gate that is shut, and where nothing was reached; the noise of seeds; worse than chance.
EMPTY, NOISE, BEYOND = "#ECECE6", "#E4E4DD", "#F1ECE2"
#: The row of a word to look at; the line at zero.
MARKED, ZERO = "#EFE9D2", "#BBBBB5"

#: From below zero to above; shares from none to all; networks that solved a task, none to all.
SIGNED = LinearSegmentedColormap.from_list("signed", [COLOURS["o"], GROUND, COLOURS["f"]])
SHARES = LinearSegmentedColormap.from_list("shares", ["#F4F4F0", REAL])
SOLVED = LinearSegmentedColormap.from_list("solved", [BODY, "#7FBF9F", "#00664A"])
#: A mask: filled up (0) and real (1).
REAL_STEPS = ListedColormap([FILLED, REAL])

_STYLE = {
    "figure.facecolor": GROUND,
    "axes.facecolor": GROUND,
    "savefig.facecolor": GROUND,
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
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "lines.linewidth": 2.0,
    "legend.frameon": False,
    "svg.hashsalt": "learning-to-remember",
}


def use_course_style():
    """Set matplotlib's defaults to the course's figure style."""
    plt.rcParams.update(_STYLE)
