"""The next frame of a real film: does anything beat to copy the last one?"""

from __future__ import annotations

import itertools

import numpy as np
from sklearn.linear_model import Ridge

from unrolled.data.clips import heart_clip
from unrolled.experiments.registry import Experiment
from unrolled.nets.window_reader import PixelPredictor, absolute_loss, outputs_of, train_passes
from unrolled.seeding import seed_everything

READERS = ("copy", "straight on", "ridge", "GRU, level", "GRU, change")
SEEDS = range(5)
PAST, SIDE = 4, 5  # frames read, and pixels of the side of a square
TRAIN, VALID, TEST = range(PAST, 17), range(17, 21), range(21, 28)  # frames predicted
SCALE = 32.0  # grey levels that count as 1
PIXELS = 12_000  # drawn anew for a seed, of all, as all are judged
#: Tried by `tune` on seed 100; of the passes each number is looked at in one training.
STRENGTHS = (1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6)
RATES, WIDTHS, PASSES = (0.0003, 0.001, 0.003, 0.01), (32,), (2, 5, 10, 20, 40, 80)
#: The ridge's strength, or a network's rate, hidden units and passes.
CHOSEN: dict[str, tuple] = {
    "ridge": (10.0,),
    "GRU, change": (0.001, 32, 40),
    "GRU, level": (0.001, 32, 40),
}


def squares(frames: np.ndarray, times) -> tuple[np.ndarray, np.ndarray]:
    """Return what stood round each pixel in the frames before, and each pixel.

    Parameters
    ----------
    frames : array (F, height, width)
        In grey levels.
    times : iterable of int
        The frames to be predicted, from PAST on.

    Returns
    -------
    inputs, targets : arrays (len(times) * height * width, PAST, SIDE * SIDE) and (...,), float32
        Counted in `SCALE`. Beyond the edge stands what stands at the edge.
    """
    half = SIDE // 2
    padded = np.pad(frames / SCALE, ((0, 0), (half, half), (half, half)), mode="edge")
    views = np.lib.stride_tricks.sliding_window_view(padded, (SIDE, SIDE), axis=(1, 2))
    views = views.reshape(len(frames), frames[0].size, SIDE * SIDE)
    inputs = [views[t - PAST : t].transpose(1, 0, 2) for t in times]
    targets = [frames[t].ravel() / SCALE for t in times]
    return np.concatenate(inputs).astype(np.float32), np.concatenate(targets).astype(np.float32)


def sample(frames: np.ndarray, seed: int, pixels: int):
    """Return squares of training, `pixels` of them, drawn from all pixels."""
    inputs, targets = squares(frames, TRAIN)
    rows = np.random.default_rng([seed, 3]).choice(len(inputs), size=pixels, replace=False)
    return inputs[rows], targets[rows]


def fit_predictor(reader: str, setting: tuple, inputs, targets, rng, after=None):
    """Return a function from squares to pixels: one reader, fitted."""
    if reader == "copy":
        return lambda x: x[:, -1, SIDE**2 // 2]
    if reader == "straight on":
        return lambda x: 2 * x[:, -1, SIDE**2 // 2] - x[:, -2, SIDE**2 // 2]
    if reader == "ridge":
        last = inputs[:, -1, SIDE**2 // 2]
        line = Ridge(alpha=setting[0]).fit(inputs.reshape(len(inputs), -1), targets - last)
        return lambda x: x[:, -1, SIDE**2 // 2] + line.predict(x.reshape(len(x), -1))
    rate, hidden, passes = setting
    model = PixelPredictor("gru", SIDE**2, hidden, change=reader == "GRU, change")

    def predict(x):
        return outputs_of(model, x)

    look = None if after is None else lambda number: after(number, predict)
    options = {"rate": rate, "passes": passes, "rng": rng, "batch_size": 128, "after": look}
    train_passes(model, inputs, targets, absolute_loss, **options)
    return predict


def errors(predict, frames: np.ndarray, times, power: int = 1) -> list[float]:
    """Return the mean of the absolute error to some power of each frame, in grey levels."""
    wrong = (predicted_frame(predict, frames, t) - frames[t] for t in times)
    return [float((np.abs(one) ** power).mean()) for one in wrong]


def predicted_frame(predict, frames: np.ndarray, time: int) -> np.ndarray:
    """Return the predicted frame ``(height, width)``, in grey levels."""
    return predict(squares(frames, [time])[0]).reshape(frames.shape[1:]) * SCALE


def tune(reader: str) -> list[tuple[float, tuple]]:
    """Return ``(error on validation, setting)``, the best first; seed 100."""
    frames, found = heart_clip(), []
    data = sample(frames, 100, PIXELS)
    if reader == "ridge":
        for strength in STRENGTHS:
            predict = fit_predictor(reader, (strength,), *data, None)
            found.append((float(np.mean(errors(predict, frames, VALID))), (strength,)))
        return sorted(found)
    for rate, hidden in itertools.product(RATES, WIDTHS):

        def note(number, predict, rate=rate, hidden=hidden):
            if number in PASSES:
                error = float(np.mean(errors(predict, frames, VALID)))
                found.append((error, (rate, hidden, number)))

        setting = (rate, hidden, max(PASSES))
        fit_predictor(reader, setting, *data, seed_everything(100), note)
    return sorted(found)


def grid() -> list[dict]:
    """Return all configurations, seed after seed."""
    return [{"reader": reader, "seed": seed} for seed, reader in itertools.product(SEEDS, READERS)]


def measure(reader: str, seed: int, *, pixels: int = PIXELS, passes: int | None = None):
    """Fit one reader on the first frames and judge each of the last seven.

    The seed draws the pixels of training and starts weights; two readers need neither.

    Parameters
    ----------
    reader : str
        One of `READERS`.
    seed : int
    pixels : int
    passes : int, optional
        Train a network so long only.

    Returns
    -------
    list of dict
        frame (counted from 0), error and squared (mean absolute and mean squared error, in grey
        levels).
    """
    rng = seed_everything(seed)
    frames = heart_clip()
    setting = CHOSEN.get(reader, ())
    if passes is not None and len(setting) == 3:
        setting = (*setting[:2], passes)
    predict = fit_predictor(reader, setting, *sample(frames, seed, pixels), rng)
    found = zip(TEST, *(errors(predict, frames, TEST, power) for power in (1, 2)), strict=True)
    return [{"frame": t, "error": error, "squared": squared} for t, error, squared in found]


EXPERIMENTS = [
    Experiment(
        "next-frame",
        "Does a line or a network predict the next frame of a film better than the last frame?",
        grid,
        measure,
        minutes=3,
    ),
]
