"""Which parts matter? The LSTM with a part added, tied or taken away, on three tasks."""

from __future__ import annotations

import itertools
import math

import numpy as np
import torch

from unrolled.data.synthetic import (
    adding_batch,
    reset_sum_batch,
    reset_sum_chance,
    temporal_order_batch,
)
from unrolled.experiments.race import class_loss, train_until_solved
from unrolled.experiments.registry import Experiment
from unrolled.nets.initialization import start_forget_bias
from unrolled.nets.numpy_layer import HELD, HeldLSTM, variant_layer
from unrolled.nets.sequence import SequenceLabeller, SequenceReader
from unrolled.nets.training import regression_loss
from unrolled.seeding import seed_everything

#: Each network's cell and, where it has a forget gate, the sum of its two biases at the start.
NETWORKS = {
    "lstm": ("lstm", 1.0),
    "lstm, bias 0": ("lstm", 0.0),
    "gru": ("gru", None),
    "rnn": ("rnn", None),
    "peephole": ("peephole", 1.0),
    "coupled": ("coupled", 1.0),
    "no input gate": ("no input gate", 1.0),
    "no forget gate": ("no forget gate", None),
    "no output gate": ("no output gate", 1.0),
    "no output tanh": ("no output tanh", 1.0),
}
#: An LSTM that starts as the coupled cell does, i = 1 - f up to the weights, but is not coupled.
AS_IF_COUPLED = "lstm, starts as if coupled"
TASKS = ("adding", "order", "reset sum")
SEEDS = range(5)
#: What the ablation only hints at is asked once more: new seeds, and few comparisons.
AGAIN_TASKS, AGAIN_SEEDS = ("adding", "order"), range(5, 15)
AGAIN_NETWORKS = ("lstm", AS_IF_COUPLED, "coupled", "gru")
LENGTHS = {"adding": 50, "order": 40, "reset sum": 50}
HIDDEN, BATCH, STEPS, TEST = 32, 32, 1500, 256
#: The share of the chance level below which a task counts as solved.
SOLVED = {"adding": 0.1, "order": 0.1, "reset sum": 0.01}


def chance(task: str) -> float:
    """Return the loss of the best answer that ignores the input."""
    sums = reset_sum_chance(LENGTHS["reset sum"])
    return {"adding": 1 / 6, "order": math.log(4), "reset sum": sums}[task]


def grid() -> list[dict]:
    """Return all configurations."""
    return [
        {"task": task, "network": network, "seed": seed}
        for task, seed, network in itertools.product(TASKS, SEEDS, NETWORKS)
    ]


def start_grid() -> list[dict]:
    """Return the configurations that tell the coupling from its start."""
    return [
        {"task": task, "network": AS_IF_COUPLED, "seed": seed}
        for task, seed in itertools.product(TASKS, SEEDS)
    ]


def again_grid() -> list[dict]:
    """Return the configurations of the second look: coupled gates, on seeds not yet seen."""
    return [
        {"task": task, "network": network, "seed": seed}
        for task, seed, network in itertools.product(AGAIN_TASKS, AGAIN_SEEDS, AGAIN_NETWORKS)
    ]


def untrained(task: str, network: str) -> torch.nn.Module:
    """Return an untrained network for a task, by torch's own kernels where they can compute it."""
    cell, bias = ("lstm", 1.0) if network == AS_IF_COUPLED else NETWORKS[network]
    inputs, outputs = {"adding": (2, 1), "order": (6, 4), "reset sum": (2, 1)}[task]
    kind = SequenceLabeller if task == "reset sum" else SequenceReader
    if cell not in ("lstm", "gru", "rnn"):
        cell = variant_layer(cell, inputs, HIDDEN, forget_bias=bias)
        cell = HeldLSTM(cell) if isinstance(cell.layer.cell, HELD) else cell
    model = kind(cell, inputs, HIDDEN, outputs)
    if cell == "lstm":
        start_forget_bias(model.recurrent, bias)
    if network == AS_IF_COUPLED:
        with torch.no_grad():
            model.recurrent.bias_ih_l0[:HIDDEN] = -bias
            model.recurrent.bias_hh_l0[:HIDDEN] = 0
    return model


def measure(task: str, network: str, seed: int, *, steps: int = STEPS) -> dict:
    """Train one network until it has solved its task or the steps are used up.

    Networks of one seed see the same batches.

    Returns
    -------
    dict
        parameters (of the recurrent layer), chance, and what
        `unrolled.experiments.race.train_until_solved` found.
    """
    rng = seed_everything(seed)
    make = {
        "adding": adding_batch,
        "order": temporal_order_batch,
        "reset sum": reset_sum_batch,
    }[task]
    model = untrained(task, network)
    found = train_until_solved(
        model,
        (make(BATCH, LENGTHS[task], rng=rng) for _ in range(steps)),
        make(TEST, LENGTHS[task], rng=np.random.default_rng(10_000 + seed)),
        class_loss if task == "order" else regression_loss,
        target=SOLVED[task] * chance(task),
        steps=steps,
    )
    size = sum(weight.numel() for weight in model.recurrent.parameters())
    return {"parameters": size, "chance": chance(task)} | found


EXPERIMENTS = [
    Experiment(
        "ablation",
        "Which parts of the LSTM matter, on three tasks?",
        grid,
        measure,
        minutes=8,
    ),
    Experiment(
        "ablation-again",
        "Are coupled gates quicker than the LSTM's, on ten new seeds?",
        again_grid,
        measure,
        minutes=5,
    ),
    Experiment(
        "ablation-start",
        "Does an LSTM gain what coupled gates gain if it only starts as they do?",
        start_grid,
        measure,
        minutes=2,
    ),
]
