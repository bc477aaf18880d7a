"""One training from settings to a finished model: resumable at any step, on one process or many."""

from __future__ import annotations

import math
import sys
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from tqdm import tqdm

from unrolled.data.batching import Batch
from unrolled.evaluation.answers import decisions
from unrolled.evaluation.metrics import accuracy
from unrolled.files import write_text
from unrolled.nets.checkpoints import load_checkpoint, save_checkpoint, set_random_state
from unrolled.nets.language import LanguageModel
from unrolled.nets.pretraining import half_precision, hand_over, pretrain
from unrolled.nets.training import TrainingDiverged
from unrolled.seeding import seed_everything
from unrolled.sentiment.corpus import Part, read_corpus
from unrolled.sentiment.folder import (
    CHECKPOINT,
    LANGUAGE,
    LOG,
    MODEL,
    FolderError,
    computes_in_bfloat16,
    held,
    keep_corpus,
    keep_precision,
    keep_settings,
)
from unrolled.sentiment.places import keep_places
from unrolled.sentiment.processes import Worker, worker
from unrolled.sentiment.recipe import Machine, Recipe, flat
from unrolled.sentiment.training import (
    JUDGED_AT_ONCE,
    Training,
    build_reader,
    compare_of,
    logits_of,
    loss_of,
    pretraining_recipe,
    shuffled_batches,
)

COLUMNS = ("epoch", "step", "train_loss", "valid_loss", "valid_accuracy", "rate")


def train(
    recipe: Recipe, machine: Machine, folder: Path, *, fresh: bool = False, progress: bool = True
) -> dict:
    """Train, or go on with the training that this folder holds; return the best pass.

    The result is the same, bit for bit on one machine, whether or not it was interrupted.

    Parameters
    ----------
    recipe : Recipe
    machine : Machine
    folder : Path
        Holds settings, vocabulary, the checkpoint to go on from, the best model, and a log.
    fresh : bool
        Throw away what the folder holds of an earlier training.
    progress : bool
        Show a progress bar.

    Raises
    ------
    FolderError
        If the folder holds a training with other settings, or another one is at work in it.
    unrolled.nets.training.TrainingDiverged
        If a loss, of training or of validation, is not a finite number. The best model of earlier
        passes stays; a training that had saved nothing leaves nothing.
    """
    if machine.threads:
        torch.set_num_threads(machine.threads)
    with (
        worker(machine.device) as me,
        held(folder, fresh=fresh) if me.leads else nullcontext(),
    ):
        kind = me.device.type
        if me.leads:
            keep_settings(folder, recipe, machine, fresh=fresh)
            keep_precision(folder, recipe.cell, machine.wants_bfloat16(kind), kind)
        corpus = read_corpus(recipe, ("train", "valid"))
        if me.leads:
            keep_corpus(folder, corpus)
            keep_places(folder, recipe)
            if corpus.report is not None and progress:
                print(corpus.report, file=sys.stderr, flush=True)
        me.wait()
        me = replace(me, bfloat16=computes_in_bfloat16(folder))
        parts, vocab_size = corpus.parts, len(corpus.encoder)
        language_model = pretrained(recipe, folder, me, parts, vocab_size, progress)
        session = _Session(recipe, machine, folder, me, parts)
        session.start(vocab_size, len(corpus.classes), language_model)
        return session.run(progress)


def pretrained(
    recipe: Recipe, folder: Path, me: Worker, parts: dict[str, Part], vocab_size: int, progress
) -> LanguageModel | None:
    """Return a language model that has read the reviews, or None where none is asked for.

    The first process trains it, or goes on with what the folder holds of it; the others wait.
    """
    if not recipe.pretraining_passes:
        return None
    read = partial(
        pretrain,
        [ids for name in ("train", "unlabelled") if name in parts for ids in parts[name].ids],
        vocab_size,
        pretraining_recipe(recipe, bfloat16=me.bfloat16),
        recipe.seed,
        device=me.device,
        checkpoint=folder / LANGUAGE,
    )
    if not me.leads:
        me.wait()
        return read()[0]  # finished: only loaded
    model, _ = read(progress=progress)
    me.wait()
    return model


