"""Three classes out of two: texts of two sentences each, negative, mixed or positive. Made texts.

Both sentences are real, from Rotten Tomatoes; that they stand together is our doing. Two that blame
make a "negative" text, two that praise a "positive" one, and one of each, in either order, a
"mixed" one. A person who is of two minds writes otherwise: with a "but", about one film.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from unrolled.data.reviews import load_rotten_tomatoes

VERDICTS = ("negative", "mixed", "positive")


def verdicts(seed: int = 0) -> list[tuple[str, str, str]]:
    """Return shuffled triples of a text, its class and its part ("train", "valid" or "test").

    Sentences of one part of `unrolled.data.reviews.load_rotten_tomatoes` are paired with each
    other, and each sentence is used once at most: so no two texts share one, in whatever part. The
    classes are of equal size in each part.

    Parameters
    ----------
    seed : int
        Of who is paired with whom.

    Raises
    ------
    unrolled.data.reviews.DataError
        If the reviews are missing or damaged.
    """
    rng = np.random.default_rng(seed)
    found = []
    for part, reviews in zip(("train", "valid", "test"), load_rotten_tomatoes(), strict=True):
        blame, praise = (rng.permutation(np.flatnonzero(reviews.labels == k)) for k in (0, 1))
        each = min(len(blame), len(praise)) // 3  # a class takes two sentences a text
        mixed = np.column_stack([blame[2 * each : 3 * each], praise[2 * each : 3 * each]])
        pairs = {
            "negative": blame[: 2 * each].reshape(each, 2),
            "mixed": rng.permuted(mixed, axis=1),
            "positive": praise[: 2 * each].reshape(each, 2),
        }
        found += [
            (f"{reviews.texts[first]} {reviews.texts[second]}", name, part)
            for name, rows in pairs.items()
            for first, second in rows
        ]
    return [found[row] for row in rng.permutation(len(found))]


def write_verdicts(path: str | Path, seed: int = 0) -> None:
    """Write `verdicts` as somebody's CSV, with the columns text, verdict and part.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "verdict", "part"), *verdicts(seed)])
