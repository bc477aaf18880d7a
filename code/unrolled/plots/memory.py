"""Memory over many steps: the tasks, what was solved, how fast, and what the gradient foretold."""

import itertools

import numpy as np
from matplotlib.colors import to_rgb

from unrolled.evaluation.metrics import wilson_interval
from unrolled.plots.axes import given_or_current
from unrolled.plots.style import (
    BODY,
    CHANCE,
    EMPTY,
    GRID,
    GROUND,
    INK,
    NETWORK_COLOURS,
    ON_DARK,
    SOLVED,
)

#: Colour and marker of each network in `experiments.long_memory`.
LOOKS = {
    "rnn": (NETWORK_COLOURS["rnn"], "X"),
    "lstm, bias 0": (NETWORK_COLOURS["lstm, bias 0"], "o"),
    "lstm, bias 1": (NETWORK_COLOURS["lstm, bias 1"], "s"),
    "lstm, for length": (NETWORK_COLOURS["lstm, for length"], "D"),
    "gru": (NETWORK_COLOURS["gru"], "^"),
    "gru, for length": (NETWORK_COLOURS["gru, for length"], "v"),
}


def name_of(start):
    """Return how a figure writes a network's name: "lstm, bias 1" as "LSTM, bias 1"."""
    cell, comma, options = start.partition(",")
    return (cell if " " in cell else cell.upper()) + comma + options


def plot_sequence(inputs, rows, *, ax=None, answer=""):
    """Draw one sequence as a strip: a row an input, dark where it is large.

    Parameters
    ----------
    inputs : array (T, I)
        From 0 to 1.
    rows : sequence of (str, int, str)
        From top to bottom: name of a row, the column of the input it shows, its colour.
    ax : matplotlib Axes, optional
    answer : str
        Written behind the end.

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    shades = np.array([to_rgb(colour) for _, _, colour in rows])[:, None]  # (R, 1, 3)
    strength = np.asarray(inputs)[:, [column for _, column, _ in rows]].T[:, :, None]  # (R, T, 1)
    ax.set_facecolor(BODY)
    ax.imshow(
        np.dstack([np.broadcast_to(shades, (*strength.shape[:2], 3)), strength]), aspect="auto"
    )
    ax.set_yticks(range(len(rows)), [name for name, _, _ in rows])
    ax.set_xticks([])
    ax.tick_params(length=0)
    ax.grid(visible=False)
    ax.spines[["left", "bottom"]].set_visible(False)
    ax.text(1.02, 0.5, answer, transform=ax.transAxes, va="center", color=INK)
    return ax


def plot_steps_to_solve(table, lengths, *, budget, ax=None):
    """Draw steps to solve against length, a dot a network, both axes logarithmic.

    Lines join the medians of all seeds, where the median network solved its task. What was tried
    and not solved stands as an open mark above the budget; what was not tried is not drawn.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows of the record "long-memory" for one task: start, seed, length, steps_to_solve.
    lengths : sequence of int
        Those on the axis.
    budget : int
        Steps after which training was given up.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    seeds = sorted(table.seed.unique())
    ax.axhspan(budget * 1.15, budget * 3.1, color=EMPTY, lw=0, zorder=0)
    note = f"not solved in {budget:,} steps"
    ax.text(1, 1.02, note, transform=ax.transAxes, ha="right", va="bottom", color=INK)
    starts = [start for start in LOOKS if start in set(table.start)]
    for lane, start in enumerate(starts):
        colour, marker = LOOKS[start]
        mine, shift = table[table.start == start], 10 ** (0.064 * (lane - (len(starts) - 1) / 2))
        place = mine.seed.map(seeds.index) - (len(seeds) - 1) / 2
        x = mine.length * shift * 10 ** (0.0085 * place)
        solved = mine.steps_to_solve.notna()
        look = {"marker": marker, "ls": "none", "ms": 4.6, "mec": colour}
        ax.plot(x[solved], mine.steps_to_solve[solved], mfc=colour, alpha=0.75, **look)
        ax.plot(x[~solved], budget * 1.9 * 1.13 ** place[~solved], mfc="none", **look)
        middle = _medians(mine, len(seeds))
        ax.plot(middle.index * shift, middle, color=colour, lw=1.3, marker=marker, ms=0)
        ax.plot([], [], color=colour, marker=marker, ms=4.6, lw=1.3, label=name_of(start))
    ax.set(xscale="log", yscale="log", ylim=(80, budget * 3.1))
    ax.set_xticks(lengths, [f"{length:,}" for length in lengths])
    ax.set_xlim(lengths[0] / 10**0.25, lengths[-1] * 10**0.25)
    ticks = [tick for tick in (100, 300, 1000, 3000, 10_000) if tick <= budget]
    ax.set_yticks(ticks, [f"{tick:,}" for tick in ticks])
    ax.minorticks_off()
    ax.grid(visible=False, axis="x")
    for left, right in itertools.pairwise(lengths):
        ax.axvline((left * right) ** 0.5, color=GRID, lw=0.8, zorder=0)
    ax.set_ylabel("steps to solve")
    return ax


def _medians(mine, seeds):
    """Return the median steps by length over all seeds; unsolved and untried ones are longest."""
    by_length = mine.groupby("length").steps_to_solve
    filled = by_length.apply(
        lambda steps: np.median([*steps.fillna(np.inf), *[np.inf] * (seeds - len(steps))])
    )
    return filled[np.isfinite(filled)]


