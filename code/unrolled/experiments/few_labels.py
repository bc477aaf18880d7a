"""What can be learnt from 50, 200 or 1,000 labels, and does reading all texts first help?"""

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
from unrolled.nets.pretraining import PretrainingRecipe, pretrain
from unrolled.sentiment.corpus import Part, balanced_rows
from unrolled.sentiment.recipe import Recipe

#: Labels, and passes over them of a network that begins at random, or pretrained.
PASSES = {50: (30, 20), 200: (20, 10), 1_000: (8, 6)}
LANGUAGE = PretrainingRecipe(embedding_size=100, hidden_size=48, passes=3, texts=32, steps=50)
GENTLE = 2e-3  # the peak of the rate of a network that is pretrained


def grid() -> list[dict]:
    """Return all configurations of ``few-labels``."""
    return [{"seed": seed} for seed in SEEDS]


def measure(
    seed: int,
    *,
    texts: Texts | None = None,
    recipe: Recipe = READER,
    language: PretrainingRecipe = LANGUAGE,
    passes: dict[int, tuple[int, int]] = PASSES,
) -> list[dict]:
    """Train three readers on some labels: a bag, a network, and one that has read all texts first.

    All get the same labelled texts, half of each class. No setting is chosen in a run: whoever has
    50 labels has none to spare. C is 10.

    Returns
    -------
    list of dict
        labels, reader ("bag", "LSTM" or "LSTM, pretrained"), valid, test (accuracies).
    """
    texts = texts_of("dropped") if texts is None else texts
    model, _ = pretrain(texts.parts["train"].ids, texts.vocab_size, language, seed)
    findings = []
    for labels, (alone, after) in passes.items():
        parts = texts.parts | {"train": drawn(texts.parts["train"], labels, seed)}
        ways = {"LSTM": (alone, None), "LSTM, pretrained": (after, model)}
        found = {"bag": bag_scores(parts, strengths=(10.0,))[10.0]}
        for reader, (epochs, start) in ways.items():
            rate = recipe.rate if start is None else GENTLE
            one = replace(recipe, epochs=epochs, rate=rate)
            found[reader] = reader_scores(parts, texts.vocab_size, one, seed, language=start)
        findings += [
            {"labels": len(parts["train"]), "reader": reader}
            | {name: share_right(z, parts[name].labels) for name, z in scores.items()}
            for reader, scores in found.items()
        ]
    return findings


def drawn(part: Part, labels: int, seed: int) -> Part:
    """Return so many texts of a part, half of each class."""
    return part.take(balanced_rows(part.labels, labels, np.random.default_rng(seed)))


EXPERIMENTS = [
    Experiment(
        "few-labels",
        "What can be learnt from 50, 200 or 1,000 labels, and does reading the texts first help?",
        grid,
        measure,
        minutes=15,
    ),
]
