"""What does a read-out that reads its padding cost, in answers that move and in accuracy?

One small LSTM reads reviews; only how its answer is taken from the states differs, and how much
padding stands beside the reviews. Everything is measured on the validation reviews.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence

from unrolled.data.batching import Batch, bucketed_batches
from unrolled.experiments.registry import Experiment
from unrolled.nets.initialization import start_forget_bias
from unrolled.nets.padding import last_real_step, real_steps, turn_round
from unrolled.seeding import seed_everything
from unrolled.sentiment.corpus import Part, balanced_rows, read_imdb
from unrolled.sentiment.recipe import Recipe
from unrolled.sentiment.training import (
    Training,
    build_reader,
    logits_of,
    loss_of,
    scores,
    train_reader,
)

SEEDS = range(5)
FIXED = 500
WIDTHS = (None, FIXED)  # tested with; None: padded to the longest of the batch
RECIPE = Recipe(embedding_size=32, hidden_size=32, bidirectional=False, max_tokens=FIXED, rate=1e-2)
COST_RECIPE = Recipe(max_tokens=FIXED)
COST_REVIEWS = 12_000
BATCHINGS = ("fixed", "bucketed")


def padding_first(embedded: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    """Return ``(B, T, I)`` with each row's padding moved from its end to its front."""
    steps = embedded.shape[1]
    step = torch.arange(steps) - (steps - lengths.unsqueeze(1))  # negative: counts from the end
    return embedded[torch.arange(len(embedded))[:, None], step]


def pre_padded_last(layer, x, lengths):
    """Read the last step of rows whose padding comes first."""
    return layer(padding_first(x, lengths))[0][:, -1]


def post_padded_last(layer, x, lengths):
    """Read the last step of the array, ``outputs[:, -1]``: of most rows a step of padding."""
    return layer(x)[0][:, -1]


def plain_mean(layer, x, lengths):
    """Average over all steps of the array, padding too."""
    return layer(x)[0].mean(1)


def packed_last(layer, x, lengths):
    """Read the last state of packed rows, as torch's documentation does."""
    rows = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    return layer(rows)[1][0][-1]


def gathered_last(layer, x, lengths):
    """Read each row at its own last token: the numbers of `packed_last`, sooner on a CPU."""
    return last_real_step(layer(x)[0], lengths)


def masked_mean(layer, x, lengths):
    """Average over each row's tokens."""
    states = layer(x)[0]
    mask = real_steps(lengths, states.shape[1]).unsqueeze(2)
    return (states * mask).sum(1) / lengths.unsqueeze(1)


def masked_max(layer, x, lengths):
    """Take of each unit the highest state over each row's tokens."""
    states = layer(x)[0]
    padding = ~real_steps(lengths, states.shape[1]).unsqueeze(2)
    return states.masked_fill(padding, -torch.inf).amax(1)


def backward_wrong_end(layer, x, lengths):
    """Read the backward half where the review ends: it has read one token there."""
    return layer(turn_round(x, lengths))[0][:, 0]


def backward_right_end(layer, x, lengths):
    """Read the backward half where the review begins: it has read all."""
    return last_real_step(layer(turn_round(x, lengths))[0], lengths)


READOUTS: dict[str, Callable] = {
    "pre-pad, last step": pre_padded_last,
    "post-pad, last step": post_padded_last,
    "plain mean": plain_mean,
    "packed": packed_last,
    "last token": gathered_last,
    "masked mean": masked_mean,
    "masked max": masked_max,
    "backward, wrong end": backward_wrong_end,
    "backward, right end": backward_right_end,
}
#: What is trained: a read-out, and whether in training each batch is padded to 500 steps.
#: Those that padding does not move need no fixed width, and packed is the last token.
TRAINED = [
    ("pre-pad, last step", True),
    ("post-pad, last step", True),
    ("post-pad, last step", False),
    ("plain mean", True),
    ("last token", False),
    ("masked mean", False),
    ("masked max", False),
    ("backward, wrong end", False),
    ("backward, right end", False),
]


