"""Texts on their way to a network: texts -> tokens -> vocabulary -> token numbers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from unrolled.data.encoder import TextEncoder
from unrolled.data.labelled.report import Report
from unrolled.data.labelled.split import Parts
from unrolled.data.reviews import Splits, load_imdb, load_rotten_tomatoes
from unrolled.data.vocabulary import Vocabulary
from unrolled.sentiment.own import load_own, read_unlabelled
from unrolled.sentiment.source import Source

NAMES = ("train", "valid", "test")


@dataclass(frozen=True)
class Part:
    """Texts as token numbers.

    Parameters
    ----------
    ids : sequence of ndarray
        One array of token numbers for each review.
    labels : ndarray ``(N,)``
        The class of each, 0 to K - 1; of reviews, 1 if positive. Empty where there are none.
    texts : sequence of str
        The texts themselves, where somebody wants to show them; else empty.
    n_classes : int
        K.
    """

    ids: Sequence[np.ndarray]
    labels: np.ndarray
    texts: Sequence[str] = ()
    n_classes: int = 2

    def __len__(self):
        """Return N, the number of reviews."""
        return len(self.ids)

    def take(self, rows) -> Part:
        """Return the part that these row numbers name, in their order."""
        texts = [self.texts[row] for row in rows] if self.texts else ()
        return Part([self.ids[row] for row in rows], self.labels[rows], texts, self.n_classes)


@dataclass(frozen=True)
class Corpus:
    """What a training learns from.

    Parameters
    ----------
    parts : dict
        `Part` of each name asked for; "unlabelled" too, where the recipe pretrains and has some.
    encoder : TextEncoder
        Of the training texts.
    classes : tuple of str
        The K names.
    report : Report or None
        What was read, of a file of one's own.
    split : dict
        For each part the row number of each text in its source, and its file where there are
        several.
    digest : str
        Of all texts, labels and parts: another one means other data, or another split.
    """

    parts: dict[str, Part]
    encoder: TextEncoder
    classes: tuple[str, ...]
    report: Report | None
    split: dict[str, list[tuple[int, str]]]
    digest: str

    @property
    def vocabulary(self) -> Vocabulary:
        """Return the vocabulary of the encoder."""
        return self.encoder.vocabulary


def load_reviews(source: Source) -> Splits | Parts:
    """Return the texts that a recipe names; training texts cut down to its `limit`.

    Returns
    -------
    Splits or Parts
        Both have train, valid, test, classes and report; a part has texts, labels and rows.

    Raises
    ------
    unrolled.data.reviews.DataError
        If reviews of the course are missing or damaged.
    unrolled.data.labelled.rows.LabelledError
        If a file of one's own cannot be used.
    """
    if not source.is_named:
        splits = load_own(source)
    elif source.data == "imdb":
        splits = load_imdb()
    elif source.data == "rotten-tomatoes":
        splits = load_rotten_tomatoes()
    else:
        from unrolled.data.official import load_official_imdb  # slow to import, rarely wanted

        splits = load_official_imdb(source.archive or None)
    if 0 < source.limit < len(splits.train):
        rows = np.random.default_rng(source.seed).permutation(len(splits.train))[: source.limit]
        splits = replace(splits, train=splits.train.take(rows))
    return splits


def digest_of(splits: Splits | Parts) -> str:
    """Return a digest of all texts, labels and parts, which is the same on every machine."""
    found = hashlib.sha256("\0".join(splits.classes).encode())
    for name in NAMES:
        part = getattr(splits, name)
        found.update(f"\0\0{name}\0".encode())
        found.update(np.asarray(part.labels, "<i8").tobytes())
        for text in part.texts:
            found.update(hashlib.sha256(text.encode()).digest())
    return found.hexdigest()


def read_corpus(source: Source, names: Iterable[str] = NAMES) -> Corpus:
    """Return the texts that a recipe names as token numbers, and the encoder of "train".

    Parameters
    ----------
    source : Source
        Or a recipe.
    names : iterable of str
        Which parts, "train" among them. Where the recipe pretrains, and its data has some, the part
        "unlabelled" comes as well.
    """
    splits = load_reviews(source)
    encoder, learnt = TextEncoder.fit_encode(
        splits.train.texts,
        tokenizer=source.tokenizer,
        unicode_form=source.unicode_form,
        max_size=source.vocab_size,
    )
    count = len(splits.classes)
    parts = {"train": Part(learnt, splits.train.labels, n_classes=count)}
    for name in (name for name in names if name != "train"):
        part = getattr(splits, name)
        parts[name] = Part(encoder.encode_many(part.texts), part.labels, n_classes=count)
    unlabelled = getattr(splits, "unlabelled", [])
    if getattr(source, "pretraining_passes", 0):
        if source.unlabelled:
            unlabelled = read_unlabelled(source.unlabelled)
        if unlabelled:
            parts["unlabelled"] = Part(encoder.encode_many(unlabelled), np.zeros(0, np.int64))
    split = {name: _places(getattr(splits, name)) for name in NAMES}
    return Corpus(parts, encoder, splits.classes, splits.report, split, digest_of(splits))


def _places(part) -> list[tuple[int, str]]:
    """Return row number and file of each text of a part; no file where there is only one."""
    files = getattr(part, "files", None) or [""] * len(part)
    return list(zip(part.rows.tolist(), files, strict=True))


@lru_cache(maxsize=1)
def read_imdb(vocab_size: int = 20_000) -> tuple[dict[str, Part], Vocabulary]:
    """Return IMDb's parts "train", "valid" and "test", and their vocabulary; once a process."""
    corpus = read_corpus(Source(vocab_size=vocab_size))
    return corpus.parts, corpus.vocabulary


def read_part(source: Source, encoder: TextEncoder, name: str) -> Part:
    """Return one part of the texts that a recipe names, in tokens that are there already."""
    return part_of(load_reviews(source), encoder, name)


def part_of(splits: Splits | Parts, encoder: TextEncoder, name: str) -> Part:
    """Return one part of texts that are loaded, in tokens that are there already."""
    part = getattr(splits, name)
    return Part(encoder.encode_many(part.texts), part.labels, part.texts, len(splits.classes))


def balanced_rows(labels: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return row numbers of `count` reviews, as many of each label, shuffled.

    Raises
    ------
    ValueError
        If `count` is odd, or more than there is of a label.
    """
    each = [np.flatnonzero(labels == label) for label in (0, 1)]
    most = 2 * min(map(len, each))
    if count % 2 or count > most:
        raise ValueError(
            f"balanced_rows got count={count}; give an even number up to {most}, twice the reviews "
            "of the rarer label."
        )
    return rng.permutation(np.concatenate([rng.permutation(rows)[: count // 2] for rows in each]))
