"""The rows of a reader's file: CSV, TSV, JSON lines, Parquet, or a folder of texts per class."""

from __future__ import annotations

import bz2
import codecs
import csv
import difflib
import gzip
import io
import json
import lzma
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

KINDS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
}
UNPACK = {".gz": gzip.decompress, ".bz2": bz2.decompress, ".xz": lzma.decompress}
EXPECTED = (
    "a file ending in .csv, .tsv, .jsonl, .ndjson or .parquet, also with .gz, .bz2, .xz or .zip "
    "after it, or a folder with a subfolder of .txt files for each class"
)
BOMS = {  # UTF-32 first: its mark begins as that of UTF-16 does
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


class LabelledError(ValueError):
    """A reader's file is refused; the message says where, found what, expected what, do what."""


class Number(str):
    """A number as it is written in a file that tells numbers from texts."""


class Row(NamedTuple):
    """One row: its number, the values of the columns asked for, or the reason why it has none.

    `where` names the file inside a folder. A value is a text, a `Number`, None, or something else.
    """

    number: int
    values: tuple = ()
    reason: str = ""
    where: str = ""


def read_rows(
    path: Path,
    columns: Sequence[str],
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
        Names in the header, or keys of the JSON objects.
    encoding, kind, delimiter, quotes
        As `unrolled.data.labelled.reading.read_labelled` takes them.

    Raises
    ------
    LabelledError
        If the file cannot be read as a whole: see `unrolled.data.labelled.reading.read_labelled`.
    """
    data, name = read_bytes(path)
    kind = kind or KINDS.get(Path(name).suffix.lower())
    if kind not in KINDS.values():
        raise LabelledError(
            f"{path}: its name tells no kind of file (found {kind or Path(name).suffix!r}); "
            f"expected {EXPECTED}. Rename it, or name the kind: kind='csv'."
        )
    if kind == "parquet":
        return list(_parquet_rows(path, data, columns))
    text = decode(path, data, encoding)
    if not text.strip():
        raise LabelledError(f"{path} is empty; expected rows with the columns {_list(columns)}.")
    if kind == "jsonl":
        return list(_json_rows(path, text, columns))
    delimiter = delimiter or ("," if kind == "csv" else "\t")
    return list(_table_rows(path, text, columns, delimiter, quotes))


def read_bytes(path: Path) -> tuple[bytes, str]:
    """Return what stands in a file, unpacked, and its name without the ending of the packing.

    Raises
    ------
    LabelledError
        If the file is missing or damaged, or a .zip does not hold exactly one file.
    """
    suffix = path.suffix.lower()
    try:
        if suffix == ".zip":
            return _unzip(path)
        data = path.read_bytes()
        return (UNPACK[suffix](data), path.stem) if suffix in UNPACK else (data, path.name)
    except FileNotFoundError as error:
        raise LabelledError(f"{path} does not exist; expected {EXPECTED}.") from error
    except (EOFError, gzip.BadGzipFile, lzma.LZMAError, zipfile.BadZipFile, zlib.error) as error:
        raise _damaged(path, error) from error
    except (OSError, ValueError, RuntimeError) as error:  # bz2 says OSError and ValueError
        if isinstance(error, LabelledError):
            raise
        if isinstance(error, OSError) and error.strerror:
            raise LabelledError(f"{path} cannot be read ({error.strerror}).") from error
        raise _damaged(path, error) from error


def _damaged(path, error):
    """Return the error for a compressed file that cannot be unpacked."""
    return LabelledError(
        f"{path} cannot be unpacked ({error}); expected a whole {path.suffix} file without a "
        "password. Copy it again, or unpack it yourself."
    )


def _unzip(path):
    """Return the only member of a .zip and its name."""
    with zipfile.ZipFile(path) as packed:
        members = [member for member in packed.namelist() if not member.endswith("/")]
        if len(members) != 1:
            raise LabelledError(
                f"{path} holds {len(members)} files ({_list(members)}); expected one. "
                "Unpack it, and give the file or the folder that you mean."
            )
        inner = path.stem if Path(path.stem).suffix.lower() in (*KINDS, ".txt") else members[0]
        return packed.read(members[0]), inner


def decode(path: Path, data: bytes, encoding: str | None = None) -> str:
    """Return the text of bytes in UTF-8, in UTF-16 or UTF-32 with its mark, or as named.

    Raises
    ------
    LabelledError
        If a byte does not fit (its place is told), the encoding is unknown, or a mark at the
        beginning says another one.
    """
    marked = next((name for mark, name in BOMS.items() if data.startswith(mark)), None)
    try:
        found = codecs.lookup(encoding) if encoding else None
        named = found and found.name
        b"ab".decode(named or "utf-8", "replace")  # refuses codecs that make no text
    except LookupError as error:
        raise LabelledError(
            f"{path}: {encoding!r} is no encoding that Python knows; expected a name such as "
            "'utf-8', 'latin-1', 'cp1252' or 'gb18030'."
        ) from error
    if named and marked and named.split("-")[:2] != marked.split("-")[:2]:
        raise LabelledError(
            f"{path} begins with the byte-order mark of {marked.removesuffix('-sig')}, but the "
            f"encoding {encoding!r} was named. Leave the encoding out."
        )
    chosen = marked or named or "utf-8"
    try:
        return data.decode(chosen)
    except UnicodeDecodeError as error:
        line = error.object[: error.start].decode(chosen, "replace").count("\n") + 1
        place = error.start + 1 + len(data) - len(error.object)  # the mark may have been cut off
        advice = "Save the file in one encoding throughout"
        if not encoding and b"\0" in data[:200]:
            advice = "It looks like UTF-16 without a mark: name it, such as encoding='utf-16-le'"
        elif not encoding:
            advice += ", or name the one it has, such as encoding='latin-1' or 'cp1252'"
        raise LabelledError(
            f"{path}, line {line}, byte {place}: found 0x{error.object[error.start]:02x}, which "
            f"is no {chosen.removesuffix('-sig')} there ({error.reason}). {advice}."
        ) from error


def _list(names, most=12):
    """Return names for a sentence, not more than a reader takes in."""
    shown = ", ".join(repr(name) for name in list(names)[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def check_columns(path: Path, found: Sequence[str], columns: Sequence[str]) -> None:
    """Raise ``LabelledError`` unless each of `columns` is found, and once."""
    for column in columns:
        count = list(found).count(column)
        if count == 1:
            continue
        if count > 1:
            raise LabelledError(
                f"{path}: the column {column!r} stands {count} times in the header; expected "
                "once. Rename or remove the others."
            )
        near = difflib.get_close_matches(column.strip(), found, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else " Name one of these."
        if len(found) == 1 and any(mark in found[0] for mark in ",;\t|"):
            hint = " It may be cut by another mark: name it, such as delimiter=';'."
        raise LabelledError(
            f"{path} has no column {column!r}; found {len(found)}: {_list(found)}.{hint}"
        )


@contextmanager
def _long_fields():
    """Let a field of CSV be as long as it is; csv refuses more than 131,072 characters."""
    before = csv.field_size_limit(2**31 - 1)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _table_rows(path, text, columns, delimiter, quotes) -> Iterator[Row]:
    """Yield the rows of a CSV or TSV text; the header is row 1, as in a spreadsheet."""
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        quoting=csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE,
        strict=True,
    )
    number = 0
    with _long_fields():
        try:
            header = next(reader)
            number = 1
            if any("\0" in name for name in header):
                raise LabelledError(
                    f"{path}, row 1: found NUL characters in the header; expected names. If the "
                    "file is UTF-16 without a mark, name it: encoding='utf-16-le'."
                )
            check_columns(path, header, columns)
            places = [header.index(column) for column in columns]
            for number, fields in enumerate(reader, 2):
                if not fields:
                    continue  # a blank line is no row
                if len(fields) != len(header):
                    more = "fields more" if len(fields) > len(header) else "fields fewer"
                    yield Row(number, reason=f"{more} than the header has")
                else:
                    yield Row(number, tuple(fields[place] for place in places))
        except csv.Error as error:
            raise LabelledError(
                f"{path}, row {number + 1} (it ends in line {reader.line_num}): the quotes do not "
                f"close ({error}); expected quotes around a field, and doubled inside one. Mend "
                "the row; if the file has no quotes around fields, say quotes=False."
            ) from error


def _json_rows(path, text, columns) -> Iterator[Row]:
    """Yield the rows of JSON lines; a row's number is its line."""
    found: dict = {}
    rows = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            pairs = json.loads(
                line,
                object_pairs_hook=_Object,
                parse_int=Number,
                parse_float=Number,
                parse_constant=Number,
            )
        except (ValueError, RecursionError):
            rows.append(Row(number, reason="not JSON"))
            continue
        if not isinstance(pairs, _Object):
            rows.append(Row(number, reason="not a JSON object"))
            continue
        values = dict(pairs)
        found.update(dict.fromkeys(values))
        if any([key for key, _ in pairs].count(column) > 1 for column in columns):
            rows.append(Row(number, reason="a column twice"))
        elif any(column not in values for column in columns):
            rows.append(Row(number, reason="a column is missing"))
        else:
            rows.append(Row(number, tuple(_as_written(values[column]) for column in columns)))
    if found or not rows:
        check_columns(path, list(found), columns)
    yield from rows


class _Object(list):
    """The pairs of a JSON object, a key that stands twice included."""


def _as_written(value):
    """Return ``true`` and ``false`` of JSON as they are written, and anything else as it is."""
    return Number(json.dumps(value)) if isinstance(value, bool) else value


def _parquet_rows(path, data, columns) -> Iterator[Row]:
    """Yield the rows of a Parquet file, from 1."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise LabelledError(
            f"{path} is a Parquet file, and reading one needs the package pyarrow, which is not "
            "installed. Install it (pip install pyarrow), or save the table as CSV."
        ) from error
    try:
        file = parquet.ParquetFile(io.BytesIO(data))
        check_columns(path, file.schema_arrow.names, columns)
        values = [file.read(columns=[column]).column(0).to_pylist() for column in columns]
    except (pyarrow.ArrowException, OSError) as error:
        raise LabelledError(
            f"{path} cannot be read as Parquet ({str(error).splitlines()[0]}). Save it again."
        ) from error
    for number, row in enumerate(zip(*values, strict=True), 1):
        yield Row(number, tuple(Number(v) if isinstance(v, int | float) else v for v in row))


def folder_rows(path: Path, *, encoding: str | None = None) -> list[Row]:
    """Return text and class of each file in the subfolders of a folder, classes and files sorted.

    A file whose name begins with a point is passed over; another one that is no .txt (packed or
    not) is a row without values.

    Raises
    ------
    LabelledError
        If there is no subfolder, or none with a file, or a byte does not fit.
    """
    rows, number = [], 0
    for file in sorted(path.glob("*/*")):
        if file.name.startswith(".") or file.parent.name.startswith("."):
            continue
        number += 1
        where = file.relative_to(path).as_posix()
        plain = file.with_suffix("") if file.suffix.lower() in (*UNPACK, ".zip") else file
        if file.is_dir() or plain.suffix.lower() != ".txt":
            rows.append(Row(number, reason="not a .txt file", where=where))
            continue
        text = decode(file, read_bytes(file)[0], encoding)
        rows.append(Row(number, (text, file.parent.name), where=where))
    if not rows:
        raise LabelledError(
            f"{path} is a folder without files in subfolders; expected a subfolder of .txt files "
            "for each class, such as pos/1.txt and neg/1.txt."
        )
    return rows
