"""What happens in a network while its loss still sits at chance?

Three tasks of 100 steps, two networks. Every 50 steps of training: the loss, how much of a
gradient arrives 50 and 100 steps back, and how far open the gate is that keeps.
"""

from __future__ import annotations

import copy
import itertools

import numpy as np
import torch

from unrolled.byhand.flow import gradient_by_lag
from unrolled.byhand.layers import Recurrent, from_torch
from unrolled.data.batching import Batch
from unrolled.data.synthetic import adding_batch, temporal_order_batch
from unrolled.experiments import long_memory
from unrolled.experiments.registry import Experiment
from unrolled.nets.numpy_layer import NumpyLayer
from unrolled.nets.training import fit, regression_loss
from unrolled.seeding import seed_everything

LENGTH, STEPS, CHECK_EVERY, PROBES = 100, 1000, 50, 4
TASKS = ("adding", "adding, far", "order")
STARTS = ("lstm, bias 0", "gru")
SEEDS = range(5)


def grid() -> list[dict]:
    """Return all trainings."""
    return [
        {"task": task, "start": start, "seed": seed}
        for task, start, seed in itertools.product(TASKS, STARTS, SEEDS)
    ]


def far_adding_batch(batch: int, length: int, *, rng: np.random.Generator) -> Batch:
    """Return a batch of the adding task with both marks in the first half of the sequence."""
    half = length // 2
    marked = adding_batch(batch, half, rng=rng)
    rest = np.zeros((batch, length - half, 2), np.float32)
    rest[:, :, 0] = rng.random(rest.shape[:2], dtype=np.float32)
    inputs = np.concatenate([marked.inputs, rest], axis=1)
    return Batch(inputs, np.full(batch, length), marked.targets)


MAKE = {"adding": adding_batch, "adding, far": far_adding_batch, "order": temporal_order_batch}


def measure(task: str, start: str, seed: int, *, steps: int = STEPS) -> list[dict]:
    """Return what was found at the start and after every 50 steps, until the task is solved.

    Returns
    -------
    list of dict
        step; loss (on 512 unseen sequences, divided by chance); half and whole, the shares of a
        gradient that arrive at lags T/2 and T; keep, the mean of the forget or the update gate.
    """
    rng, make, kind = seed_everything(seed), MAKE[task], task.partition(",")[0]
    model = long_memory.untrained(kind, start, LENGTH)
    loss = regression_loss if kind == "adding" else long_memory.class_loss
    adam = torch.optim.Adam(model.parameters(), lr=long_memory.RATE)
    unseen = make(long_memory.TEST, LENGTH, rng=np.random.default_rng(10_000 + seed))
    findings = []
    for step in range(0, steps + 1, CHECK_EVERY):
        if step:
            stream = (make(long_memory.BATCH, LENGTH, rng=rng) for _ in range(CHECK_EVERY))
            fit(model, stream, loss, adam, clip_norm=long_memory.CLIP)
        with torch.no_grad():
            value = loss(model, unseen).item() / long_memory.chance(kind, LENGTH)
        findings.append({"step": step, "loss": value} | probe(model, unseen.inputs[:PROBES], seed))
        if value < long_memory.SOLVED:
            break
    return findings


def probe(model: torch.nn.Module, inputs: np.ndarray, seed: int) -> dict:
    """Return the shares of a random gradient at lags T/2 and T, and the mean keeping gate."""
    layer = _in_double_precision(model.recurrent)
    v = np.random.default_rng(100 + seed).normal(size=(len(inputs), layer.cell.hidden_size))
    inputs = inputs.astype(float)
    by_lag = gradient_by_lag(layer, inputs, layer.cell.initial_state(len(v))._replace(h=v))
    norms = np.linalg.norm(by_lag, axis=2).mean(axis=1)  # (T + 1,)
    steps = inputs.shape[1]
    keeping = "f" if "f" in layer.cell.blocks else "z"
    gates = [getattr(step.cache, keeping) for step in layer.forward(inputs)[2]]
    return {
        "half": float(norms[steps // 2] / norms[0]),
        "whole": float(norms[steps] / norms[0]),
        "keep": float(np.mean(gates)),
    }


def _in_double_precision(module: torch.nn.Module) -> Recurrent:
    """Return the same layer in NumPy and float64, apart from the one that trains."""
    cell = copy.copy(
        module.layer.cell if isinstance(module, NumpyLayer) else from_torch(module).cell
    )
    cell.params = {name: np.array(weight, dtype=float) for name, weight in cell.params.items()}
    cell.dtype = np.dtype(float)
    cell.zero_grad()
    return Recurrent(cell)


EXPERIMENTS = [
    Experiment(
        "plateau",
        "What happens in a network while its loss still sits at chance?",
        grid,
        measure,
        minutes=10,
    ),
]
