"""The rows of a reader's source: CSV, TSV, JSON lines, Parquet, or a folder of texts per class."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from unrolled.data.labelled.decoding import decode
from unrolled.data.labelled.records import json_rows, parquet_rows
from unrolled.data.labelled.rows import LabelledError, Row, WholeFile, listed
from unrolled.data.labelled.tables import table_rows
from unrolled.data.labelled.unpacking import PACKED, read_bytes

KINDS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
}
#: What to do with other files that people have.
OTHER_KINDS = {
    ".json": "Write one object on each line, and let the name end in .jsonl",
    ".txt": "If it is a table, let its name end in .csv or .tsv",
    ".tab": "Let its name end in .tsv",
} | dict.fromkeys(
    (".xlsx", ".xls", ".xlsm", ".ods", ".numbers"), "Save the table as CSV in UTF-8, and name that"
)


def read_rows(
    path: Path,
    columns: Sequence[str | None],
    *,
    encoding: str | None = None,
    kind: str | None = None,
    delimiter: str | None = None,
    quotes: bool = True,
) -> list[Row]:
    """Return all rows of a file with the values of `columns`, in the order of the file.

    Parameters
    ----------
    path : pathlib.Path
    columns : sequence of str
        Names in the header, or keys of the JSON objects: of text, label, and others. None is an
        error that tells which there are.
    encoding, kind, delimiter, quotes
        As `unrolled.data.labelled.reading.read_labelled` takes them.

    Raises
    ------
    LabelledError
        If the file cannot be read as a whole: see `unrolled.data.labelled.reading.read_labelled`.
    """
    suffix = path.suffix.lower()
    if kind is None and suffix in OTHER_KINDS and path.exists():
        raise LabelledError(_unknown(path, suffix))
    data, name = read_bytes(path, tuple(KINDS))
    suffix = Path(name).suffix.lower()
    kind = kind or KINDS.get(suffix)
    if kind not in KINDS.values():
        raise LabelledError(_unknown(path, kind or suffix))
    if kind == "parquet":
        return list(parquet_rows(path, data, columns))
    text = decode(path, data, encoding)
    del data  # a large file stands in memory once
    if not text.strip():
        named = [column for column in columns if column is not None] or ["text", "label"]
        raise LabelledError(
            f"{path} is empty; expected rows with columns such as {listed(named)}. Save it again, "
            "or name another file."
        )
    if kind == "jsonl":
        return list(json_rows(path, text, columns))
    delimiter = {None: "," if kind == "csv" else "\t", "\\t": "\t"}.get(delimiter, delimiter)
    return list(table_rows(path, text, columns, delimiter=delimiter, quotes=quotes))


def _unknown(path, found):
    """Return the sentence for a file whose kind is not known."""
    do = OTHER_KINDS.get(found, "Save it as one of these, or rename it if it is one")
    found = f"the ending {found}" if found else "no ending"
    return (
        f"{path}: found {found}; expected a name that ends in {', '.join(KINDS)}, with "
        f"{', '.join(PACKED)} after it or not, or a folder with a subfolder of .txt files for each "
        f"class. {do}."
    )


def folder_rows(path: Path, *, encoding: str | None = None) -> list[Row]:
    """Return text and class of each file in the subfolders of a folder, classes and files sorted.

    What begins with a point is passed over. What is no .txt file (packed or not), or lies in no
    subfolder, is a row without values.

    Raises
    ------
    LabelledError
        If there is no subfolder, or one without a file, or a byte does not fit.
    """
    inside = _entries(path)
    members = {entry: _entries(entry) for entry in inside if entry.is_dir()}
    _check_folders(path, members)
    rows = []
    files = [entry for entry in inside if not entry.is_dir() and _is_text(entry)]
    for number, file in enumerate([*files, *(e for m in members.values() for e in m)], 1):
        where = WholeFile(file.relative_to(path).as_posix())
        if file.parent == path:
            rows.append(Row(number, reason="a text in no subfolder", where=where))
        elif file.is_dir() or not _is_text(file):
            rows.append(Row(number, reason="not a .txt file", where=where))
        else:
            text = decode(file, read_bytes(file)[0], encoding)
            rows.append(Row(number, (text, file.parent.name), where=where))
    return rows


def _entries(folder):
    """Return what lies in a folder, in the same order on every system."""
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    except OSError as error:
        raise LabelledError(
            f"{folder} cannot be looked into ({error.strerror}); expected a folder that you may "
            "read. Give yourself leave, or copy it to a place of your own."
        ) from error
    return [entry for entry in entries if not entry.name.startswith(".")]


def _is_text(file):
    """Return whether a file's name ends in .txt, packed or not."""
    plain = file.with_suffix("") if file.suffix.lower() in PACKED else file
    return plain.suffix.lower() == ".txt"


def _check_folders(path, members):
    """Raise ``LabelledError`` unless there are subfolders, each with something in it."""
    expected = "expected a subfolder of .txt files for each class, such as pos/1.txt and neg/1.txt"
    if not members:
        raise LabelledError(
            f"{path} is a folder without subfolders; {expected}. Sort the texts into subfolders, "
            "or name the file in it that you mean."
        )
    empty = [folder for folder, entries in members.items() if not entries]
    if empty:
        raise LabelledError(
            f"{path}: found nothing in the subfolder {empty[0].name!r}; {expected}. Put texts of "
            "the class into it, or remove it."
        )
    deep = [f for f, entries in members.items() if all(entry.is_dir() for entry in entries)]
    if len(deep) == len(members):
        raise LabelledError(
            f"{path}: found only folders in the subfolder {deep[0].name!r}; {expected}. If "
            f"{listed([f.name for f in deep])} are parts of the texts, name each, as with "
            f"--data {path / 'train'} --test-data {path / 'test'} (in Python read_labelled_parts)."
        )
