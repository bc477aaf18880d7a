"""The sentences are grammatical, and nothing but the subject tells the verb."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unrolled.data.grammar import (
    NOUNS,
    NUMBERLESS,
    PLURAL,
    VERBS,
    WITH_OBJECT,
    WITHOUT_OBJECT,
    WORDS,
    agreement_batch,
    draw_pairs,
    draw_sentence,
    held_out,
    opposite,
    the_sentence,
    twin,
    with_word,
)
from unrolled.data.tokenizer import tokenize


def numbers(sentence, places):
    """Return the numbers (0, 1) of the nouns at some places; those without are left out."""
    words = [sentence.words[place] for place in places]
    return [int(word in NOUNS.values()) for word in words if word not in NUMBERLESS]


def majority(values):
    """Return 1 if most are plural, else 0."""
    return int(np.mean(values) > 0.5) if values else 0


def noun_places(sentence):
    forms = {*NOUNS, *NOUNS.values(), *NUMBERLESS}
    return [place for place, word in enumerate(sentence.words) if word in forms]


#: What a reader could answer by who does not read the subject.
BASELINES = {
    "last noun": lambda s: (numbers(s, s.distractors) or [0])[-1],
    "first distractor": lambda s: (numbers(s, s.distractors) or [0])[0],
    "most distractors": lambda s: majority(numbers(s, s.distractors)),
    "length": lambda s: len(s.words) % 2,
    "long": lambda s: int(len(s.words) > 20),
    "clause verb": lambda s: int(s.words[s.subject + 3] in ("ate", "saw", "ran")),
}


@pytest.mark.parametrize("name", BASELINES)
@pytest.mark.parametrize("test", [False, True])
def test_no_baseline_beats_chance_at_any_number_of_distractors(name, test):
    for k in range(9):
        pairs = draw_pairs(40, k, rng=np.random.default_rng(k), test=test)
        assert np.mean([BASELINES[name](s) == s.number for s in pairs]) == 0.5


def test_twins_differ_in_the_subject_alone():
    pairs = draw_pairs(30, 3, rng=np.random.default_rng(0))
    for singular, plural in zip(pairs[::2], pairs[1::2], strict=True):
        differ = [
            n for n, (a, b) in enumerate(zip(singular.words, plural.words, strict=True)) if a != b
        ]
        assert differ == [singular.subject] == [plural.subject]
        assert (singular.verb, plural.verb) == VERBS
        assert opposite(singular.words[singular.subject]) == plural.words[plural.subject]
        assert twin(plural) == singular


def test_distractors_toss_coins_of_their_own():
    sentences = [draw_sentence(4, 0, rng=np.random.default_rng(seed)) for seed in range(1500)]
    drawn = np.array([n for s in sentences for n in numbers(s, s.distractors)])
    assert abs(drawn.mean() - 0.5) < 0.03
    assert abs(len(drawn) / 6000 - 0.8) < 0.03  # one in five tells no number
    some = [numbers(s, s.distractors) for s in sentences]
    full = np.array([row for row in some if len(row) == 4])
    assert np.abs(np.corrcoef(full.T) - np.eye(4)).max() < 0.12


@given(
    st.integers(0, 12), st.sampled_from([0, 1]), st.booleans(), st.booleans(), st.integers(0, 500)
)
def test_a_sentence_has_its_parts_in_their_places(k, number, test, against, seed):
    rng = np.random.default_rng(seed)
    sentence = draw_sentence(k, number, rng=rng, test=test, against=against)
    words, subject = sentence.words, sentence.subject
    assert set(words) <= set(WORDS[1:])
    assert words[subject] in (NOUNS.values() if number == PLURAL else NOUNS)
    assert words[subject + 1 : subject + 3] == (",", "which")
    assert words[subject + 3] in (WITH_OBJECT if k else WITHOUT_OBJECT)
    assert words[-1] == ","
    assert len(sentence.distractors) == k
    assert [p for p in noun_places(sentence) if p > subject] == list(sentence.distractors)
    assert len([p for p in noun_places(sentence) if p < subject]) in (0, 1)
    name = words[subject] if number != PLURAL else opposite(words[subject])
    assert held_out(name, words[subject + 3]) == test
    if against:
        assert numbers(sentence, sentence.distractors) == [1 - number] * k
    for place, word in enumerate(words[:-2]):  # "all the" goes with what may be many
        if word == "all":
            noun = next(p for p in noun_places(sentence) if p > place)
            assert words[noun] in (*NOUNS.values(), *NUMBERLESS)


def test_the_sentence_is_as_the_tokenizer_cuts_it_and_of_the_grammar():
    words = tokenize("The cat, which ate all the fish, was sleeping")
    sentence = the_sentence()
    assert [*sentence.words, sentence.verb] == words[:-1]
    assert sentence.words[sentence.distractors[0]] == "fish"
    assert the_sentence(PLURAL) == twin(sentence)
    assert held_out("cat", "ate"), "the sentence should never be met in training"
    drawn = {draw_sentence(1, 0, rng=np.random.default_rng(n), test=True) for n in range(20_000)}
    assert sentence in drawn


def test_fish_has_no_number_and_is_no_subject():
    assert opposite("fish") is None
    subjects = {s.words[s.subject] for s in draw_pairs(400, 0, rng=np.random.default_rng(0))}
    assert subjects == {*NOUNS, *NOUNS.values()}
    with pytest.raises(ValueError, match="'tree' is no noun of this grammar"):
        opposite("tree")


def test_a_fifth_of_the_combinations_is_held_out_and_no_word_is():
    verbs = (*WITH_OBJECT, *WITHOUT_OBJECT)
    kept = {(noun, verb) for noun in NOUNS for verb in verbs if held_out(noun, verb)}
    assert len(kept) == len(NOUNS) * len(verbs) / 5
    for test in (False, True):
        seen = {
            w
            for k in (0, 5)
            for s in draw_pairs(400, k, rng=np.random.default_rng(k), test=test)
            for w in s.words
        }
        assert seen == set(WORDS[1:])


def test_a_batch_is_one_hot_and_its_padding_empty():
    sentences = [the_sentence(), draw_sentence(0, PLURAL, rng=np.random.default_rng(5))]
    batch = agreement_batch(sentences)
    assert batch.inputs.shape == (2, 9, len(WORDS)) == (2, 9, 49)
    assert (batch.inputs.sum(axis=2) == batch.mask).all()
    assert [WORDS[n] for n in batch.inputs[0].argmax(axis=1)] == list(sentences[0].words)
    assert batch.targets.tolist() == [0, 1]


def test_what_does_not_belong_is_refused():
    with pytest.raises(ValueError, match="distractors is -1"):
        draw_sentence(-1, 0, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="no sentence"):
        agreement_batch([])
    with pytest.raises(ValueError, match="'trout' is no word of this grammar"):
        agreement_batch([with_word(the_sentence(), 7, "trout")])
