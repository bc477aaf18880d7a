"""What does the second direction buy, where the answer lies ahead and where it lies behind?"""

from __future__ import annotations

import itertools
import math

import numpy as np
import torch
from torch import nn

from unrolled.data.synthetic import mark_batch
from unrolled.experiments.race import class_loss, train_until_solved
from unrolled.experiments.registry import Experiment
from unrolled.nets.sequence import SequenceLabeller
from unrolled.seeding import seed_everything

NETWORKS = ("one way", "one way, twice the units", "both ways")
SIDES = ("ahead", "behind")
SEEDS = range(5)
LENGTH, HIDDEN, BATCH, STEPS, TEST = 50, 32, 32, 500, 256
SOLVED = 0.1


def untrained(network: str) -> nn.Module:
    """Return an untrained labeller; both ways gives 2H outputs, as twice the units do."""
    if network == "both ways":
        both = nn.LSTM(4, HIDDEN, batch_first=True, bidirectional=True)
        return SequenceLabeller(both, 4, 2 * HIDDEN, 2)
    return SequenceLabeller("lstm", 4, HIDDEN * (2 if "twice" in network else 1), 2)


def grid() -> list[dict]:
    """Return all configurations."""
    return [
        {"where": where, "network": network, "seed": seed}
        for where, seed, network in itertools.product(SIDES, SEEDS, NETWORKS)
    ]


def measure(where: str, network: str, seed: int, *, steps: int = STEPS) -> dict:
    """Train one network until it has solved its task or the steps are used up.

    Networks of one seed see the same batches.

    Returns
    -------
    dict
        parameters (of the recurrent layer), accuracy (on unseen sequences), chance, and what
        `unrolled.experiments.race.train_until_solved` found.
    """
    rng = seed_everything(seed)
    model = untrained(network)
    unseen = mark_batch(TEST, LENGTH, where, rng=np.random.default_rng(10_000 + seed))
    found = train_until_solved(
        model,
        (mark_batch(BATCH, LENGTH, where, rng=rng) for _ in range(steps)),
        unseen,
        class_loss,
        target=SOLVED * math.log(2),
        steps=steps,
        check_every=10,
    )
    with torch.no_grad():
        answers = model(torch.as_tensor(unseen.inputs)).argmax(dim=2).numpy()
    size = sum(weight.numel() for weight in model.recurrent.parameters())
    right = float(np.mean(answers == unseen.targets))
    return {"parameters": size, "accuracy": right, "chance": math.log(2)} | found


EXPERIMENTS = [
    Experiment(
        "directions",
        "What does a second direction buy, where the answer lies ahead or behind?",
        grid,
        measure,
        minutes=3,
    ),
]
