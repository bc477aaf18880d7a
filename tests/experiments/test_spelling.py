"""Spelling and verses: all arms get the same words; answers are judged by every way to say them."""

import json

import numpy as np
import pytest
import torch

from unrolled.data.spelling import Words
from unrolled.data.verses import Verses
from unrolled.experiments import spelling, verses
from unrolled.experiments.spelling import Network, Speller, train_speller

WORDS = Words(
    ("cab", "bad", "dab", "read"),
    (
        (("K", "AE", "B"),),
        (("B", "AE", "D"),),
        (("D", "AE", "B"),),
        (("R", "EH"), ("R", "IY", "D")),
    ),
)
TINY = Network(hidden=8, embedding=4, dropout=0.0, rate=0.05, passes=60, batch=2)


def test_an_answer_is_judged_by_the_nearest_way_of_saying_the_word():
    said = [("K", "AE", "B"), ("B", "AE"), (), ("R", "IY", "D")]
    assert spelling.edits_by_word(said, WORDS) == [(0, 3), (1, 3), (3, 3), (0, 3)]
    found = spelling.scores(said, WORDS)
    assert found["word_error"] == 0.5
    assert found["phoneme_error"] == pytest.approx(4 / 12)
    np.testing.assert_array_equal(spelling.edits_of(found["edits"]), [0, 1, 3, 0])


def test_the_words_of_a_seed_are_its_own_and_the_same_for_every_arm():
    drawn = [spelling.drawn_words(WORDS, seed, 3).spellings for seed in (0, 0, 1, 2)]
    assert drawn[0] == drawn[1]
    assert len({*drawn}) > 1
    assert all(len(words) == 3 for words in drawn)


@pytest.mark.parametrize("attention", [True, False])
def test_a_small_network_learns_four_words_by_heart(attention):
    torch.manual_seed(0)
    speller = train_speller(WORDS, TINY, np.random.default_rng(0), attention=attention)
    for width in (1, 3):
        said = speller.say(WORDS.spellings, width=width)
        assert all(one in ways for one, ways in zip(said, WORDS.sounds, strict=True))
    assert speller.say(WORDS.spellings, steps=9) == speller.say(WORDS.spellings), "padded or not"


def test_a_map_has_a_row_for_each_phoneme_and_one_for_the_end():
    torch.manual_seed(0)
    speller = train_speller(WORDS, TINY, np.random.default_rng(0), attention=True)
    maps = json.loads(spelling.looked_at(speller, ["cab", "read"]))
    assert maps["cab"]["said"] == ["K", "AE", "B"]
    assert np.shape(maps["cab"]["weights"]) == (4, 3)
    np.testing.assert_allclose(np.sum(maps["read"]["weights"], axis=1), 100, atol=3)
    assert spelling.looked_at(Speller(WORDS, TINY, attention=False), ["cab"]) == ""


def test_rare_words_are_one_symbol_and_come_back_as_a_mark():
    lexicon = verses.Lexicon([["a", "b", "a"], ["a", "b", "b", "c"]])
    (row,) = lexicon.numbers([["b", "c", "a"]])
    assert lexicon.text(row) == ("b", verses.UNKNOWN, "a")
    assert len(lexicon) == 3 + 3
    assert lexicon.known([["b", "c"], ["a"]]) == [("b", verses.UNKNOWN), ("a",)]


def test_whoever_knows_the_common_words_alone_never_says_another():
    spanish, english = (("si", "no", "rara"),) * 3 + (("si", "unica"),), (("yes", "no", "odd"),) * 3
    train = Verses(tuple("abcd"), spanish, (*english, ("yes", "only")))
    asked = [("no", "unica", "rara", "nueva")]
    whole, common = (
        verses.translate(arm, train, asked, None)[0] for arm in (verses.WORDS, verses.SHARED)
    )
    assert whole[-1] == "nueva", "copied"
    assert "only" in whole or "yes" in whole
    assert set(common) <= {"yes", "no", "odd", verses.UNKNOWN}


def test_tuning_judges_each_setting_on_validation_by_the_same_training_verses():
    rng = np.random.default_rng(5)
    rows = tuple(tuple(rng.permutation(list("abcdefghi"))[:5].tolist()) for _ in range(40))
    parts = {part: Verses(tuple(map(str, range(40))), rows, rows) for part in ("train", "valid")}
    found = verses.tune(verses.WORDS, parts=parts, settings=[(9, 0.0), (9, 2.0)])
    assert found[0][0] > 80, "each word stands for itself"
    assert found[1] == (0.0, (9, 2.0)), "nothing is probable enough"


def test_groups_by_length_hold_every_verse_once():
    said = tuple(tuple("abcdefghijklmnopqrst"[:size]) for size in (3, 12, 13, 16, 17, 20))
    parts = dict.fromkeys(("train", "test"), Verses(tuple("uvwxyz"), said, said))
    found = verses.measure(verses.NEAREST, 0, parts=parts)
    assert [row["verses"] for row in found] == [6, 2, 2, 2]
    assert found[0]["taught"] == 5
    for side in ("said", "spanish", "english"):
        assert found[0][side].count("\n") == 5
        assert found[1][side] == verses.measure(verses.NEAREST, 1, parts=parts)[0][side] == ""
