"""What of the rows that were read can be used: bad rows and copies are sorted out, and noted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from unrolled.data.labelled.classes import NUMBER
from unrolled.data.labelled.report import Noted, by_reason
from unrolled.data.labelled.rows import LabelledError, Number, Row, places_told, said

OBJECTS = dict.fromkeys(("JsonObject", "dict"), "object")
NO_TEXT = "number in the place of the text"


def sort_out(rows: Iterable[Row], roles: Sequence[str]) -> tuple[list[Row], list[Noted]]:
    """Return the rows that can be used, and a note on each that cannot.

    Parameters
    ----------
    rows : iterable of Row
    roles : sequence of str
        What each value is: "text", "label", "group" or "split".
    """
    good, noted = [], []
    for row in rows:
        reason = row.reason or _fault(row.values, roles)
        if reason:
            noted.append(Noted(row.number, reason, row.detail, row.where))
        else:
            good.append(row)
    return good, noted


def _fault(values, roles):
    """Return why a row cannot be used, or nothing."""
    for value, role in zip(values, roles, strict=True):
        if value is None:
            return _absent(role)
        if not isinstance(value, str):
            kind = type(value).__name__
            return f"{OBJECTS.get(kind, kind)} in the place of the {role}"
        bare = value.strip()
        if not bare:
            return _absent(role)
        if "\0" in bare:
            return f"NUL character in the {role}"
        if len(bare) == 3 and bare.lower() == "nan":
            return f"NaN in the place of the {role}"
        if role == "text" and (isinstance(value, Number) or _is_number(bare)):
            return NO_TEXT
        if not value.isascii() and not _encodes(value):
            return f"half a character in the {role}"
    return ""


def _is_number(bare):
    """Return whether a text is a number and nothing else."""
    return bare[0] in "+-.,0123456789" and NUMBER.fullmatch(bare) is not None


def _absent(role):
    """Return the reason for a value that is not there."""
    return "empty text" if role == "text" else f"missing {role}"


def _encodes(value):
    """Return whether a text can be written in UTF-8."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def check_share(source: str, count: int, noted: Sequence[Noted], most: float) -> None:
    """Raise ``LabelledError`` if there is no row, or too large a share of them is bad."""
    if not count:
        raise LabelledError(
            f"{source} has a header and no rows; expected labelled texts below it. Save it again, "
            "or name another file."
        )
    if len(noted) <= most * count and len(noted) < count:
        return
    reasons = by_reason(noted)
    summary = "; ".join(
        f"{reason}: {len(notes):,} ({places_told([note.place for note in notes])}{_first(notes)})"
        for reason, notes in reasons.items()
    )
    raise LabelledError(
        f"{source}: {len(noted):,} of {count:,} rows ({len(noted) / count:.0%}) cannot be used; "
        f"expected at most {most:.0%}. Why: {summary}. {_advice(next(iter(reasons)))}"
        f"{_allow(len(noted), count)}"
    )


def _first(notes):
    """Return what more there is to say on the first of some rows."""
    return f"; in the first {notes[0].detail}" if notes[0].detail else ""


def _advice(reason):
    """Return what to do about the most frequent reason."""
    if reason in (NO_TEXT, "NaN in the place of the text"):
        return "Name the column of the texts; it may have been swapped with that of the labels"
    if reason.startswith("too"):
        return (
            "Put quotation marks around each text that has the mark between fields, or a line "
            "break, in it, or name another mark"
        )
    if "JSON" in reason:
        return 'Write each object on one line, such as {"text": "...", "label": "..."}'
    if "is missing" in reason:
        return "Give each record all keys"
    if reason == "not a .txt file":
        return "Save the texts as .txt files"
    return "Mend these rows, or name other columns"


def _allow(bad, count):
    """Return how to let bad rows pass, if some rows are good."""
    if bad == count:
        return "."
    share = -(-100 * bad // count) / 100  # rounded up
    return f". If these rows may be left out: {said(most_left_out=share)}."


def without_copies(
    rows: Sequence[Row], roles: Sequence[str], *, duplicates: str, contradictions: str
) -> tuple[list[Row], list[Noted]]:
    """Return the rows that stay, and notes on equal texts.

    Texts are equal if they differ in white space around them only. Where rows have a split, this
    looks into each part alone: what stands in two parts is the matter of
    `unrolled.data.labelled.split.split`.
    """
    in_part = roles.index("split") if "split" in roles else None
    first: dict = {}
    equal: dict[int, list[Row]] = {}
    for k, row in enumerate(rows):
        key = row.values[0].strip()
        at = first.setdefault(key if in_part is None else (key, row.values[in_part]), k)
        if at != k:
            equal.setdefault(at, [rows[at]]).append(row)
    noted: list[Noted] = []
    for same in equal.values():
        noted += _notes_on(same, duplicates, contradictions)
    gone = {(note.row, note.where) for note in noted if note.left_out}
    noted = [note for note in noted if note.left_out or (note.row, note.where) not in gone]
    return [row for row in rows if (row.number, row.where) not in gone] if gone else rows, noted


def _notes_on(same, duplicates, contradictions):
    """Return notes on the rows of one text."""
    names = dict.fromkeys(row.values[1] for row in same)
    noted, drop = [], contradictions == "drop"
    if len(names) > 1:
        told = places_told([(row.number, row.where) for row in same])
        told = f"({', '.join(map(repr, names))}): {told}"
        reason = "same text with different labels"
        noted = [Noted(row.number, reason, told, row.where, drop) for row in same]
        if drop:
            return noted
    first: dict = {}
    for row in same:
        if first.setdefault(row.values[1], row) is not row:
            detail = f"of {first[row.values[1]].place}"
            noted.append(Noted(row.number, "duplicate", detail, row.where, duplicates == "first"))
    return noted
