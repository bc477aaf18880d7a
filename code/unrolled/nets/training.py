"""Training: one pass over the batches at a time, with a record of what happened."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from unrolled.data.batching import Batch
from unrolled.nets.padding import without_padding

EXPLODED = 100.0  # a gradient norm above this is named as the likely cause of a divergence


@dataclass
class History:
    """What each training step saw: loss, and gradient norm *before* any clipping."""

    steps: list[int] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    grad_norms: list[float] = field(default_factory=list)

    def record(self, loss: float, grad_norm: float) -> None:
        """Append one step; steps count from 1 and go on over several passes."""
        self.steps.append(len(self.steps) + 1)
        self.losses.append(loss)
        self.grad_norms.append(grad_norm)

    def __len__(self):
        """Return the number of steps."""
        return len(self.steps)


class TrainingDiverged(RuntimeError):
    """The loss or the gradient stopped being a finite number; the message says where and why.

    Attributes
    ----------
    step : int
        The step, counted from 1, at which it happened.
    last_loss : float or None
        The last finite loss.
    grad_norm : float or None
        The last gradient norm that was measured, before clipping.
    """

    def __init__(self, step: int, what: str, last_loss, grad_norm, cause: str):
        before = (
            "there was no finite loss before it"
            if last_loss is None
            else f"the last finite loss was {last_loss:.4g}"
        )
        norm = "" if grad_norm is None else f" and the last gradient norm {grad_norm:.3g}"
        super().__init__(
            f"Training diverged at step {step}: {what}; {before}{norm}. Likely cause: {cause}"
        )
        self.step = step
        self.last_loss = last_loss
        self.grad_norm = grad_norm


def batch_tensors(batch: Batch, like: nn.Module):
    """Return inputs, lengths and targets as tensors on the device of the model `like`."""
    device = next(like.parameters()).device
    return tuple(
        torch.as_tensor(array, device=device)
        for array in (batch.inputs, batch.lengths, batch.targets)
    )


def regression_loss(model: nn.Module, batch: Batch) -> torch.Tensor:
    """Return the mean squared error of the model's outputs, a scalar tensor."""
    inputs, lengths, targets = batch_tensors(batch, model)
    prediction = model(inputs, lengths)  # (B, O)
    return F.mse_loss(prediction, targets.to(prediction).reshape(prediction.shape))


def cross_entropy(
    logits: torch.Tensor, targets: torch.Tensor, *, reduction: str = "mean"
) -> torch.Tensor:
    """Return how far logits are from the classes that are right, in nats.

    Parameters
    ----------
    logits : torch.Tensor
        ``(B,)`` of two classes, or ``(B, K)`` of more.
    targets : torch.Tensor
        ``(B,)`` classes, 0 to K - 1.
    reduction : {"mean", "none"}
        "none" returns ``(B,)``, "mean" a scalar.
    """
    if logits.ndim == 1:
        return F.binary_cross_entropy_with_logits(logits, targets.to(logits), reduction=reduction)
    return F.cross_entropy(logits, targets.long(), reduction=reduction)


def sentiment_loss(
    model: nn.Module,
    batch: Batch,
    *,
    compare: Callable = cross_entropy,
    precision: Callable = nullcontext,
) -> torch.Tensor:
    """Return the cross-entropy of the model's logits, a scalar tensor.

    ``compare(logits, targets)`` returns it, the mean over the batch if nothing else is given.
    `precision` returns the context in which the model computes its logits; the loss is computed
    in the precision of its weights.
    """
    inputs, lengths, targets = batch_tensors(batch, model)
    with precision():
        logits = model(inputs, lengths)  # (B,) or (B, K)
    logits = logits.to(next(model.parameters()))
    return compare(logits, targets)


