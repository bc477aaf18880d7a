"""Films of one handwritten digit that circles; what is asked, no single frame can tell.

The digits are scikit-learn's (`sklearn.datasets.load_digits`: 1,797 pictures of 8 x 8, from the
UCI repository). A film and the same film backwards have different labels: so each frame, and even
the set of all frames, is as likely under one label as under the other.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

CANVAS, DIGIT, FRAMES = 16, 8, 8
NOISE = 0.3  # added to pixels from 0 to 1
PARTS = {"train": (0, 1000), "valid": (1000, 1300), "test": (1300, 1797)}  # pictures of each part


@lru_cache(maxsize=1)
def digit_pictures() -> np.ndarray:
    """Return the digits ``(1797, 8, 8)``, from 0 (paper) to 1 (ink)."""
    from sklearn.datasets import load_digits

    return load_digits().images / 16


def places(rng: np.random.Generator) -> np.ndarray:
    """Return where a digit's corner stands in each frame, ``(FRAMES, 2)`` rows and columns.

    That is the film of label 1, which turns clockwise, as one sees it.
    """
    room = CANVAS - DIGIT
    radius, middle = rng.uniform(2, 3.5), room / 2 + rng.uniform(-0.5, 0.5, size=2)
    angles = rng.uniform(0, 2 * np.pi) + rng.uniform(0.4, 1.0) * np.arange(FRAMES)
    circle = np.stack([np.sin(angles), np.cos(angles)], axis=1)  # rows grow downwards
    return np.clip(np.round(middle + radius * circle), 0, room).astype(int)


def moving_digits(films: int, part: str, *, rng: np.random.Generator):
    """Return films ``(films, FRAMES, 16, 16)`` in float32 and labels ``(films,)`` of 0 and 1.

    Parameters
    ----------
    films : int
        Label 1 circles clockwise. Label 0 is such a film backwards.
    part : {"train", "valid", "test"}
        Each has pictures of digits that no other has.
    rng : numpy.random.Generator
    """
    pictures = digit_pictures()[slice(*PARTS[part])]
    labels = rng.integers(0, 2, size=films)
    values = rng.normal(scale=NOISE, size=(films, FRAMES, CANVAS, CANVAS))
    for film, label in zip(values, labels, strict=True):
        picture, way = pictures[rng.integers(len(pictures))], places(rng)
        for frame, (row, column) in zip(film, way if label else way[::-1], strict=True):
            frame[row : row + DIGIT, column : column + DIGIT] += picture
    return values.astype(np.float32), labels
