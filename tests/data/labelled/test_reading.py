"""Anybody's labelled texts come back as written, and bad files get a sentence that helps."""

import bz2
import csv
import gzip
import io
import json
import lzma
import sys
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unrolled.data.labelled.classes import NUMBER
from unrolled.data.labelled.reading import LabelledTexts, read_labelled
from unrolled.data.labelled.rows import LabelledError

GOOD = [(f"text {k} is {'fine' if k % 2 else 'poor'}", "yes" if k % 2 else "no") for k in range(40)]


def as_csv(rows, header=("text", "label"), **options):
    table = io.StringIO(newline="")
    csv.writer(table, **options).writerows([header, *rows])
    return table.getvalue()


@pytest.fixture
def read(tmp_path):
    """Return a function that writes bytes or rows to a file and reads them as labelled texts."""

    def write_and_read(content, name="own.csv", **options):
        path = tmp_path / name
        if not isinstance(content, str | bytes):
            content = as_csv(content)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_labelled(path, text_column="text", label_column="label", **options)

    return write_and_read


def refused(read, content, *parts, **options):
    """Check that a file is refused with a sentence that holds all parts and its own name."""
    with pytest.raises(LabelledError) as caught:
        read(content, **options)
    for part in ("own.", *parts):
        assert part in str(caught.value)
    assert str(caught.value)[-1] in ".?"


def test_texts_labels_classes_and_rows_come_back(read):
    labelled = read(GOOD)
    assert labelled.texts == tuple(text for text, _ in GOOD)
    assert labelled.classes == ("no", "yes")
    assert [labelled.classes[k] for k in labelled.labels] == [label for _, label in GOOD]
    assert labelled.rows.tolist() == list(range(2, 42))  # the header is row 1
    assert labelled.groups is labelled.splits is None
    assert labelled.counts == {"no": 20, "yes": 20}


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        (b"", ["is empty", "'text', 'label'"]),
        (b"\xef\xbb\xbf \r\n", ["is empty"]),
        (b"text,label\r\n", ["a header and no rows"]),
        (b"Text,label\na,b\n", ["no column 'text'", "'Text', 'label'", "Did you mean 'Text'?"]),
        (b"text;label\na;b\n", ["no column 'text'", "delimiter=';'"]),
        (b"text,label,text\na,b,c\n", ["'text' stands there twice"]),
        ([(f"t{k} a", "yes") for k in range(9)], ["one class, 'yes'", "9 rows"]),
        (
            [*GOOD, ("lonely one", "maybe")],
            [
                "column 'label': found the class 'maybe' once (row 42)",
                "expected it 3 times or more",
            ],
        ),
        ([*GOOD, ("another one", " yes")], ["' yes' (once, first in row 42)", "'yes' (20"]),
        ([*GOOD, ("another one", "Yes")], ["'Yes' (once", "beside 'yes'"]),
        ([(f"t{k} a", "1.0" if k else "1") for k in range(9)], ["'1' (once", "'1.0' (8 times"]),
        (
            b'text,label\na,x\n"b,y\nc,z\n',
            ["row 3 (lines 3 to 4)", "quotation mark", "quotes=False"],
        ),
        (b'text,label\na,x\n"b" c,y\nc,z\n', ["row 3 (line 3)", "quotation mark"]),
        ("text,label\n".encode("utf-16-le"), ["byte 2", "NUL", "--encoding utf-16-le"]),
        ("té,label\n".encode("utf-16-le"), ["byte 2", "NUL", "encoding='utf-16-le'"]),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_with_the_place_and_advice(read, content, parts):
    refused(read, content, *parts)


def test_a_byte_of_another_encoding_is_named_with_its_place(read):
    mixed = as_csv(GOOD).encode() + "schön,yes\r\n".encode("latin-1")
    place = mixed.index(b"\xf6") + 1
    refused(
        read,
        mixed,
        "line 42",
        f"byte {place}:",
        "0xf6 after 'sch'",
        "no UTF-8",
        "--encoding cp1252",
    )
    refused(read, b"\xef\xbb\xbf" + mixed, "line 42", f"byte {place + 3}:", "0xf6")
    assert read(mixed, encoding="latin-1", least_rows=1).texts[-1] == "schön"


