"""Figures of a model on its way out: how quick it answers."""

import numpy as np

from unrolled.plots.style import COLOURS


def plot_speed(batches, rates, waits, *, axes):
    """Draw reviews a second against the size of the batch, and how long one review waits.

    Parameters
    ----------
    batches : sequence of int
        Sizes of the batches.
    rates : dict of str to array
        Reviews a second at each of these sizes, by program; at most four programs.
    waits : dict of str to array
        Milliseconds that one review waited, by program.
    axes : pair of matplotlib Axes

    Returns
    -------
    pair of matplotlib Axes
    """
    left, right = axes
    styles = zip(("RNN", "LSTM", "GRU", "c"), "os^D", strict=True)
    for row, (name, (ink, mark)) in enumerate(zip(rates, styles, strict=False)):
        colour = COLOURS[ink]
        left.semilogx(batches, rates[name], f"{mark}-", color=colour, label=name)
        middle, late = np.percentile(waits[name], [50, 95])
        right.plot([middle, late], [row, row], "-", color=colour)
        right.plot(middle, row, mark, color=colour)
        right.text(middle, row + 0.15, name, color=colour)
    left.set(xlabel="reviews in a batch", ylabel="reviews a second", ylim=(0, None))
    left.set(xticks=batches, xticklabels=batches, xlim=(batches[0] / 1.6, batches[-1] * 1.6))
    left.minorticks_off()
    longest = max(np.percentile(wait, 95) for wait in waits.values())
    right.set(xlabel="milliseconds for one review", ylim=(-0.5, len(rates) - 0.3))
    right.set(yticks=[], xlim=(0, 1.6 * longest))
    return axes
