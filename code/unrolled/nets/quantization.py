"""Weights in fewer bits: an embedding in 8 bits a number, with one scale a row."""

from __future__ import annotations

import numpy as np
import torch

from unrolled.nets.classifier import SentimentClassifier


def eight_bit_rows(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a table ``(V, E)`` as int8 and a scale ``(V, 1)`` for each row: their product is near.

    The largest number of a row becomes 127 or -127; no number moves by more than half a scale.
    """
    scales = np.abs(table).max(axis=1, keepdims=True) / 127
    scales = np.where(scales > 0, scales, 1).astype(np.float32)
    return np.rint(table / scales).astype(np.int8), scales


def round_embedding(model: SentimentClassifier) -> None:
    """Replace a model's embedding, in place, by what 8 bits keep of it."""
    rows, scales = eight_bit_rows(model.embedding.weight.detach().numpy())
    with torch.no_grad():
        model.embedding.weight.copy_(torch.as_tensor(rows * scales))
