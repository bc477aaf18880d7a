"""What the tagging experiments judge: counts that come back, legal paths, words as if spans."""

import itertools

import numpy as np
import pytest

from unrolled.data.tagged import Tagged
from unrolled.evaluation.spans import legal, span_f1, spans_of
from unrolled.experiments import tagging
from unrolled.experiments.tagging import Case


@pytest.fixture
def names():
    one = Tagged(("a", "b", "c", "d"), ("O", "B-PER", "E-PER", "S-LOC"))
    two = Tagged(("e",), ("O",))
    parts = {"train": [one, two], "valid": [two], "test": [one, two]}
    tags = ["O", *(f"{mark}-{kind}" for kind in ("LOC", "PER") for mark in "BIES")]
    return Case(parts, tags, "BIOSE")


def test_counts_come_back_from_their_text():
    counts = np.array([0, 7, 35, 36, 61, 1295])
    text = tagging.pack_counts(counts)
    assert text == "n00070z101pzz"
    assert tagging.unpack_counts(text).tolist() == counts.tolist()


def test_a_row_of_the_record_gives_the_counts_and_the_f1_that_it_tells(names):
    scores = [np.random.default_rng(0).normal(size=(n, 9)) for n in (4, 1)]
    row = tagging.judged(names, {"test": scores})
    for ending in ("", "_legal"):
        counts = tagging.counts_of(row, names, ending)
        assert counts[:, 2].tolist() == [2, 0]
        assert span_f1(counts) == pytest.approx(row["test" + ending], abs=1e-5)


def test_the_best_path_is_legal_and_a_perfect_table_is_read_as_it_is(names):
    rng = np.random.default_rng(1)
    follow, begin, end = legal(names.tags, "BIOSE")
    for _ in range(20):
        path = names.best_path(rng.normal(size=(6, 9)), rng.normal(size=(9, 9)))
        assert begin[path[0]]
        assert end[path[-1]]
        assert all(follow[a, b] for a, b in itertools.pairwise(path))
    perfect = [
        np.eye(9)[[names.tags.index(tag) for tag in one.tags]] for one in names.parts["test"]
    ]
    found = tagging.judged(names, {"test": perfect})
    assert found["test"] == found["test_legal"] == 1


def test_learnt_steps_decide_between_equal_scores(names):
    steps = np.zeros((9, 9))
    steps[0, 0] = 1.0
    found = tagging.judged(names, {"test": [np.zeros((4, 9)), np.zeros((1, 9))]}, steps)
    assert found["told"] == tagging.pack_counts(np.array([0, 0]))


def test_targets_are_written_in_the_scheme(names):
    bio = Case(names.parts, names.tags, "BIO")
    assert bio.targets() == [["O", "B-PER", "I-PER", "B-LOC"], ["O"]]
    assert names.targets() == [list(one.tags) for one in names.parts["train"]]


def test_without_a_scheme_the_score_is_the_share_of_words():
    parts = {"test": [Tagged(("a", "b", "c"), ("X", "Y", "X")), Tagged(("d",), ("Y",))]}
    case = Case(parts, ["X", "Y"], None)
    scores = [np.array([[1, 0], [1, 0], [1, 0]]), np.array([[0, 1]])]
    found = tagging.judged(case, {"test": scores})
    assert found["test"] == 0.75
    assert tagging.counts_of(found, case).tolist() == [[2, 3, 3], [1, 1, 1]]
    assert "test_legal" not in found


def test_the_first_sentences_keep_tags_and_scheme(names):
    few = tagging.first_sentences(names, 1)
    assert [len(part) for part in few.parts.values()] == [1, 1, 1]
    assert (few.tags, few.scheme) == (names.tags, names.scheme)
    assert spans_of(few.parts["test"][0].tags) == [(1, 3, "PER"), (3, 4, "LOC")]
