"""Short sentences about films, as a visitor types them: both labels have the same words.

They were written for this course and copied from nowhere; their licence is that of the course's
text, CC BY 4.0. No network may learn from them, and settings are chosen on the part "dev" only.

Sentences come in pairs, one that praises and one that blames. In 94 of 150 pairs both have the same
words in another order: "Clumsy at first, then unforgettable." and "Unforgettable at first, then
clumsy." In the others a word is changed, and a second pair, the mirror, makes the same change the
other way round: "Everybody in town should see this." beats "Nobody in town should see this.", but
"Everybody in our row fell asleep." loses to "Nobody in our row fell asleep." So what adds up one
number a word, whatever the numbers are, gives both labels of a kind the same scores on average.

The log-count ratios of the words of the training reviews get 0.525 of plain sentences and of
negations, 0.50 of each other kind. A logistic regression that learns from all other test sentences,
less a pair and its mirror, gets 0.50 of words, and 0.51 of words and pairs of neighbours.

The kinds are "plain" (one statement, which is not to say that a bag of words knows it), "turn" (one
half of the sentence takes back the other), "thanks" (gratitude or relief, meant or mocking),
"irony", "understatement" and "negation".
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from unrolled.data.reviews import REVIEW_CLASSES, DataError

SENTENCE_PARTS = ("test", "dev")
SENTENCE_KINDS = ("plain", "turn", "thanks", "irony", "understatement", "negation")
COLUMNS = ["part", "kind", "pair", "label", "text"]
MEND = "The file comes with the package: install unrolled again, or write the record as expected."


@dataclass(frozen=True)
class ShortSentence:
    """One sentence about a film, and whether it praises.

    Parameters
    ----------
    text : str
        3 to 21 words.
    label : int
        0 negative, 1 positive.
    kind : str
        One of `SENTENCE_KINDS`.
    pair : str
        A name that two sentences share, one of each label. Where a second pair mirrors the first,
        their names end in "a" and "b".
    part : str
        One of `SENTENCE_PARTS`.
    """

    text: str
    label: int
    kind: str
    pair: str
    part: str

    @property
    def group(self) -> str:
        """Return what a pair and its mirror share: both labels hold the same words in a group."""
        return self.pair.rstrip("ab")


def load_short_sentences(
    part: str = "test", *, path: str | Path | None = None
) -> list[ShortSentence]:
    """Return the sentences of one part: 240 to test on, or 60 to choose settings with.

    Parameters
    ----------
    part : {"test", "dev"}
    path : str or pathlib.Path, optional
        Read another CSV file in UTF-8 with the columns part, kind, pair, label and text.

    Raises
    ------
    unrolled.data.reviews.DataError
        If the file is missing or damaged.
    ValueError
        If `part` is neither of the two.
    """
    if part not in SENTENCE_PARTS:
        raise ValueError(f"part is {part!r}; choose 'test' or 'dev'.")
    if path is None:
        path = Path(str(resources.files("unrolled.data") / "short_sentences.csv"))
    sentences = [_checked(where, record) for where, record in _records(Path(path))]
    chosen = [sentence for sentence in sentences if sentence.part == part]
    if not chosen:
        raise DataError(f"{path} holds no sentence of the part {part!r}; expected some. {MEND}")
    _check_pairs(chosen, path)
    return chosen


def _records(file: Path) -> list[tuple[str, dict[str, str]]]:
    """Return for each record where it stands and its fields."""
    if not file.is_file():
        raise DataError(f"{file}, the file of short sentences, is not there. {MEND}")
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            reader = csv.DictReader(lines, strict=True)
            records = [(f"Line {reader.line_num} of {file}", record) for record in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{file} cannot be read as CSV in UTF-8 ({error}). {MEND}") from error
    if reader.fieldnames != COLUMNS:
        raise DataError(f"{file} has the columns {reader.fieldnames}; expected {COLUMNS}. {MEND}")
    return records


def _checked(where: str, record: dict[str, str]) -> ShortSentence:
    """Return one record as a sentence, or raise `DataError`."""
    if None in record or None in record.values():
        raise DataError(f"{where} does not have {len(COLUMNS)} fields. {MEND}")
    choices = {"part": SENTENCE_PARTS, "kind": SENTENCE_KINDS, "label": REVIEW_CLASSES}
    for column, known in choices.items():
        if record[column] not in known:
            raise DataError(
                f"{where} has the {column} {record[column]!r}; expected {known}. {MEND}"
            )
    if not record["text"].strip() or not record["pair"].strip():
        raise DataError(f"{where} has an empty text, or no name of its pair. {MEND}")
    return ShortSentence(**{**record, "label": REVIEW_CLASSES.index(record["label"])})


def _check_pairs(sentences: list[ShortSentence], path: str | Path) -> None:
    """Raise `DataError` unless each pair has one sentence of each label."""
    labels: dict[str, list[int]] = {}
    for sentence in sentences:
        labels.setdefault(sentence.pair, []).append(sentence.label)
    for pair, found in labels.items():
        if sorted(found) != [0, 1]:
            names = [REVIEW_CLASSES[label] for label in found]
            raise DataError(
                f"The pair {pair} of {path} has the labels {names}; expected one of each. {MEND}"
            )
