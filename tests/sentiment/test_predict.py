"""`predict` on lines and tables: every row is answered in its place, whatever stands in it."""

import csv
import fcntl
import gzip
import io
import json
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import time

import pytest

import unrolled
from unrolled.__main__ import main
from unrolled.sentiment.commands.formats import FORMATS, FormatError, format_for, header_of
from unrolled.sentiment.predictor import Answer

ROWS = [("1", "a good film"), ("2", ""), ("3", "two\nlines, bad"), ("4", "!"), ("5", '"good"')]


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "rows.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("id", "says"), *ROWS])
    return path


def wanted(trained, texts):
    """Return the probability of praise by the model in Python, or None."""
    return [
        one.probabilities and one.probabilities["positive"]
        for one in unrolled.load(trained).predict(texts)
    ]


def test_each_row_of_a_table_is_answered_in_its_place(trained, table, capsys):
    assert main(["predict", str(trained), str(table), "--text-column", "says"]) == 0
    said = capsys.readouterr()
    assert said.err.splitlines() == [
        "2 of 5 rows have no answer:",
        f"  1 without a text; first {table}, row 3",
        f"  1 without a word that the model knows; first {table}, row 5",
    ]
    for got, number in zip(
        said.out.split("\n")[:-1], wanted(trained, [t for _, t in ROWS]), strict=True
    ):
        assert got == ("" if number is None else f"{number:.4f}")


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_tables_of_answers_tell_rows_labels_and_probabilities(trained, table, kind, capsys):
    flags = ["--text-column", "says", "--format", kind]
    assert main(["predict", str(trained), str(table), *flags]) == 0
    out, numbers = capsys.readouterr().out, wanted(trained, [text for _, text in ROWS])
    if kind == "csv":
        found = list(csv.DictReader(io.StringIO(out)))
        got = [(int(one["row"]), one["label"], one["probability of positive"]) for one in found]
        assert list(found[0]) == [
            *("row", "label", "probability of negative", "probability of positive")
        ]
    else:
        found = [json.loads(line) for line in out.splitlines()]
        got = [
            (one["row"], one["label"] or "", (one["probabilities"] or {}).get("positive", ""))
            for one in found
        ]
    assert [row for row, *_ in got] == [2, 3, 4, 5, 6], "the header is row 1"
    for (_, label, told), number in zip(got, numbers, strict=True):
        if number is None:
            assert (label, told) == ("", "")
        else:
            assert label == ("positive" if number > 0.5 else "negative")
            assert float(told) == pytest.approx(number, abs=1e-5)


def test_rows_that_are_no_text_keep_their_place_and_are_told(trained, tmp_path, capsys):
    path = tmp_path / "rows.jsonl"
    lines = ['{"t": "good"}', "not json", '{"t": null}', "", '{"t": 7}', '{"u": "x"}', '{"t": "!"}']
    path.write_text("\n".join([*lines, '{"t": "bad"}']), encoding="utf-8")
    flags = ["--text-column", "t", "--format", "jsonl"]
    assert main(["predict", str(trained), str(path), *flags]) == 0
    said = capsys.readouterr()
    found = [json.loads(line) for line in said.out.splitlines()]
    assert [(one["row"], one["label"] is None) for one in found] == [
        *((1, False), (2, True), (3, True), (5, True), (6, True), (7, True), (8, False))
    ]
    assert said.err.splitlines() == [
        "5 of 7 rows have no answer:",
        f"  3 not read; first {path}, row 2: no JSON object on the line",
        f"  1 without a text; first {path}, row 3",
        f"  1 without a word that the model knows; first {path}, row 7",
    ]


def test_each_reason_has_its_own_count_and_first_row(trained, tmp_path, capsys):
    path = tmp_path / "rows of.csv"
    path.write_text('id,t\n1,good\n2,qwer\n3,a,b\n4,""\n5,"  "\n6,zxcv\n7\n8,!\n', encoding="utf-8")
    assert main(["predict", str(trained), str(path), "--text-column", "t"]) == 0
    assert capsys.readouterr().err.splitlines() == [
        "7 of 8 rows have no answer:",
        f"  2 not read; first {path}, row 4: too many fields (3 instead of 2)",
        f"  2 without a text; first {path}, row 5",
        f"  3 without a word that the model knows; first {path}, row 3",
    ]


