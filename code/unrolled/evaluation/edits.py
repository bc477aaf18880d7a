"""How far one sequence is from another, in symbols that must be changed."""

from __future__ import annotations

from collections.abc import Sequence


def edits(a: Sequence, b: Sequence) -> int:
    """Return the fewest symbols to insert, delete or replace that turn `a` into `b`.

    Levenshtein (1966); one row of the table is kept.
    """
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, start=1):
        corner, row[0] = row[0], i
        for j, right in enumerate(b, start=1):
            best = min(row[j] + 1, row[j - 1] + 1, corner + (left != right))
            corner, row[j] = row[j], best
    return row[-1]


def error_rate(answers: Sequence[Sequence], references: Sequence[Sequence]) -> float:
    """Return all edits from the answers to their references, over the references' symbols.

    It can exceed 1: an answer may be longer than its reference.

    Raises
    ------
    ValueError
        If there are not as many answers as references, or the references are empty.
    """
    if len(answers) != len(references):
        raise ValueError(
            f"error_rate got {len(answers)} answers and {len(references)} references; give one "
            "answer for each."
        )
    symbols = sum(map(len, references))
    if symbols == 0:
        raise ValueError("The references hold no symbol; there is nothing to count errors by.")
    return sum(edits(a, b) for a, b in zip(answers, references, strict=True)) / symbols
