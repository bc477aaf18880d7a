"""The rows of JSON lines and of Parquet: records that tell numbers from texts."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from unrolled.data.labelled.rows import LabelledError, Number, Row, check_columns


class JsonObject(list):
    """The pairs of a JSON object, a key that stands twice included."""


_DECODER = json.JSONDecoder(
    object_pairs_hook=JsonObject, parse_int=Number, parse_float=Number, parse_constant=Number
)


def json_rows(path: Path, text: str, columns: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of JSON lines; a row's number is its line.

    Raises
    ------
    LabelledError
        If the file is one JSON array, or no object has one of the columns.
    """
    if text.lstrip().startswith("["):
        _check_lines(path, text)
    found: dict = {}
    rows = []
    for number, line in enumerate(text.split("\n"), 1):
        line = line.strip()
        if line:
            row, keys = _json_row(number, line, columns)
            rows.append(row)
            found.update(keys)
    if found or not rows:
        check_columns(path, list(found), columns)
    yield from rows


def _check_lines(path, text):
    """Raise ``LabelledError`` for a file that is one array instead of an object on each line."""
    first = text.lstrip().split("\n")[0].strip()
    try:
        whole = isinstance(json.loads(text), list)
    except (ValueError, RecursionError):
        whole = False
    if whole or first == "[":
        raise LabelledError(
            f"{path}, line 1: found '[', which begins an array of JSON; expected one object on "
            'each line, such as {"text": "...", "label": "..."}. Convert it, as with '
            'pandas.read_json("FILE").to_json("NEW.jsonl", orient="records", lines=True).'
        )


def _json_row(number, line, columns):
    """Return the row of a line, and what its keys are."""
    try:
        pairs = _DECODER.decode(line)
    except (ValueError, RecursionError):
        return Row(number, reason="no JSON object on the line"), {}
    if not isinstance(pairs, JsonObject):
        return Row(number, reason="no JSON object on the line"), {}
    values = dict(pairs)
    keys = dict.fromkeys(values)
    if len(values) < len(pairs):
        twice = [column for column in columns if [key for key, _ in pairs].count(column) > 1]
        if twice:
            return Row(number, reason=f"the key {twice[0]!r} twice"), keys
    missing = [column for column in columns if column not in values]
    if missing:
        return Row(number, reason=f"the key {missing[0]!r} is missing"), keys
    return Row(number, tuple([_as_written(values[column]) for column in columns])), keys


def _as_written(value):
    """Return ``true`` and ``false`` of JSON as they are written, and anything else as it is."""
    return Number(json.dumps(value)) if isinstance(value, bool) else value


def parquet_rows(path: Path, data: bytes, columns: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of a Parquet file, from 1.

    Raises
    ------
    LabelledError
        If pyarrow is not installed, the file is damaged, or a column is missing.
    """
    try:
        import pyarrow  # 50 MB, and few need it
        from pyarrow import parquet
    except ImportError as error:
        raise LabelledError(
            f"{path} is a Parquet file, and to read one takes the package pyarrow, which is not "
            "installed. Install it (pip install pyarrow), or save the table as CSV."
        ) from error
    try:
        file = parquet.ParquetFile(io.BytesIO(data))
        check_columns(path, file.schema_arrow.names, columns)
        values = [file.read(columns=[column]).column(0).to_pylist() for column in columns]
    except (pyarrow.ArrowException, OSError) as error:
        raise LabelledError(
            f"{path} cannot be read as Parquet ({str(error).splitlines()[0]}); expected a whole "
            "file. Copy it again, or save the table as CSV."
        ) from error
    for number, row in enumerate(zip(*values, strict=True), 1):
        yield Row(number, tuple(Number(v) if isinstance(v, int | float) else v for v in row))
