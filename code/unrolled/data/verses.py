"""Spanish and English verses side by side, out of two Debian packages of SWORD texts.

``apt-get install sword-text-web sword-text-sparv`` brings the World English Bible and the Reina
Valera of 1909, both in the public domain as their packages say. Of them only the eight verses that
a record shows are part of this repository. The format (zText: an index of verses, an index of
blocks, the blocks themselves compressed) is read here; verses are found by the chapter marks of
their OSIS text, so no table of any Bible's chapters is needed.
"""

from __future__ import annotations

import html
import os
import re
import struct
import unicodedata
import zlib
from dataclasses import dataclass
from pathlib import Path

from unrolled.data.reviews import DataError

ENVIRONMENT = "UNROLLED_SWORD"  # names another folder than Debian's
FOLDER = "/usr/share/sword"
SPANISH, ENGLISH = "spaRV1909eb", "engWEB2015eb"
COMMAND = "apt-get install sword-text-web sword-text-sparv"
#: Of their verses of at most 20 tokens no pair stands in another book, too, and one English side
#: does (John 12:8, Matthew 26:11).
BOOKS = {"test": ("John", "Judg"), "valid": ("Acts", "Ruth")}


@dataclass(frozen=True)
class Verses:
    """Verses in two languages, as lists of tokens.

    Parameters
    ----------
    places : tuple of str
        Such as ``John.1.1``.
    spanish, english : tuple of tuple of str
    """

    places: tuple[str, ...]
    spanish: tuple[tuple[str, ...], ...]
    english: tuple[tuple[str, ...], ...]

    def __len__(self):
        """Return the number of verses."""
        return len(self.places)


def sword_folder() -> Path:
    """Return where SWORD's texts are: $UNROLLED_SWORD, or Debian's folder."""
    return Path(os.environ.get(ENVIRONMENT, FOLDER))


def read_module(name: str, folder: Path | None = None) -> dict[str, str]:
    """Return the marked-up text of each verse of a zText module, by place (``Gen.1.1``).

    Raises
    ------
    DataError
        If a file of the module is missing or is not what the format says.
    """
    base = (sword_folder() if folder is None else folder) / "modules" / "texts" / "ztext" / name
    found: dict[str, str] = {}
    for testament in ("ot", "nt"):
        found |= _by_place(_entries(base / testament))
    return found


def _entries(stem: Path) -> list[str]:
    """Return all entries of a testament in order, headings and empty ones too."""
    try:
        blocks, verses, packed = (
            stem.with_suffix(suffix).read_bytes() for suffix in (".bzs", ".bzv", ".bzz")
        )
    except OSError as error:
        raise DataError(
            f"{stem}.bz* cannot be read ({error.strerror}). Install the texts with: {COMMAND}; or "
            f"name the folder that holds `modules` in ${ENVIRONMENT}."
        ) from error
    try:
        texts = [
            zlib.decompress(packed[start : start + size])
            for start, size, _ in struct.iter_unpack("<III", blocks)
        ]
        return [
            texts[block][start : start + size].decode("utf-8") if size else ""
            for block, start, size in struct.iter_unpack("<IIH", verses)
        ]
    except (struct.error, zlib.error, IndexError, UnicodeDecodeError) as error:
        raise DataError(f"{stem}.bz* are no zText files ({error}). Again: {COMMAND}") from error


def _by_place(entries: list[str]) -> dict[str, str]:
    """Return verses by place: those after a chapter's mark are its verses 1, 2, ..."""
    found, chapter, verse = {}, None, 0
    for entry in entries:
        mark = re.search(r'<chapter [^>]*osisID="([\w.]+)"[^>]*sID=', entry)
        if mark:
            chapter, verse = mark[1], 0
        elif re.search(r'<div [^>]*\bsID=[^>]*type="book"', entry):
            chapter = None
        elif chapter is not None:
            verse += 1
            if entry:
                found[f"{chapter}.{verse}"] = entry
    return found


def plain_text(marked: str) -> str:
    """Return a verse without its marks; notes and titles go with all that they hold.

    A note leaves a space, for it may stand between two words with none.
    """
    text = re.sub(r"<(note|title)\b[^>]*>.*?</\1>", " ", marked, flags=re.DOTALL)
    text = re.sub(r"<(?!/?w\b|/?transChange\b)[^>]*>", " ", text)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", text)).split())


def tokens_of(text: str) -> tuple[str, ...]:
    """Return small words and punctuation; quotation marks, which one side lacks, are left out."""
    text = unicodedata.normalize("NFC", text).lower().replace("’", "'")
    text = re.sub(r"[“”‘«»\"¶]|(?<!\w)'|'(?!\w)", " ", text)
    return tuple(re.findall(r"\w+(?:'\w+)*|[^\w\s]", text))


def pair_up(spanish: dict[str, str], english: dict[str, str], longest: int) -> Verses:
    """Return the verses that both have, of at most `longest` tokens on either side."""
    rows = []
    for place in spanish:
        if place in english:
            pair = [tokens_of(plain_text(side[place])) for side in (spanish, english)]
            if all(1 <= len(tokens) <= longest for tokens in pair):
                rows.append((place, *pair))
    return Verses(*map(tuple, zip(*rows, strict=True))) if rows else Verses((), (), ())


def load_verses(longest: int, folder: Path | None = None) -> dict[str, Verses]:
    """Return "train", "valid" and "test": a book stands on one side as a whole.

    Parameters
    ----------
    longest : int
        Tokens of a verse at most, in both languages.
    folder : Path, optional
        As `sword_folder` says, if None.

    Raises
    ------
    DataError
        If a text is missing or broken.
    """
    spanish, english = (read_module(name, folder) for name in (SPANISH, ENGLISH))
    part_of = {book: part for part, books in BOOKS.items() for book in books}
    sides: dict[str, dict[str, str]] = {"train": {}, "valid": {}, "test": {}}
    for place, verse in spanish.items():
        sides[part_of.get(place.split(".")[0], "train")][place] = verse
    return {part: pair_up(verses, english, longest) for part, verses in sides.items()}
