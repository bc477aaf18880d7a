"""The experiments on recurrent readers, on a small scale."""

import math

import numpy as np
import pytest

from unrolled.experiments import sentiment_cells as cells
from unrolled.experiments.reading import Part, Recipe
from unrolled.experiments.records import unpack_logits

TINY = Recipe(embedding_size=5, hidden_size=4, max_tokens=20, batch_size=8, dropout=0.0)


def toy(count, seed):
    """Return reviews that hold the token 2 where they are positive, and 3 where they are not."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    ids = [
        np.append(rng.integers(4, 9, rng.integers(3, 30)), 2 if label else 3) for label in labels
    ]
    return Part(ids, labels)


@pytest.fixture
def parts():
    names = ("train", "valid", "test", "elsewhere")
    return {name: toy(40, seed) for seed, name in enumerate(names)}


@pytest.mark.parametrize("network", cells.NETWORKS)
def test_every_network_answers_on_three_parts(network, parts):
    recipe = Recipe(**vars(TINY) | {"cell": cells.recipe_of(network).cell})
    found = cells.measure_cells(
        "reviews", network, seed=0, recipe=recipe, parts=parts, vocab_size=9
    )
    assert [row["part"] for row in found] == ["valid", "test", "elsewhere"]
    for row in found:
        logits = unpack_logits(row["logits"])
        right = (logits > 0) == parts[row["part"]].labels
        assert row["accuracy"] == pytest.approx(right.mean())
    test = found[1]
    counts = [test[f"reviews_{k}"] for k in range(1, 5)]
    weighted = np.average([test[f"accuracy_{k}"] for k in range(1, 5)], weights=counts)
    assert sum(counts) == 40
    assert weighted == pytest.approx(test["accuracy"])


def test_the_same_seed_gives_the_same_logits(parts):
    first, again, other = (
        cells.measure_cells("reviews", "GRU", seed, recipe=TINY, parts=parts, vocab_size=9)
        for seed in (0, 0, 1)
    )
    assert first[1]["logits"] == again[1]["logits"] != other[1]["logits"]


def test_the_quarters_are_those_of_the_training_reviews():
    train = Part([np.ones(n, int) for n in range(1, 101)], np.zeros(100, int))
    part = Part([np.ones(n, int) for n in (1, 25, 30, 60, 99, 500)], np.zeros(6, int))
    assert cells.length_quarters(part, train).tolist() == [0, 0, 1, 2, 3, 3]
    assert np.bincount(cells.length_quarters(train, train)).tolist() == [25, 25, 25, 25]


def test_both_sources_are_read_in_the_vocabulary_of_what_is_trained_on():
    parts, size = cells.read_source("sentences")
    assert [len(parts[name].ids) for name in ("train", "valid", "test")] == [6_824, 852, 854]
    assert len(parts["elsewhere"].ids) == 2_482
    assert max(ids.max() for ids in parts["train"].ids) == size - 1
    assert any((ids == 1).any() for ids in parts["elsewhere"].ids)


@pytest.mark.parametrize("reader", ["LSTM", "GRU", "RNN", "bag"])
def test_every_reader_of_the_sizes_answers(reader, parts):
    found = cells.measure_sizes(
        reader, 20, 0.05, 0, recipe=TINY, passes=2, parts=parts, vocab_size=9
    )
    assert len(found) == (len(cells.STRENGTHS) if reader == "bag" else 1)
    for row in found:
        assert 0 <= row["accuracy"] <= 1
        assert math.isfinite(row["loss"])
        assert row["diverged"] is False


def test_the_bag_learns_from_its_words():
    parts = {"train": toy(60, 0), "valid": toy(40, 1)}
    found = cells.measure_sizes("bag", 60, 0.0, 0, parts=parts, vocab_size=9)
    assert found[-1]["accuracy"] == 1


def test_the_grids_are_complete_and_name_no_configuration_twice():
    assert len(cells.cells_grid()) == 5 * 5
    grid = cells.sizes_grid()
    assert len({tuple(c.values()) for c in grid}) == len(grid) == 5 * (3 * 3 + 4 + 3)
    for reviews in cells.PASSES:
        assert {"reader": "LSTM", "reviews": reviews, "rate": cells.RATE, "seed": 0} in grid
