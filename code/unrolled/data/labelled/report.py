"""What was read from a reader's file, in plain lines, and row by row in a file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

#: A class name is told where it stands in this share of its texts, and in less than the other
#: share of all others.
INSIDE, ELSEWHERE = 0.9, 0.1


@dataclass(frozen=True)
class Noted:
    """A row that was left out, or kept with a remark.

    Parameters
    ----------
    row : int
        Its number in the source.
    reason : str
    detail : str
        More on this row alone, such as "of row 3".
    where : str
        The file, if the source is a folder.
    left_out : bool
    """

    row: int
    reason: str
    detail: str = ""
    where: str = ""
    left_out: bool = True


@dataclass(frozen=True)
class Report:
    """What stood in a source of labelled texts, and what was made of it.

    Parameters
    ----------
    source : str
    rows : int
        All rows of the source, without the header.
    counts : dict
        Texts of each class that were kept.
    words, characters : tuple of float
        Shortest, lower quartile, median, upper quartile, longest.
    noted : tuple of Noted
        Rows left out, duplicates and contradictions, by row.
    hints : tuple of str
        Sentences on what may spoil a result.
    split : tuple of str
        Sentences on how the texts were split, if they were.
    """

    source: str
    rows: int
    counts: dict[str, int]
    words: tuple[float, ...]
    characters: tuple[float, ...]
    noted: tuple[Noted, ...] = ()
    hints: tuple[str, ...] = ()
    split: tuple[str, ...] = ()

    @property
    def left_out(self) -> dict[str, list[int]]:
        """Return the numbers of the rows left out, by reason."""
        return by_reason(note for note in self.noted if note.left_out)

    def __str__(self):
        """Return the report in plain lines."""
        out = sum(len(rows) for rows in self.left_out.values())
        kept = sum(self.counts.values())
        lines = [f"{self.source}: {self.rows:,} rows, {kept:,} kept, {out:,} left out"]
        lines += [f"  class {name!r}: {count:,}" for name, count in self.counts.items()]
        for unit, five in (("words", self.words), ("characters", self.characters)):
            low, lower, middle, upper, high = (f"{value:,.0f}" for value in five)
            lines.append(
                f"  {unit} of a text: {low} to {high}, half of them {lower} to {upper}, "
                f"median {middle}"
            )
        lines += [f"  left out, {reason}: {rows_told(r)}" for reason, r in self.left_out.items()]
        stayed = by_reason(note for note in self.noted if not note.left_out)
        lines += [f"  kept, {reason}: {rows_told(rows)}" for reason, rows in stayed.items()]
        return "\n".join([*lines, *(f"  {line}" for line in (*self.hints, *self.split))])

    def table(self) -> str:
        """Return the rows left out or remarked on as CSV: row, file, left_out, reason."""
        table = io.StringIO(newline="")
        writer = csv.writer(table)
        writer.writerow(["row", "file", "left_out", "reason"])
        for note in self.noted:
            reason = f"{note.reason} {note.detail}".strip()
            writer.writerow([note.row, note.where, "yes" if note.left_out else "no", reason])
        return table.getvalue()

    def write(self, path: str | Path) -> None:
        """Write `table` in UTF-8.

        Raises
        ------
        OSError
            If the file cannot be written.
        """
        Path(path).write_bytes(self.table().encode())


def by_reason(notes) -> dict[str, list[int]]:
    """Return the row numbers of notes by reason, the most frequent first."""
    found: dict[str, list[int]] = {}
    for note in notes:
        found.setdefault(note.reason, []).append(note.row)
    return dict(sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0])))


def rows_told(rows: Sequence[int], most: int = 5) -> str:
    """Return "3 (rows 4, 5, 9)", with the first few rows."""
    shown = ", ".join(str(row) for row in rows[:most])
    more = ", ..." if len(rows) > most else ""
    return f"{len(rows):,} (row{'s' if len(rows) > 1 else ''} {shown}{more})"


def lengths(texts: Sequence[str]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return shortest, quartiles and longest of words (between spaces) and of characters."""
    words = np.percentile([len(text.split()) for text in texts], [0, 25, 50, 75, 100])
    characters = np.percentile([len(text) for text in texts], [0, 25, 50, 75, 100])
    return tuple(words.tolist()), tuple(characters.tolist())


def label_hints(texts: Sequence[str], labels: Sequence[str]) -> tuple[str, ...]:
    """Return a sentence for each class whose name stands in its texts and hardly elsewhere.

    Capitals do not count. A name of Latin letters must stand as a word of its own.
    """
    texts_of: dict[str, list[str]] = {}
    for text, label in zip(texts, labels, strict=True):
        texts_of.setdefault(label, []).append(text.casefold())
    hints = []
    for name, own in sorted(texts_of.items()):
        word = re.escape(name.strip().casefold())
        find = re.compile(rf"(?<!\w){word}(?!\w)" if name.isascii() else word).search
        inside = sum(bool(find(text)) for text in own)
        if inside < INSIDE * len(own):
            continue
        others = [text for label, there in texts_of.items() if label != name for text in there]
        outside = sum(bool(find(text)) for text in others)
        if outside <= ELSEWHERE * len(others):
            hints.append(
                f"The label may stand in the text: {name!r} is in {inside:,} of its {len(own):,} "
                f"texts and in {outside:,} of the {len(others):,} others. A model would read it "
                "there."
            )
    return tuple(hints)
