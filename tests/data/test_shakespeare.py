"""Shakespeare's texts: whole, each in one part only, and the smaller draw begins the larger."""

import numpy as np
import pytest

from unrolled.data.shakespeare import (
    ALPHABET,
    SHA256,
    TEST,
    VALID,
    numbers_of,
    text_from,
    text_of,
    training_names,
    training_text,
)


def test_the_texts_are_whole_and_use_each_symbol_of_the_alphabet():
    texts = [text_of(name) for name in SHA256]
    assert (len(texts), sum(map(len, texts))) == (42, 5_057_198)
    assert "".join(sorted(set().union(*texts))) == ALPHABET
    assert len(ALPHABET) == 84


def test_each_text_is_in_one_part():
    parts = [*training_names(), *TEST, *VALID]
    assert sorted(parts) == sorted(SHA256)
    assert len(set(parts)) == 42
    text = training_text()
    for name in (*TEST, *VALID):
        middle = text_of(name)[50_000:50_200]
        assert middle not in text


def test_a_smaller_draw_begins_the_larger_and_seeds_draw_other_plays():
    small, large = (training_text(n, rng=np.random.default_rng(7)) for n in (1000, 300_000))
    assert large.startswith(small)
    assert (len(small), len(large)) == (1000, 300_000)
    assert training_text(1000, rng=np.random.default_rng(8)) != small
    assert training_text(1000) == text_of("alls_well_that_ends_well")[:1000]


def test_numbers_and_characters_are_inverse():
    text = text_of("sonnets")[:500]
    numbers = numbers_of(text)
    assert numbers.dtype == np.int64
    assert text_from(numbers) == text
    assert numbers_of("\n z{}").tolist() == [0, 1, 81, 82, 83]


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: text_of("faust"), "no text 'faust'"),
        (lambda: numbers_of("naïve"), "'ï'"),
        (lambda: training_text(0), "choose from 1 to 4665105"),
        (lambda: training_text(5_000_000), "choose from 1 to 4665105"),
    ],
)
def test_what_is_not_there_is_told(call, told):
    with pytest.raises(ValueError, match=told):
        call()
