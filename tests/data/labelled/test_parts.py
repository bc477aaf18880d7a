"""Parts that stand in files of their own: one set of classes, no text in two, one report."""

import csv
import io

import pytest

from unrolled.data.labelled.parts import read_labelled_parts
from unrolled.data.labelled.rows import LabelledError

COLUMNS = {"text_column": "text", "label_column": "label"}


def rows_of(word, count, classes=("no", "yes")):
    return [(f"{word} {k}x", classes[k % len(classes)]) for k in range(count)]


@pytest.fixture
def put(tmp_path, monkeypatch):
    """Return a function that writes rows to a CSV file of a name, and gives the name."""
    monkeypatch.chdir(tmp_path)

    def write(name, rows):
        out = io.StringIO(newline="")
        csv.writer(out).writerows([("text", "label"), *rows])
        (tmp_path / name).write_text(out.getvalue(), encoding="utf-8")
        return name

    return write


def test_three_files_are_three_parts_with_the_classes_of_all(put):
    three = ("no", "so-so", "yes")
    train, valid, test = (rows_of(w, n, three) for w, n in (("a", 12), ("b", 6), ("c", 9)))
    parts = read_labelled_parts(
        put("train.csv", train), put("valid.csv", valid), put("test.csv", test), seed=0, **COLUMNS
    )
    for part, rows, name in zip(
        parts, (train, valid, test), ("train", "valid", "test"), strict=True
    ):
        assert part.texts == tuple(text for text, _ in rows)
        assert [part.classes[k] for k in part.labels] == [label for _, label in rows]
        assert part.rows.tolist() == list(range(2, 2 + len(rows)))
        assert set(part.files) == {f"{name}.csv"}
        assert part.classes == parts.classes == three
    told = str(parts.report)
    assert "train.csv, valid.csv, test.csv: 27 rows, 27 kept, 0 left out" in told
    assert "train.csv: 12 rows; valid.csv: 6 rows; test.csv: 9 rows" in told
    assert "Split as the files say." in told
    assert "drawn" not in told.lower()


def test_what_has_no_file_is_drawn_from_training(put):
    train, test = put("train.csv", rows_of("a", 90)), put("test.csv", rows_of("c", 10))
    parts = read_labelled_parts(train, test=test, seed=0, **COLUMNS)
    assert [len(part) for part in parts] == [80, 10, 10]
    assert set(parts.valid.files) == {"train.csv"}
    assert "Drawn from training: validation." in str(parts.report)
    parts = read_labelled_parts(train, put("valid.csv", rows_of("b", 10)), seed=0, **COLUMNS)
    assert [len(part) for part in parts] == [80, 10, 10]
    assert set(parts.test.files) == {"train.csv"}
    assert "Drawn from training: test." in str(parts.report)
    blocks = read_labelled_parts(train, test=test, seed=0, order="blocks", **COLUMNS)
    assert blocks.valid.rows.tolist() == list(range(82, 92))
    whole = put("whole.csv", rows_of("a", 100))
    assert [len(part) for part in read_labelled_parts(whole, seed=0, **COLUMNS)] == [80, 10, 10]


def test_a_text_in_two_files_is_left_out_of_the_earlier_part_and_told(put, tmp_path):
    train = [*rows_of("a", 10), ("Seen, twice!", "no"), ("three times", "no")]
    valid = [*rows_of("b", 6), ("three times", "no"), ("in both", "yes")]
    test = [*rows_of("c", 6), ("seen twice", "no"), ("Three times.", "yes"), ("in both", "no")]
    names = [put(f"{n}.csv", r) for n, r in (("train", train), ("valid", valid), ("test", test))]
    parts = read_labelled_parts(*names, seed=0, **COLUMNS)
    assert [len(part) for part in parts] == [10, 6, 9]
    assert parts.test.texts == tuple(text for text, _ in test), "a given test stays whole"
    report = parts.report
    assert report.left_out == {
        "training text that stands in validation or test too": [12, 13],
        "validation text that stands in test too": [8, 9],
    }
    assert "29 rows, 25 kept, 4 left out" in str(report)
    assert sum(report.counts.values()) == 25
    assert "(row 12 of train.csv, row 13 of train.csv)" in str(report)
    report.write(tmp_path / "left-out.csv")
    told = csv.DictReader((tmp_path / "left-out.csv").read_text(encoding="utf-8").splitlines())
    assert {(row["file"], row["row"]) for row in told} == {
        ("train.csv", "12"),
        ("train.csv", "13"),
        ("valid.csv", "8"),
        ("valid.csv", "9"),
    }


