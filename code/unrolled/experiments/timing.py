"""Do peepholes help where time itself must be measured? Two timing tasks, five cases."""

from __future__ import annotations

import itertools

import numpy as np

from unrolled.data.synthetic import spike_distance_batch, spike_train_batch
from unrolled.experiments.race import class_loss, train_until_solved
from unrolled.experiments.registry import Experiment
from unrolled.nets.initialization import start_forget_bias
from unrolled.nets.numpy_layer import variant_layer
from unrolled.nets.sequence import SequenceLabeller, SequenceReader
from unrolled.seeding import seed_everything

TASKS = ("measure", "generate")
CASES = (  # task, interval, units
    ("measure", 10, 2),
    ("measure", 10, 16),
    ("measure", 20, 16),
    ("generate", 10, 16),
    ("generate", 20, 16),
)
NETWORKS = ("lstm", "peephole")
SEEDS = range(10)
BATCH, STEPS, TEST, FORGET_BIAS = 32, 1500, 256, 1.0
SOLVED = 0.1


def chance(task: str, interval: int) -> float:
    """Return the cross-entropy of the best answer that ignores the input.

    Measure: ln 2. Generate: the entropy of three spikes in 10 + 3 * interval steps.
    """
    share = 0.5 if task == "measure" else 3 / (10 + 3 * interval)
    return float(-share * np.log(share) - (1 - share) * np.log(1 - share))


def grid() -> list[dict]:
    """Return all configurations."""
    return [
        {"task": task, "interval": interval, "units": units, "cell": cell, "seed": seed}
        for (task, interval, units), seed, cell in itertools.product(CASES, SEEDS, NETWORKS)
    ]


def measure(
    task: str, interval: int, units: int, cell: str, seed: int, *, steps: int = STEPS
) -> dict:
    """Train one network until it keeps time or the steps are used up.

    Networks of one seed see the same batches.

    Returns
    -------
    dict
        chance, and what `unrolled.experiments.race.train_until_solved` found.
    """
    rng = seed_everything(seed)
    make = spike_distance_batch if task == "measure" else spike_train_batch
    kind = SequenceReader if task == "measure" else SequenceLabeller
    if cell == "peephole":
        model = kind(variant_layer(cell, 1, units, forget_bias=FORGET_BIAS), 1, units, 2)
    else:
        model = kind(cell, 1, units, 2)
        start_forget_bias(model.recurrent, FORGET_BIAS)
    found = train_until_solved(
        model,
        (make(BATCH, interval, rng=rng) for _ in range(steps)),
        make(TEST, interval, rng=np.random.default_rng(10_000 + seed)),
        class_loss,
        target=SOLVED * chance(task, interval),
        steps=steps,
    )
    return {"chance": chance(task, interval)} | found


EXPERIMENTS = [
    Experiment(
        "timing",
        "Do peepholes help to measure time, and to spike in time?",
        grid,
        measure,
        minutes=15,
    ),
]
