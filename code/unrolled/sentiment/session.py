"""One training from settings to a finished model: resumable at any step, on one process or many."""

from __future__ import annotations

import itertools
import json
import math
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import distributed, nn
from torch.nn import functional as F
from torch.nn.parallel import DistributedDataParallel
from tqdm import tqdm

from unrolled.data.batching import Batch, bucketed_batches
from unrolled.data.reviews import Reviews, Splits, load_imdb, load_rotten_tomatoes
from unrolled.data.text import Vocabulary, tokenize
from unrolled.evaluation.metrics import accuracy
from unrolled.files import remove_drafts, whole
from unrolled.nets.checkpoints import (
    CheckpointError,
    load_checkpoint,
    random_state,
    save_checkpoint,
    set_random_state,
)
from unrolled.nets.classifier import SentimentClassifier
from unrolled.nets.language import LanguageModel
from unrolled.nets.pretraining import (
    PretrainingRecipe,
    half_precision,
    hand_over,
    has_bfloat16,
    pretrain,
)
from unrolled.nets.training import (
    History,
    TrainingDiverged,
    adversarial_loss,
    batch_tensors,
    evaluate,
    fit,
    one_cycle,
)
from unrolled.seeding import seed_everything
from unrolled.sentiment.recipe import Config, read_config

CHECKPOINT, LANGUAGE, MODEL, VOCABULARY, SETTINGS, LOG, PRECISION = (
    "checkpoint.pt",
    "language.pt",
    "model.pt",
    "vocabulary.json",
    "config.json",
    "log.csv",
    "precision.txt",
)
OURS = (CHECKPOINT, LANGUAGE, MODEL, VOCABULARY, SETTINGS, LOG, PRECISION)
PATIENCE = timedelta(days=1)  # of processes that wait while the first one pretrains
COLUMNS = ("epoch", "step", "train_loss", "valid_loss", "valid_accuracy", "rate")


class SessionError(RuntimeError):
    """A folder of a training does not fit what is asked; the message says what to do."""


@dataclass(frozen=True)
class Worker:
    """Which of how many processes this is, where it computes, and whether in bfloat16."""

    rank: int
    count: int
    device: torch.device
    bfloat16: bool = False

    @property
    def leads(self) -> bool:
        """Return whether this process writes and reports."""
        return self.rank == 0


def choose_device(name: str = "auto") -> torch.device:
    """Return the device of that name; for "auto" CUDA, else Apple's MPS, else the CPU.

    Raises
    ------
    SessionError
        If the device that was named is not there.
    """
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        name = next((kind for kind in ("cuda", "mps") if there[kind]), "cpu")
    if not there.get(name, True):
        raise SessionError(f"device is {name!r}, but there is none here. Take 'auto' or 'cpu'.")
    return torch.device(name)


@contextmanager
def worker(config: Config) -> Iterator[Worker]:
    """Join the processes that torchrun has started, or be the only one."""
    device, count = choose_device(config.device), int(os.environ.get("WORLD_SIZE", "1"))
    if count == 1:
        yield Worker(0, 1, device)
        return
    if device.type == "cuda":
        device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        torch.cuda.set_device(device)
    distributed.init_process_group("nccl" if device.type == "cuda" else "gloo", timeout=PATIENCE)
    try:
        yield Worker(distributed.get_rank(), count, device)
    finally:
        distributed.destroy_process_group()


def load_reviews(config: Config) -> Splits:
    """Return the reviews that the settings name; training reviews cut down to `limit`."""
    if config.data == "imdb":
        splits = load_imdb()
    elif config.data == "rotten-tomatoes":
        splits = load_rotten_tomatoes()
    else:
        from unrolled.data.official import load_official_imdb  # slow to import, rarely wanted

        splits = load_official_imdb(config.archive or None)
    if 0 < config.limit < len(splits.train):
        rows = np.random.default_rng(config.seed).permutation(len(splits.train))[: config.limit]
        train = splits.train
        train = Reviews([train.texts[row] for row in rows], train.labels[rows], train.rows[rows])
        splits = replace(splits, train=train)
    return splits


