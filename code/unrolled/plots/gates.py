"""Figures of gates: traces over time, the memory as a belt, and the cells as wiring diagrams."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.patches import Circle, FancyBboxPatch

from unrolled.byhand.flow import half_life
from unrolled.byhand.functional import sigmoid
from unrolled.evaluation.metrics import mean_interval
from unrolled.plots.style import COLOURS, given_or_current

NAMES = {
    "f": "f  forget",
    "i": "i  input",
    "g": "g  candidate",
    "o": "o  output",
    "r": "r  reset",
    "z": "z  update",
    "n": "n  candidate",
    "c": "c  cell",
    "h": "h  state",
}
INK = "#2B2B2B"


def plot_gate_traces(gates, *, ax=None):
    """Draw each gate as a row of bars over time: empty is shut (0), full is open (1).

    Parameters
    ----------
    gates : dict of str to array (T,)
        Keys such as "f", "i", "o", "r", "z"; values from 0 to 1. The first stands on top.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If the rows have different lengths or a value is not from 0 to 1.
    """
    ax = given_or_current(ax)
    rows = {name: np.asarray(values, dtype=float) for name, values in gates.items()}
    lengths = {name: values.shape for name, values in rows.items()}
    if len(set(lengths.values())) != 1 or any(values.ndim != 1 for values in rows.values()):
        raise ValueError(f"plot_gate_traces got shapes {lengths}. Give one (T,) row for each gate.")
    for level, (name, values) in enumerate(reversed(rows.items())):
        if values.min() < 0 or values.max() > 1:
            raise ValueError(
                f"plot_gate_traces got {name} from {values.min():.3g} to {values.max():.3g}. "
                "A gate lies from 0 to 1; draw candidates and states as lines instead."
            )
        steps = np.arange(1, len(values) + 1)
        ax.bar(steps, np.full(len(values), 0.8), 0.9, level, color="#ECECE6")
        ax.bar(steps, 0.8 * values, 0.9, level, color=COLOURS.get(name, INK))
    ax.set_yticks(np.arange(len(rows)) + 0.4, [NAMES.get(name, name) for name in reversed(rows)])
    ax.set(xlim=(0.4, len(values) + 0.6), ylim=(-0.15, len(rows)), xlabel="step t")
    ax.grid(visible=False)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    return ax


def plot_memory(traces, *, ax=None):
    """Draw the content of a memory over time, one stepped line a version, to compare them.

    Parameters
    ----------
    traces : dict of str to array (T,)
        Label to values, three at most. The first is the one to look at: solid and dark.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If there are more than three traces.
    """
    if len(traces) > 3:
        raise ValueError(f"plot_memory got {len(traces)} traces. It can tell three apart.")
    ax = given_or_current(ax)
    styles = [(COLOURS["c"], "-", 2.6), ("#9A6A00", "--", 1.7), ("#5B7FA6", ":", 2.2)]
    for (label, values), (colour, dash, width) in zip(traces.items(), styles, strict=False):
        steps = np.arange(1, len(values) + 1)
        ax.step(steps, values, where="mid", color=colour, ls=dash, lw=width, label=label)
    ax.axhline(0, color="#BBBBB5", lw=0.8, zorder=0)
    ax.set_xlim(0.4, len(values) + 0.6)
    ax.set_xlabel("step t")
    ax.set_ylabel("memory")
    ax.legend(loc="lower left", bbox_to_anchor=(0, 0.98), ncols=3, borderaxespad=0)
    return ax


def plot_by_distractors(distractors, accuracies, *, ax=None):
    """Draw accuracy against the number of distractors: mean and 95 % interval over seeds.

    Parameters
    ----------
    distractors : array (N,)
        Drawn at equal distances, whatever their sizes.
    accuracies : dict of str to array (S, N)
        "RNN", "LSTM", "GRU" to accuracies, a row for each of S seeds.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    places = np.arange(len(distractors))
    looks = {"RNN": ("s", ":"), "GRU": ("^", "--"), "LSTM": ("o", "-")}
    for shift, (name, values) in enumerate(accuracies.items()):
        mean, low, high = np.transpose([mean_interval(v) for v in np.transpose(values)])
        marker, dash = looks[name]
        x = places + 0.16 * (shift - (len(accuracies) - 1) / 2)
        spread = [mean - np.clip(low, 0, 1), np.clip(high, 0, 1) - mean]
        look = {"marker": marker, "ms": 4.5, "ls": dash, "lw": 1.3, "capsize": 2}
        ax.errorbar(x, mean, spread, color=COLOURS[name], label=name, **look)
    ax.axhline(0.5, color=COLOURS["chance"], ls="--", lw=1)
    ax.set_xticks(places, [str(n) for n in distractors])
    ax.set(xlabel="distractors", ylabel="right verbs (share)", ylim=(0.2, 1.04))
    return ax