def adversarial_loss(
    model: nn.Module,
    batch: Batch,
    *,
    size: float,
    compare: Callable = cross_entropy,
    precision: Callable = nullcontext,
) -> torch.Tensor:
    """Return the loss on the reviews plus that on the same reviews, moved to hurt most.

    Miyato, Dai & Goodfellow (2017): each embedded review e ``(T, E)`` is moved by
    ``size * |e| * g / |g|``, where g is the gradient of its loss with respect to e. The size is a
    share of ``|e|``, so that the model cannot escape by making its embeddings longer.

    The gradient of the first loss is added to the parameters' *before* this returns, because g
    comes out of the same backward pass; a call of ``backward`` on the result adds the second.

    Parameters
    ----------
    model : unrolled.nets.classifier.SentimentClassifier
        Alone or in ``DistributedDataParallel``.
    batch : Batch
    size : float
        From 0; about 0.02.
    compare : callable
        ``compare(logits, targets)`` returns a scalar.
    precision : callable
        Returns the context in which the model computes its logits.
    """
    inputs, lengths, targets = batch_tensors(batch, model)
    table = getattr(model, "module", model).embedding
    move = torch.zeros(*inputs.shape, table.embedding_dim).to(table.weight).requires_grad_()
    with getattr(model, "no_sync", nullcontext)():
        with precision():
            logits = model(inputs, lengths, move).to(table.weight)
        clean = compare(logits, targets)
        clean.backward()
    with torch.no_grad():
        real = without_padding(table(inputs), lengths)
        length, slope = (part.flatten(1).norm(dim=1)[:, None, None] for part in (real, move.grad))
        move = size * length * move.grad / slope.clamp_min(torch.finfo(slope.dtype).tiny)
    with precision():
        logits = model(inputs, lengths, move).to(table.weight)
    return clean.detach() + compare(logits, targets)


def one_cycle(optimizer: torch.optim.Optimizer, rate: float, steps: int):
    """Return the schedule of one cycle: up to `rate` in a tenth of the steps, then down.

    PyTorch's two-phase form of an idea of Smith (2018). It starts at a fifth of the rate and moves
    Adam's first beta the other way. Of a training that is shorter than 20 steps, two lead up.
    """
    steps = max(steps, 3)
    return torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=rate, total_steps=steps, pct_start=max(0.1, 2 / steps), div_factor=5
    )


def fit(
    model: nn.Module,
    batches: Iterable[Batch],
    loss: Callable[[nn.Module, Batch], torch.Tensor],
    optimizer: torch.optim.Optimizer,
    *,
    clip_norm: float | None = None,
    schedule=None,
    progress: bool = False,
    history: History | None = None,
    on_step: Callable[[], None] | None = None,
) -> History:
    """Train the model for one pass over `batches` and return the history.

    Parameters
    ----------
    model : torch.nn.Module
        Trained in place, in training mode.
    batches : iterable of Batch
        One step for each.
    loss : callable
        ``loss(model, batch)`` returns a scalar tensor, e.g. `regression_loss`.
    optimizer : torch.optim.Optimizer
        Holds the model's parameters.
    clip_norm : float, optional
        Scale the gradient down to this norm whenever it is longer.
    schedule : torch.optim.lr_scheduler.LRScheduler, optional
        Stepped after each batch.
    progress : bool
        Show a progress bar.
    history : History, optional
        Continue this record instead of starting one.
    on_step : callable, optional
        Called after each step, when its weights and its record are made.

    Raises
    ------
    TrainingDiverged
        If a loss or a gradient norm is not finite. The weights are those of before the step. Also
        if the step itself is too large for the numbers of the weights.
    ValueError
        If there is no batch.
    """
    history = History() if history is None else history
    before = len(history)
    model.train()
    for batch in _with_progress(batches, progress):
        optimizer.zero_grad()
        value = loss(model, batch)
        if not torch.isfinite(value):
            raise _diverged(history, f"the loss is {value.item()}", None, batch, optimizer)
        value.backward()
        limit = math.inf if clip_norm is None else clip_norm
        norm = nn.utils.clip_grad_norm_(model.parameters(), limit).item()
        if not math.isfinite(norm):
            what = f"the loss is {value.item():.4g} but its gradient norm is {norm}"
            raise _diverged(history, what, norm, batch, optimizer)
        try:
            optimizer.step()
        except RuntimeError as error:
            if "overflow" not in str(error):
                raise
            raise _diverged(history, "the step overflows", norm, batch, optimizer) from error
        if schedule is not None:
            schedule.step()
        history.record(value.item(), norm)
        if on_step is not None:
            on_step()
    if len(history) == before:
        raise ValueError(
            "fit got no batch. A generator can be used only once: make the batches anew."
        )
    return history


