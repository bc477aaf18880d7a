"""Three classes made of real sentences: does a network tell mixed texts better than a bag of words?

The texts are those of `unrolled.data.verdicts`; their parts are fixed, and a seed is that of the
network. Passes and dropout were chosen on the validation texts with a seed outside the record, 100.
Of the two bags one knows three classes; the other one knows that "mixed" lies between the others.
"""

from __future__ import annotations

import itertools
from functools import lru_cache

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from unrolled.data.encoder import TextEncoder
from unrolled.data.tokenizer import tokenize
from unrolled.data.verdicts import VERDICTS, verdicts
from unrolled.evaluation.answers import decisions
from unrolled.experiments.registry import Experiment
from unrolled.seeding import seed_everything
from unrolled.sentiment.corpus import NAMES, Part
from unrolled.sentiment.recipe import Recipe
from unrolled.sentiment.training import build_reader, logits_of, train_reader

SEEDS = range(5)
STRENGTHS = (0.3, 1.0, 3.0, 10.0, 30.0, 100.0)  # C of the logistic regression
READER = Recipe(epochs=4, dropout=0.5, embedding_dropout=0.5)


def grid() -> list[dict]:
    """Return all configurations."""
    return [{"seed": seed} for seed in SEEDS]


@lru_cache(maxsize=1)
def parts_of() -> tuple[dict[str, Part], int]:
    """Return the parts "train", "valid" and "test", with their texts, and the vocabulary's size."""
    rows = verdicts(seed=0)
    texts = {name: [text for text, _, part in rows if part == name] for name in NAMES}
    encoder = TextEncoder.fit(texts["train"])
    labels = {
        name: np.array([VERDICTS.index(verdict) for _, verdict, part in rows if part == name])
        for name in NAMES
    }
    parts = {
        name: Part(encoder.encode_many(texts[name]), labels[name], texts[name], len(VERDICTS))
        for name in NAMES
    }
    return parts, len(encoder)


def measure(
    seed: int,
    *,
    recipe: Recipe = READER,
    parts: dict[str, Part] | None = None,
    vocab_size: int | None = None,
) -> list[dict]:
    """Train one network; with seed 0 fit both bags of words and pairs as well.

    Returns
    -------
    list of dict
        reader ("LSTM", "bag" or "bag in order"), strength (C of a bag; NaN for the network), valid,
        test (accuracies), macro_f1, and f1 and recall of each class, of the test texts; answers
        (the class of each test text by its first letter).
    """
    if parts is None:
        parts, vocab_size = parts_of()
    rng = seed_everything(seed)
    classes = parts["train"].n_classes
    model = build_reader(recipe, vocab_size, classes)
    train_reader(model, recipe, parts["train"], rng)
    limit = recipe.max_tokens
    said = {name: decisions(logits_of(model, parts[name], limit)) for name in NAMES[1:]}
    findings = [{"reader": "LSTM", "strength": float("nan")} | _judged(said, parts)]
    if seed == 0:
        findings += [
            {"reader": reader, "strength": strength} | _judged(said, parts)
            for reader, (said, strength) in bags(parts).items()
        ]
    return findings


def _judged(said: dict[str, np.ndarray], parts: dict[str, Part]) -> dict:
    """Return what the answers to validation and test texts are worth."""
    found = {name: float(np.mean(said[name] == parts[name].labels)) for name in said}
    truth, answers = parts["test"].labels, said["test"]
    each = f1_score(truth, answers, average=None, labels=range(len(VERDICTS)), zero_division=0)
    found["macro_f1"] = float(each.mean())
    for k, name in enumerate(VERDICTS):
        found[f"f1_{name}"] = float(each[k])
        found[f"recall_{name}"] = float(np.mean(answers[truth == k] == k))
    rounded = {name: round(value, 5) for name, value in found.items()}
    return rounded | {"answers": "".join(VERDICTS[answer][0] for answer in answers)}


def bags(parts: dict[str, Part]) -> dict[str, tuple[dict[str, np.ndarray], float]]:
    """Return for each kind of bag its answers with the C that is best on validation, and that C.

    "bag" has a score for each class. "bag in order" learns from negative and positive texts alone,
    and calls a text mixed whose score lies between two thresholds, chosen on validation texts.
    """
    table = TfidfVectorizer(
        tokenizer=tokenize, token_pattern=None, ngram_range=(1, 2), sublinear_tf=True
    )
    tables = {"train": table.fit_transform(parts["train"].texts)}
    tables |= {name: table.transform(parts[name].texts) for name in NAMES[1:]}
    truth, valid = parts["train"].labels, parts["valid"].labels
    ends = truth != VERDICTS.index("mixed")
    found = {"bag": [], "bag in order": []}
    for strength in STRENGTHS:
        model = LogisticRegression(C=strength, max_iter=300).fit(tables["train"], truth)
        found["bag"].append({name: model.predict(tables[name]) for name in NAMES[1:]})
        model.fit(tables["train"][ends], truth[ends])
        score = {name: model.decision_function(tables[name]) for name in NAMES[1:]}
        cuts = two_thresholds(score["valid"], valid)
        found["bag in order"].append({name: np.digitize(z, cuts) for name, z in score.items()})
    best = {
        kind: int(np.argmax([np.mean(one["valid"] == valid) for one in answers]))
        for kind, answers in found.items()
    }
    return {kind: (found[kind][place], STRENGTHS[place]) for kind, place in best.items()}


def two_thresholds(scores: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Return the pair of quantiles of the scores between which "mixed" is right most often."""
    cuts = np.quantile(scores, np.linspace(0.1, 0.9, 41))
    pairs = list(itertools.combinations(cuts.tolist(), 2))
    return max(pairs, key=lambda pair: np.mean(np.digitize(scores, pair) == labels))


EXPERIMENTS = [
    Experiment(
        "three-classes",
        "Does a network tell texts of two minds better than a bag of words and pairs does?",
        grid,
        measure,
        minutes=3,
    ),
]
