"""Anybody's labelled texts: read from a file or a folder, checked, and told; nothing is guessed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from unrolled.data.labelled.classes import NUMBER, check_classes, class_order, first_rows
from unrolled.data.labelled.files import LabelledError, Number, Row, folder_rows, read_rows
from unrolled.data.labelled.report import Noted, Report, by_reason, label_hints, lengths, rows_told

ROLES = ("text", "label", "group", "split")


@dataclass(frozen=True)
class LabelledTexts:
    """N texts, each of one of K classes.

    Parameters
    ----------
    texts : tuple of str
        As they stand in the source, white space around them included.
    labels : numpy.ndarray
        ``(N,)`` int64, the place of each text's class in `classes`.
    classes : tuple of str
        The K names as written: numbers by size if all are numbers, else in the order of their
        characters, unless the caller has stated another order.
    rows : numpy.ndarray
        ``(N,)`` int64 row of each text in the source. In a table the header is row 1, as in a
        spreadsheet; in JSON lines a row is a line; Parquet and folders count from 1.
    groups : tuple of str or None
        What belongs together, such as an author.
    splits : tuple of str or None
        The name of the part that the source puts each text into.
    report : Report or None
        What was read.

    Raises
    ------
    ValueError
        If the sizes do not fit together, or a label is no place in `classes`.
    """

    texts: tuple[str, ...]
    labels: np.ndarray
    classes: tuple[str, ...]
    rows: np.ndarray
    groups: tuple[str, ...] | None = None
    splits: tuple[str, ...] | None = None
    report: Report | None = None

    def __post_init__(self):
        each = (self.labels, self.rows, self.groups, self.splits)
        sizes = {len(self.texts), *(len(values) for values in each if values is not None)}
        if len(sizes) > 1:
            raise ValueError(
                f"LabelledTexts got values of {sorted(sizes)} rows; expected one label, row, group "
                "and split for each text."
            )
        outside = [k for k in np.unique(self.labels).tolist() if not 0 <= k < len(self.classes)]
        if outside:
            raise ValueError(
                f"LabelledTexts got the label {outside[0]}; expected 0 to {len(self.classes) - 1}, "
                "a place in classes."
            )

    def __len__(self):
        """Return N."""
        return len(self.texts)

    @property
    def counts(self) -> dict[str, int]:
        """Return the number of texts of each class."""
        found = np.bincount(self.labels, minlength=len(self.classes))
        return dict(zip(self.classes, found.tolist(), strict=True))

    def take(self, places: Iterable[int]) -> LabelledTexts:
        """Return the texts at these places, in this order; classes stay, the report does not."""
        places = np.asarray(list(places), dtype=np.int64)

        def chosen(values):
            return None if values is None else tuple(values[place] for place in places)

        return LabelledTexts(
            chosen(self.texts),
            self.labels[places],
            self.classes,
            self.rows[places],
            chosen(self.groups),
            chosen(self.splits),
        )


def read_labelled(
    path: str | Path,
    *,
    text_column: str | None = None,
    label_column: str | None = None,
    group_column: str | None = None,
    split_column: str | None = None,
    encoding: str | None = None,
    classes: Sequence[str] | None = None,
    kind: str | None = None,
    delimiter: str | None = None,
    quotes: bool = True,
    most_left_out: float = 0.05,
    least_rows: int = 3,
    duplicates: str = "first",
    contradictions: str = "keep",
) -> LabelledTexts:
    """Return the labelled texts of a file or folder, with the report of what was read.

    Parameters
    ----------
    path : str or pathlib.Path
        CSV, TSV, JSON lines or Parquet, told by its ending; or a folder with a subfolder of .txt
        files for each class. Files may be packed (.gz, .bz2, .xz, .zip with one file in it).
    text_column, label_column : str
        Names in the header. A folder has none.
    group_column, split_column : str, optional
        What belongs together; the part that each row is meant for.
    encoding : str, optional
        Needed unless the file is UTF-8, or UTF-16 or UTF-32 with a byte-order mark.
    classes : sequence of str, optional
        The classes in their order; any other label is then an error.
    kind : {"csv", "tsv", "jsonl", "parquet"}, optional
        If the ending of the name does not tell.
    delimiter : str, optional
        What stands between fields, if it is no comma (CSV) or tab (TSV).
    quotes : bool
        False if the file never puts quotes around a field.
    most_left_out : float
        If a larger share of the rows is bad, the whole file is refused.
    least_rows : int
        Fewest texts of a class; training, validation and test need one each.
    duplicates : {"first", "keep"}
        What stays of texts that are equal but for white space around them and have one label.
    contradictions : {"keep", "drop"}
        Whether equal texts with different labels stay.

    Raises
    ------
    LabelledError
        If the file cannot be read as a whole (missing, damaged, empty, another encoding, a column
        that is missing or stands twice, quotes that do not close), too many rows are bad, there
        are fewer than two classes or too few texts of one, or two labels look alike.
    ValueError
        If an argument has no meaning.

    Notes
    -----
    A bad row is left out and noted: no text or only white space, no label, group or split, fields
    missing or too many, a NUL character, NaN or a number in the place of the text.
    """
    _check_choices(duplicates, contradictions, most_left_out, least_rows)
    path = Path(path)
    wanted = dict(zip(ROLES, (text_column, label_column, group_column, split_column), strict=True))
    columns = [column for column in wanted.values() if column is not None]
    if path.is_dir():
        if columns:
            raise LabelledError(
                f"{path} is a folder, so it has no column {columns[0]!r}; expected a file, or no "
                "names of columns: a folder's classes are its subfolders."
            )
        roles, rows = ROLES[:2], folder_rows(path, encoding=encoding)
    else:
        _check_wanted(path, wanted)
        roles = [role for role in ROLES if wanted[role] is not None]
        rows = read_rows(
            path, columns, encoding=encoding, kind=kind, delimiter=delimiter, quotes=quotes
        )
    good, noted = sort_out(rows, roles)
    _check_share(path, len(rows), noted, most_left_out)
    names = [str(row.values[1]) for row in good]
    where = f"{path}, " + (f"column {label_column!r}" if label_column else "subfolders")
    classes = class_order(where, names, good, classes)
    good, more = _without_copies(good, duplicates, contradictions)
    names = [str(row.values[1]) for row in good]
    check_classes(where, classes, Counter(names), good, least_rows)
    texts, counts = tuple(row.values[0] for row in good), Counter(names)
    report = Report(
        str(path),
        len(rows),
        {name: counts[name] for name in classes},
        *lengths(texts),
        tuple(sorted([*noted, *more], key=lambda note: note.row)),
        label_hints(texts, names),
    )
    number = {name: place for place, name in enumerate(classes)}
    return LabelledTexts(
        texts,
        np.array([number[name] for name in names], dtype=np.int64),
        classes,
        np.array([row.number for row in good], dtype=np.int64),
        *(
            tuple(str(row.values[roles.index(role)]) for row in good) if role in roles else None
            for role in ROLES[2:]
        ),
        report,
    )


def _check_choices(duplicates, contradictions, most_left_out, least_rows):
    """Raise ``ValueError`` for an argument without meaning."""
    if duplicates not in ("first", "keep"):
        raise ValueError(f"duplicates is {duplicates!r}; expected 'first' or 'keep'.")
    if contradictions not in ("keep", "drop"):
        raise ValueError(f"contradictions is {contradictions!r}; expected 'keep' or 'drop'.")
    if not 0 <= most_left_out <= 1:
        raise ValueError(f"most_left_out is {most_left_out}; expected a share from 0 to 1.")
    if least_rows < 1:
        raise ValueError(f"least_rows is {least_rows}; expected 1 or more.")


def _check_wanted(path, wanted):
    """Raise ``LabelledError`` unless text and label have a column, and no column has two roles."""
    for role in ROLES[:2]:
        if wanted[role] is None and path.exists():
            raise LabelledError(
                f"{path}: no column was named for the {role}; expected a name from its header. "
                f"Say {role}_column='...'."
            )
    given = [column for column in wanted.values() if column is not None]
    twice = [column for column in given if given.count(column) > 1]
    if twice:
        raise LabelledError(
            f"{path}: the column {twice[0]!r} was named for two purposes; expected a column for "
            "each. Name another one."
        )


def sort_out(rows: Iterable[Row], roles: Sequence[str]) -> tuple[list[Row], list[Noted]]:
    """Return the rows that can be used, and a note on each that cannot."""
    good, noted = [], []
    for row in rows:
        reason = row.reason or _fault(row.values, roles)
        if reason:
            noted.append(Noted(row.number, reason, where=row.where))
        else:
            good.append(row)
    return good, noted


def _fault(values, roles) -> str:
    """Return why a row cannot be used, or nothing."""
    for value, role in zip(values, roles, strict=True):
        if value is None or (isinstance(value, str) and not value.strip()):
            return "empty text" if role == "text" else f"missing {role}"
        if not isinstance(value, str):
            return f"the {role} is no text but {type(value).__name__}"
        if "\0" in value:
            return f"NUL character in the {role}"
        if value.strip().lower() == "nan":
            return f"NaN in the place of the {role}"
        if role == "text" and (isinstance(value, Number) or NUMBER.fullmatch(value.strip())):
            return "number in the place of the text"
        if any("\ud800" <= mark <= "\udfff" for mark in value) and not _encodes(value):
            return f"half a character in the {role}"
    return ""


def _encodes(value: str) -> bool:
    """Return whether a text can be written in UTF-8."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _check_share(path, count, noted, most):
    """Raise ``LabelledError`` if there is no row, or too large a share of them is bad."""
    if not count:
        raise LabelledError(
            f"{path} has a header and no rows; expected labelled texts below it. Name another file."
        )
    if len(noted) > most * count or len(noted) == count:
        summary = "; ".join(
            f"{reason}: {rows_told(rows)}" for reason, rows in by_reason(noted).items()
        )
        raise LabelledError(
            f"{path}: {len(noted):,} of {count:,} rows ({len(noted) / count:.0%}) cannot be used; "
            f"expected at most {most:.0%}. {summary}. Mend these rows, name other columns, or "
            "allow more with most_left_out."
        )


def _without_copies(rows, duplicates, contradictions):
    """Return the rows that stay, and notes on equal texts."""
    same = defaultdict(list)
    for row in rows:
        same[row.values[0].strip()].append(row)
    noted, gone = [], set()
    for equal in (equal for equal in same.values() if len(equal) > 1):
        names = dict.fromkeys(row.values[1] for row in equal)
        first: dict = {}
        if len(names) > 1:
            told = f"({', '.join(map(repr, names))}): rows {first_rows(equal)}"
            drop = contradictions == "drop"
            gone.update(row.number for row in equal if drop)
            reason = "same text with different labels"
            noted += [Noted(row.number, reason, told, row.where, drop) for row in equal]
            if drop:
                continue
        for row in equal:
            if first.setdefault(row.values[1], row) is not row:
                drop = duplicates == "first"
                gone.update([row.number] if drop else [])
                detail = f"of row {first[row.values[1]].number}"
                noted.append(Noted(row.number, "duplicate", detail, row.where, drop))
    dropped = {note.row for note in noted if note.left_out}
    noted = [note for note in noted if note.left_out or note.row not in dropped]
    return [row for row in rows if row.number not in gone], noted
