"""Stored weights are rounded as said, belong to their vocabulary, and are refused where damaged."""

import json
import shutil

import numpy as np
import pytest
import torch

from unrolled.data.vocabulary import Vocabulary
from unrolled.experiments import RecordError, characters, results_folder, weights
from unrolled.experiments import __main__ as command_line
from unrolled.sentiment.corpus import Part
from unrolled.sentiment.recipe import Recipe

TINY = Recipe(embedding_size=3, hidden_size=2, pooling="attention", max_tokens=6, batch_size=4)
WORDS = ["a", "film", "good", "bad"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return a folder for the weights of a tiny reader of twelve texts."""
    vocabulary = Vocabulary.build([WORDS])
    rng = np.random.default_rng(0)
    labels = np.tile([0, 1], 6)
    part = Part([rng.integers(2, len(vocabulary), size=5) for _ in labels], labels)
    monkeypatch.setattr(weights, "READERS", {"tiny": (TINY, 3)})
    monkeypatch.setattr(weights, "read_imdb", lambda: ({"train": part, "valid": part}, vocabulary))
    return tmp_path


def vocabulary():
    return weights.read_imdb()[1]


def test_the_stored_network_is_the_trained_one_within_what_rounding_moves(folder, monkeypatch):
    trained = []
    monkeypatch.setattr(
        weights, "train_reader", lambda model, *_: trained.append(model.state_dict())
    )
    weights.store_reader("tiny", folder)
    loaded = weights.load_reader("tiny", vocabulary(), folder)
    assert not loaded.training
    for key, weight in loaded.state_dict().items():
        step = 2**-11 * weight.abs()  # of half precision
        if key == "embedding.weight":
            step = trained[0][key].abs().max(dim=1, keepdim=True).values / 127 / 2
        assert (weight - trained[0][key]).abs().le(step * 1.001 + 1e-7).all(), key
        assert weight.dtype == torch.float32


def test_the_same_command_stores_the_same_bytes_and_their_provenance(folder):
    weights.store_reader("tiny", folder)
    before = (folder / "tiny.npz").read_bytes()
    told = weights.store_reader("tiny", folder)
    assert (folder / "tiny.npz").read_bytes() == before
    assert told["seeds"] == [3]
    assert told["command"] == "python -m unrolled.experiments weights tiny"
    assert 0 <= told["valid"]["accuracy"] <= 1
    assert json.loads((folder / "tiny.json").read_text()) == told
    assert sorted(path.name for path in folder.iterdir()) == ["tiny.json", "tiny.npz"]


def damage_nan(path):
    with np.load(path) as file:
        arrays = dict(file)
    arrays["head.bias"] = np.full_like(arrays["head.bias"], np.nan)
    np.savez(path, **arrays)


def damage_shape(path):
    with np.load(path) as file:
        arrays = dict(file)
    arrays["head.weight"] = arrays["head.weight"][:, :1]
    np.savez(path, **arrays)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda path: path.unlink(), "no tiny.npz"),
        (lambda path: path.with_suffix(".json").unlink(), "no tiny.json"),
        (lambda path: path.write_bytes(path.read_bytes()[:100]), "damaged"),
        (lambda path: path.write_bytes(b""), "damaged"),
        (damage_nan, "head.bias holds a number that is not finite"),
        (damage_shape, "damaged"),
    ],
    ids=["missing", "no provenance", "half", "empty", "nan", "shape"],
)
def test_missing_or_damaged_weights_name_the_command_that_mends_them(damage, message, folder):
    weights.store_reader("tiny", folder)
    damage(folder / "tiny.npz")
    with pytest.raises(RecordError, match=f"{message}.*experiments weights tiny"):
        weights.load_reader("tiny", vocabulary(), folder)


def test_another_vocabulary_is_refused_even_of_the_same_size(folder):
    weights.store_reader("tiny", folder)
    other = Vocabulary.build([[word.upper() for word in WORDS]])
    assert len(other) == len(vocabulary())
    with pytest.raises(RecordError, match="another vocabulary"):
        weights.load_reader("tiny", other, folder)


def test_a_name_that_is_not_there_is_answered_by_those_that_are(folder, capsys):
    with pytest.raises(LookupError, match="Known: tiny"):
        weights.load_reader("huge", vocabulary(), folder)
    assert command_line.main(["--results", str(folder), "weights", "huge"]) == 2
    assert command_line.main(["--results", str(folder), "weights", "tiny"]) == 0
    assert "tiny.npz" in capsys.readouterr().out


@pytest.mark.parametrize("name", weights.READERS)
def test_the_weights_that_chapters_read_are_those_of_their_provenance(name, tmp_path):
    for suffix in (".npz", ".json"):
        shutil.copy(results_folder() / f"{name}{suffix}", tmp_path)
    parts, words = weights.read_imdb()
    model = weights.load_reader(name, words, tmp_path)
    told = json.loads((tmp_path / f"{name}.json").read_text())
    recipe, seed = weights.READERS[name]
    logits = weights.logits_of(model, parts["valid"], recipe.max_tokens)
    found = weights.scores(logits, parts["valid"].labels)
    assert found["accuracy"] == pytest.approx(told["valid"]["accuracy"], abs=5e-4)
    assert found["loss"] == pytest.approx(told["valid"]["loss"], abs=1e-5)
    assert told["seeds"] == [seed]


@pytest.fixture
def writers(tmp_path, monkeypatch):
    """Return a folder for the weights of a writer that read 4,000 characters."""
    settings = {"seed": 4, "budget": 4_096, "dropout": 0.0}
    read = characters.read
    monkeypatch.setattr(weights, "WRITERS", {"small": settings})
    monkeypatch.setattr(characters, "read", lambda size, seed: read(size or 4_000, seed))
    monkeypatch.setattr(characters, "VALID", ("phoenix_and_the_turtle",))
    return tmp_path


def test_a_stored_writer_is_the_trained_one_within_what_rounding_moves(writers, monkeypatch):
    trained, train = [], characters.train
    monkeypatch.setattr(
        characters, "train", lambda *a, **k: trained.append(train(*a, **k)) or trained[-1]
    )
    told = weights.store_writer("small", writers)
    loaded = weights.load_writer("small", writers)
    assert not loaded.training
    for key, weight in loaded.state_dict().items():
        exact = trained[0][0].state_dict()[key]
        step = 2**-11 * weight.abs()  # of half precision
        if weight.ndim == 2:
            step = exact.abs().max(dim=1, keepdim=True).values / 127 / 2
        assert (weight - exact).abs().le(step * 1.001 + 1e-7).all(), key
    assert told["valid"] == pytest.approx(told["unrounded"], abs=0.05)
    assert told["settings"]["seed"] == 4
    before = (writers / "small.npz").read_bytes()
    assert command_line.main(["--results", str(writers), "weights", "small"]) == 0
    assert (writers / "small.npz").read_bytes() == before


def test_a_writer_of_another_alphabet_is_refused(writers, monkeypatch):
    weights.store_writer("small", writers)
    monkeypatch.setattr(weights, "ALPHABET", weights.ALPHABET[::-1])
    with pytest.raises(RecordError, match="another alphabet"):
        weights.load_writer("small", writers)
    with pytest.raises(LookupError, match="Known: small"):
        weights.load_writer("huge", writers)


@pytest.mark.parametrize("name", weights.WRITERS)
def test_the_writers_that_chapters_read_are_those_of_their_provenance(name):
    told = json.loads((results_folder() / f"{name}.json").read_text())
    settings = weights.WRITERS[name]
    assert told["settings"] == settings
    found = characters.bits_on_valid(weights.load_writer(name))
    assert found == pytest.approx(told["valid"], abs=1e-4)