def build_model(config: Config, vocab_size: int) -> SentimentClassifier:
    """Return an untrained model.

    Raises
    ------
    SessionError
        If it does not fit into the memory.
    """
    try:
        return SentimentClassifier(
            vocab_size,
            config.embedding_size,
            config.hidden_size,
            cell=config.cell,
            bidirectional=config.bidirectional,
            pooling=config.pooling,
            dropout=config.dropout,
            embedding_dropout=config.embedding_dropout,
        )
    except RuntimeError as error:  # torch says on several lines which bytes it could not have
        raise SessionError(
            f"A model of {vocab_size} tokens, embedding_size {config.embedding_size} and "
            f"hidden_size {config.hidden_size} does not fit into the memory. Take smaller sizes."
        ) from error


def pretrained(
    config: Config, folder: Path, me: Worker, ids, vocab_size: int, progress: bool
) -> LanguageModel | None:
    """Return a language model that has read the reviews, or None where none is asked for.

    The first process trains it, or goes on with what the folder holds of it; the others wait.
    """
    if not config.pretraining_passes:
        return None
    recipe = PretrainingRecipe(
        embedding_size=config.embedding_size,
        hidden_size=config.hidden_size,
        passes=config.pretraining_passes,
        cycles=config.pretraining_cycles,
        bfloat16=me.bfloat16,
    )
    read = partial(
        pretrain,
        ids,
        vocab_size,
        recipe,
        config.seed,
        device=me.device,
        checkpoint=folder / LANGUAGE,
    )
    if me.count > 1 and not me.leads:
        distributed.barrier()
        return read()[0]  # finished: only loaded
    model, _ = read(progress=progress)
    if me.count > 1:
        distributed.barrier()
    return model


def wants_bfloat16(config: Config, device: torch.device) -> bool:
    """Return whether the settings ask for products in bfloat16 on that device."""
    return {"cuda": config.mixed_precision, "cpu": config.cpu_bfloat16}.get(device.type, False)


def _keep_precision(folder: Path, config: Config, device: torch.device) -> None:
    """Write down in which precision this training computes, where bfloat16 is wanted or was begun.

    Where torch cannot train the layer in bfloat16, that is float32, and it is said. A training ends
    in the precision that it was begun in: what was begun in float32 goes on so everywhere.

    Raises
    ------
    SessionError
        If it was begun in bfloat16, and that cannot be had here.
    """
    wants, file, layer = wants_bfloat16(config, device), folder / PRECISION, config.cell.upper()
    begun = file.read_text(encoding="utf-8").strip() if file.exists() else None
    if begun is None and wants and any((folder / one).exists() for one in (CHECKPOINT, LANGUAGE)):
        begun = "bfloat16"  # before this file was kept, there was no other choice
    can = wants and has_bfloat16(config.cell, device.type)
    if begun == "bfloat16" and not can:
        why = (
            f"torch has no bfloat16 {layer} for this processor" if wants else "as the settings say"
        )
        raise SessionError(
            f"{folder} was begun in bfloat16, and here it would go on in float32 ({why}). Go on "
            "where it was begun, or start anew with --fresh."
        )
    if begun is None and wants:
        begun = "bfloat16" if can else "float32"
        _write_text(file, begun + "\n")
    if wants and not can:
        print(
            f"torch has no bfloat16 {layer} for this processor: computing in float32.",
            file=sys.stderr,
        )
    elif begun == "float32" and can:
        print(f"{folder} was begun in float32 and goes on in float32.", file=sys.stderr)


def _computes_in_bfloat16(folder: Path) -> bool:
    """Return whether a training does, as `_keep_precision` wrote."""
    file = folder / PRECISION
    return file.exists() and file.read_text(encoding="utf-8").strip() == "bfloat16"


def batches_of(ids, labels, config: Config, rng=None) -> Iterator[Batch]:
    """Return one pass over encoded reviews; shuffled where there is an `rng`."""
    if rng is None:
        size, most = 128, config.judging_tokens
    else:
        size, most = config.batch_size, config.max_tokens
    return bucketed_batches(ids, labels, batch_size=size, rng=rng, max_tokens=most)


