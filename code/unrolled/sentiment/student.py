"""A model small enough for the page, which learns from a teacher: reviews, sentences and more.

The teacher is any callable that takes texts and returns logits ``(N,)``.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from unrolled.data.encoder import TextEncoder
from unrolled.data.sentences import cut_runs
from unrolled.nets.classifier import SentimentClassifier
from unrolled.nets.distillation import NO_LABEL, distillation_loss, lessons, taught
from unrolled.nets.pretraining import hand_over, pretrain
from unrolled.seeding import seed_everything
from unrolled.sentiment.corpus import Part
from unrolled.sentiment.recipe import Recipe
from unrolled.sentiment.training import (
    Training,
    build_reader,
    logits_of,
    loss_of,
    pretraining_recipe,
    train_reader,
)
from unrolled.sentiment.web import page_file, round_as_page

Teacher = Callable[[Sequence[str]], np.ndarray]


@dataclass(frozen=True)
class Teaching:
    """How a student learns from its teacher: by itself, from its answers to what is cut.

    Parameters
    ----------
    temperature, share : float
        See `unrolled.nets.distillation.distillation_loss`.
    runs : int
        Short texts that are cut from each text (see `unrolled.data.sentences.cut_runs`), for the
        teacher to judge.
    longest : int
        Sentences of such a text at most.
    """

    temperature: float = 1.0
    share: float = 0.0
    runs: int = 1
    longest: int = 3


@dataclass(frozen=True)
class Student:
    """A trained model with its encoder: it takes texts and returns logits, as its teacher does."""

    model: SentimentClassifier
    encoder: TextEncoder
    recipe: Recipe

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        """Return the logits ``(N,)`` of texts."""
        part = Part(self.encoder.encode_many(texts), np.zeros(len(texts), dtype=np.int64))
        return logits_of(self.model, part, self.recipe.judging_tokens)

    def rounded(self) -> Student:
        """Return a copy with the rounded weights that the page computes with."""
        model = copy.deepcopy(self.model)
        round_as_page(model)
        return replace(self, model=model)

    @property
    def page_bytes(self) -> int:
        """Return how large its file for the page is, without what the header tells of tests."""
        return len(page_file(self.model, self.encoder.tokens, {}))


def train_student(
    texts: Sequence[str],
    labels: np.ndarray,
    recipe: Recipe,
    seed: int,
    *,
    cut_from: Sequence[str] = (),
    teach: Teacher | None = None,
    teaching: Teaching | None = None,
    checkpoint: Path | None = None,
    on_epoch: Callable[[Training], None] | None = None,
) -> Student:
    """Return a model that has learnt from labelled texts, and from a teacher if there is one.

    Parameters
    ----------
    texts : sequence of str
    labels : ndarray ``(N,)``
        0 or 1.
    recipe : Recipe
        Its ``vocab_size`` most frequent tokens of the texts become the vocabulary; with
        ``pretraining_passes``, a language model of the same sizes reads them first.
    seed : int
    cut_from : sequence of str
        Long texts to cut short ones from, which only the teacher labels.
    teach : callable, optional
        Takes texts, returns logits ``(N,)``. It judges what is cut and, if it has a share, the
        texts.
    teaching : Teaching, optional
    checkpoint : pathlib.Path, optional
        Of the language model.
    on_epoch : callable, optional
        Called with the training after each pass.

    Raises
    ------
    FloatingPointError
        If the training diverges.
    """
    rng, teaching = seed_everything(seed), Teaching() if teaching is None else teaching
    encoder, ids = TextEncoder.fit_encode(texts, max_size=recipe.vocab_size)
    model = build_reader(recipe, len(encoder))
    if recipe.pretraining_passes:
        told = {"checkpoint": checkpoint}
        hand_over(pretrain(ids, len(encoder), pretraining_recipe(recipe), seed, **told)[0], model)
    loss = loss_of(recipe)
    if teach is not None:
        cut = cut_runs(cut_from, teaching.runs, rng, longest=teaching.longest)
        table = lessons(labels, teach(texts) if teaching.share else np.zeros(len(texts)))
        if cut:
            table = np.concatenate([table, lessons(np.full(len(cut), NO_LABEL), teach(cut))])
        compare = partial(distillation_loss, temperature=teaching.temperature, share=teaching.share)
        loss = taught(loss_of(recipe, compare=compare), table)
        ids = ids + encoder.encode_many(cut)
    unused = np.zeros(len(ids) - len(labels), dtype=np.int64)
    part = Part(ids, np.append(labels, unused))
    if train_reader(model, recipe, part, rng, loss=loss, on_epoch=on_epoch)["diverged"]:
        raise FloatingPointError("The student diverged; lower the rate of its recipe.")
    return Student(model, encoder, recipe)
