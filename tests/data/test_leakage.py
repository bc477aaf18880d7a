"""Copies, near copies and names are found, and nothing else is."""

import csv

import numpy as np
import pytest

from unrolled.data.leakage import copies, counterparts, near_copies, proper_names, whole_imdb
from unrolled.data.reviews import load_imdb


def test_copies_are_found_wherever_they_stand():
    assert copies(["a", "b", "a", "c", "b", "a"]) == [[0, 2, 5], [1, 4]]
    assert copies(["a", "b"]) == []


def test_whole_imdb_keeps_what_the_splits_leave_out(tmp_path):
    path = tmp_path / "reviews.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label", "source"])
        writer.writerows([["same", 0, "imdb"], ["same", 0, "imdb"], ["x", 0, "rotten_tomatoes"]])
        writer.writerows([[f"bad {n}", 0, "imdb"] for n in range(8)])
        writer.writerows([[f"good {n}", 1, "imdb"] for n in range(10)])
    whole = whole_imdb(path=path)
    assert len(whole) == 20
    assert len(copies(whole.texts)) == load_imdb(path=path).removed == 1


def sequences():
    rng = np.random.default_rng(0)
    return [list(rng.integers(1, 1_000, 60)) for _ in range(6)]


def test_near_copies_share_runs_and_strangers_do_not():
    ids = sequences()
    ids[4] = [*ids[1][:30], 2_000, *ids[1][31:]]  # one token changed
    ids[5] = ids[2][:30] + ids[3][:30]  # half of each
    found = {(a, b): share for a, b, share in near_copies(ids, run=8, least=0.3)}
    assert set(found) == {(1, 4), (2, 5), (3, 5)}
    assert found[1, 4] == pytest.approx((53 - 8) / 53)  # 8 of the 53 runs hold the token
    assert found[2, 5] == found[3, 5] == pytest.approx(23 / 53)
    assert [pair[:2] for pair in near_copies(ids, run=8)] == [(1, 4)]


def test_a_run_is_never_made_of_two_sequences():
    ids = [[1, 2, 3, 4], [5, 6, 7, 8], [3, 4, 5, 6]]
    assert near_copies(ids, run=3, least=0.01) == []


def test_the_order_of_the_tokens_counts():
    assert near_copies([[1, 2, 3, 4], [4, 3, 2, 1]], run=3, least=0.01) == []
    assert near_copies([[1, 2, 3, 4], [1, 2, 3, 4]], run=3) == [(0, 1, 1.0)]


def test_a_saying_that_many_share_makes_no_pair():
    ids = [[1, 2, 3, 100 + k] for k in range(5)]
    assert near_copies(ids, run=3, least=0.1, crowd=4) == []
    assert len(near_copies(ids, run=3, least=0.1, crowd=5)) == 10


def test_sequences_shorter_than_a_run_are_no_error():
    assert near_copies([[1, 2], [1, 2]], run=8) == []


def test_names_are_words_with_capitals_inside_sentences():
    texts = [
        "Here Brando acts. Great! I saw Brando here, Brando is great.",
        "The great man, a Great man, sees paris and Paris, not Rome.",
    ]
    assert proper_names(texts) == {"brando"}  # Rome stands once; Paris and Great are no majority
    assert proper_names(texts, least=0.4) == {"brando", "paris"}


def test_counterparts_are_others_that_are_as_frequent():
    frequency = [9, 8, 7, 7, 5, 2, 1, 1]
    chosen = [False, True, False, True, False, False, True, False]
    assert np.flatnonzero(counterparts(frequency, chosen)).tolist() == [2, 4, 7]


def test_counterparts_end_where_no_word_is_left():
    assert counterparts([5, 1, 3], [False, True, True]).tolist() == [False, False, False]
    assert counterparts([5, 1], [True, False]).tolist() == [False, True]
