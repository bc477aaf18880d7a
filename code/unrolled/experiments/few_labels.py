"""What can be learnt from 50, 200 or 1,000 labels, by a bag of characters and by a network?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from unrolled.experiments.own_texts import (
    READER,
    SEEDS,
    Texts,
    bag_scores,
    reader_scores,
    share_right,
    texts_of,
)
from unrolled.experiments.registry import Experiment
from unrolled.sentiment.corpus import Part, balanced_rows
from unrolled.sentiment.recipe import Recipe

#: Passes of the network over so many labels: the most that were tried, and the best of them.
PASSES = {50: 30, 200: 20, 1_000: 8}
STRENGTH = 10.0  # C of the bag


def grid() -> list[dict]:
    """Return all configurations."""
    return [{"labels": labels, "seed": seed} for labels in PASSES for seed in SEEDS]


def measure(
    labels: int,
    seed: int,
    *,
    texts: Texts | None = None,
    recipe: Recipe = READER,
    passes: int | None = None,
) -> list[dict]:
    """Train a bag and a network on the same labelled texts, half of each class.

    No setting is chosen in a run: whoever has 50 labels has none to spare.

    Returns
    -------
    list of dict
        reader ("bag" or "LSTM"), valid, test (accuracies).
    """
    texts = texts_of("dropped") if texts is None else texts
    parts = texts.parts | {"train": drawn(texts.parts["train"], labels, seed)}
    recipe = replace(recipe, epochs=PASSES[labels] if passes is None else passes)
    found = {
        "bag": bag_scores(parts, strengths=(STRENGTH,))[STRENGTH],
        "LSTM": reader_scores(parts, texts.vocab_size, recipe, seed),
    }
    return [
        {"reader": reader}
        | {name: share_right(z, parts[name].labels) for name, z in scores.items()}
        for reader, scores in found.items()
    ]


def drawn(part: Part, labels: int, seed: int) -> Part:
    """Return so many texts of a part, half of each class."""
    return part.take(balanced_rows(part.labels, labels, np.random.default_rng(seed)))


EXPERIMENTS = [
    Experiment(
        "few-labels",
        "What can be learnt from 50, 200 or 1,000 labels?",
        grid,
        measure,
        minutes=3,
    ),
]
