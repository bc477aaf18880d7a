"""Texts of two sentences: made of real ones, each used once, and labelled by both."""

from collections import Counter

import pytest

from unrolled.data.labelled.reading import read_labelled
from unrolled.data.labelled.split import split
from unrolled.data.reviews import load_rotten_tomatoes
from unrolled.data.verdicts import VERDICTS, verdicts, write_verdicts


@pytest.fixture(scope="module")
def made():
    return verdicts(seed=3)


def halves(text, label_of):
    """Return the two sentences of a text: the one cut at a space that leaves two known ones."""
    words = text.split(" ")
    cuts = [(" ".join(words[:k]), " ".join(words[k:])) for k in range(1, len(words))]
    return next(pair for pair in cuts if pair[0] in label_of and pair[1] in label_of)


def test_each_text_is_two_sentences_of_its_part_and_its_class_is_theirs(made):
    used = Counter()
    parts = dict(zip(("train", "valid", "test"), load_rotten_tomatoes(), strict=True))
    for name, reviews in parts.items():
        label_of = dict(zip(reviews.texts, reviews.labels.tolist(), strict=True))
        for text, verdict, part in made:
            if part == name:
                pair = halves(text, label_of)
                used.update(pair)
                assert VERDICTS[sum(label_of[sentence] for sentence in pair)] == verdict
    assert set(used.values()) == {1}, "no sentence is used twice"


def test_classes_are_of_equal_size_in_each_part(made):
    counts = Counter((part, verdict) for _, verdict, part in made)
    sizes = {"train": 1_137, "valid": 142, "test": 142}
    assert counts == {(part, name): size for part, size in sizes.items() for name in VERDICTS}


def test_mixed_texts_begin_with_either(made):
    train = load_rotten_tomatoes().train
    label_of = dict(zip(train.texts, train.labels.tolist(), strict=True))
    mixed = [
        halves(text, label_of) for text, name, part in made if (name, part) == ("mixed", "train")
    ]
    praised_first = sum(label_of[first] for first, _ in mixed) / len(mixed)
    assert 0.45 < praised_first < 0.55


def test_the_seed_decides_who_is_paired(made):
    assert verdicts(seed=3) == made
    assert {text for text, *_ in verdicts(seed=4)} != {text for text, *_ in made}


def test_the_csv_is_read_and_split_as_its_column_says(tmp_path):
    write_verdicts(tmp_path / "own.csv")
    own = read_labelled(
        tmp_path / "own.csv",
        text_column="text",
        label_column="verdict",
        split_column="part",
        classes=VERDICTS,
    )
    assert [len(part) for part in split(own, seed=0)] == [3_411, 426, 426]
    assert own.classes == VERDICTS
