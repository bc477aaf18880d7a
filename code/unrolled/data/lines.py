"""Lines of text and an answer for each: any number of lines, of any length, in any state."""

from __future__ import annotations

import codecs
import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

import numpy as np

from unrolled.data.text import Vocabulary, tokenize

MANY = 1024  # lines that are read, sorted by length and answered together
LONG = 1_000_000  # characters of a line beyond which its middle is not read
PIECE = 4 * LONG  # bytes that are read at once; a character has at most four


def lines_of(file: BinaryIO) -> Iterator[str]:
    """Yield the lines of a file as text, whatever its bytes: what is not UTF-8 becomes U+FFFD.

    A line ends at a newline only; a carriage return before it, and a byte order mark at the
    beginning of the file, are taken away. Of a line of many megabytes only the ends are kept, so
    that it may be longer than the memory.

    Raises
    ------
    ValueError
        If the file is marked as UTF-16.
    """
    for number, line in enumerate(iter(lambda: _read_line(file), b"")):
        if number == 0 and line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise ValueError(
                "The texts are in UTF-16; expected UTF-8. "
                "Convert them first, for instance with: iconv -f UTF-16 -t UTF-8"
            )
        text = line.decode("utf-8", errors="replace").rstrip("\r\n")
        yield text.removeprefix("\ufeff") if number == 0 else text


def _read_line(file: BinaryIO) -> bytes:
    """Return the next line with its end, or of a huge one its first and last `PIECE` bytes."""
    head, tail, read = file.readline(PIECE), b"", 0
    last = head
    while len(last) == PIECE and not last.endswith(b"\n"):
        last = file.readline(PIECE)
        tail, read = (tail + last)[-PIECE:], read + len(last)
    return head + (b" " if read > len(tail) else b"") + tail


def answer_lines(
    lines: Iterable[str],
    vocabulary: Vocabulary,
    predict: Callable[[list[np.ndarray]], np.ndarray],
    *,
    many: int = MANY,
) -> Iterator[float | None]:
    """Yield for each line the probability that it is positive; None where it has no word.

    `many` lines are read before they are answered, so a file may be larger than the memory, and
    with 1 each line is answered as soon as it is there.

    Parameters
    ----------
    lines : iterable of str
    vocabulary : Vocabulary
    predict : callable
        Gets a list of ``(T,)`` token numbers, returns a probability for each.
    many : int

    Raises
    ------
    ValueError
        If `many` is below 1.
    """
    if many < 1:
        raise ValueError(f"many is {many}; at least 1 line must be read before an answer.")
    return _answer_lines(iter(lines), vocabulary, predict, many)


def _answer_lines(lines, vocabulary, predict, many):
    """Yield the answers of `answer_lines`, whose arguments have been checked."""
    while some := list(itertools.islice(lines, many)):
        tokens = [tokenize(_ends(line)) for line in some]
        rows = [row for row, found in enumerate(tokens) if found]
        answers: list[float | None] = [None] * len(some)
        if rows:
            probabilities = predict([vocabulary.encode(tokens[row]) for row in rows])
            for row, probability in zip(rows, probabilities, strict=True):
                answers[row] = float(probability)
        yield from answers


def _ends(line: str) -> str:
    """Return a line, or the beginning and the end of one that is too long to be read whole."""
    return line if len(line) <= LONG else f"{line[: LONG // 2]} {line[-LONG // 2 :]}"