def test_encodings_are_told_by_their_mark_and_never_guessed(read):
    rows = [*GOOD, ("schön, 好 😀", "yes")]
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32"):
        assert read(as_csv(rows).encode(encoding)).texts[-1] == "schön, 好 😀"
    marked = b"\xfe\xff" + as_csv(rows).encode("utf-16-be")
    assert read(marked).texts[-1] == "schön, 好 😀"
    assert read(as_csv(rows).encode("utf-16-le"), encoding="utf-16-le").texts[-1] == "schön, 好 😀"
    assert read(as_csv(rows).encode("utf-8-sig"), encoding="UTF8").texts[-1] == "schön, 好 😀"
    refused(read, marked, "mark of utf-16", "'latin-1' was named", encoding="latin-1")
    refused(read, as_csv(rows), "'klingon'", "does not know", encoding="klingon")
    refused(read, as_csv(rows), "'rot13'", "does not know", encoding="rot13")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",yes", "empty text"),
        ('" \t ",yes', "empty text"),
        ("good,", "missing label"),
        ("good,yes,more", "too many fields 3 instead of 2"),
        ("good", "too few fields 1 instead of 2"),
        ("go\0od,yes", "NUL character in the text"),
        ("NaN,yes", "NaN in the place of the text"),
        ("good,nan", "NaN in the place of the label"),
        ("12,yes", "number in the place of the text"),
        (" -1.5e3 ,yes", "number in the place of the text"),
    ],
)
def test_a_bad_row_is_left_out_and_told_and_above_the_share_all_is_refused(
    read, line, reason, tmp_path
):
    content = as_csv(GOOD) + "\r\n" + line + "\r\n" + "the last,no\r\n"
    labelled = read(content)
    assert labelled.texts == (*(text for text, _ in GOOD), "the last")
    assert labelled.rows[-1] == 44
    short = reason.split(" fields ")[0] + " fields" * (" fields " in reason)
    assert labelled.report.left_out == {short: [43]}
    assert f"left out, {short}: 1 (row 43)" in str(labelled.report)
    labelled.report.write(tmp_path / "told.csv")
    told = (tmp_path / "told.csv").read_text(encoding="utf-8").splitlines()
    assert list(csv.reader(told)) == [
        ["row", "file", "left_out", "reason"],
        ["43", "", "yes", reason],
    ]
    refused(read, content, "1 of 42 rows (2%)", f"{short}: 1 (row 43", most_left_out=0.02)


def test_numbers_and_truth_are_labels_as_they_are_written(read):
    numbers = read([(f"t{k} a", ("2", "10", "-1")[k % 3]) for k in range(9)])
    assert numbers.classes == ("-1", "2", "10")
    truth = read([(f"t{k} a", str(k % 2 == 0)) for k in range(9)])
    assert truth.classes == ("False", "True")
    lines = [{"text": f"t{k} a", "label": k % 2 == 0} for k in range(9)]
    assert read("\n".join(map(json.dumps, lines)), "own.jsonl").classes == ("false", "true")
    lines = [{"text": f"t{k} a", "label": (1.0, 2)[k % 2]} for k in range(9)]
    assert read("\n".join(map(json.dumps, lines)), "own.jsonl").classes == ("1.0", "2")


def test_the_order_of_the_classes_can_be_stated(read):
    assert read(GOOD, classes=("yes", "no")).classes == ("yes", "no")
    assert read(GOOD, classes=("yes", "no")).labels.tolist() == [1, 0] * 20
    refused(read, GOOD, "row 3", "'yes'", "'no', 'maybe'", classes=("no", "maybe"))
    refused(read, GOOD, "'maybe' in no row", classes=("no", "yes", "maybe"))