def _with_progress(batches, progress):
    """Return `batches`, under a progress bar if asked for."""
    if not progress:
        return batches
    from tqdm import tqdm

    return tqdm(batches, unit="batch", leave=False, file=sys.stdout)


def _diverged(history, what, norm, batch, optimizer):
    """Return the `TrainingDiverged` that says what to do next."""
    last_loss = history.losses[-1] if history.losses else None
    last_norm = history.grad_norms[-1] if history.grad_norms else norm
    largest = max([*history.grad_norms[-20:], 0.0 if norm is None else norm])
    rate = optimizer.param_groups[0]["lr"]
    real = [np.asarray(a) for a in (batch.inputs, batch.targets) if np.asarray(a).dtype.kind == "f"]
    if not all(np.isfinite(array).all() for array in real):
        cause = (
            "the batch itself holds a number that is not finite; look at its inputs and targets."
        )
    elif largest > EXPLODED or not math.isfinite(largest):
        cause = (
            "exploding gradients. Clip them (clip_norm=1.0), "
            f"or lower the learning rate (it is {rate:g})."
        )
    else:
        cause = (
            f"the learning rate ({rate:g}) is too high, or the loss takes the log of zero or a "
            "division by zero. Lower the learning rate by a factor of 10 and try again."
        )
    return TrainingDiverged(len(history) + 1, what, last_loss, last_norm, cause)


def evaluate(model: nn.Module, batches: Iterable[Batch]) -> tuple[np.ndarray, np.ndarray]:
    """Return the model's outputs and the targets as arrays, without training.

    Where batches know their rows (`Batch.rows`), both are in the order of the
    data that the batches were made from; otherwise in the order of the batches.

    Raises
    ------
    ValueError
        If there is no batch, or an output is not a finite number.
    """
    was_training = model.training
    model.eval()
    outputs, targets, rows = [], [], []
    with torch.no_grad():
        for batch in batches:
            inputs, lengths, _ = batch_tensors(batch, model)
            outputs.append(model(inputs, lengths).cpu().numpy())
            targets.append(np.asarray(batch.targets))
            rows.append(batch.rows)
    model.train(was_training)
    if not outputs:
        raise ValueError(
            "evaluate got no batch. A generator can be used only once: make the batches anew."
        )
    outputs, targets = np.concatenate(outputs), np.concatenate(targets)
    check_finite(outputs)
    if any(row is None for row in rows):
        return outputs, targets
    order = np.argsort(np.concatenate(rows), kind="stable")
    return outputs[order], targets[order]


def check_finite(outputs: np.ndarray) -> None:
    """Raise ``ValueError`` if one of a model's outputs ``(N, ...)`` is not a finite number."""
    wrong = outputs[~np.isfinite(outputs)]
    if len(wrong):
        rows = int((~np.isfinite(outputs)).reshape(len(outputs), -1).any(axis=1).sum())
        raise ValueError(
            f"The model answers {wrong[0]}, which is no finite number, to {rows} of {len(outputs)} "
            "sequences. Its weights or its inputs hold such numbers, or the weights are far too "
            "large. Look at the inputs; train it again with a lower learning rate."
        )


def predict_proba(model: nn.Module, batches: Iterable[Batch]) -> np.ndarray:
    """Return the probability of a positive review for each sequence, in `evaluate`'s order."""
    logits, _ = evaluate(model, batches)
    return torch.sigmoid(torch.as_tensor(logits)).numpy()
