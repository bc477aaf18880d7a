"""Who keeps track of a state? Words in two groups, read by seven networks, at any length.

All are trained on 40 moves and asked after each of them where one has come to; they are judged on
160. The gates of a minGRU do not see its state.
"""

from __future__ import annotations

import itertools

import numpy as np
import torch

from unrolled.data.batching import Batch
from unrolled.data.groups import table, word_batch
from unrolled.experiments.records import pack_logits
from unrolled.experiments.registry import Experiment
from unrolled.nets.symbols import Shape, SymbolModel, symbol_loss
from unrolled.nets.training import TrainingDiverged, fit, one_cycle
from unrolled.seeding import seed_everything

SEEDS = range(5)
GROUPS = ("parity", "A5")
LENGTH, LONG = 40, 160
BATCH, STEPS, TEST, CLIP = 32, 600, 256, 1.0
KEPT = 0.9  # share of right answers down to which a network counts as on track
#: Kind and layers of each network; all are 64 wide.
NETWORKS = {
    "LSTM": ("lstm", 1),
    "GRU": ("gru", 1),
    "minGRU, 1 layer": ("mingru", 1),
    "minGRU, 2 layers": ("mingru", 2),
    "minGRU, 4 layers": ("mingru", 4),
    "minGRU, signed": ("signed mingru", 1),
    "Transformer, 2 layers": ("transformer", 2),
}
#: The rate of each, best of five with seed 100 (`tried`).
RATES = {
    "parity": {
        "LSTM": 0.01,
        "GRU": 0.01,
        "minGRU, 1 layer": 0.01,
        "minGRU, 2 layers": 0.003,
        "minGRU, 4 layers": 0.001,
        "minGRU, signed": 0.003,
        "Transformer, 2 layers": 0.001,
    },
    "A5": {
        "LSTM": 0.01,
        "GRU": 0.01,
        "minGRU, 1 layer": 0.01,
        "minGRU, 2 layers": 0.01,
        "minGRU, 4 layers": 0.01,
        "minGRU, signed": 0.01,
        "Transformer, 2 layers": 0.003,
    },
}
TRIED = (3e-4, 1e-3, 3e-3, 1e-2, 3e-2)


def untrained(group: str, network: str) -> SymbolModel:
    """Return a network that reads moves and scores elements."""
    kind, layers = NETWORKS[network]
    elements, moves = table(group).shape
    return SymbolModel(kind, moves, elements, Shape(width=64, layers=layers, inner=128))


def grid() -> list[dict]:
    """Return both groups and all networks."""
    return [
        {"group": group, "network": network, "seed": seed}
        for group, seed, network in itertools.product(GROUPS, SEEDS, NETWORKS)
    ]


def measure(
    group: str, network: str, seed: int, *, rate: float | None = None, steps: int = STEPS
) -> dict:
    """Train one network and judge it at each of 160 steps.

    Networks of one seed read the same words.

    Parameters
    ----------
    group, network : str
    seed : int
    rate : float, optional
        The largest of the schedule `one_cycle`; that of `RATES`, if it is left out.
    steps : int
        Training steps.

    Returns
    -------
    dict
        rate, chance (one in as many as there are elements), what `judged` returns, diverged.
    """
    rate = RATES[group][network] if rate is None else rate
    rng = seed_everything(seed)
    model = untrained(group, network)
    batches = (word_batch(group, BATCH, LENGTH, rng=rng) for _ in range(steps))
    adam = torch.optim.Adam(model.parameters(), rate)
    found = {"rate": rate, "chance": 1 / len(table(group)), "diverged": False}
    try:
        if steps:
            schedule = one_cycle(adam, rate, steps)
            fit(model, batches, symbol_loss, adam, clip_norm=CLIP, schedule=schedule)
    except TrainingDiverged:
        found["diverged"] = True
    test = word_batch(group, TEST, LONG, rng=np.random.default_rng(10_000 + seed))
    return found | judged(model, test)


@torch.no_grad()
def judged(model: SymbolModel, batch: Batch) -> dict:
    """Return how often a network is right, by step.

    Returns
    -------
    dict
        loss (over the steps of training), right (the share within the length of training), beyond
        (the share in the steps after it), last (the share in the last twentieth of the steps),
        kept (steps until fewer than `KEPT` are right), by_step (packed).
    """
    model.eval()
    scores, targets = model(torch.as_tensor(batch.inputs))[0], torch.as_tensor(batch.targets)
    trained = scores[:, :LENGTH].flatten(0, 1), targets[:, :LENGTH].flatten()
    right = (scores.argmax(-1) == targets).double().mean(0).numpy()
    lost = np.flatnonzero(right < KEPT)
    return {
        "loss": torch.nn.functional.cross_entropy(*trained).item(),
        "right": float(right[:LENGTH].mean()),
        "beyond": float(right[LENGTH:].mean()),
        "last": float(right[-LONG // 20 :].mean()),
        "kept": int(lost[0]) if len(lost) else LONG,
        "by_step": pack_logits(right),
    }


def tried(group: str, network: str, *, seed: int = 100, steps: int = STEPS) -> dict[float, float]:
    """Return the loss within the length of training at each of the rates `TRIED`."""
    return {rate: measure(group, network, seed, rate=rate, steps=steps)["loss"] for rate in TRIED}


EXPERIMENTS = [
    Experiment(
        "state-tracking",
        "Who keeps track of a state: with gates that see it, with gates that do not?",
        grid,
        measure,
        minutes=10,
    ),
]
