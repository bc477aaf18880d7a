"""Texts come a line each, whatever the file holds; a text without a known word has no answer."""

import bz2
import gzip
import io
import lzma
import os
import threading
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unrolled.data.encoder import TextEncoder
from unrolled.data.tokenizer import tokenize
from unrolled.data.vocabulary import Vocabulary
from unrolled.sentiment import lines
from unrolled.sentiment.decoder import Decoder, EncodingError
from unrolled.sentiment.lines import LONG, MANY, PAUSED, answer_lines, lines_of


def test_lines_end_at_newlines_only_and_lose_their_mark():
    file = io.BytesIO(b"\xef\xbb\xbfone\x0b\x85two\r\n\nthree")
    assert list(lines_of(file)) == ["one\x0b\ufffdtwo", "", "three"]


@given(st.lists(st.binary(max_size=30), max_size=5), st.integers(1, 9))
def test_a_line_longer_than_the_memory_keeps_its_ends(pieces, piece):
    data = b"\n".join(pieces)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "PIECE", piece)
        file = io.BytesIO(data)
        read = list(iter(lambda: lines._read_line(file), b""))
    assert len(read) == len(io.BytesIO(data).readlines())
    for got, whole in zip(read, io.BytesIO(data), strict=True):
        assert len(got) <= 2 * piece + 1
        assert got == (whole if len(whole) <= 2 * piece else whole[:piece] + b" " + whole[-piece:])


def test_a_decoder_remembers_what_did_not_fit_and_where():
    decoder = Decoder()
    file = io.BytesIO(b"\xef\xbb\xbfone\n\xff\ntw\xe9o\n")
    assert list(lines_of(file, decoder, "a.txt")) == ["one", "\ufffd", "tw\ufffdo"]
    assert (decoder.lines, decoder.unfit) == (3, 2)
    assert "the first is a.txt, line 2: 0xff. If the texts" in decoder.told()
    assert Decoder().told() == ""
    named = Decoder("ascii")
    assert list(lines_of(io.BytesIO(b"\xe9"), named)) == ["\ufffd"]
    assert "no ASCII" in named.told()
    assert "Name another encoding" in named.told()


def test_a_letter_that_was_cut_with_a_long_line_is_no_fault(monkeypatch):
    monkeypatch.setattr(lines, "PIECE", 101)
    for bad, count in (("", 0), ("\udcff", 1)):
        text = "\xe9" * 75 + bad + "\xe9" * 300
        decoder = Decoder()
        list(lines_of(io.BytesIO(text.encode("utf-8", "surrogateescape")), decoder))
        assert decoder.unfit == (0 if bad else count), "the middle is not read"
        text = "a" + bad + "\xe9" * 300
        list(lines_of(io.BytesIO(text.encode("utf-8", "surrogateescape")), decoder))
        assert decoder.unfit == count


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "cp037", "no-such", "rot13", "a\0b"])
def test_an_encoding_in_which_lines_cannot_be_read_is_refused(encoding):
    with pytest.raises(EncodingError):
        Decoder(encoding)


def encoder_of(*tokens, **options):
    return TextEncoder(Vocabulary(["<pad>", "<unk>", *tokens]), **options)


def thirds(ids):
    """Return probabilities of three classes ``(n, 3)``, all different."""
    return np.tile([0.5, 0.3, 0.2], (len(ids), 1))


def answers_to(words):
    """Return a function that answers a list of lines with the first class's probability."""

    def answer(lines, **options):
        found = answer_lines(lines, encoder_of(*words), thirds, **options)
        return [one if one is None else one[0] for one in found]

    return answer


def test_a_text_without_a_known_word_has_no_answer():
    answer = answers_to([".", "!", "film", "10", "\U0001f600", "<", ">"])
    known = ["film", "10", "\U0001f600", "qwer film", "FILM!"]
    unknown = [
        "",
        " ",
        ".",
        "! . !",
        "qwer zxcv .",
        "\U0001f44d",
        "\u4e0d\u597d",
        "<pad> <unk>",
        "_",
    ]
    assert answer(known) == [0.5] * len(known)
    assert answer(unknown) == [None] * len(unknown)


def test_html_entities_are_decoded_at_the_entry_and_only_there():
    assert answers_to(["\u00e9t\u00e9"])(["&eacute;t&#233;", "&amp;eacute;"]) == [0.5, None]
    assert tokenize("&amp;") == ["&", "amp", ";"]


