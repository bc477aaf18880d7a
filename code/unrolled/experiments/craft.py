"""Which of the famous tricks of training pay? A plain reader of reviews, changed in one place."""

from __future__ import annotations

import itertools
import math

import numpy as np
import torch
from scipy import stats

from unrolled.experiments.registry import Experiment
from unrolled.seeding import seed_everything
from unrolled.sentiment.corpus import Part, balanced_rows, read_imdb
from unrolled.sentiment.recipe import Recipe
from unrolled.sentiment.training import Training, build_reader, logits_of, scores, train_reader

SEEDS = range(5)
REVIEWS, VOCABULARY = 4_000, 10_000
RATE = 2e-3  # constant; the best of those tried on seed 100
PEAK = 5e-3  # of the schedules that decay, likewise

#: No trick at all: torch's start, no dropout, no decay, a constant rate, no clipping.
PLAIN = Recipe(
    embedding_size=64,
    hidden_size=32,
    dropout=0.0,
    embedding_dropout=0.0,
    max_tokens=100,
    epochs=3,
    rate=RATE,
    schedule="constant",
    clip_norm=0.0,
)
CYCLE = {"schedule": "one cycle", "rate": PEAK}
BOTH_DROPOUTS = {"dropout": 0.3, "embedding_dropout": 0.3}
CLIPPED = {"clip_norm": 1.0}

#: One trick each, by family: what it changes in the plain recipe.
TRICKS = {
    "start": {
        "Xavier": {"start": "xavier"},
        "orthogonal": {"start": "orthogonal"},
        "forget bias 1": {"forget_bias": 1.0},
    },
    "dropout 0.3": {
        "on the embedding": {"embedding_dropout": 0.3},
        "on the features": {"dropout": 0.3},
        "on both": BOTH_DROPOUTS,
    },
    "weight decay": {
        "decoupled, 0.01": {"weight_decay": 0.01},
        "decoupled, 0.1": {"weight_decay": 0.1},
        "decoupled, 1": {"weight_decay": 1.0},
        "L2 in the loss, 1e-4": {"penalty": 1e-4},
    },
    "rate": {
        "one cycle": CYCLE,
        "linear decay": {"schedule": "linear", "rate": PEAK},
    },
    "clipping": {
        "at 5": {"clip_norm": 5.0},
        "at 1": CLIPPED,
    },
    "batch": {
        "of 8": {"batch_size": 8, "rate": RATE * math.sqrt(8 / 32)},
        "of 128": {"batch_size": 128, "rate": RATE * math.sqrt(128 / 32)},
    },
    "reading": {
        "one direction": {"bidirectional": False},
        "pooling: last": {"pooling": "last"},
        "pooling: mean": {"pooling": "mean"},
        "pooling: max": {"pooling": "max"},
        "pooling: attention": {"pooling": "attention"},
    },
    "together": {
        "dropout, cycle, clip 1": BOTH_DROPOUTS | CYCLE | CLIPPED,
    },
}

HIGH = {"rate": 2e-2}
LAST = {"pooling": "last", "bidirectional": False}
#: Where a trick should matter if anywhere; the first of each is what the others are compared with.
PLACES = {
    "ten times the rate": {
        "plain": HIGH,
        "clip at 1": HIGH | CLIPPED,
    },
    "only the last state": {
        "plain": LAST,
        "forget bias 1": LAST | {"forget_bias": 1.0},
        "orthogonal": LAST | {"start": "orthogonal"},
    },
}


def grid() -> list[dict]:
    """Return the plain recipe and each trick alone."""
    names = [("plain", "plain")]
    names += [(family, name) for family, tricks in TRICKS.items() for name in tricks]
    return [
        {"family": family, "trick": name, "seed": seed}
        for (family, name), seed in itertools.product(names, SEEDS)
    ]


def places_grid() -> list[dict]:
    """Return the tricks in the places where they should matter."""
    names = [(place, name) for place, tricks in PLACES.items() for name in tricks]
    return [
        {"family": family, "trick": name, "seed": seed}
        for (family, name), seed in itertools.product(names, SEEDS)
    ]


