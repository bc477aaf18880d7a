"""Lines of text and an answer for each: any number of lines, of any length, in any state."""

from __future__ import annotations

import codecs
import html
import io
import json
import os
import re
import select
import stat
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from typing import BinaryIO

import numpy as np

from unrolled.data.encoder import TextEncoder
from unrolled.sentiment.decoder import Decoder
from unrolled.sentiment.together import in_order

MANY = 1024  # lines that are read, sorted by length and answered together
LONG = 1_000_000  # characters of a line beyond which its middle is not read
PIECE = 4 * LONG  # bytes that are read at once; a character has at most four
PAUSE = 0.05  # seconds without a byte after which a sender is taken to wait for answers


class Pause:
    """Says, between lines, that their sender sends no more for now."""


PAUSED = Pause()
#: How files begin that are not lines of text in UTF-8. UTF-32 comes first: UTF-16 begins it.
MARKS = {
    codecs.BOM_UTF32_LE: "in UTF-32",
    codecs.BOM_UTF32_BE: "in UTF-32",
    codecs.BOM_UTF16_LE: "in UTF-16",
    codecs.BOM_UTF16_BE: "in UTF-16",
    b"\x1f\x8b": "packed by gzip",
    **{b"BZh%d1AY&SY" % level: "packed by bzip2" for level in range(1, 10)},
    b"\xfd7zXZ\0": "packed by xz",
    b"\x28\xb5\x2f\xfd": "packed by zstd",
    b"PK\x03\x04": "a zip archive",
    b"%PDF-": "a PDF document",
}
ADVICE = {
    "in": "Convert them first, for instance with: iconv -f {name} -t UTF-8",
    "packed": "Unpack them first, for instance with: {name} -dc FILE",
    "a": "Save the texts in it as plain text, one a line.",
}
#: What the column of the texts is called in the header of a table.
TEXT_COLUMNS = frozenset("text texts review reviews sentence comment content body phrase".split())  # noqa: SIM905


def lines_of(
    file: BinaryIO, decoder: Decoder | None = None, name: str = ""
) -> Iterator[str | Pause]:
    """Yield the lines of a file as text, whatever its bytes: what does not fit becomes U+FFFD.

    A line ends at a newline only; a carriage return before it, and a byte order mark at the
    beginning of the file, are taken away. Of a line of many megabytes only the ends are kept, so
    that it may be longer than the memory. Of a pipe or a terminal, `PAUSED` says that its sender
    waits.

    Parameters
    ----------
    file : binary file
    decoder : Decoder, optional
        Knows the encoding, UTF-8 if left out, and then also where bytes did not fit.
    name : str
        Of the file, for the decoder.

    Raises
    ------
    ValueError
        If the file holds no lines of text: if it is in UTF-16 or UTF-32, packed, a table with a
        header, or JSON.
    """
    number, decoder = 0, decoder or Decoder()
    for line in (
        _lines_as_they_come(file) if _can_pause(file) else iter(lambda: _read_line(file), b"")
    ):
        if line is PAUSED:
            yield PAUSED
            continue
        if number < 2:
            _check_is_text(line, number)
        number += 1
        where = f"{name}, line {number}" if name else f"line {number}"
        text = decoder.decode(line, where, cut=PIECE if len(line) > PIECE else None)
        text = text.rstrip("\r\n")
        yield text.removeprefix("\ufeff") if number == 1 else text


def _check_is_text(line: bytes, number: int) -> None:
    """Raise `ValueError` if a file that begins with this line, or has it next, is no text."""
    if number == 0:
        for mark, what in MARKS.items():
            if line.startswith(mark):
                kind, *_, name = what.split()
                raise ValueError(
                    f"The texts are {what}; expected UTF-8, one text a line. "
                    + ADVICE[kind].format(name=name)
                )
    if b"\0" in line:
        raise ValueError(
            f"Line {number + 1} holds zero bytes, as texts in UTF-16 or UTF-32 do and other files; "
            "expected UTF-8, one text a line. If it is text, convert it first, for instance with: "
            "iconv -f UTF-16LE -t UTF-8"
        )
    if number == 0:
        _check_is_no_table(line.decode("utf-8", errors="replace").removeprefix("\ufeff").strip())


def _check_is_no_table(line: str) -> None:
    """Raise `ValueError` if a first line is the header of a table, or JSON."""
    for sign in ",;\t|":
        names = [name.strip("\"' ").lower() for name in line.split(sign)]
        short = all(re.fullmatch(r"[\w -]{0,30}", name) for name in names)
        if len(names) > 1 and short and f"{sign} " not in line and TEXT_COLUMNS & set(names):
            raise ValueError(
                f"The first line, {line!r}, is the header of a table; expected one text a line. "
                "Write the column of texts to a file of its own, each text on one line."
            )
    if line.startswith(("{", "[")) and (len(line) == 1 or _is_json(line)):
        raise ValueError(
            f"The first line, {line[:40]!r}, is JSON; expected one text a line. Take the texts out "
            'of it first, for instance with: jq -r \'.text | gsub("\\n"; " ")\' FILE'
        )


