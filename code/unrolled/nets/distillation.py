"""Distillation: a small network learns from the answers of a better one, not from labels alone.

A teacher's answer says more of a text than a label does: how sure one can be. And it is there for
texts that have no label (Bucila, Caruana & Niculescu-Mizil, 2006; Hinton, Vinyals & Dean, 2015).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy.special import expit
from torch import Tensor, nn

from unrolled.data.batching import Batch


def soft_labels(answers: np.ndarray) -> np.ndarray:
    """Return a teacher's probabilities of class 1, to be learnt in the place of labels.

    With z the student's logit and v the teacher's, the cross-entropy with ``sigmoid(v)`` as its
    target has the gradient ``sigmoid(z) - sigmoid(v)``: it is least where both say the same, not
    where the student is sure. This is the loss of Hinton and others at temperature 1, for two
    classes.

    Parameters
    ----------
    answers : ndarray ``(N,)``
        Logits.

    Raises
    ------
    ValueError
        If an answer is NaN, or they are no vector.
    """
    answers = np.asarray(answers, dtype=np.float64)
    if answers.ndim != 1 or np.isnan(answers).any():
        told = "NaN among them" if np.isnan(answers).any() else f"shape {answers.shape}"
        raise ValueError(f"soft_labels got answers with {told}; give one logit for each text.")
    return expit(answers)


def taught(
    loss: Callable[[nn.Module, Batch], Tensor], targets: np.ndarray
) -> Callable[[nn.Module, Batch], Tensor]:
    """Return a loss that compares a batch with the targets of its rows, in the place of its labels.

    Parameters
    ----------
    loss : callable
        ``loss(model, batch)``, such as `unrolled.nets.training.sentiment_loss`.
    targets : ndarray ``(N,)``
        Of all texts, in the order of the data that the batches are made from: labels, and
        `soft_labels` of texts without one.
    """
    return lambda model, batch: loss(model, replace(batch, targets=targets[batch.rows]))
