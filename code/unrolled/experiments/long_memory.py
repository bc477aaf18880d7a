"""How long is long? Three memory tasks, six ways to start, lengths from 10 to 1,000.

Each network climbs: it is trained anew at each length, from the shortest on, until the first length
that it does not solve within the budget. Longer ones are then not tried.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import torch

from unrolled.byhand.fast import FastGRU
from unrolled.byhand.layers import from_torch
from unrolled.data.synthetic import adding_batch, copy_batch, temporal_order_batch
from unrolled.experiments.race import class_loss, train_until_solved
from unrolled.experiments.registry import Experiment
from unrolled.nets.initialization import start_for_length, start_forget_bias
from unrolled.nets.layers import recurrent_layer
from unrolled.nets.numpy_layer import HeldLSTM, NumpyLayer, variant_layer
from unrolled.nets.sequence import SequenceLabeller, SequenceReader
from unrolled.nets.training import regression_loss
from unrolled.seeding import seed_everything

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
#: The lengths of the other climbs: those at which the usual starts succeed, and where they fail.
OTHER_LENGTHS = {"order": (30, 100, 300), "adding": (30, 100)}
#: Start, learning rate and tasks of the RNN that starts to remember, and of the usual one.
IDENTITY = (("rnn, identity", 1e-3, ("order", "adding")), ("rnn", 1e-3, ("order",)))
#: The same of the cell that cannot forget.
FORGETLESS = (
    ("no forget gate", RATE, ("order", "adding")),
    ("no forget gate, for length", RATE, ("order", "adding")),
)


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


def identity_grid() -> list[dict]:
    """Return the climbs of a plain RNN that starts as the identity."""
    return _other_climbs(IDENTITY)


def forgetless_grid() -> list[dict]:
    """Return the climbs of an LSTM without a forget gate."""
    return _other_climbs(FORGETLESS)


def _other_climbs(cases) -> list[dict]:
    return [
        {"task": task, "start": start, "rate": rate, "seed": seed}
        for start, rate, tasks in cases
        for task, seed in itertools.product(tasks, SEEDS)
    ]


def untrained(task: str, start: str, length: int) -> torch.nn.Module:
    """Return an untrained network for a task."""
    cell, _, options = start.partition(", ")
    inputs, outputs = {"adding": (2, 1), "order": (6, 4), "copy": (10, 9)}[task]
    if cell == "no forget gate":
        layer = HeldLSTM(variant_layer(cell, inputs, HIDDEN[task]))
    else:
        kind = {"nonlinearity": "relu"} if options == "identity" else {}
        layer = recurrent_layer(cell, inputs, HIDDEN[task], **kind)
    if options == "identity":
        start_as_identity(layer)
    elif cell == "no forget gate" and options:
        start_shut(layer, length)
    elif options == "for length":
        start_for_length(layer, length + 20 if task == "copy" else length)
    elif options:
        start_forget_bias(layer, float(options.removeprefix("bias ")))
    if cell == "gru":  # on a CPU ours takes half the time of torch's; the numbers are the same
        layer = NumpyLayer(FastGRU(from_torch(layer).cell))
    model = SequenceLabeller if task == "copy" else SequenceReader
    return model(layer, inputs, HIDDEN[task], outputs)


def start_as_identity(layer: torch.nn.RNN) -> None:
    """Start a plain RNN with ReLU to remember, in place (Le, Jaitly & Hinton, 2015).

    The recurrent matrix is the identity, the biases are zero, and the weights of the input are
    tiny: a unit that is on keeps what it holds.
    """
    torch.nn.init.eye_(layer.weight_hh_l0)
    torch.nn.init.normal_(layer.weight_ih_l0, std=0.001)
    torch.nn.init.zeros_(layer.bias_ih_l0)
    torch.nn.init.zeros_(layer.bias_hh_l0)


def start_shut(layer: HeldLSTM, length: int) -> None:
    """Start an LSTM without a forget gate with its input gates nearly shut, in place.

    That is the chrono start (`unrolled.nets.initialization.start_for_length`) of a cell that keeps
    everything: the input biases are minus the logarithms of numbers drawn uniformly from 1 to
    `length` - 1.
    """
    with torch.no_grad():
        for name, parameter in layer.named_parameters():
            if name.startswith("bias"):
                parameter.zero_()
            if name.startswith("bias_ih"):  # blocks i, g, o
                parameter[: layer.hidden_size].uniform_(1, length - 1).log_().neg_()


def measure(
    task: str,
    start: str,
    seed: int,
    *,
    rate: float = RATE,
    lengths: tuple[int, ...] = LENGTHS,
) -> list[dict]:
    """Return what one climb found, a finding a length that was tried."""
    findings = []
    for length in lengths:
        findings.append({"length": length} | measure_length(task, length, start, seed, rate=rate))
        if findings[-1]["steps_to_solve"] is None:
            break
    return findings


def measure_others(task: str, start: str, rate: float, seed: int) -> list[dict]:
    """Return what one of the other climbs found, a finding a length that was tried."""
    return measure(task, start, seed, rate=rate, lengths=OTHER_LENGTHS[task])


def measure_length(
    task: str,
    length: int,
    start: str,
    seed: int,
    *,
    steps: int | None = None,
    rate: float = RATE,
) -> dict:
    """Train one network until it has solved its task or the steps (`STEPS`) are used up.

    Returns
    -------
    dict
        chance, and what `unrolled.experiments.race.train_until_solved` found on 512 unseen
        sequences.
    """
    steps = STEPS[task] if steps is None else steps
    rng = seed_everything(seed)
    make = {"adding": adding_batch, "copy": copy_batch, "order": temporal_order_batch}[task]
    found = train_until_solved(
        untrained(task, start, length),
        (make(BATCH, length, rng=rng) for _ in range(steps)),
        make(TEST, length, rng=np.random.default_rng(10_000 + seed)),
        regression_loss if task == "adding" else class_loss,
        target=SOLVED * chance(task, length),
        steps=steps,
        check_every=CHECK_EVERY,
        rate=rate,
        clip_norm=CLIP,
    )
    return {"chance": chance(task, length)} | found


EXPERIMENTS = [
    Experiment(
        "long-memory",
        "Which network remembers over how many steps?",
        grid,
        measure,
        minutes=75,
    ),
    Experiment(
        "long-memory-forgetless",
        "How far does an LSTM get that cannot forget, as in 1997?",
        forgetless_grid,
        measure_others,
        minutes=10,
    ),
    Experiment(
        "long-memory-identity",
        "How far does a plain RNN get that was started to remember?",
        identity_grid,
        measure_others,
        minutes=12,
    ),
    Experiment(
        "thousands",
        "Does an LSTM that was started for it handle 3,000 steps?",
        thousands_grid,
        measure_length,
        minutes=25,
    ),
]
