"""Training until a task is solved: what the experiments that compare networks have in common."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import torch
from torch import nn
from torch.nn import functional as F

from unrolled.data.batching import Batch
from unrolled.nets.training import TrainingDiverged, batch_tensors, fit


def class_loss(model: nn.Module, batch: Batch) -> torch.Tensor:
    """Return the mean cross-entropy, over the steps too where there is a target per step."""
    inputs, lengths, targets = batch_tensors(batch, model)
    return F.cross_entropy(model(inputs, lengths).flatten(0, -2), targets.flatten())


def train_until_solved(
    model: nn.Module,
    stream: Iterable[Batch],
    unseen: Batch,
    loss: Callable[[nn.Module, Batch], torch.Tensor],
    *,
    target: float,
    steps: int,
    check_every: int = 50,
    rate: float = 0.01,
    clip_norm: float = 1.0,
) -> dict:
    """Train with Adam until the loss on unseen sequences is below `target` or the steps are up.

    Parameters
    ----------
    model : torch.nn.Module
        Trained in place.
    stream : iterable of Batch
        Fresh batches, at least `steps` of them.
    unseen : Batch
        What the loss is checked on; never trained on.
    loss : callable
        ``loss(model, batch)`` returns a scalar tensor.
    target : float
    steps : int
        The budget.
    check_every : int
        Steps between two checks; `steps_to_solve` is a multiple of it.
    rate, clip_norm : float
        Learning rate and the limit of the gradient's norm.

    Returns
    -------
    dict
        steps_to_solve (None if the budget did not do), loss (the last check's), steps (trained),
        diverged.
    """
    adam = torch.optim.Adam(model.parameters(), lr=rate)
    batches = iter(stream)
    finding = {"steps_to_solve": None, "loss": math.nan, "steps": 0, "diverged": False}
    while finding["steps"] < steps and finding["steps_to_solve"] is None:
        now = min(check_every, steps - finding["steps"])
        try:
            fit(model, (next(batches) for _ in range(now)), loss, adam, clip_norm=clip_norm)
        except TrainingDiverged:
            return finding | {"diverged": True}
        finding["steps"] += now
        with torch.no_grad():
            finding["loss"] = loss(model, unseen).item()
        if finding["loss"] < target:
            finding["steps_to_solve"] = finding["steps"]
    return finding
