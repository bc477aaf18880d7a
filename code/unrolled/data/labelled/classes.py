"""The classes of labelled texts: found, put into an order, and refused where they look alike."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from unrolled.data.labelled.rows import LabelledError, Row, listed, places_told, shortened, times

NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)*|[.,]\d+)(e[+-]?\d+)?%?", re.IGNORECASE)
FEW = 10  # in so few rows many labels may still be classes


def class_order(
    where: str, names: Sequence[str], rows: Sequence[Row], stated: Sequence[str] | None = None
) -> tuple[str, ...]:
    """Return the classes in their order.

    Parameters
    ----------
    where : str
        Source and column, for errors.
    names, rows
        The label of each row, and the row.
    stated : sequence of str, optional
        The order; any other label is then an error.

    Raises
    ------
    LabelledError
        If nearly each row has a label of its own, two labels look alike, or one is not among
        those stated.
    """
    counts = Counter(names)
    first = dict(zip(reversed(names), reversed(rows), strict=True))
    if stated is not None:
        return _stated(where, stated, first)
    _check_few(where, names, counts, rows)
    alike = defaultdict(list)
    for name in sorted(counts):
        number = _value(name)
        alike[" ".join(name.split()).casefold() if number is None else number].append(name)
    for same in alike.values():
        if len(same) > 1:
            told = " beside ".join(
                f"{name!r} ({times(counts[name])}, first in {first[name].place})" for name in same
            )
            raise LabelledError(
                f"{where}: found {told}; expected one way to write a class. If they are one class, "
                "write them alike; if they are two, give them different names."
            )
    values = [_value(name) for name in counts]
    if None in values:
        return tuple(sorted(counts))
    return tuple(sorted(counts, key=_value))


def _value(name):
    """Return the number that a label is, or None."""
    try:
        return float(name) if NUMBER.fullmatch(name.strip()) else None
    except ValueError:
        return None


def _stated(where, stated, first):
    """Return the order stated; refuse other labels."""
    other = next((name for name in first if name not in stated), None)
    if other is not None:
        raise LabelledError(
            f"{where}, {first[other].place}: found {other!r}; expected one of the classes stated: "
            f"{listed(stated)}. Mend the row, or state this class too."
        )
    if len(set(stated)) < len(stated):
        raise LabelledError(
            f"{where}: the classes stated are {listed(stated)}; expected each once. Leave the "
            "others out."
        )
    return tuple(stated)


def _check_few(where, names, counts, rows):
    """Raise ``LabelledError`` if nearly each row has a label of its own."""
    if len(names) < FEW or len(counts) <= len(names) / 2:
        return
    texts = {row.values[0] for row in rows}
    advice = "Name another label column."
    if len(texts) <= len(names) / 2:
        advice = (
            f"The text column holds {len(texts):,} different texts only, such as "
            f"{shortened(rows[0].values[0])}: text column and label column may be swapped."
        )
    some = " and ".join(map(shortened, list(counts)[:2]))
    raise LabelledError(
        f"{where}: found {len(counts):,} different labels in {len(names):,} rows, such as {some}; "
        f"expected a few classes, each with many texts. {advice}"
    )


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
    if not small:
        return
    name = small[0]
    told = "in no row"
    if counts[name]:
        places = [(row.number, row.where) for row in rows if row.values[1] == name]
        told = f"{times(counts[name])} ({places_told(places)})"
    many = ""
    if small[1:]:
        verb = "is one more" if len(small) == 2 else f"are {len(small) - 1:,} more"
        many = f" So {verb} of the {len(classes):,} classes."
    raise LabelledError(
        f"{where}: found the class {name!r} {told}, which is too rare to stand in training, "
        f"validation and test; expected it {least} times or more.{many} Add texts of it, take it "
        "out, or join it with another class."
    )


def check_learnt(column: str, names: Sequence[str], rows: Sequence[Row]) -> None:
    """Raise ``LabelledError`` for a class that stands in validation or test and not in training.

    Parameters
    ----------
    column : str
        What to call the place of the labels.
    names, rows
        Label and row of each text; the last value of a row is its part.
    """
    learnt = {name for name, row in zip(names, rows, strict=True) if row.values[-1] == "train"}
    for name, row in zip(names, rows, strict=True):
        if name not in learnt:
            raise LabelledError(
                f"{row.place}, {column}: found the class {name!r}; expected one of those that the "
                f"training texts have: {listed(sorted(learnt))}. No model can answer what no text "
                "has taught it: add texts of this class to the training file, or take it out here."
            )
