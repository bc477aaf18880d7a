"""How good is NB-SVM, the network's rival, with every setting chosen on validation reviews?

Vocabulary, length of the runs, C, beta and threshold are all tried; the chapters take the ones
that are best on the validation reviews. A seed here is the order in which the support vector
machine visits the texts: it has one best answer, so the seeds say how near to it the program comes.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from unrolled.evaluation.baselines import NaiveBayesSVM, NGrams
from unrolled.experiments.records import pack_logits
from unrolled.experiments.registry import Experiment
from unrolled.sentiment.corpus import Part, read_imdb

SEEDS = range(5)
VOCABULARIES = (10_000, 30_000, 1_000_000)  # a million: more words than the reviews have
LONGEST = (1, 2, 3)
STRENGTHS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)  # C
SHARES = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0)  # beta


def grid() -> list[dict]:
    """Return all configurations; those that share a vocabulary stand together."""
    return [
        {"vocabulary": vocabulary, "longest": longest, "seed": seed}
        for vocabulary, longest, seed in product(VOCABULARIES, LONGEST, SEEDS)
    ]


def measure(
    vocabulary: int,
    longest: int,
    seed: int,
    *,
    parts: dict[str, Part] | None = None,
    strengths: tuple[float, ...] = STRENGTHS,
) -> list[dict]:
    """Fit NB-SVM for each C and beta; judge validation and test reviews.

    Returns
    -------
    list of dict
        C, beta, threshold (the best on the validation reviews), and the accuracies valid and test
        with that threshold, valid_at_0 and test_at_0 without. With seed 0 the (first) finding that
        is best on the validation reviews also has valid_scores and test_scores (see
        `unrolled.experiments.records.pack_logits`), the threshold already taken off.
    """
    if parts is None:
        parts, words = read_imdb(vocabulary)
        vocabulary = len(words)
    grams = NGrams(longest)
    tables = {"train": grams.fit_transform(parts["train"].ids, vocabulary)}
    tables |= {name: grams.transform(parts[name].ids) for name in ("valid", "test")}
    findings, scores = [], []
    for strength in strengths:
        model = NaiveBayesSVM(C=strength, seed=seed).fit(tables["train"], parts["train"].labels)
        for share in SHARES:
            finding, shifted = _judge(model.interpolate(share), tables, parts)
            findings.append({"C": strength, "beta": share} | finding)
            scores.append(shifted)
    if seed == 0:
        best = int(np.argmax([finding["valid"] for finding in findings]))
        findings[best] |= {f"{part}_scores": pack_logits(z) for part, z in scores[best].items()}
    return findings


def _judge(model: NaiveBayesSVM, tables, parts) -> tuple[dict, dict[str, np.ndarray]]:
    """Return one finding, and the scores after the threshold has been chosen."""
    names = ("valid", "test")
    finding = {f"{name}_at_0": _accuracy(model, tables, parts, name) for name in names}
    before = model.bias
    model.choose_threshold(tables["valid"], parts["valid"].labels)
    finding |= {name: _accuracy(model, tables, parts, name) for name in names}
    finding["threshold"] = round(before - model.bias, 5)
    return finding, {name: model.decision_function(tables[name]) for name in names}


def _accuracy(model, tables, parts, name: str) -> float:
    return round(model.score(tables[name], parts[name].labels), 5)


EXPERIMENTS = [
    Experiment(
        "nb-svm",
        "How well does NB-SVM judge reviews, with every setting chosen on validation reviews?",
        grid,
        measure,
        minutes=15,
    ),
]
