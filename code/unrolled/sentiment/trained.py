"""A trained model: loaded from the folder of its training, or refused with the cause."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from unrolled.data.encoder import VOCABULARY, TextEncoder
from unrolled.data.labelled.split import Parts
from unrolled.data.reviews import Splits
from unrolled.data.vocabulary import Vocabulary
from unrolled.nets.checkpoints import CheckpointError, load_checkpoint
from unrolled.nets.classifier import SentimentClassifier
from unrolled.sentiment.corpus import Part, digest_of, load_reviews, part_of
from unrolled.sentiment.folder import (
    CHECKPOINT,
    CLASSES,
    MODEL,
    SETTINGS,
    FolderError,
    load_classes,
    load_digest,
)
from unrolled.sentiment.places import found_from
from unrolled.sentiment.recipe import Recipe, read_settings
from unrolled.sentiment.training import JUDGED_AT_ONCE, build_reader, logits_of


@dataclass(frozen=True)
class Trained:
    """A trained model and all that is needed to use it.

    Parameters
    ----------
    model : SentimentClassifier
        In evaluation mode.
    encoder : TextEncoder
        From a text to token numbers.
    recipe : Recipe
        What it was trained with.
    classes : tuple of str
        The K names, in the order of its probabilities.
    digest : str
        Of its texts, if they were a file of one's own: see `unrolled.sentiment.corpus.digest_of`.
    folder : pathlib.Path, optional
        Of its training.
    """

    model: SentimentClassifier
    encoder: TextEncoder
    recipe: Recipe
    classes: tuple[str, ...]
    digest: str = ""
    folder: Path | None = None

    @property
    def vocabulary(self) -> Vocabulary:
        """Return the vocabulary of its encoder."""
        return self.encoder.vocabulary


def load_trained(folder: Path, device: torch.device) -> Trained:
    """Return the best model of a finished or running training.

    Raises
    ------
    FolderError
        If the folder holds no trained model, or its parts do not fit together.
    """
    if not folder.exists():
        raise FolderError(
            f"There is no file or folder at {folder}. Name the folder that --out named in `train`, "
            "or an exported file."
        )
    if not folder.is_dir():
        raise FolderError(
            f"{folder} is a file. Give the folder of a training; of an exported model, only "
            "`predict` can make use."
        )
    for name in (SETTINGS, VOCABULARY, MODEL):
        if not (folder / name).exists():
            raise FolderError(
                f"There is no {name} in {folder}, so no trained model (a training writes its "
                f"first one after a whole pass). {_advice(folder)}"
            )
    recipe, _ = read_settings(folder / SETTINGS)
    classes = load_classes(folder)
    try:
        encoder = TextEncoder.load(folder)
        model = build_reader(recipe, len(encoder), len(classes))
        model.load_state_dict(_weights(folder / MODEL, model.state_dict()))
    except (ValueError, FolderError, CheckpointError) as error:
        raise FolderError(f"The model in {folder} cannot be loaded: {error}") from error
    return Trained(model.to(device).eval(), encoder, recipe, classes, load_digest(folder), folder)


def _advice(folder: Path) -> str:
    """Return what to do where a folder holds no trained model."""
    if (folder / SETTINGS).exists():
        return "Go on with the training by the command that began it."
    inside = [path.parent.name for path in sorted(folder.glob(f"*/{MODEL}"))]
    if inside:
        return f"There is one in {folder / inside[0]}: name that folder."
    return (
        "Name the folder that --out named in `train`; or train one: python -m unrolled train --out "
        f"{folder}, with --data FILE --text-column NAME --label-column NAME for texts of your own, "
        "without them for film reviews."
    )


def _weights(file: Path, wanted: dict) -> dict:
    """Return the weights of a file, which must be as many, as large and as finite as is wanted.

    A prefix ``module.``, as ``DataParallel`` writes it before every name, is taken away.

    Raises
    ------
    FolderError
        Which says what is there and what was expected.
    """
    found = load_checkpoint(file)
    if found and all(str(name).startswith("module.") for name in found):
        found = {name.removeprefix("module."): weight for name, weight in found.items()}
    if "model" in found and "optimizer" in found:
        raise FolderError(
            f"{file.name} holds the whole state of a training, as {CHECKPOINT} does; expected "
            f"weights alone. Bring back the {file.name} of this training."
        )
    missing, strange = sorted(set(wanted) - set(found)), sorted(map(str, set(found) - set(wanted)))
    if missing or strange:
        raise FolderError(
            f"{file.name} lacks {_few(missing)} and holds {_few(strange)} instead; it belongs to a "
            f"model of other parts than {SETTINGS} says (cell, bidirectional, pooling). Bring back "
            "the files of one training."
        )
    _check_shapes(file, found, wanted)
    for name, weight in found.items():
        wrong = int((~torch.isfinite(weight)).sum())
        if wrong:
            raise FolderError(
                f"{name} in {file.name} holds {wrong} numbers that are nan or infinite. Such a "
                "model knows nothing; train it again with --fresh and a lower rate."
            )
    return found


def _check_shapes(file: Path, found: dict, wanted: dict) -> None:
    """Raise `FolderError` with the cause if one of the weights is no array of its size."""
    shapes = {name: tuple(getattr(weight, "shape", ())) for name, weight in found.items()}
    other = [name for name in wanted if shapes[name] != tuple(wanted[name].shape)]
    if not other:
        return
    rows = (shapes["embedding.weight"] or (0,))[0]
    if other == ["embedding.weight"] and shapes[other[0]][1:] == tuple(wanted[other[0]].shape)[1:]:
        raise FolderError(
            f"{VOCABULARY} has {len(wanted[other[0]])} tokens, and the embedding in {file.name} "
            f"has {rows} rows, one a token. One of the two belongs to another training: bring its "
            "own file back."
        )
    if all(name.startswith("head.") and shapes[name] for name in other):
        raise FolderError(
            f"{CLASSES} has {max(wanted['head.bias'].numel(), 2)} classes, and {file.name} was "
            f"trained for {max(shapes['head.bias'][0], 2)}. One of the two belongs to another "
            "training: bring its own file back."
        )
    sizes = "; ".join(
        f"{name} is {shapes[name]}, expected {tuple(wanted[name].shape)}" for name in other[:3]
    )
    raise FolderError(
        f"{file.name} is of another size than {SETTINGS} says (embedding_size, hidden_size): "
        f"{sizes}. One of the two belongs to another training: bring its own file back."
    )


def _few(names: list[str]) -> str:
    return ", ".join(names[:3]) + (", ..." if len(names) > 3 else "") if names else "nothing"


def texts_of(trained: Trained) -> Splits | Parts:
    """Return the texts that a model was trained and is judged on.

    Raises
    ------
    FolderError
        If they, or their split, are no longer those of the training.
    unrolled.data.labelled.rows.LabelledError
        If they are not found, or cannot be used.
    """
    source = trained.recipe
    splits = load_reviews(found_from(trained.folder, source) if trained.folder else source)
    if trained.digest and digest_of(splits) != trained.digest:
        raise FolderError(
            f"The texts in {trained.recipe.data} are no longer those that the model was trained "
            "on, so its test texts may be others too. Bring the old file back, or train again."
        )
    return splits


def judge(
    trained: Trained, name: str, splits: Splits | Parts | None = None
) -> tuple[Part, np.ndarray]:
    """Return a part of its texts ("train", "valid", "test") and the logits of it.

    They are ``(N,)`` of two classes, ``(N, K)`` of more. Who has its texts already gives them.

    Raises
    ------
    FolderError
        If the texts, or their split, are no longer those of the training.
    """
    part = part_of(texts_of(trained) if splits is None else splits, trained.encoder, name)
    limit = trained.recipe.judging_tokens
    return part, logits_of(trained.model, part, limit, batch_size=JUDGED_AT_ONCE)
