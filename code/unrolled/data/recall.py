"""Two tasks of symbols that ask for what was shown long ago: find a marker, copy."""

from __future__ import annotations

import numpy as np

from unrolled.data.batching import Batch
from unrolled.data.synthetic import COPY_COUNT, COPY_SYMBOLS, copy_batch

SYMBOLS, MARK, QUESTION = 8, 8, 9  # symbols are 0 to 7
FIRST = 50  # steps among which the marker comes
UNASKED = -100  # a target that does not count, as torch's cross-entropy has it


def marker_batch(batch: int, wait: int, *, rng: np.random.Generator) -> Batch:
    """Return a batch of a task of finding: which symbol stood behind the marker?

    Every step shows one of eight symbols. One of the first 50 shows the marker instead, and the
    symbol behind it is asked for by the last step, after `wait` more. Symbols are drawn evenly, so
    guessing scores ln 8.

    Parameters
    ----------
    batch, wait : int
        B, and how many steps come between the first 50 and the question.
    rng : numpy.random.Generator

    Returns
    -------
    Batch
        inputs (B, 51 + wait) int64: symbols 0 to 7, marker (8), question (9); targets of the same
        shape, `UNASKED` but in the last column.
    """
    shown = rng.integers(0, SYMBOLS, (batch, FIRST + wait + 1))
    rows, at = np.arange(batch), rng.integers(0, FIRST - 1, batch)
    targets = np.full_like(shown, UNASKED)
    targets[:, -1] = shown[rows, at + 1]
    shown[rows, at], shown[:, -1] = MARK, QUESTION
    return Batch(shown, np.full(batch, shown.shape[1]), targets)


def copying_batch(batch: int, wait: int, *, rng: np.random.Generator) -> Batch:
    """Return `unrolled.data.synthetic.copy_batch` as numbers, of which the copy alone is asked for.

    Parameters
    ----------
    batch, wait : int
        B, and the steps between the last symbol shown and the first asked for.
    rng : numpy.random.Generator

    Returns
    -------
    Batch
        inputs (B, 20 + wait) int64: symbols 0 to 7, blank (8), signal (9); targets of the same
        shape, `UNASKED` but in the last ten columns. Guessing scores ln 8.
    """
    made = copy_batch(batch, wait, rng=rng)
    targets = np.where(made.targets < COPY_SYMBOLS, made.targets, UNASKED)
    targets[:, :-COPY_COUNT] = UNASKED
    return Batch(made.inputs.argmax(-1), made.lengths, targets)
