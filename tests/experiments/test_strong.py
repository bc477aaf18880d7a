"""The strong model's road: each way trains what it says, and nothing finished is done twice."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from unrolled.experiments import strong
from unrolled.nets.pretraining import PretrainingRecipe
from unrolled.sentiment.recipe import read_settings

V = 12
LANGUAGE = PretrainingRecipe(
    embedding_size=5, hidden_size=4, dropout=0.0, passes=2, texts=2, steps=10, rate=0.01
)
SMALL = {"embedding_size": 5, "hidden_size": 4, "max_tokens": 20, "batch_size": 8, "rate": 5e-3}
SMALL |= {"dropout": 0.0, "embedding_dropout": 0.0}
WAYS = {name: replace(recipe, **SMALL) for name, recipe in strong.WAYS.items()}


@pytest.fixture
def measure(toy_reviews):
    """Return a function that measures a way on toy reviews, its duration left out."""
    sizes = {"train": 40, "valid": 10, "test": 10}
    parts = {name: toy_reviews(count, seed) for seed, (name, count) in enumerate(sizes.items())}
    options = {"language": LANGUAGE, "ways": WAYS, "parts": parts, "vocab_size": V}
    return lambda way, seed=0: [r | {"minutes": 0} for r in strong.measure(way, seed, **options)]


@pytest.fixture(autouse=True)
def _work(tmp_path, monkeypatch):
    monkeypatch.setenv(strong.WORK, str(tmp_path))


def test_every_way_is_judged_on_both_parts_and_differs_from_the_others(measure):
    rows = {way: measure(way) for way in strong.WAYS}
    for found in rows.values():
        assert [(row["part"], row["read"]) for row in found] == [
            (part, read) for part in ("valid", "test") for read in strong.READINGS
        ]
    assert len({row["loss"] for found in rows.values() for row in found}) == 4 * len(rows)
    surprise = {way: found[0]["perplexity_forwards"] for way, found in rows.items()}
    assert np.isnan(surprise["labels only"])
    assert surprise["pretrained"] == surprise["pretrained, adversarial"] > 1


def test_the_language_model_of_a_seed_is_trained_once(measure, monkeypatch):
    whole = measure("pretrained", 1)

    def forbidden(*arguments):
        raise AssertionError("this was finished")

    with monkeypatch.context() as patch:
        patch.setattr("unrolled.nets.pretraining._one_pass", forbidden)
        assert measure("pretrained", 1) == whole
        with pytest.raises(AssertionError, match="finished"):
            measure("pretrained", 2)
    for file in strong.work_folder().iterdir():
        file.unlink()
    assert measure("pretrained", 1) == whole


def test_the_strong_model_is_measured_first():
    assert {c["way"] for c in strong.grid()[:5]} == {list(strong.WAYS)[-1]}


def test_the_command_line_trains_the_strong_model_of_the_record():
    recipe, _ = read_settings(Path(__file__).parents[2] / "recipes" / "strong.toml")
    strongest = list(strong.WAYS.values())[-1]
    assert recipe == replace(strongest, max_tokens_judged=recipe.max_tokens_judged)
