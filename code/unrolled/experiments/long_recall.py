"""Who finds and who copies what was shown 1,000 steps ago? Two tasks, five networks, equal time.

All are trained with waits drawn evenly on a scale of logarithms, from 10 to 1,000 steps, and judged
at 1,000. Each has 40 seconds of processor time at most.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch

from unrolled.data.batching import Batch
from unrolled.data.recall import SYMBOLS, UNASKED, copying_batch, marker_batch
from unrolled.experiments.registry import Experiment
from unrolled.nets.symbols import Shape, SymbolModel, symbol_loss
from unrolled.nets.training import TrainingDiverged, fit
from unrolled.seeding import seed_everything

SEEDS = range(5)
WAIT, SHORTEST = 1000, 10
BATCH, TEST, CLIP = 16, 128, 1.0
SECONDS, CHECK_EVERY = 40, 50
SOLVED = 0.95  # share of right answers
TASKS = {"marker": marker_batch, "copying": copying_batch}


@dataclass(frozen=True)
class Setting:
    """A kind, its shape, and the rate of each task, best of two with seed 100."""

    kind: str
    shape: Shape
    rates: dict[str, float]


def _rates(marker: float, copying: float) -> dict[str, float]:
    return {"marker": marker, "copying": copying}


NETWORKS = {
    "LSTM, for length": Setting("lstm", Shape(64, memory=WAIT), _rates(3e-3, 3e-3)),
    "GRU, for length": Setting("gru", Shape(64, memory=WAIT), _rates(3e-3, 3e-3)),
    "minGRU": Setting("mingru", Shape(64, 2, inner=128), _rates(3e-3, 3e-3)),
    "minGRU, for length": Setting(
        "mingru", Shape(64, 2, inner=128, memory=WAIT), _rates(3e-3, 3e-3)
    ),
    "Transformer": Setting("transformer", Shape(64, 2, inner=128), _rates(1e-3, 1e-3)),
}


def grid() -> list[dict]:
    """Return both tasks and all networks."""
    return [
        {"task": task, "network": network, "seed": seed}
        for task, seed, network in itertools.product(TASKS, SEEDS, NETWORKS)
    ]


def measure(
    task: str,
    network: str,
    seed: int,
    *,
    rate: float | None = None,
    seconds: float = SECONDS,
    updates: int | None = None,
    wait: int = WAIT,
) -> dict:
    """Train one network until it answers at the longest wait, or its time is up.

    Parameters
    ----------
    task, network : str
    seed : int
    rate : float, optional
        Of Adam; that of `NETWORKS`, if it is left out.
    seconds : float
        Processor time of the training alone.
    updates : int, optional
        Train exactly so many steps instead.
    wait : int
        The longest.

    Returns
    -------
    dict
        rate, chance, what `trained` found, and right: the share of right answers at the longest
        wait.
    """
    setting = NETWORKS[network]
    rate = setting.rates[task] if rate is None else rate
    rng = seed_everything(seed)
    model = SymbolModel(setting.kind, 10, SYMBOLS, setting.shape)
    stream = batches(TASKS[task], wait, rng)
    unseen = TASKS[task](TEST, wait, rng=np.random.default_rng(10_000 + seed))
    found = trained(model, stream, unseen, rate=rate, seconds=seconds, updates=updates)
    return {"rate": rate, "chance": 1 / SYMBOLS} | found


def batches(make: Callable[..., Batch], wait: int, rng: np.random.Generator) -> Iterator[Batch]:
    """Yield batches without end, each with a wait of its own."""
    while True:
        drawn = np.exp(rng.uniform(np.log(SHORTEST), np.log(wait)))
        yield make(BATCH, round(float(drawn)), rng=rng)


def trained(model, stream, unseen: Batch, *, rate, seconds, updates=None) -> dict:
    """Train a network until it answers or its time is up.

    Returns
    -------
    dict
        solved, updates, cpu_seconds (of training alone), diverged, right.
    """
    adam = torch.optim.Adam(model.parameters(), rate)
    found = {"solved": False, "updates": 0, "cpu_seconds": 0.0, "diverged": False, "right": 0.0}
    while not (found["solved"] or found["diverged"]):
        often = CHECK_EVERY if updates is None else updates
        began = time.process_time()
        try:
            some = (next(stream) for _ in range(often))
            fit(model, some, symbol_loss, adam, clip_norm=CLIP)
        except TrainingDiverged:
            found["diverged"] = True
        found["cpu_seconds"] += time.process_time() - began
        found["updates"] += often
        found["right"] = right_answers(model, unseen)
        found["solved"] = found["right"] >= SOLVED
        if updates is not None or found["cpu_seconds"] >= seconds:
            break
    return found


@torch.no_grad()
def right_answers(model: SymbolModel, batch: Batch) -> float:
    """Return the share of right answers among those asked for."""
    model.eval()
    asked = batch.targets != UNASKED
    answers = [model(part)[0].argmax(-1) for part in torch.as_tensor(batch.inputs).split(16)]
    return float((torch.cat(answers).numpy()[asked] == batch.targets[asked]).mean())


EXPERIMENTS = [
    Experiment(
        "long-recall",
        "Who finds, and who copies, what was shown 1,000 steps ago?",
        grid,
        measure,
        minutes=35,
    ),
]