def test_quoted_newlines_carriage_returns_and_long_texts_stay_whole(read):
    rows = [*GOOD, ('one\ntwo\r\nthree, "four"', "yes"), ("word " * 1_000_000, "no")]
    before = csv.field_size_limit(200_000)
    labelled = read(rows)
    assert csv.field_size_limit(before) == 200_000
    assert labelled.texts == tuple(text for text, _ in rows)
    for end in ("\n", "\r\n", "\r"):
        assert read(as_csv(GOOD, lineterminator=end)).texts == read(GOOD).texts
    quoted = "text\tlabel\n" + "".join(f'"{text}" so\t{label}\n' for text, label in GOOD)
    assert read(quoted, "own.tsv", quotes=False).texts[0] == '"text 0 is poor" so'
    refused(read, quoted, "row 2", "quotes=False", name="own.tsv")


def test_duplicates_after_the_first_go_and_contradictions_are_named(read):
    rows = [*GOOD, (" text 1 is fine ", "yes"), ("text 2 is poor", "yes"), ("text 2 is poor", "no")]
    labelled = read(rows)
    assert labelled.report.left_out == {"duplicate": [42, 44]}
    assert labelled.rows.tolist()[-2:] == [41, 43]
    told = str(labelled.report)
    assert "kept, same text with different labels: 2 (rows 4, 43)" in told
    assert "left out, duplicate: 2 (rows 42, 44)" in told
    details = {(note.row, note.detail) for note in labelled.report.noted}
    assert {(42, "of row 3"), (44, "of row 4"), (4, "('no', 'yes'): rows 4, 43, 44")} == details - {
        (43, "('no', 'yes'): rows 4, 43, 44")
    }
    assert len(read(rows, duplicates="keep")) == 43
    without = read(rows, contradictions="drop")
    assert not {4, 43, 44} & set(without.rows.tolist())
    assert len(without) == 39
    noted = [note.row for note in without.report.noted]
    assert sorted(noted) == [4, 42, 43, 44]
    assert len(read(rows, duplicates="keep", contradictions="drop")) == 40


def test_the_report_counts_classes_lengths_and_hints(read):
    rows = [(f"{'yes' if k % 2 else 'well'}" + " w" * k, ("no", "yes")[k % 2]) for k in range(41)]
    report = read(rows).report
    assert report.counts == {"no": 21, "yes": 20}
    assert report.words == (1, 11, 21, 31, 41)
    assert report.characters[0] == 4
    told = str(report)
    assert "41 rows, 41 kept, 0 left out" in told
    assert "2 classes: 'no' 21, 'yes' 20" in told
    assert "words of a text: 1 to 41, half of them 11 to 31, median 21" in told
    assert "'yes' is in 20 of its 20 texts and in 0 of the 21 others" in told
    assert read(GOOD).report.hints == ()
    both = [(f"yes or no {k}", label) for k, (_, label) in enumerate(GOOD)]
    assert read(both).report.hints == ()
    chinese = [(f"这部片子{'好' if k % 2 else '坏'}看{k}", "好坏"[k % 2 == 0]) for k in range(20)]
    assert len(read(chinese).report.hints) == 2


def test_groups_and_splits_come_along(tmp_path):
    path = tmp_path / "own.tsv"
    rows = [(t, c, f"g{k // 4}", "train") for k, (t, c) in enumerate(GOOD)]
    path.write_text(as_csv([*rows, ("a b", "no", "", "train")], tuple("tlgs"), delimiter="\t"))
    options = {"text_column": "t", "label_column": "l", "group_column": "g", "split_column": "s"}
    labelled = read_labelled(path, **options)
    assert labelled.groups == tuple(row[2] for row in rows)
    assert set(labelled.splits) == {"train"}
    assert labelled.report.left_out == {"missing group": [42]}
    with pytest.raises(LabelledError, match="'l' was named for two purposes"):
        read_labelled(path, **(options | {"group_column": "l"}))
    with pytest.raises(
        LabelledError, match="no column was named for the text; expected one of 't', 'l', 'g', 's'"
    ):
        read_labelled(path, label_column="l")


