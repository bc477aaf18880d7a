"""From texts to numbers and back: one encoder, three ways to keep it, and what nobody can say."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unrolled.data.encoder import TOKENIZERS, TextEncoder
from unrolled.data.tokenizer import tokenize
from unrolled.data.vocabulary import PAD, UNK, Vocabulary

TEXTS = ["A good film, a GOOD one.", "Ein schöner Film", "这部电影很好", "ﬁne ２ see"]


def test_words_are_those_of_the_course():
    encoder = TextEncoder.fit(TEXTS)
    wanted = Vocabulary.build(map(tokenize, TEXTS))
    assert encoder.tokens == wanted.tokens
    for text in TEXTS:
        assert encoder.encode(text).tolist() == wanted.encode(tokenize(text)).tolist()


def test_a_character_is_a_code_point_in_lower_case_and_white_space_is_one_blank():
    encoder = TextEncoder.fit(["Ab \n\t ba这 "], tokenizer="characters")
    assert encoder.tokens_of("Ab \n\t ba这 ") == ["a", "b", " ", "b", "a", "这"]
    assert set(encoder.tokens[2:]) == {"a", "b", " ", "这"}
    assert encoder.encode("z b").tolist() == [
        1,
        encoder.tokens.index(" "),
        encoder.tokens.index("b"),
    ]


@pytest.mark.parametrize("tokenizer", TOKENIZERS)
@given(text=st.text(min_size=1))
def test_one_text_in_two_unicode_forms_has_the_same_numbers(tokenizer, text):
    encoder = TextEncoder.fit([*TEXTS, text], tokenizer=tokenizer)
    composed, apart = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert encoder.encode(composed).tolist() == encoder.encode(apart).tolist()


def test_nfkc_joins_what_only_looks_different():
    for form, same in (("NFC", False), ("NFKC", True)):
        encoder = TextEncoder.fit(TEXTS, tokenizer="characters", unicode_form=form)
        assert (encoder.tokens_of("ﬁ２") == ["f", "i", "2"]) == same


@pytest.mark.parametrize("tokenizer", TOKENIZERS)
@given(text=st.text())
def test_any_text_becomes_at_least_one_number_below_v(tokenizer, text):
    encoder = TextEncoder.fit(TEXTS, tokenizer=tokenizer)
    ids = encoder.encode(text)
    assert len(ids) >= 1
    assert 0 < ids.min() <= ids.max() < len(encoder)
    if encoder.knows(text):
        assert ids.max() > 1


@pytest.mark.parametrize("tokenizer", TOKENIZERS)
def test_nobody_can_say_without_a_known_word(tokenizer):
    encoder = TextEncoder.fit(["good , bad ."], tokenizer=tokenizer)
    assert encoder.knows("good")
    for text in ("", "...", "这", " , ", "\ufe0f"):
        assert not encoder.knows(text)


@pytest.mark.parametrize("tokenizer", TOKENIZERS)
@pytest.mark.parametrize("form", ["NFC", "NFKC"])
def test_what_is_saved_or_told_comes_back(tmp_path, tokenizer, form):
    encoder = TextEncoder.fit(TEXTS, tokenizer=tokenizer, unicode_form=form)
    encoder.save(tmp_path)
    for again in (TextEncoder.load(tmp_path), TextEncoder.from_told(encoder.told())):
        assert again.told() == encoder.told()


def test_a_vocabulary_alone_is_one_of_words(tmp_path):
    Vocabulary([PAD, UNK, "good"]).save(tmp_path / "vocabulary.json")
    encoder = TextEncoder.load(tmp_path)
    assert (encoder.tokenizer, encoder.unicode_form, len(encoder)) == ("words", "NFC", 3)


@pytest.mark.parametrize(
    "content", ["[]", "{", '{"tokenizer": "runes", "unicode_form": "NFC"}', "{}"]
)
def test_damaged_rules_are_named(tmp_path, content):
    TextEncoder.fit(TEXTS).save(tmp_path)
    (tmp_path / "tokenizer.json").write_text(content)
    with pytest.raises(ValueError, match=r"tokenizer.json is damaged"):
        TextEncoder.load(tmp_path)


def test_what_is_no_text_is_refused():
    with pytest.raises(TypeError, match="A text is None; expected a string"):
        TextEncoder.fit(TEXTS).encode(None)


def test_the_largest_vocabulary_is_kept_and_numbers_are_those_of_encode():
    encoder, ids = TextEncoder.fit_encode(TEXTS, tokenizer="characters", max_size=9)
    assert len(encoder) == 9
    assert [one.tolist() for one in ids] == [encoder.encode(text).tolist() for text in TEXTS]