def test_copies_within_one_file_are_left_out_there(put):
    train = [*rows_of("a", 10), ("a 0x", "no")]
    test = [*rows_of("c", 6), ("c 1x", "yes"), ("c 0x", "yes")]
    parts = read_labelled_parts(
        put("train.csv", train), test=put("test.csv", test), seed=0, **COLUMNS
    )
    details = {(note.where, note.row): note.detail for note in parts.report.noted}
    assert details[("train.csv", 12)] == "of row 2 of train.csv"
    assert details[("test.csv", 8)] == "of row 3 of test.csv"
    assert details[("test.csv", 9)].startswith("('no', 'yes'): row 2 of test.csv, row 9 of")
    assert len(parts.test) == 7


def test_a_class_that_only_the_test_has_is_refused_with_its_place(put):
    train, test = put("train.csv", rows_of("a", 12)), rows_of("c", 6)
    names = (train, None, put("test.csv", [*test, ("new", "maybe"), ("newer", "maybe")]))
    with pytest.raises(LabelledError) as caught:
        read_labelled_parts(*names, seed=0, **COLUMNS)
    told = "row 8 of test.csv, column 'label': found the class 'maybe'; expected one of those that"
    assert told in str(caught.value)
    assert "'no', 'yes'" in str(caught.value)
    put("test.csv", [*test, ("new", " yes")])
    with pytest.raises(LabelledError, match=r"' yes' \(once, first in row 8 of test.csv\) beside"):
        read_labelled_parts(*names, seed=0, **COLUMNS)
    with pytest.raises(LabelledError, match="no text of the class 'yes' in the part 'test'"):
        read_labelled_parts(train, test=put("t.csv", rows_of("c", 6, ("no",))), seed=0, **COLUMNS)


def test_each_file_has_its_own_share_of_bad_rows(put):
    train = put("train.csv", rows_of("a", 100))
    test = put("test.csv", [*rows_of("c", 10), ("", "no"), ("12", "yes")])
    with pytest.raises(
        LabelledError, match=r"^test.csv: 2 of 12 rows \(17%\) .*row 12 of test.csv"
    ):
        read_labelled_parts(train, test=test, seed=0, **COLUMNS)
    parts = read_labelled_parts(train, test=test, seed=0, most_left_out=0.2, **COLUMNS)
    assert parts.report.left_out == {
        "empty text": [12],
        "number in the place of the text": [13],
    }


def test_one_file_for_two_parts_and_two_ways_to_split_are_refused(put):
    train = put("train.csv", rows_of("a", 12))
    with pytest.raises(LabelledError, match="named for train and for test"):
        read_labelled_parts(train, test=f"./{train}", seed=0, **COLUMNS)
    with pytest.raises(LabelledError, match="column 'part' was named for the parts, and files"):
        read_labelled_parts(train, seed=0, split_column="part", **COLUMNS)
    put("test.tsv", rows_of("a", 3))
    with pytest.raises(LabelledError, match=r"test.csv is not there.*Did you mean 'test.tsv'"):
        read_labelled_parts(train, test="test.csv", seed=0, **COLUMNS)
    with pytest.raises(TypeError, match="colour"):
        read_labelled_parts(train, seed=0, colour="red")


def test_folders_are_parts_as_well(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for part, count in (("train", 8), ("test", 4)):
        for k in range(count):
            path = tmp_path / "own" / part / ("no", "yes")[k % 2] / f"{k}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{part} {k}", encoding="utf-8")
    (tmp_path / "own" / "train" / "no" / "8.txt").write_text("Test 0.", encoding="utf-8")
    parts = read_labelled_parts("own/train", test="own/test", seed=0)
    assert [len(part) for part in parts] == [6, 2, 4]
    assert parts.test.files[0] == "own/test/no/0.txt"
    assert "too: 1 (own/train/no/8.txt)" in str(parts.report)
