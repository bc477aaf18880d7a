"""Anybody's labelled texts: read from a file or a folder, checked, and told; nothing is guessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from unrolled.data.labelled.classes import check_classes, check_learnt, class_order
from unrolled.data.labelled.cleaning import check_share, sort_out, without_copies
from unrolled.data.labelled.files import folder_rows, read_rows
from unrolled.data.labelled.hints import hints
from unrolled.data.labelled.options import Options
from unrolled.data.labelled.report import Noted, Report, lengths
from unrolled.data.labelled.rows import ROLES, LabelledError, Row
from unrolled.data.labelled.texts import LabelledTexts


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
    options = Options(
        text_column=text_column,
        label_column=label_column,
        group_column=group_column,
        split_column=split_column,
        encoding=encoding,
        classes=classes,
        kind=kind,
        delimiter=delimiter,
        quotes=quotes,
        most_left_out=most_left_out,
        least_rows=least_rows,
        duplicates=duplicates,
        contradictions=contradictions,
    )
    path = Path(path)
    rows, roles = rows_of(path, options)
    good, noted = sort_out(rows, roles)
    count = len(rows)
    del rows  # the good ones are needed only
    check_share(str(path), count, noted, options.most_left_out)
    return labelled_texts(str(path), good, roles, noted, options, rows=count)


def rows_of(path: Path, options: Options) -> tuple[list[Row], Sequence[str]]:
    """Return all rows of one file or folder, and the roles of their values.

    Raises
    ------
    LabelledError
        If it cannot be read as a whole: see `read_labelled`.
    """
    if path.is_dir():
        if options.named:
            raise LabelledError(
                f"{path} is a folder and has no column {options.named[0]!r}; expected a file, or "
                "no names of columns: the classes of a folder are its subfolders. Name the file "
                "in it, or leave the columns out."
            )
        return folder_rows(path, encoding=options.encoding), ROLES[:2]
    options.check_apart(path)
    rows = read_rows(
        path,
        options.columns,
        encoding=options.encoding,
        kind=options.kind,
        delimiter=options.delimiter,
        quotes=options.quotes,
    )
    return rows, options.roles


def labelled_texts(
    source: str,
    good: Sequence[Row],
    roles: Sequence[str],
    noted: Sequence[Noted],
    options: Options,
    *,
    rows: int,
    files: dict[str, int] | None = None,
) -> LabelledTexts:
    """Return the labelled texts of rows that can be used, without copies, and the report.

    Parameters
    ----------
    source : str
        What the report and errors call it.
    good : sequence of Row
    roles : sequence of str
        What each of their values is.
    noted : sequence of Noted
        On rows that cannot be used.
    options : Options
    rows : int
        How many there were.
    files : dict, optional
        Rows of each file, if there are several.

    Raises
    ------
    LabelledError
        If the classes cannot be used: see `read_labelled`.
    """
    where = f"{source}, {options.labels_are}"
    names = [str(row.values[1]) for row in good]
    classes = class_order(where, names, good, options.classes)
    if files:
        check_learnt(options.labels_are, names, good)
    good, more = without_copies(
        good, roles, duplicates=options.duplicates, contradictions=options.contradictions
    )
    names = [str(row.values[1]) for row in good]
    counts = Counter(names)
    check_classes(where, classes, counts, good, options.least_rows)
    texts = tuple([row.values[0] for row in good])
    words, characters = lengths(texts)
    report = Report(
        source,
        rows,
        {name: counts[name] for name in classes},
        words,
        characters,
        tuple(sorted([*noted, *more], key=lambda note: (note.where if files else "", note.row))),
        hints(good, characters),
        files=files or {},
    )
    number = {name: place for place, name in enumerate(classes)}
    groups, splits = (
        tuple([str(row.values[roles.index(role)]) for row in good]) if role in roles else None
        for role in ROLES[2:]
    )
    several = any(row.where for row in good)
    return LabelledTexts(
        texts,
        np.array([number[name] for name in names], dtype=np.int64),
        classes,
        np.array([row.number for row in good], dtype=np.int64),
        groups,
        splits,
        report,
        tuple([row.where for row in good]) if several else None,
    )
