"""The experiments on recurrent readers, on a small scale."""

import numpy as np
import pytest

from unrolled.experiments import sentiment_cells as cells
from unrolled.experiments.records import unpack_logits
from unrolled.sentiment.corpus import Part
from unrolled.sentiment.recipe import Recipe

TINY = Recipe(
    embedding_size=5, hidden_size=4, max_tokens=20, batch_size=8, dropout=0.0, embedding_dropout=0.0
)


@pytest.fixture
def parts(toy_reviews):
    names = ("train", "valid", "test", "elsewhere")
    return {name: toy_reviews(40, seed) for seed, name in enumerate(names)}


def test_each_part_s_accuracies_are_those_of_its_kept_logits(parts):
    found = cells.measure_cells("reviews", "LSTM", 0, recipe=TINY, parts=parts, vocab_size=9)
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


def test_the_quarters_are_those_of_the_training_reviews():
    train = Part([np.ones(n, int) for n in range(1, 101)], np.zeros(100, int))
    part = Part([np.ones(n, int) for n in (1, 25, 30, 60, 99, 500)], np.zeros(6, int))
    assert cells.length_quarters(part, train).tolist() == [0, 0, 1, 2, 3, 3]
    assert np.bincount(cells.length_quarters(train, train)).tolist() == [25, 25, 25, 25]


def test_both_sources_are_read_in_the_vocabulary_of_what_is_trained_on():
    parts, size = cells.parts_of("sentences")
    assert [len(parts[name].ids) for name in ("train", "valid", "test")] == [6_824, 852, 854]
    assert len(parts["elsewhere"].ids) == 2_482
    assert max(ids.max() for ids in parts["train"].ids) == size - 1
    assert any((ids == 1).any() for ids in parts["elsewhere"].ids)


def test_the_bag_learns_from_its_words(toy_reviews):
    parts = {"train": toy_reviews(60, 0), "valid": toy_reviews(40, 1)}
    found = cells.measure_sizes("bag", 60, 0.0, 0, parts=parts, vocab_size=9)
    assert found[-1]["accuracy"] == 1