LATIN = "a good film\ncaf\xe9 film\n\nl\xe0 bad\n".encode("latin-1")


@pytest.mark.parametrize("kind", ["file", "pipe"])
def test_bytes_that_are_no_utf_8_are_told_and_their_line_is_answered(trained, tmp_path, kind):
    path = tmp_path / "texts.txt"
    path.write_bytes(LATIN)
    arguments = command(trained, *([path] if kind == "file" else []))
    done = subprocess.run(arguments, input=LATIN, capture_output=True, timeout=120)
    where = f"{path}, line" if kind == "file" else "line"
    assert done.stderr.decode().splitlines() == [
        "2 of 4 lines hold bytes that are no UTF-8, and were read with \ufffd in their place; the "
        f"first is {where} 2: 0xe9 after 'caf'. If the texts have another encoding, name it, such "
        "as --encoding cp1252; if only some lines have, save them as UTF-8 throughout.",
        "1 of 4 lines have no answer:",
        f"  1 without a text; first {where} 3",
    ]
    assert [bool(line) for line in done.stdout.decode().split("\n")[:-1]] == [True] * 2 + [
        *(False, True)
    ]


@pytest.mark.parametrize("encoding", ["latin-1", "gb18030"])
def test_lines_are_read_in_the_encoding_that_is_named(trained, tmp_path, encoding, capsys):
    text, path = "film caf\xe9\n\xe9t\xe9 good\n", tmp_path / "texts.txt"
    answers = []
    for name in ("utf-8", encoding):
        path.write_bytes(text.encode(name))
        flags = [] if name == "utf-8" else ["--encoding", name]
        assert main(["predict", str(trained), str(path), *flags]) == 0
        said = capsys.readouterr()
        assert said.err == ""
        answers.append(said.out)
    assert answers[0] == answers[1]


def test_other_tables_are_read_too(trained, tmp_path, capsys):
    (tmp_path / "a.tsv").write_text("n\tt\n1\ta good film\n", encoding="utf-8")
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress("n;t\n1;a good film\n".encode("utf-16")))
    (tmp_path / "c.csv").write_bytes("n;t\n1;caf\xe9 good film\n".encode("latin-1"))
    flags = {"a.tsv": [], "b.csv.gz": ["--delimiter", ";"]}
    flags["c.csv"] = ["--delimiter", ";", "--encoding", "latin-1"]
    for name, more in flags.items():
        path = tmp_path / name
        assert main(["predict", str(trained), str(path), "--text-column", "t", *more]) == 0
        assert 0 < float(capsys.readouterr().out) < 1


def test_several_files_are_named_and_counted_apart(trained, tmp_path, capsys):
    for name, text in (("a.txt", "good\nbad"), ("b.txt", "film\n")):
        (tmp_path / name).write_text(text)
    files = [str(tmp_path / name) for name in ("a.txt", "b.txt")]
    assert main(["predict", str(trained), *files, "--format", "csv"]) == 0
    found = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(one["file"], one["row"]) for one in found] == [
        *((files[0], "1"), (files[0], "2"), (files[1], "1"))
    ]


@pytest.mark.parametrize("kind", FORMATS)
def test_every_form_has_a_line_for_every_answer(kind):
    classes = ("a,b", "c\td", '"e"') if kind != "number" else ("a,b", "c\td")
    answer = Answer("a,b", dict(zip(classes, (0.5, 0.25, 0.25), strict=False)))
    for one in (answer, Answer()):
        line = FORMATS[kind]({"row": 3}, one, classes)
        assert len(line.splitlines()) <= 1
        if kind == "csv":
            head, row = csv.reader(
                io.StringIO(header_of(kind, classes, several=False) + line, newline="")
            )
            assert len(head) == len(row) == 5
            assert head[2] == "probability of a,b"


def test_the_form_follows_the_flag_the_ending_and_the_classes(tmp_path):
    reviews, three = ("negative", "positive"), ("low", "middle", "high")
    assert format_for(None, None, reviews) == "number"
    assert format_for(None, None, ("positive", "negative")) == "text"
    assert format_for(None, None, three) == "text"
    assert format_for(None, tmp_path / "a.CSV", three) == "csv"
    assert format_for("text", tmp_path / "a.jsonl", reviews) == "text"
    with pytest.raises(FormatError, match=r"3 classes \(low, middle, high\). Take text"):
        format_for("number", None, three)


