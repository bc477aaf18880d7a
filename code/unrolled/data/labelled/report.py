"""What was read from a reader's file, in plain lines, and row by row in a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from unrolled.data.labelled.rows import places_told, shortened

MOST_CLASSES = 10  # named one by one


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
        The file, where there are several.
    left_out : bool
    """

    row: int
    reason: str
    detail: str = ""
    where: str = ""
    left_out: bool = True

    @property
    def place(self) -> tuple[int, str]:
        """Return row and file."""
        return self.row, self.where


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
    files : dict
        Rows of each file, where there are several.
    """

    source: str
    rows: int
    counts: dict[str, int]
    words: tuple[float, ...]
    characters: tuple[float, ...]
    noted: tuple[Noted, ...] = ()
    hints: tuple[str, ...] = ()
    split: tuple[str, ...] = ()
    files: dict[str, int] = field(default_factory=dict)

    @property
    def left_out(self) -> dict[str, list[int]]:
        """Return the numbers of the rows left out, by reason."""
        reasons = by_reason(note for note in self.noted if note.left_out)
        return {reason: [note.row for note in notes] for reason, notes in reasons.items()}

    def __str__(self):
        """Return the report in plain lines."""
        out = sum(note.left_out for note in self.noted)
        kept = sum(self.counts.values())
        lines = [f"{self.source}: {self.rows:,} rows, {kept:,} kept, {out:,} left out"]
        if self.files:
            lines.append("; ".join(f"{file}: {count:,} rows" for file, count in self.files.items()))
        lines.append(_classes_told(self.counts))
        for unit, five in (("words", self.words), ("characters", self.characters)):
            low, lower, middle, upper, high = (f"{value:,.0f}" for value in five)
            lines.append(
                f"{unit} of a text: {low} to {high}, half of them {lower} to {upper}, "
                f"median {middle}"
            )
        for begin, out in (("left out", True), ("kept", False)):
            reasons = by_reason(note for note in self.noted if note.left_out is out)
            lines += [
                f"{begin}, {reason}: {len(notes):,} ({places_told([n.place for n in notes])})"
                for reason, notes in reasons.items()
            ]
        return "\n  ".join([*lines, *self.hints, *self.split])

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


def by_reason(notes: Iterable[Noted]) -> dict[str, list[Noted]]:
    """Return the notes by reason, the most frequent first."""
    found: dict[str, list[Noted]] = {}
    for note in notes:
        found.setdefault(note.reason, []).append(note)
    return dict(sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[1][0].row)))


def _classes_told(counts):
    """Return the line on the classes: each with its count, or the largest and the rest."""
    shown = list(counts)
    rest = ""
    if len(counts) > MOST_CLASSES:
        shown = sorted(counts, key=lambda name: (-counts[name], name))[: MOST_CLASSES - 1]
        others = [count for name, count in counts.items() if name not in shown]
        rest = f" and {len(others):,} more with {min(others):,} to {max(others):,}"
    told = ", ".join(f"{shortened(name)} {counts[name]:,}" for name in shown)
    return f"{len(counts):,} classes: {told}{rest}"


def lengths(texts: Sequence[str]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return shortest, quartiles and longest of words (between spaces) and of characters."""
    words = np.percentile([len(text.split()) for text in texts], [0, 25, 50, 75, 100])
    characters = np.percentile([len(text) for text in texts], [0, 25, 50, 75, 100])
    return tuple(words.tolist()), tuple(characters.tolist())
