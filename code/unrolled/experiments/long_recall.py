"""Who finds and who copies what was shown 1,000 steps ago? Two tasks, five networks, equal time.

All climb the same stairs: they learn with a wait of 10 steps, and once they answer, with the next
wait, twice as long, up to 1,000. Each is trained for 60 seconds of processor time at most, and
asked after every ten batches. (With fifty, and 40 seconds, a Transformer could not get to the top.)
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from unrolled.data.batching import Batch
from unrolled.data.recall import SYMBOLS, UNASKED, copying_batch, marker_batch
from unrolled.experiments.registry import Experiment
from unrolled.nets.symbols import Shape, SymbolModel, symbol_loss
from unrolled.nets.training import History, TrainingDiverged, fit
from unrolled.seeding import seed_everything

SEEDS = range(5)
WAITS = (10, 20, 40, 80, 160, 320, 640, 1000)
BATCH, TEST, CLIP = 16, 128, 1.0
SECONDS, CHECK_EVERY = 60, 10
SOLVED = 0.95  # share of right answers
TASKS = {"marker": marker_batch, "copying": copying_batch}
TRIED = (3e-4, 1e-3, 3e-3, 1e-2)


@dataclass(frozen=True)
class Setting:
    """A kind, its shape, and the rate of each task, best of `TRIED` with seed 100."""

    kind: str
    shape: Shape
    rates: dict[str, float]


def _rates(marker: float, copying: float) -> dict[str, float]:
    return {"marker": marker, "copying": copying}


LONGEST = WAITS[-1]
NETWORKS = {
    "LSTM, for length": Setting("lstm", Shape(64, memory=LONGEST), _rates(0.003, 0.01)),
    "GRU, for length": Setting("gru", Shape(64, memory=LONGEST), _rates(0.003, 0.003)),
    "minGRU": Setting("mingru", Shape(64, 2, inner=128), _rates(0.001, 0.003)),
    "minGRU, for length": Setting(
        "mingru", Shape(64, 2, inner=128, memory=LONGEST), _rates(0.003, 0.003)
    ),
    "Transformer": Setting("transformer", Shape(64, 2, inner=128), _rates(0.001, 0.001)),
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
    waits: Sequence[int] = WAITS,
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
        Train exactly so many steps instead, with the shortest wait.
    waits : sequence of int
        From the shortest to the longest.

    Returns
    -------
    dict
        rate, chance, what `trained` found, and right: the share of right answers at the longest
        wait, in sequences that nothing was decided by.
    """
    setting = NETWORKS[network]
    rate = setting.rates[task] if rate is None else rate
    rng = seed_everything(seed)
    model = SymbolModel(setting.kind, 10, SYMBOLS, setting.shape)
    found = trained(
        model, task, waits, rng=rng, seed=seed, rate=rate, seconds=seconds, updates=updates
    )
    last = TASKS[task](TEST, waits[-1], rng=np.random.default_rng(20_000 + seed))
    return {"rate": rate, "chance": 1 / SYMBOLS} | found | {"right": right_answers(model, last)}


def trained(model, task, waits, *, rng, seed, rate, seconds, updates=None) -> dict:
    """Train a network, with one wait after the other, until it answers or its time is up.

    Returns
    -------
    dict
        reached (the longest wait at which it answered, 0: none), updates, cpu_seconds (of training
        alone), diverged.
    """
    adam = torch.optim.Adam(model.parameters(), rate)
    found = {"reached": 0, "updates": 0, "cpu_seconds": 0.0, "diverged": False}
    often, history = CHECK_EVERY if updates is None else updates, History()
    for wait in waits:
        unseen = TASKS[task](TEST, wait, rng=np.random.default_rng(10_000 + seed))
        while right_answers(model, unseen) < SOLVED:
            if found["diverged"] or found["cpu_seconds"] >= seconds or found["updates"] == updates:
                return found
            began = time.process_time()
            until = began + seconds - found["cpu_seconds"]
            some = batches(TASKS[task], wait, rng, count=often, until=until)
            try:
                fit(model, some, symbol_loss, adam, clip_norm=CLIP, history=history)
            except TrainingDiverged:
                found["diverged"] = True
            found["cpu_seconds"] += time.process_time() - began
            found["updates"] = len(history)
        found["reached"] = wait
    return found


def batches(
    make: Callable[..., Batch], wait: int, rng: np.random.Generator, *, count: int, until: float
) -> Iterator[Batch]:
    """Yield `count` batches, or fewer if the processor's clock says `until`; at least one."""
    for _ in range(count):
        yield make(BATCH, wait, rng=rng)
        if time.process_time() >= until:
            return


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
        minutes=40,
    ),
]
