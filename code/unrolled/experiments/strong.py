"""How well does a recurrent network judge reviews that has seen nothing but the reviews?

One network is trained in ways that build on each other, so that the record says what each step
brings. The settings were chosen for the last way, on validation reviews, in trials by hand of which
there is no record. What suits the last way need not suit the plainer ones, so these are trained
with one pass over the labels as well as with two. The test reviews are judged here, after that.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path

import pooch

from unrolled.experiments.records import pack_logits
from unrolled.experiments.registry import Experiment
from unrolled.nets.language import DIRECTIONS, perplexity
from unrolled.nets.pretraining import (
    PretrainingRecipe,
    half_precision,
    hand_over,
    has_fast_bfloat16,
    pretrain,
)
from unrolled.seeding import seed_everything
from unrolled.sentiment.corpus import Part, read_imdb
from unrolled.sentiment.recipe import Recipe
from unrolled.sentiment.training import (
    build_reader,
    logits_of,
    loss_of,
    pretraining_recipe,
    scores,
    train_reader,
)

SEEDS = range(5)
VOCABULARY = 30_000
JUDGED = 500  # validation reviews on which a language model is judged
WORK = "UNROLLED_WORK"  # names another folder for what a run keeps to go on from
READER = Recipe(
    vocab_size=VOCABULARY,
    embedding_size=200,
    hidden_size=256,
    dropout=0.5,
    embedding_dropout=0.3,
    epochs=2,
    rate=1e-3,
)
PRETRAINED = replace(READER, pretraining_passes=4, pretraining_cycles=2)
#: How much of a review is read where it is judged.
READINGS = ("as in training", "all")
#: From plain to strong; the last is the strong model.
WAYS = {
    "labels only, one pass": replace(READER, epochs=1),
    "labels only": READER,
    "pretrained, one pass": replace(PRETRAINED, epochs=1),
    "pretrained": PRETRAINED,
    "pretrained, adversarial": replace(PRETRAINED, adversarial=0.02),
}
LANGUAGE = pretraining_recipe(PRETRAINED)


def grid() -> list[dict]:
    """Return all configurations, the strong model's first."""
    return [{"way": way, "seed": seed} for way in reversed(WAYS) for seed in SEEDS]


def work_folder() -> Path:
    """Return where a run keeps its checkpoints: $UNROLLED_WORK, or a cache of the user's."""
    return Path(os.environ.get(WORK) or pooch.os_cache("unrolled")) / "strong"


def measure(
    way: str,
    seed: int,
    *,
    language: PretrainingRecipe = LANGUAGE,
    ways: Mapping[str, Recipe] = WAYS,
    parts: dict[str, Part] | None = None,
    vocab_size: int = VOCABULARY,
) -> list[dict]:
    """Train a classifier in one way; judge validation and test reviews.

    The language model of a seed is trained once, for all ways, and kept in `work_folder` after
    each pass. Products are computed in bfloat16 where the processor has instructions for it.

    Returns
    -------
    list of dict
        part ("valid" or "test"), read (of `READINGS`), accuracy, loss, logits (see
        `unrolled.experiments.records.pack_logits`), train_loss, minutes (of the classifier),
        bfloat16, perplexity_forwards, perplexity_backwards (of the language model on the first
        validation reviews; NaN where the way has none).
    """
    if parts is None:
        parts, vocabulary = read_imdb(vocab_size)
        vocab_size = len(vocabulary)
    recipe, language_model, surprise = ways[way], None, dict.fromkeys(DIRECTIONS, math.nan)
    if recipe.pretraining_passes:
        language_model = _language_model(seed, language, parts["train"], vocab_size)
        surprise = {
            d: perplexity(language_model, parts["valid"].ids[:JUDGED], d) for d in DIRECTIONS
        }
    rng = seed_everything(seed)
    reader = build_reader(recipe, vocab_size)
    started = time.perf_counter()
    if language_model is not None:
        hand_over(language_model, reader)
    loss = loss_of(recipe, precision=partial(half_precision, has_fast_bfloat16()))
    training = train_reader(reader, recipe, parts["train"], rng, loss=loss)
    training["minutes"] = round((time.perf_counter() - started) / 60, 1)
    training |= {f"perplexity_{direction}": value for direction, value in surprise.items()}
    training["bfloat16"] = has_fast_bfloat16()
    rows = []
    for part, read in product(("valid", "test"), READINGS):
        limit = None if read == "all" else recipe.max_tokens
        logits = logits_of(reader, parts[part], limit)
        found = scores(logits, parts[part].labels) | {"logits": pack_logits(logits)}
        rows.append({"part": part, "read": read} | found | training)
    return rows


def _language_model(seed: int, recipe: PretrainingRecipe, part: Part, vocab_size: int):
    """Return the language model of a seed, trained now or as kept."""
    recipe = replace(recipe, bfloat16=has_fast_bfloat16())
    folder = work_folder()
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"language-{seed}.pt"
    return pretrain(part.ids, vocab_size, recipe, seed, checkpoint=file)[0]


EXPERIMENTS = [
    Experiment(
        "strong",
        "How well does a recurrent network judge reviews that has seen nothing but reviews?",
        grid,
        measure,
        minutes=280,
    ),
]
