"""The course's tokeniser: an English text becomes a list of words, numbers, marks and emoji."""

from __future__ import annotations

import re
import unicodedata

from unrolled.data.reviews import LINE_BREAK

_PICTURE = r"[\u2600-\u27BF\U0001F300-\U0001FAFF]"
TOKEN = re.compile(
    r"\d+(?:[.,]\d+)+"  # 3.5 and 1,000
    r"|[^\W_]+(?:'[^\W_]+)*"  # words, with apostrophes inside: don't, it's, 80s
    r"|[\U0001F1E6-\U0001F1FF]{2}"  # flags are two letters
    rf"|{_PICTURE}[\uFE0F\U0001F3FB-\U0001F3FF]*(?:\u200D{_PICTURE}[\uFE0F\U0001F3FB-\U0001F3FF]*)*"
    r"|[^\s\uFE0F\u200D]"  # any other mark, one at a time
)


_EMOJI = re.compile(rf"{_PICTURE}|[\U0001F1E6-\U0001F1FF]{{2}}")


def tokenize(text: str) -> list[str]:
    """Return the tokens of an English text, in order.

    1. Everything becomes lower case; a curly apostrophe becomes a straight one.
    2. HTML line breaks are spaces.
    3. A word is a run of letters and digits, with apostrophes inside: ``don't`` is one token.
    4. A number keeps the points and commas inside it: ``3.5``, ``1,000``.
    5. Every other mark is a token of its own: ``...`` makes three, ``10/10`` makes ``10 / 10``.
    6. An emoji is one token, with its skin tone and its joined parts.

    A text without any of these gives an empty list; `Vocabulary.encode` refuses it.

    HTML entities such as ``&amp;`` are left as they are: a few stand in the reviews of the course,
    and its vocabularies were made with them. Texts from outside pass `html.unescape` where they
    come in: see `unrolled.sentiment.lines.answer_lines` and `unrolled.data.reviews.load_imdb`.

    Raises
    ------
    TypeError
        If it is no text, such as None for one that is missing.
    """
    if not isinstance(text, str):
        raise TypeError(f"tokenize got {text!r:.60}; expected a text. Leave out what is missing.")
    text = unicodedata.normalize("NFC", LINE_BREAK.sub(" ", text).lower().replace("’", "'"))
    return TOKEN.findall(text)


def is_word(token: str) -> bool:
    """Return whether a token is a word, a number or an emoji, and not a mark alone."""
    return bool(_EMOJI.match(token)) or any(mark.isalnum() for mark in token)
