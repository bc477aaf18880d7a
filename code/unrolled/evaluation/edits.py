"""Edits: how many insertions, deletions and substitutions lie between two sequences."""

from __future__ import annotations

from collections.abc import Sequence


def edits(a: Sequence, b: Sequence) -> int:
    """Return the least number of insertions, deletions and substitutions that turn `a` into `b`.

    The distance of Levenshtein (1966), row by row of its table.
    """
    row = list(range(len(b) + 1))
    for i, one in enumerate(a, start=1):
        above, row = row, [i]
        for j, other in enumerate(b, start=1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (one != other)))
    return row[-1]


def error_rate(said: Sequence[Sequence], truths: Sequence[Sequence]) -> float:
    """Return all edits divided by the length of all truths: it can exceed 1.

    Raises
    ------
    ValueError
        If there are not as many answers as truths, or all truths are empty.
    """
    if len(said) != len(truths):
        raise ValueError(f"There are {len(said)} answers to {len(truths)} truths; give one each.")
    length = sum(map(len, truths))
    if length == 0:
        raise ValueError("All truths are empty, so there is nothing to divide the edits by.")
    return sum(edits(a, b) for a, b in zip(said, truths, strict=True)) / length
