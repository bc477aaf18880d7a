"""Films of one handwritten digit that moves; what is asked, no single frame can tell.

The digits are scikit-learn's (`sklearn.datasets.load_digits`: 1,797 pictures of 8 x 8, from the
UCI repository). A film and the same film backwards have different labels: so each frame, and even
the set of all frames, is as likely under one label as under the other.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

CANVAS, DIGIT, FRAMES = 16, 8, 8
NOISE = 0.3  # added to pixels from 0 to 1
TASKS = ("left or right", "circling")
PARTS = {"train": (0, 1000), "valid": (1000, 1300), "test": (1300, 1797)}  # pictures of each part


@lru_cache(maxsize=1)
def digit_pictures() -> np.ndarray:
    """Return the digits ``(1797, 8, 8)``, from 0 (paper) to 1 (ink)."""
    from sklearn.datasets import load_digits

    return load_digits().images / 16


def places(task: str, rng: np.random.Generator) -> np.ndarray:
    """Return where a digit's corner stands in each frame, ``(FRAMES, 2)`` rows and columns.

    That is the film of label 1, which moves to the right or, as one sees it, clockwise.

    Raises
    ------
    ValueError
        If there is no such task.
    """
    room = CANVAS - DIGIT
    steps = np.arange(FRAMES)
    if task == "left or right":
        row, first = rng.integers(room + 1), rng.integers(room - FRAMES + 2)
        return np.stack([np.full(FRAMES, row), first + steps], axis=1)
    if task == "circling":
        radius, middle = rng.uniform(2, 3.5), room / 2 + rng.uniform(-0.5, 0.5, size=2)
        angles = rng.uniform(0, 2 * np.pi) + rng.uniform(0.4, 1.0) * steps
        circle = np.stack([np.sin(angles), np.cos(angles)], axis=1)  # rows grow downwards
        return np.clip(np.round(middle + radius * circle), 0, room).astype(int)
    raise ValueError(f"There is no task {task!r}; choose one of {', '.join(TASKS)}.")


def moving_digits(task: str, films: int, part: str, *, rng: np.random.Generator):
    """Return films ``(films, FRAMES, 16, 16)`` in float32 and labels ``(films,)`` of 0 and 1.

    Parameters
    ----------
    task : {"left or right", "circling"}
        Label 1 moves to the right, or clockwise. Label 0 is such a film backwards.
    films : int
    part : {"train", "valid", "test"}
        Each has pictures of digits that no other has.
    rng : numpy.random.Generator
    """
    pictures = digit_pictures()[slice(*PARTS[part])]
    labels = rng.integers(0, 2, size=films)
    values = rng.normal(scale=NOISE, size=(films, FRAMES, CANVAS, CANVAS))
    for film, label in zip(values, labels, strict=True):
        picture, way = pictures[rng.integers(len(pictures))], places(task, rng)
        for frame, (row, column) in zip(film, way if label else way[::-1], strict=True):
            frame[row : row + DIGIT, column : column + DIGIT] += picture
    return values.astype(np.float32), labels
