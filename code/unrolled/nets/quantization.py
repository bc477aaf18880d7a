"""Weights in fewer bits: an embedding in 8 bits a number, with one scale a row."""

from __future__ import annotations

import torch

from unrolled.nets.classifier import SentimentClassifier
from unrolled.nets.model_file import in_eight_bits


def round_embedding(model: SentimentClassifier) -> None:
    """Replace a model's embedding, in place, by what 8 bits keep of it."""
    rounded = in_eight_bits(model.embedding.weight.detach().numpy())
    with torch.no_grad():
        model.embedding.weight.copy_(torch.as_tensor(rounded))
