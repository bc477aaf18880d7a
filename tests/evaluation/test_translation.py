"""BLEU equals sacreBLEU; model 1 finds who stands for whom; the nearest sentence is the nearest."""

import numpy as np
import pytest

from unrolled.evaluation.translation import Nearest, WordForWord, bleu

REFERENCES = [
    ["the", "cat", "sat", "on", "the", "mat", "."],
    ["he", "went", "up", "to", "the", "city", "and", "they", "followed", "him", "."],
    ["who", "are", "you", "?"],
]
ANSWERS = [
    ["the", "cat", "sat", "on", "a", "mat", "."],
    ["he", "went", "to", "the", "city", "and", "they", "went", "with", "him", "."],
    ["who", "is", "he", "?"],
]
SPANISH = [row.split() for row in ("la casa", "la casa verde", "el libro", "el libro verde")]
ENGLISH = [row.split() for row in ("the house", "the green house", "the book", "the green book")]


def test_bleu_is_one_hundred_for_the_reference_and_zero_without_a_run_of_four():
    assert bleu(REFERENCES, REFERENCES) == pytest.approx(100)
    assert bleu([row[::-1] for row in REFERENCES], REFERENCES) == 0


def test_short_answers_are_penalised_and_no_word_counts_twice():
    cut = [row[:-2] for row in REFERENCES[:2]]
    runs = [13 / 13, 11 / 11, 9 / 9, 7 / 7]
    assert bleu(cut, REFERENCES[:2]) == pytest.approx(100 * np.exp(1 - 18 / 14) * np.prod(runs))
    doubled = [["the"] * 7]
    assert bleu(doubled, REFERENCES[:1]) == 0


def test_bleu_equals_what_sacrebleu_has_said():
    """Of version 2.6.0, ``corpus_bleu(..., tokenize="none")``; without the package here."""
    assert bleu(ANSWERS, REFERENCES) == pytest.approx(41.38330205514417, abs=1e-9)
    answers, references = [list("abcab"), list("bbacbca")], [list("abcabc"), list("bbaccbcab")]
    assert bleu(answers, references) == pytest.approx(68.06213655482574, abs=1e-9)


def test_answers_need_references():
    with pytest.raises(ValueError, match="1 answers and 2 references"):
        bleu(ANSWERS[:1], REFERENCES[:2])
    with pytest.raises(ValueError, match="at least one"):
        bleu([], [])


def test_model_one_finds_which_word_stands_for_which():
    model = WordForWord(SPANISH, ENGLISH, rounds=20)
    found = {word: target for word, (target, _) in model.best.items()}
    assert found["casa"] == "house"
    assert found["libro"] == "book"
    assert found["verde"] == "green"
    assert model.translate(["casa", "azul"]) == ("house", "azul")
    strict = WordForWord(SPANISH, ENGLISH, rounds=20, keep=0.9)
    sure = [
        target for target, share in map(model.best.get, ["el", "libro", "verde"]) if share >= 0.9
    ]
    assert strict.translate(["el", "libro", "verde"]) == tuple(sure)
    assert 0 < len(sure) < 3


def test_one_round_of_model_one_counts_by_hand():
    model = WordForWord([["a"], ["a", "b"]], [["x"], ["x", "y"]], rounds=1)
    counts = {"ax": 1 / 2 + 1 / 3, "ay": 1 / 3, "bx": 1 / 3, "by": 1 / 3}
    assert model.best["a"] == ("x", pytest.approx(counts["ax"] / (counts["ax"] + counts["ay"])))
    assert model.best["b"][1] == pytest.approx(1 / 2)


@pytest.mark.parametrize("longest", [1, 2])
def test_the_nearest_sentence_is_itself_where_it_is_known(longest):
    model = Nearest(SPANISH, ENGLISH, longest=longest)
    for source, target in zip(SPANISH, ENGLISH, strict=True):
        assert model.translate(source) == tuple(target)
    assert model.translate(["verde", "casa"]) == ("the", "green", "house")
