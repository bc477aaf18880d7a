"""Sentences on what may spoil a result although all can be read."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from unrolled.data.labelled.classes import NUMBER
from unrolled.data.labelled.rows import Row, listed, places_told

#: A class name is told where it stands in this share of its texts, and in less than the other
#: share of all others.
INSIDE, ELSEWHERE = 0.9, 0.1
LOOK = 1000  # so many texts of a class are looked at before all are
LONG, TIMES_LONGER = 20_000, 100  # characters; times the upper quartile


def hints(rows: Sequence[Row], characters: Sequence[float]) -> tuple[str, ...]:
    """Return all sentences on rows with text and label.

    Parameters
    ----------
    rows : sequence of Row
    characters : sequence of float
        Shortest, quartiles and longest of the texts.
    """
    names = [str(row.values[1]) for row in rows]
    texts = [row.values[0] for row in rows]
    return (
        *label_hints(texts, names),
        *_decimal_hints(set(names)),
        *_length_hints(rows, characters),
        *_lost_letter_hints(rows),
    )


def label_hints(texts: Sequence[str], labels: Sequence[str]) -> tuple[str, ...]:
    """Return a sentence for each class whose name stands in its texts and hardly elsewhere.

    Capitals do not count. A name of Latin letters must stand as a word of its own.
    """
    texts_of: dict[str, list[str]] = {}
    for text, label in zip(texts, labels, strict=True):
        texts_of.setdefault(label, []).append(text)
    found = []
    for name, own in sorted(texts_of.items()):
        word = re.escape(name.strip().casefold())
        find = re.compile(rf"(?<!\w){word}(?!\w)" if name.isascii() else word).search
        some = own[:: -(-len(own) // LOOK)]
        if _holding(find, some) < (INSIDE - 0.1) * len(some):
            continue  # told by some of its texts
        inside = _holding(find, own)
        if inside < INSIDE * len(own):
            continue
        others = [text for label, there in texts_of.items() if label != name for text in there]
        outside = _holding(find, others)
        if outside <= ELSEWHERE * len(others):
            found.append(
                f"The label may stand in the text: {name!r} is in {inside:,} of its {len(own):,} "
                f"texts and in {outside:,} of the {len(others):,} others. A model would read it "
                "there."
            )
    return tuple(found)


def _holding(find, texts):
    """Return in how many texts a name is found."""
    return sum(find(text.casefold()) is not None for text in texts)


def _decimal_hints(names):
    """Return a sentence if the labels are numbers of which some are not whole."""
    if not all(NUMBER.fullmatch(name.strip()) for name in names):
        return []
    broken = sorted(name for name in names if re.search(r"[.,]0*[1-9]", name))
    if not broken:
        return []
    return [
        f"The labels are numbers with decimals, such as {listed(broken, 3)}: each becomes a class "
        "of its own, and nothing learns that one is larger than another."
    ]


def _lost_letter_hints(rows):
    """Return a sentence if letters were lost before the file came here."""
    lost = [(row.number, row.where) for row in rows if "\ufffd" in row.values[0]]
    if not lost:
        return []
    return [
        f"{len(lost):,} text{'s have' if len(lost) > 1 else ' has'} the mark \ufffd in the place "
        f"of lost letters ({places_told(lost)}): another program read the file in a wrong encoding "
        "before. Go back to its source if you can."
    ]


def _length_hints(rows, characters):
    """Return a sentence if one text is so long that a quotation mark may have joined rows."""
    longest, usual = characters[4], characters[3]
    if longest < LONG or longest < TIMES_LONGER * usual:
        return []
    row = max(rows, key=lambda row: len(row.values[0]))
    return [
        f"The text in {row.place} has {longest:,.0f} characters, {np.floor(longest / usual):,.0f} "
        "times as many as most: look whether a quotation mark has joined several rows."
    ]
