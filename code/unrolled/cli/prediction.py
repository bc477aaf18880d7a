"""Predictions for lines of text: any number of them, of any length, in any state."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import numpy as np
import torch

from unrolled.data.batching import bucketed_batches
from unrolled.data.text import Vocabulary, tokenize
from unrolled.training import predict_proba

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


def predict_lines(
    model, vocabulary: Vocabulary, lines: Iterable[str], *, max_tokens: int
) -> Iterator[float | None]:
    """Yield for each line the probability that it is positive; None where it has no word.

    Lines are read a thousand at a time, so a file may be larger than the memory.
    """
    lines = iter(lines)
    while many := list(itertools.islice(lines, MANY)):
        tokens = [tokenize(_ends(line)) for line in many]
        rows = [row for row, found in enumerate(tokens) if found]
        answers: list[float | None] = [None] * len(many)
        if rows:
            ids = [vocabulary.encode(tokens[row]) for row in rows]
            nothing = np.zeros(len(ids), dtype=np.int64)
            batches = bucketed_batches(ids, nothing, batch_size=64, max_tokens=max_tokens)
            with torch.inference_mode():
                for row, probability in zip(rows, predict_proba(model, batches), strict=True):
                    answers[row] = float(probability)
        yield from answers


def _ends(line: str) -> str:
    """Return a line, or the beginning and the end of one that is too long to be read whole."""
    return line if len(line) <= LONG else f"{line[: LONG // 2]} {line[-LONG // 2 :]}"
