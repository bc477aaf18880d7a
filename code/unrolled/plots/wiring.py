"""The wiring of one step: the LSTM with any of its parts inked, and how it becomes a GRU."""

from unrolled.plots.strokes import (
    as_it_is,
    canvas,
    draw_body,
    draw_box,
    draw_gate,
    draw_ghost,
    draw_node,
    draw_wire,
    pale,
    write_end,
    write_label,
    write_note,
)
from unrolled.plots.style import COLOURS, INK

#: The parts of an LSTM's wiring that can be inked: the belt; what each of the four boxes does on
#: its way to c or h; the wires that bring x_t and h_{t-1} to them.
LSTM_PARTS = ("c", "f", "i", "g", "o", "inputs")


def plot_lstm_cell(inked=LSTM_PARTS, *, neighbours=False, small=False, ax=None):
    """Draw the wiring of one LSTM step: the belt c on top, the gates below it.

    Parameters
    ----------
    inked : collection of str
        Of `LSTM_PARTS`, what to draw in its colours; the other parts are pale.
    neighbours : bool
        Show the steps before and after it too, as boxes, and what runs from one to the next.
    small : bool
        Leave out what the four boxes compute (σ, tanh), and the words of what is pale: for half
        the width of a figure.
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
    ax = canvas(ax, (-4.3, 14.3) if neighbours else (-1.3, 11.3), (-1.0, 5.45))
    draw_body(ax, (0.9, 0.05), (8.7, 5.3))
    if neighbours:
        _lstm_neighbours(ax)
    for part in sorted(LSTM_PARTS, key=lambda part: part in inked):  # ink lies over what is pale
        _LSTM_DRAWN[part](ax, as_it_is if part in inked else pale)
        for text in list(ax.texts) if small else []:
            computed = text.get_text() in ("σ", "tanh") and text.get_position()[1] < _BOXES
            if computed or part not in inked:
                text.remove()
    return ax


# Where the wires of the LSTM run: heights of the belt, of what is said, of what is written, of
# the boxes and of their two feeds; and the boxes from left to right.
_BELT, _SAID, _WRITTEN, _BOXES, _H_FEED, _X_FEED = 4.6, 2.65, 3.3, 1.75, 0.75, 0.35
_AT = {"f": 2.1, "i": 3.7, "g": 5.4, "o": 7.1}
# The boxes, large enough for their words where the neighbours leave a step little room.
_WIDE, _HIGH = 1.2, 1.0
_TOP, _FOOT = _BOXES + _HIGH / 2, _BOXES - _HIGH / 2


def _lstm_gate(ax, name, function, pen):
    draw_gate(ax, _AT[name], _BOXES, name, function, pen, size=(_WIDE, _HIGH))


def _lstm_belt(ax, pen):
    draw_wire(ax, [(0.1, _BELT), (10.35, _BELT)], pen(COLOURS["c"]), width=4.5, head=True)
    write_end(ax, 0.0, _BELT, r"$c_{t-1}$", pen(COLOURS["c"]), "right")
    write_end(ax, 10.45, _BELT, "$c_t$", pen(COLOURS["c"]), "left")


def _lstm_drop(ax, pen):
    x = _AT["f"]
    draw_wire(ax, [(x, _TOP), (x, _BELT - 0.24)], pen(COLOURS["f"]), head=True)
    _lstm_gate(ax, "f", "σ", pen)
    draw_node(ax, x, _BELT, "×", pen)
    write_note(ax, x + 0.22, 3.7, "drop", pen(COLOURS["f"]))


def _lstm_write(ax, pen):
    x = _AT["i"]
    colour = pen(COLOURS["i"])
    draw_wire(ax, [(x, _TOP), (x, _WRITTEN), (4.31, _WRITTEN)], colour, head=True)
    draw_wire(ax, [(4.55, _WRITTEN + 0.24), (4.55, _BELT - 0.24)], colour, head=True)
    _lstm_gate(ax, "i", "σ", pen)
    draw_node(ax, 4.55, _WRITTEN, "×", pen)
    draw_node(ax, 4.55, _BELT, "+", pen)
    write_note(ax, 4.8, 3.95, "write", colour)


def _lstm_note(ax, pen):
    x = _AT["g"]
    points = [(x, _TOP), (x, _WRITTEN), (4.79, _WRITTEN)]
    draw_wire(ax, points, pen(COLOURS["g"]), head=True)
    _lstm_gate(ax, "g", "tanh", pen)


def _lstm_say(ax, pen):
    x = _AT["o"]
    draw_wire(ax, [(8.6, _BELT), (8.6, 3.95)], pen(COLOURS["c"]), head=True)
    draw_wire(ax, [(8.6, 3.35), (8.6, _SAID + 0.26)], pen(COLOURS["c"]), head=True)
    draw_wire(ax, [(x, _TOP), (x, _SAID), (8.36, _SAID)], pen(COLOURS["o"]), head=True)
    draw_wire(ax, [(8.86, _SAID), (10.35, _SAID)], pen(COLOURS["h"]), head=True)
    _lstm_gate(ax, "o", "σ", pen)
    draw_box(ax, 8.6, 3.65, "tanh", pen, width=1.6)
    draw_node(ax, 8.6, _SAID, "×", pen)
    write_note(ax, x - 0.15, 2.95, "say", pen(COLOURS["o"]), "right")
    write_end(ax, 10.45, _SAID, "$h_t$", pen(COLOURS["h"]), "left")


def _lstm_inputs(ax, pen):
    draw_wire(ax, [(0.1, _H_FEED), (_AT["o"] + 0.14, _H_FEED)], pen(COLOURS["h"]))
    draw_wire(ax, [(1.3, -0.45), (1.3, _X_FEED), (_AT["o"] - 0.14, _X_FEED)], pen(INK))
    for x in _AT.values():
        draw_wire(ax, [(x - 0.14, _X_FEED), (x - 0.14, _FOOT)], pen(INK), head=True)
        draw_wire(ax, [(x + 0.14, _H_FEED), (x + 0.14, _FOOT)], pen(COLOURS["h"]), head=True)
    write_end(ax, 0.0, _H_FEED, r"$h_{t-1}$", pen(COLOURS["h"]), "right")
    write_end(ax, 1.3, -0.7, "$x_t$", pen(INK), "center")


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
        draw_body(ax, (left, 0.05), (2.4, 5.3))
        write_label(ax, (left + 1.2, 3.1), "the same\nfour\nboxes, the\nsame\nweights")
        draw_wire(ax, [(left + 0.4, -0.45), (left + 0.4, 0.05)], head=True)
        write_end(ax, left + 0.4, -0.7, f"$x_{{{name}}}$", INK, "center")
    for start, end in ((-1.8, -1.25), (11.15, 11.8)):
        turn = (start + end) / 2
        draw_wire(ax, [(start, _BELT), (end, _BELT)], COLOURS["c"], width=4.5)
        down = [(start, _SAID), (turn, _SAID), (turn, _H_FEED), (end, _H_FEED)]
        draw_wire(ax, down, COLOURS["h"])


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
    ax = canvas(ax, (-0.9, 11.1), (-0.1, 5.1))
    draw_body(ax, (0.7, 0.05), (9.3, 4.95))
    carried = "c" if change == 1 else "h"
    draw_wire(ax, [(0.1, _STATE), (10.4, _STATE)], COLOURS[carried], width=4.5, head=True)
    write_end(ax, 0.0, _STATE, f"${carried}_{{t-1}}$", COLOURS[carried], "right")
    write_end(ax, 10.5, _STATE, f"${carried}_t$", COLOURS[carried], "left")
    _gru_inputs(ax, *{1: (7.86, 8.14), 2: (6.06, 6.34), 3: (4.6, 6.34)}[change])
    _update_gate(ax)
    (_reset_gate if change == 3 else _removed_input_gate)(ax)
    _candidate(ax, "n" if change == 3 else "g")
    if change < 3:
        (_output_gate if change == 1 else _removed_output_gate)(ax)
    return ax


# The GRU's wiring: heights of the state, of the gates, of the candidate, and of the two inputs.
_STATE, _GATE, _NEW, _FROM_H, _FROM_X = 4.3, 1.65, 2.45, 0.75, 0.35


def _gru_inputs(ax, h_ends, x_ends):
    """Draw the two wires at the bottom, of the last h and of the input."""
    draw_wire(ax, [(0.1, _FROM_H), (h_ends, _FROM_H)], COLOURS["h"])
    draw_wire(ax, [(0.1, _FROM_X), (x_ends, _FROM_X)])
    write_end(ax, 0.0, _FROM_H + 0.08, "$h_{t-1}$", COLOURS["h"], "right")
    write_end(ax, 0.0, _FROM_X - 0.12, "$x_t$", INK, "right")


def _feed(ax, x, y, *, state=True):
    """Draw the arrows from both inputs, or from x alone, up into a box."""
    draw_wire(ax, [(x + 0.14, _FROM_X), (x + 0.14, y)], head=True)
    if state:
        draw_wire(ax, [(x - 0.14, _FROM_H), (x - 0.14, y)], COLOURS["h"], head=True)


def _update_gate(ax):
    _feed(ax, 1.9, _GATE - 0.36)
    draw_gate(ax, 1.9, _GATE, "z", "σ")
    draw_wire(ax, [(1.9, _GATE + 0.36), (1.9, _STATE - 0.24)], COLOURS["z"], head=True)
    draw_wire(ax, [(1.9, 3.5), (5.96, 3.5)], COLOURS["z"], head=True)
    draw_box(ax, 3.9, 3.5, r"$1-z$")
    draw_node(ax, 1.9, _STATE, "×")
    write_note(ax, 2.12, 3.9, "keep", COLOURS["z"])
    write_note(ax, 4.75, 3.72, "write", COLOURS["z"])


def _candidate(ax, name):
    _feed(ax, 6.2, _NEW - 0.36, state=name == "g")
    draw_gate(ax, 6.2, _NEW, name, "tanh")
    draw_wire(ax, [(6.2, _NEW + 0.36), (6.2, 3.26)], COLOURS[name], head=True)
    draw_wire(ax, [(6.2, 3.74), (6.2, _STATE - 0.24)], COLOURS[name], head=True)
    draw_node(ax, 6.2, 3.5, "×")
    draw_node(ax, 6.2, _STATE, "+")


def _removed_input_gate(ax):
    draw_ghost(ax, 3.5, _GATE, "$i_t$")


def _reset_gate(ax):
    _feed(ax, 3.1, _GATE - 0.36)
    draw_gate(ax, 3.1, _GATE, "r", "σ")
    draw_wire(ax, [(4.6, _FROM_H), (4.6, _GATE - 0.3)], COLOURS["h"], head=True)
    draw_wire(ax, [(4.6, _GATE + 0.3), (4.6, _NEW - 0.24)], COLOURS["h"], head=True)
    draw_box(ax, 4.6, _GATE, r"$W_{hn}$")
    draw_wire(ax, [(3.1, _GATE + 0.36), (3.1, _NEW), (4.36, _NEW)], COLOURS["r"], head=True)
    draw_wire(ax, [(4.84, _NEW), (5.75, _NEW)], COLOURS["h"], head=True)
    draw_node(ax, 4.6, _NEW, "×")
    write_note(ax, 3.2, _NEW + 0.22, "reset", COLOURS["r"])


def _output_gate(ax):
    _feed(ax, 8.0, _GATE - 0.36)
    draw_gate(ax, 8.0, _GATE, "o", "σ")
    draw_wire(ax, [(9.3, _STATE), (9.3, 3.75)], COLOURS["c"], head=True)
    draw_wire(ax, [(9.3, 3.15), (9.3, _NEW + 0.24)], COLOURS["c"], head=True)
    draw_wire(ax, [(8.0, _GATE + 0.36), (8.0, _NEW), (9.06, _NEW)], COLOURS["o"], head=True)
    draw_wire(ax, [(9.54, _NEW), (10.4, _NEW)], COLOURS["h"], head=True)
    draw_box(ax, 9.3, 3.45, "tanh")
    draw_node(ax, 9.3, _NEW, "×")
    write_end(ax, 10.5, _NEW, "$h_t$", COLOURS["h"], "left")
    write_note(ax, 8.1, _NEW + 0.22, "say", COLOURS["o"])


def _removed_output_gate(ax):
    draw_ghost(ax, 8.0, _GATE, "$o_t$")
    draw_ghost(ax, 9.3, 3.45, "tanh")
