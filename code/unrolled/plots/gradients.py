"""Gradients: their norms by lag and by layer, a step's Jacobian, paths, and half-lives."""

import numpy as np

from unrolled.byhand.flow import half_life
from unrolled.byhand.functional import sigmoid
from unrolled.plots.axes import given_or_current
from unrolled.plots.style import COLOURS, INK, SIGNED


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


def plot_norm_by_layer(norms, *, ax=None, **line):
    """Draw the gradient's norm at every layer's output, a thin line a run and their mean thick.

    Parameters
    ----------
    norms : array (runs, layers)
        The lowest layer first.
    ax : matplotlib Axes, optional
    **line
        For the thick line: color, label, marker.

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    norms = np.asarray(norms, dtype=float)
    layers = np.arange(1, norms.shape[1] + 1)
    (mean,) = ax.semilogy(layers, np.exp(np.log(norms).mean(axis=0)), **line)
    ax.semilogy(layers, norms.T, color=mean.get_color(), lw=0.7, alpha=0.45)
    ax.set(xlabel="layer (1 is the lowest)", ylabel="norm of the gradient", xticks=layers)
    return ax


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
    image = ax.imshow(jacobian, cmap=SIGNED, vmin=-limit, vmax=limit)
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
