"""What does each gate do? Hold it in a trained LSTM; then train a network that never had it."""

from __future__ import annotations

import functools
import itertools

import numpy as np
import torch

from unrolled.byhand.layers import from_torch
from unrolled.byhand.surgery import trace
from unrolled.data.grammar import WORDS, agreement_batch, draw_pairs
from unrolled.data.synthetic import adding_batch, adding_stream
from unrolled.experiments import agreement
from unrolled.experiments.registry import Experiment
from unrolled.nets.numpy_layer import variant_layer
from unrolled.nets.sequence import SequenceReader
from unrolled.nets.training import TrainingDiverged, batch_tensors, fit, regression_loss
from unrolled.seeding import seed_everything

TASKS = ("adding", "agreement")
NETWORKS = ("lstm", "no forget gate", "no input gate", "no output gate")
HELD_GATES, HELD_AT = "fio", ("1", "0", "mean")
SEEDS = range(5)
HIDDEN, LENGTH, CLIP = 32, 50, 1.0
STEPS = 1500
RATE = {"adding": 1e-2, "agreement": agreement.RATE}
#: The error of answering without the memory: a variance of 1/6, a coin's toss.
CHANCE = {"adding": 1 / 6, "agreement": 0.5}
#: The share of the chance level below which a task counts as solved.
SOLVED = 0.1
CHECK_EVERY = 100


def grid() -> list[dict]:
    """Return all configurations."""
    return [
        {"task": task, "network": network, "seed": seed}
        for task, network, seed in itertools.product(TASKS, NETWORKS, SEEDS)
    ]


def untrained(name: str, inputs: int) -> SequenceReader:
    """Return an untrained network; forget biases start at 1 where there is a forget gate."""
    if name == "lstm":
        return SequenceReader("lstm", inputs, HIDDEN, forget_bias=1.0)
    bias = None if name == "no forget gate" else 1.0
    return SequenceReader(variant_layer(name, inputs, HIDDEN, forget_bias=bias), inputs, HIDDEN)


@functools.cache
def unseen(task: str):
    """Return the batch that every network is tested on."""
    rng = np.random.default_rng(999)
    if task == "adding":
        return adding_batch(1000, LENGTH, rng=rng)
    return agreement_batch([s for k in range(9) for s in draw_pairs(50, k, rng=rng, test=True)])


def error(task: str, answers, targets) -> float:
    """Return the error as a share of the chance level: 0 is perfect, 1 is chance."""
    answers, targets = np.asarray(answers), np.asarray(targets)
    wrong = (answers - targets) ** 2 if task == "adding" else (answers > 0) != (targets > 0.5)
    return float(np.mean(wrong) / CHANCE[task])


def unseen_error(model, task: str) -> float:
    """Return a torch model's `error` on `unseen`."""
    inputs, lengths, targets = batch_tensors(unseen(task), model)
    with torch.no_grad():
        return error(task, model(inputs, lengths)[:, 0], targets)


def batches(task: str, steps: int, rng):
    """Yield training batches of 32, as the chapter draws them."""
    if task == "adding":
        yield from adding_stream(32, LENGTH, steps, rng=rng)
        return
    for _ in range(steps):
        yield agreement_batch(draw_pairs(16, int(rng.integers(9)), rng=rng))


def measure(task: str, network: str, seed: int, *, steps: int | None = None) -> list[dict]:
    """Train one network with a fixed budget; where it has all gates, hold each in turn.

    Returns
    -------
    list of dict
        ``held`` ("nothing", "f = 1", ...), ``error`` (share of the chance level on unseen data),
        ``steps_to_solve`` (None if it was not; checked every 100 steps).
    """
    rng = seed_everything(seed)
    model = untrained(network, 2 if task == "adding" else len(WORDS))
    loss = regression_loss if task == "adding" else agreement.verb_loss
    adam = torch.optim.Adam(model.parameters(), lr=RATE[task])
    steps, solved = steps or STEPS, None
    for done in range(0, steps, CHECK_EVERY):
        count = min(CHECK_EVERY, steps - done)
        try:
            fit(model, batches(task, count, rng), loss, adam, clip_norm=CLIP)
        except TrainingDiverged:
            return [{"held": "nothing", "error": 1.0, "steps_to_solve": None}]
        if solved is None and unseen_error(model, task) < SOLVED:
            solved = done + count
    rows = [{"held": "nothing", "error": unseen_error(model, task), "steps_to_solve": solved}]
    if network == "lstm":
        rows += [{"held": held, "error": e} for held, e in clamped_errors(model, task).items()]
    return rows


def clamped_errors(model: SequenceReader, task: str) -> dict[str, float]:
    """Return a trained LSTM's error with each gate held at 1, at 0, and at each unit's own mean."""
    batch, layer = unseen(task), from_torch(model.recurrent)
    weights, bias = model.head.weight.detach().numpy()[0], model.head.bias.item()
    free = trace(layer, batch.inputs, batch.lengths)
    errors = {}
    for gate, at in itertools.product(HELD_GATES, HELD_AT):
        value = free[gate][batch.mask].mean(axis=0) if at == "mean" else float(at)
        final = trace(layer, batch.inputs, batch.lengths, clamp={gate: value})["h"][:, -1]
        errors[f"{gate} = {at}"] = error(task, final @ weights + bias, batch.targets)
    return errors


EXPERIMENTS = [
    Experiment(
        "gate-surgery",
        "What is lost when a gate is held, and what when it never was there?",
        grid,
        measure,
        minutes=15,
    ),
]
