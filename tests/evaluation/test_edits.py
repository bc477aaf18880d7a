"""Edits: a distance, and a rate over all references."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unrolled.evaluation.edits import edits, error_rate

words = st.text("abc", max_size=6)


@pytest.mark.parametrize(
    ("a", "b", "wanted"),
    [("", "", 0), ("kitten", "sitting", 3), ("abc", "", 3), ("ab", "ba", 2), ("cart", "art", 1)],
)
def test_known_distances(a, b, wanted):
    assert edits(a, b) == edits(b, a) == wanted


@given(words, words, words)
def test_edits_are_a_distance(a, b, c):
    assert (edits(a, b) == 0) == (a == b)
    assert edits(a, c) <= edits(a, b) + edits(b, c)
    assert abs(len(a) - len(b)) <= edits(a, b) <= max(len(a), len(b))


def test_the_rate_is_over_all_symbols_and_can_exceed_one():
    assert error_rate(["ab", "x"], ["ab", "yyy"]) == 3 / 5
    assert error_rate(["abc"], ["x"]) == 3


def test_what_cannot_be_rated_is_refused():
    with pytest.raises(ValueError, match="1 answers and 2 references"):
        error_rate(["a"], ["a", "b"])
    with pytest.raises(ValueError, match="hold no symbol"):
        error_rate(["a"], [""])
