"""The tokeniser keeps its rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unrolled.data.tokenizer import is_word, tokenize


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A Good Film", ["a", "good", "film"]),
        ("don't, it’s 'quoted'", ["don't", ",", "it's", "'", "quoted", "'"]),
        ("3.5 of 1,000 in 2009.", ["3.5", "of", "1,000", "in", "2009", "."]),
        ("the 80s: 10/10!", ["the", "80s", ":", "10", "/", "10", "!"]),
        ("wait...", ["wait", ".", ".", "."]),
        ("one<br /><br />two<BR>three", ["one", "two", "three"]),
        ("snake_case", ["snake", "_", "case"]),
        ("café CAFE\u0301", ["café", "café"]),
        ("great 😀👍🏽!", ["great", "😀", "👍🏽", "!"]),
        ("👩‍👩‍👧 🇫🇷 ❤️", ["👩‍👩‍👧", "🇫🇷", "❤️"]),
        ("", []),
        (" \n<br/> ", []),
    ],
)
def test_tokens(text, expected):
    assert tokenize(text) == expected


@given(st.text())
def test_tokens_are_filled_and_hold_no_space(text):
    for token in tokenize(text):
        assert token
        assert not any(character.isspace() for character in token)


@given(st.text(st.characters(codec="ascii")))
def test_tokens_keep_every_visible_ascii_mark(text):
    assert "".join(tokenize(text)) == "".join(text.lower().split()).replace("<br/>", "").replace(
        "<br>", ""
    )


@given(st.lists(st.from_regex(r"[a-z]+('[a-z]+)?", fullmatch=True), min_size=1))
def test_words_come_back_as_they_are(words):
    assert tokenize(" ".join(words)) == words


@pytest.mark.parametrize(
    ("token", "word"),
    [("don't", True), ("3.5", True), ("👍🏽", True), ("🇫🇷", True), ("!", False), ("_", False)],
)
def test_a_mark_alone_is_no_word(token, word):
    assert is_word(token) is word
