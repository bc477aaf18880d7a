"""Sentences end where a reader would end them, and runs of them are pieces of their text."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unrolled.data.reviews import load_imdb
from unrolled.data.sentences import cut_runs, split_sentences
from unrolled.data.tokenizer import tokenize


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("I saw it. It was bad.", ["I saw it.", "It was bad."]),
        ("Why?! Because... It ends.", ["Why?!", "Because...", "It ends."]),
        ("It went on... and on. 10/10 No.", ["It went on... and on.", "10/10 No."]),
        ("One line\n\nAnother. Third", ["One line", "Another.", "Third"]),
        ('"So bad!" She left. (Really.) "Go."', ['"So bad!"', "She left.", "(Really.)", '"Go."']),
        ("Would I see it again? No. 3 stars.", ["Would I see it again?", "No.", "3 stars."]),
        ("Mr. Bean met Dr. No vs. J. R. Ewing.", ["Mr. Bean met Dr. No vs. J. R. Ewing."]),
        ("In the U.S. They cried.", ["In the U.S. They cried."]),
        ("So did I. You don't. They do.", ["So did I.", "You don't.", "They do."]),
        ("good film. it was fun.", ["good film. it was fun."]),
        ("Good.\n*****\n...\nBad.", ["Good.", "Bad."]),
        ("  \n ", []),
        ("It cost 3.5 Million. Été was long.", ["It cost 3.5 Million.", "Été was long."]),
    ],
)
def test_a_sentence_ends_where_it_should(text, wanted):
    assert split_sentences(text) == wanted


@given(st.text(alphabet="aB .!?\n\"')é4", max_size=60))
def test_nothing_but_blanks_and_marks_without_a_word_is_lost(text):
    letters = [mark for mark in text if mark.isalnum()]
    assert [mark for mark in "".join(split_sentences(text)) if mark.isalnum()] == letters


def test_runs_are_neighbouring_sentences_and_all_of_them_come():
    text = "One. Two. Three. Four."
    runs = cut_runs([text], 2_000, np.random.default_rng(0), longest=3)
    wanted = ["One.", "Two.", "Three.", "Four.", "One. Two.", "Two. Three.", "Three. Four."]
    assert set(runs) == {*wanted, "One. Two. Three.", "Two. Three. Four."}
    sizes = np.array([run.count(".") for run in runs])
    assert [np.mean(sizes == size) for size in (1, 2, 3)] == pytest.approx([1 / 3] * 3, abs=0.04)
    singles = [runs.count(one) / sum(sizes == 1) for one in wanted[:4]]
    assert singles == pytest.approx([1 / 4] * 4, abs=0.06)


def test_each_text_gives_as_many_runs_unless_it_has_no_word():
    texts = ["Only one.", "***", "One. Two. Three."]
    runs = cut_runs(texts, 3, np.random.default_rng(1))
    assert runs[:3] == ["Only one."] * 3
    assert len(runs) == 6
    assert cut_runs(texts, 0, np.random.default_rng(1)) == []


def test_the_same_seed_cuts_the_same_runs():
    texts = ["One. Two. Three. Four. Five."] * 30
    one, again, other = (cut_runs(texts, 2, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one == again != other


def test_runs_of_real_reviews_are_short_pieces_of_them():
    reviews = load_imdb().train.texts[:200]
    runs = cut_runs(reviews, 2, np.random.default_rng(0))
    assert len(runs) == 400
    for k, run in enumerate(runs):
        assert " ".join(run.split()) in " ".join(reviews[k // 2].split())
    lengths = [len(tokenize(run)) for run in runs]
    assert 30 < np.mean(lengths) < 60


def test_impossible_runs_are_refused():
    for each, longest in ((-1, 2), (1, 0)):
        with pytest.raises(ValueError, match=f"each={each}, longest={longest}; give a number"):
            cut_runs(["One."], each, np.random.default_rng(0), longest=longest)
