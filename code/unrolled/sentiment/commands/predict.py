"""``python -m unrolled predict``: answers to lines of text, or to the rows of a table."""

from __future__ import annotations

import argparse
import sys
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TextIO

from tqdm import tqdm

from unrolled.data.labelled.files import KINDS, read_rows
from unrolled.data.labelled.rows import Number
from unrolled.files import whole
from unrolled.sentiment.commands.formats import FORMATS, format_for, header_of
from unrolled.sentiment.console import add_lines_flags, open_texts, say
from unrolled.sentiment.decoder import Decoder
from unrolled.sentiment.lines import PAUSED, Pause, lines_of
from unrolled.sentiment.predictor import load

ABOUT = """\
Each line, or each row of a table (--text-column), gets one answer, in the same order. Where no word
of a text is known to the model, it cannot say, and the answer is empty. Letters, digits or an emoji
make a word; HTML entities are decoded first.
"""
#: Why a text has no answer, as it is told.
BAD, EMPTY, UNKNOWN = "not read", "without a text", "without a word that the model knows"


class PredictError(ValueError):
    """What is asked for makes no sense together; the message says what to do."""


class Place(NamedTuple):
    """Where a text stands, the file, its row or line from 1; and why it has no answer, if so."""

    file: str
    row: int
    fault: str = ""  # BAD or EMPTY
    reason: str = ""  # of a bad one

    def told(self, thing: str) -> str:
        """Return the place of a "row" or a "line" in words."""
        where = f"{self.file}, {thing} {self.row}" if self.file else f"{thing} {self.row}"
        return f"{where}: {self.reason}" if self.reason else where


