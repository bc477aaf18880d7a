"""How answers are written: a number, words, CSV or JSON lines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from unrolled.data.reviews import REVIEW_CLASSES
from unrolled.sentiment.predictor import Answer

DIGITS = 6  # of a probability in CSV and JSON


class FormatError(ValueError):
    """A form of answers does not suit the model; the message says what to do."""


def as_number(_: dict, answer: Answer, classes: Sequence[str]) -> str:
    """Return the probability of the second class, or nothing."""
    return "" if answer.label is None else f"{answer.probabilities[classes[1]]:.4f}"


def as_text(_: dict, answer: Answer, classes: Sequence[str]) -> str:
    """Return the label, a tab and its probability, or nothing."""
    if answer.label is None:
        return ""
    return f"{' '.join(answer.label.split())}\t{answer.probabilities[answer.label]:.4f}"


def as_csv(where: dict, answer: Answer, classes: Sequence[str]) -> str:
    """Return where the text stands, the label and each probability as a row of a table."""
    numbers = answer.probabilities or dict.fromkeys(classes)
    told = ["" if numbers[name] is None else f"{numbers[name]:.{DIGITS}f}" for name in classes]
    return _row([*where.values(), answer.label or "", *told])


def as_jsonl(where: dict, answer: Answer, classes: Sequence[str]) -> str:
    """Return where the text stands, the label and each probability as an object of JSON."""
    return json.dumps(where | json_of(answer), ensure_ascii=False)


def json_of(answer: Answer) -> dict:
    """Return label and probabilities as JSON has them; both are null where there is none."""
    numbers = answer.probabilities
    if numbers is not None:
        numbers = {name: round(number, DIGITS) for name, number in numbers.items()}
    return {"label": answer.label, "probabilities": numbers}


FORMATS: dict[str, Callable[[dict, Answer, Sequence[str]], str]] = {
    "number": as_number,
    "text": as_text,
    "csv": as_csv,
    "jsonl": as_jsonl,
}


def header_of(kind: str, classes: Sequence[str], *, several: bool) -> str:
    """Return the line that stands first, with its end; of CSV only. `several` files are named."""
    if kind != "csv":
        return ""
    names = [f"probability of {name}" for name in classes]
    return _row([*(["file"] if several else []), "row", "label", *names]) + "\n"


def format_for(asked: str | None, out: Path | None, classes: Sequence[str]) -> str:
    """Return the form of the answers: the one asked for, else by the file's ending or the classes.

    Raises
    ------
    FormatError
        If one number is asked of three classes or more.
    """
    if asked == "number" and len(classes) > 2:
        raise FormatError(
            f"--format number gives one probability, and this model has {len(classes)} classes "
            f"({', '.join(classes)}). Take text, csv or jsonl."
        )
    ending = "" if out is None else out.suffix.lower().removeprefix(".")
    if asked or ending in ("csv", "jsonl"):
        return asked or ending
    return "number" if tuple(classes) == REVIEW_CLASSES else "text"


def _row(fields: Sequence) -> str:
    """Return a row of CSV without its end."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="").writerow(fields)
    return text.getvalue()
