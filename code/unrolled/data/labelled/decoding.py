"""The text of bytes: UTF-8, what a byte-order mark says, or as the reader names it."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from unrolled.data.labelled.rows import LabelledError, said

BOMS = {  # UTF-32 first: its mark begins as that of UTF-16 does
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
#: How files begin that are no text, and what to do with each.
NO_TEXT = {
    b"PK\x03\x04": (
        "a workbook (Excel, LibreOffice) or another ZIP archive",
        "Open it and save the table as CSV in UTF-8; if it is an archive, let its name end in .zip",
    ),
    b"\xd0\xcf\x11\xe0": ("an old Excel or Word file", "Save the table as CSV in UTF-8"),
    b"\x1f\x8b": ("a file packed by gzip", "Let its name end in .gz"),
    b"BZh": ("a file packed by bzip2", "Let its name end in .bz2"),
    b"\xfd7zXZ": ("a file packed by xz", "Let its name end in .xz"),
    b"(\xb5/\xfd": ("a file packed by zstd", "Unpack it first (zstd -d FILE)"),
    b"PAR1": ("a Parquet file", "Let its name end in .parquet"),
    b"%PDF": ("a PDF", "Save its table as CSV in UTF-8"),
    b"SQLite format 3": ("a database", "Save its table as CSV in UTF-8"),
}
UNMARKED = {  # of so many bytes of a character, these are NUL in most languages
    "utf-32-le": (4, (2, 3)),
    "utf-32-be": (4, (0, 1)),
    "utf-16-le": (2, (1,)),
    "utf-16-be": (2, (0,)),
}
WINDOWS = re.compile(rb"[\x80-\x84\x86-\x9f]")  # quotes and letters there, nothing in Latin-1
ENOUGH = 20  # so many bytes beyond ASCII are not UTF-8 by chance


def decode(path: Path, data: bytes, encoding: str | None = None) -> str:
    """Return the text of bytes in UTF-8, in UTF-16 or UTF-32 with its mark, or as named.

    Raises
    ------
    LabelledError
        If a byte does not fit (its place is told), the bytes are no text, the encoding is
        unknown, or they show that it is not the one that was named.
    """
    _check_is_text(path, data)
    named = _known(path, encoding)
    marked = next((name for mark, name in BOMS.items() if data.startswith(mark)), None)
    if named and marked and named.split("-")[:2] != marked.split("-")[:2]:
        raise LabelledError(
            f"{path} begins with the byte-order mark of {marked.removesuffix('-sig')}, but the "
            f"encoding {encoding!r} was named. Leave the encoding out."
        )
    if not named and not marked:
        _check_marked(path, data)
    chosen = marked or named or "utf-8"
    try:
        text = data.decode(chosen)
    except UnicodeDecodeError as error:
        raise LabelledError(_unfit(path, data, chosen, error, bool(encoding))) from error
    if named and not named.startswith("utf") and not text.isascii():
        _check_named(path, data, encoding, named)
    return text


def _check_is_text(path, data):
    """Raise ``LabelledError`` for a file that begins as no text does."""
    for start, (what, do) in NO_TEXT.items():
        if data.startswith(start) and (len(start) > 3 or b"\0" in data[:1000]):
            raise LabelledError(
                f"{path} begins as {what} does, whatever its name says; expected text. {do}."
            )


def _known(path, encoding):
    """Return Python's name of an encoding, or None if none was named."""
    if not encoding:
        return None
    try:
        b"ab".decode(encoding, "replace")  # refuses codecs that make no text
        return codecs.lookup(encoding).name
    except (LookupError, ValueError) as error:
        raise LabelledError(
            f"{path}: found the encoding {encoding!r}, which Python does not know; expected a name "
            "such as utf-8, utf-16, latin-1, cp1252 or gb18030. Mend it, or leave it out."
        ) from error


def _check_marked(path, data):
    """Raise ``LabelledError`` if bytes alternate with NUL, as in UTF-16 without a mark."""
    for name, (size, zeros) in UNMARKED.items():
        columns = [data[:400][zero::size] for zero in zeros]
        if all(len(column) > 1 and column.count(0) >= 0.9 * len(column) for column in columns):
            raise LabelledError(
                f"{path}, byte {zeros[0] + 1}: found a NUL, and so in nearly every letter; "
                f"expected UTF-8. It looks like {name.upper()} without a mark: say "
                f"{said(encoding=name)}."
            )


def _unfit(path, data, chosen, error, was_named):
    """Return the sentence for a byte that does not fit."""
    before = error.object[: error.start].decode(chosen, "replace")
    line, text = before.count("\n") + 1, before.rpartition("\n")[2]
    after = f" after {text[-20:]!r}" if text else ""
    place = error.start + 1 + len(data) - len(error.object)  # the mark may have been cut off
    if was_named:
        advice = "Save the file in one encoding throughout, or name another one"
    else:
        advice = (
            "If the whole file has another encoding, name it, such as "
            f"{said(encoding='cp1252')}; if only some lines have, save it as UTF-8 throughout"
        )
    return (
        f"{path}, line {line}, byte {place}: found 0x{error.object[error.start]:02x}{after}, "
        f"which is no {chosen.removesuffix('-sig').upper()} there ({error.reason}). {advice}."
    )


def _check_named(path, data, encoding, named):
    """Raise ``LabelledError`` if UTF-8 or Windows-1252 was called by the name of another."""
    as_utf8 = _decoded(data, "utf-8")
    if as_utf8 is not None and len(data) - len(as_utf8) >= ENOUGH:
        raise LabelledError(
            f"{path}: found UTF-8 throughout, but the encoding {encoding!r} was named, which would "
            f"make other letters of it. Leave the encoding out."
        )
    found = WINDOWS.search(data)
    if named == "iso8859-1" and found and _decoded(data, "cp1252") is not None:
        line = data[: found.start()].count(b"\n") + 1
        raise LabelledError(
            f"{path}, line {line}, byte {found.start() + 1}: found 0x{found[0].hex()}, which is no "
            f"letter in {encoding}, but {found[0].decode('cp1252')} in Windows-1252. Say "
            f"{said(encoding='cp1252')}."
        )


def _decoded(data, encoding):
    """Return bytes as text in an encoding, or None where they are none."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None
