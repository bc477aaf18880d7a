"""Texts of one's own: a reader's file, read, told and split as the settings say."""

from __future__ import annotations

import html
import sys
from dataclasses import replace
from pathlib import Path

from unrolled.data.labelled.parts import read_labelled_parts
from unrolled.data.labelled.reading import read_labelled
from unrolled.data.labelled.rows import LabelledError
from unrolled.data.labelled.split import Parts, split
from unrolled.data.labelled.texts import LabelledTexts
from unrolled.sentiment.decoder import Decoder
from unrolled.sentiment.lines import lines_of
from unrolled.sentiment.source import NAMED, Source


def load_own(source: Source) -> Parts:
    """Return the labelled texts of a file or folder in three parts; HTML entities are decoded.

    Raises
    ------
    LabelledError
        If it cannot be used: the message says where, what was found and what to do.
    """
    path = Path(source.data)
    if not path.exists() and not path.suffix and path.name == source.data:
        raise LabelledError(
            f"There is no file or folder {source.data}, and no reviews of that name "
            f"({', '.join(NAMED)}). Mend the name."
        )
    columns = {
        "text_column": source.text_column or None,
        "label_column": source.label_column or None,
        "group_column": source.group_column or None,
        "encoding": source.encoding or None,
        "delimiter": source.delimiter or None,
        "quotes": source.quotes,
        "most_left_out": source.most_left_out,
    }
    drawn = {"seed": source.split_seed, "order": source.split_order}
    if source.valid_data or source.test_data:
        files = (source.data, source.valid_data or None, source.test_data or None)
        parts = read_labelled_parts(*files, **columns, **drawn)
    else:
        split_column = source.split_column or None
        parts = split(read_labelled(source.data, **columns, split_column=split_column), **drawn)
    return Parts(*map(_decoded, parts), parts.report)


def _decoded(part: LabelledTexts) -> LabelledTexts:
    return replace(part, texts=tuple(map(html.unescape, part.texts)))


def read_unlabelled(path: str | Path) -> list[str]:
    """Return the texts of a file, one a line; empty lines are left out.

    Raises
    ------
    LabelledError
        If there is no such file, or nothing in it.
    ValueError
        If it holds no lines of text.
    """
    path = Path(path)
    if not path.is_file():
        raise LabelledError(f"There is no file of unlabelled texts at {path}. Mend its name.")
    decoder = Decoder()
    with path.open("rb") as file:
        lines = lines_of(file, decoder, str(path))
        texts = [html.unescape(line) for line in lines if line.strip()]
    if decoder.unfit:
        print(decoder.told(utf8_only=True), file=sys.stderr, flush=True)
    if not texts:
        raise LabelledError(f"{path} holds no text; expected unlabelled texts, one a line.")
    return texts