class PaddedReader(nn.Module):
    """Read reviews with one LSTM and one read-out, and padding as is asked for.

    Parameters
    ----------
    vocab_size, embedding_size, hidden_size : int
    readout : str
        One of `READOUTS`.
    width : int, optional
        Pad every batch to so many steps before it is read. It may be changed at any time.
    """

    def __init__(
        self, vocab_size: int, embedding_size: int, hidden_size: int, readout: str, width=None
    ):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embedding_size, padding_idx=0)
        with torch.no_grad():
            self.embedding.weight.mul_(0.1)
        self.recurrent = nn.LSTM(embedding_size, hidden_size, batch_first=True)
        start_forget_bias(self.recurrent, 1.0)
        self.head = nn.Linear(hidden_size, 1)
        self.read = partial(READOUTS[readout], self.recurrent)
        self.width = width

    def forward(self, inputs: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Return ``(B,)`` logits; inputs ``(B, T)`` token numbers, lengths ``(B,)``."""
        missing = 0 if self.width is None else max(0, self.width - inputs.shape[1])
        padded = F.pad(inputs, (0, missing))
        return self.head(self.read(self.embedding(padded), lengths)).squeeze(1)


def grid() -> list[dict]:
    """Return all configurations."""
    return [
        {"readout": readout, "padded": padded, "seed": seed}
        for seed in SEEDS
        for readout, padded in TRAINED
    ]


def measure(
    readout: str,
    padded: bool,
    seed: int,
    *,
    recipe: Recipe = RECIPE,
    parts: dict[str, Part] | None = None,
) -> list[dict]:
    """Train one reader and test it with little padding and with much.

    Networks of one seed start alike and read the same batches. A gradient that goes back over
    hundreds of steps of padding becomes denormal: call this as the runner does, inside
    `unrolled.experiments.runner.measuring`, or it takes many times as long.

    Returns
    -------
    list of dict
        One finding for each width of the test: width (0: the longest of the batch), accuracy,
        loss, flipped (share of the verdicts that differ from those at the width of the training),
        train_loss, diverged.
    """
    if parts is None:
        parts, _ = read_imdb()
    rng = seed_everything(seed)
    tokens = 1 + max(int(np.max(ids)) for part in parts.values() for ids in part.ids)
    model = PaddedReader(tokens, recipe.embedding_size, recipe.hidden_size, readout)
    trained_with = FIXED if padded else None
    model.width = trained_with
    training = train_reader(model, recipe, parts["train"], rng)
    found = {}
    for width in WIDTHS:
        model.width = width
        found[width] = logits_of(model, parts["valid"], recipe.max_tokens)
    usual = found[trained_with] > 0
    return [
        {"width": width or 0, "flipped": float(np.mean((logits > 0) != usual))}
        | scores(logits, parts["valid"].labels)
        | training
        for width, logits in found.items()
    ]


def cost_grid() -> list[dict]:
    """Return all configurations of the comparison of batchings."""
    return [{"batching": way, "seed": seed} for seed in SEEDS for way in BATCHINGS]


def batches_by(part: Part, batching: str, rng, recipe: Recipe = COST_RECIPE) -> Iterator[Batch]:
    """Yield a part once: "bucketed" by length, or reviews as they come, padded to a "fixed" width.

    Both read the same tokens: the first and last ones of each review, `FIXED` in all.
    """
    fixed = batching == "fixed"
    for batch in bucketed_batches(
        part.ids,
        part.labels,
        batch_size=recipe.batch_size,
        rng=rng,
        max_tokens=recipe.max_tokens,
        bucket_batches=None if fixed else 50,
    ):
        yield widened(batch, FIXED) if fixed else batch


def widened(batch: Batch, width: int) -> Batch:
    """Return a batch of token numbers padded to `width` steps."""
    missing = width - batch.inputs.shape[1]
    return replace(batch, inputs=np.pad(batch.inputs, ((0, 0), (0, missing))))


def measure_cost(
    batching: str,
    seed: int,
    *,
    recipe: Recipe = COST_RECIPE,
    reviews: int = COST_REVIEWS,
    parts: dict[str, Part] | None = None,
) -> dict:
    """Train the classifier's network once on some reviews, in one way to make batches.

    Returns
    -------
    dict
        accuracy and loss (validation), array_steps and tokens (of the training: steps with and
        without the padding), seconds (processor time of the training), tokens_per_second.
    """
    if parts is None:
        parts, _ = read_imdb()
    rng = seed_everything(seed)
    part = parts["train"].take(balanced_rows(parts["train"].labels, reviews, rng))
    batches = list(batches_by(part, batching, rng, recipe))
    tokens = 1 + max(int(np.max(ids)) for part in parts.values() for ids in part.ids)
    model = build_reader(recipe, tokens)
    training = Training(model, recipe, len(batches))
    started = time.process_time()
    training.run(lambda _: batches, loss_of(recipe))
    seconds = time.process_time() - started
    real = sum(int(batch.lengths.sum()) for batch in batches)
    return scores(logits_of(model, parts["valid"], recipe.max_tokens), parts["valid"].labels) | {
        "array_steps": sum(batch.inputs.size for batch in batches),
        "tokens": real,
        "seconds": round(seconds, 1),
        "tokens_per_second": round(real / seconds),
    }


EXPERIMENTS = [
    Experiment(
        "padding-cost",
        "What does padding to a fixed width cost in time, and do buckets cost accuracy?",
        cost_grid,
        measure_cost,
        minutes=10,
    ),
    Experiment(
        "padding-readouts",
        "What does a read-out that reads its padding cost in accuracy?",
        grid,
        measure,
        minutes=12,
    ),
]
