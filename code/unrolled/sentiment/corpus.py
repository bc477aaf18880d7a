"""Reviews on their way to a network: texts -> tokens -> vocabulary -> token numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from unrolled.data.reviews import Reviews, Splits, load_imdb, load_rotten_tomatoes
from unrolled.data.tokenizer import tokenize
from unrolled.data.vocabulary import Vocabulary
from unrolled.sentiment.recipe import Recipe

NAMES = ("train", "valid", "test")


@dataclass(frozen=True)
class Part:
    """Reviews as token numbers.

    Parameters
    ----------
    ids : sequence of ndarray
        One array of token numbers for each review.
    labels : ndarray ``(N,)``
        1 if positive, else 0. Empty where nobody has labelled them.
    texts : sequence of str
        The reviews themselves, where somebody wants to show them; else empty.
    """

    ids: Sequence[np.ndarray]
    labels: np.ndarray
    texts: Sequence[str] = ()

    def __len__(self):
        """Return N, the number of reviews."""
        return len(self.ids)

    def take(self, rows) -> Part:
        """Return the part that these row numbers name, in their order."""
        texts = [self.texts[row] for row in rows] if self.texts else ()
        return Part([self.ids[row] for row in rows], self.labels[rows], texts)


def load_reviews(recipe: Recipe) -> Splits:
    """Return the reviews that a recipe names; training reviews cut down to its `limit`."""
    if recipe.data == "imdb":
        splits = load_imdb()
    elif recipe.data == "rotten-tomatoes":
        splits = load_rotten_tomatoes()
    else:
        from unrolled.data.official import load_official_imdb  # slow to import, rarely wanted

        splits = load_official_imdb(recipe.archive or None)
    if 0 < recipe.limit < len(splits.train):
        rows = np.random.default_rng(recipe.seed).permutation(len(splits.train))[: recipe.limit]
        train = splits.train
        train = Reviews([train.texts[row] for row in rows], train.labels[rows], train.rows[rows])
        splits = replace(splits, train=train)
    return splits


def read_corpus(recipe: Recipe, names: Iterable[str] = NAMES) -> tuple[dict[str, Part], Vocabulary]:
    """Return the parts of the reviews that a recipe names, and the vocabulary of "train".

    Parameters
    ----------
    recipe : Recipe
        Of it only data, archive, limit, seed and vocab_size count.
    names : iterable of str
        Which parts, "train" among them. Where the recipe pretrains, and its data has some, the part
        "unlabelled" comes as well.
    """
    splits = load_reviews(recipe)
    tokens = {name: _tokens(getattr(splits, name).texts) for name in names}
    vocabulary = Vocabulary.build(tokens["train"], max_size=recipe.vocab_size)
    parts = {
        name: Part([vocabulary.encode(one) for one in lists], getattr(splits, name).labels)
        for name, lists in tokens.items()
    }
    if recipe.pretraining_passes and hasattr(splits, "unlabelled"):
        parts["unlabelled"] = Part(encode(splits.unlabelled, vocabulary), np.zeros(0, np.int64))
    return parts, vocabulary


@lru_cache(maxsize=1)
def read_imdb(vocab_size: int = 20_000) -> tuple[dict[str, Part], Vocabulary]:
    """Return IMDb's parts "train", "valid" and "test", and their vocabulary; once a process."""
    return read_corpus(Recipe(vocab_size=vocab_size))


def read_part(recipe: Recipe, vocabulary: Vocabulary, name: str) -> Part:
    """Return one part of the reviews that a recipe names, in a vocabulary that is there already."""
    reviews = getattr(load_reviews(recipe), name)
    return Part(encode(reviews.texts, vocabulary), reviews.labels, reviews.texts)


def encode(texts: Iterable[str], vocabulary: Vocabulary) -> list[np.ndarray]:
    """Return texts as the token numbers of a vocabulary, an array for each."""
    return [vocabulary.encode(tokens) for tokens in _tokens(texts)]


def _tokens(texts: Iterable[str]) -> list[list[str]]:
    return [tokenize(text) for text in texts]


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