def _is_json(line: str) -> bool:
    try:
        json.loads(line.rstrip(","))
    except (ValueError, RecursionError):
        return False
    return True


def _read_line(file: BinaryIO) -> bytes:
    """Return the next line with its end, or of a huge one its first and last `PIECE` bytes."""
    head, tail, read = file.readline(PIECE), b"", 0
    last = head
    while len(last) == PIECE and not last.endswith(b"\n"):
        last = file.readline(PIECE)
        tail, read = (tail + last)[-PIECE:], read + len(last)
    return head + (b" " if read > len(tail) else b"") + tail


def _can_pause(file: BinaryIO) -> bool:
    """Return whether this is a pipe, a terminal or a socket that can be asked for more."""
    try:
        kind = os.fstat(file.fileno()).st_mode
    except (AttributeError, OSError, io.UnsupportedOperation):  # a file in the memory
        return False
    return os.name == "posix" and (
        stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind) or (stat.S_ISCHR(kind) and file.isatty())
    )


def _lines_as_they_come(file: BinaryIO) -> Iterator[bytes | Pause]:
    """Yield the lines of a pipe, as `_read_line` does, and `PAUSED` whenever its sender waits."""
    rest = bytearray()  # of a line that has not ended
    while True:
        if not select.select([file], [], [], PAUSE)[0]:
            yield PAUSED
        piece = os.read(file.fileno(), 2**16)
        if not piece:
            break
        *ends, last = piece.split(b"\n")
        for end in ends:
            yield bytes(rest + end) + b"\n"
            rest.clear()
        rest += last
        if len(rest) > 3 * PIECE:
            rest[PIECE:-PIECE] = b" "
    if rest:
        yield bytes(rest)


def answer_lines(
    lines: Iterable[str | Pause],
    encoder: TextEncoder,
    predict: Callable[[list[np.ndarray]], np.ndarray],
    *,
    many: int | None = None,
    workers: int = 1,
) -> Iterator[np.ndarray | None]:
    """Yield for each line the probability of each class ``(K,)``; None where no word is known.

    Known words are those of `TextEncoder.knows`. HTML entities are decoded first: ``&quot;`` is a
    quotation mark.

    At most `many` lines are read before they are answered, so a file may be larger than the memory.

    Parameters
    ----------
    lines : iterable of str
        `PAUSED` among them says that their sender waits: what is there is answered.
    encoder : TextEncoder
    predict : callable
        Gets a list of n arrays ``(T,)`` of token numbers, returns probabilities ``(n, K)``.
    many : int, optional
        Wait for so many lines even if the sender does, too; 1 answers each line as soon as it is
        there. `MANY`, and no waiting, where None.
    workers : int
        Threads that answer, each its own `MANY` lines; the answers are the same for any number.
        With `many`, each answer is waited for, so one works at a time.

    Raises
    ------
    ValueError
        If `many` or `workers` is below 1, `lines` is one text, or an answer is not a finite number.
    TypeError
        If a line is no text.
    """
    if many is not None and many < 1:
        raise ValueError(f"many is {many}; at least 1 line must be read before an answer.")
    if isinstance(lines, str | bytes):
        raise ValueError(f"Got one text, {lines[:30]!r}; give a list of texts.")
    if workers < 1:
        raise ValueError(f"workers is {workers}; at least 1 must answer.")
    answer = partial(_answers, encoder=encoder, predict=predict)
    return chain.from_iterable(in_order(answer, _batches(lines, many), workers))


def _batches(lines: Iterable[str | Pause], many: int | None) -> Iterator[list[str] | None]:
    """Yield lists of lines to be answered together; None where that must be done before more."""
    some: list[str] = []
    for line in lines:
        if line is not PAUSED:
            some.append(line)
        paused = line is PAUSED and many is None
        if some and (paused or len(some) == (many or MANY)):
            yield some
            some = []
        if paused or (many and not some):
            yield None
    if some:
        yield some


def _answers(lines: list[str], encoder, predict) -> list[np.ndarray | None]:
    """Return the answers to some lines, which are computed together."""
    ids = [encoder.encode(html.unescape(_ends(line))) for line in lines]
    rows = [row for row, numbers in enumerate(ids) if encoder.knows_some(numbers)]
    answers: list[np.ndarray | None] = [None] * len(lines)
    if rows:
        found = np.asarray(predict([ids[row] for row in rows]), dtype=np.float64)  # (n, K)
        for row, probabilities in zip(rows, found, strict=True):
            if not np.isfinite(probabilities).all():
                raise ValueError(
                    f"The model answers {probabilities} to {lines[row][:40]!r}, which is no "
                    "probability: its weights hold such numbers. Train and export it again."
                )
            answers[row] = probabilities
    return answers


def _ends(line: str) -> str:
    """Return a line, or the beginning and the end of one that is too long to be read whole."""
    if not isinstance(line, str):
        raise TypeError(
            f"One of the texts is {line!r:.60}; expected a text. Leave out what is missing."
        )
    return line if len(line) <= LONG else f"{line[: LONG // 2]} {line[-LONG // 2 :]}"