def recipe_of(family: str, trick: str) -> Recipe:
    """Return the plain recipe with this trick.

    Raises
    ------
    LookupError
        If there is no such trick in that family.
    """
    tricks = {"plain": {"plain": {}}} | TRICKS | PLACES
    if trick not in tricks.get(family, {}):
        raise LookupError(f"There is no trick {trick!r} in the family {family!r}.")
    return Recipe(**vars(PLAIN) | tricks[family][trick])


def measure(family: str, trick: str, seed: int) -> list[dict]:
    """Train one reader; return what `train_and_watch` found on the validation reviews."""
    parts, vocabulary = read_imdb(VOCABULARY)
    rows = balanced_rows(parts["train"].labels, REVIEWS, np.random.default_rng([seed, 1]))
    train = parts["train"].take(rows)
    return train_and_watch(recipe_of(family, trick), len(vocabulary), train, parts["valid"], seed)


def train_and_watch(
    recipe: Recipe, vocab_size: int, train: Part, valid: Part, seed: int
) -> list[dict]:
    """Train one reader and return a finding for each pass.

    Recipes of one seed start from the same numbers where they say nothing else, and see the same
    batches where their batch size is the same.

    Returns
    -------
    list of dict
        epoch, train_loss (mean of that pass), accuracy and loss (on `valid`), largest_norm and
        median_norm (of the gradient, before clipping), over_1 and over_5 (share of its steps with
        a longer gradient), diverged. What a diverged run did not reach is None.
    """
    seed_everything(seed)
    model = build_reader(recipe, vocab_size)
    torch.manual_seed(seed)  # the same dropout, whatever the start has drawn
    findings = []

    def watch(training: Training):
        norms = np.array(training.last_pass(training.history.grad_norms))
        findings.append(
            {
                "epoch": training.epoch,
                "train_loss": float(np.mean(training.last_pass(training.history.losses))),
                **scores(logits_of(model, valid, recipe.max_tokens), valid.labels),
                "largest_norm": float(norms.max()),
                "median_norm": float(np.median(norms)),
                "over_1": float(np.mean(norms > 1)),
                "over_5": float(np.mean(norms > 5)),
                "diverged": False,
            }
        )

    batches_rng = np.random.default_rng([seed, 2])
    train_reader(model, recipe, train, batches_rng, on_epoch=watch)
    names = ("train_loss", "accuracy", "loss", "largest_norm", "median_norm", "over_1", "over_5")
    for epoch in range(len(findings) + 1, recipe.epochs + 1):
        findings.append({"epoch": epoch, **dict.fromkeys(names), "diverged": True})
    return findings


def seed_noise(results: np.ndarray) -> tuple[float, int]:
    """Return the scatter of one result, and its degrees of freedom.

    What is left of the results when the mean of each seed and the mean of each recipe are taken
    out: as if every recipe scattered alike (the residual of a randomised block design).

    Parameters
    ----------
    results : array (seeds, recipes)

    Raises
    ------
    ValueError
        If there are fewer than two seeds or recipes, or a result is missing.
    """
    results = np.asarray(results, dtype=float)
    if results.ndim != 2 or min(results.shape) < 2 or not np.isfinite(results).all():
        raise ValueError(
            f"seed_noise got an array of shape {results.shape}; give finite results (seeds, "
            "recipes), at least two of each."
        )
    rest = results - results.mean(0) - results.mean(1, keepdims=True) + results.mean()
    freedom = (results.shape[0] - 1) * (results.shape[1] - 1)
    return float(np.sqrt(np.sum(rest**2) / freedom)), freedom


def noise_band(results: np.ndarray, comparisons: int, level: float = 0.95) -> float:
    """Return how far the mean difference of two recipes goes if only the seeds differ.

    With probability `level` none of so many comparisons goes further (Bonferroni).

    Parameters
    ----------
    results : array (seeds, recipes)
    comparisons : int
    level : float
    """
    scatter, freedom = seed_noise(results)
    wide = stats.t.ppf(1 - (1 - level) / (2 * comparisons), freedom)
    return float(wide * scatter * math.sqrt(2 / len(results)))


EXPERIMENTS = [
    Experiment(
        "craft",
        "Which of the famous tricks of training help a reader of reviews?",
        grid,
        measure,
        minutes=12,
    ),
    Experiment(
        "craft-places",
        "Do the tricks help where they should: at a high rate, over a long carry?",
        places_grid,
        measure,
        minutes=2,
    ),
]