def test_a_file_of_answers_is_whole_or_not_there(trained, tmp_path, monkeypatch, capsys):
    texts, out = tmp_path / "t.txt", tmp_path / "answers.csv"
    texts.write_text("good\n\nbad\n")
    assert main(["predict", str(trained), str(texts), "--out", str(out)]) == 0
    assert capsys.readouterr().out == ""
    before = out.read_bytes()
    assert before.count(b"\n") == 4
    assert b"\r" not in before
    texts.write_bytes(b"good\n" * 3000 + b"t\0e\n")  # the fault is told after some answers
    (tmp_path / "rest.txt").write_bytes(b"\x1f\x8b")
    files = [str(texts), str(tmp_path / "rest.txt")]
    assert main(["predict", str(trained), *files, "--out", str(out)]) == 2
    assert "packed by gzip" in capsys.readouterr().err
    assert out.read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {"t.txt", "rest.txt", "answers.csv"}


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--text-column", "t"], "--text-column needs a file"),
        (["FILE", "--delimiter", ";"], "--delimiter is for tables"),
        (["--encoding", "utf-16"], "do not end with one byte as they do in UTF-8"),
        (["--encoding", "latin-11"], "The encoding 'latin-11' is unknown; expected a name such"),
        (["FILE", "--out", "FILE"], "is the file of the texts, which would be lost"),
        (["FILE", "--out", "FOLDER"], "is a folder. Name a file in it"),
        (
            ["FILE", "--text-column", "saids"],
            "has no column 'saids'; found in its first row 'id', 'says'. Did",
        ),
        (["FILE", "--text-column", "says", "--workers", "0"], "workers is 0; at least 1"),
        (["NOWHERE"], "There is no file at"),
        (["NOWHERE.csv", "--text-column", "t"], "no.csv. Mend its name"),
        (["FOLDER", "--text-column", "t"], "is a folder. Give a table"),
        (["FILE"], "is a table by its name"),
    ],
)
def test_what_makes_no_sense_is_a_sentence(trained, tmp_path, flags, said, capsys):
    path = tmp_path / "rows.csv"
    path.write_text("id,says\n1,good\n")
    before, places = path.read_bytes(), {"FILE": str(path), "FOLDER": str(tmp_path)}
    flags = [places.get(one, one.replace("NOWHERE", str(tmp_path / "no"))) for one in flags]
    assert main(["predict", str(trained), *flags]) == 2
    found = capsys.readouterr()
    assert said in found.err
    assert found.out == ""
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["rows.csv"]


def command(*arguments):
    return [sys.executable, "-m", "unrolled", "predict", *map(str, arguments)]


def hears_ctrl_c():
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_while_several_work_ends_cleanly(trained, tmp_path):
    texts, out = tmp_path / "t.txt", tmp_path / "out.csv"
    texts.write_text("a good film\n" * 2_000_000)
    process = subprocess.Popen(
        command(trained, texts, "--workers", "3", "--out", out),
        stderr=subprocess.PIPE,
        preexec_fn=hears_ctrl_c,
    )
    with process:
        draft = tmp_path / f"out.csv.draft{process.pid}"
        deadline = time.monotonic() + 120
        while not draft.exists() or draft.stat().st_size == 0:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 130
        assert process.stderr.read() == b"\nStopped.\n"
    assert [one.name for one in tmp_path.iterdir()] == ["t.txt"]


def test_a_bar_is_shown_where_it_is_seen_and_only_there(trained, tmp_path):
    texts, out = tmp_path / "t.txt", tmp_path / "out.csv"
    texts.write_text("a good film\n" * 50)
    terminal, end = pty.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    with subprocess.Popen(command(trained, texts, "--out", out), stderr=end) as process:
        os.close(end)
        shown = b""
        while True:
            try:
                piece = os.read(terminal, 4096)
            except OSError:  # the other end is closed
                break
            shown += piece
            if not piece:
                break
        assert process.wait(timeout=60) == 0
    os.close(terminal)
    assert b"50 texts" in shown
    done = subprocess.run(command(trained, texts, "--out", out), capture_output=True, timeout=120)
    assert (done.returncode, done.stderr, done.stdout) == (0, b"", b"")