def train(config: Config, folder: Path, *, fresh: bool = False, progress: bool = True) -> dict:
    """Train, or go on with the training that this folder holds; return the best pass.

    The result is the same, bit for bit on one machine, whether or not it was interrupted.

    Parameters
    ----------
    config : Config
    folder : Path
        Holds settings, vocabulary, the checkpoint to go on from, the best model, and a log.
    fresh : bool
        Throw away what the folder holds of an earlier training.
    progress : bool
        Show a progress bar.

    Raises
    ------
    SessionError
        If the folder holds a training with other settings, or another one is at work in it.
    unrolled.nets.training.TrainingDiverged
        If a loss, of training or of validation, is not a finite number. The best model of earlier
        passes stays; a training that had saved nothing leaves nothing.
    """
    if config.threads:
        torch.set_num_threads(config.threads)
    new = not folder.exists()
    new = not folder.exists()
    with (
        worker(config) as me,
        _alone_in(folder, me.leads),
        _whole_or_nothing(folder, me, new, fresh),
    ):
        if me.leads:
            _prepare(folder, config, fresh)
            _keep_precision(folder, config, me.device)
        splits = load_reviews(config)
        tokens = {"train": splits.train, "valid": splits.valid}
        tokens = {name: [tokenize(text) for text in part.texts] for name, part in tokens.items()}
        vocabulary = Vocabulary.build(tokens["train"], max_size=config.vocab_size)
        if me.leads:
            _keep_vocabulary(folder / VOCABULARY, vocabulary)
        if me.count > 1:
            distributed.barrier()
        me = replace(me, bfloat16=_computes_in_bfloat16(folder))
        ids = {name: [vocabulary.encode(t) for t in lists] for name, lists in tokens.items()}
        labels = {"train": splits.train.labels, "valid": splits.valid.labels}
        unlabelled = getattr(splits, "unlabelled", ()) if config.pretraining_passes else ()
        texts = ids["train"] + [vocabulary.encode(tokenize(text)) for text in unlabelled]
        language_model = pretrained(config, folder, me, texts, len(vocabulary), progress)
        session = _Session(config, folder, me, ids, labels, len(vocabulary), language_model)
        return session.run(progress)


@contextmanager
def _alone_in(folder: Path, leads: bool) -> Iterator[None]:
    """Make the folder, and hold it for one training; the system lets go of it however that ends."""
    if not leads:
        yield
        return
    if folder.exists() and not folder.is_dir():
        raise SessionError(f"{folder} is a file; a training needs a folder. Take another name.")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        import fcntl
    except ModuleNotFoundError:  # on Windows: no lock
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SessionError(
                f"Another training is at work in {folder}. Wait for it, or take another folder."
            ) from None
        except OSError:  # a file system without locks
            pass
        yield
    finally:
        os.close(handle)


@contextmanager
def _whole_or_nothing(folder: Path, me: Worker, new: bool, fresh: bool) -> Iterator[None]:
    """Take away what a training that fails has written, if it cannot be gone on with."""
    before = set() if fresh else {name for name in OURS if (folder / name).exists()}
    try:
        yield
    except Exception:
        saved = any((folder / name).exists() for name in (CHECKPOINT, LANGUAGE, MODEL))
        if me.leads and not saved:
            for name in set(OURS) - before:
                (folder / name).unlink(missing_ok=True)
            if new:
                with suppress(OSError):  # somebody has put something there
                    folder.rmdir()
        raise


def _prepare(folder: Path, config: Config, fresh: bool) -> None:
    """Check that the folder belongs to these settings; clear away what a kill has left."""
    if fresh:
        for name in OURS:
            (folder / name).unlink(missing_ok=True)
    settings = folder / SETTINGS
    before = None
    if settings.exists():
        before = asdict(read_config(settings))
    elif (folder / CHECKPOINT).exists():
        before = load_checkpoint(folder / CHECKPOINT).get("settings", {})
    if before is not None:
        now = asdict(config)
        other = sorted(name for name in now if now[name] != before.get(name))
        if other:
            changes = ", ".join(f"{name} {before.get(name)!r} -> {now[name]!r}" for name in other)
            raise SessionError(
                f"{folder} holds a training with other settings ({changes}). Take another folder, "
                "or --fresh to throw that training away."
            )
    for name in OURS:
        remove_drafts(folder / name)
    if not settings.exists():
        _write_text(settings, json.dumps(asdict(config), indent=2) + "\n")