def test_bad_json_lines_are_told_one_by_one(read):
    bad = {
        "{": "no JSON object on the line",
        '{"text": "a b", "text": "c", "label": "no"}': "the key 'text' twice",
        '{"text": "a b"}': "the key 'label' is missing",
        '{"text": 5, "label": "no"}': "number in the place of the text",
        '{"text": NaN, "label": "no"}': "NaN in the place of the text",
        '{"text": null, "label": "no"}': "empty text",
        '{"text": ["a"], "label": "no"}': "list in the place of the text",
        '{"text": "a", "label": null}': "missing label",
        '{"text": "a\\u0000b", "label": "no"}': "NUL character in the text",
        '{"text": "\\ud83d", "label": "no"}': "half a character in the text",
    }
    lines = [json.dumps({"text": text, "label": label}) for text, label in GOOD]
    labelled = read("\n".join([*bad, "", *lines]), "own.jsonl", most_left_out=0.3)
    assert {reason: [k] for k, reason in enumerate(bad.values(), 1)} == labelled.report.left_out
    assert labelled.rows[0] == len(bad) + 2
    refused(read, '{"body": "x"}\n', "no column 'text'", "'body'", name="own.jsonl")


@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".xz", ".zip"])
def test_packed_files_are_read_and_damaged_ones_refused(read, suffix, tmp_path):
    plain = as_csv([(text * 9, label) for text, label in GOOD]).encode()
    if suffix == ".zip":
        box = io.BytesIO()
        with zipfile.ZipFile(box, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("folder/inner.csv", plain)
        data = box.getvalue()
        assert read(data, "own.zip").texts == read(plain).texts
        with zipfile.ZipFile(tmp_path / "two.zip", "w") as packed:
            packed.writestr("a.csv", plain)
            packed.writestr("b.csv", plain)
        with pytest.raises(LabelledError, match=r"holds 2 files \('a.csv', 'b.csv'\)"):
            read_labelled(tmp_path / "two.zip", text_column="text", label_column="label")
    else:
        data = {".gz": gzip, ".bz2": bz2, ".xz": lzma}[suffix].compress(plain)
    assert read(data, f"own.csv{suffix}").texts == read(plain).texts
    for damaged in (data[:-30], b"no archive", data[:20] + bytes(20) + data[40:]):
        refused(read, damaged, "cannot be unpacked", name=f"own.csv{suffix}")


def test_an_unknown_ending_and_a_missing_file_are_refused(read, tmp_path):
    refused(read, as_csv(GOOD), "ending .xlsx", ".jsonl", "as CSV in UTF-8", name="own.xlsx")
    assert len(read(as_csv(GOOD), "own.dat", kind="csv")) == 40
    with pytest.raises(LabelledError, match="is not there"):
        read_labelled(tmp_path / "none.csv", text_column="a", label_column="b")


def test_a_folder_has_a_class_in_each_subfolder(tmp_path):
    for k, (text, label) in enumerate(GOOD):
        (tmp_path / label).mkdir(exist_ok=True)
        (tmp_path / label / f"{k:02}.txt").write_text(text, encoding="utf-8")
    (tmp_path / "no" / "00.txt").unlink()
    (tmp_path / "no" / "00.txt.gz").write_bytes(gzip.compress(b"packed"))
    (tmp_path / "no" / ".hidden").write_text("x")
    (tmp_path / "no" / "zz.txt").write_text("")
    (tmp_path / "yes" / "zz.html").write_text("x")
    labelled = read_labelled(tmp_path)
    assert labelled.counts == {"no": 20, "yes": 20}
    assert labelled.texts[0] == "packed"
    assert set(labelled.texts[1:]) == {text for text, _ in GOOD[1:]}
    notes = {(note.where, note.reason) for note in labelled.report.noted}
    assert notes == {("no/zz.txt", "empty text"), ("yes/zz.html", "not a .txt file")}
    with pytest.raises(LabelledError, match="has no column 'text'"):
        read_labelled(tmp_path, text_column="text")
    (tmp_path / "no" / "zz.txt").write_bytes(b"ok\n\xff")
    with pytest.raises(LabelledError, match=r"zz.txt, line 2, byte 4: found 0xff"):
        read_labelled(tmp_path)
    with pytest.raises(LabelledError, match="without subfolders"):
        read_labelled(tmp_path / "yes")


def test_parquet_without_pyarrow_names_the_package(read, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    refused(read, b"PAR1", "pip install pyarrow", name="own.parquet")


@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "zstd"])
def test_parquet_gives_what_stands_in_it(read, compression):
    pyarrow = pytest.importorskip("pyarrow", reason="an extra of 55 MB: pip install pyarrow")
    from pyarrow import parquet

    def packed(**columns):
        out = io.BytesIO()
        parquet.write_table(pyarrow.table(columns), out, compression=compression)
        return out.getvalue()

    texts, halves = [*(text for text, _ in GOOD), None], [k % 2 for k in range(41)]
    whole = packed(text=texts, label=halves)
    labelled = read(whole, "own.parquet")
    assert labelled.texts == tuple(text for text, _ in GOOD)
    assert labelled.rows.tolist() == list(range(1, 41))
    assert labelled.classes == ("0", "1")
    assert labelled.report.left_out == {"empty text": [41]}
    words = pyarrow.array([["ja", "nein"][k] for k in halves]).dictionary_encode()
    assert read(packed(text=texts, label=words), "own.parquet").classes == ("ja", "nein")
    truth = read(packed(text=texts, label=[k > 0 for k in halves]), "own.parquet")
    assert truth.classes == ("False", "True")
    numbers = packed(text=[float(k) for k in range(41)], label=halves)
    refused(read, numbers, "number in the place of the text: 41", name="own.parquet")
    nested = packed(text=[{"en": text} for text in texts], label=halves)
    refused(read, nested, "object in the place of the text: 41", name="own.parquet")
    refused(read, packed(Text=texts, label=halves), "mean 'Text'?", name="own.parquet")
    refused(read, whole[:-9], "cannot be read as Parquet", name="own.parquet")


