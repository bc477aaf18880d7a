"""Figures of gradients: norms by lag, spectral sweeps, losses over training."""

import numpy as np

from unrolled.plots.style import COLOURS, given_or_current


def plot_norm_by_lag(norms, *, ax=None, **line):
    """Draw gradient norms against the lag, on a logarithmic axis.

    Parameters
    ----------
    norms : array (K + 1,)
        Entry k is the norm at lag k.
    ax : matplotlib Axes, optional
    **line
        For ``ax.plot``: label, color, marker.

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    ax.semilogy(np.arange(len(norms)), norms, **line)
    ax.set_xlabel("lag k (steps back from the loss)")
    ax.set_ylabel("norm of the gradient")
    return ax


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


def mark_level(level, label, *, ax=None):
    """Draw a dashed horizontal line with its name at the right end.

    Parameters
    ----------
    level : float
        In the units of the y axis.
    label : str
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    ax.axhline(level, color=COLOURS["chance"], linestyle="--", linewidth=1.2, zorder=1)
    ax.annotate(
        label,
        xy=(1, level),
        xycoords=("axes fraction", "data"),
        xytext=(-3, 5),
        textcoords="offset points",
        ha="right",
        va="bottom",
        color="#4A4A46",
        fontsize=9,
        zorder=5,
        bbox={
            "boxstyle": "round,pad=0.15",
            "facecolor": "#FCFCFA",
            "edgecolor": "none",
            "alpha": 0.85,
        },
    )
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
