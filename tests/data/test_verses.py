"""Verses out of SWORD's files: a small archive is written as the format says, and read back."""

import struct
import zlib

import pytest

from unrolled.data.reviews import DataError
from unrolled.data.verses import (
    ENGLISH,
    SPANISH,
    load_verses,
    pair_up,
    plain_text,
    read_module,
    sword_folder,
    tokens_of,
)

MARK = '<div sID="gen1" type="x-p"/><chapter n="{0}" osisID="{1}.{0}" sID="{1}.{0}"/>'
BOOK = '<div canonical="true" osisID="{0}" sID="gen9" type="book"/> <title>{0}</title>'
CLOSED = '<chapter eID="x.1"/> <div canonical="true" eID="gen9" osisID="{0}" type="book"/>'


def book(name, *chapters):
    """Return a book's entries: its heading, and each chapter's mark and verses."""
    entries = [BOOK.format(name)]
    for number, verses in enumerate(chapters, start=1):
        entries += [MARK.format(number, name), *verses]
    entries[-1] += CLOSED.format(name)
    return entries


def write_testament(stem, books):
    """Write one testament: a block for the head and one for each book."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    blocks, index, packed, verses = [b"<milestone/>"], b"", b"", b""
    verses += struct.pack("<IIH", 0, 0, 0) + struct.pack("<IIH", 0, 0, len(blocks[0]))
    for number, entries in enumerate(books, start=1):
        text = b""
        for entry in entries:
            data = entry.encode("utf-8")
            verses += struct.pack("<IIH", number, len(text), len(data))
            text += data
        blocks.append(text)
    for block in blocks:
        small = zlib.compress(block)
        index += struct.pack("<III", len(packed), len(small), len(block))
        packed += small
    for suffix, data in ((".bzs", index), (".bzv", verses), (".bzz", packed)):
        stem.with_suffix(suffix).write_bytes(data)


def write_archive(folder):
    """Write a Spanish and an English module of five books."""
    base = folder / "modules" / "texts" / "ztext"
    es = {
        "ot": [
            book("Gen", ["<w>EN el principio</w> <w>crió</w> <w>Dios</w>.", "Y dijo:"], ["Fin."]),
            book("Ruth", ["Y aconteció."]),
            book("Judg", ["Y murió Josué.", "Y fué."]),
        ],
        "nt": [book("John", ["EN el principio.", "Este era."]), book("Acts", ["Y comió."])],
    }
    en = {
        "ot": [
            book("Gen", ["In the beginning, God<note>a note</note><w>created</w>.", ""], ["End."]),
            book("Ruth", ["It happened."]),
            book("Judg", ["Joshua died.", "He went."]),
        ],
        "nt": [book("John", ["In the beginning.", "He was."]), book("Acts", ["He ate."])],
    }
    for name, testaments in ((SPANISH, es), (ENGLISH, en)):
        for testament, books in testaments.items():
            write_testament(base / name / testament, books)


def test_verses_are_counted_from_their_chapter_and_the_last_of_a_book_is_kept(tmp_path):
    write_archive(tmp_path)
    spanish = read_module(SPANISH, tmp_path)
    assert list(spanish) == [
        *("Gen.1.1", "Gen.1.2", "Gen.2.1", "Ruth.1.1", "Judg.1.1", "Judg.1.2"),
        *("John.1.1", "John.1.2", "Acts.1.1"),
    ]
    assert plain_text(spanish["Gen.1.1"]) == "EN el principio crió Dios."
    assert plain_text(spanish["Judg.1.2"]) == "Y fué."
    assert "Gen.1.2" not in read_module(ENGLISH, tmp_path), "an empty verse is none"


def test_a_note_goes_and_glues_nothing_together():
    marked = "God<note>a <b>note</b></note><w>created</w>, <w>a</w><w>b</w> <title>T</title>"
    assert plain_text(marked) == "God created, ab"
    assert plain_text("one<lb/>two &amp; &quot;three&quot;") == 'one two & "three"'


def test_tokens_are_small_and_quotation_marks_go():
    said = tokens_of("¿Dónde? “He didn’t,” ‘John’s’ cart.")
    assert said == ("¿", "dónde", "?", "he", "didn't", ",", "john's", "cart", ".")


def test_books_stay_whole_and_long_verses_are_left_out(tmp_path, monkeypatch):
    write_archive(tmp_path)
    monkeypatch.setenv("UNROLLED_SWORD", str(tmp_path))
    assert sword_folder() == tmp_path
    parts = load_verses(20)
    assert parts["test"].places == ("Judg.1.1", "Judg.1.2", "John.1.1", "John.1.2")
    assert parts["valid"].places == ("Ruth.1.1", "Acts.1.1")
    assert parts["train"].places == ("Gen.1.1", "Gen.2.1")
    assert parts["test"].english[0] == ("joshua", "died", ".")
    assert len(load_verses(3)["train"]) == 1
    assert len(pair_up({}, {}, 3)) == 0


def test_a_missing_or_broken_text_is_told(tmp_path):
    with pytest.raises(DataError, match="apt-get install sword-text-web sword-text-sparv"):
        read_module(SPANISH, tmp_path)
    write_archive(tmp_path)
    file = tmp_path / "modules" / "texts" / "ztext" / SPANISH / "nt.bzz"
    file.write_bytes(b"?" * 500)
    with pytest.raises(DataError, match="are no zText files"):
        read_module(SPANISH, tmp_path)