def plot_over_words(words, rows, *, ax=None):
    """Draw one line a quantity over the words of a sentence: mean and 95 % interval over seeds.

    Parameters
    ----------
    words : sequence of str, T
    rows : dict of str to array (S, T)
        Keys such as "f" and "i" get their gates' colours and names.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If a row does not have one value for each word.
    """
    ax = given_or_current(ax)
    places = np.arange(1, len(words) + 1)
    looks = {"f": ("o", "-"), "i": ("s", "--"), "subject": ("o", "-"), "distractor": ("^", "--")}
    for name, values in rows.items():
        if np.ndim(values) != 2 or np.shape(values)[1] != len(words):
            raise ValueError(
                f"plot_over_words got {name} of shape {np.shape(values)} for {len(words)} words. "
                "Give (S, T): a row for each seed, a column for each word."
            )
        mean, low, high = np.transpose([mean_interval(v) for v in np.transpose(values)])
        marker, dash = looks.get(name, ("o", "-"))
        colour = COLOURS.get(name, COLOURS["c"] if name == "subject" else "#9A6A00")
        label = NAMES.get(name, name)
        ax.plot(places, mean, dash, marker=marker, ms=5, lw=1.6, color=colour, label=label)
        ax.fill_between(places, low, high, color=colour, alpha=0.18, lw=0)
    ax.set_xticks(places, words)
    ax.set_xlim(0.6, len(words) + 0.4)
    return ax


def plot_surgery(errors, *, floor=1e-3, ax=None):
    """Draw what is lost without a gate: one row a condition, one dot a seed, a bar at the mean.

    Parameters
    ----------
    errors : dict of str to array (S,)
        Condition to errors as shares of the chance level. The first letter is the gate whose
        colour the row gets ("f = 1", "f never there"); other rows are grey. The first stands on
        top; "never" in the name makes its dots hollow.
    floor : float
        Errors below are drawn there, at the left edge.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    ax.axvspan(1, 1e3, color="#F1ECE2", lw=0, zorder=0)
    ax.axvline(1, color=COLOURS["chance"], ls="--", lw=1)
    for row, (name, values) in enumerate(errors.items()):
        values = np.maximum(np.asarray(values, dtype=float), floor)
        colour = COLOURS[name[0]] if name[1:2] == " " else COLOURS["c"]
        face = "none" if "never" in name else colour
        spread = np.linspace(-0.16, 0.16, len(values))
        ax.plot(values, row + spread, "o", ms=5, mfc=face, mec=colour, mew=1.3, alpha=0.85)
        ax.plot([values.mean()] * 2, [row - 0.32, row + 0.32], color=colour, lw=2)
    ax.set_xscale("log")
    ax.set_yticks(range(len(errors)), list(errors))
    ax.set(xlim=(0.7 * floor, 40), ylim=(len(errors) - 0.5, -0.5), xlabel="error / chance")
    ax.grid(visible=False, axis="y")
    ax.tick_params(axis="y", length=0)
    return ax


def plot_belt(c, gates, *, ax=None):
    """Draw the memory as a conveyor belt: what is put on, what is wiped off, what is read.

    Parameters
    ----------
    c : array (T,)
        The cell's content after each step.
    gates : dict of str to array (T,)
        "f", "i", "g" and "o". A write is drawn where ``|i g|`` is at least 0.05, a wipe where f
        is below 0.5 and there was something to lose, a reading where o is above 0.5.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    c = np.asarray(c, dtype=float)
    f, i, g, o = (np.asarray(gates[name], dtype=float) for name in "figo")
    steps, before = len(c), np.concatenate([[0.0], c[:-1]])
    ax.plot([0.45, steps + 0.55], [-0.5, -0.5], color=INK, lw=2.5, solid_capstyle="round")
    for t in range(steps):
        _parcel(ax, t + 1, c[t])
        if abs(i[t] * g[t]) >= 0.05:
            _arrow(ax, (t + 1, -1.5), (t + 1, -0.6), COLOURS["i"])
            written = _number(i[t] * g[t], "+.1f")
            ax.text(t + 1, -2.05, written, color=COLOURS["i"], ha="center", va="center")
        if f[t] < 0.5 and before[t]:
            ax.text(t + 0.5, 0.62, "×", color=COLOURS["f"], ha="center", fontsize=19, weight="bold")
        if o[t] > 0.5:
            _arrow(ax, (t + 1, 0.55), (t + 1, 1.4), COLOURS["o"])
            said = _number(o[t] * np.tanh(c[t]), "+.2f")
            ax.text(t + 1, 1.8, said, color=COLOURS["o"], ha="center", va="center")
    ax.set(xlim=(0.4, steps + 0.6), ylim=(-2.5, 2.2), xlabel="step t")
    ax.set_xticks(np.arange(1, steps + 1))
    ax.set_yticks([1.8, 0.9, 0, -2.05], ["said", "wiped", "c  cell", "written"])
    for label, name in zip(ax.get_yticklabels(), "ofci", strict=True):
        label.set_color(COLOURS[name])
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.grid(visible=False)
    return ax


