"""Models by the length of a sequence: errors, cost, what is still tracked; and quality by time."""

import numpy as np

from unrolled.plots.axes import given_or_current
from unrolled.plots.seeds import draw_band
from unrolled.plots.style import CHANCE, COLOURS, EMPTY, INK, MODEL_COLOURS, NOTE

#: Colour and marker of each way to compute a linear recurrence.
FORM_LOOKS = {
    "loop": (COLOURS["c"], "s"),
    "scan": (COLOURS["o"], "o"),
    "divided": (COLOURS["f"], "X"),
    "log space": (COLOURS["g"], "^"),
}
_MARKERS = dict(zip(MODEL_COLOURS, "os^D", strict=True))
_STYLES = ("-", "--", ":")


def looks_of(names):
    """Return colour, marker and line style by name; the part before a comma is the model.

    "minGRU, 1 layer" and "minGRU, 4 layers" share colour and marker; the second is dashed.

    Raises
    ------
    ValueError
        If a model has no colour, or more variants than there are line styles.
    """
    looks, seen = {}, {}
    for name in names:
        model = name.partition(",")[0]
        number = seen[model] = seen.get(model, -1) + 1
        if model not in MODEL_COLOURS or number >= len(_STYLES):
            raise ValueError(
                f"There is no look for {name!r}. A name begins with one of "
                f"{', '.join(MODEL_COLOURS)}, and a model has at most {len(_STYLES)} variants."
            )
        look = {"marker": _MARKERS[model], "ls": _STYLES[number], "ms": 5}
        looks[name] = {"color": MODEL_COLOURS[model], **look}
    return looks


def plot_errors_by_length(lengths, errors, *, precision, ax=None):
    """Draw the relative error of each form against the length, both axes logarithmic.

    What is not finite stands as a mark in a band at the top: a line would hide where it begins.

    Parameters
    ----------
    lengths : sequence of K int
    errors : dict of str to array (K,)
        By form, a key of `FORM_LOOKS`; nan or infinity where a state is not finite.
    precision : float
        The rounding of one number, such as ``np.finfo(np.float32).eps``: a dotted line. An error
        below a tenth of it, so zero too, is drawn there.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    errors = {form: np.asarray(found, dtype=float) for form, found in errors.items()}
    known = np.concatenate([found[np.isfinite(found)] for found in errors.values()])
    top = 10 ** np.ceil(np.log10(max(precision, *known)) + 0.5)
    band = np.geomspace(top * 4, top * 80, max(len(errors), 2))  # a height for each form
    ax.axhspan(top, top * 300, color=EMPTY, lw=0, zorder=0)
    for height, (form, found) in zip(band, errors.items(), strict=False):
        colour, marker = FORM_LOOKS[form]
        finite = np.isfinite(found)
        shown = np.where(finite, np.maximum(found, precision / 10), np.nan)
        ax.plot(lengths, shown, color=colour, marker=marker, ms=5, label=form)
        look = {"marker": marker, "ls": "none", "ms": 6, "mfc": "none", "mec": colour, "mew": 1.6}
        ax.plot(np.asarray(lengths)[~finite], np.full(sum(~finite), height), **look)
    note = {"transform": ax.get_yaxis_transform(), "color": NOTE}
    ax.text(0.01, band[-1], "not finite", va="center", **note)
    ax.axhline(precision, color=CHANCE, ls=":", lw=1.4, zorder=1)
    ax.text(0.99, precision * 0.8, "one rounding", ha="right", va="top", **note)
    ax.set(xscale="log", yscale="log", ylim=(precision / 20, top * 300))
    ax.set(xlabel="length T (steps)", ylabel="largest relative error")
    _ticks(ax, lengths)
    powers = np.arange(np.floor(np.log10(precision)), np.log10(top))  # the band has no numbers
    ax.set_yticks(10 ** powers[:: 1 + len(powers) // 8])
    ax.minorticks_off()
    return ax


def plot_cost_by_length(lengths, seconds, megabytes, *, axes):
    """Draw what a model costs against the length: time at the left, memory at the right.

    Parameters
    ----------
    lengths : sequence of K int
    seconds, megabytes : dict of str to array (K,) or (R, K)
        By model. Of R repetitions the median is the line, and all lie within the band. nan: not
        measured, and the line ends there.
    axes : pair of matplotlib Axes

    Returns
    -------
    pair of matplotlib Axes
    """
    panels = ((seconds, "seconds"), (megabytes, "megabytes"))
    for ax, (costs, unit) in zip(axes, panels, strict=True):
        for name, look in looks_of(costs).items():
            rows = np.atleast_2d(np.asarray(costs[name], dtype=float))
            low, middle, high = rows.min(axis=0), np.median(rows, axis=0), rows.max(axis=0)
            ax.fill_between(lengths, low, high, color=look["color"], alpha=0.18, lw=0)
            ax.plot(lengths, middle, label=name, **look)
        ax.set(xscale="log", yscale="log", xlabel="length T (steps)", ylabel=unit)
        _ticks(ax, lengths)
    return axes


def plot_accuracy_by_length(lengths, accuracies, *, chance, trained, ax=None):
    """Draw accuracy against the length, with the level of chance and the length of training.

    Parameters
    ----------
    lengths : sequence of K int
    accuracies : dict of str to array (S, K)
        By model, one row a seed; the band is the 95 % interval of the mean.
    chance : float
    trained : int
        The longest sequence of the training; what is longer is drawn on a darker ground.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    ax.axvspan(trained, max(lengths) * 1.2, color=EMPTY, lw=0, zorder=0)
    ax.axvline(trained, color=CHANCE, lw=1.2, zorder=1)
    note = {"transform": ax.get_xaxis_transform(), "va": "bottom", "color": INK}
    ax.text(trained, 1.02, "longer than in training →", **note)
    for name, look in looks_of(accuracies).items():
        look = dict(look)
        draw_band(ax, lengths, accuracies[name], look.pop("color"), label=name, **look)
    ax.axhline(chance, color=CHANCE, ls="--", lw=1.2, zorder=1)
    note = {"transform": ax.get_yaxis_transform(), "ha": "right", "va": "top", "color": NOTE}
    ax.text(0.99, chance - 0.01, "chance", **note)  # below: what knows nothing more lies above
    ax.set(xscale="log", xlabel="length T (steps)", ylabel="accuracy")
    ax.set(ylim=(0.8 * chance, 1.04), xlim=(None, max(lengths) * 1.2))
    _ticks(ax, lengths)
    return ax


def plot_bits_by_seconds(seconds, bits, *, ax=None):
    """Draw bits per character against the time that training took, a band for the seeds.

    Parameters
    ----------
    seconds : dict of str to array (K,)
        By model: when it was measured, in seconds of one core. Models differ in this.
    bits : dict of str to array (S, K)
        One row a seed; the band is the 95 % interval of the mean.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    for name, look in looks_of(bits).items():
        look = {**look, "ms": 3.5}
        draw_band(ax, seconds[name], bits[name], look.pop("color"), label=name, **look)
    ax.set(xscale="log", xlabel="seconds of training", ylabel="bits per character")
    return ax


def _ticks(ax, lengths):
    """Write the lengths under a logarithmic axis; of many, every second one."""
    ticks = list(lengths) if len(lengths) < 8 else list(lengths)[::2]
    ax.set_xticks(ticks, [f"{length:,}" for length in ticks])
    ax.minorticks_off()