class _Session:
    """What one process holds while it trains."""

    def __init__(
        self, recipe: Recipe, machine: Machine, folder: Path, me: Worker, parts: dict[str, Part]
    ):
        self.recipe, self.machine, self.folder = recipe, machine, folder
        self.me, self.parts = me, parts
        self.loss = loss_of(recipe, precision=partial(half_precision, me.bfloat16, me.device.type))
        self.compare = compare_of(recipe, parts["train"])
        self.rows, self.best = [], None  # of the log; the best pass
        self.bar = None

    def start(self, vocab_size: int, n_classes: int, language_model: LanguageModel | None) -> None:
        """Build the model and all that changes while it trains, as the checkpoint says."""
        seed_everything(self.recipe.seed)
        self.model = build_reader(self.recipe, vocab_size, n_classes)
        if language_model is not None:
            hand_over(language_model, self.model)
        self.model.to(self.me.device)
        together = DistributedDataParallel(self.model) if self.me.count > 1 else self.model
        steps = math.ceil(len(self.parts["train"]) / self.recipe.batch_size)
        self.training = Training(together, self.recipe, steps)
        if self.me.count > 1:  # after this, processes draw different dropout
            torch.manual_seed(self.recipe.seed + 1 + self.me.rank)
        if (self.folder / CHECKPOINT).exists():
            self._restore(load_checkpoint(self.folder / CHECKPOINT, device=self.me.device))

    def run(self, progress: bool) -> dict:
        """Train to the end, checkpointing on the way."""
        training = self.training
        self.bar = tqdm(
            total=training.recipe.epochs * training.steps,
            initial=len(training.history),
            unit="step",
            file=sys.stderr,
            disable=None if progress and self.me.leads else True,
        )
        with self.bar:
            if not self._is_stale():
                training.run(
                    self._batches, self._loss, on_step=self._after_step, on_epoch=self._after_pass
                )
        return self.best

    def _batches(self, epoch: int):
        """Return this process's share of a pass; the same one whenever it is asked for."""
        rng = np.random.default_rng((self.recipe.seed, epoch))
        return map(self.me.share, shuffled_batches(self.parts["train"], self.recipe, rng))

    def _loss(self, model: nn.Module, batch: Batch) -> torch.Tensor:
        """Return the mean loss of the whole batch, as far as it is this process's.

        The processes' gradients are averaged, so each counts its share `count` times.
        """
        weights = torch.as_tensor(batch.weights, device=self.me.device)

        def compare(logits, targets):
            losses = self.compare(logits, targets, reduction="none")
            return self.me.count * (losses * weights).sum()

        return self.loss(model, batch, compare=compare)

    def _after_step(self) -> None:
        self.bar.update()
        position = self.training.position
        if position < self.training.steps and position % self.machine.save_every == 0:
            self._save()

    def _after_pass(self) -> bool:
        """Judge, save, and return whether this pass was the last."""
        self._validate()
        self._save()
        return self._is_stale()

    def _validate(self) -> None:
        """Measure the validation texts; keep the model if it is the best so far."""
        training, valid = self.training, self.parts["valid"]
        history = training.history
        try:
            logits = logits_of(
                self.model, valid, self.recipe.judging_tokens, batch_size=JUDGED_AT_ONCE
            )
        except ValueError as error:  # an answer that is no finite number, and so no loss
            raise TrainingDiverged(
                len(history),
                "there is no finite validation loss after it",
                history.losses[-1],
                history.grad_norms[-1],
                f"the learning rate is too high (its peak is {self.recipe.rate:g}). Lower it by a "
                f"factor of 10 and try again. ({error})",
            ) from error
        loss = self.compare(torch.as_tensor(logits).double(), torch.as_tensor(valid.labels))
        train_loss = float(np.mean(training.last_pass(history.losses)))
        row = (training.epoch, len(history), train_loss, loss.item())
        row += (accuracy(decisions(logits), valid.labels), training.optimizer.param_groups[0]["lr"])
        self.rows.append(dict(zip(COLUMNS, row, strict=True)))
        if self.best is None or self.rows[-1]["valid_loss"] < self.best["valid_loss"]:
            self.best = self.rows[-1]
            if self.me.leads:
                save_checkpoint(self.folder / MODEL, self.model.state_dict())
        self.bar.set_postfix(valid=f"{self.rows[-1]['valid_accuracy']:.3f}")

    def _is_stale(self) -> bool:
        best = self.best
        return best is not None and self.training.epoch - best["epoch"] >= self.recipe.patience

    def _save(self) -> None:
        """Write the checkpoint and the log; the first process does it for all."""
        states = self.me.random_states()
        if not self.me.leads:
            return
        state = {"settings": flat(self.recipe, self.machine), "model": self.model.state_dict()}
        state |= self.training.state_dict()
        state |= {"random": states, "rows": self.rows, "best": self.best}
        save_checkpoint(self.folder / CHECKPOINT, state)
        log = pd.DataFrame(self.rows, columns=COLUMNS)
        write_text(self.folder / LOG, log.to_csv(index=False))

    def _restore(self, state: dict) -> None:
        """Go back to a checkpoint.

        Raises
        ------
        FolderError
            If it cannot be gone on with here.
        """
        best = state["best"]
        if best is not None and not (self.folder / MODEL).exists():
            raise FolderError(
                f"{self.folder} held a model, {MODEL}, and it is gone. Bring it back, or start "
                "anew with --fresh."
            )
        if len(state["random"]) != self.me.count:
            raise FolderError(
                f"{self.folder} was trained by {len(state['random'])} processes, and these are "
                f"{self.me.count}. Go on with as many, or start anew with --fresh."
            )
        if best is not None and not math.isfinite(best["valid_loss"]):
            raise FolderError(
                f"The best pass in {self.folder} has the validation loss {best['valid_loss']}, so "
                "it holds no trained model. Start anew with --fresh and a lower rate."
            )
        self.model.load_state_dict(state["model"])
        self.training.load_state_dict(state)
        self.rows, self.best = state["rows"], best
        set_random_state(state["random"][self.me.rank])
