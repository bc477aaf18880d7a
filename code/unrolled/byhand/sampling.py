"""How a language model chooses what it writes: temperature, the nucleus, and a draw."""

from __future__ import annotations

import numpy as np

from unrolled.byhand.functional import softmax

_MASK = 0xFFFFFFFF  # 32 bits


def tempered(scores: np.ndarray, temperature: float) -> np.ndarray:
    """Return the softmax of scores divided by the temperature, ``(B, V)``.

    Below 1 the probable gets more probable; towards 0 all goes to the highest score.

    Raises
    ------
    ValueError
        If the temperature is not positive.
    """
    if not temperature > 0:
        raise ValueError(f"temperature is {temperature}; choose a number above 0.")
    return softmax(np.asarray(scores, float) / temperature)


def nucleus(probabilities: np.ndarray, top_p: float) -> np.ndarray:
    """Return the probabilities ``(B, V)`` of the nucleus alone, made to sum to one again.

    The nucleus is the fewest most probable symbols whose probabilities sum to `top_p` or more
    (Holtzman et al. 2020).

    Raises
    ------
    ValueError
        If `top_p` is not above 0 and at most 1.
    """
    if not 0 < top_p <= 1:
        raise ValueError(f"top_p is {top_p}; choose a number above 0 and at most 1.")
    order = np.argsort(-probabilities, axis=-1, kind="stable")
    ranked = np.take_along_axis(probabilities, order, axis=-1)
    before = np.cumsum(ranked, axis=-1) - ranked  # what the more probable have
    kept = np.where(before < top_p, ranked, 0.0)
    result = np.empty_like(kept)
    np.put_along_axis(result, order, kept, axis=-1)
    return result / result.sum(axis=-1, keepdims=True)


def drawn(probabilities: np.ndarray, rng: np.random.Generator | Draws) -> np.ndarray:
    """Return a symbol drawn from each row of probabilities ``(B, V)``, int64 ``(B,)``."""
    heights = rng.random(len(probabilities)) * probabilities.sum(axis=-1)
    places = (np.cumsum(probabilities, axis=-1) <= heights[:, None]).sum(axis=-1)
    return places.clip(max=probabilities.shape[-1] - 1)


class Draws:
    """A source of numbers from 0 up to 1, the same for the same seed everywhere (mulberry32).

    NumPy's generators are better ones; this one is ten lines in any language, and the figure that
    writes in the page has it: given to `drawn`, both write the same text with the same seed.

    Parameters
    ----------
    seed : int
        Of which the last 32 bits count.
    """

    def __init__(self, seed: int):
        self._at = int(seed) & _MASK

    def random(self, size: int) -> np.ndarray:
        """Return the next numbers ``(size,)``."""
        return np.array([self._next() for _ in range(size)])

    def _next(self) -> float:
        at = self._at = (self._at + 0x6D2B79F5) & _MASK
        mixed = ((at ^ (at >> 15)) * (at | 1)) & _MASK
        mixed ^= (mixed + (mixed ^ (mixed >> 7)) * (mixed | 61)) & _MASK
        return (mixed ^ (mixed >> 14)) / 2**32
