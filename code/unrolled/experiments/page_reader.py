"""How near does a model for the page, of at most 1 MB, come to a teacher without that limit?

In each of five folds the student learns from the labels of reviews and of Rotten Tomatoes
sentences. A teacher may add its answers to these texts; or to short ones that are cut from the
reviews and have no label; or to both. The student is rounded as the page rounds it. Then it judges,
once, what the fold has kept for the test: reviews and sentences; and the pairs that a negation
decides, and the course's short sentences, which nothing learns from. The teacher judges the same. A
seed here is a fold, and the seed of the training.

The settings were chosen on the validation parts of fold 0, with NB-SVM as the teacher. To the texts
that it had learnt, it gave answers that were too sure (0.995 of its training reviews were right,
0.914 of others): they made the student worse than labels alone. Its answers to what is cut helped.
A language model of the student's sizes, handed over at the start, did not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np

from unrolled.data.folds import FOLDS, imdb_folds, rotten_tomatoes_folds
from unrolled.data.negation import in_order, negation_pairs
from unrolled.data.reviews import Splits
from unrolled.data.short_sentences import load_short_sentences
from unrolled.evaluation.baselines import NaiveBayesSVM
from unrolled.evaluation.calibration import fit_temperature
from unrolled.experiments.records import pack_logits
from unrolled.experiments.registry import Experiment
from unrolled.sentiment.bags import Bag
from unrolled.sentiment.recipe import Recipe
from unrolled.sentiment.student import Teacher, Teaching, train_student
from unrolled.sentiment.training import scores

SHARE = 0.3  # of the teacher's answers to texts with a label
STUDENT = Recipe(
    vocab_size=12_000,
    embedding_size=64,
    hidden_size=48,
    bidirectional=False,
    pooling="attention",
    dropout=0.5,
    embedding_dropout=0.5,
    max_tokens=128,  # to learn from; much quicker, and judged are more
    max_tokens_judged=400,
    epochs=3,
    batch_size=64,
    rate=6e-3,
)
#: How a student is taught; "teacher" judges the teacher itself.
WAYS = {
    "teacher": None,
    "labels only": None,
    "taught": Teaching(share=SHARE, runs=0),
    "cut sentences": Teaching(),
    "taught, cut sentences": Teaching(share=SHARE),
}


def grid() -> list[dict]:
    """Return one configuration a fold, of each way."""
    return [{"way": way, "seed": fold} for fold in range(FOLDS) for way in WAYS]


def measure(
    way: str,
    seed: int,
    *,
    folds: tuple[Splits, Splits] | None = None,
    teacher: Callable[[Splits, Splits, int], Teacher] | None = None,
    recipe: Recipe = STUDENT,
    ways: Mapping[str, Teaching | None] = WAYS,
) -> list[dict]:
    """Train a fold's student in one way (or take its teacher); judge what is kept for the test.

    Parameters
    ----------
    way : str
        One of `ways`.
    seed : int
    folds : tuple of two Splits, optional
        Reviews and sentences; those of fold `seed` if None.
    teacher : callable, optional
        ``teacher(reviews, sentences, seed)`` returns who teaches a fold; `bag_of_runs` if None.
    recipe : Recipe
    ways : mapping of str to Teaching

    Returns
    -------
    list of dict
        part (see `exams`), accuracy (of "negation": of pairs in the right order), loss, logits (see
        `unrolled.experiments.records.pack_logits`; in the order of the part), bytes (of the
        student's file, 0 for the teacher).
    """
    reviews, sentences = _folds(seed) if folds is None else folds
    teach = None
    if way != "labels only":
        teach = (bag_of_runs if teacher is None else teacher)(reviews, sentences, seed)
    judge, size = teach, 0
    if way != "teacher":
        student = train_student(
            reviews.train.texts + sentences.train.texts,
            np.append(reviews.train.labels, sentences.train.labels),
            recipe,
            seed,
            cut_from=reviews.train.texts,
            teach=teach,
            teaching=ways[way],
        )
        judge, size = student.rounded(), student.page_bytes
    found = []
    for part, (texts, labels) in exams(reviews, sentences).items():
        logits = np.asarray(judge(texts), dtype=float)
        marks = scores(logits, labels)
        if part == "negation":
            marks["accuracy"] = float(in_order(*np.split(logits, 2)).mean())
        found.append({"part": part} | marks | {"logits": pack_logits(logits), "bytes": size})
    return found


def exams(reviews: Splits, sentences: Splits) -> dict[str, tuple[list[str], np.ndarray]]:
    """Return the texts and labels of what is judged.

    They are "reviews" and "sentences", the test parts of a fold; "negation", the better texts of
    all pairs of `unrolled.data.negation`, labelled 1, and after them the worse ones; and "short
    sentences", the test part of `unrolled.data.short_sentences`.
    """
    pairs, short = negation_pairs(), load_short_sentences()
    texts = [getattr(pair, side) for side in ("better", "worse") for pair in pairs]
    return {
        "reviews": (reviews.test.texts, reviews.test.labels),
        "sentences": (sentences.test.texts, sentences.test.labels),
        "negation": (texts, np.repeat([1, 0], len(pairs))),
        "short sentences": ([one.text for one in short], np.array([one.label for one in short])),
    }


def bag_of_runs(reviews: Splits, sentences: Splits, seed: int) -> Teacher:
    """Return NB-SVM of words, pairs and triples as a teacher, which has learnt both kinds of texts.

    A temperature chosen on validation reviews makes its scores logits.
    """
    bag = Bag(reviews.train.texts + sentences.train.texts, "words", 3, 2)
    labels = np.append(reviews.train.labels, sentences.train.labels)
    machine = NaiveBayesSVM(0.003, beta=0.25, seed=seed)
    machine.fit((bag.train > 0).astype(np.float64), labels)

    def scored(texts):
        return machine.decision_function((bag.counts(texts) > 0).astype(np.float64))

    temperature = fit_temperature(scored(reviews.valid.texts), reviews.valid.labels)
    return lambda texts: scored(texts) / temperature


@cache
def _folds(fold: int) -> tuple[Splits, Splits]:
    return imdb_folds()[fold], rotten_tomatoes_folds()[fold]


EXPERIMENTS = [
    Experiment(
        "page-reader",
        "How near does a model of at most 1 MB come to its teacher, on reviews and on sentences?",
        grid,
        measure,
        minutes=15,
    ),
]
