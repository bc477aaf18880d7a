"""Pretraining: a language model learns to read reviews before a classifier sees a label."""

from __future__ import annotations

import math
import sys
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import nn
from tqdm import tqdm

from unrolled.nets.checkpoints import (
    CheckpointError,
    load_checkpoint,
    random_state,
    save_checkpoint,
    set_random_state,
)
from unrolled.nets.classifier import SentimentClassifier
from unrolled.nets.language import DIRECTIONS, CandidateLoss, LanguageModel, reading_stream
from unrolled.nets.layers import TORCH_LAYERS


@dataclass(frozen=True)
class PretrainingRecipe:
    """How a language model is built and trained.

    Parameters
    ----------
    embedding_size, hidden_size : int
        E and H (each way).
    dropout : float
    passes : int
        Over all reviews, each in both directions (or forwards only).
    texts, steps : int
        B parallel texts, and T tokens of each in one training step (truncated BPTT).
    rate : float
        Peak of the learning rate, which rises to it and falls to almost nothing.
    cycles : int
        How often it does so; the passes are split evenly among them.
    clip_norm : float
    backwards : bool
        Also train the LSTM that reads backwards, for a classifier that reads both ways.
    bfloat16 : bool
        Multiply in 16 bits; weights stay in 32. About twice as fast where the processor has
        instructions for it, slower where it has not. Some have no such LSTM: see `has_bfloat16`.
    """

    embedding_size: int = 200
    hidden_size: int = 256
    dropout: float = 0.2
    passes: int = 4
    texts: int = 64
    steps: int = 100
    rate: float = 3e-3
    cycles: int = 1
    clip_norm: float = 1.0
    backwards: bool = True
    bfloat16: bool = False

    @property
    def directions(self) -> tuple[str, ...]:
        """Return the directions in which reviews are read."""
        return DIRECTIONS if self.backwards else DIRECTIONS[:1]

    def __post_init__(self):
        if self.cycles < 1 or self.passes % self.cycles:
            raise ValueError(
                f"{self.passes} passes cannot be split evenly among {self.cycles} cycles. Choose "
                "passes that are a multiple of the cycles."
            )


def has_fast_bfloat16() -> bool:
    """Return whether this processor multiplies bfloat16 numbers itself."""
    return torch.ops.mkldnn._is_mkldnn_bf16_supported()


@cache
def has_bfloat16(cell: str = "lstm", kind: str = "cpu") -> bool:
    """Return whether torch can train this recurrent layer in bfloat16 here: it is tried, once.

    On a processor with AVX2 and without AVX-512, torch has bfloat16 products and no bfloat16 LSTM.
    Nothing but a trial tells. It draws no random number that a training would miss.

    Parameters
    ----------
    cell : {"rnn", "lstm", "gru"}
    kind : {"cpu", "cuda"}
        Of the device.
    """
    devices = [torch.cuda.current_device()] if kind == "cuda" else []
    try:
        with torch.random.fork_rng(devices):
            layer = TORCH_LAYERS[cell](2, 2, batch_first=True).to(kind)
            inputs = torch.ones(3, 4, 2, device=kind, requires_grad=True)
            with half_precision(True, kind):
                outputs, _ = layer(inputs)
            outputs.float().sum().backward()
            with half_precision(True, kind), torch.no_grad():
                layer(inputs)
    except RuntimeError:
        return False
    return True


def half_precision(on: bool, kind: str = "cpu"):
    """Return a context in which torch multiplies in bfloat16, or one without effect.

    `kind` is that of the device: "cpu" or "cuda".
    """
    return torch.autocast(kind, torch.bfloat16) if on else nullcontext()


