"""The processes that train together: which one this is, where it computes, what its share is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import torch
from torch import distributed

from unrolled.data.batching import Batch
from unrolled.nets.checkpoints import random_state
from unrolled.sentiment.recipe import RecipeError

PATIENCE = timedelta(days=1)  # of processes that wait while the first one pretrains


@dataclass(frozen=True)
class Worker:
    """Which of how many processes this is, where it computes, and whether in bfloat16."""

    rank: int
    count: int
    device: torch.device
    bfloat16: bool = False

    @property
    def leads(self) -> bool:
        """Return whether this process writes and reports."""
        return self.rank == 0

    def wait(self) -> None:
        """Wait until all processes have come here."""
        if self.count > 1:
            distributed.barrier()

    def random_states(self) -> list[dict]:
        """Return the state of every process's random numbers; all must ask at once."""
        if self.count == 1:
            return [random_state()]
        states = [None] * self.count
        distributed.all_gather_object(states, random_state())
        return states

    def share(self, batch: Batch) -> Share:
        """Return every `count`-th row; a process that would get none computes one that counts 0."""
        rows = np.arange(self.rank, len(batch), self.count)
        weight = 1 / len(batch) if len(rows) else 0.0
        rows = rows if len(rows) else np.array([0])
        lengths = batch.lengths[rows]
        return Share(
            batch.inputs[rows, : lengths.max()],
            lengths,
            batch.targets[rows],
            weights=np.full(len(rows), weight, np.float32),
        )


@dataclass(frozen=True)
class Share(Batch):
    """The rows of a batch that one process computes, and how much each counts."""

    weights: np.ndarray | None = None


def choose_device(name: str = "auto") -> torch.device:
    """Return the device of that name; for "auto" CUDA, else Apple's MPS, else the CPU.

    Raises
    ------
    RecipeError
        If the device that was named is not there.
    """
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        name = next((kind for kind in ("cuda", "mps") if there[kind]), "cpu")
    if not there.get(name, True):
        raise RecipeError(f"device is {name!r}, but there is none here. Take 'auto' or 'cpu'.")
    return torch.device(name)


@contextmanager
def worker(device_name: str = "auto") -> Iterator[Worker]:
    """Join the processes that torchrun has started, or be the only one."""
    device, count = choose_device(device_name), int(os.environ.get("WORLD_SIZE", "1"))
    if count == 1:
        yield Worker(0, 1, device)
        return
    if device.type == "cuda":
        device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        torch.cuda.set_device(device)
    distributed.init_process_group("nccl" if device.type == "cuda" else "gloo", timeout=PATIENCE)
    try:
        yield Worker(distributed.get_rank(), count, device)
    finally:
        distributed.destroy_process_group()
