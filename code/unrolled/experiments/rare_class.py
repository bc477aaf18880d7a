"""Where one class is rare, do class weights or a chosen threshold find it?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from unrolled.experiments.own_texts import (
    NAMES,
    READER,
    SEEDS,
    Texts,
    bag_scores,
    reader_scores,
    texts_of,
)
from unrolled.experiments.registry import Experiment
from unrolled.sentiment.corpus import Part
from unrolled.sentiment.recipe import Recipe

RARE = 20  # of so many texts of the frequent class one of the rare class is kept
WAYS = ("as they are", "weighted")
QUICK = replace(READER, epochs=3, max_tokens=100)


def grid() -> list[dict]:
    """Return all configurations of ``rare-class``."""
    return [{"way": way, "seed": seed} for way in WAYS for seed in SEEDS]


def measure(
    way: str,
    seed: int,
    *,
    texts: Texts | None = None,
    recipe: Recipe = QUICK,
    rare: int = RARE,
) -> list[dict]:
    """Train bag and network where praise is rare, with or without weights for the classes.

    Praise is thinned in training and validation. In the test all of it stays, and each of its texts
    counts so much less that praise has the same share as in training: so the rare class is judged
    on more than a handful of texts.

    Returns
    -------
    list of dict
        reader, accuracy, macro_f1, recall (of the rare class) and precision at the threshold of one
        half; threshold (with the best macro-F1 on the validation texts), and the same four with it,
        as accuracy_moved and so on.
    """
    texts = texts_of("dropped") if texts is None else texts
    rng = np.random.default_rng(seed)
    parts = {name: _thinned(texts.parts[name], rare, rng) for name in NAMES[:2]}
    parts["test"] = texts.parts["test"]
    weighted = way == "weighted"
    recipe = replace(recipe, class_weights="balanced" if weighted else "none")
    scores = {
        "bag": _best_bag(parts, "balanced" if weighted else None),
        "LSTM": reader_scores(parts, texts.vocab_size, recipe, seed),
    }
    return [{"reader": reader} | _unequal(z, parts, rare) for reader, z in scores.items()]


def _thinned(part: Part, rare: int, rng: np.random.Generator) -> Part:
    """Return a part with one text of praise for so many of blame."""
    praise, blame = (np.flatnonzero(part.labels == label) for label in (1, 0))
    kept = rng.permutation(praise)[: max(1, len(blame) // rare)]
    return part.take(np.sort(np.concatenate([blame, kept])))


def _best_bag(parts, class_weight):
    """Return the scores of the bag whose C has the best macro-F1 on the validation texts."""
    found = bag_scores(parts, class_weight=class_weight)
    labels = parts["valid"].labels
    return max(found.values(), key=lambda one: judged(one["valid"] > 0, labels)["macro_f1"])


def judged(predicted: np.ndarray, labels: np.ndarray, weight: float = 1.0) -> dict[str, float]:
    """Return accuracy, macro_f1, recall and precision (of class 1), its texts counted `weight`."""
    counts = np.where(labels == 1, weight, 1.0)
    hits = {k: counts[(predicted == k) & (labels == k)].sum() for k in (0, 1)}
    told = {k: counts[predicted == k].sum() for k in (0, 1)}
    true = {k: counts[labels == k].sum() for k in (0, 1)}
    f1 = [2 * hits[k] / (told[k] + true[k]) for k in (0, 1)]
    found = {
        "accuracy": sum(hits.values()) / counts.sum(),
        "macro_f1": np.mean(f1),
        "recall": hits[1] / true[1],
        "precision": hits[1] / told[1] if told[1] else 0.0,
    }
    return {name: round(float(value), 5) for name, value in found.items()}


def _unequal(scores: dict[str, np.ndarray], parts: dict[str, Part], rare: int) -> dict:
    """Return what is right at one half, and at the threshold that validation chooses."""
    valid, test = parts["valid"].labels, parts["test"].labels
    weight = float((test == 0).sum() / (test == 1).sum() / rare)
    cuts = np.unique(np.quantile(scores["valid"], np.linspace(0.5, 0.999, 200)))
    values = [judged(scores["valid"] > cut, valid)["macro_f1"] for cut in cuts]
    threshold = float(cuts[int(np.argmax(values))])
    moved = judged(scores["test"] > threshold, test, weight)
    found = judged(scores["test"] > 0, test, weight) | {"threshold": round(threshold, 4)}
    return found | {f"{name}_moved": value for name, value in moved.items()}


EXPERIMENTS = [
    Experiment(
        "rare-class",
        "Where one class is rare, do class weights or a chosen threshold find it?",
        grid,
        measure,
        minutes=8,
    ),
]
