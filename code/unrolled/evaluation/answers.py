"""From logits to probabilities and decisions, for two classes or more."""

from __future__ import annotations

import numpy as np
from scipy.special import expit, softmax


def probabilities(logits) -> np.ndarray:
    """Return the probability of each class ``(N, K)``.

    Parameters
    ----------
    logits : array_like
        ``(N,)``, one of class 1 against class 0, or ``(N, K)``, one for each of three or more.
    """
    logits = _checked(logits)
    if logits.ndim == 1:
        return np.stack([expit(-logits), expit(logits)], axis=1)
    return softmax(logits, axis=1)


def decisions(logits) -> np.ndarray:
    """Return the likeliest class ``(N,)``, 0 to K - 1; at equal logits the first."""
    logits = _checked(logits)
    return (logits > 0).astype(np.int64) if logits.ndim == 1 else logits.argmax(axis=1)


def _checked(logits) -> np.ndarray:
    """Return logits as float64, or raise ``ValueError`` for another shape."""
    logits = np.asarray(logits, dtype=np.float64)
    if logits.ndim not in (1, 2) or (logits.ndim == 2 and logits.shape[1] < 2):
        raise ValueError(
            f"logits have shape {logits.shape}; expected (N,) for two classes, or (N, K)."
        )
    return logits
