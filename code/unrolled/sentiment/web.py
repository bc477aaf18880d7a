"""From a trained model to one small file that a web page reads: ``export --web``.

The file holds whole numbers from -127 to 127 with a scale for each row of the embedding, and every
other weight in 16 bits; the vocabulary; the sizes; what it was trained with; and how it judges the
test reviews, with those that it gets most wrong. `unrolled.nets.model_file` writes it.
"""

from __future__ import annotations

import copy
import shlex
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import torch

from unrolled.data.tokenizer import TOKEN
from unrolled.evaluation.metrics import accuracy
from unrolled.files import whole
from unrolled.nets.classifier import SentimentClassifier
from unrolled.nets.model_file import ModelFileError, packed
from unrolled.nets.quantization import round_embedding
from unrolled.sentiment.export import ExportError, check_target
from unrolled.sentiment.recipe import Recipe
from unrolled.sentiment.trained import Trained, judge, load_trained

EMBEDDING = "embedding.weight"
HARDEST = 4  # mistakes of either kind that travel with a model
SHORT = 120  # tokens of such a review at most, so that a page can show it


def export_web(folder: Path, out: Path) -> int:
    """Write the trained model of a folder for the page; return the file's size in bytes.

    Parameters
    ----------
    folder : pathlib.Path
        Of a training of an LSTM that reads in one direction and pools by attention.
    out : pathlib.Path
        The file, which is at every moment the old one or the new one, whole.

    Raises
    ------
    ExportError
        If the model is of another kind, or the file cannot be written.
    unrolled.sentiment.folder.FolderError
        If the folder holds no trained model.
    unrolled.data.reviews.DataError
        If the reviews that it was trained on are not there.
    """
    trained = load_trained(folder, torch.device("cpu"))
    model, recipe = trained.model, trained.recipe
    if len(trained.classes) > 2 or recipe.tokenizer != "words":
        raise ExportError(
            f"The model in {folder} knows {len(trained.classes)} classes and reads "
            f"{recipe.tokenizer}; the course's page takes one apart that knows two and reads "
            "words. For a page of its own, name a file that ends in .html."
        )
    if recipe.cell != "lstm" or recipe.bidirectional or recipe.pooling != "attention":
        raise ExportError(
            f"The model in {folder} is a {recipe.cell} that pools by {recipe.pooling}"
            f"{' and reads both ways' if recipe.bidirectional else ''}. The page shows an LSTM "
            "that reads in one direction and pools by attention: train one with "
            "--config recipes/page.toml."
        )
    told = {"max_tokens": recipe.judging_tokens, "settings": recipe.told()}
    told |= {"classes": list(trained.classes), "made": commands_for(recipe, out.name)}
    check_target(out)
    told["test"] = judged(trained)
    with whole(out) as draft:
        draft.write_bytes(page_file(model, trained.encoder.tokens, told))
    return out.stat().st_size


def commands_for(recipe: Recipe, name: str) -> list[str]:
    """Return the commands that train a model of this recipe and export it to a file of a name.

    Of files and folders only the last name is told, as in `Recipe.told`.
    """
    told, flags = recipe.told(), []
    for one in fields(Recipe):
        value, flag = told[one.name], "--" + one.name.replace("_", "-")
        if value == one.default or value is None:
            continue
        if isinstance(value, bool):
            flags.append(flag if value else flag.replace("--", "--no-", 1))
        else:
            flags += [flag, str(value)]
    train = shlex.join(["python", "-m", "unrolled", "train", *flags, "--out", "MODEL"])
    return [train, shlex.join(["python", "-m", "unrolled", "export", "MODEL", name, "--web"])]


def judged(trained: Trained) -> dict:
    """Return how a model, rounded as in the page, judges the test reviews of its data.

    Returns
    -------
    dict
        reviews, their number; accuracy; and hardest, a list of ``{"text", "label"}``: of the short
        reviews that it gets wrong, those of the largest loss, up to `HARDEST` of either label.
    """
    rounded = copy.deepcopy(trained.model)
    round_as_page(rounded)
    test, logits = judge(replace(trained, model=rounded), "test")
    wrong_by = np.where(test.labels == 1, -logits, logits)
    short = np.array([len(ids) <= SHORT for ids in test.ids])
    hardest = []
    for label in (1, 0):
        rows = np.flatnonzero(short & (test.labels == label) & (wrong_by > 0))
        rows = rows[np.argsort(-wrong_by[rows], kind="stable")][:HARDEST]
        hardest += [{"text": test.texts[row], "label": label} for row in rows]
    right = accuracy((logits > 0).astype(int), test.labels)
    return {"reviews": len(test), "accuracy": right, "hardest": hardest}


def page_file(model: SentimentClassifier, tokens: list[str], told: dict) -> bytes:
    """Return the file of a model, its vocabulary, and whatever else its header shall tell.

    Raises
    ------
    ExportError
        If a weight is not finite, or too large for the 16 bits of the page.
    """
    weights = {name: weight.numpy() for name, weight in model.state_dict().items()}
    told = {"pattern": TOKEN.pattern} | told
    try:
        return packed(weights, told, scales={EMBEDDING: "embedding.scale"}, tokens=tokens)
    except ModelFileError as error:
        raise ExportError(*error.args) from error


def round_as_page(model: SentimentClassifier) -> None:
    """Give a model, in place, the rounded weights that the page computes with."""
    round_embedding(model)
    with torch.no_grad():
        for name, weight in model.state_dict().items():
            if name != EMBEDDING:
                weight.copy_(weight.half().float())
