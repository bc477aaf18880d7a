"""Any rows come back as they were written: by whatever program, packed, in whatever encoding."""

import bz2
import csv
import gzip
import io
import json
import lzma
import tempfile
import zipfile
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unrolled.data.labelled.classes import NUMBER
from unrolled.data.labelled.reading import read_labelled

letters = st.characters(codec="utf-8", exclude_characters="\0")
latin = st.characters(min_codepoint=32, max_codepoint=126) | st.sampled_from("äöüßéñ\n")


def is_text(text):
    bare = text.strip()
    return bool(bare) and bare.lower() != "nan" and not NUMBER.fullmatch(bare)


def texts(alphabet):
    return st.text(alphabet, min_size=1).filter(is_text)


def tables(alphabet):
    labels = st.sampled_from(["a", "b é", "c,\n", "12", "d\t\"'"])
    row = st.tuples(texts(alphabet), labels, texts(alphabet))
    return st.lists(row, min_size=1, max_size=12).map(
        lambda rows: [*rows, ("first", "a", "x y"), ("last", "b é", "x y")]
    )


def zipped(data, name):
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, data)
    return box.getvalue()


PACK = {
    "": lambda data, _: data,
    ".gz": lambda data, _: gzip.compress(data),
    ".bz2": lambda data, _: bz2.compress(data),
    ".xz": lambda data, _: lzma.compress(data),
    ".zip": zipped,
}


def by_csv(rows, **how):
    out = io.StringIO(newline="")
    csv.writer(out, **how).writerows([("label", "text", "by"), *((c, t, g) for t, c, g in rows)])
    return out.getvalue()


def by_pandas(rows, **how):
    return pd.DataFrame(rows, columns=["text", "label", "by"]).to_csv(index=False, **how)


def by_json(rows, **how):
    keys = ("text", "label", "by")
    return "\n".join(json.dumps(dict(zip(keys, row, strict=True)), **how) for row in rows)


def by_pandas_json(rows):
    frame = pd.DataFrame(rows, columns=["text", "label", "by"])
    return frame.to_json(orient="records", lines=True, force_ascii=len(rows) % 2 > 0)


WRITERS = {
    "csv": (".csv", by_csv),
    "quoted": (".csv", lambda rows: by_csv(rows, quoting=csv.QUOTE_ALL, lineterminator="\n")),
    "tsv": (".tsv", lambda rows: by_csv(rows, delimiter="\t")),
    "pandas": (".csv", by_pandas),
    "pandas, tabs": (".tsv", lambda rows: by_pandas(rows, sep="\t")),
    "json": (".jsonl", by_json),
    "json, letters": (".ndjson", lambda rows: by_json(rows, ensure_ascii=False)),
    "pandas, json": (".jsonl", by_pandas_json),
}


def check(rows, content, name, **how):
    """Check that a file of these rows gives them back, and numbers them right."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content)
        columns = {"text_column": "text", "label_column": "label", "group_column": "by"}
        labelled = read_labelled(path, **columns, least_rows=1, duplicates="keep", **how)
    names = [labelled.classes[k] for k in labelled.labels]
    assert list(zip(labelled.texts, names, labelled.groups, strict=True)) == rows
    first = 1 if "json" in name else 2
    assert labelled.rows.tolist() == list(range(first, first + len(rows)))
    assert labelled.report.counts == Counter(names)


@pytest.mark.parametrize("writer", WRITERS)
@settings(max_examples=40)
@given(rows=tables(letters), data=st.data())
def test_what_a_program_writes_comes_back(writer, rows, data):
    if "pandas" in writer:  # pandas leaves a lone carriage return without quotes
        rows = [tuple(value.replace("\r", " ") for value in row) for row in rows]
        rows = [row for row in rows if is_text(row[0]) and is_text(row[2])]
    suffix, write = WRITERS[writer]
    encoding = data.draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
    pack = data.draw(st.sampled_from(list(PACK)))
    check(rows, PACK[pack](write(rows).encode(encoding), f"a{suffix}"), f"own{suffix}{pack}")


@settings(max_examples=60)
@given(rows=tables(latin), encoding=st.sampled_from(["latin-1", "cp1252", "utf-16-le", "gb18030"]))
def test_what_is_written_in_a_named_encoding_comes_back(rows, encoding):
    content = by_csv(rows).encode("cp1252" if encoding == "latin-1" else encoding)
    check(rows, content, "own.csv", encoding=encoding)


bad = st.sampled_from(
    [",a,x", "NaN,a,x", "7,a,x", "word,,x", "word,a, ", "word,a", "a,b,c,d", "\0,a,x"]
)


@given(lines=st.lists(bad | st.sampled_from(["good word,a,x", "poor word,c,y"]), max_size=30))
def test_the_counts_of_a_report_add_up(lines):
    content = "text,label,by\n" + "\n".join([*lines, "one,a,x", "two,c,x", ""])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "own.csv")
        path.write_text(content, encoding="utf-8")
        labelled = read_labelled(
            path,
            text_column="text",
            label_column="label",
            group_column="by",
            least_rows=1,
            most_left_out=1,
        )
    report = labelled.report
    out = {row for rows in report.left_out.values() for row in rows}
    assert sum(map(len, report.left_out.values())) == len(out), "each row has one reason"
    assert out | set(labelled.rows.tolist()) == set(range(2, len(lines) + 4))
    assert not out & set(labelled.rows.tolist())
    assert report.rows == len(lines) + 2 == sum(report.counts.values()) + len(out)
    table = list(csv.DictReader(io.StringIO(report.table())))
    assert {int(row["row"]) for row in table if row["left_out"] == "yes"} == out
    assert [int(row["row"]) for row in table] == sorted(int(row["row"]) for row in table)