def _number(value, spec):
    """Return a number as print wants it: with a true minus sign."""
    return format(value, spec).replace("-", "−")


def _parcel(ax, x, value):
    """Draw one parcel of the belt: the darker, the more it holds."""
    strength = min(abs(value), 1.0)
    ax.add_patch(
        FancyBboxPatch(
            (x - 0.36, -0.4),
            0.72,
            0.8,
            boxstyle="round,pad=0,rounding_size=0.1",
            facecolor=(*to_rgb(COLOURS["c"]), 0.85 * strength),
            edgecolor=COLOURS["c"],
            lw=1.2,
        )
    )
    colour = "white" if strength > 0.55 else INK
    ax.text(x, 0, _number(value, ".1f"), color=colour, ha="center", va="center", fontsize=9.5)


def plot_state_jacobian(jacobian, *, ax=None):
    """Draw the Jacobian of one LSTM step as four blocks: blue below zero, orange above.

    Parameters
    ----------
    jacobian : array (2H, 2H)
        Rows: h_t, then c_t; columns: h_{t-1}, then c_{t-1}.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If it is not a square with an even number of rows.
    """
    jacobian = np.asarray(jacobian, dtype=float)
    if jacobian.ndim != 2 or jacobian.shape[0] != jacobian.shape[1] or len(jacobian) % 2:
        raise ValueError(
            f"plot_state_jacobian got shape {jacobian.shape}. Give a (2H, 2H) matrix: h, then c."
        )
    ax = given_or_current(ax)
    size, limit = len(jacobian) // 2, np.abs(jacobian).max()
    signed = LinearSegmentedColormap.from_list("signed", [COLOURS["o"], "#FCFCFA", COLOURS["f"]])
    image = ax.imshow(jacobian, cmap=signed, vmin=-limit, vmax=limit)
    ax.axhline(size - 0.5, color=INK, lw=1.2)
    ax.axvline(size - 0.5, color=INK, lw=1.2)
    middles = (size / 2 - 0.5, 1.5 * size - 0.5)
    ax.set_xticks(middles, ["$h_{t-1}$", "$c_{t-1}$"])
    ax.set_yticks(middles, ["$h_t$", "$c_t$"])
    ax.tick_params(length=0)
    ax.grid(visible=False)
    ax.figure.colorbar(image, ax=ax, label="slope", shrink=0.85)
    return ax


