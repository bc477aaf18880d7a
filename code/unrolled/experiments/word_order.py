"""Does the order of the words matter: on whole reviews, and on pairs that only order decides?"""

from __future__ import annotations

import itertools

import numpy as np
from sklearn.linear_model import LogisticRegression

from unrolled.data.batching import keep_ends
from unrolled.data.negation import mean_by_kind, negation_pairs, pair_scores
from unrolled.data.vocabulary import Vocabulary
from unrolled.evaluation.baselines import NGrams
from unrolled.experiments.registry import Experiment
from unrolled.seeding import seed_everything
from unrolled.sentiment.corpus import Part, read_imdb
from unrolled.sentiment.recipe import Recipe
from unrolled.sentiment.training import build_reader, logits_of, scores, train_reader

NETWORKS = ("rnn", "lstm", "gru")
BAGS = ("words", "words and pairs")
ORDERS = ("as written", "shuffled")
SEEDS = range(5)
MAX_TOKENS = 200
PENALTY = {"words": 0.03, "words and pairs": 0.03}  # C of the logistic regressions


def recipe_of(network: str) -> Recipe:
    """Return the recipe of a network that reads in one direction."""
    return Recipe(cell=network, bidirectional=False, max_tokens=MAX_TOKENS)


def grid() -> list[dict]:
    """Return all configurations, seed after seed."""
    return [
        {"reader": reader, "trained": trained, "seed": seed}
        for seed, reader, trained in itertools.product(SEEDS, (*NETWORKS, *BAGS), ORDERS)
    ]


def shortened(part: Part) -> Part:
    """Return the part with the first and last tokens of each review only.

    Cut first and shuffled afterwards, a review keeps its words.
    """
    return Part([keep_ends(ids, MAX_TOKENS) for ids in part.ids], part.labels)


def shuffled(part: Part, rng: np.random.Generator) -> Part:
    """Return the part with the tokens of each review in random order."""
    return Part([rng.permutation(ids) for ids in part.ids], part.labels)


def in_order(parts: dict[str, Part], order: str, seed: int) -> dict[str, Part]:
    """Return the parts as written or, the same for all readers of a seed, shuffled."""
    if order == "as written":
        return parts
    rng = np.random.default_rng([seed, 1])
    return {name: shuffled(part, rng) for name, part in parts.items()}


def measure(reader: str, trained: str, seed: int, *, reviews: int | None = None) -> list[dict]:
    """Train one reader on reviews in one order and return what it scores.

    Networks of one seed start with the same weights and see the same batches.

    Parameters
    ----------
    reader : str
        One of `NETWORKS` or `BAGS`.
    trained : str
        One of `ORDERS`.
    seed : int
    reviews : int, optional
        Train on so many reviews only.

    Returns
    -------
    list of dict
        test ("reviews" or "pairs"), kind (of the pairs; of the reviews their order), score (the
        share of validation reviews judged rightly; of pairs in the right order).
    """
    rng = seed_everything(seed)
    parts, vocabulary = read_imdb()
    parts = {name: shortened(parts[name]) for name in ("train", "valid")}
    if reviews is not None:
        rows = np.random.default_rng(seed).permutation(len(parts["train"].ids))[:reviews]
        parts["train"] = parts["train"].take(rows)
    ordered = {order: in_order(parts, order, seed) for order in ORDERS}
    fit = fit_network if reader in NETWORKS else fit_bag
    judge = fit(reader, ordered[trained]["train"], vocabulary, rng)
    found = [
        {"test": "reviews", "kind": order}
        | {"score": scores(judge(ordered[order]["valid"]), parts["valid"].labels)["accuracy"]}
        for order in ORDERS
    ]
    pairs = negation_pairs()
    right = pair_scores(pairs, lambda texts: judge(as_part(texts, vocabulary)))
    by_kind = mean_by_kind(pairs, right)
    return found + [{"test": "pairs", "kind": kind, "score": by_kind[kind]} for kind in by_kind]


def as_part(texts: list[list[str]], vocabulary: Vocabulary) -> Part:
    """Return token lists as a part; the labels are zeros."""
    return Part([vocabulary.encode(text) for text in texts], np.zeros(len(texts), dtype=np.int64))


def fit_network(reader: str, part: Part, vocabulary: Vocabulary, rng):
    """Return a function from a part to its logits: a network, trained."""
    model = build_reader(recipe_of(reader), len(vocabulary))
    if train_reader(model, recipe_of(reader), part, rng)["diverged"]:
        raise FloatingPointError(f"The {reader} diverged; lower the rate of its recipe.")
    return lambda part: logits_of(model, part, MAX_TOKENS)


def fit_bag(reader: str, part: Part, vocabulary: Vocabulary, rng):
    """Return a function from a part to its logits: one weight a word (and pair of words)."""
    grams = NGrams(longest=2 if reader == "words and pairs" else 1, counted=True)
    bag = LogisticRegression(C=PENALTY[reader], max_iter=2000)
    bag.fit(grams.fit_transform(part.ids, len(vocabulary)), part.labels)
    return lambda part: bag.decision_function(grams.transform(part.ids))


EXPERIMENTS = [
    Experiment(
        "word-order",
        "Does the order of the words matter, on reviews and on pairs that only order decides?",
        grid,
        measure,
        minutes=22,
    ),
]
