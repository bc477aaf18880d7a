"""From texts to token numbers, once: one vocabulary, one order, one cut."""

import numpy as np
import pytest

from unrolled.data.batching import bucketed_batches
from unrolled.data.official import OfficialSplits
from unrolled.data.reviews import Reviews, load_rotten_tomatoes
from unrolled.data.tokenizer import tokenize
from unrolled.sentiment import corpus
from unrolled.sentiment.corpus import (
    Part,
    balanced_rows,
    load_reviews,
    read_corpus,
    read_imdb,
    read_part,
)
from unrolled.sentiment.recipe import Recipe

SENTENCES = Recipe(data="rotten-tomatoes", limit=300, vocab_size=500)


def test_the_parts_of_imdb_are_those_of_the_chapters():
    parts, vocabulary = read_imdb()
    assert {name: len(part) for name, part in parts.items()} == {
        "train": 19_929,
        "valid": 2_492,
        "test": 2_482,
    }
    assert len(vocabulary) == 20_000
    batch = next(bucketed_batches(parts["valid"].ids, parts["valid"].labels, batch_size=4))
    assert batch.inputs.max() < 20_000


def test_the_vocabulary_is_that_of_the_training_reviews_and_numbers_every_part():
    corpus = read_corpus(SENTENCES)
    parts, vocabulary = corpus.parts, corpus.vocabulary
    assert list(parts) == ["train", "valid", "test"]
    seen = {token for text in load_reviews(SENTENCES).train.texts for token in tokenize(text)}
    assert set(vocabulary.tokens[2:]) <= seen
    assert len(parts["train"]) == 300
    for part in parts.values():
        assert max(ids.max() for ids in part.ids) < len(vocabulary) <= 500


def test_a_part_read_later_is_the_same_part_and_brings_its_texts():
    corpus = read_corpus(SENTENCES, ("train", "valid"))
    parts, again = corpus.parts, read_part(SENTENCES, corpus.encoder, "valid")
    assert list(parts) == ["train", "valid"]
    assert list(again.texts) == load_rotten_tomatoes().valid.texts
    for one, other in zip(parts["valid"].ids, again.ids, strict=True):
        np.testing.assert_array_equal(one, other)
    few = again.take([5, 2])
    assert few.texts == [again.texts[5], again.texts[2]]


def test_the_limit_draws_the_same_reviews_for_a_seed_and_others_for_another():
    one, same = (load_reviews(SENTENCES).train for _ in range(2))
    other = load_reviews(Recipe(data="rotten-tomatoes", limit=300, seed=1)).train
    assert one.texts == same.texts != other.texts
    whole = load_rotten_tomatoes().train
    rows = {row: (text, label) for text, label, row in zip(*vars(whole).values(), strict=True)}
    assert all(rows[r] == (t, y) for t, y, r in zip(*vars(one).values(), strict=True))


@pytest.mark.parametrize("passes", [0, 1])
def test_reviews_without_labels_are_read_only_to_pretrain(monkeypatch, passes):
    one = Reviews(["a good film"], np.array([1]), np.array([0]))
    official = OfficialSplits(one, one, one, 0, ["a film", "no good film at all"])
    monkeypatch.setattr(corpus, "load_reviews", lambda _: official)
    found = read_corpus(Recipe(pretraining_passes=passes))
    parts, index = found.parts, found.vocabulary.index
    assert ("unlabelled" in parts) == bool(passes)
    if passes:
        assert [ids.tolist() for ids in parts["unlabelled"].ids] == [
            [index["a"], index["film"]],
            [1, index["good"], index["film"], 1, 1],
        ]
        assert len(parts["unlabelled"].labels) == 0


def test_balanced_rows_are_distinct_and_of_both_labels():
    labels = np.array([1, 0, 0, 1, 1, 1, 0, 1])
    rows = balanced_rows(labels, 6, np.random.default_rng(0))
    assert len(set(rows)) == 6
    assert labels[rows].sum() == 3
    with pytest.raises(ValueError, match="even number up to 6"):
        balanced_rows(labels, 8, np.random.default_rng(0))


def test_taken_rows_keep_their_order_and_their_labels():
    part = Part([np.array([n]) for n in range(5)], np.array([0, 1, 0, 1, 1]))
    few = part.take([3, 0])
    assert [ids.item() for ids in few.ids] == [3, 0]
    assert few.labels.tolist() == [1, 0]
    assert few.texts == ()
