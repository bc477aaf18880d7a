"""Subwords: learnt the same way twice, joined they are the text again, and unknown is unknown."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unrolled.data.subwords import SubwordError, cut, fit_subwords, pieces_of
from unrolled.data.vocabulary import PAD, UNK, Vocabulary

TEXTS = ["low lower lowest", "new newer newest", "这部电影很好 很好", "wide wider widest"] * 3
LETTERS = "lower newst idi这部电影很好"


def test_padding_is_0_unknown_is_1_and_pieces_are_distinct():
    pieces = pieces_of(fit_subwords(TEXTS, 60))
    assert pieces[:2] == [PAD, UNK]
    assert len(Vocabulary(pieces)) == len(pieces) <= 60


def test_the_first_pair_that_is_joined_is_the_most_frequent():
    pieces = pieces_of(fit_subwords(["xy xy xy zq"], 8))
    assert pieces[2] in ("xy", "▁x")
    assert "zq" not in pieces


def test_the_same_texts_give_the_same_model_also_in_another_process():
    code = "import sys; from unrolled.data.subwords import fit_subwords as f; "
    code += f"sys.stdout.buffer.write(f({TEXTS!r}, 60))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert fit_subwords(TEXTS, 60) == fit_subwords(TEXTS, 60) == done.stdout
    assert done.stderr == b""


MODEL = fit_subwords(TEXTS, 60)


@given(st.text(LETTERS).map(lambda text: " ".join(text.split())))
def test_joined_pieces_are_the_text(text):
    assert "".join(cut(MODEL, text)).replace("▁", " ").removeprefix(" ") == text


@given(st.text())
def test_no_text_is_too_odd_to_be_cut(text):
    assert cut(MODEL, text) == cut(MODEL, text)


@pytest.mark.parametrize("text", ["\ud800", "a\0b", "\ufe0f", "\u200d", "x" * 70_000])
def test_odd_texts_are_cut_too(text):
    assert cut(MODEL, text)


def test_an_unknown_character_stays_and_has_no_number():
    vocabulary = Vocabulary(pieces_of(MODEL))
    assert vocabulary.encode(cut(MODEL, "low ж")).tolist().count(1) == 1


def test_a_long_text_is_learnt_from_too():
    assert "▁abcab" in "".join(pieces_of(fit_subwords(["abcab " * 20_000], 40)))


@pytest.mark.parametrize(("texts", "size", "message"), [([], 9, "no text"), (TEXTS, 5, "too few")])
def test_what_cannot_be_learnt_is_said(texts, size, message):
    with pytest.raises(SubwordError, match=message):
        fit_subwords(texts, size)


def test_without_the_library_one_is_told_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "sentencepiece", None)
    with pytest.raises(SubwordError, match="pip install sentencepiece"):
        fit_subwords(TEXTS, 60)