@pytest.mark.parametrize(
    "wrong",
    [
        {"duplicates": "all"},
        {"contradictions": 1},
        {"most_left_out": 2},
        {"least_rows": 0},
        {"kind": "xls"},
        {"delimiter": ";;"},
    ],
)
def test_arguments_without_meaning_are_refused(read, wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        read(GOOD, **wrong)


def test_labelled_texts_must_fit_together():
    rows = np.arange(2)
    with pytest.raises(ValueError, match="rows; expected one label"):
        LabelledTexts(("a",), np.array([0, 1]), ("x", "y"), rows)
    with pytest.raises(ValueError, match="got the label 2; expected 0 to 1"):
        LabelledTexts(("a", "b"), np.array([0, 2]), ("x", "y"), rows)


letters = st.characters(codec="utf-8", exclude_characters="\0")
texts = st.text(letters, min_size=1).filter(
    lambda t: t.strip() and t.strip().lower() != "nan" and not NUMBER.fullmatch(t.strip())
)
tables = st.lists(st.tuples(texts, st.sampled_from(["a", "b ü", "c,\n"])), min_size=1, max_size=20)


@given(rows=tables, form=st.sampled_from(["csv", "tsv", "jsonl"]), mark=st.booleans())
def test_any_texts_and_labels_come_back_as_written(rows, form, mark, tmp_path_factory):
    rows = [*rows, ("first", "a"), ("second", "b ü")]
    if form == "jsonl":
        content = "\n".join(
            json.dumps({"label": c, "text": t}, ensure_ascii=len(t) % 2 > 0) for t, c in rows
        )
    else:
        content = as_csv(rows, quoting=csv.QUOTE_ALL, delimiter="," if form == "csv" else "\t")
    path = tmp_path_factory.getbasetemp() / f"round.{form}"
    path.write_bytes(content.encode("utf-16" if mark else "utf-8"))
    labelled = read_labelled(
        path, text_column="text", label_column="label", least_rows=1, duplicates="keep"
    )
    names = [labelled.classes[k] for k in labelled.labels]
    assert list(zip(labelled.texts, names, strict=True)) == rows


@given(content=st.binary(max_size=200), form=st.sampled_from(["csv", "jsonl", "csv.gz", "zip"]))
def test_any_bytes_are_read_or_refused_with_a_sentence(content, form, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / f"bytes.{form}"
    path.write_bytes(b"text,label\n" + content if len(content) % 2 else content)
    told = "bytes."
    try:
        read_labelled(path, text_column="text", label_column="label", least_rows=1)
    except LabelledError as error:
        told = str(error)
    assert "bytes." in told
