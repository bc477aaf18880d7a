"""Which texts are equal but for capitals, punctuation and spaces."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import numpy as np


class _WithoutPunctuation(dict):
    """What `str.translate` puts in the place of a character, looked up when it is first met."""

    def __missing__(self, code):
        self[code] = None if unicodedata.category(chr(code))[0] == "P" else code
        return self[code]


_PLAIN = _WithoutPunctuation()


def simplified(text: str) -> str:
    """Return a text in small letters, without punctuation and with single spaces."""
    plain = " ".join(text.lower().translate(_PLAIN).split())
    return plain or text.strip()


def alike(texts: Iterable[str]) -> np.ndarray:
    """Return for each text the place of the first that is equal to it when both are simplified.

    Returns
    -------
    numpy.ndarray
        ``(N,)`` int64; its own place where none before it is.
    """
    first: dict[str, int] = {}
    found = [first.setdefault(simplified(text), k) for k, text in enumerate(texts)]
    return np.array(found, dtype=np.int64)