def _write_text(path: Path, text: str) -> None:
    with whole(path) as draft:
        draft.write_bytes(text.encode())


def _keep_vocabulary(path: Path, vocabulary: Vocabulary) -> None:
    """Write the vocabulary, or check that it is the one that is there."""
    if not path.exists():
        _write_text(path, json.dumps(vocabulary.tokens, ensure_ascii=False))
        return
    with suppress(ValueError):  # a damaged one is not the same
        if Vocabulary.load(path).tokens == vocabulary.tokens:
            return
    raise SessionError(
        f"{path} is damaged, or was made from other reviews than those here. Bring back the "
        "reviews, or --fresh to throw that training away."
    )


class _Session:
    """What one process holds while it trains."""

    def __init__(
        self,
        config: Config,
        folder: Path,
        me: Worker,
        ids,
        labels,
        vocab_size: int,
        language_model: LanguageModel | None,
    ):
        self.config, self.folder, self.me, self.ids, self.labels = config, folder, me, ids, labels
        seed_everything(config.seed)
        self.model = build_model(config, vocab_size)
        if language_model is not None:
            hand_over(language_model, self.model)
        self.model.to(me.device)
        self.optimizer = torch.optim.AdamW(
            self.model.parameters(),
            lr=config.rate,
            betas=(0.95, 0.99),
            weight_decay=config.weight_decay,
        )
        self.steps_per_epoch = math.ceil(len(ids["train"]) / config.batch_size)
        self.schedule = one_cycle(self.optimizer, config.rate, config.epochs * self.steps_per_epoch)
        self.epoch, self.position = 0, 0  # passes finished, and steps of this one
        self.history, self.rows, self.best = History(), [], None
        if me.count > 1:  # after this, processes draw different dropout
            torch.manual_seed(config.seed + 1 + me.rank)

    def run(self, progress: bool) -> dict:
        """Train to the end, checkpointing on the way."""
        self._restore()
        stepper = DistributedDataParallel(self.model) if self.me.count > 1 else self.model
        total = self.config.epochs * self.steps_per_epoch
        bar = tqdm(
            total=total,
            initial=len(self.history),
            unit="step",
            file=sys.stderr,
            disable=None if progress and self.me.leads else True,
        )
        with bar:
            while self.epoch < self.config.epochs and not self._is_stale():
                self._one_epoch(stepper, bar)
        return self.best

    def _one_epoch(self, stepper: nn.Module, bar: tqdm) -> None:
        rng = np.random.default_rng((self.config.seed, self.epoch))
        batches = batches_of(self.ids["train"], self.labels["train"], self.config, rng)
        batches = itertools.islice(batches, self.position, None)
        mine = (_share(batch, self.me) for batch in batches)
        while self.position < self.steps_per_epoch:
            now = min(self.config.save_every, self.steps_per_epoch - self.position)
            before = len(self.history)
            fit(
                stepper,
                itertools.islice(mine, now),
                self._loss,
                self.optimizer,
                clip_norm=self.config.clip_norm or None,
                schedule=self.schedule,
                history=self.history,
            )
            self.position += len(self.history) - before
            bar.update(len(self.history) - before)
            if self.position < self.steps_per_epoch:
                self._save()
        self.epoch, self.position = self.epoch + 1, 0
        self._validate(bar)
        self._save()

    def _loss(self, model: nn.Module, batch: Batch) -> torch.Tensor:
        """Return the mean loss of the whole batch, as far as it is this process's.

        The processes' gradients are averaged, so each counts its share `count` times.
        """
        weights = torch.as_tensor(batch.weights, device=self.me.device)
        precision = partial(half_precision, self.me.bfloat16, self.me.device.type)

        def compare(logits, targets):
            losses = F.binary_cross_entropy_with_logits(logits, targets, reduction="none")
            return self.me.count * (losses * weights).sum()

        if self.config.adversarial:
            size = self.config.adversarial
            return adversarial_loss(model, batch, size=size, compare=compare, precision=precision)
        inputs, lengths, targets = batch_tensors(batch, model)
        with precision():
            logits = model(inputs, lengths)
        return compare(logits.float(), targets.to(weights))

    def _validate(self, bar: tqdm) -> None:
        """Measure the validation reviews; keep the model if it is the best so far."""
        try:
            logits, targets = evaluate(
                self.model, batches_of(self.ids["valid"], self.labels["valid"], self.config)
            )
        except ValueError as error:  # an answer that is no finite number, and so no loss
            raise TrainingDiverged(
                len(self.history),
                "there is no finite validation loss after it",
                self.history.losses[-1],
                self.history.grad_norms[-1],
                f"the learning rate is too high (its peak is {self.config.rate:g}). Lower it by a "
                f"factor of 10 and try again. ({error})",
            ) from error
        loss = F.binary_cross_entropy_with_logits(
            torch.as_tensor(logits).double(), torch.as_tensor(targets).double()
        )
        train_loss = float(np.mean(self.history.losses[-self.steps_per_epoch :]))
        row = (self.epoch, len(self.history), train_loss, loss.item())
        row += (accuracy(logits > 0, targets), self.optimizer.param_groups[0]["lr"])
        self.rows.append(dict(zip(COLUMNS, row, strict=True)))
        if self.best is None or self.rows[-1]["valid_loss"] < self.best["valid_loss"]:
            self.best = self.rows[-1]
            if self.me.leads:
                save_checkpoint(self.folder / MODEL, self.model.state_dict())
        bar.set_postfix(valid=f"{self.rows[-1]['valid_accuracy']:.3f}")

    def _is_stale(self) -> bool:
        return self.best is not None and self.epoch - self.best["epoch"] >= self.config.patience

    def _save(self) -> None:
        """Write the checkpoint and the log; the first process does it for all."""
        states = [random_state()]
        if self.me.count > 1:
            states = [None] * self.me.count
            distributed.all_gather_object(states, random_state())
        if not self.me.leads:
            return
        state = {
            "settings": asdict(self.config),
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "random": states,
            "epoch": self.epoch,
            "position": self.position,
            "losses": self.history.losses,
            "grad_norms": self.history.grad_norms,
            "rows": self.rows,
            "best": self.best,
        }
        save_checkpoint(self.folder / CHECKPOINT, state)
        log = pd.DataFrame(self.rows, columns=COLUMNS)
        _write_text(self.folder / LOG, log.to_csv(index=False))

    def _restore(self) -> None:
        """Go back to the checkpoint, if there is one."""
        path = self.folder / CHECKPOINT
        if not path.exists():
            return
        state = load_checkpoint(path, device=self.me.device)
        if state["best"] is not None and not (self.folder / MODEL).exists():
            raise SessionError(
                f"{self.folder} held a model, {MODEL}, and it is gone. Bring it back, or start "
                "anew with --fresh."
            )
        if len(state["random"]) != self.me.count:
            raise SessionError(
                f"{self.folder} was trained by {len(state['random'])} processes, and these are "
                f"{self.me.count}. Go on with as many, or start anew with --fresh."
            )
        if state["best"] is not None and not math.isfinite(state["best"]["valid_loss"]):
            raise SessionError(
                f"The best pass in {self.folder} has the validation loss "
                f"{state['best']['valid_loss']}, so it holds no trained model. Start anew with "
                "--fresh and a lower rate."
            )
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        self.epoch, self.position = state["epoch"], state["position"]
        self.rows, self.best = state["rows"], state["best"]
        for loss, norm in zip(state["losses"], state["grad_norms"], strict=True):
            self.history.record(loss, norm)
        set_random_state(state["random"][self.me.rank])


