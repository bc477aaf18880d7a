"""Copied passages, found by hashes, are those that a search letter by letter finds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unrolled.evaluation.copying import longest_shared, shared_part

LETTERS = st.text("abc", max_size=12)


def runs(text, length):
    return {text[k : k + length] for k in range(len(text) - length + 1)}


@given(st.lists(LETTERS, max_size=3), st.text("abc", max_size=25))
def test_the_longest_passage_is_that_of_a_search_letter_by_letter(texts, source):
    best = longest_shared(texts, source)
    assert best in source
    assert not best or any(best in text for text in texts)
    assert not any(runs(text, len(best) + 1) & runs(source, len(best) + 1) for text in texts)


@given(st.lists(LETTERS, min_size=1, max_size=3), st.text("abc", max_size=25), st.integers(1, 5))
def test_the_shared_part_is_that_of_a_count_letter_by_letter(texts, source, length):
    if not any(texts):
        texts = [*texts, "a"]
    covered = 0
    for text in texts:
        inside = [
            any(
                0 <= start <= len(text) - length and text[start : start + length] in source
                for start in range(place - length + 1, place + 1)
            )
            for place in range(len(text))
        ]
        covered += sum(inside)
    assert shared_part(texts, source, length) == covered / sum(map(len, texts))


def test_a_long_copy_is_found_in_a_long_text():
    rng = np.random.default_rng(0)
    letters = np.array(list("abcdefgh"))
    source = "".join(rng.choice(letters, 50_000))
    text = "".join(rng.choice(letters, 900)) + source[40_000:40_321] + "x"
    best = longest_shared([text], source)
    assert len(best) >= 321
    assert source[40_000:40_321] in best
    assert 321 / len(text) <= shared_part([text], source, 300) < 340 / len(text)


@pytest.mark.parametrize(("texts", "length"), [(["ab"], 0), (["", ""], 2)])
def test_nothing_to_share_is_told(texts, length):
    with pytest.raises(ValueError, match="give both"):
        shared_part(texts, "abc", length)
