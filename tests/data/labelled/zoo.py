"""A zoo of files that readers have: bad ones, and odd ones that can be read.

Each animal has its files, the settings it is read with, and parts of what the reader is told: in
the error where it is refused, else in the report.
"""

import bz2
import gzip
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

KINDS = ("no", "yes")
ROWS = [(f"the film number {k} is {('poor', 'fine')[k % 2]}", KINDS[k % 2]) for k in range(40)]
COLUMNS = {"text_column": "text", "label_column": "label"}


@dataclass(frozen=True)
class Animal:
    """Files by name (bytes, or a function that makes them, or None for an empty folder)."""

    files: Mapping[str, bytes | Callable[[], bytes] | None]
    told: tuple[str, ...]
    settings: Mapping[str, object] = field(default_factory=lambda: COLUMNS)
    data: str = ""  # the file or folder to read; left out: the first of files

    def put(self, folder: Path) -> Path:
        """Write the files into a folder and return what to read."""
        for name, content in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                path.mkdir(exist_ok=True)
            else:
                path.write_bytes(content() if callable(content) else content)
        return folder / (self.data or next(iter(self.files)))


def table(rows=ROWS, header=("text", "label"), mark=",", end="\r\n") -> str:
    """Return rows as CSV, none of whose fields needs quotes."""
    return "".join(mark.join(row) + end for row in [header, *rows])


def lines(*records) -> bytes:
    """Return JSON lines: the good rows, then others."""
    good = [{"text": text, "label": label} for text, label in ROWS]
    return "\n".join(r if isinstance(r, str) else json.dumps(r) for r in [*good, *records]).encode()


def zipped(**members) -> bytes:
    """Return a ZIP archive."""
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w") as packed:
        for name, content in members.items():
            packed.writestr(name.replace("__", "."), content)
    return box.getvalue()


def csv(content, *told, name="own.csv", **more) -> Animal:
    """Return an animal of one file; text is written in UTF-8."""
    content = content.encode() if isinstance(content, str) else content
    settings = {**COLUMNS, **more.pop("settings", {})}
    return Animal({name: content}, told, settings, **more)


def with_row(*line: str, end="\r\n") -> str:
    """Return the good rows as CSV with other lines in the middle, from row 22."""
    head = table(ROWS[:20])
    return head + "".join(one + end for one in line) + table(ROWS[20:]).split("\r\n", 1)[1]


def folder(*told, more=(), settings=()) -> Animal:
    """Return an animal of a folder with two classes of five texts, and more files."""
    files = {f"own/{c}/{k}.txt": f"{k} is {c}".encode() for c in KINDS for k in range(5)}
    return Animal(files | dict(more), told, dict(settings), data="own")