@pytest.mark.parametrize("lines", [[None], ["a", 3.0]])
def test_what_is_no_text_has_no_answer(lines):
    with pytest.raises(TypeError, match=r"expected a text. Leave out what is missing"):
        answers_to(["a"])(lines)
    with pytest.raises(TypeError, match="tokenize got"):
        tokenize(lines[-1])
    with pytest.raises(ValueError, match="Got one text, 'a b'; give a list"):
        answers_to(["a"])("a b")


@pytest.mark.parametrize("answer", [np.nan, np.inf])
def test_what_is_no_number_is_no_answer(answer):
    with pytest.raises(ValueError, match="to 'a', which is no probability"):
        list(answer_lines(["a"], encoder_of("a"), lambda ids: np.full((len(ids), 2), answer)))


def test_each_class_has_its_probability_whatever_the_tokens_are():
    for encoder in (encoder_of("ab"), encoder_of("a", "b", tokenizer="characters")):
        known, unknown = answer_lines(["ab", "z!"], encoder, thirds)
        assert known.tolist() == [0.5, 0.3, 0.2]
        assert unknown is None


LINE = "A fine film.\nDull.\n"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (gzip.compress(LINE.encode(), mtime=0), "packed by gzip; .* gzip -dc FILE"),
        (bz2.compress(LINE.encode()), "packed by bzip2"),
        (lzma.compress(LINE.encode()), "packed by xz"),
        (b"PK\x03\x04rest", "a zip archive; .* Save the texts in it"),
        (LINE.encode("utf-16"), "in UTF-16; expected UTF-8.*iconv -f UTF-16 -t"),
        (LINE.encode("utf-32"), "in UTF-32; expected UTF-8.*iconv -f UTF-32 -t"),
        (LINE.encode("utf-16-le"), "Line 1 holds zero bytes, as texts in UTF-16"),
        ("\u597d\n\u597d".encode("utf-16-le"), "Line 2 holds zero bytes"),
        (b"text,label,source\ngood,1,imdb\n", "header of a table"),
        (b'\xef\xbb\xbf"id";"Review"\n1;good\n', "header of a table"),
        (b",review\n0,good\n", "header of a table"),
        (b'{"text": "good", "label": 1}\n', "is JSON; .*jq -r"),
        (b'[\n {"text": "good"}\n]', "is JSON"),
        (b'[{"text": "good"}]', "is JSON"),
    ],
)
def test_what_is_no_lines_of_text_is_recognised(data, message):
    with pytest.raises(ValueError, match=message):
        list(lines_of(io.BytesIO(data)))


@pytest.mark.parametrize(
    "line", ["Review", "text, label", "[sic]", "{good}", "BZh is a word", "good;bad", "1,000", "PK"]
)
def test_a_text_is_not_taken_for_something_else(line):
    assert list(lines_of(io.BytesIO(line.encode()))) == [line]


def test_lines_of_a_pipe_are_those_of_a_file():
    data = b"\xef\xbb\xbfone\x0b\x85two\r\n\n" + b"x" * 200_000 + b"\nthree"
    with open_pipe(data) as file:
        read = [line for line in lines_of(file) if line is not PAUSED]
    assert read == list(lines_of(io.BytesIO(data)))


def test_the_middle_of_an_endless_line_is_not_kept(monkeypatch):
    monkeypatch.setattr(lines, "PIECE", 50_000)
    with open_pipe(b"a" * 60_000 + b"b" * 400_000 + b"c" * 60_000 + b"\nnext") as file:
        first, second = (line for line in lines_of(file) if line is not PAUSED)
    assert second == "next"
    assert len(first) < 300_000
    assert first.startswith("a" * 50_000)
    assert first.endswith("c" * 50_000)


@contextmanager
def open_pipe(data):
    """Open a pipe from which somebody else's `data` can be read."""
    end, start = os.pipe()

    def send():
        with os.fdopen(start, "wb") as file:
            file.write(data)

    sender = threading.Thread(target=send)
    sender.start()
    with os.fdopen(end, "rb") as file:
        yield file
    sender.join()


def test_lines_are_answered_in_order_a_thousand_at_a_time():
    encoder, seen = encoder_of("a"), []

    def predict(ids):
        seen.append(len(ids))
        return np.array([[1 - len(one) / 100, len(one) / 100] for one in ids])

    texts = ["a " * (row % 7) for row in range(MANY + 9)]
    found = answer_lines(iter(texts), encoder, predict)
    answers = [None if one is None else one[1] for one in found]
    assert answers == [row % 7 / 100 if row % 7 else None for row in range(MANY + 9)]
    assert len(seen) == 2
    ((_, long),) = answer_lines(["a " * LONG], encoder, predict)
    assert long == pytest.approx(LONG / 2 / 100, abs=1)
