"""Drawings of sound: from a waveform to what a recogniser reads, warping, voices, and CTC."""

from __future__ import annotations

import numpy as np

from unrolled.data import waves
from unrolled.plots.axes import given_or_current
from unrolled.plots.style import AGAINST, CHANCE, COLOURS, FOR, INK, SHARES, SIGNED

BLOCK = 20  # samples of a waveform that are drawn as one stroke


def plot_hearing(sound, *, axes):
    """Draw a waveform, its spectrogram, its mel bands and its MFCCs, one above the other.

    Parameters
    ----------
    sound : array (samples,)
    axes : sequence of four matplotlib Axes

    Returns
    -------
    the axes
    """
    seconds = len(sound) / waves.RATE
    blocks = sound[: len(sound) // BLOCK * BLOCK].reshape(-1, BLOCK)  # what a line would cover
    times = BLOCK * (np.arange(len(blocks)) + 0.5) / waves.RATE
    axes[0].fill_between(times, blocks.min(1), blocks.max(1), color=INK, lw=0)
    axes[0].set(xlim=(0, seconds), ylim=(-1.05, 1.05))
    power = 10 * np.log10(waves.spectrogram(sound) + 1e-10)
    top = waves.RATE / 2000
    _heat(axes[1], power.T, seconds, (0, top), vmin=power.max() - 60, vmax=power.max())
    loud = waves.log_mel(sound)
    _heat(axes[2], loud.T, seconds, (0, waves.BANDS), vmin=loud.max() - 60, vmax=loud.max())
    found = waves.mfcc(sound)[:, 1:]  # the first is loudness alone, and many times larger
    limit = np.abs(found).max()
    ends = (0.5, found.shape[1] + 0.5)
    _heat(axes[3], found.T, seconds, ends, cmap=SIGNED, vmin=-limit, vmax=limit)
    axes[3].set_xlabel("seconds")
    for ax in axes[:3]:
        ax.tick_params(labelbottom=False)
    return axes


def _heat(ax, values, seconds, ends, cmap=SHARES, **limits):
    extent = (0, seconds, *ends)
    ax.imshow(values, origin="lower", aspect="auto", extent=extent, cmap=cmap, **limits)
    ax.grid(visible=False)


def plot_alignment(apart, path, *, ax=None):
    """Draw the distances of all pairs of frames, the closest darkest, and a path through them.

    Parameters
    ----------
    apart : array (T, S)
    path : list of (t, s)
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = given_or_current(ax)
    ax.imshow(-np.asarray(apart), origin="lower", cmap=SHARES, aspect="auto")
    t, s = np.transpose(path)
    ax.plot(s, t, "o-", color=AGAINST, ms=3.5, lw=1.5)
    ax.grid(visible=False)
    return ax


def plot_known_and_new(scores, *, axes):
    """Draw for each reader the accuracy on each voice, where it was known and where it was new.

    Parameters
    ----------
    scores : dict of str to (array (V,), array (V,))
        For each reader, the voice known and the voice new.
    axes : sequence of matplotlib Axes, one a reader

    Returns
    -------
    the axes
    """
    for ax, (name, (known, new)) in zip(axes, scores.items(), strict=True):
        for pair in zip(known, new, strict=True):
            ax.plot((0, 1), pair, color=CHANCE, lw=1, zorder=1)
        ax.plot(np.zeros(len(known)), known, "o", color=FOR, zorder=2)
        ax.plot(np.ones(len(new)), new, "s", color=AGAINST, zorder=2)
        ax.plot((0, 1), (np.mean(known), np.mean(new)), color=INK, lw=2.5, zorder=3)
        ax.set(xlim=(-0.4, 1.4), ylim=(0, 1.02), title=name)
        ax.set_xticks((0, 1), ("known", "new"))
    return axes


def plot_plateau(runs, *, axes):
    """Draw the loss and the share of blanks of some CTC trainings, by step.

    Parameters
    ----------
    runs : list of (steps, loss, blanks), arrays (K,) each
    axes : two matplotlib Axes

    Returns
    -------
    the axes
    """
    for steps, loss, blanks in runs:
        axes[0].plot(steps, loss, color=COLOURS["GRU"], lw=1.2)
        axes[1].plot(steps, blanks, color=COLOURS["f"], lw=1.2)
    axes[0].set(ylabel="nats a digit", xlabel="training steps", yscale="log")
    axes[1].set(ylabel="share of blank frames", xlabel="training steps", ylim=(0, 1.02))
    return axes
