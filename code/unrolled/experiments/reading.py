"""Training on the reviews: what the experiments on sentiment have in common.

The reviews are IMDb's in blocks (`unrolled.data.reviews.load_imdb`); the vocabulary is that of all
training reviews. A `Recipe` says how one network is made and trained, `train_reader` does it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from unrolled.data.batching import bucketed_batches
from unrolled.data.reviews import load_imdb
from unrolled.data.text import Vocabulary, tokenize
from unrolled.models import SentimentClassifier
from unrolled.training import TrainingDiverged, evaluate, fit, sentiment_loss

BETAS = (0.95, 0.99)  # of Adam, as in the chapter on the classifier


@dataclass(frozen=True)
class Recipe:
    """How a reader is built and trained; the default is the chapter on the classifier's.

    Parameters
    ----------
    cell, embedding_size, hidden_size, bidirectional, pooling, dropout, embedding_dropout
        Of `unrolled.models.SentimentClassifier`.
    max_tokens : int
        The first and the last half of so many tokens are read.
    batch_size, epochs : int
    rate : float
        Peak of the learning rate.
    schedule : {"one cycle", "constant"}
        One cycle up to the peak and down to almost nothing, or the peak all the time.
    clip_norm : float or None
    weight_decay : float
        Decoupled from the gradient (AdamW).
    """

    cell: str = "lstm"
    embedding_size: int = 100
    hidden_size: int = 48
    bidirectional: bool = True
    pooling: str = "mean+max"
    dropout: float = 0.3
    embedding_dropout: float | None = None
    max_tokens: int = 400
    batch_size: int = 32
    epochs: int = 1
    rate: float = 5e-3
    schedule: str = "one cycle"
    clip_norm: float | None = 1.0
    weight_decay: float = 0.0


@dataclass(frozen=True)
class Part:
    """Reviews as token numbers: `ids` (a list of arrays) and `labels` ``(N,)``, 1 if positive."""

    ids: Sequence[np.ndarray]
    labels: np.ndarray

    def take(self, rows) -> Part:
        """Return the part that these row numbers name, in their order."""
        return Part([self.ids[row] for row in rows], self.labels[rows])


@lru_cache(maxsize=1)
def read_imdb(vocab_size: int = 20_000) -> tuple[dict[str, Part], Vocabulary]:
    """Return the parts "train", "valid" and "test" as token numbers, and their vocabulary."""
    splits = load_imdb()
    texts = {"train": splits.train, "valid": splits.valid, "test": splits.test}
    tokens = {name: [tokenize(text) for text in part.texts] for name, part in texts.items()}
    vocabulary = Vocabulary.build(tokens["train"], max_size=vocab_size)
    parts = {
        name: Part([vocabulary.encode(t) for t in tokens[name]], part.labels)
        for name, part in texts.items()
    }
    return parts, vocabulary


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


def build_reader(recipe: Recipe, vocab_size: int) -> SentimentClassifier:
    """Return an untrained reader."""
    return SentimentClassifier(
        vocab_size,
        recipe.embedding_size,
        recipe.hidden_size,
        cell=recipe.cell,
        bidirectional=recipe.bidirectional,
        pooling=recipe.pooling,
        dropout=recipe.dropout,
        embedding_dropout=recipe.embedding_dropout,
    )


def train_reader(
    model: nn.Module,
    recipe: Recipe,
    part: Part,
    rng: np.random.Generator,
    *,
    after_epoch: Callable[[int], None] | None = None,
) -> dict:
    """Train a reader in place on one part of the reviews.

    Parameters
    ----------
    model : torch.nn.Module
        Takes token numbers ``(B, T)`` and lengths ``(B,)``, returns logits ``(B,)``.
    recipe : Recipe
    part : Part
    rng : numpy.random.Generator
        Draws the order of the reviews; dropout is torch's.
    after_epoch : callable, optional
        Called with the number of passes that are done.

    Returns
    -------
    dict
        train_loss (mean of the last pass), diverged.

    Raises
    ------
    ValueError
        If the recipe's schedule is unknown.
    """
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=recipe.rate, betas=BETAS, weight_decay=recipe.weight_decay
    )
    steps = math.ceil(len(part.ids) / recipe.batch_size)
    schedule = _schedule(recipe, optimizer, recipe.epochs * steps)
    finding = {"train_loss": math.nan, "diverged": False}
    for epoch in range(1, recipe.epochs + 1):
        batches = bucketed_batches(
            part.ids,
            part.labels,
            batch_size=recipe.batch_size,
            rng=rng,
            max_tokens=recipe.max_tokens,
        )
        try:
            history = fit(
                model,
                batches,
                sentiment_loss,
                optimizer,
                clip_norm=recipe.clip_norm,
                schedule=schedule,
            )
        except TrainingDiverged:
            return finding | {"diverged": True}
        finding["train_loss"] = float(np.mean(history.losses))
        if after_epoch is not None:
            after_epoch(epoch)
    return finding


def _schedule(recipe: Recipe, optimizer, steps: int):
    if recipe.schedule == "constant":
        return None
    if recipe.schedule != "one cycle":
        raise ValueError(
            f"The recipe's schedule is {recipe.schedule!r}; choose 'one cycle' or 'constant'."
        )
    return torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=recipe.rate, total_steps=steps, pct_start=0.1, div_factor=5
    )


def logits_of(model: nn.Module, part: Part, max_tokens: int) -> np.ndarray:
    """Return a logit for each review ``(N,)``, in the order of the part."""
    batches = bucketed_batches(part.ids, part.labels, batch_size=64, max_tokens=max_tokens)
    return evaluate(model, batches)[0]


def scores(logits: np.ndarray, labels: np.ndarray) -> dict:
    """Return accuracy and mean binary cross-entropy (``loss``) of logits."""
    z, y = torch.as_tensor(logits).double(), torch.as_tensor(labels).double()
    return {
        "accuracy": float(np.mean((logits > 0) == (labels == 1))),
        "loss": F.binary_cross_entropy_with_logits(z, y).item(),
    }
