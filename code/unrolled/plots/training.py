"""Training: losses, smoothed where they are noisy, rates, and tricks against the noise of seeds."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from unrolled.plots.axes import given_or_current, mark_level
from unrolled.plots.style import AGAINST, CHANCE, COLOURS, FOR, GROUND, NOISE, NOTE


def plot_losses(steps, losses, *, chance=None, ax=None, **line):
    """Draw a training loss against the step, with the chance level where given.

    Parameters
    ----------
    steps, losses : arrays of the same length
    chance : float, optional
        The loss of the best answer that ignores the input.
    ax : matplotlib Axes, optional
    **line
        For ``ax.plot``.

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    ax.plot(steps, losses, **line)
    if chance is not None:
        mark_level(chance, "chance", ax=ax)
    ax.set_xlabel("training step")
    ax.set_ylabel("mean squared error")
    return ax


def moving_average(values, width):
    """Return the mean of each run of `width` neighbours: what the eye wants of a noisy loss.

    Parameters
    ----------
    values : array (N,)
    width : int, from 1 to N

    Returns
    -------
    ndarray (N - width + 1,)

    Raises
    ------
    ValueError
        If there are fewer values than `width`.
    """
    values = np.asarray(values, dtype=float)
    if not 1 <= width <= len(values):
        raise ValueError(
            f"moving_average got width={width} for {len(values)} values. "
            f"Choose a width from 1 to {len(values)}."
        )
    return np.convolve(values, np.full(width, 1 / width), mode="valid")


def plot_rates(schedules, *, ax=None, colours=None):
    """Draw learning rates by step, one line a schedule.

    Parameters
    ----------
    schedules : dict of str to array
        The rate at each step.
    ax : matplotlib Axes, optional
    colours : dict of str to colour, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    for (name, rates), style in zip(schedules.items(), ("-", "--", "-."), strict=False):
        colour = (colours or {}).get(name)
        ax.plot(np.arange(1, len(rates) + 1), rates, style, color=colour, label=name)
    ax.set(xlabel="training step", ylabel="learning rate", ylim=(0, None))
    ax.legend()
    return ax


def plot_tricks(differences, band, *, ax=None, higher_is_better=True, names=True):
    """Draw what each trick changes, run by run, against what seeds alone would do to a mean.

    Parameters
    ----------
    differences : dict of str to dict of str to array
        By family, by trick: one difference to the plain recipe a seed, from the top.
    band : float
        A mean nearer to zero than this is within the noise; drawn in grey.
    ax : matplotlib Axes, optional
    higher_is_better : bool
        Which side of the band is drawn as a gain; the other is drawn as a loss.
    names : bool
        Write the names of tricks and families.

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    row, rows, labels = 0, [], []
    ax.axvspan(-band, band, color=NOISE, lw=0, zorder=0)
    ax.axvline(0, color=CHANCE, ls="--", lw=1.1, zorder=1)
    for family, tricks in differences.items():
        if names:
            place = {"transform": ax.get_yaxis_transform(), "va": "center", "ha": "left"}
            ax.text(0.012, row, family, color=NOTE, style="italic", **place)
        row += 1
        for name, values in tricks.items():
            _draw_trick(ax, row, np.asarray(values, dtype=float), band, higher_is_better)
            rows.append(row)
            labels.append(name)
            row += 1
    ax.set(yticks=rows, yticklabels=labels if names else [], ylim=(row - 0.4, -0.7))
    ax.tick_params(axis="y", length=0)
    ax.xaxis.set_major_locator(MaxNLocator(5))
    ax.grid(axis="y", visible=False)
    return ax


def _draw_trick(ax, row, values, band, higher_is_better):
    mean = values.mean()
    outside = abs(mean) > band
    colour = (FOR if (mean > 0) == higher_is_better else AGAINST) if outside else COLOURS["c"]
    ax.plot(values, np.full(len(values), row), "|", color=colour, ms=7, mew=1.1, zorder=2)
    ax.plot(mean, row, "o", ms=6, mec=colour, mfc=colour if outside else GROUND, zorder=3)
