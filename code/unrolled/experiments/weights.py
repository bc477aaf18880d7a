"""Stored weights: networks that a chapter reads, and therefore must be the same on every machine.

Training is chaotic: on another processor the same seed ends in other weights. Where a chapter is
about *what a network has learnt*, it loads weights from here. ``python -m unrolled.experiments
weights NAME`` trains such a network again and writes ``NAME.npz`` beside the records, with its
provenance in ``NAME.json``. The stored network *is* the rounded one: the embedding (of a writer,
every matrix) has 8 bits a number and one scale a row, everything else half precision.
"""

from __future__ import annotations

import hashlib
import io
import json
import time
import zipfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch import nn

from unrolled.data.shakespeare import ALPHABET
from unrolled.data.vocabulary import Vocabulary
from unrolled.experiments import attention, characters
from unrolled.experiments.records import RecordError, provenance, results_folder, write_provenance
from unrolled.experiments.runner import measuring
from unrolled.files import whole
from unrolled.nets.characters import CharacterModel
from unrolled.nets.classifier import SentimentClassifier
from unrolled.nets.model_file import eight_bit_rows
from unrolled.seeding import seed_everything
from unrolled.sentiment.corpus import read_imdb
from unrolled.sentiment.recipe import Recipe
from unrolled.sentiment.training import build_reader, logits_of, scores, train_reader

EMBEDDING = "embedding.weight"
READERS: dict[str, tuple[Recipe, int]] = {
    "reader-attention": (attention.recipe_of("attention"), 0),
}
WRITERS: dict[str, dict] = {
    "writer": {"seed": 0, "budget": 7_000_000, "dropout": 0.0},
}


def store(name: str, folder: Path | None = None) -> str:
    """Train a reader or a writer, write its rounded weights, and return how it does, in words.

    Raises
    ------
    LookupError
        If there is nothing of that name.
    """
    if name in WRITERS:
        told = store_writer(name, folder)
        return f"Validation: {told['valid']:.3f} bits a character."
    return f"Validation accuracy {store_reader(name, folder)['valid']['accuracy']:.3f}."


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
    told = {"recipe": asdict(recipe), "vocabulary": fingerprint(vocabulary)}
    told["valid"] = scores(logits, parts["valid"].labels)
    return _written(name, folder, packed, seed, started, told)


def store_writer(name: str, folder: Path | None = None) -> dict:
    """Train a writer on all training texts, write its rounded weights, return their provenance.

    Raises
    ------
    LookupError
        If there is no writer of that name.
    """
    settings = _find_writer(name)
    started = time.perf_counter()
    _, numbers = characters.read(None, settings["seed"])
    with measuring():
        model, found = characters.train(numbers, **settings)
        packed = _packed(model, every_matrix=True)
        bits = characters.bits_on_valid(_unpacked_writer(packed))
    told = {"settings": settings, "alphabet": ALPHABET, "valid": bits, "unrounded": min(found)}
    folder = results_folder() if folder is None else Path(folder)
    return _written(name, folder, packed, settings["seed"], started, told)


def load_writer(name: str, folder: Path | None = None) -> CharacterModel:
    """Return a stored writer, ready to write (in evaluation mode); its symbols are `ALPHABET`.

    Raises
    ------
    LookupError
        If there is no writer of that name.
    RecordError
        If the weights are missing or damaged, or belong to another alphabet.
    """
    _find_writer(name)
    told, model, remake = _loaded(name, folder, _unpacked_writer)
    if told.get("alphabet") != ALPHABET:
        raise RecordError(f"The weights {name}.npz belong to another alphabet. {remake}")
    return model


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
    told, model, remake = _loaded(
        name, folder, lambda data: _unpacked(data, recipe, len(vocabulary))
    )
    if told.get("vocabulary") != fingerprint(vocabulary):
        raise RecordError(
            f"The weights {name}.npz belong to another vocabulary than the one given. "
            f"Take that of read_imdb(). Have the reviews changed? {remake}"
        )
    return model


def fingerprint(vocabulary: Vocabulary) -> str:
    """Return a short name of a vocabulary, made from its tokens and their order."""
    return hashlib.sha256("\n".join(vocabulary.tokens).encode()).hexdigest()[:16]


def _written(name: str, folder: Path, packed: bytes, seed: int, started: float, told: dict) -> dict:
    """Write weights with their provenance, to which `told` is added; return all of that."""
    folder.mkdir(parents=True, exist_ok=True)
    command = f"python -m unrolled.experiments weights {name}"
    told = provenance(command, [seed], time.perf_counter() - started) | told
    with whole(folder / f"{name}.npz") as draft:
        draft.write_bytes(packed)
    write_provenance(folder / f"{name}.json", told)
    return told


def _loaded(name: str, folder: Path | None, unpacked: Callable) -> tuple[dict, nn.Module, str]:
    """Return provenance and network of stored weights, and what makes them anew."""
    folder = results_folder() if folder is None else Path(folder)
    path = folder / f"{name}.npz"
    remake = f"Make it with: python -m unrolled.experiments weights {name}"
    for needed in (path, path.with_suffix(".json")):
        if not needed.exists():
            raise RecordError(f"There is no {needed.name} in {folder}. {remake}")
    try:
        told = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        return told, unpacked(path.read_bytes()), remake
    except (ValueError, KeyError, RuntimeError, OSError, EOFError, zipfile.BadZipFile) as error:
        reason = str(error).splitlines()[0]
        raise RecordError(f"The weights {path.name} are damaged ({reason}). {remake}") from error


def _find(name: str) -> tuple[Recipe, int]:
    if name not in READERS:
        known = ", ".join([*READERS, *WRITERS])
        raise LookupError(f"There are no weights of a reader named {name!r}. Known: {known}.")
    return READERS[name]


def _find_writer(name: str) -> dict:
    if name not in WRITERS:
        raise LookupError(f"There is no writer named {name!r}. Known: {', '.join(WRITERS)}.")
    return WRITERS[name]


def _packed(model: nn.Module, *, every_matrix: bool = False) -> bytes:
    """Return the rounded weights as the bytes of an .npz file."""
    arrays = {}
    for key, weight in model.state_dict().items():
        if key == EMBEDDING or (every_matrix and weight.ndim == 2):
            scale = key.replace("weight", "scale")  # "embedding.scale" of "embedding.weight"
            arrays[key], arrays[scale] = eight_bit_rows(weight.numpy())
        else:
            arrays[key] = weight.numpy().astype(np.float16)
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def _unpacked(data: bytes, recipe: Recipe, vocab_size: int) -> SentimentClassifier:
    """Return a reader with the weights of a file."""
    return _filled(build_reader(recipe, vocab_size), data)


def _unpacked_writer(data: bytes) -> CharacterModel:
    """Return a writer with the weights of a file."""
    return _filled(CharacterModel(len(ALPHABET)), data)


def _filled(model: nn.Module, data: bytes) -> nn.Module:
    """Return the model with the weights of a file in it, in evaluation mode."""
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        arrays = {key: file[key].astype(np.float32) for key in file.files}
    for key in [key for key in arrays if "scale" in key]:
        arrays[key.replace("scale", "weight")] *= arrays.pop(key)
    for key, values in arrays.items():
        if not np.isfinite(values).all():
            raise ValueError(f"{key} holds a number that is not finite")
    model.load_state_dict({key: torch.from_numpy(values) for key, values in arrays.items()})
    return model.eval()
