"""How well does a recurrent network judge reviews that has seen nothing but the reviews?

One network, trained in several ways that build on each other. Everything was chosen on validation
reviews with seed 100. The test reviews are judged here, after that, by what came out.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import pooch
import torch

from unrolled.checkpoints import CheckpointError, load_checkpoint, save_checkpoint
from unrolled.data.batching import Batch
from unrolled.experiments.reading import (
    Part,
    Recipe,
    build_reader,
    logits_of,
    read_imdb,
    scores,
    train_reader,
)
from unrolled.language import DIRECTIONS, perplexity
from unrolled.models import SentimentClassifier
from unrolled.pretraining import (
    PretrainingRecipe,
    half_precision,
    hand_over,
    has_fast_bfloat16,
    pretrain,
)
from unrolled.seeding import seed_everything
from unrolled.training import adversarial_loss, batch_tensors

SEEDS = range(5)
VOCABULARY = 30_000
WORK = "UNROLLED_WORK"  # names another folder for what a run keeps to go on from
LANGUAGE = PretrainingRecipe(embedding_size=200, hidden_size=256, passes=4)
READER = Recipe(
    embedding_size=200, hidden_size=256, dropout=0.5, embedding_dropout=0.3, epochs=2, rate=1e-3
)


@dataclass(frozen=True)
class Way:
    """How the network is trained.

    Parameters
    ----------
    pretrained : bool
        Start from the language model.
    adversarial : float
        Size of the moves of `unrolled.training.adversarial_loss`; 0 for none.
    recipe : Recipe
    """

    pretrained: bool
    adversarial: float
    recipe: Recipe = READER


#: Each builds on the one before; the last is the strong model.
WAYS = {
    "labels only": Way(pretrained=False, adversarial=0.0),
    "pretrained": Way(pretrained=True, adversarial=0.0),
    "pretrained, adversarial": Way(pretrained=True, adversarial=0.02),
}


def grid() -> list[dict]:
    """Return all configurations."""
    return [{"seed": seed} for seed in SEEDS]


def work_folder() -> Path:
    """Return where a run keeps its checkpoints: $UNROLLED_WORK, or a cache of the user's."""
    return Path(os.environ.get(WORK) or pooch.os_cache("unrolled")) / "strong"


def measure(
    seed: int,
    *,
    language: PretrainingRecipe = LANGUAGE,
    ways: Mapping[str, Way] = WAYS,
    parts: dict[str, Part] | None = None,
    vocab_size: int = VOCABULARY,
) -> list[dict]:
    """Train a language model, then a classifier in each way; judge validation and test reviews.

    What is finished is kept in `work_folder` and not done again. Products are computed in
    bfloat16 where the processor has instructions for it.

    Returns
    -------
    list of dict
        way, part ("valid" or "test"), accuracy, loss, train_loss, minutes (of this way),
        perplexity_forwards, perplexity_backwards (of the language model on validation reviews),
        bfloat16.
    """
    torch.set_num_threads(1)
    if parts is None:
        parts, vocabulary = read_imdb(vocab_size)
        vocab_size = len(vocabulary)
    fast = has_fast_bfloat16()
    language = PretrainingRecipe(**asdict(language) | {"bfloat16": fast})
    folder = work_folder() / str(seed)
    folder.mkdir(parents=True, exist_ok=True)
    model, _ = pretrain(
        parts["train"].ids, vocab_size, language, seed, checkpoint=folder / "language.pt"
    )
    surprise = {
        f"perplexity_{way}": perplexity(model, parts["valid"].ids, way) for way in DIRECTIONS
    }
    rows = []
    for name, way in ways.items():
        reader, training = _trained(folder, name, way, model, parts["train"], vocab_size, seed)
        for part in ("valid", "test"):
            logits = logits_of(reader, parts[part], way.recipe.max_tokens)
            found = scores(logits, parts[part].labels)
            rows.append({"way": name, "part": part} | found | training | surprise)
    return [row | {"bfloat16": fast} for row in rows]


def _trained(folder, name, way, language_model, part, vocab_size, seed):
    """Return the classifier trained in one way and what its training found, new or as kept."""
    rng = seed_everything(seed)
    reader = build_reader(way.recipe, vocab_size)
    file, told = folder / f"{name.replace(', ', '-').replace(' ', '-')}.pt", asdict(way)
    if file.exists():
        state = load_checkpoint(file)
        if state["told"] != told:
            raise CheckpointError(f"{file} was trained in another way. Delete it and run again.")
        reader.load_state_dict(state["reader"])
        return reader, state["training"]
    started = time.perf_counter()
    training = train_in_way(reader, way, language_model, part, rng)
    training["minutes"] = round((time.perf_counter() - started) / 60, 1)
    save_checkpoint(file, {"reader": reader.state_dict(), "training": training, "told": told})
    return reader, training


def train_in_way(reader: SentimentClassifier, way: Way, language_model, part: Part, rng) -> dict:
    """Train a classifier in place; return what `train_reader` found."""
    if way.pretrained:
        hand_over(language_model, reader)
    precision = partial(half_precision, has_fast_bfloat16())
    if way.adversarial:
        loss = partial(adversarial_loss, size=way.adversarial, precision=precision)
    else:
        loss = partial(half_precision_loss, precision=precision)
    return train_reader(reader, way.recipe, part, rng, loss=loss)


def half_precision_loss(model, batch: Batch, *, precision) -> torch.Tensor:
    """Return the mean binary cross-entropy of logits that are computed in that context."""
    inputs, lengths, targets = batch_tensors(batch, model)
    with precision():
        logits = model(inputs, lengths)
    return torch.nn.functional.binary_cross_entropy_with_logits(logits.float(), targets.float())
