"""``python -m unrolled predict``: answers to texts, to lines of text, or to the rows of a table."""

from __future__ import annotations

import argparse
import os
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
from unrolled.sentiment.console import add_lines_flags, add_model, open_texts, say
from unrolled.sentiment.decoder import Decoder
from unrolled.sentiment.lines import PAUSED, Pause, lines_of
from unrolled.sentiment.page_model import PageModel, holds_page_model
from unrolled.sentiment.predictor import Predictor, load
from unrolled.sentiment.shipped import NAME, is_shipped, shipped_path

BEGIN = 'To begin with: python -m unrolled predict --text "Slow at first, then unforgettable."'
ABOUT = """\
Each text, each line, or each row of a table (--text-column), gets one answer, in the same order.
Where no word of a text is known to the model, it cannot say, and the answer is empty. Letters,
digits or an emoji make a word; HTML entities are decoded first.
"""
TEXT_CONTROLS = b"\t\n\f\r"
CARD = "python -m unrolled predict --card"
ENDS = "Ctrl-Z and Enter end" if os.name == "nt" else "Ctrl-D ends"
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
        "predict",
        help="answer a text, each line of texts, or each row of a table",
        usage="%(prog)s [MODEL [FILE ...]] [--text TEXT] [...]",
        description=BEGIN,
        epilog=ABOUT,
    )
    add_model(parser)
    parser.add_argument(
        "files",
        type=Path,
        nargs="*",
        metavar="FILE",
        help="of texts, one a line; standard input if left out",
    )
    parser.add_argument(
        "--text",
        action="append",
        metavar="TEXT",
        help="answer this text; once for each of several, instead of files",
    )
    parser.add_argument(
        "--card",
        action="store_true",
        help="show the card of the model that the package brings, and answer nothing: what it "
        "learnt from, how often it is right, what it must not be used for",
    )
    table = parser.add_argument_group("tables (.csv, .tsv, .jsonl, .parquet, also compressed)")
    table.add_argument("--text-column", metavar="NAME", help="the files are tables; read this one")
    table.add_argument("--delimiter", metavar="SIGN", help="default: comma, in .tsv tab")
    parser.add_argument(
        "--format",
        choices=tuple(FORMATS),
        help="number: the probability of the second class; text: label and its probability; csv, "
        "jsonl: row, label and the probability of each class (default: by the ending of --out; "
        "else text of what is typed, and of files and pipes number where the classes are negative "
        "and positive, text where they are others)",
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
    if options.card:
        _print_card(options.model)
        return
    decoder = Decoder(None if options.text_column else options.encoding)
    model = _load(options)
    asked = options.format
    if asked is None and options.out is None and (options.text or _is_typed(options)):
        asked = "text"
    kind = format_for(asked, options.out, model.classes)
    if is_shipped(options.model):
        say(f"Answers of the model that the package ships, {model.about}. Its card: {CARD}")
    if _is_typed(options):
        say(f"Type a text and press Enter; its answer comes below. {ENDS}.")
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
    thing = "text" if options.text else "row" if options.text_column else "line"
    _say_what_is_empty(counts, first, thing)


def _is_typed(options) -> bool:
    """Return whether the texts come from somebody at a terminal."""
    return not (options.files or options.text) and sys.stdin.isatty()


def _print_card(path: Path | None) -> None:
    """Print the card of a model in a file of the page; raise ``PredictError`` if it has none."""
    path = shipped_path() if is_shipped(path) else path
    if path.is_dir():
        raise PredictError(
            f"{path} is the folder of a training. Its card is written, with figures on its texts, "
            f"by: python -m unrolled evaluate {path} --card FILE.md"
        )
    if _exists(path) and not holds_page_model(path):
        raise PredictError(
            f"{path} tells nothing of how good it is, so there is no card of it. Write one of the "
            "folder of its training: python -m unrolled evaluate FOLDER --card FILE.md"
        )
    from unrolled.sentiment.page_card import card_of_file

    print(card_of_file(PageModel(path)), end="")


def _load(options) -> Predictor:
    """Return the model that is named; raise ``PredictError`` if what is named is none."""
    path = options.model
    if is_shipped(path):
        return load(workers=options.workers)
    if not _exists(path):
        raise PredictError(
            f"There is no file or folder at {path!s:.80}. Name the folder that --out named in "
            "`train`, or an exported file; or nothing, for the model that the package ships."
            + " If this is a text, write --text before it."
            * (" " in str(path))
        )
    if path.is_file() and _holds_text(path):
        raise PredictError(
            f"{path} stands where the model is named, and holds text. Name the model before it; "
            f"that of the package is `{NAME}`: python -m unrolled predict {NAME} {path}"
        )
    return load(path, workers=options.workers)


def _exists(path: Path) -> bool:
    """Return whether there is such a file or folder; a long text is none."""
    try:
        return path.exists()
    except OSError:  # the name is too long
        return False


def _holds_text(path: Path) -> bool:
    """Return whether a file begins as text does and no model: without control characters."""
    with path.open("rb") as file:
        begins = file.read(1000)
    return bool(begins) and all(byte >= 32 or byte in TEXT_CONTROLS for byte in begins)


def _check(options) -> None:
    """Raise ``PredictError`` if options do not go together."""
    if options.card:
        if options.files or options.text or options.out or options.text_column:
            raise PredictError(
                "--card shows the model's card, and answers nothing. Ask for the answers in a "
                "second command."
            )
        return
    if options.text and (options.files or options.text_column or options.encoding):
        other = "files" if options.files else "--text-column or --encoding, which are for files"
        raise PredictError(
            f"--text gives the text itself, and goes with no {other}. Take one of the two."
        )
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
    if options.text:
        for number, text in enumerate(options.text, 1):
            yield text, _place("", number, text)
        return
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
