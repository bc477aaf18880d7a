"""The strong model's road: each way trains what it says, and nothing finished is done twice."""

from dataclasses import replace

import numpy as np
import pytest

from unrolled.checkpoints import CheckpointError
from unrolled.experiments import strong
from unrolled.experiments.reading import Part, Recipe
from unrolled.pretraining import PretrainingRecipe

V = 12
LANGUAGE = PretrainingRecipe(
    embedding_size=5, hidden_size=4, dropout=0.0, passes=2, texts=2, steps=10, rate=0.01
)
READER = Recipe(embedding_size=5, hidden_size=4, max_tokens=20, batch_size=8, dropout=0.0)
WAYS = {name: replace(way, recipe=READER) for name, way in strong.WAYS.items()}


def toy(count, seed):
    """Return reviews that hold the token 2 where they are positive, and 3 where they are not."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    ids = [
        np.append(rng.integers(4, V, rng.integers(1, 30)), 2 if label else 3) for label in labels
    ]
    return Part(ids, labels)


PARTS = {"train": toy(40, 0), "valid": toy(10, 1), "test": toy(10, 2)}


def measure(seed=0, **changes):
    options = {"language": LANGUAGE, "ways": WAYS, "parts": PARTS, "vocab_size": V}
    return strong.measure(seed, **options | changes)


@pytest.fixture(autouse=True)
def _work(tmp_path, monkeypatch):
    monkeypatch.setenv(strong.WORK, str(tmp_path))


def test_every_way_is_judged_on_both_parts_and_differs_from_the_others():
    rows = measure()
    assert [(row["way"], row["part"]) for row in rows] == [
        (way, part) for way in strong.WAYS for part in ("valid", "test")
    ]
    assert len({row["loss"] for row in rows}) == len(rows)
    assert {row["perplexity_forwards"] for row in rows} == {rows[0]["perplexity_forwards"]}


def test_a_run_that_was_interrupted_ends_the_same_and_repeats_nothing(monkeypatch):
    whole = measure(1)

    def forbidden(*arguments, **options):
        raise AssertionError("this was finished")

    with monkeypatch.context() as patch:
        patch.setattr(strong, "train_in_way", forbidden)
        assert measure(1) == whole
    (strong.work_folder() / "1" / "pretrained.pt").unlink()
    again = measure(1)
    for row, before in zip(again, whole, strict=True):
        assert row | {"minutes": 0} == before | {"minutes": 0}


def test_what_was_trained_in_another_way_is_not_taken_for_this_one():
    measure(2)
    other = {"labels only": replace(WAYS["labels only"], recipe=replace(READER, rate=0.5))}
    with pytest.raises(CheckpointError, match="trained in another way"):
        measure(2, ways=other)


def test_the_grid_has_five_seeds():
    assert [c["seed"] for c in strong.grid()] == [0, 1, 2, 3, 4]
