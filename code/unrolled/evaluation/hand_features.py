"""What a person who knows motion would measure of a window or a film: features made by hand."""

from __future__ import annotations

import numpy as np

QUARTERS = (0.25, 0.5, 0.75)
FREQUENCIES = 8  # how many of the lowest, beside the mean


def without_order(values: np.ndarray) -> np.ndarray:
    """Return features ``(N, 7 C + C (C - 1) / 2)`` that do not change if the steps change places.

    Mean, spread, smallest, largest and quartiles of each channel, and how any two go together.

    Parameters
    ----------
    values : array (N, T, C)
    """
    values = np.asarray(values, dtype=np.float64)
    mean, spread = values.mean(axis=1), values.std(axis=1)
    quarters = np.quantile(values, QUARTERS, axis=1)  # (3, N, C)
    scaled = (values - mean[:, None]) / np.maximum(spread, 1e-12)[:, None]
    together = np.einsum("ntc,ntd->ncd", scaled, scaled) / values.shape[1]
    rows, columns = np.triu_indices(values.shape[2], k=1)
    simple = [mean, spread, values.min(axis=1), values.max(axis=1), *quarters]
    return np.concatenate([*simple, together[:, rows, columns]], axis=1)


def with_order(values: np.ndarray) -> np.ndarray:
    """Return features ``(N, 10 C)`` that say how each channel changes from step to step.

    The mean size of a step, how often the mean is crossed, and which share of the variance each of
    the lowest eight frequencies has.

    Parameters
    ----------
    values : array (N, T, C)
        T is at least 16.
    """
    values = np.asarray(values, dtype=np.float64)
    centred = values - values.mean(axis=1, keepdims=True)
    step = np.abs(np.diff(values, axis=1)).mean(axis=1)
    crossed = (np.diff(np.signbit(centred), axis=1)).mean(axis=1)
    power = np.abs(np.fft.rfft(centred, axis=1)) ** 2  # (N, T // 2 + 1, C)
    share = power / np.maximum(power.sum(axis=1, keepdims=True), 1e-12)
    lowest = share[:, 1 : FREQUENCIES + 1].reshape(len(values), -1)
    return np.concatenate([step, crossed, lowest], axis=1)


def hand_features(values: np.ndarray) -> np.ndarray:
    """Return both kinds, ``(N, 117)`` for six channels."""
    return np.concatenate([without_order(values), with_order(values)], axis=1)


def ink_middles(films: np.ndarray, blur: int = 3, threshold: float = 0.4) -> np.ndarray:
    """Return where the ink of each frame has its middle, ``(N, T, 2)`` rows and columns.

    Parameters
    ----------
    films : array (N, T, height, width)
    blur : int
        Odd. Each pixel becomes the mean of so many by so many; beyond the edge is paper.
    threshold : float
        Ink counts by how much it is above this.
    """
    films, half = np.asarray(films, dtype=np.float64), blur // 2
    height, width = films.shape[2:]
    padded = np.pad(films, ((0, 0), (0, 0), (half, half), (half, half)))
    moves = np.ndindex(blur, blur)
    blurred = sum(padded[:, :, i : i + height, j : j + width] for i, j in moves) / blur**2
    ink = np.maximum(blurred - threshold, 0)
    total = ink.sum(axis=(2, 3))
    rows, columns = ink.sum(axis=3) @ np.arange(height), ink.sum(axis=2) @ np.arange(width)
    middles = np.stack([rows, columns], axis=2) / np.maximum(total, 1e-12)[:, :, None]
    nowhere = np.array([height - 1, width - 1]) / 2  # no ink: the middle of the canvas
    return np.where(total[:, :, None] > 0, middles, nowhere)


def turns(steps: np.ndarray) -> np.ndarray:
    """Return the turn of any two steps in a row, ``(N, S - 1)``; positive is clockwise as seen.

    Parameters
    ----------
    steps : array (N, S, 2)
        How far down, and how far to the right.
    """
    down, right = steps[:, :, 0], steps[:, :, 1]
    return right[:, :-1] * down[:, 1:] - down[:, :-1] * right[:, 1:]


def turn_about_middle(middles: np.ndarray) -> np.ndarray:
    """Return ``(N,)``: the area that a path sweeps about its own middle; positive is clockwise.

    Parameters
    ----------
    middles : array (N, T, 2)
        As of `ink_middles`.
    """
    return turns(middles - middles.mean(axis=1, keepdims=True)).sum(axis=1)


def film_features(films: np.ndarray, blur: int = 3, threshold: float = 0.4) -> np.ndarray:
    """Return where the ink of each frame has its middle, how it moves, and how it turns.

    Parameters
    ----------
    films : array (N, T, height, width)
    blur, threshold
        As of `ink_middles`.

    Returns
    -------
    array (N, 2 T + 2 (T - 1) + (T - 2) + 1)
        Middles (rows, then columns), steps between them, and of any two steps in a row the turn:
        positive where it is clockwise, as one sees it. Last, the turn about the path's middle.
    """
    middles = ink_middles(films, blur, threshold)
    steps = np.diff(middles, axis=1)
    parts = [middles[:, :, 0], middles[:, :, 1], steps[:, :, 0], steps[:, :, 1], turns(steps)]
    return np.concatenate([*parts, turn_about_middle(middles)[:, None]], axis=1)