def plot_lstm_paths(paths, *, ax=None):
    """Draw an LSTM's gradient by lag: the whole, and what the straight paths bring of it.

    Parameters
    ----------
    paths : dict of str to array (T + 1,)
        Norms, with keys among "all", "along c", "along h".
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    styles = {"all": ("LSTM", "-"), "along c": ("c", "--"), "along h": ("h", ":")}
    for name, norms in paths.items():
        colour, dash = styles[name]
        ax.semilogy(np.arange(len(norms)), norms, dash, color=COLOURS[colour], label=name)
    ax.set_xlabel("lag k (steps)")
    ax.set_ylabel("norm of the gradient")
    return ax


def plot_half_lives(biases, measured, *, ax=None):
    """Draw half-lives against the forget bias, with the formula ln 2 / -ln sigmoid(bias) as a line.

    Parameters
    ----------
    biases : array (N,)
        The sums of the two forget biases.
    measured : dict of str to array (N, S)
        Label to half-lives in steps, S networks for each bias. The first stands as filled dots,
        the second as rings; infinite ones as triangles at the upper edge.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    line = np.linspace(min(biases), max(biases), 200)
    ax.semilogy(line, half_life(sigmoid(line)), color=COLOURS["f"], label="formula")
    faces = [(COLOURS["c"], COLOURS["c"]), ("none", COLOURS["LSTM"])]
    for (label, values), (face, edge) in zip(measured.items(), faces, strict=False):
        each, values = np.repeat(biases, np.shape(values)[1]), np.ravel(values)
        look = {"mfc": face, "mec": edge, "ms": 6, "mew": 1.3, "ls": "none"}
        finite = np.isfinite(values)
        ax.semilogy(each[finite], values[finite], marker="o", label=label, **look)
        if not finite.all():
            top = ax.get_xaxis_transform()
            ax.plot(
                each[~finite], np.full((~finite).sum(), 0.97), marker="^", transform=top, **look
            )
    ax.set_xlabel("sum of the forget biases")
    ax.set_ylabel("half-life (steps)")
    return ax


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
            facecolor="#F1F1EC",
            edgecolor="#C9C9C2",
            lw=1.2,
            zorder=0,
        )
    )


def _wire(ax, points, colour=INK, *, width=1.8, head=False):
    xs, ys = zip(*points, strict=True)
    ax.plot(xs, ys, color=colour, lw=width, solid_joinstyle="round", zorder=1)
    if head:
        _arrow(ax, points[-2], points[-1], colour, width)


def _arrow(ax, start, end, colour, width=1.8):
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
    ink = INK if light else "white"
    ax.text(x, y + 0.11, letter, color=ink, ha="center", va="center", fontsize=12, zorder=4)
    ax.text(x, y - 0.2, function, color=ink, ha="center", va="center", fontsize=8, zorder=4)


def _plain_box(ax, x, y, text):
    ax.add_patch(
        FancyBboxPatch(
            (x - 0.42, y - 0.3),
            0.84,
            0.6,
            boxstyle="round,pad=0,rounding_size=0.12",
            facecolor="white",
            edgecolor=INK,
            lw=1.1,
            zorder=3,
        )
    )
    ax.text(x, y, text, color=INK, ha="center", va="center", fontsize=9.5, zorder=4)


def _node(ax, x, y, sign):
    ax.add_patch(Circle((x, y), 0.24, facecolor="white", edgecolor=INK, lw=1.2, zorder=3))
    ax.text(x, y, sign, color=INK, ha="center", va="center_baseline", fontsize=13, zorder=4)


def _end(ax, x, y, text, name, side):
    colour = INK if name is None else COLOURS[name]
    ax.text(x, y, text, color=colour, ha=side, va="center", fontsize=13)


def _dark(name):
    """Return a darker shade of a light gate colour, for text."""
    rgb = np.array(to_rgb(COLOURS[name]))
    return tuple(0.6 * rgb) if name in "nrzg" else tuple(rgb)
