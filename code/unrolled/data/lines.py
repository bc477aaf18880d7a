"""Lines of text and an answer for each: any number of lines, of any length, in any state."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

import numpy as np

from unrolled.data.text import Vocabulary, tokenize

MANY = 1024  # lines that are read, sorted by length and answered together
LONG = 1_000_000  # characters of a line beyond which its middle is not read


def lines_of(file: BinaryIO) -> Iterator[str]:
    """Yield the lines of a file as text, whatever its bytes: what is not UTF-8 becomes U+FFFD.

    A line ends at a newline only; a carriage return before it, and a byte order mark at the
    beginning of the file, are taken away.
    """
    for number, line in enumerate(file):
        text = line.decode("utf-8", errors="replace").rstrip("\r\n")
        yield text.removeprefix("\ufeff") if number == 0 else text


def answer_lines(
    lines: Iterable[str],
    vocabulary: Vocabulary,
    predict: Callable[[list[np.ndarray]], np.ndarray],
) -> Iterator[float | None]:
    """Yield for each line the probability that it is positive; None where it has no word.

    Lines are read a thousand at a time, so a file may be larger than the memory.

    Parameters
    ----------
    lines : iterable of str
    vocabulary : Vocabulary
    predict : callable
        Gets a list of ``(T,)`` token numbers, returns a probability for each.
    """
    lines = iter(lines)
    while many := list(itertools.islice(lines, MANY)):
        tokens = [tokenize(_ends(line)) for line in many]
        rows = [row for row, found in enumerate(tokens) if found]
        answers: list[float | None] = [None] * len(many)
        if rows:
            probabilities = predict([vocabulary.encode(tokens[row]) for row in rows])
            for row, probability in zip(rows, probabilities, strict=True):
                answers[row] = float(probability)
        yield from answers


def _ends(line: str) -> str:
    """Return a line, or the beginning and the end of one that is too long to be read whole."""
    return line if len(line) <= LONG else f"{line[: LONG // 2]} {line[-LONG // 2 :]}"
