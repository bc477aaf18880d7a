"""What makes a recurrent network strong, step by step, on reviews and on sentences, in five folds.

Every network learns from the packaged texts alone. Each way keeps what the one before it does and
adds one thing. In a fold, the language model has read the fold's training and validation texts
without their labels, reviews and sentences, and never a test text. A seed here is a fold: which
texts are tested, and all that is drawn. Settings were chosen on validation texts of the first two
folds (see the study on pretraining).
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
import pooch

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
from unrolled.experiments.records import pack_logits
from unrolled.experiments.registry import Experiment
from unrolled.nets.checkpoints import load_checkpoint, save_checkpoint
from unrolled.nets.classifier import SentimentClassifier
from unrolled.nets.language import LanguageModel
from unrolled.nets.pretraining import half_precision, hand_over, has_fast_bfloat16, pretrain
from unrolled.nets.training import going_on_from
from unrolled.seeding import seed_everything
from unrolled.sentiment.corpus import Part
from unrolled.sentiment.offset import BagKnobs, BagOffset
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
    offset : bool
        Go on from what a bag of words says (`unrolled.sentiment.offset`).
    """

    recipe: Recipe
    sentences: bool = False
    offset: bool = False


#: From plain to strong; the last is the strong model.
WAYS = {
    "labels only": Way(replace(READER, pretraining_passes=0, adversarial=0.0)),
    "pretrained": Way(replace(READER, adversarial=0.0)),
    "adversarial": Way(READER),
    "sentences": Way(READER, sentences=True),
    "offset": Way(READER, sentences=True, offset=True),
}


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

    def unlabelled(self) -> list[np.ndarray]:
        """Return all texts that a language model may read."""
        return list(chain.from_iterable(self.ids.values()))

    def labelled(self, sentences: bool) -> Part:
        """Return the training reviews, and the training sentences after them if asked for."""
        ids, labels = self.ids["reviews", "train"], self.reviews.train.labels
        if sentences:
            ids = [*ids, *self.ids["sentences", "train"]]
            labels = np.append(labels, self.sentences.train.labels)
        return Part(ids, labels)


def grid() -> list[dict]:
    """Return one configuration a way and fold, the strong model's first."""
    return [{"way": way, "seed": fold} for way in reversed(WAYS) for fold in range(FOLDS)]


def measure(
    way: str,
    seed: int,
    *,
    ways: Mapping[str, Way] = WAYS,
    fold: Fold | None = None,
    pieces: np.ndarray | None = None,
    knobs: BagKnobs | None = None,
) -> list[dict]:
    """Train a network in one way on one fold; judge the fold's test texts, and short texts of ours.

    The fold's language model is trained once, for all ways, and kept in `work_folder` after each
    pass; the trained network is kept there too (see `load_reader`). Products are computed in
    bfloat16 where the processor has instructions for it. Every text is read in full.

    Returns
    -------
    list of dict
        One for each of `PARTS` and for the two validation parts: part, accuracy, logits (see
        `unrolled.experiments.records.pack_logits`), offset (the bag's share of the logits, packed
        alike; "" where there is none), train_loss, minutes (of the training), bfloat16. The
        negation pairs come as all better ones, then all worse ones; their accuracy is that of the
        signs, not of the order in a pair.
    """
    told = ways[way]
    if fold is None:
        fold = fold_of(seed, told.recipe.vocab_size)
    bag = _bag(fold, seed, pieces, knobs) if told.offset else None
    before = language_model(fold, told.recipe, seed) if told.recipe.pretraining_passes else None
    started = time.perf_counter()
    rng = seed_everything(seed)
    reader = build_reader(told.recipe, len(fold.encoder))
    if before is not None:
        hand_over(before, reader)
    loss = loss_of(told.recipe, precision=partial(half_precision, has_fast_bfloat16()))
    if bag is not None:
        loss = going_on_from(bag.train, loss)
    finding = train_reader(reader, told.recipe, fold.labelled(told.sentences), rng, loss=loss)
    finding["minutes"] = round((time.perf_counter() - started) / 60, 1)
    finding["bfloat16"] = has_fast_bfloat16()
    save_checkpoint(work_folder() / f"{way}-{seed}.pt", reader.state_dict())
    rows = []
    for name, part in judged_parts(fold).items():
        known = np.zeros(len(part)) if bag is None else bag.log_odds(part.texts)
        ids = fold.encoder.encode_many(part.texts)
        logits = known + logits_of(reader, Part(ids, part.labels), None)
        row = {"part": name, "accuracy": float(np.mean((logits > 0) == (part.labels == 1)))}
        row |= {"logits": pack_logits(logits), "offset": "" if bag is None else pack_logits(known)}
        rows.append(row | finding)
    return rows


def judged_parts(fold: Fold) -> dict[str, Reviews]:
    """Return the texts that are judged, by name; the four of `PARTS` come first."""
    short = {name: texts() for name, texts in SHORT.items()}
    tested = {"reviews": fold.reviews.test, "sentences": fold.sentences.test} | short
    tuned = {"reviews, valid": fold.reviews.valid, "sentences, valid": fold.sentences.valid}
    return tested | tuned


@cache
def fold_of(number: int, vocab_size: int = READER.vocab_size) -> Fold:
    """Return the fold of that number, 0 to 4, of the packaged reviews and sentences."""
    return Fold.of(imdb_folds()[number], rotten_tomatoes_folds()[number], vocab_size)


def language_model(fold: Fold, recipe: Recipe, seed: int) -> LanguageModel:
    """Return the language model of a fold, trained now or as kept in `work_folder`."""
    told = pretraining_recipe(recipe, bfloat16=has_fast_bfloat16())
    file = work_folder() / f"language-{seed}.pt"
    return pretrain(fold.unlabelled(), len(fold.encoder), told, seed, checkpoint=file)[0]


def load_teacher(number: int, way: str = "offset") -> Callable[[Sequence[str]], np.ndarray]:
    """Return what gives the logits ``(N,)`` of texts, from the network that was kept of a fold.

    Raises
    ------
    unrolled.nets.checkpoints.CheckpointError
        If `work_folder` holds no such network.
    """
    told, fold = WAYS[way], fold_of(number)
    reader = build_reader(told.recipe, len(fold.encoder))
    reader.load_state_dict(load_checkpoint(work_folder() / f"{way}-{number}.pt"))
    bag = _bag(fold, number, None, None) if told.offset else None
    return partial(_log_odds, reader.eval(), fold.encoder, bag)


def _log_odds(
    reader: SentimentClassifier, encoder: TextEncoder, bag: BagOffset | None, texts: Sequence[str]
) -> np.ndarray:
    """Return the logits of texts ``(N,)``, the bag's share with them."""
    part = Part(encoder.encode_many(texts), np.zeros(len(texts), dtype=np.int64))
    return logits_of(reader, part, None) + (0 if bag is None else bag.log_odds(texts))


def _bag(fold: Fold, seed: int, pieces: np.ndarray | None, knobs: BagKnobs | None) -> BagOffset:
    """Return the bag that learnt a fold's training texts, with the knobs chosen for its reviews."""
    reviews, sentences = fold.reviews.train, fold.sentences.train
    if pieces is None:
        cuts = imdb_pieces()[reviews.rows], rotten_tomatoes_pieces()[sentences.rows]
        pieces = np.concatenate(cuts)
    knobs = chosen_knobs(seed) if knobs is None else knobs
    labels = np.append(reviews.labels, sentences.labels)
    return BagOffset(reviews.texts + sentences.texts, labels, pieces, knobs, seed)


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
