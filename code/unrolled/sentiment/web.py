"""From a trained model to one small file that a web page reads: ``export --web``.

The file holds whole numbers from -127 to 127 with a scale for each row of the embedding and of the
LSTM's matrices, and every other weight in 16 bits; the vocabulary; what the network was trained
with; a bag of the same words that learnt from the same texts, in 8 bits; how often each of the two
is right on long and on short test texts; and those that the network gets most wrong.
`unrolled.nets.model_file` writes it.
"""

from __future__ import annotations

import copy
import shlex
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from pathlib import Path

import numpy as np
import torch

from unrolled.data.tokenizer import TOKEN
from unrolled.evaluation.metrics import accuracy
from unrolled.files import whole
from unrolled.nets.classifier import SentimentClassifier
from unrolled.nets.model_file import ModelFileError, in_eight_bits, in_sixteen_bits, packed
from unrolled.sentiment.corpus import NAMES, Part, part_of, read_part
from unrolled.sentiment.export import ExportError, check_target
from unrolled.sentiment.recipe import Recipe
from unrolled.sentiment.source import Source
from unrolled.sentiment.trained import Trained, load_trained, texts_of
from unrolled.sentiment.training import JUDGED_AT_ONCE, logits_of
from unrolled.sentiment.word_bag import WordBag, fit_word_bag

EMBEDDING = "embedding.weight"
LSTM = ("forwards.weight_ih_l0", "forwards.weight_hh_l0")
READER = (EMBEDDING, *LSTM)  # in 8 bits on the course's page: no answer to its test texts changed
HARDEST = 4  # mistakes of either kind that travel with a model
SHORT = 120  # tokens of such a text at most, so that a page can show it
TEXTS = {"imdb": "reviews", "imdb-official": "reviews", "rotten-tomatoes": "sentences"}
COMPANIONS = {  # what else a model of the course's texts is judged on: short texts, or long ones
    "imdb": ("rotten-tomatoes",),
    "imdb-official": ("rotten-tomatoes",),
    "rotten-tomatoes": ("imdb",),
}


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
    recipe = trained.recipe
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
    check_target(out)
    splits = texts_of(trained)
    train, valid, test = (part_of(splits, trained.encoder, name) for name in NAMES)
    tests = {TEXTS.get(recipe.data, "texts"): test}
    for name in COMPANIONS.get(recipe.data, ()):
        tests[TEXTS[name]] = read_part(Source(data=name), trained.encoder, "test")
    made = commands_for(recipe, out.name)
    with whole(out) as draft:
        draft.write_bytes(reader_file(trained, train, valid, tests, made))
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


def reader_file(
    trained: Trained,
    train: Part,
    valid: Part,
    tests: Mapping[str, Part],
    made: Sequence[str] = (),
    *,
    aside: Collection[str] = (),
    learnt_from: str = "",
) -> bytes:
    """Return the file of the course's page: a network, its rival, and how both judge test texts.

    Its header has, besides tensors and vocabulary: pattern, of the tokens; max_tokens; settings, of
    the training; classes; made; learnt_from; judged, a list of one `judgement` for each of the
    tests, in their order; and hardest, the `hardest_texts` of the first of them.

    Parameters
    ----------
    trained : Trained
        An LSTM that reads words in one direction, pools by attention, and tells two classes apart.
    train, valid : Part
        What a bag of words learns from, and is chosen on: the texts of the network, in its tokens.
    tests : mapping of str to Part
        Each by what the page shall call such texts, as "reviews"; the first with its texts.
    made : sequence of str
        The commands that make this file.
    aside : collection of str
        Tests whose texts are no example of what a user types, however long: made to be hard.
    learnt_from : str
        The texts that the network learnt from, in words, where its settings do not say it.

    Raises
    ------
    ExportError
        If a weight is not finite, or too large for the 16 bits of the page.
    """
    limit = trained.recipe.judging_tokens
    bag = fit_word_bag(train, valid, len(trained.encoder), limit)
    rounded = copy.deepcopy(trained.model)
    round_as_page(rounded, READER)
    logits = {
        name: logits_of(rounded, part, limit, batch_size=JUDGED_AT_ONCE)
        for name, part in tests.items()
    }
    rival, first = bag.rounded(), next(iter(tests))
    told = {
        "max_tokens": limit,
        "settings": trained.recipe.told(),
        "classes": list(trained.classes),
        "made": list(made),
        "judged": [
            judgement(name, part, logits[name], rival.logits(part.ids, limit))
            | ({"aside": True} if name in aside else {})
            for name, part in tests.items()
        ],
        "hardest": hardest_texts(tests[first], logits[first]),
    }
    if learnt_from:
        told["learnt_from"] = learnt_from
    return page_file(trained.model, trained.encoder.tokens, told, bag=bag, eight_bits=READER)