def pretrain(
    ids,
    vocab_size: int,
    recipe: PretrainingRecipe,
    seed: int,
    *,
    device: str | torch.device = "cpu",
    checkpoint: Path | None = None,
    progress: bool = False,
) -> tuple[LanguageModel, list[float]]:
    """Train a language model on reviews without their labels; return it and each pass's loss.

    The losses are means of `unrolled.nets.language.CandidateLoss` in nats per token.

    Parameters
    ----------
    ids : sequence of ndarray
        Reviews as token numbers below `vocab_size`.
    vocab_size : int
        V.
    recipe : PretrainingRecipe
    seed : int
    device : str or torch.device
        Where to compute.
    checkpoint : pathlib.Path, optional
        Written after each pass; an interrupted training goes on from it, with the same result.
    progress : bool
        Show a progress bar.

    Raises
    ------
    CheckpointError
        If the checkpoint belongs to another recipe or seed.
    ValueError
        If bfloat16 is asked for where torch has no such LSTM, there are fewer tokens than a step
        needs, or a loss or a weight is no finite number.
    """
    if recipe.bfloat16 and not has_bfloat16("lstm", torch.device(device).type):
        raise ValueError(
            "The recipe asks for bfloat16, and torch has no bfloat16 LSTM for this processor. Take "
            "bfloat16=False, or bfloat16=has_bfloat16()."
        )
    if len(ids) == 0:
        raise ValueError("pretrain got no reviews. Give some, as token numbers.")
    torch.manual_seed(seed)
    model = LanguageModel(
        vocab_size,
        recipe.embedding_size,
        recipe.hidden_size,
        dropout=recipe.dropout,
        backwards=recipe.backwards,
    ).to(device)
    counts = np.bincount(np.concatenate(ids), minlength=vocab_size + 1)
    counts[model.boundary] = len(ids)
    loss = CandidateLoss(counts, recipe.texts * recipe.steps, device=device)
    # Every stream has as many tokens, in whatever order the reviews come.
    per_pass = (int(counts.sum()) // recipe.texts) // recipe.steps
    if per_pass == 0:
        raise ValueError(
            f"pretrain got {counts.sum()} tokens, fewer than one step of {recipe.texts} texts of "
            f"{recipe.steps} tokens. Give more reviews, or fewer texts and steps."
        )
    total = recipe.passes * per_pass
    adam = torch.optim.Adam(model.parameters(), lr=recipe.rate, betas=(0.9, 0.99))
    schedule = _cycle(adam, recipe, per_pass)
    parts, losses = {"model": model, "adam": adam, "schedule": schedule}, []
    told = asdict(recipe) | {"seed": seed, "vocab_size": vocab_size}
    if checkpoint is not None and checkpoint.exists():
        losses = _restore(checkpoint, parts, told, device)
    with tqdm(
        total=total,
        initial=len(losses) * per_pass,
        desc="reading",
        unit="step",
        file=sys.stderr,
        disable=not progress,
    ) as bar:
        for number in range(len(losses), recipe.passes):
            order = np.random.default_rng((seed, number)).permutation(len(ids))
            if number and number % (recipe.passes // recipe.cycles) == 0:
                parts["schedule"] = _cycle(adam, recipe, per_pass)
            losses.append(_one_pass(parts, loss, ids, order, recipe, per_pass, bar))
            if checkpoint is not None:
                state = {name: part.state_dict() for name, part in parts.items()}
                state |= {"losses": losses, "random": random_state(), "told": told}
                save_checkpoint(checkpoint, state)
    return model, losses


def _cycle(adam, recipe: PretrainingRecipe, per_pass: int):
    """Return a schedule of one rise and fall of the rate."""
    steps = max(3, per_pass * recipe.passes // recipe.cycles)
    return torch.optim.lr_scheduler.OneCycleLR(
        adam,
        max_lr=recipe.rate,
        total_steps=steps,
        pct_start=max(0.1, 2 / steps),
        cycle_momentum=False,
    )


def _one_pass(parts, loss, ids, order, recipe, per_pass, bar) -> float:
    model, adam, schedule = parts.values()
    texts = {
        way: reading_stream(ids, order, model.boundary, recipe.texts, direction=way)
        for way in recipe.directions
    }
    states, total, device = dict.fromkeys(texts), 0.0, model.bias.device
    model.train()
    for step in range(per_pass):
        now = slice(step * recipe.steps, (step + 1) * recipe.steps)
        adam.zero_grad()
        for way, (inputs, targets) in texts.items():
            x, y = (torch.as_tensor(part[:, now], device=device) for part in (inputs, targets))
            with half_precision(recipe.bfloat16, device.type):
                expected, state = model(x, way, states[way])
                value = loss(model, expected, y)
            value.backward()
            states[way] = tuple(part.detach() for part in state)
            total += value.item() / len(texts)
        nn.utils.clip_grad_norm_(model.parameters(), recipe.clip_norm)
        adam.step()
        schedule.step()
        bar.update()
        bar.set_postfix(loss=f"{total / (step + 1):.3f}", refresh=False)
    whole = all(torch.isfinite(one).all() for one in model.parameters())
    if not (math.isfinite(total) and whole):
        what = "a weight is no finite number" if math.isfinite(total) else f"a loss is {total}"
        raise ValueError(f"Pretraining diverged: {what}. Lower the rate (it is {recipe.rate:g}).")
    return total / per_pass


def _restore(checkpoint: Path, parts: dict, told: dict, device) -> list[float]:
    state = load_checkpoint(checkpoint, device=device)
    defaults = asdict(PretrainingRecipe())  # of settings that are newer than the file
    if defaults | state.get("told", {}) != told:
        raise CheckpointError(
            f"{checkpoint} belongs to another recipe or seed ({state.get('told')}); asked for is "
            f"{told}. Take another file."
        )
    for name, part in parts.items():
        part.load_state_dict(state[name])
    set_random_state(state["random"])
    return list(state["losses"])


def hand_over(language_model: LanguageModel, classifier: SentimentClassifier) -> None:
    """Copy the embedding and the LSTMs of a language model into a classifier, in place.

    A classifier that reads forwards only takes the one that does so.

    Raises
    ------
    ValueError
        If their sizes differ, or the classifier reads with other cells, or both ways where the
        language model does not.
    """
    given, taken = language_model.state_dict(), classifier.state_dict()
    names = [name for name in taken if name.startswith(("embedding.", "forwards.", "backwards."))]
    start = {name: given[name] for name in names if name in given}
    start["embedding.weight"] = start["embedding.weight"][: language_model.boundary].clone()
    if classifier.embedding.padding_idx is not None:
        start["embedding.weight"][classifier.embedding.padding_idx] = 0
    one_way = "" if hasattr(language_model, "backwards") else "bidirectional=False, "
    if any(name not in start or start[name].shape != taken[name].shape for name in names):
        raise ValueError(
            f"The classifier does not fit the language model. Build it with cell='lstm', "
            f"{one_way}V = {language_model.boundary}, "
            f"E = {language_model.embedding.embedding_dim} and "
            f"H = {language_model.forwards.hidden_size}."
        )
    classifier.load_state_dict(start, strict=False)
