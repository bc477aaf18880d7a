"""Edits: known distances, and the laws of a distance."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unrolled.evaluation.edits import edits, error_rate

words = st.text("abc", max_size=6)


@pytest.mark.parametrize(
    ("a", "b", "number"),
    [
        ("kitten", "sitting", 3),
        ("", "abc", 3),
        ("abc", "", 3),
        ("flaw", "lawn", 2),
        ("ab", "ba", 2),
    ],
)
def test_known_pairs_have_their_distance(a, b, number):
    assert edits(a, b) == number


@given(words, words, words)
def test_edits_are_a_distance(a, b, c):
    assert edits(a, b) == edits(b, a)
    assert (edits(a, b) == 0) == (a == b)
    assert edits(a, c) <= edits(a, b) + edits(b, c)
    assert abs(len(a) - len(b)) <= edits(a, b) <= max(len(a), len(b))


def test_the_error_rate_counts_by_length_of_the_truth_and_can_exceed_one():
    assert error_rate([[1, 2], []], [[1, 3], [4, 4]]) == 3 / 4
    assert error_rate(["aaaa"], ["b"]) == 4


def test_unequal_numbers_and_empty_truths_are_refused():
    with pytest.raises(ValueError, match="1 answers to 2 truths"):
        error_rate(["a"], ["a", "b"])
    with pytest.raises(ValueError, match="empty"):
        error_rate(["a"], [""])