def judgement(name: str, part: Part, logits: np.ndarray, bag_logits: np.ndarray) -> dict:
    """Return how often a network and its bag of words are right on test texts.

    Returns
    -------
    dict
        on, the name; texts, their number; tokens, the bounds between which the lengths of nine
        texts in ten lie; and the accuracies: accuracy, of the network, and bag.
    """
    lengths = np.array([len(ids) for ids in part.ids])
    low, high = np.quantile(lengths, [0.05, 0.95], method="nearest")
    right, bag = (accuracy((one > 0).astype(int), part.labels) for one in (logits, bag_logits))
    told = {"on": name, "texts": len(part), "tokens": [int(low), int(high)]}
    return told | {"accuracy": right, "bag": bag}


def hardest_texts(part: Part, logits: np.ndarray) -> list[dict]:
    """Return ``{"text", "label"}`` of the short texts that a network gets most wrong.

    They are those of the largest loss, up to `HARDEST` of either label, those of praise first.
    """
    wrong_by = np.where(part.labels == 1, -logits, logits)
    short = np.array([len(ids) <= SHORT for ids in part.ids])
    hardest = []
    for label in (1, 0):
        rows = np.flatnonzero(short & (part.labels == label) & (wrong_by > 0))
        rows = rows[np.argsort(-wrong_by[rows], kind="stable")][:HARDEST]
        hardest += [{"text": part.texts[row], "label": label} for row in rows]
    return hardest


def page_file(
    model: SentimentClassifier,
    tokens: list[str],
    told: dict,
    *,
    bag: WordBag | None = None,
    eight_bits: Sequence[str] = (EMBEDDING,),
) -> bytes:
    """Return the file of a model, its vocabulary, and whatever else its header shall tell.

    Parameters
    ----------
    model : SentimentClassifier
    tokens : list of str
    told : dict
        For the header, as JSON.
    bag : WordBag, optional
        What stands beside the model, of the same tokens.
    eight_bits : sequence of str
        The matrices that are held in 8 bits.

    Raises
    ------
    ExportError
        If a weight is not finite, or too large for the 16 bits of the page.
    """
    weights = {name: weight.numpy() for name, weight in model.state_dict().items()}
    if bag is not None:
        weights |= {"bag.weight": bag.weights[None], "bag.bias": np.array([bag.bias])}
        eight_bits = (*eight_bits, "bag.weight")
    scales = {name: f"{name.removesuffix('.weight')}.scale" for name in eight_bits}
    told = {"pattern": TOKEN.pattern} | told
    try:
        return packed(weights, told, scales=scales, tokens=tokens)
    except ModelFileError as error:
        raise ExportError(*error.args) from error


def round_as_page(model: SentimentClassifier, eight_bits: Sequence[str] = (EMBEDDING,)) -> None:
    """Give a model, in place, the rounded weights that the page computes with."""
    with torch.no_grad():
        for name, weight in model.state_dict().items():
            keep = in_eight_bits if name in eight_bits else in_sixteen_bits
            weight.copy_(torch.as_tensor(keep(weight.numpy())))
