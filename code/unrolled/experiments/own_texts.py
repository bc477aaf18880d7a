"""Chinese reviews as somebody's own texts: read by a bag and by a network, with and without copies.

What this module and its two neighbours (`few_labels`, `rare_class`) measure, they measure on the
reviews of `unrolled.data.chinese`, read by characters, and on one split, that of `cut_at_random`;
the seed of a run is that of the network, of the labels drawn, and of the texts left out. Passes and
the length of character runs were chosen on the validation texts with a seed outside the records,
100.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from unrolled.data.chinese import load_chinese
from unrolled.data.encoder import TextEncoder
from unrolled.data.labelled.reading import LabelledTexts
from unrolled.evaluation.baselines import best_threshold
from unrolled.experiments.records import pack_logits
from unrolled.experiments.registry import Experiment
from unrolled.seeding import seed_everything
from unrolled.sentiment.corpus import NAMES, Part
from unrolled.sentiment.recipe import Recipe
from unrolled.sentiment.training import build_reader, logits_of, train_reader

SEEDS = range(5)
STRENGTHS = (1.0, 3.0, 10.0, 30.0, 100.0)  # C of the logistic regression
LONGEST = 3  # characters of a run
READER = Recipe(max_tokens=200, epochs=4)


@dataclass(frozen=True)
class Texts:
    """Parts as character numbers, with their texts; V; which test texts stand in another part."""

    parts: dict[str, Part]
    vocab_size: int
    seen: np.ndarray


def cut_at_random(labelled: LabelledTexts, seed: int = 0) -> dict[str, LabelledTexts]:
    """Return eight, one and one tenth of each class, shuffled: as people split, copies and all.

    `unrolled.data.labelled.split.split` keeps equal texts together, so it could not show what
    copies do.
    """
    rng = np.random.default_rng(seed)
    part = np.zeros(len(labelled), dtype=np.int64)
    for label in range(len(labelled.classes)):
        rows = rng.permutation(np.flatnonzero(labelled.labels == label))
        tenth = round(0.1 * len(rows))
        part[rows[:tenth]], part[rows[tenth : 2 * tenth]] = 2, 1
    return {name: labelled.take(np.flatnonzero(part == k)) for k, name in enumerate(NAMES)}


@lru_cache(maxsize=2)
def texts_of(copies: str) -> Texts:
    """Return the reviews, split, with their copies "kept" or "dropped"."""
    parts = cut_at_random(load_chinese(copies))
    encoder = TextEncoder.fit(parts["train"].texts, tokenizer="characters", max_size=None)
    earlier = {text.strip() for name in NAMES[:2] for text in parts[name].texts}
    seen = np.array([text.strip() in earlier for text in parts["test"].texts])
    return Texts(as_numbers(parts, encoder), len(encoder), seen)


def as_numbers(parts: dict[str, LabelledTexts], encoder: TextEncoder) -> dict[str, Part]:
    """Return parts as token numbers, with their texts."""
    return {
        name: Part(encoder.encode_many(part.texts), part.labels, part.texts)
        for name, part in parts.items()
    }


def bag_scores(
    parts: dict[str, Part],
    *,
    strengths: tuple[float, ...] = STRENGTHS,
    class_weight: str | None = None,
) -> dict[float, dict[str, np.ndarray]]:
    """Return for each C the scores of validation and test texts by a logistic regression.

    It reads TF-IDF of all runs of one to three characters; of many texts those runs that two hold.
    """
    least = 2 if len(parts["train"]) >= 1_000 else 1
    bag = TfidfVectorizer(
        analyzer="char", ngram_range=(1, LONGEST), min_df=least, sublinear_tf=True
    )
    seen = bag.fit_transform(parts["train"].texts)
    unseen = {name: bag.transform(parts[name].texts) for name in NAMES[1:]}
    found = {}
    for strength in strengths:
        model = LogisticRegression(C=strength, max_iter=300, class_weight=class_weight)
        model.fit(seen, parts["train"].labels)
        found[strength] = {name: model.decision_function(table) for name, table in unseen.items()}
    return found


def reader_scores(
    parts: dict[str, Part], vocab_size: int, recipe: Recipe, seed: int
) -> dict[str, np.ndarray]:
    """Return the logits of validation and test texts by a network that is trained now."""
    rng = seed_everything(seed)
    model = build_reader(recipe, vocab_size)
    train_reader(model, recipe, parts["train"], rng)
    return {name: logits_of(model, parts[name], recipe.max_tokens) for name in NAMES[1:]}


def share_right(scores: np.ndarray, labels: np.ndarray, threshold: float = 0.0) -> float:
    """Return the share of scores on the right side of a threshold."""
    return round(float(np.mean((scores > threshold) == (labels == 1))), 5)


def grid() -> list[dict]:
    """Return all configurations of ``own-texts``."""
    return [{"copies": copies, "seed": seed} for copies in ("dropped", "kept") for seed in SEEDS]


def measure(
    copies: str, seed: int, *, texts: Texts | None = None, recipe: Recipe = READER
) -> list[dict]:
    """Train the network on the reviews with or without their copies; with seed 0 the bag as well.

    Returns
    -------
    list of dict
        reader ("LSTM" or "bag", which gives a finding for each C), strength (NaN for the LSTM),
        valid, test (accuracies), seen (accuracy on the test texts that stand in an earlier part),
        new (that on the others), share_seen, threshold (the best on the validation texts),
        test_moved (accuracy with it), logits (of the test texts; of the bag only those of the C
        that is best on the validation texts).
    """
    texts = texts_of(copies) if texts is None else texts
    parts = texts.parts
    logits = reader_scores(parts, texts.vocab_size, recipe, seed)
    findings = [
        _judged("LSTM", float("nan"), logits, texts) | {"logits": pack_logits(logits["test"])}
    ]
    if seed == 0:
        scores = bag_scores(parts)
        bags = [_judged("bag", strength, one, texts) for strength, one in scores.items()]
        best = int(np.argmax([bag["valid"] for bag in bags]))
        bags[best]["logits"] = pack_logits(list(scores.values())[best]["test"])
        findings += bags
    return findings


def _judged(reader: str, strength: float, scores: dict[str, np.ndarray], texts: Texts) -> dict:
    """Return what a reader has got right."""
    labels = {name: texts.parts[name].labels for name in scores}
    threshold = best_threshold(scores["valid"], labels["valid"])
    right = (scores["test"] > 0) == (labels["test"] == 1)

    def share(chosen):
        return round(float(right[chosen].mean()), 5) if chosen.any() else float("nan")

    return {
        "reader": reader,
        "strength": strength,
        "valid": share_right(scores["valid"], labels["valid"]),
        "test": share_right(scores["test"], labels["test"]),
        "seen": share(texts.seen),
        "new": share(~texts.seen),
        "share_seen": round(float(texts.seen.mean()), 5),
        "threshold": round(threshold, 4),
        "test_moved": share_right(scores["test"], labels["test"], threshold),
    }


EXPERIMENTS = [
    Experiment(
        "own-texts",
        "How much better do Chinese reviews look where copies stand on both sides of the split?",
        grid,
        measure,
        minutes=12,
    ),
]
