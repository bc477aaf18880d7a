"""How long is long? Three memory tasks, five ways to start, lengths from 10 to 1,000."""

from __future__ import annotations

import itertools
import math

import numpy as np
import torch
from torch.nn import functional as F

from unrolled.data.synthetic import adding_batch, copy_batch, temporal_order_batch
from unrolled.models import (
    SequenceLabeller,
    SequenceRegressor,
    start_for_length,
    start_forget_bias,
)
from unrolled.seeding import seed_everything
from unrolled.training import TrainingDiverged, batch_tensors, fit, regression_loss

LENGTHS = (10, 30, 100, 300, 1000)
STARTS = ("rnn", "gru", "lstm, bias 0", "lstm, bias 1", "lstm, for length")
TASKS = ("adding", "copy", "order")
SEEDS = range(5)
HIDDEN, BATCH, RATE, CLIP = 64, 64, 2e-3, 1.0
STEPS, CHECK_EVERY, TEST = 3000, 100, 512
#: The share of the chance level below which a task counts as solved.
SOLVED = 0.1


def chance(task: str, length: int) -> float:
    """Return the loss of the best answer that remembers nothing.

    Adding: the variance of the sum of two uniform numbers, 1/6. Copy: 10 ln 8 / (T + 20). Order:
    ln 4.
    """
    return {"adding": 1 / 6, "copy": 10 * math.log(8) / (length + 20), "order": math.log(4)}[task]


def grid() -> list[dict]:
    """Return all configurations, the short ones first."""
    return [
        {"task": task, "length": length, "start": start, "seed": seed}
        for length, task, start, seed in itertools.product(LENGTHS, TASKS, STARTS, SEEDS)
    ]


def network(task: str, start: str, length: int) -> torch.nn.Module:
    """Return an untrained network for a task."""
    cell, _, options = start.partition(", ")
    if task == "copy":
        model = SequenceLabeller(cell, 10, HIDDEN, 9)
    else:
        model = SequenceRegressor(cell, *((2, HIDDEN, 1) if task == "adding" else (6, HIDDEN, 4)))
    if options == "for length":
        start_for_length(model.recurrent, length + 20 if task == "copy" else length)
    elif options:
        start_forget_bias(model.recurrent, float(options.removeprefix("bias ")))
    return model


def class_loss(model, batch):
    """Return the mean cross-entropy, over the steps too where there is a target per step."""
    inputs, lengths, targets = batch_tensors(batch, model)
    scores = model(inputs, lengths)
    return F.cross_entropy(scores.flatten(0, -2), targets.flatten())


def measure(
    task: str, length: int, start: str, seed: int, *, steps: int = STEPS, device: str | None = None
) -> dict:
    """Train one network until it has solved its task or the steps are used up.

    Returns
    -------
    dict
        steps_to_solve (None if it did not), loss (the last one on 512 unseen sequences), chance,
        steps (trained), diverged.
    """
    torch.set_num_threads(1)
    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    rng = seed_everything(seed)
    make = {"adding": adding_batch, "copy": copy_batch, "order": temporal_order_batch}[task]
    loss = regression_loss if task == "adding" else class_loss
    model = network(task, start, length).to(device)
    adam = torch.optim.Adam(model.parameters(), lr=RATE)
    unseen = make(TEST, length, rng=np.random.default_rng(10_000 + seed))
    target = SOLVED * chance(task, length)
    finding = {"steps_to_solve": None, "chance": chance(task, length), "diverged": False}
    done, value = 0, math.nan
    while done < steps and finding["steps_to_solve"] is None and not finding["diverged"]:
        stream = (make(BATCH, length, rng=rng) for _ in range(min(CHECK_EVERY, steps - done)))
        try:
            done += len(fit(model, stream, loss, adam, clip_norm=CLIP))
        except TrainingDiverged:
            finding["diverged"] = True
        with torch.no_grad():
            value = loss(model, unseen).item()
        if value < target:
            finding["steps_to_solve"] = done
    return finding | {"loss": value, "steps": done}
