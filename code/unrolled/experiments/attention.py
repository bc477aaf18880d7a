"""What does attention buy over other poolings, and does it depend on the length of the review?"""

from __future__ import annotations

import itertools

import numpy as np

from unrolled.experiments.registry import Experiment
from unrolled.nets.choices import POOLINGS
from unrolled.seeding import seed_everything
from unrolled.sentiment.corpus import read_imdb
from unrolled.sentiment.recipe import Recipe
from unrolled.sentiment.training import build_reader, logits_of, train_reader

SEEDS = range(5)
MAX_TOKENS = 400
GROUPS = 4


def recipe_of(pooling: str) -> Recipe:
    """Return the recipe of an LSTM that reads in one direction."""
    return Recipe(bidirectional=False, pooling=pooling, max_tokens=MAX_TOKENS)


def grid() -> list[dict]:
    """Return all configurations, seed after seed."""
    return [{"pooling": p, "seed": s} for s, p in itertools.product(SEEDS, POOLINGS)]


def length_groups(lengths: np.ndarray, groups: int = GROUPS) -> np.ndarray:
    """Return ``(N,)`` the group of each length, 0 for the shortest, about as many in each."""
    edges = np.quantile(lengths, np.arange(1, groups) / groups)
    return np.searchsorted(edges, lengths, side="left")


def measure(pooling: str, seed: int, *, reviews: int | None = None) -> list[dict]:
    """Train one network and return its accuracy on validation reviews by their length.

    Networks of one seed start with the same embedding and LSTM and see the same batches.

    Returns
    -------
    list of dict
        group ("all", or 1 for the shortest quarter to 4 for the longest), reviews, median_tokens,
        accuracy (of reading as in training: first and last tokens), accuracy_whole (of reading
        every token).
    """
    rng = seed_everything(seed)
    parts, vocabulary = read_imdb()
    train, valid = parts["train"], parts["valid"]
    if reviews is not None:
        train = train.take(np.random.default_rng(seed).permutation(len(train.ids))[:reviews])
    model = build_reader(recipe_of(pooling), len(vocabulary))
    found = train_reader(model, recipe_of(pooling), train, rng)
    if found["diverged"]:
        raise FloatingPointError(f"The network with pooling {pooling} diverged; lower its rate.")
    lengths = np.array([len(ids) for ids in valid.ids])
    right = {
        name: (logits_of(model, valid, limit) > 0) == (valid.labels == 1)
        for name, limit in (("accuracy", MAX_TOKENS), ("accuracy_whole", int(lengths.max())))
    }
    group_of = length_groups(lengths)
    groups = {"all": np.ones(len(lengths), dtype=bool)}
    groups |= {str(group + 1): group_of == group for group in range(GROUPS)}
    return [
        {
            "group": name,
            "reviews": int(rows.sum()),
            "median_tokens": float(np.median(lengths[rows])),
        }
        | {kind: float(hits[rows].mean()) for kind, hits in right.items()}
        for name, rows in groups.items()
    ]


EXPERIMENTS = [
    Experiment(
        "attention",
        "What does attention buy over other poolings, by the length of the review?",
        grid,
        measure,
        minutes=15,
    ),
]