@dataclass(frozen=True)
class _Share(Batch):
    """The rows of a batch that one process computes, and how much each counts."""

    weights: np.ndarray | None = None


def _share(batch: Batch, me: Worker) -> _Share:
    """Return every `count`-th row; a process that would get none computes one that counts 0."""
    rows = np.arange(me.rank, len(batch), me.count)
    weight = 1 / len(batch) if len(rows) else 0.0
    rows = rows if len(rows) else np.array([0])
    lengths = batch.lengths[rows]
    return _Share(
        batch.inputs[rows, : lengths.max()],
        lengths,
        batch.targets[rows],
        weights=np.full(len(rows), weight, np.float32),
    )


def load_trained(
    folder: Path, device: torch.device
) -> tuple[SentimentClassifier, Vocabulary, Config]:
    """Return the best model of a finished or running training, with vocabulary and settings.

    Raises
    ------
    SessionError
        If the folder holds no trained model, or its parts do not fit together.
    """
    if not folder.exists():
        raise SessionError(f"There is no file or folder at {folder}.")
    if not folder.is_dir():
        raise SessionError(
            f"{folder} is a file. Give the folder of a training; of an exported model, only "
            "`predict` can make use."
        )
    for name in (SETTINGS, VOCABULARY, MODEL):
        if not (folder / name).exists():
            raise SessionError(
                f"There is no {name} in {folder}, so no trained model (a training writes its "
                "first one after a whole pass). Train one with: "
                f"python -m unrolled train --out {folder}"
            )
    config = read_config(folder / SETTINGS)
    try:
        vocabulary = Vocabulary.load(folder / VOCABULARY)
        model = build_model(config, len(vocabulary))
        model.load_state_dict(_weights(folder / MODEL, model.state_dict()))
    except (ValueError, SessionError, CheckpointError) as error:
        raise SessionError(f"The model in {folder} cannot be loaded: {error}") from error
    return model.to(device).eval(), vocabulary, config