REFUSED = {
    "empty": csv(b"", "is empty", "expected rows with columns such as 'text', 'label'"),
    "only a mark and blank lines": csv(b"\xef\xbb\xbf\r\n\r\n", "is empty"),
    "header only": csv("text,label\r\n", "a header and no rows"),
    "missing column": csv(
        table(header=("body", "label")),
        "no column 'text'",
        "in its first row 'body', 'label'",
        "line with the names",
    ),
    "no header": csv(table()[12:], "found in its first row 'the film number 0 is poor', 'no'"),
    "column in another case": csv(table(header=("Text", "label")), "Did you mean 'Text'?"),
    "column with spaces": csv(table(header=(" text", "label")), "Did you mean ' text'?"),
    "semicolons": csv(
        table(mark=";"), "a semicolon stood between", "--delimiter \";\" (in Python delimiter=';')"
    ),
    "tabs in a .csv": csv(table(mark="\t"), "a tab stood between", '--delimiter "\\t"'),
    "Excel's line on marks": csv("sep=,\r\n" + table(), "Remove the first line (sep=...)"),
    "two marks": csv(table(), "The delimiter is ', '", settings={"delimiter": ", "}),
    "duplicate columns": csv(
        table([(t, c, t) for t, c in ROWS], ("text", "label", "text")),
        "row 1: the column 'text' stands there twice",
        "Rename or remove",
    ),
    "one column for two": csv(
        table(), "'text' was named for two purposes", settings={"label_column": "text"}
    ),
    "one class only": csv(
        table([(t, "yes") for t, _ in ROWS]), "one class, 'yes', in all 40 rows", "two or more"
    ),
    "a class with one row": csv(
        with_row("so so,maybe"),
        "column 'label': found the class 'maybe' once (row 22)",
        "expected it 3 times or more",
    ),
    "many rare classes": csv(
        with_row("so so,a", "oh oh,b", "um um,c"), "'a' once (row 22)", "So are 2 more of the 5"
    ),
    "labels with a space": csv(
        with_row("so so, yes"), "found ' yes' (once, first in row 22) beside 'yes' (20 times"
    ),
    "labels in two cases": csv(with_row("so so,YES"), "'YES' (once", "beside 'yes'"),
    "1 beside 1.0": csv(
        table([(t, ("1", "2", "1.0")[k % 3]) for k, (t, _) in enumerate(ROWS)]),
        "found '1' (14 times, first in row 2) beside '1.0' (13 times, first in row 4)",
    ),
    "True beside true": csv(
        table([(t, ("True", "False", "true")[k % 3]) for k, (t, _) in enumerate(ROWS)]),
        "'True' (14 times",
        "beside 'true'",
    ),
    "ids as labels": csv(
        table([(t, f"id{k}") for k, (t, _) in enumerate(ROWS)]),
        "40 different labels in 40 rows, such as 'id0' and 'id1'",
        "a few classes",
        "Name another label column",
    ),
    "text and label swapped": csv(
        table([(c, t) for t, c in ROWS]), "40 different labels", "2 different texts", "swapped"
    ),
    "text and numbers swapped": csv(
        table([(str(k % 2), t) for k, (t, _) in enumerate(ROWS)]),
        "40 of 40 rows (100%)",
        "number in the place of the text: 40 (rows 2, 3, 4, 5, 6 and 35 more)",
        "swapped",
    ),
    "many NaN": csv(
        with_row(*["nan,yes"] * 9),
        "9 of 49 rows (18%) cannot be used; expected at most 5%",
        "NaN in the place of the text: 9 (rows 22, 23, 24, 25, 26 and 4 more)",
        "--most-left-out 0.19",
    ),
    "many ragged rows": csv(
        with_row(*["oh, well,yes"] * 5),
        "too many fields: 5 (rows 22, 23, 24, 25, 26; in the first 3 instead of 2)",
        "quotation marks around each text",
    ),
    "quotes that do not close": csv(
        with_row('"oh,yes'),
        "row 22 (lines 22 to 42)",
        "begins with a quotation mark and does not end",
    ),
    "text after a quoted word": csv(with_row('"Oh" she said,yes'), "row 22 (line 22)", '""'),
    "UTF-16 without a mark": csv(
        table().encode("utf-16-le"), "byte 2: found a NUL", "--encoding utf-16-le"
    ),
    "JSON in UTF-16 without a mark": csv(
        lines().decode().encode("utf-16-be"), "UTF-16-BE without a mark", name="own.jsonl"
    ),
    "UTF-16 called Latin-1": csv(
        table().encode("utf-16"),
        "begins with the byte-order mark of utf-16, but the encoding 'latin-1' was named",
        settings={"encoding": "latin-1"},
    ),
    "Latin-1 not named": csv(
        with_row("schön,yes").encode("latin-1"),
        "line 22, byte 636: found 0xf6 after 'sch', which is no UTF-8 there",
        "--encoding cp1252",
    ),
    "two encodings in one file": csv(
        with_row("schön,yes").encode() + "très,no\r\n".encode("latin-1"),
        "line 43, byte ",
        "found 0xe8",
        "save it as UTF-8 throughout",
    ),
    "UTF-8 called Latin-1": csv(
        table([(t + " à la française, né à Sète".replace(",", ""), c) for t, c in ROWS]),
        "found UTF-8 throughout",
        "Leave the encoding out",
        settings={"encoding": "latin-1"},
    ),
    "Windows quotes called Latin-1": csv(
        with_row("so “good”,yes").encode("cp1252"),
        "line 22, byte ",
        "found 0x93, which is no letter in latin-1, but “ in Windows-1252",
        "--encoding cp1252",
        settings={"encoding": "latin-1"},
    ),
    "unknown encoding": csv(
        table(),
        "the encoding 'utf8mb4', which Python does not know",
        settings={"encoding": "utf8mb4"},
    ),
    "workbook called .csv": csv(
        zipped(**{"xl/workbook__xml": "<x/>"}), "begins as a workbook", "save the table as CSV"
    ),
    "workbook": csv(zipped(a="x"), "the ending .xlsx", "Save the table as CSV", name="own.xlsx"),
    "gzip called .csv": csv(gzip.compress(table().encode()), "packed by gzip", "end in .gz"),
    "CSV called .gz": csv(table(), "cannot be unpacked", "Not a gzipped", name="own.csv.gz"),
    "gzip cut off": csv(
        gzip.compress(table().encode())[:-40],
        "cannot be unpacked",
        "Copy or download it again",
        name="own.csv.gz",
    ),
    "bzip2 cut off": csv(
        bz2.compress(table().encode())[:-40], "cannot be unpacked", name="own.csv.bz2"
    ),
    "zstd": csv(b"(\xb5/\xfdx", "not read here (.zst)", "Unpack it", name="own.csv.zst"),
    "ZIP of two files": csv(
        zipped(a__csv=table(), b__csv=table()),
        "holds 2 files ('a.csv', 'b.csv'); expected one",
        name="own.zip",
    ),
    "no known ending": csv(table(), "found the ending .dat", ".csv, .tsv, .jsonl", name="own.dat"),
    "plain text": csv(table(), "the ending .txt", "in .csv or .tsv", name="own.txt"),
    "array of JSON": csv(
        json.dumps([{"text": text, "label": label} for text, label in ROWS], indent=1),
        "line 1: found '['",
        "one object on each line",
        name="own.jsonl",
    ),
    "JSON over several lines": csv(
        "\n".join(json.dumps({"text": t, "label": c}, indent=1) for t, c in ROWS),
        "160 of 160 rows (100%)",
        "no JSON object on the line",
        'Write each object on one line, such as {"text"',
        name="own.jsonl",
    ),
    ".json": csv(lines(), "found the ending .json", "end in .jsonl", name="own.json"),
    "key of another name": csv(
        lines().replace(b'"text"', b'"Text"'), "found in its records", "'Text'?", name="own.jsonl"
    ),
    "records without a key": csv(
        lines(*[{"text": "so so"}] * 4), "Why: the key 'label' is missing: 4", name="own.jsonl"
    ),
    "folder as a file": Animal(
        {"own.csv/a.csv": table().encode()}, ("is a folder",), data="own.csv"
    ),
    "no such file": Animal(
        {"own.csv": table().encode()}, ("is not there", "Did you mean 'own.csv'?"), data="own.tsv"
    ),
    "no such folder": Animal({}, ("nor is the folder",), data="none/own.tsv"),
    "no column named": Animal(
        {"own.csv": table().encode()},
        ("for the text; expected one of 'text', 'label'", "--text-column NAME"),
        {},
    ),
    "folder without subfolders": Animal(
        {"own/1.txt": b"fine", "own/2.txt": b"poor"},
        ("is a folder without subfolders", "pos/1.txt and neg/1.txt"),
        {},
        data="own",
    ),
    "empty subfolder": folder("nothing in the subfolder 'maybe'", more={"own/maybe": None}),
    "folders of parts": Animal(
        {f"own/{p}/{c}/1.txt": b"x" for p in ("train", "test") for c in KINDS},
        ("found only folders in the subfolder 'test'", "train --test-data "),
        {},
        data="own",
    ),
    "folder of pages": Animal(
        {f"own/{c}/{k}.html": b"x y" for c in KINDS for k in range(4)},
        ("8 of 8 rows (100%)", "not a .txt file: 8 (no/0.html, no/1.html", "as .txt"),
        {},
        data="own",
    ),
    "a file of a folder in Latin-1": folder(
        "9.txt, line 1, byte 4: found 0xf6 after 'sch'",
        more={"own/no/9.txt": "schön".encode("latin-1")},
    ),
    "a given test class that nothing taught": csv(
        table(
            [(t, c, ("train", "dev")[k % 2]) for k, (t, c) in enumerate(ROWS)],
            ("text", "label", "split"),
        ),
        "no text of the class 'yes' in the part 'train'",
        settings={"split_column": "split"},
    ),
    "a part of an unknown name": csv(
        table(
            [(t, c, ("train", "Test")[k > 29]) for k, (t, c) in enumerate(ROWS)],
            ("text", "label", "split"),
        ),
        "row 32, split column: found 'Test'; expected 'train'",
        settings={"split_column": "split"},
    ),
}

