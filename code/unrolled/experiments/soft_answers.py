"""What does a student learn from: its teacher's doubt, or just more texts?

The teacher is the model that the package ships. Very small students learn the labels of the Rotten
Tomatoes sentences of the teacher's fold, and the teacher's answers to short pieces cut from that
fold's training reviews, which have no label of their own. An answer is learnt as it is, a
probability (soft), or as yes or no (hard). All are judged on the fold's test sentences.

``inherited-labels`` is the teacher's rival: a piece takes the label of the review that it is cut
from, and no network is asked.

Passes and dropout were chosen by one training each with seed 100, outside the record, on the fold's
validation sentences: for labels only from 3, 6 and 12 passes and dropout of 0.2 and 0.5; for
answers, alike for soft and hard ones, from 3 and 6 passes and, below the largest number, dropout of
0, 0.2 and 0.5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from scipy.special import logit

from unrolled.data.encoder import TextEncoder
from unrolled.data.reviews import Reviews, Splits
from unrolled.data.sentences import cut_runs
from unrolled.experiments.nb_svm_folds import folds_of_both
from unrolled.experiments.records import pack_logits
from unrolled.experiments.registry import Experiment
from unrolled.experiments.strong_folds import Teacher
from unrolled.sentiment.page_model import PageModel
from unrolled.sentiment.recipe import Recipe
from unrolled.sentiment.shipped import shipped_path
from unrolled.sentiment.student import Student, train_student
from unrolled.sentiment.training import scores

SEEDS = range(5)
FOLD = 0  # of the shipped model: it has not learnt this fold's test texts
PASSES = {10_000: 3, 40_000: 6, 160_000: 6}  # over labels and answers, by how many answers
TAUGHT = Recipe(
    vocab_size=8_000,
    embedding_size=16,
    hidden_size=16,
    bidirectional=False,
    pooling="attention",
    dropout=0.2,
    embedding_dropout=0.2,
    max_tokens=128,
    max_tokens_judged=400,
    epochs=6,
    batch_size=64,
    rate=6e-3,
)
WAYS = {
    "labels only": replace(TAUGHT, dropout=0.5, embedding_dropout=0.5, epochs=12),
    "hard": TAUGHT,
    "soft": TAUGHT,
    "inherited": TAUGHT,
}
CUT = {"each": 13, "longest": 3}  # pieces of a review, and sentences of a piece
WEIGHT = 10  # a sentence counts so many times in the choice of the vocabulary


def grid() -> list[dict]:
    """Return one configuration a seed and way, and for those that are taught, number of answers."""
    cases = [("labels only", 0), *((way, asked) for asked in PASSES for way in ("hard", "soft"))]
    return [{"way": way, "asked": asked, "seed": seed} for seed in SEEDS for way, asked in cases]


def grid_of_rival() -> list[dict]:
    """Return one configuration a seed: as many pieces as the most that are answered."""
    return [{"way": "inherited", "asked": max(PASSES), "seed": seed} for seed in SEEDS]


def measure(
    way: str,
    asked: int,
    seed: int,
    *,
    texts: Mapping[str, Splits] | None = None,
    teach: Teacher | None = None,
    ways: Mapping[str, Recipe] = WAYS,
) -> dict:
    """Train one student and judge the test sentences.

    Returns
    -------
    dict
        accuracy and loss (mean cross-entropy) on the test sentences; logits of these (see
        `unrolled.experiments.records.pack_logits`); valid_accuracy.
    """
    texts = folds_of_both(FOLD) if texts is None else texts
    student = trained(way, asked, seed, texts=texts, teach=teach, ways=ways)
    sentences = texts["sentences"]
    valid, test = (student(part.texts) for part in (sentences.valid, sentences.test))
    found = scores(test, sentences.test.labels) | {"logits": pack_logits(test)}
    return found | {"valid_accuracy": scores(valid, sentences.valid.labels)["accuracy"]}


def trained(
    way: str,
    asked: int,
    seed: int,
    *,
    texts: Mapping[str, Splits],
    teach: Teacher | None = None,
    ways: Mapping[str, Recipe] = WAYS,
) -> Student:
    """Return a student of these texts that has learnt in one way."""
    reviews, sentences = texts["reviews"].train, texts["sentences"].train
    recipe, told = ways[way], {}
    if way != "labels only":
        recipe = replace(recipe, epochs=PASSES.get(asked, recipe.epochs))
        teach = shipped_teacher() if teach is None else teach
        told["asked"], told["answers"] = learnt_besides(way, asked, seed, reviews, teach)
    encoder = TextEncoder.fit(
        [*reviews.texts, *WEIGHT * sentences.texts], max_size=recipe.vocab_size
    )
    return train_student(encoder, sentences.texts, sentences.labels, recipe, seed, **told)


def learnt_besides(
    way: str, asked: int, seed: int, reviews: Reviews, teach: Teacher
) -> tuple[list[str], np.ndarray]:
    """Return pieces of reviews, and the logits ``(N,)`` which a way takes for their answers.

    No piece comes twice. For one seed, fewer pieces are the first of more.
    """
    texts = tuple(reviews.texts)
    pieces, sources = _pieces(texts, seed)
    if way == "inherited":
        logits = reviews.labels[sources[:asked]] - 0.5
    else:
        logits = _answers(texts, seed, asked, teach)
    if way != "soft":
        logits = np.where(logits > 0, np.inf, -np.inf)
    return pieces[:asked], logits


@lru_cache(maxsize=1)
def _pieces(reviews: tuple[str, ...], seed: int) -> tuple[list[str], np.ndarray]:
    """Return all pieces in a drawn order, and the row of the first review that holds each."""
    rng, found = np.random.default_rng(seed), {}
    for row, review in enumerate(reviews):
        for piece in cut_runs([review], rng=rng, **CUT):
            found.setdefault(piece, row)
    order = rng.permutation(len(found))
    pieces = list(found)
    return [pieces[place] for place in order], np.array(list(found.values()))[order]


@lru_cache(maxsize=1)
def _answers(reviews: tuple[str, ...], seed: int, asked: int, teach: Teacher) -> np.ndarray:
    return teach(_pieces(reviews, seed)[0][:asked])


@lru_cache(maxsize=1)
def shipped_teacher() -> Teacher:
    """Return what gives the logits ``(N,)`` that the shipped model has of N texts."""
    page = PageModel(shipped_path())

    def teach(texts: Sequence[str]) -> np.ndarray:
        return logit(page.predict([page.encoder.encode(text) for text in texts])[:, 1])

    return teach


EXPERIMENTS = [
    Experiment(
        "soft-answers",
        "Does a student learn from its teacher's doubt, or from more texts?",
        grid,
        measure,
        minutes=25,
    ),
    Experiment(
        "inherited-labels",
        "What does a student learn from pieces of reviews with the reviews' own labels?",
        grid_of_rival,
        measure,
        minutes=8,
    ),
]
