"""A model small enough for the page: it learns labels, and the answers of a teacher."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from unrolled.data.encoder import TextEncoder
from unrolled.nets.classifier import SentimentClassifier
from unrolled.nets.distillation import soft_labels, taught
from unrolled.seeding import seed_everything
from unrolled.sentiment.corpus import Part
from unrolled.sentiment.recipe import Recipe
from unrolled.sentiment.training import build_reader, logits_of, loss_of, train_reader
from unrolled.sentiment.web import READER, page_file, round_as_page


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
        round_as_page(model, READER)
        return replace(self, model=model)

    @property
    def page_bytes(self) -> int:
        """Return how large its file for the page is, without bag and what the header tells."""
        return len(page_file(self.model, self.encoder.tokens, {}, eight_bits=READER))


def train_student(
    encoder: TextEncoder,
    texts: Sequence[str],
    labels: np.ndarray,
    recipe: Recipe,
    seed: int,
    *,
    asked: Sequence[str] = (),
    answers: np.ndarray = (),
) -> Student:
    """Return a model that has learnt from labelled texts, and from answers to others.

    Parameters
    ----------
    encoder : TextEncoder
        Of the student's vocabulary.
    texts : sequence of str
    labels : ndarray ``(N,)``
        0 or 1.
    recipe : Recipe
    seed : int
    asked : sequence of str
        Texts without a label.
    answers : ndarray ``(M,)``
        The teacher's logits of them.

    Raises
    ------
    ValueError
        If there is not one answer for each text that was asked, or one is NaN.
    FloatingPointError
        If the training diverges.
    """
    if len(asked) != len(answers):
        raise ValueError(
            f"train_student got {len(answers)} answers to {len(asked)} texts; give one for each."
        )
    rng = seed_everything(seed)
    model = build_reader(recipe, len(encoder))
    targets = np.append(labels, soft_labels(answers)).astype(np.float32)
    ids = encoder.encode_many([*texts, *asked])
    part = Part(ids, (targets > 0.5).astype(np.int64))
    loss = taught(loss_of(recipe), targets)
    if train_reader(model, recipe, part, rng, loss=loss)["diverged"]:
        raise FloatingPointError("The student diverged; lower the rate of its recipe.")
    return Student(model, encoder, recipe)
