"""How long is long? Three memory tasks, six ways to start, lengths from 10 to 1,000.

Each network climbs: it is trained anew at each length, from the shortest on, until the first length
that it does not solve within the budget. Longer ones are then not tried.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import torch

from unrolled.bridge import NumpyLayer
from unrolled.data.synthetic import adding_batch, copy_batch, temporal_order_batch
from unrolled.experiments.race import class_loss, train_until_solved
from unrolled.fast import FastGRU
from unrolled.layers import from_torch
from unrolled.models import (
    SequenceLabeller,
    SequenceRegressor,
    recurrent_layer,
    start_for_length,
    start_forget_bias,
)
from unrolled.seeding import seed_everything
from unrolled.training import regression_loss

LENGTHS = (10, 30, 100, 300, 1000)
STARTS = ("rnn", "lstm, bias 0", "lstm, bias 1", "lstm, for length", "gru", "gru, for length")
TASKS = ("adding", "order", "copy")
SEEDS = range(5)
#: Units and the budget of training steps. To copy is harder: ten symbols, in order, at once.
HIDDEN = {"adding": 32, "order": 32, "copy": 64}
STEPS = {"adding": 3000, "order": 3000, "copy": 12_000}
BATCH, RATE, CLIP = 32, 3e-3, 1.0
CHECK_EVERY, TEST = 100, 512
#: The share of the chance level below which a task counts as solved.
SOLVED = 0.1


def chance(task: str, length: int) -> float:
    """Return the loss of the best answer that remembers nothing.

    Adding: the variance of the sum of two uniform numbers, 1/6. Copy: 10 ln 8 / (T + 20). Order:
    ln 4.
    """
    return {"adding": 1 / 6, "copy": 10 * math.log(8) / (length + 20), "order": math.log(4)}[task]


def grid() -> list[dict]:
    """Return all climbs."""
    return [
        {"task": task, "start": start, "seed": seed}
        for task, start, seed in itertools.product(TASKS, STARTS, SEEDS)
    ]


def thousands_grid() -> list[dict]:
    """Return the runs beyond the climbs: the quickest of them, at three times as many steps."""
    return [
        {"task": "order", "length": 3000, "start": "lstm, for length", "seed": seed}
        for seed in SEEDS
    ]


def network(task: str, start: str, length: int) -> torch.nn.Module:
    """Return an untrained network for a task."""
    cell, _, options = start.partition(", ")
    inputs, outputs = {"adding": (2, 1), "order": (6, 4), "copy": (10, 9)}[task]
    layer = recurrent_layer(cell, inputs, HIDDEN[task])
    if options == "for length":
        start_for_length(layer, length + 20 if task == "copy" else length)
    elif options:
        start_forget_bias(layer, float(options.removeprefix("bias ")))
    if cell == "gru":  # on a CPU ours takes half the time of torch's; the numbers are the same
        layer = NumpyLayer(FastGRU(from_torch(layer).cell))
    model = SequenceLabeller if task == "copy" else SequenceRegressor
    return model(layer, inputs, HIDDEN[task], outputs)


def measure(task: str, start: str, seed: int) -> list[dict]:
    """Return what one climb found, a finding a length that was tried."""
    findings = []
    for length in LENGTHS:
        findings.append({"length": length} | train(task, length, start, seed))
        if findings[-1]["steps_to_solve"] is None:
            break
    return findings


def train(task: str, length: int, start: str, seed: int, *, steps: int | None = None) -> dict:
    """Train one network until it has solved its task or the steps (`STEPS`) are used up.

    Returns
    -------
    dict
        chance, and what `unrolled.experiments.race.train_until_solved` found on 512 unseen
        sequences.
    """
    torch.set_num_threads(1)
    steps = STEPS[task] if steps is None else steps
    rng = seed_everything(seed)
    make = {"adding": adding_batch, "copy": copy_batch, "order": temporal_order_batch}[task]
    found = train_until_solved(
        network(task, start, length),
        (make(BATCH, length, rng=rng) for _ in range(steps)),
        make(TEST, length, rng=np.random.default_rng(10_000 + seed)),
        regression_loss if task == "adding" else class_loss,
        target=SOLVED * chance(task, length),
        steps=steps,
        check_every=CHECK_EVERY,
        rate=RATE,
        clip_norm=CLIP,
    )
    return {"chance": chance(task, length)} | found
