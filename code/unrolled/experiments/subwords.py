"""Chinese reviews read by subwords in the place of characters: the same network, other tokens.

Split, network and passes are those of `unrolled.experiments.own_texts`, so that its record holds
what to compare with. The number of subwords was chosen on the validation texts with a seed outside
the record, 100.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from unrolled.data.chinese import load_chinese
from unrolled.data.encoder import TextEncoder
from unrolled.experiments.own_texts import (
    READER,
    SEEDS,
    as_numbers,
    cut_at_random,
    reader_scores,
    share_right,
)
from unrolled.experiments.records import pack_logits
from unrolled.experiments.registry import Experiment
from unrolled.sentiment.corpus import Part
from unrolled.sentiment.recipe import Recipe

PIECES = 8_000


def grid() -> list[dict]:
    """Return all configurations."""
    return [{"seed": seed} for seed in SEEDS]


@lru_cache(maxsize=1)
def parts_of(pieces: int = PIECES) -> tuple[dict[str, Part], int]:
    """Return the parts as numbers of so many subwords, and how many there are."""
    parts = cut_at_random(load_chinese())
    encoder = TextEncoder.fit(parts["train"].texts, tokenizer="subwords", max_size=pieces)
    return as_numbers(parts, encoder), len(encoder)


def measure(
    seed: int,
    *,
    recipe: Recipe = READER,
    parts: dict[str, Part] | None = None,
    vocab_size: int | None = None,
) -> dict:
    """Train one network.

    Returns
    -------
    dict
        pieces (subwords), length (tokens of a training text, in the mean), valid, test
        (accuracies), logits (of the test texts).
    """
    if parts is None:
        parts, vocab_size = parts_of()
    logits = reader_scores(parts, vocab_size, recipe, seed)
    return {
        "pieces": vocab_size,
        "length": round(float(np.mean([len(ids) for ids in parts["train"].ids])), 2),
        **{name: share_right(z, parts[name].labels) for name, z in logits.items()},
        "logits": pack_logits(logits["test"]),
    }


EXPERIMENTS = [
    Experiment(
        "subwords",
        "Does a network read Chinese reviews better by subwords than by characters?",
        grid,
        measure,
        minutes=3,
    ),
]
