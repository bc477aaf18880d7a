"""The classes of labelled texts: found, put into an order, and refused where they look alike."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from unrolled.data.labelled.files import LabelledError, Row

NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)*|[.,]\d+)(e[+-]?\d+)?%?", re.IGNORECASE)


def class_order(
    where: str, names: Sequence[str], rows: Sequence[Row], stated: Sequence[str] | None = None
) -> tuple[str, ...]:
    """Return the classes in their order.

    Raises
    ------
    LabelledError
        If two labels look alike, or one is not among those stated.
    """
    first = {name: row.number for name, row in zip(reversed(names), reversed(rows), strict=True)}
    counts, alike = Counter(names), defaultdict(list)
    for name in sorted(first):
        number = _value(name)
        alike[name.strip().casefold() if number is None else number].append(name)
    for same in alike.values():
        if len(same) > 1:
            told = " beside ".join(
                f"{name!r} ({counts[name]:,} times, first in row {first[name]})" for name in same
            )
            raise LabelledError(
                f"{where}: found {told}; expected one way to write a class. They may "
                "be one class or two: write them alike, or give them different names."
            )
    if stated is not None:
        other = next((name for name in names if name not in stated), None)
        if other is not None or len(set(stated)) < len(stated):
            raise LabelledError(
                f"{where}, row {first.get(other)}: found {other!r}; expected one of "
                f"the classes stated, each once: {', '.join(map(repr, stated))}."
            )
        return tuple(stated)
    values = [_value(name) for name in first]
    if None in values:
        return tuple(sorted(first))
    return tuple(sorted(first, key=_value))


def _value(name: str) -> float | None:
    """Return the number that a label is, or None."""
    try:
        return float(name) if NUMBER.fullmatch(name.strip()) else None
    except ValueError:
        return None


def first_rows(rows: Sequence[Row], most: int = 5) -> str:
    """Return the numbers of the first rows, as a sentence tells them."""
    return ", ".join(str(row.number) for row in rows[:most]) + (", ..." if rows[most:] else "")


def check_classes(
    where: str, classes: Sequence[str], counts: dict[str, int], rows: Sequence[Row], least: int
) -> None:
    """Raise ``LabelledError`` for fewer than two classes, or one with too few texts."""
    if len(classes) < 2:
        raise LabelledError(
            f"{where}: found one class, {classes[0]!r}, in all {len(rows):,} rows; "
            "expected two or more. Name another label column, or add texts of another class."
        )
    small = [name for name in classes if counts[name] < least]
    if small:
        name = small[0]
        place = first_rows([row for row in rows if row.values[1] == name])
        many = f" So are {len(small) - 1} more of {len(classes)} classes." if small[1:] else ""
        told = f"{counts[name]} times (row {place})" if counts[name] else "in no row"
        raise LabelledError(
            f"{where}: found the class {name!r} {told}, too few to split; expected "
            f"{least} or more.{many} Add texts of it, leave it out, or join it with another "
            "class; if nearly every row has a label of its own, name another label column."
        )
