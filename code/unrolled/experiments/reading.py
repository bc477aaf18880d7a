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

from unrolled.data.batching import Batch, bucketed_batches
from unrolled.data.reviews import load_imdb
from unrolled.data.text import Vocabulary, tokenize
from unrolled.evaluation.calibration import mean_loss
from unrolled.nets.classifier import SentimentClassifier
from unrolled.nets.initialization import (
    start_forget_bias,
    start_recurrent_weights,
    start_xavier_weights,
)
from unrolled.nets.training import (
    History,
    TrainingDiverged,
    evaluate,
    fit,
    one_cycle,
    sentiment_loss,
)

BETAS = (0.95, 0.99)  # of Adam, as in the chapter on the classifier
STARTS = ("default", "xavier", "orthogonal")


@dataclass(frozen=True)
class Recipe:
    """How a reader is built and trained; the default is the chapter on the classifier's.

    Parameters
    ----------
    cell, embedding_size, hidden_size, bidirectional, pooling, dropout, embedding_dropout
        Of `unrolled.nets.classifier.SentimentClassifier`.
    max_tokens : int
        The first and the last half of so many tokens are read.
    batch_size, epochs : int
    rate : float
        Peak of the learning rate.
    schedule : {"one cycle", "linear", "constant"}
        One cycle up to the peak and down to almost nothing, from the peak straight down to zero,
        or the peak all the time.
    clip_norm : float or None
    weight_decay : float
        Decoupled from the gradient (AdamW).
    penalty : float
        Factor of half the sum of all squared weights, which is added to the loss (L2).
    embedding_std : float
        Of `unrolled.nets.classifier.SentimentClassifier`.
    start : {"default", "xavier", "orthogonal"}
        torch's start; Xavier's of the recurrent layers and the head; or torch's with orthogonal
        recurrent weights.
    forget_bias : float or None
        Sum of the LSTM's two forget biases at the start; None leaves torch's.
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
    penalty: float = 0.0
    embedding_std: float = 0.1
    start: str = "default"
    forget_bias: float | None = None


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
    """Return an untrained reader.

    Raises
    ------
    ValueError
        If the recipe's start is unknown.
    """
    model = SentimentClassifier(
        vocab_size,
        recipe.embedding_size,
        recipe.hidden_size,
        cell=recipe.cell,
        bidirectional=recipe.bidirectional,
        pooling=recipe.pooling,
        dropout=recipe.dropout,
        embedding_dropout=recipe.embedding_dropout,
        embedding_std=recipe.embedding_std,
    )
    if recipe.start not in STARTS:
        raise ValueError(f"The recipe's start is {recipe.start!r}; choose of {', '.join(STARTS)}.")
    if recipe.start == "xavier":
        start_xavier_weights(model)
    for layer in filter(None, (model.forwards, model.backwards)):
        if recipe.start == "orthogonal":
            start_recurrent_weights(layer, "orthogonal")
        if recipe.forget_bias is not None:
            start_forget_bias(layer, recipe.forget_bias)
    return model


def train_reader(
    model: nn.Module,
    recipe: Recipe,
    part: Part,
    rng: np.random.Generator,
    *,
    after_epoch: Callable[[int], None] | None = None,
    history: History | None = None,
    loss: Callable[[nn.Module, Batch], torch.Tensor] | None = None,
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
    history : History, optional
        Receives the loss and the gradient norm of every step.
    loss : callable, optional
        In the place of the recipe's: ``loss(model, batch)`` returns a scalar tensor.

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
    history = History() if history is None else history
    if loss is None:
        loss = _penalised(recipe.penalty) if recipe.penalty else sentiment_loss
    for epoch in range(1, recipe.epochs + 1):
        batches = bucketed_batches(
            part.ids,
            part.labels,
            batch_size=recipe.batch_size,
            rng=rng,
            max_tokens=recipe.max_tokens,
        )
        before = len(history)
        try:
            fit(
                model,
                batches,
                loss,
                optimizer,
                clip_norm=recipe.clip_norm,
                schedule=schedule,
                history=history,
            )
        except TrainingDiverged:
            return finding | {"diverged": True}
        finding["train_loss"] = float(np.mean(history.losses[before:]))
        if after_epoch is not None:
            after_epoch(epoch)
    return finding


def _penalised(factor: float):
    """Return the loss of the reviews plus `factor` halves of the sum of all squared weights."""

    def loss(model, batch):
        squares = sum(weight.square().sum() for weight in model.parameters())
        return sentiment_loss(model, batch) + 0.5 * factor * squares

    return loss


def _schedule(recipe: Recipe, optimizer, steps: int):
    if recipe.schedule == "constant":
        return None
    if recipe.schedule == "linear":
        return torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step / steps)
    if recipe.schedule != "one cycle":
        raise ValueError(
            f"The recipe's schedule is {recipe.schedule!r}; choose 'one cycle', 'linear' or "
            "'constant'."
        )
    return one_cycle(optimizer, recipe.rate, steps)


def logits_of(model: nn.Module, part: Part, max_tokens: int | None) -> np.ndarray:
    """Return a logit for each review ``(N,)``, in the order of the part; None reads all of it."""
    batches = bucketed_batches(part.ids, part.labels, batch_size=64, max_tokens=max_tokens)
    return evaluate(model, batches)[0]


def scores(logits: np.ndarray, labels: np.ndarray) -> dict:
    """Return accuracy and mean binary cross-entropy (``loss``) of logits."""
    return {
        "accuracy": float(np.mean((logits > 0) == (labels == 1))),
        "loss": mean_loss(logits, labels),
    }