def add_parser(commands) -> None:
    """Add the parser of ``predict`` to those of the commands."""
    parser = commands.add_parser(
        "predict", help="answer each line of text, or each row of a table", epilog=ABOUT
    )
    parser.add_argument("model", type=Path, help="the folder of its training, or an exported file")
    parser.add_argument(
        "files",
        type=Path,
        nargs="*",
        metavar="FILE",
        help="of texts, one a line; standard input if left out",
    )
    table = parser.add_argument_group("tables (.csv, .tsv, .jsonl, .parquet, also compressed)")
    table.add_argument("--text-column", metavar="NAME", help="the files are tables; read this one")
    table.add_argument("--delimiter", metavar="SIGN", help="default: comma, in .tsv tab")
    parser.add_argument(
        "--format",
        choices=tuple(FORMATS),
        help="number: the probability of the second class; text: label and its probability; csv, "
        "jsonl: row, label and the probability of each class (default: by the ending of --out; "
        "else number where the classes are negative and positive, text where they are others)",
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the answers there, whole")
    parser.add_argument(
        "--workers",
        type=int,
        metavar="N",
        help="threads that answer; it changes no answer (default: one for each core)",
    )
    add_lines_flags(parser)


def run(options: argparse.Namespace) -> None:
    """Answer what the options of ``predict`` name.

    Raises
    ------
    PredictError
        If the options do not go together.
    """
    _check(options)
    decoder = Decoder(None if options.text_column else options.encoding)
    model = load(options.model, workers=options.workers)
    kind = format_for(options.format, options.out, model.classes)
    places: deque[Place] = deque()
    texts = _kept(_texts(options, decoder), places)
    counts: Counter[str] = Counter()
    first: dict[str, Place] = {}
    with _open_out(options.out) as out:
        several = len(options.files) > 1
        out.write(header_of(kind, model.classes, several=several))
        for found in _with_bar(model.answers(texts, many=options.lines), options.out):
            place = places.popleft()
            fault = place.fault or (UNKNOWN if found is None else "")
            counts[fault] += 1
            first.setdefault(fault, place)
            where = {"file": place.file} if several else {}
            told = FORMATS[kind](where | {"row": place.row}, model.answer_of(found), model.classes)
            print(told, file=out, flush=options.out is None)
    if decoder.unfit:
        say(decoder.told())
    _say_what_is_empty(counts, first, "row" if options.text_column else "line")


def _check(options) -> None:
    """Raise ``PredictError`` if options do not go together."""
    if options.text_column is None:
        if options.delimiter:
            raise PredictError(
                "--delimiter is for tables, and without --text-column the files are lines of "
                "text. Name the column of the texts, or leave it out."
            )
    elif not options.files:
        raise PredictError(
            "--text-column needs a file: a table is read whole, and not from the standard input. "
            "Name the file."
        )
    for file in options.files if options.text_column is not None else ():
        if not file.is_file():
            said = f"{file} is a folder. Give a table." if file.is_dir() else ""
            raise PredictError(said or f"There is no file at {file}. Mend its name.")
    if options.out is not None:
        for file in options.files:
            if options.out.exists() and file.exists() and options.out.samefile(file):
                raise PredictError(
                    f"--out {options.out} is the file of the texts, which would be lost. Take "
                    "another name."
                )
        if options.out.is_dir():
            raise PredictError(f"--out {options.out} is a folder. Name a file in it.")
    for file in options.files if options.text_column is None else ():
        if file.suffix.lower() in KINDS:
            raise PredictError(
                f"{file} is a table by its name, and without --text-column each line would be "
                "answered whole, its label included. Name the column of the texts; if its lines "
                "are texts, let its name end in .txt."
            )


def _texts(options, decoder: Decoder) -> Iterator[tuple[str | Pause, Place | None]]:
    """Yield each text, or a pause, and where it stands."""
    for path in options.files or [None]:
        name = "" if path is None else str(path)
        if options.text_column is None:
            with open_texts(path) as file:
                row = 0
                for line in lines_of(file, decoder, name):
                    row += line is not PAUSED
                    yield line, None if line is PAUSED else _place(name, row, line)
            continue
        told = {"encoding": options.encoding, "delimiter": options.delimiter}
        for row in read_rows(path, [options.text_column], **told):
            value = row.values[0] if row.values else None
            reason = f"{row.reason} ({row.detail})" if row.detail else row.reason
            place = _place(name, row.number, value, reason)
            yield ("" if place.fault else value), place


def _place(file: str, row: int, value, reason: str = "") -> Place:
    """Return where a value stands, and why it is no text if it is none."""
    no_text = isinstance(value, Number) or not isinstance(value, str | None)
    if no_text and not reason:
        reason = f"{str(value)!r:.40} in the place of the text"
    if reason:
        return Place(file, row, BAD, reason)
    return Place(file, row, "" if value and value.strip() else EMPTY)


def _kept(texts, places: deque[Place]) -> Iterator[str | Pause]:
    """Yield the texts alone, and put where each stands into a queue."""
    for text, place in texts:
        if place is not None:
            places.append(place)
        yield text


@contextmanager
def _open_out(path: Path | None) -> Iterator[TextIO]:
    """Give the standard output, or a file that appears whole or not at all."""
    if path is None:
        yield sys.stdout
        return
    with whole(path) as draft, draft.open("w", encoding="utf-8", newline="\n") as file:
        yield file


def _with_bar(answers: Iterable, out: Path | None) -> Iterable:
    """Return the answers with a bar, where it is seen and stands in nothing's way."""
    hidden = not sys.stderr.isatty() or (out is None and sys.stdout.isatty())
    return tqdm(answers, unit=" texts", disable=hidden)


def _say_what_is_empty(counts: Counter[str], first: dict[str, Place], thing: str) -> None:
    """Say how many texts got no answer, and for each reason how many and which is the first."""
    total = sum(counts.values())
    if total == counts[""]:
        return
    say(f"{total - counts['']} of {total} {thing}s have no answer:")
    for fault in (BAD, EMPTY, UNKNOWN):
        if counts[fault]:
            say(f"  {counts[fault]} {fault}; first {first[fault].told(thing)}")
