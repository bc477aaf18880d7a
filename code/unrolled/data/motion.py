"""What a smartwatch measured of ten people at seven exercises of the shoulder, and windows of it.

The 140 recordings (ten people, seven exercises, both arms; acceleration and turning rate at 50 Hz)
come inside the PyPI package `seglearn` (BSD licence, Burns, Leung and others, 2018). Nothing of
them is part of this repository, and the package's code is never imported.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from unrolled.data.packages import PackagedFile

FILE = PackagedFile(
    "seglearn",
    "1.2.5",
    "seglearn/data/watch_dataset.npy",
    "eb122f23cdf06ef6bd6c6c5312958ec5cf9d038e2e6d457b8081662c75a42537",
)
RATE = 50  # samples a second
CHANNELS = ("ax", "ay", "az", "wx", "wy", "wz")


@dataclass(frozen=True)
class Recordings:
    """R recordings of one exercise each.

    Parameters
    ----------
    signals : list of numpy.ndarray
        Each ``(T, 6)``: acceleration and turning rate along three axes, 50 a second.
    exercises, people, sides : numpy.ndarray
        ``(R,)``: which exercise (0 to 6), whose arm (0 to 9), and 1 for the right one.
    names : tuple of str
        Of the exercises.
    """

    signals: list[np.ndarray]
    exercises: np.ndarray
    people: np.ndarray
    sides: np.ndarray
    names: tuple[str, ...]


@dataclass(frozen=True)
class Windows:
    """N pieces of equal length.

    Parameters
    ----------
    values : numpy.ndarray
        ``(N, T, 6)``.
    exercises, people, recordings : numpy.ndarray
        ``(N,)``: what is done, by whom, and which recording the piece was cut from.
    """

    values: np.ndarray
    exercises: np.ndarray
    people: np.ndarray
    recordings: np.ndarray

    def __len__(self):
        """Return N."""
        return len(self.values)

    def take(self, rows) -> Windows:
        """Return those windows, in that order; `rows` are numbers or ``(N,)`` booleans."""
        parts = (self.values, self.exercises, self.people, self.recordings)
        return Windows(*(part[rows] for part in parts))


@lru_cache(maxsize=1)
def read_recordings() -> Recordings:
    """Return all 140 recordings; people and exercises are counted from 0.

    The file is a pickle, which could run code of its own: so it is opened only after its digest
    was found to be the expected one.

    Raises
    ------
    unrolled.data.reviews.DataError
        If the package is missing or the file is changed.
    """
    stored = np.load(io.BytesIO(FILE.read()), allow_pickle=True).item()
    return Recordings(
        [np.asarray(signal, dtype=np.float64) for signal in stored["X"]],
        np.asarray(stored["y"], dtype=np.int64),
        np.asarray(stored["subject"], dtype=np.int64) - 1,
        np.asarray(stored["side"], dtype=np.int64),
        tuple(stored["y_labels"]),
    )


def cut_windows(recordings: Recordings, width: int, step: int, every: int = 1) -> Windows:
    """Return all windows of the recordings; none reaches over the end of its recording.

    Parameters
    ----------
    recordings : Recordings
    width, step : int
        Samples in a window, and from the start of one to the start of the next.
    every : int
        So many samples are averaged to one, so that a window has ``width // every`` steps.

    Raises
    ------
    ValueError
        If a number is less than 1, or `width` is no multiple of `every`.
    """
    if min(width, step, every) < 1 or width % every:
        raise ValueError(
            f"cut_windows got width {width}, step {step} and every {every}; expected whole numbers "
            "from 1, the width a multiple of every."
        )
    values, rows = [], []
    for row, signal in enumerate(recordings.signals):
        for start in range(0, len(signal) - width + 1, step):
            window = signal[start : start + width]
            values.append(window.reshape(width // every, every, -1).mean(axis=1))
            rows.append(row)
    rows = np.array(rows, dtype=np.int64)
    values = np.stack(values).astype(np.float32)
    return Windows(values, recordings.exercises[rows], recordings.people[rows], rows)


def shuffle_time(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return sequences ``(N, T, ...)`` with the steps of each in an order of its own.

    All that was measured at one moment stays together: only the order of the moments is lost.
    """
    orders = rng.permuted(np.tile(np.arange(values.shape[1]), (len(values), 1)), axis=1)
    return values[np.arange(len(values))[:, None], orders]