def plot_solved(counts, tried, names, lengths, *, of, ax=None):
    """Draw how many networks solved each length, as a table: darker is more.

    Parameters
    ----------
    counts, tried : arrays (N, K) of int
        Networks that solved, and that tried, each length. Where none tried, none is counted.
    names : sequence of N str
        From top to bottom.
    lengths : sequence of K int
    of : int
        Networks in each row.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    counts, tried = np.asarray(counts), np.asarray(tried)
    ax.imshow(counts / of, cmap=SOLVED, vmin=0, vmax=1, aspect="auto")
    for (row, column), count in np.ndenumerate(counts):
        text = str(count) if tried[row, column] else "·"
        ink = ON_DARK if count / of > 0.65 else INK
        ax.text(column, row, text, ha="center", va="center", color=ink)
    ax.set_xticks(range(len(lengths)), _short(lengths), rotation=90 if len(lengths) > 4 else 0)
    ax.set_yticks(range(len(names)), names)
    ax.set_xticks(np.arange(len(lengths) - 1) + 0.5, minor=True)
    ax.set_yticks(np.arange(len(names) - 1) + 0.5, minor=True)
    ax.grid(visible=False)
    ax.grid(visible=True, which="minor", color=GROUND, lw=2)
    ax.tick_params(which="both", length=0)
    ax.spines[["left", "bottom"]].set_visible(False)
    ax.set_xlabel("length T")
    return ax


def _short(lengths):
    """Return lengths as labels for little room: 1000 as 1k."""
    return [f"{length // 1000}k" if length % 1000 == 0 else str(length) for length in lengths]


def plot_share_key(of, *, ax=None):
    """Draw what a count out of so many says about the share: Wilson's 95 % interval for each.

    Parameters
    ----------
    of : int
        Trials.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    for count in range(of + 1):
        low, high = wilson_interval(count, of)
        ax.plot([low, high], [count, count], color=CHANCE, lw=3, solid_capstyle="butt")
        ax.plot(count / of, count, "o", ms=8, mfc=SOLVED(count / of), mec=INK, mew=0.8)
    ax.set_yticks(range(of + 1), [f"{count} of {of}" for count in range(of + 1)])
    ax.set(xlim=(-0.1, 1.1), ylim=(-0.5, of + 0.5), xlabel="share solved")
    ax.set_xticks([0, 0.5, 1], ["0", "½", "1"])
    return ax


def plot_ratio_of_steps(names, ratios, *, ax=None, color=None, label=None, shift=0.0, notes=None):
    """Draw ratios with their intervals, one a line, on a logarithmic axis with a line at 1.

    Parameters
    ----------
    names : sequence of K str
        From top to bottom.
    ratios : array (K, 3)
        Ratio, low and high end; rows of nan are left empty.
    ax : matplotlib Axes, optional
    color, label : str, optional
    shift : float
        How far below its line each is drawn, so that two sets can share the axes.
    notes : sequence of K str, optional
        Written in the right margin.

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    ratios = np.asarray(ratios, dtype=float)
    places = np.arange(len(names))[::-1] - shift
    ax.hlines(places, ratios[:, 1], ratios[:, 2], color=color, lw=2.5)
    ax.plot(ratios[:, 0], places, "o", color=color, ms=6, label=label)
    ax.axvline(1, color=CHANCE, ls="--", lw=1.2, zorder=1)
    look = {"transform": ax.get_yaxis_transform(), "color": INK, "va": "center"}
    for place, note in zip(places, notes or [], strict=False):
        ax.text(1.02, place, note, **look)
    ax.set_xscale("log", base=2)
    ax.set_yticks(np.arange(len(names))[::-1], names)
    ax.set_ylim(-0.7, len(names) - 0.3)
    return ax


def plot_forecast(start, lengths, shares, solved, *, of, least, ax=None):
    """Draw how much gradient arrives before training, and by the marks whether it was then learnt.

    Parameters
    ----------
    start : str
        The network, a key of `LOOKS`.
    lengths : sequence of K int
    shares : array (K,)
        Share of the gradient that arrives at each length.
    solved : sequence of K int or None
        How many solved the task at each length (None: not tried, no mark). A mark is full where
        more than half did.
    of : int
        Networks at each length.
    least : float
        Less is drawn as a mark at the lower edge.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    colour, marker = LOOKS[start]
    shares = np.maximum(shares, least / 10)
    ax.loglog(lengths, shares, color=colour, lw=1.2)
    for length, share, count in zip(lengths, shares, solved, strict=True):
        if count is not None:
            face = colour if count > of / 2 else GROUND
            look = {"marker": marker, "ms": 7, "mfc": face, "mec": colour, "mew": 1.4, "ls": "none"}
            ax.plot(length, max(share, least), clip_on=False, zorder=3, **look)
    ax.plot([], [], color=colour, marker=marker, lw=1.2, label=name_of(start))
    ax.set_ylim(least, 10)
    ax.set_xlim(lengths[0] / 1.4, lengths[-1] * 1.4)
    ax.set_xticks(lengths, [str(length) for length in lengths])
    ax.minorticks_off()
    ax.set_xlabel("length T (steps)")
    return ax
