"""A network's answers in a record: logits as text, to three digits."""

from __future__ import annotations

import base64

import numpy as np


def pack_logits(logits: np.ndarray) -> str:
    """Return logits ``(N,)`` as text: half precision, little end first, in base 64."""
    return base64.b64encode(np.asarray(logits, dtype="<f2").tobytes()).decode("ascii")


def unpack_logits(text: str) -> np.ndarray:
    """Return the logits ``(N,)`` that `pack_logits` wrote, to three digits."""
    return np.frombuffer(base64.b64decode(text), dtype="<f2").astype(float)
