"""A row of a reader's source, and how errors speak of rows, columns and settings."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ROLES = ("text", "label", "group", "split")
MARKS = ",;\t|"  # what may stand between the fields of a table


class LabelledError(ValueError):
    """A reader's file is refused; the message says where, found what, expected what, do what."""


class WholeFile(str):
    """The name of a file that is one row, not a table of rows."""


class Number(str):
    """A number as it is written in a file that tells numbers from texts."""


class Row(NamedTuple):
    """One row: its number, the values of the columns asked for, or the reason why it has none.

    `where` names its file where there are several. A value is a text, a `Number`, None, or
    something else. `detail` says more about the reason in this row.
    """

    number: int
    values: tuple = ()
    reason: str = ""
    where: str = ""
    detail: str = ""

    @property
    def place(self) -> str:
        """Return where the row stands, as a sentence tells it."""
        return place_of(self.number, self.where)


def place_of(number: int, where: str) -> str:
    """Return "row 3", "row 3 of valid.csv", or the name of a file that is a text of its own."""
    if isinstance(where, WholeFile):
        return where
    return f"row {number} of {where}" if where else f"row {number}"


def places_told(places: Sequence[tuple[int, str]], most: int = 5) -> str:
    """Return the places of the first few of some rows, such as "rows 4, 5 and 12 more".

    Parameters
    ----------
    places : sequence of (int, str)
        Number and file of each row; the file is empty where there is only one.
    most : int
    """
    shown, rest = list(places[:most]), len(places) - most
    more = f" and {rest:,} more" if rest > 0 else ""
    if any(where for _, where in shown):
        return ", ".join(place_of(*place) for place in shown) + more
    numbers = [str(number) for number, _ in shown]
    return f"row{'s' if len(places) > 1 else ''} {', '.join(numbers)}{more}"


def times(count: int) -> str:
    """Return "once", "twice", "3 times"."""
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")


def said(**settings) -> str:
    """Return how to name settings: on the command line, and in Python if that differs.

    >>> said(encoding="latin-1")
    "--encoding latin-1 (in Python encoding='latin-1')"
    """
    there = " ".join(
        f"--{name.replace('_', '-')} {_quoted(value)}" for name, value in settings.items()
    )
    here = ", ".join(f"{name}={value!r}" for name, value in settings.items())
    return f"{there} (in Python {here})"


def _quoted(value):
    """Return a value as a shell takes it: in quotes if it has to be."""
    value = str(value).replace("\t", "\\t")
    return value if all(mark.isalnum() or mark in "_.-" for mark in value) else f'"{value}"'


def listed(names: Sequence[str], most: int = 12) -> str:
    """Return names for a sentence, not more and no longer ones than a reader takes in."""
    shown = ", ".join(shortened(name) for name in list(names)[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def shortened(text: str, most: int = 40) -> str:
    """Return a text in quotes, its end cut off if it is long."""
    return repr(text) if len(text) <= most else f"{text[:most]!r}..."


def check_columns(
    path: Path, found: Sequence[str], columns: Sequence[str | None], *, table: bool = False
) -> None:
    """Raise ``LabelledError`` unless each of `columns` is found, and once.

    Parameters
    ----------
    path : pathlib.Path
    found, columns : sequence of str
        What the file has, and what was asked for: text, label and others. None was not named.
    table : bool
        Whether `found` is the first row of a table, which may be no header, or not be cut.
    """
    for role, column in zip(ROLES, columns, strict=False):
        if column is None:
            raise LabelledError(
                f"{path}: no column was named for the {role}; expected one of {listed(found)}. "
                f"Say {said(**{f'{role}_column': 'NAME'})}."
            )
        count = list(found).count(column)
        if count > 1:
            raise LabelledError(
                f"{path}, row 1: the column {column!r} stands there {times(count)}; expected it "
                f"once in {listed(found)}. Rename or remove the others."
            )
        if not count:
            there = "in its first row" if table else "in its records"
            raise LabelledError(
                f"{path} has no column {column!r}; found {there} {listed(found)}. "
                f"{_hint(column, found, table)}"
            )


def _hint(column, found, table):
    """Return what may be meant by a column that is not there."""
    if table and found and found[0].startswith("sep="):
        return "Remove the first line (sep=...), which only Excel understands."
    if table and len(found) == 1:
        mark = max(MARKS, key=found[0].count)
        if mark in found[0]:
            name = {"\t": "a tab", ";": "a semicolon", ",": "a comma", "|": "a bar"}[mark]
            return f"It looks as if {name} stood between its fields: say {said(delimiter=mark)}."
    plain = {" ".join(name.split()).casefold(): name for name in reversed(found)}
    near = difflib.get_close_matches(" ".join(column.split()).casefold(), plain, n=1)
    if near:
        return f"Did you mean {plain[near[0]]!r}? Names must be given letter by letter."
    if table:
        return (
            "Name one of these; if that is no header but the first text, write a line with the "
            "names of the columns above it."
        )
    return "Name one of these."