def _weights(file: Path, wanted: dict) -> dict:
    """Return the weights of a file, which must be as many, as large and as finite as is wanted.

    A prefix ``module.``, as ``DataParallel`` writes it before every name, is taken away.

    Raises
    ------
    SessionError
        Which says what is there and what was expected.
    """
    found = load_checkpoint(file)
    if found and all(str(name).startswith("module.") for name in found):
        found = {name.removeprefix("module."): weight for name, weight in found.items()}
    if "model" in found and "optimizer" in found:
        raise SessionError(
            f"{file.name} holds the whole state of a training, as {CHECKPOINT} does; expected "
            f"weights alone. Bring back the {file.name} of this training."
        )
    missing, strange = sorted(set(wanted) - set(found)), sorted(map(str, set(found) - set(wanted)))
    if missing or strange:
        raise SessionError(
            f"{file.name} lacks {_few(missing)} and holds {_few(strange)} instead; it belongs to a "
            f"model of other parts than {SETTINGS} says (cell, bidirectional, pooling). Bring back "
            "the files of one training."
        )
    _check_shapes(file, found, wanted)
    for name, weight in found.items():
        wrong = int((~torch.isfinite(weight)).sum())
        if wrong:
            raise SessionError(
                f"{name} in {file.name} holds {wrong} numbers that are nan or infinite. Such a "
                "model knows nothing; train it again with --fresh and a lower rate."
            )
    return found


def _check_shapes(file: Path, found: dict, wanted: dict) -> None:
    """Raise `SessionError` with the cause if one of the weights is no array of its size."""
    shapes = {name: tuple(getattr(weight, "shape", ())) for name, weight in found.items()}
    other = [name for name in wanted if shapes[name] != tuple(wanted[name].shape)]
    if not other:
        return
    rows = (shapes["embedding.weight"] or (0,))[0]
    if other == ["embedding.weight"] and shapes[other[0]][1:] == tuple(wanted[other[0]].shape)[1:]:
        raise SessionError(
            f"{VOCABULARY} has {len(wanted[other[0]])} tokens, and the embedding in {file.name} "
            f"has {rows} rows, one a token. One of the two belongs to another training: bring its "
            "own file back."
        )
    sizes = "; ".join(
        f"{name} is {shapes[name]}, expected {tuple(wanted[name].shape)}" for name in other[:3]
    )
    raise SessionError(
        f"{file.name} is of another size than {SETTINGS} says (embedding_size, hidden_size): "
        f"{sizes}. One of the two belongs to another training: bring its own file back."
    )


def _few(names: list[str]) -> str:
    return ", ".join(names[:3]) + (", ..." if len(names) > 3 else "") if names else "nothing"


def judge(
    model: SentimentClassifier, vocabulary: Vocabulary, config: Config, split: str
) -> tuple[Reviews, np.ndarray]:
    """Return the reviews of a split ("train", "valid", "test") and a logit for each, ``(N,)``."""
    reviews = getattr(load_reviews(config), split)
    ids = [vocabulary.encode(tokenize(text)) for text in reviews.texts]
    return reviews, evaluate(model, batches_of(ids, reviews.labels, config))[0]
