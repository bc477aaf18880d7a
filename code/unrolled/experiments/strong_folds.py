"""What makes a recurrent network strong, step by step, on reviews and on sentences, in five folds.

Every network learns from the packaged texts alone. Each way keeps what the one before it does and
adds one thing. In a fold, the language model has read the fold's training and validation texts
without their labels, reviews and sentences, and never a test text. A seed here is a fold: which
texts are tested, and all that is drawn. Settings were chosen on validation texts of fold 0
(see the study on pretraining).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd
import pooch
from sklearn.linear_model import LogisticRegression

from unrolled.data.contrasts import adjectives, clause_contrasts, negation_contrasts
from unrolled.data.encoder import TextEncoder
from unrolled.data.folds import (
    FOLDS,
    imdb_folds,
    imdb_pieces,
    rotten_tomatoes_folds,
    rotten_tomatoes_pieces,
)
from unrolled.data.reviews import Reviews, Splits
from unrolled.experiments.nb_svm_folds import SHORT, chosen_knobs
from unrolled.experiments.records import pack_logits, unpack_logits
from unrolled.experiments.registry import Experiment
from unrolled.nets.checkpoints import load_checkpoint, save_checkpoint
from unrolled.nets.classifier import SentimentClassifier
from unrolled.nets.language import LanguageModel
from unrolled.nets.pretraining import half_precision, hand_over, has_fast_bfloat16, pretrain
from unrolled.seeding import seed_everything
from unrolled.sentiment.calibrated_bag import FREE, BagKnobs, CalibratedBag
from unrolled.sentiment.corpus import Part
from unrolled.sentiment.recipe import Recipe
from unrolled.sentiment.training import (
    build_reader,
    logits_of,
    loss_of,
    pretraining_recipe,
    train_reader,
)

WORK = "UNROLLED_WORK"  # names another folder for what a run keeps to go on from
PARTS = ("reviews", "sentences", "short sentences", "negation")
TUNED = ("reviews, valid", "sentences, valid")
Teacher = Callable[[Sequence[str]], np.ndarray]  # of N texts it returns the logits (N,)
READER = Recipe(
    vocab_size=30_000,
    embedding_size=200,
    hidden_size=256,
    dropout=0.5,
    embedding_dropout=0.3,
    epochs=2,
    rate=1e-3,
    pretraining_passes=4,
    pretraining_cycles=2,
    adversarial=0.02,
)


@dataclass(frozen=True)
class Way:
    """How a network is trained.

    Parameters
    ----------
    recipe : Recipe
    sentences : bool
        Learn the labels of the Rotten Tomatoes sentences, too.
    contrasts : int
        Learn so many texts, too, in which order decides (`unrolled.data.contrasts`).
    """

    recipe: Recipe
    sentences: bool = False
    contrasts: int = 0


#: From plain to strong. The strong model is the last of these and `BAG`, added: see `together`.
WAYS = {
    "labels only": Way(replace(READER, pretraining_passes=0, adversarial=0.0)),
    "pretrained": Way(replace(READER, adversarial=0.0)),
    "adversarial": Way(READER),
    "sentences": Way(READER, sentences=True),
    "contrasts": Way(READER, sentences=True, contrasts=6_000),
}
BAG = "bag of words"  # no network: NB-SVM, which learns from the same texts


@dataclass(frozen=True)
class Fold:
    """The texts of one fold: reviews and sentences, cut alike.

    Parameters
    ----------
    reviews, sentences : Splits
    encoder : TextEncoder
        Of the training texts of both.
    ids : dict
        Token numbers of the training and validation texts, by (source, part).
    """

    reviews: Splits
    sentences: Splits
    encoder: TextEncoder
    ids: dict[tuple[str, str], list[np.ndarray]]

    @classmethod
    def of(cls, reviews: Splits, sentences: Splits, vocab_size: int) -> Fold:
        """Return a fold of these texts, with a vocabulary of its training texts."""
        texts = reviews.train.texts + sentences.train.texts
        encoder, learnt = TextEncoder.fit_encode(texts, max_size=vocab_size)
        count = len(reviews.train)
        ids = {("reviews", "train"): learnt[:count], ("sentences", "train"): learnt[count:]}
        ids["reviews", "valid"] = encoder.encode_many(reviews.valid.texts)
        ids["sentences", "valid"] = encoder.encode_many(sentences.valid.texts)
        return cls(reviews, sentences, encoder, ids)

    def learnt(self) -> tuple[list[str], np.ndarray]:
        """Return the training texts, reviews before sentences, and their labels ``(N,)``."""
        reviews, sentences = self.reviews.train, self.sentences.train
        return reviews.texts + sentences.texts, np.append(reviews.labels, sentences.labels)

    def unlabelled(self) -> list[np.ndarray]:
        """Return all texts that a language model may read."""
        return list(chain.from_iterable(self.ids.values()))

    def labelled(self, way: Way, seed: int) -> Part:
        """Return the training reviews, and after them what else a way learns from."""
        ids, labels = self.ids["reviews", "train"], self.reviews.train.labels
        if way.sentences:
            ids = [*ids, *self.ids["sentences", "train"]]
            labels = np.append(labels, self.sentences.train.labels)
        if way.contrasts:
            texts, made = self.contrasts(way.contrasts, np.random.default_rng(seed))
            ids = [*ids, *self.encoder.encode_many(texts)]
            labels = np.append(labels, made)
        return Part(ids, labels)

    def contrasts(self, count: int, rng: np.random.Generator) -> tuple[list[str], np.ndarray]:
        """Return texts in which order decides, and their labels: half clauses, half negations."""
        reviews, sentences = self.reviews.train, self.sentences.train
        words = adjectives(reviews.texts, reviews.labels)
        clauses = clause_contrasts(sentences.texts, sentences.labels, count - count // 2, rng)
        negations = negation_contrasts(*words, count // 2, rng)
        return clauses[0] + negations[0], np.append(clauses[1], negations[1])


def grid() -> list[dict]:
    """Return one configuration a way and fold, the strongest network's first, then the bag's."""
    return [{"way": way, "seed": fold} for way in (*reversed(WAYS), BAG) for fold in range(FOLDS)]


def measure(
    way: str,
    seed: int,
    *,
    ways: Mapping[str, Way] = WAYS,
    fold: Fold | None = None,
    pieces: np.ndarray | None = None,
    knobs: BagKnobs | None = None,
) -> list[dict]:
    """Train a reader in one way on one fold; judge the fold's test texts, and short texts of ours.

    The fold's language model is trained once, for all ways, and kept in `work_folder` after each
    pass; the trained network is kept there too (see `load_teacher`). Products are computed in
    bfloat16 where the processor has instructions for it. Every text is read in full.

    Returns
    -------
    list of dict
        One for each of `judged_parts`: part, accuracy, logits (see
        `unrolled.experiments.records.pack_logits`), train_loss, minutes (of the training; not of
        the language model's), bfloat16. The accuracy on negation pairs is that of their single
        sentences, not of the order in a pair.
    """
    if fold is None:
        fold = fold_of(seed)
    if way == BAG:
        judge, finding = _bag(fold, seed, pieces, knobs).log_odds, {}
    else:
        reader, finding = _trained(way, ways[way], fold, seed)
        judge = partial(_logits, reader, fold.encoder)
    rows = []
    for name, part in judged_parts(fold).items():
        logits = judge(part.texts)
        row = {"part": name, "accuracy": float(np.mean((logits > 0) == (part.labels == 1)))}
        rows.append(row | {"logits": pack_logits(logits)} | finding)
    return rows


def _trained(name: str, way: Way, fold: Fold, seed: int) -> tuple[SentimentClassifier, dict]:
    """Return a trained reader, which is kept in `work_folder`, and how its training went."""
    before = language_model(fold, way.recipe, seed) if way.recipe.pretraining_passes else None
    started = time.perf_counter()
    rng = seed_everything(seed)
    reader = build_reader(way.recipe, len(fold.encoder))
    if before is not None:
        hand_over(before, reader)
    loss = loss_of(way.recipe, precision=partial(half_precision, has_fast_bfloat16()))
    finding = train_reader(reader, way.recipe, fold.labelled(way, seed), rng, loss=loss)
    finding["minutes"] = round((time.perf_counter() - started) / 60, 1)
    finding["bfloat16"] = has_fast_bfloat16()
    save_checkpoint(work_folder() / f"{name}-{seed}.pt", reader.state_dict())
    return reader, finding


def judged_parts(fold: Fold) -> dict[str, Reviews]:
    """Return the texts that are judged, by name; the four of `PARTS` come first."""
    short = {name: texts() for name, texts in SHORT.items()}
    tested = {"reviews": fold.reviews.test, "sentences": fold.sentences.test} | short
    tuned = fold.reviews.valid, fold.sentences.valid
    return tested | dict(zip(TUNED, tuned, strict=True))


@cache
def fold_of(number: int, vocab_size: int = READER.vocab_size) -> Fold:
    """Return the fold of that number, 0 to 4, of the packaged reviews and sentences."""
    return Fold.of(imdb_folds()[number], rotten_tomatoes_folds()[number], vocab_size)


def language_model(fold: Fold, recipe: Recipe, seed: int) -> LanguageModel:
    """Return the language model of a fold, trained now or as kept in `work_folder`."""
    told = pretraining_recipe(recipe, bfloat16=has_fast_bfloat16())
    file = work_folder() / f"language-{seed}.pt"
    return pretrain(fold.unlabelled(), len(fold.encoder), told, seed, checkpoint=file)[0]


def load_teacher(number: int) -> Teacher:
    """Return what gives the strong model's logits of texts, on one fold.

    The network is that which a run of the experiment has kept.

    Raises
    ------
    unrolled.nets.checkpoints.CheckpointError
        If `work_folder` holds no such network.
    """
    fold, (name, way) = fold_of(number), list(WAYS.items())[-1]
    reader = build_reader(way.recipe, len(fold.encoder))
    reader.load_state_dict(load_checkpoint(work_folder() / f"{name}-{number}.pt"))
    bag = _bag(fold, number, None, None)
    tuned = {name: part for name, part in judged_parts(fold).items() if name in TUNED}
    texts = [text for part in tuned.values() for text in part.texts]
    labels = np.concatenate([part.labels for part in tuned.values()])
    readers = partial(_logits, reader.eval(), fold.encoder), bag.log_odds
    weights = added([read(texts) for read in readers], labels)
    return lambda texts: weights(np.stack([read(texts) for read in readers]))


def added(logits: Sequence[np.ndarray], labels: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Return what makes one logit of several readers': a weighted sum, fitted to these texts.

    Parameters
    ----------
    logits : sequence of ndarray ``(N,)``
        Of each reader, on texts that none of them has learnt.
    labels : ndarray ``(N,)``

    Returns
    -------
    callable
        Of logits ``(readers, M)`` the sums ``(M,)``: the logit of a logistic regression.
    """
    fitted = LogisticRegression(C=FREE).fit(np.stack(logits, axis=1), labels)
    return lambda others: fitted.decision_function(np.asarray(others).T)


def together(table: pd.DataFrame, fold: int, labels: Mapping[str, np.ndarray]) -> dict:
    """Return the strong model's logits of each part of `PARTS`, from the rows of a record.

    Parameters
    ----------
    table : pandas.DataFrame
        The record's.
    fold : int
    labels : mapping of str to ndarray
        Of the two validation parts (`TUNED`).
    """
    rows = table[table["seed"] == fold].set_index(["way", "part"])["logits"]
    found = {
        part: np.stack([unpack_logits(rows[way, part]) for way in (list(WAYS)[-1], BAG)])
        for part in (*PARTS, *TUNED)
    }
    tuned = np.concatenate([found[part] for part in TUNED], axis=1)
    weigh = added(tuned, np.concatenate([labels[part] for part in TUNED]))
    return {part: weigh(found[part]) for part in PARTS}


def _logits(reader: SentimentClassifier, encoder: TextEncoder, texts: Sequence[str]) -> np.ndarray:
    """Return a network's logits of texts ``(N,)``, which it reads in full."""
    part = Part(encoder.encode_many(texts), np.zeros(len(texts), dtype=np.int64))
    return logits_of(reader, part, None)


def _bag(fold: Fold, seed: int, pieces: np.ndarray | None, knobs: BagKnobs | None) -> CalibratedBag:
    """Return the bag that learnt a fold's training texts, with the knobs chosen for its reviews."""
    if pieces is None:
        reviews, sentences = fold.reviews.train.rows, fold.sentences.train.rows
        pieces = np.append(imdb_pieces()[reviews], rotten_tomatoes_pieces()[sentences])
    knobs = chosen_knobs(seed) if knobs is None else knobs
    return CalibratedBag(*fold.learnt(), pieces, knobs, seed)


def work_folder() -> Path:
    """Return where a run keeps its networks: $UNROLLED_WORK, or a cache of the user's."""
    folder = Path(os.environ.get(WORK) or pooch.os_cache("unrolled")) / "strong"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


EXPERIMENTS = [
    Experiment(
        "strong-folds",
        "What makes a recurrent network strong, on reviews and on sentences, in five folds?",
        grid,
        measure,
        minutes=330,
    ),
]
