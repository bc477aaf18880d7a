"""The rows of a CSV or TSV text."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from unrolled.data.labelled.rows import LabelledError, Row, check_columns

LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")  # csv ends lines nowhere else


def table_rows(
    path: Path, text: str, columns: Sequence[str], *, delimiter: str, quotes: bool = True
) -> Iterator[Row]:
    """Yield the rows of a table; the header is row 1, as in a spreadsheet.

    A row with more or fewer fields than the header is given without values.

    Raises
    ------
    LabelledError
        If a column is missing or stands twice, or quotes do not close.
    """
    lines = (match[0] for match in LINE.finditer(text))  # StringIO would hold the text once more
    quoting = csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE
    reader = csv.reader(lines, delimiter=delimiter, quoting=quoting, strict=True)
    number, start = 0, 1
    with _long_fields():
        try:
            header = next(reader)
            number = 1
            check_columns(path, header, columns, table=True)
            places, width = [header.index(column) for column in columns], len(header)
            start = reader.line_num + 1
            for number, fields in enumerate(reader, 2):
                if len(fields) == width:
                    yield Row(number, tuple([fields[place] for place in places]))
                elif fields:  # a blank line is no row
                    much = "many" if len(fields) > width else "few"
                    found = f"{len(fields)} instead of {width}"
                    yield Row(number, reason=f"too {much} fields", detail=found)
                start = reader.line_num + 1
        except csv.Error as error:
            raise LabelledError(_unclosed(path, number + 1, start, reader.line_num)) from error


def _unclosed(path, row, start, end):
    """Return the sentence for quotes that do not close."""
    lines = f"line {start}" if start >= end else f"lines {start} to {end}"
    return (
        f"{path}, row {row} ({lines}): found a field that begins with a quotation mark and does "
        'not end with one; expected "..." around the whole field, and "" for each quotation mark '
        "in it. Mend the row; if no field of the file has quotes around it, say --no-quotes (in "
        "Python quotes=False)."
    )


@contextmanager
def _long_fields():
    """Let a field of CSV be as long as it is; csv refuses more than 131,072 characters."""
    before = csv.field_size_limit(2**31 - 1)
    try:
        yield
    finally:
        csv.field_size_limit(before)
