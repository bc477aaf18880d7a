"""Distillation: a small network learns from the answers of a better one, not from labels alone.

The teacher's probability says more of a text than its label does: how sure one can be. And it is
there for texts without a label.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from unrolled.data.batching import Batch

NO_LABEL = np.nan


def lessons(labels: np.ndarray, answers: np.ndarray) -> np.ndarray:
    """Return what a student learns from, ``(N, 2)`` float32: each text's label, and its answer.

    Parameters
    ----------
    labels : ndarray ``(N,)``
        0 or 1; `NO_LABEL` where there is none.
    answers : ndarray ``(N,)``
        The teacher's logits.

    Raises
    ------
    ValueError
        If the sizes do not fit, a label is something else, or an answer is NaN.
    """
    labels, answers = (np.asarray(one, dtype=np.float32) for one in (labels, answers))
    if labels.ndim != 1 or labels.shape != answers.shape:
        raise ValueError(
            f"lessons got labels of shape {labels.shape} and answers of {answers.shape}; give one "
            "label (NaN where there is none) and one logit of the teacher for each text."
        )
    wrong = labels[~(np.isin(labels, (0, 1)) | np.isnan(labels))]
    if len(wrong) or np.isnan(answers).any():
        told = f"the label {wrong[0]}" if len(wrong) else "an answer that is NaN"
        raise ValueError(
            f"lessons got {told}; expected labels 0 and 1 (NaN where there is none) and numbers as "
            "the teacher's logits."
        )
    return np.stack([labels, answers], axis=1)


def distillation_loss(
    logits: torch.Tensor,
    targets: torch.Tensor,
    *,
    temperature: float = 1.0,
    share: float = 0.5,
    reduction: str = "mean",
) -> torch.Tensor:
    """Return how far logits are from a teacher's answers, and from the labels.

    With z the student's logit, v the teacher's, y the label and T the temperature, a text's loss is
    ``share T^2 CE(sigmoid(z / T), sigmoid(v / T)) + (1 - share) CE(sigmoid(z), y)``, where CE is
    the cross-entropy (Hinton, Vinyals & Dean, 2015, for two classes). Its gradient is ``share T
    (sigmoid(z / T) - sigmoid(v / T)) + (1 - share) (sigmoid(z) - y)``; the factor ``T^2`` keeps the
    first part as large as the second while T grows. Without a label, the first part counts whole.

    Parameters
    ----------
    logits : torch.Tensor ``(B,)``
    targets : torch.Tensor ``(B, 2)``
        Rows of `lessons`.
    temperature : float
        Above 1, answers that are nearly sure still differ.
    share : float
        Of the teacher, from 0 to 1.
    reduction : {"mean", "none"}
        "none" returns ``(B,)``, "mean" a scalar.
    """
    labels, answers = targets.to(logits).unbind(1)
    soft = temperature**2 * F.binary_cross_entropy_with_logits(
        logits / temperature, torch.sigmoid(answers / temperature), reduction="none"
    )
    labelled = ~labels.isnan()
    hard = F.binary_cross_entropy_with_logits(logits, labels.nan_to_num(), reduction="none")
    each = torch.where(labelled, share * soft + (1 - share) * hard, soft)
    return each if reduction == "none" else each.mean()


def taught(
    loss: Callable[[nn.Module, Batch], torch.Tensor], table: np.ndarray
) -> Callable[[nn.Module, Batch], torch.Tensor]:
    """Return a loss that compares a batch with the lessons of its rows, in the place of labels.

    Parameters
    ----------
    loss : callable
        ``loss(model, batch)``, such as `unrolled.nets.training.sentiment_loss` with a ``compare``
        that is `distillation_loss`.
    table : ndarray ``(N, 2)``
        `lessons` of all texts, in the order of the data that the batches are made from.
    """
    return lambda model, batch: loss(model, replace(batch, targets=table[batch.rows]))
