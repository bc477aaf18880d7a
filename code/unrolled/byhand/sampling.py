"""How a language model writes: from scores to shares, and from a share to one character.

The page's figure does the same in JavaScript, with the same numbers: the same seed writes the same
text here and there.
"""

from __future__ import annotations

import numpy as np

_MASK = 0xFFFFFFFF  # 32 bits


class Draws:
    """A source of numbers from 0 up to 1, the same for the same seed everywhere (mulberry32).

    NumPy's generators are better ones; this one is ten lines in any language.

    Parameters
    ----------
    seed : int
        Of which the last 32 bits count.
    """

    def __init__(self, seed: int):
        self._at = int(seed) & _MASK

    def __call__(self) -> float:
        """Return the next number."""
        at = self._at = (self._at + 0x6D2B79F5) & _MASK
        mixed = ((at ^ (at >> 15)) * (at | 1)) & _MASK
        mixed ^= (mixed + (mixed ^ (mixed >> 7)) * (mixed | 61)) & _MASK
        return (mixed ^ (mixed >> 14)) / 2**32


def shares(logits: np.ndarray, temperature: float = 1.0, top_p: float = 1.0) -> np.ndarray:
    """Return the probability with which each of V things is drawn, ``(V,)``.

    The scores are divided by the temperature before the softmax. Of its result the fewest that
    together reach `top_p` stay, the most probable first (of equal ones, the first); the others get
    nothing, and the sum is 1 again.

    Parameters
    ----------
    logits : ndarray ``(V,)``
    temperature : float, not negative
        1 leaves the model's own probabilities; at 0 the most probable gets all.
    top_p : float, above 0, at most 1

    Raises
    ------
    ValueError
        If a score is not finite, or the temperature or `top_p` is out of range.
    """
    logits = np.asarray(logits, dtype=np.float64)
    if not np.isfinite(logits).all():
        raise ValueError("shares got scores that are not finite. Look at the model's weights.")
    if not 0 <= temperature < np.inf:
        raise ValueError(f"temperature is {temperature}; give a number from 0 on, such as 0.8.")
    if not 0 < top_p <= 1:
        raise ValueError(f"top_p is {top_p}; give a share above 0, at most 1.")
    order = np.argsort(-logits, kind="stable")
    found = np.zeros(len(logits))
    if temperature == 0:
        found[order[0]] = 1.0
        return found
    powers = np.exp((logits[order] - logits[order[0]]) / temperature)
    powers /= powers.sum()
    # at 1 all stay, although rounding may bring their sum to 1 before the last
    kept = len(powers) if top_p == 1 else 1 + np.searchsorted(np.cumsum(powers), top_p - 1e-12)
    found[order[:kept]] = powers[:kept] / powers[:kept].sum()
    return found


def chosen(probabilities: np.ndarray, number: float) -> int:
    """Return which of V things a number from 0 up to 1 draws.

    They lie side by side from 0 to 1, the most probable first; what has no probability is never
    drawn.

    Parameters
    ----------
    probabilities : ndarray ``(V,)``
    number : float
    """
    probabilities = np.asarray(probabilities)
    order = np.argsort(-probabilities, kind="stable")
    order = order[probabilities[order] > 0]
    ends = np.cumsum(probabilities[order])
    return int(order[min(np.searchsorted(ends, number, side="right"), len(order) - 1)])
