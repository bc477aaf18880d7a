"""Several seeds in one picture: their points side by side, their mean, and its 95 % interval."""

import numpy as np

from unrolled.evaluation.metrics import mean_interval


def mean_over_seeds(values):
    """Return mean, low and high end of the 95 % interval: numbers, or one row for each column.

    Parameters
    ----------
    values : array (S,) or (S, K)
        One entry or row a seed.

    Returns
    -------
    three floats, or array (3, K)

    Raises
    ------
    ValueError
        If there are fewer than two seeds, or a value is not finite.
    """
    values = np.asarray(values, dtype=float)
    if values.ndim == 1:
        return mean_interval(values)
    return np.transpose([mean_interval(column) for column in values.T])


def draw_interval(ax, places, values, **line):
    """Draw the 95 % interval of the mean as a bar in each row; return the means.

    Parameters
    ----------
    ax : matplotlib Axes
    places : float or array (K,)
        The height of each row.
    values : array (S,) or (S, K)
        One entry or row a seed.
    **line
        For ``ax.hlines``.
    """
    mean, low, high = mean_over_seeds(values)
    ax.hlines(places, low, high, **line)
    return mean


def draw_band(ax, x, values, colour, **line):
    """Draw the mean over seeds as a line, and its 95 % interval as a band around it.

    Parameters
    ----------
    ax : matplotlib Axes
    x : array (K,)
    values : array (S, K)
        A row a seed.
    colour : matplotlib colour
    **line
        For ``ax.plot``.
    """
    mean, low, high = mean_over_seeds(values)
    ax.fill_between(x, low, high, color=colour, alpha=0.18, lw=0)
    ax.plot(x, mean, color=colour, **line)


def spread_out(place, count, reach):
    """Return `count` heights about a row, so that equal seeds do not hide each other.

    Parameters
    ----------
    place : float
        The height of the row; one point alone stands there.
    count : int
    reach : float
        How far the outermost points stand from it.

    Returns
    -------
    array (count,)
    """
    return place + np.linspace(-reach, reach, count) if count > 1 else np.full(count, float(place))
