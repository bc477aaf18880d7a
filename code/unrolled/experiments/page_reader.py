"""How near does a model for the page, of at most 1 MB, come to the strong model that teaches it?

The student learns from the labels of reviews and of Rotten Tomatoes sentences. The strong model of
the same fold (`unrolled.experiments.strong_folds`) answers questions that have no label: short
texts cut from the training reviews, a few longer ones, and texts in which order decides. The
student is rounded as the page rounds it, and then judges, once, what its teacher has judged: the
fold's test reviews and sentences, and short texts of ours that nobody learns from. A seed here is a
fold, and the seed of the training.

The settings were chosen on the validation texts of fold 0, in some twenty trials. What mattered was
the number of questions, and a vocabulary that knows the words of sentences, where each word counts.
Answers to texts with a label did not help: to what it has learnt, a teacher's answers are too sure.
Neither did a language model of the student's sizes, nor the teacher's embeddings, pressed into
fewer numbers, as the student's first ones, nor more units.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np

from unrolled.data.encoder import TextEncoder
from unrolled.data.folds import FOLDS
from unrolled.data.sentences import cut_runs
from unrolled.experiments.records import pack_logits
from unrolled.experiments.registry import Experiment
from unrolled.experiments.strong_folds import (
    Fold,
    Teacher,
    fold_of,
    judged_parts,
    load_teacher,
    work_folder,
)
from unrolled.files import whole
from unrolled.nets.checkpoints import load_checkpoint, save_checkpoint
from unrolled.sentiment.recipe import Recipe
from unrolled.sentiment.student import Student, train_student
from unrolled.sentiment.training import build_reader

STUDENT = Recipe(
    vocab_size=16_000,
    embedding_size=44,
    hidden_size=64,
    bidirectional=False,
    pooling="attention",
    dropout=0.2,
    embedding_dropout=0.2,
    max_tokens=128,  # to learn from; much quicker, and judged are more
    max_tokens_judged=400,
    epochs=3,
    batch_size=64,
    rate=6e-3,
)
#: From labels alone it learns best with more dropout.
WAYS = {
    "labels only": replace(STUDENT, dropout=0.5, embedding_dropout=0.5),
    "taught": STUDENT,
}
#: How many questions are cut from a review, of up to so many sentences each.
CUTS = ((28, 3), (5, 10))
CONTRASTS = 20_000
WEIGHT = 10  # a sentence counts so many times in the choice of the vocabulary
SHIPPED = 0  # the fold whose student is in the page


def grid() -> list[dict]:
    """Return one configuration a fold and way."""
    return [{"way": way, "seed": fold} for fold in range(FOLDS) for way in WAYS]


def measure(
    way: str,
    seed: int,
    *,
    fold: Fold | None = None,
    teach: Teacher | None = None,
    ways: Mapping[str, Recipe] = WAYS,
) -> list[dict]:
    """Train a fold's student in one way; judge what its teacher has judged.

    The answers of the teacher, and the student that is taught, are kept in the work folder of
    `unrolled.experiments.strong_folds`.

    Returns
    -------
    list of dict
        One for each of `unrolled.experiments.strong_folds.judged_parts`: part, accuracy, logits
        (see `unrolled.experiments.records.pack_logits`), questions, and bytes (of the student's
        file, without bag and header).

    Raises
    ------
    unrolled.nets.checkpoints.CheckpointError
        If the fold's strong model has not been trained on this machine.
    """
    fold = fold_of(seed) if fold is None else fold
    told = {}
    if way == "taught":
        told["asked"] = questions(fold, seed)
        told["answers"] = answers_to(told["asked"], seed, teach)
    encoder = encoder_of(fold, ways[way].vocab_size)
    student = train_student(encoder, *fold.learnt(), ways[way], seed, **told)
    if told:
        save_checkpoint(_student_file(seed), student.model.state_dict())
    judge, found = student.rounded(), []
    for name, part in judged_parts(fold).items():
        logits = judge(part.texts)
        row = {"part": name, "accuracy": float(np.mean((logits > 0) == (part.labels == 1)))}
        row |= {"questions": len(told.get("asked", ())), "bytes": student.page_bytes}
        found.append(row | {"logits": pack_logits(logits)})
    return found


def questions(fold: Fold, seed: int) -> list[str]:
    """Return what the teacher of a fold is asked: texts without a label, none of them twice."""
    rng, reviews = np.random.default_rng(seed), fold.reviews.train.texts
    asked = [cut_runs(reviews, each, rng, longest=longest) for each, longest in CUTS]
    asked.append(fold.contrasts(CONTRASTS, rng)[0])
    return list(dict.fromkeys(chain.from_iterable(asked)))


def answers_to(texts: Sequence[str], seed: int, teach: Teacher | None = None) -> np.ndarray:
    """Return a teacher's logits ``(N,)``, computed now or as kept in the work folder."""
    file = work_folder() / f"answers-{seed}.npz"
    digest = hashlib.sha256("\0".join(texts).encode()).hexdigest()
    if file.is_file():
        with np.load(file) as kept:
            if str(kept["digest"]) == digest:
                return kept["answers"]
    answers = np.asarray((load_teacher(seed) if teach is None else teach)(texts))
    with whole(file) as draft, draft.open("wb") as out:
        np.savez(out, digest=digest, answers=answers)
    return answers


def load_student(seed: int, *, fold: Fold | None = None, recipe: Recipe = STUDENT) -> Student:
    """Return the student of a fold that a run of the experiment has kept.

    Raises
    ------
    unrolled.nets.checkpoints.CheckpointError
        If none is kept on this machine.
    """
    state = load_checkpoint(_student_file(seed))
    encoder = encoder_of(fold_of(seed) if fold is None else fold, recipe.vocab_size)
    model = build_reader(recipe, len(encoder))
    model.load_state_dict(state)
    return Student(model.eval(), encoder, recipe)


def encoder_of(fold: Fold, size: int) -> TextEncoder:
    """Return an encoder of so many tokens: what is frequent in reviews, or in sentences."""
    reviews, sentences = fold.reviews.train.texts, fold.sentences.train.texts
    return TextEncoder.fit([*reviews, *WEIGHT * sentences], max_size=size)


def _student_file(seed: int) -> Path:
    """Return where the weights of a fold's student are kept."""
    return work_folder() / f"student-{seed}.pt"


EXPERIMENTS = [
    Experiment(
        "page-reader",
        "How near does a model of at most 1 MB come to its teacher, on reviews and on sentences?",
        grid,
        measure,
        minutes=90,
    ),
]
