"""The rules that tell kinds of reviews."""

import pytest

from unrolled.data.review_kinds import (
    balance,
    contradicts,
    negated_opinions,
    share_of,
    stated_stars,
)
from unrolled.data.tokenizer import tokenize

VALENCE = {"good": 2.0, "great": 3.0, "bad": -2.0, "no": -1.0}


def test_a_negation_reaches_three_steps_and_no_further():
    tokens = tokenize("It is not a very good film, and the cast is never, oh never, ever so bad.")
    assert negated_opinions(tokens, VALENCE) == [("not", "good")]
    assert ("never", "bad") in negated_opinions(tokens, VALENCE, reach=5)
    assert negated_opinions(["not", "no"], VALENCE) == []


def test_shares_are_per_hundred_tokens():
    assert share_of(["but", "it", "is", "but"], {"but"}) == 50


def test_balance_goes_from_one_sided_to_even():
    assert balance(["good", "great"], VALENCE) == 0
    assert balance(["good", "bad"], VALENCE) == 1
    assert balance(["great", "bad"], VALENCE) == pytest.approx(2 / 3)
    assert balance(["film"], VALENCE) == 1


@pytest.mark.parametrize(
    ("text", "stars"),
    [
        ("I give it 8/10.", 8),
        ("a 7.5 / 10 for the cast", 7.5),
        ("3 out of 10", 3),
        ("9 Out of Ten", 9),
        ("4/10, no, 5/10", None),
        ("on 9/10/2004", None),
        ("shot in 2003/10", None),
        ("11/10", None),
        ("no stars", None),
    ],
)
def test_stars_are_read_where_they_are_stated_once(text, stars):
    assert stated_stars(text) == stars


def test_stars_may_contradict_a_label():
    assert contradicts(8, 0)
    assert contradicts(2, 1)
    assert not contradicts(8, 1)
    assert not contradicts(5.5, 0)
    assert not contradicts(None, 0)
