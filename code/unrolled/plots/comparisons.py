"""Networks compared over seeds: steps that runs needed, differences, cut gates, distractors."""

import numpy as np

from unrolled.plots.axes import given_or_current
from unrolled.plots.seeds import mean_over_seeds, spread_out
from unrolled.plots.style import BEYOND, CHANCE, COLOURS, NOTE


def plot_steps_of_runs(runs, budget, *, ax=None, colours=None, counts=True):
    """Draw how many steps each run needed: a row a name, a dot a run, open where it did not finish.

    Parameters
    ----------
    runs : dict of str to array
        Steps by name, from the top; nan (or None) where the budget did not do.
    budget : float
        Where unfinished runs are drawn, past a dashed line.
    ax : matplotlib Axes, optional
    colours : dict of str to colour, optional
        By name; grey where there is none.
    counts : bool
        Write at the right how many of the runs finished.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If a run needed more than the budget.
    """
    ax = given_or_current(ax)
    for row, (name, needed) in enumerate(runs.items()):
        needed = np.array(needed, dtype=float)
        solved = np.isfinite(needed)
        if (needed[solved] > budget).any():
            raise ValueError(
                f"plot_steps_of_runs got a run of {name!r} with {needed[solved].max():g} steps; "
                f"the budget is {budget:g}. Give nan for a run that did not finish within it."
            )
        colour = (colours or {}).get(name, COLOURS["c"])
        face = [colour if done else "none" for done in solved]
        places = np.where(solved, needed, 1.04 * budget)
        ax.scatter(
            places,
            spread_out(row, len(needed), 0.22),
            s=26,
            facecolors=face,
            edgecolors=colour,
            zorder=3,
        )
        middle = np.median(np.where(solved, needed, np.inf))
        if np.isfinite(middle):
            ax.plot([middle] * 2, [row - 0.36, row + 0.36], color=colour, lw=2.4, zorder=2)
        if counts:
            label = f"{solved.sum()}/{len(needed)}"
            ax.text(1.14 * budget, row, label, va="center", ha="left", color=NOTE)
    ax.axvline(budget, color=CHANCE, ls="--", lw=1.1, zorder=1)
    ax.set(yticks=range(len(runs)), yticklabels=list(runs), ylim=(len(runs) - 0.45, -0.55))
    ax.set(xlim=(0, (1.42 if counts else 1.1) * budget), xlabel="steps to solve")
    ax.set_xticks([tick for tick in ax.get_xticks() if 0 <= tick <= budget])
    ax.grid(axis="y", visible=False)
    return ax


def plot_intervals(intervals, *, corrected=None, ax=None, colours=None, zero="no difference"):
    """Draw differences with their intervals, a row a name; hollow where the interval holds zero.

    Where corrected intervals are given too, these are drawn thin behind the others, and they
    decide what is hollow.

    Parameters
    ----------
    intervals : dict of str to (mean, low, high)
        From the top.
    corrected : dict of str to (mean, low, high), optional
        The same differences, their intervals widened for the number of comparisons.
    ax : matplotlib Axes, optional
    colours : dict of str to colour, optional
        By name; grey where there is none.
    zero : str
        What the line at zero means.

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    ax.axvline(0, color=CHANCE, ls="--", lw=1.1, zorder=1)
    for row, (name, (mean, low, high)) in enumerate(intervals.items()):
        colour = (colours or {}).get(name, COLOURS["c"])
        _, least, most = (corrected or intervals)[name]
        detected = least > 0 or most < 0
        if corrected:
            ax.plot([least, most], [row, row], color=colour, lw=0.7, zorder=2)
        ax.plot([low, high], [row, row], color=colour, lw=2.2 if detected else 1.3, zorder=2)
        face = colour if detected else ax.get_facecolor()
        ax.plot(mean, row, "o", ms=6, mec=colour, mfc=face, zorder=3)
    ax.set(yticks=range(len(intervals)), yticklabels=list(intervals))
    ax.set(ylim=(len(intervals) - 0.45, -0.85))
    ax.text(0, -0.6, zero, ha="center", va="center", color=NOTE)
    ax.grid(axis="y", visible=False)
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
    ax.axvspan(1, 1e3, color=BEYOND, lw=0, zorder=0)
    ax.axvline(1, color=CHANCE, ls="--", lw=1)
    for row, (name, values) in enumerate(errors.items()):
        values = np.maximum(np.asarray(values, dtype=float), floor)
        colour = COLOURS[name[0]] if name[1:2] == " " else COLOURS["c"]
        face = "none" if "never" in name else colour
        ax.plot(
            values,
            spread_out(row, len(values), 0.16),
            "o",
            ms=5,
            mfc=face,
            mec=colour,
            mew=1.3,
            alpha=0.85,
        )
        ax.plot([values.mean()] * 2, [row - 0.32, row + 0.32], color=colour, lw=2)
    ax.set_xscale("log")
    ax.set_yticks(range(len(errors)), list(errors))
    ax.set(xlim=(0.7 * floor, 40), ylim=(len(errors) - 0.5, -0.5), xlabel="error / chance")
    ax.grid(visible=False, axis="y")
    ax.tick_params(axis="y", length=0)
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
        mean, low, high = mean_over_seeds(values)
        marker, dash = looks[name]
        x = places + 0.16 * (shift - (len(accuracies) - 1) / 2)
        spread = [mean - np.clip(low, 0, 1), np.clip(high, 0, 1) - mean]
        look = {"marker": marker, "ms": 4.5, "ls": dash, "lw": 1.3, "capsize": 2}
        ax.errorbar(x, mean, spread, color=COLOURS[name], label=name, **look)
    ax.axhline(0.5, color=CHANCE, ls="--", lw=1)
    ax.set_xticks(places, [str(n) for n in distractors])
    ax.set(xlabel="distractors", ylabel="right verbs (share)", ylim=(0.2, 1.04))
    return ax
