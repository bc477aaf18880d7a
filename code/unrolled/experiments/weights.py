"""Stored weights: networks that a chapter reads, and therefore must be the same on every machine.

Training is chaotic: on another processor the same seed ends in other weights. Where a chapter is
about *what a network has learnt*, it loads weights from here. ``python -m unrolled.experiments
weights NAME`` trains such a network again and writes ``NAME.npz`` beside the records, with its
provenance in ``NAME.json``. The stored network *is* the rounded one: the embedding has 8 bits a
number and one scale a row, everything else half precision.
"""

from __future__ import annotations

import hashlib
import io
import json
import time
import zipfile
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

from unrolled.data.vocabulary import Vocabulary
from unrolled.experiments import attention
from unrolled.experiments.records import RecordError, provenance, results_folder, write_provenance
from unrolled.experiments.runner import measuring
from unrolled.files import whole
from unrolled.nets.classifier import SentimentClassifier
from unrolled.nets.quantization import eight_bit_rows
from unrolled.seeding import seed_everything
from unrolled.sentiment.corpus import read_imdb
from unrolled.sentiment.recipe import Recipe
from unrolled.sentiment.training import build_reader, logits_of, scores, train_reader

EMBEDDING = "embedding.weight"
READERS: dict[str, tuple[Recipe, int]] = {
    "reader-attention": (attention.recipe_of("attention"), 0),
}


def store_reader(name: str, folder: Path | None = None) -> dict:
    """Train a reader, write its rounded weights, and return their provenance.

    Raises
    ------
    LookupError
        If there is no reader of that name.
    """
    recipe, seed = _find(name)
    folder = results_folder() if folder is None else Path(folder)
    started = time.perf_counter()
    parts, vocabulary = read_imdb()
    with measuring():
        rng = seed_everything(seed)
        model = build_reader(recipe, len(vocabulary))
        train_reader(model, recipe, parts["train"], rng)
        packed = _packed(model)
        rounded = _unpacked(packed, recipe, len(vocabulary))
        logits = logits_of(rounded, parts["valid"], recipe.max_tokens)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.npz"
    command = f"python -m unrolled.experiments weights {name}"
    told = provenance(command, [seed], time.perf_counter() - started)
    told |= {"recipe": asdict(recipe), "vocabulary": fingerprint(vocabulary)}
    told["valid"] = scores(logits, parts["valid"].labels)
    with whole(path) as draft:
        draft.write_bytes(packed)
    write_provenance(folder / f"{name}.json", told)
    return told


def load_reader(
    name: str, vocabulary: Vocabulary, folder: Path | None = None
) -> SentimentClassifier:
    """Return a stored reader, ready to read (in evaluation mode).

    Parameters
    ----------
    name : str
        One of `READERS`.
    vocabulary : Vocabulary
        That of `unrolled.sentiment.corpus.read_imdb`; the weights belong to its numbers.
    folder : Path, optional
        Where the records are.

    Raises
    ------
    LookupError
        If there is no reader of that name.
    RecordError
        If the weights are missing or damaged, or belong to another vocabulary.
    """
    recipe, _ = _find(name)
    folder = results_folder() if folder is None else Path(folder)
    path, remake = (
        folder / f"{name}.npz",
        f"Make it with: python -m unrolled.experiments weights {name}",
    )
    for needed in (path, path.with_suffix(".json")):
        if not needed.exists():
            raise RecordError(f"There is no {needed.name} in {folder}. {remake}")
    try:
        told = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        model = _unpacked(path.read_bytes(), recipe, len(vocabulary))
    except (ValueError, KeyError, RuntimeError, OSError, EOFError, zipfile.BadZipFile) as error:
        reason = str(error).splitlines()[0]
        raise RecordError(f"The weights {path.name} are damaged ({reason}). {remake}") from error
    if told.get("vocabulary") != fingerprint(vocabulary):
        raise RecordError(
            f"The weights {path.name} belong to another vocabulary than the one given. "
            f"Take that of read_imdb(). Have the reviews changed? {remake}"
        )
    return model


def fingerprint(vocabulary: Vocabulary) -> str:
    """Return a short name of a vocabulary, made from its tokens and their order."""
    return hashlib.sha256("\n".join(vocabulary.tokens).encode()).hexdigest()[:16]


def _find(name: str) -> tuple[Recipe, int]:
    if name not in READERS:
        raise LookupError(f"There are no weights named {name!r}. Known: {', '.join(READERS)}.")
    return READERS[name]


def _packed(model: SentimentClassifier) -> bytes:
    """Return the rounded weights as the bytes of an .npz file."""
    arrays = {key: weight.numpy().astype(np.float16) for key, weight in model.state_dict().items()}
    rows, scales = eight_bit_rows(model.state_dict()[EMBEDDING].numpy())
    arrays[EMBEDDING], arrays["embedding.scale"] = rows, scales
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def _unpacked(data: bytes, recipe: Recipe, vocab_size: int) -> SentimentClassifier:
    """Return a reader with the weights of a file."""
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        arrays = {key: file[key].astype(np.float32) for key in file.files}
    arrays[EMBEDDING] = arrays[EMBEDDING] * arrays.pop("embedding.scale")
    for key, values in arrays.items():
        if not np.isfinite(values).all():
            raise ValueError(f"{key} holds a number that is not finite")
    model = build_reader(recipe, vocab_size)
    model.load_state_dict({key: torch.from_numpy(values) for key, values in arrays.items()})
    return model.eval()
