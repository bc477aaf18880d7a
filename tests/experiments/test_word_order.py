"""The experiment on word order, on a small scale."""

from collections import Counter

import numpy as np

from unrolled.experiments import word_order
from unrolled.sentiment.corpus import read_imdb


def found(reader, trained, reviews=64):
    rows = word_order.measure(reader, trained, seed=0, reviews=reviews)
    return {(row["test"], row["kind"]): row["score"] for row in rows}


def test_a_bag_of_words_knows_no_order_and_is_at_one_half_on_every_kind_of_pair():
    written, mixed = (found("words", order, reviews=600) for order in word_order.ORDERS)
    assert written == mixed
    assert written["reviews", "as written"] == written["reviews", "shuffled"] > 0.6
    assert {score for (test, _), score in written.items() if test == "pairs"} == {0.5}


def test_a_bag_with_pairs_of_words_loses_its_pairs_when_shuffled():
    written, mixed = (found("words and pairs", o, reviews=600) for o in word_order.ORDERS)
    assert written != mixed
    assert written["pairs", "far, 21 words"] == 0.5


def test_shuffling_keeps_the_words_of_each_review_and_depends_on_the_seed():
    parts, _ = read_imdb()
    part = word_order.shortened(parts["valid"].take(range(5)))
    assert max(len(ids) for ids in part.ids) <= word_order.MAX_TOKENS
    one, same, other = (
        word_order.in_order({"valid": part}, "shuffled", seed)["valid"] for seed in (0, 0, 1)
    )
    for ids, a, b, c in zip(part.ids, one.ids, same.ids, other.ids, strict=True):
        assert Counter(ids) == Counter(a)
        np.testing.assert_array_equal(a, b)
        assert not np.array_equal(a, c)
        assert not np.array_equal(a, ids)
