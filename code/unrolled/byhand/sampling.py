"""How a language model chooses what it writes: temperature, the nucleus, and a draw."""

from __future__ import annotations

import numpy as np

from unrolled.byhand.functional import softmax


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


def drawn(probabilities: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a symbol drawn from each row of probabilities ``(B, V)``, int64 ``(B,)``."""
    heights = rng.random(len(probabilities)) * probabilities.sum(axis=-1)
    places = (np.cumsum(probabilities, axis=-1) <= heights[:, None]).sum(axis=-1)
    return places.clip(max=probabilities.shape[-1] - 1)
