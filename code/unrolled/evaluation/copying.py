"""Does a text copy another? The longest passage that two have in common, and how much is shared."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

BASE = np.uint64(6364136223846793005)  # odd, so that powers do not vanish modulo 2**64


def longest_shared(texts: Sequence[str], source: str) -> str:
    """Return the longest passage of any of the texts that stands, letter by letter, in `source`.

    Of equally long ones the first. Runs of a length are compared by their hashes (64 bits) and
    the length found by halving: where no run of n is shared, none of n + 1 is.
    """
    low, high, best = 0, max(map(len, texts), default=0), ""
    while low < high:
        length = (low + high + 1) // 2
        found = _first_shared(texts, source, length)
        low, high, best = (length, high, found) if found else (low, length - 1, best)
    return best


def shared_part(texts: Sequence[str], source: str, length: int) -> float:
    """Return which part of the texts' characters lies in passages of `length` or more shared.

    Raises
    ------
    ValueError
        If the length is not positive, or the texts have no characters.
    """
    total = sum(map(len, texts))
    if length < 1 or total == 0:
        raise ValueError(f"shared_part got length={length} and {total} characters; give both.")
    covered = 0
    for starts, text in zip(_shared_starts(texts, source, length), texts, strict=True):
        change = np.zeros(len(text) + 1, int)
        change[: len(starts)] += starts
        change[length : length + len(starts)] -= starts[: len(change) - length]
        covered += int((np.cumsum(change) > 0).sum())
    return covered / total


def _first_shared(texts, source: str, length: int) -> str:
    """Return the first run of `length` characters that is in the source, or nothing."""
    for text, starts in zip(texts, _shared_starts(texts, source, length), strict=True):
        for start in np.flatnonzero(starts):
            if text[start : start + length] in source:  # equal hashes, and equal letters
                return text[start : start + length]
    return ""


def _shared_starts(texts, source: str, length: int) -> list[np.ndarray]:
    """Return for each text, of each run of `length`, whether a run of the source has its hash."""
    known = np.sort(_hashes(source, length))
    found = []
    for text in texts:
        asked = _hashes(text, length)
        at = np.minimum(np.searchsorted(known, asked), max(len(known) - 1, 0))
        found.append(known[at] == asked if len(known) else np.zeros(len(asked), bool))
    return found


def _hashes(text: str, length: int) -> np.ndarray:
    """Return a hash of each run of `length` characters, uint64; none if the text is shorter.

    The sum of code * BASE**place over a run, divided by BASE**start; modulo 2**64 as the integers
    of NumPy overflow.
    """
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.uint64) + np.uint64(1)
    if len(codes) < length:
        return np.zeros(0, np.uint64)
    powers = np.cumprod(np.full(len(codes), BASE))
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(codes * powers)])
    inverse = np.cumprod(np.full(len(codes), np.uint64(pow(int(BASE), -1, 2**64))))
    return (sums[length:] - sums[:-length]) * inverse[: len(codes) - length + 1]
