"""Texts in which order decides: labels follow from the rules, and no test text is among them."""

import re

import numpy as np
import pytest

from unrolled.data.contrasts import (
    CLAUSES,
    NEGATED,
    PLAIN,
    SUBJECTS,
    adjectives,
    clause_contrasts,
    negation_contrasts,
)
from unrolled.data.negation import SUBJECTS as NOUNS
from unrolled.data.negation import negation_pairs
from unrolled.data.tokenizer import tokenize

GOOD = ["a fine piece of work .", "it moves and it delights !", "warm , funny and wise"]
BAD = ["a dull piece of work .", "nothing in it is worth your time", "cold , slow and silly ."]
SENTENCES, LABELS = GOOD + BAD, np.array([1] * 3 + [0] * 3)


def test_the_clause_that_decides_gives_the_label():
    texts, labels = clause_contrasts(SENTENCES, LABELS, 301, np.random.default_rng(0))
    assert sorted(np.bincount(labels)) == [150, 151]
    bare = [re.sub(r"[ .!]+$", "", sentence) for sentence in SENTENCES]
    for text, label in zip(texts, labels, strict=True):
        (good,) = [one for one in bare[:3] if one in text]
        (bad,) = [one for one in bare[3:] if one in text]
        first, last = sorted((good, bad), key=text.index)
        link = text[text.index(first) + len(first) : text.index(last)]
        main_first = link in (", although ", ", even though ")
        assert (first if main_first else last) == (good if label else bad), text
        assert text.endswith(".")
    assert len({text.replace(one, "") for text in texts for one in bare}) > 30


def test_every_frame_is_used_and_long_sentences_are_not():
    many = [*SENTENCES, "word " * 40, "one two three"]
    texts, _ = clause_contrasts(many, [*LABELS, 1, 0], 2000, np.random.default_rng(1))
    for frame in CLAUSES:
        pattern = ".+".join(map(re.escape, re.split(r"\{.\}", frame)))
        assert any(re.fullmatch(pattern, text) for text in texts), frame
    assert not any("word word" in text or "one two three" in text for text in texts)


def test_a_negation_turns_the_verdict_round():
    blame, praise = ["dull", "poor"], ["fine", "superb"]
    texts, labels = negation_contrasts(blame, praise, 900, np.random.default_rng(2))
    says_no = re.compile(r"\b(not|wasn't|isn't|didn't|never|hardly|nobody|don't|anything but)\b")
    negated = np.array([bool(says_no.search(text)) for text in texts])
    kind = np.array([any(word in text for word in praise) for text in texts])
    np.testing.assert_array_equal(labels, kind ^ negated)
    assert abs(negated.mean() - 2 / 3) < 0.05
    assert all(says_no.search(frame) for frame in NEGATED)
    assert not any(says_no.search(frame) for frame in PLAIN)


def test_adjectives_are_what_texts_of_one_label_call_something():
    texts = ["It was dull."] * 9 + ["The plot is really dull, I say."] * 4 + ["is fine!"] * 20
    texts += ["It was long."] * 30 + ["dull dull dull"] * 30 + ["it is rare."]
    labels = np.array([0] * 13 + [1] * 20 + [0, 1] * 15 + [1] * 30 + [0])
    assert adjectives(texts, labels) == (["dull"], ["fine"])
    assert adjectives(texts, labels, least=14) == ([], ["fine"])
    assert adjectives(texts, labels, least=1, margin=0.5) == (["dull", "rare"], ["fine"])


def test_no_text_of_the_negation_pairs_can_be_made():
    """They are about a film or a story; nothing here is, and no longer frame of theirs is here."""
    assert not set(NOUNS) & {word for subject in SUBJECTS for word in subject.split()}
    wanted = {frozenset(tokenize(text)) for p in negation_pairs() for text in (p.better, p.worse)}
    words = sorted({v for p in negation_pairs() for v in tokenize(p.better)})
    made, _ = negation_contrasts(words, words, 3000, np.random.default_rng(3))
    assert not wanted & {frozenset(tokenize(text)) for text in made}


@pytest.mark.parametrize("count", [0, 1, 8])
def test_the_same_generator_makes_the_same_texts(count):
    one, two = (
        clause_contrasts(SENTENCES, LABELS, count, np.random.default_rng(5)) for _ in range(2)
    )
    assert one[0] == two[0]
    assert len(one[0]) == len(one[1]) == count


def test_too_little_to_make_them_of_is_told():
    with pytest.raises(ValueError, match="0 negative and 3 positive"):
        clause_contrasts(GOOD, np.ones(3, int), 4, np.random.default_rng(0))
    with pytest.raises(ValueError, match="0 words of blame and 1 of praise"):
        negation_contrasts([], ["fine"], 4, np.random.default_rng(0))