TOLD = {
    "good": csv(table(), "40 rows, 40 kept, 0 left out", "2 classes: 'no' 20, 'yes' 20"),
    "BOM": csv(table().encode("utf-8-sig"), "40 kept"),
    "UTF-16": csv(table().encode("utf-16"), "40 kept"),
    "LF": csv(table(end="\n"), "40 kept"),
    "CR": csv(table(end="\r"), "40 kept"),
    "blank lines": csv(with_row("", ""), "40 rows, 40 kept, 0 left out"),
    "quoted newlines": csv(with_row('"oh\nno,\r\n""never""",no'), "41 kept, 0 left out"),
    "tabs, named": csv(table(mark="\t"), "40 kept", settings={"delimiter": "\\t"}),
    "Latin-1, named": csv(
        with_row("schön,yes").encode("latin-1"), "41 kept", settings={"encoding": "latin-1"}
    ),
    "1 and 2": csv(
        table([(t, "12"[k % 2]) for k, (t, _) in enumerate(ROWS)]), "classes: '1' 20, '2' 20"
    ),
    "True and False": csv(
        table([(t, str(k % 2 > 0)) for k, (t, _) in enumerate(ROWS)]), "'False' 20, 'True' 20"
    ),
    "labels with decimals": csv(
        table([(t, ("1", "2.5", "10")[k % 3]) for k, (t, _) in enumerate(ROWS)]),
        "3 classes: '1' 14, '2.5' 13, '10' 13",
        "numbers with decimals, such as '2.5'",
    ),
    "the label in the text": csv(
        table([(f"{t} [{c}]", c) for t, c in ROWS]),
        "The label may stand in the text: 'no' is in 20 of its 20 texts and in 0 of the 20 others",
    ),
    "one number": csv(with_row("12,yes"), "left out, number in the place of the text: 1 (row 22)"),
    "one NaN": csv(with_row("NaN,yes"), "left out, NaN in the place of the text: 1 (row 22)"),
    "one label missing": csv(with_row("so so,"), "left out, missing label: 1 (row 22)"),
    "one empty text": csv(with_row('" ",yes'), "left out, empty text: 1 (row 22)"),
    "one NUL": csv(with_row("a\0b,yes"), "left out, NUL character in the text: 1 (row 22)"),
    "one ragged row": csv(with_row("oh, so,no"), "left out, too many fields: 1 (row 22)"),
    "copies": csv(
        with_row(",".join(ROWS[0]), ROWS[0][0] + ",yes"),
        "left out, duplicate: 1 (row 22)",
        "kept, same text with different labels: 2 (rows 2, 23)",
    ),
    "a quotation mark that joined rows": csv(
        with_row('"' + "\r\n".join(f"joined text {k},yes" for k in range(2000)) + '",no'),
        "The text in row 22 has 42,888 characters, 1,649 times",
        "quotation mark has joined several rows",
    ),
    "a line of 50 MB": Animal(
        {"own.csv": lambda: with_row("word " * 10_000_000 + ",yes").encode()},
        ("41 kept", "10,000,000, half of them 6 to 6", "50,000,000 characters"),
    ),
    "nested values": csv(
        lines({"text": {"en": "x"}, "label": "no"}, {"text": ["x"], "label": "yes"}),
        "left out, object in the place of the text: 1 (row 41)",
        "left out, list in the place of the text: 1 (row 42)",
        name="own.jsonl",
    ),
    "a record without a key": csv(
        lines({"text": "so so"}),
        "left out, the key 'label' is missing: 1 (row 41)",
        name="own.jsonl",
    ),
    "a line that is no JSON": csv(
        lines("text: so"), "left out, no JSON object on the line: 1 (row 41)", name="own.jsonl"
    ),
    "letters lost before": csv(
        with_row("sch\ufffdn,yes"), "1 text has the mark \ufffd", "lost letters (row 22)"
    ),
    "gzip": csv(gzip.compress(table().encode()), "40 kept", name="own.csv.gz"),
    "ZIP": csv(zipped(inner__csv=table()), "40 kept", name="own.zip"),
    "folder": folder("10 rows, 10 kept"),
    "folder with other files": folder(
        "left out, not a .txt file: 1 (no/notes.html)",
        "left out, a text in no subfolder: 1 (README.txt)",
        more={"own/no/notes.html": b"x", "own/README.txt": b"x", "own/no/.hidden": b"x"},
        settings={"most_left_out": 0.2},
    ),
}
