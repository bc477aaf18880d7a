"""From a text to token numbers: words, characters or subwords, with the vocabulary."""

from __future__ import annotations

import base64
import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from unrolled.data.subwords import SubwordError, cut, fit_subwords, pieces_of
from unrolled.data.tokenizer import is_word, tokenize
from unrolled.data.vocabulary import UNK, Vocabulary

TOKENIZERS = ("words", "characters", "subwords")
UNICODE_FORMS = ("NFC", "NFKC")
MANY = 20_000  # subwords where no number is asked for
VOCABULARY, RULES = "vocabulary.json", "tokenizer.json"


@dataclass(frozen=True)
class TextEncoder:
    """How texts become token numbers, and what numbers there are.

    Parameters
    ----------
    vocabulary : Vocabulary
        V tokens; 0 is padding, 1 is unknown.
    tokenizer : {"words", "characters", "subwords"}
        Words are those of `unrolled.data.tokenizer.tokenize`, made for English. A character is a
        code point in lower case; white space is one blank. Subwords are those of
        `unrolled.data.subwords`, of the text that characters are cut from.
    unicode_form : {"NFC", "NFKC"}
        Normal form that comes first. NFKC also makes ``ﬁ`` two letters and ``２`` a ``2``.
    model : bytes
        Of subwords, whose pieces are the vocabulary; else empty.

    Raises
    ------
    ValueError
        If tokenizer or form is another, or the vocabulary is not that of the model.
    """

    vocabulary: Vocabulary
    tokenizer: str = "words"
    unicode_form: str = "NFC"
    model: bytes = field(default=b"", repr=False)

    def __post_init__(self):
        _check_choice("tokenizer", self.tokenizer, TOKENIZERS)
        _check_choice("unicode_form", self.unicode_form, UNICODE_FORMS)
        if (self.tokenizer == "subwords") != bool(self.model):
            raise ValueError("Subwords need their model, and only they have one.")
        if self.model and pieces_of(self.model) != self.vocabulary.tokens:
            raise SubwordError("The vocabulary is not that of the model of subwords.")

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        *,
        tokenizer: str = "words",
        unicode_form: str = "NFC",
        max_size: int | None = 20_000,
    ) -> TextEncoder:
        """Return the encoder of the most frequent tokens of texts: the *training* texts."""
        told = {"tokenizer": tokenizer, "unicode_form": unicode_form, "max_size": max_size}
        return cls.fit_encode(texts, **told)[0]

    @classmethod
    def fit_encode(
        cls,
        texts: Sequence[str],
        *,
        tokenizer: str = "words",
        unicode_form: str = "NFC",
        max_size: int | None = 20_000,
    ) -> tuple[TextEncoder, list[np.ndarray]]:
        """Return the encoder that `fit` returns, and the same texts as token numbers."""
        if tokenizer == "subwords":
            plain = [_plain(text, unicode_form) for text in texts]
            model = fit_subwords(plain, MANY if max_size is None else max_size)
            encoder = cls(Vocabulary(pieces_of(model)), tokenizer, unicode_form, model)
            return encoder, [encoder.numbers(cut(model, text)) for text in plain]
        empty = cls(Vocabulary.build([]), tokenizer, unicode_form)
        tokens = [empty.tokens_of(text) for text in texts]
        encoder = cls(Vocabulary.build(tokens, max_size=max_size), tokenizer, unicode_form)
        return encoder, [encoder.numbers(one) for one in tokens]

    def tokens_of(self, text: str) -> list[str]:
        """Return the tokens of a text, known or not.

        Raises
        ------
        TypeError
            If it is no text.
        """
        if self.tokenizer == "words":
            return tokenize(unicodedata.normalize(self.unicode_form, _checked(text)))
        plain = _plain(text, self.unicode_form)
        return cut(self.model, plain) if self.model else list(plain)

    def encode(self, text: str) -> np.ndarray:
        """Return ``(T,)`` int64 token numbers; a text without any token is one unknown token."""
        return self.numbers(self.tokens_of(text))

    def numbers(self, tokens: Sequence[str]) -> np.ndarray:
        """Return ``(T,)`` int64 numbers of the tokens of one text; of none, the unknown one."""
        return self.vocabulary.encode(tokens or [UNK])

    def encode_many(self, texts: Iterable[str]) -> list[np.ndarray]:
        """Return the token numbers of texts, an array for each."""
        return [self.encode(text) for text in texts]

    def knows(self, text: str) -> bool:
        """Return whether a word, number or emoji of the text is known: else nobody can say."""
        return self.knows_some(self.encode(text))

    def knows_some(self, numbers: np.ndarray) -> bool:
        """Return whether a word, number or emoji is among ``(T,)`` token numbers of a text."""
        return bool(self._says_something[numbers].any())

    @cached_property
    def _says_something(self) -> np.ndarray:
        """Which tokens ``(V,)`` are words, numbers or emoji, and neither padding nor unknown."""
        return np.array([False, False, *map(is_word, self.tokens[2:])])

    def __len__(self):
        """Return V, padding and unknown included."""
        return len(self.vocabulary)

    @property
    def tokens(self) -> list[str]:
        """Return the token of each number."""
        return self.vocabulary.tokens

    def told(self) -> dict:
        """Return all of it as what JSON can hold."""
        told = {
            "vocabulary": self.tokens,
            "tokenizer": self.tokenizer,
            "unicode_form": self.unicode_form,
        }
        model = {"model": base64.b64encode(self.model).decode()} if self.model else {}
        return told | model

    @classmethod
    def from_told(cls, told: dict) -> TextEncoder:
        """Return the encoder that `told` has told.

        Raises
        ------
        ValueError
            If something is missing or makes no sense.
        """
        try:
            model = base64.b64decode(told.get("model", ""), validate=True)
            vocabulary = Vocabulary(told["vocabulary"])
            return cls(vocabulary, told["tokenizer"], told["unicode_form"], model)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"An encoder is damaged: {error!r}.") from error

    def files(self) -> dict[str, str]:
        """Return what `save` writes: names of files and what stands in them.

        They are vocabulary.json and, where the tokens are not the course's words, tokenizer.json.
        """
        told = self.told()
        files = {VOCABULARY: json.dumps(told.pop("vocabulary"), ensure_ascii=False)}
        if told != {"tokenizer": "words", "unicode_form": "NFC"}:
            files[RULES] = json.dumps(told, ensure_ascii=False)
        return files

    def save(self, folder: str | Path) -> None:
        """Write its files into a folder that is there."""
        for name, text in self.files().items():
            (Path(folder) / name).write_text(text, encoding="utf-8")

    @classmethod
    def load(cls, folder: str | Path) -> TextEncoder:
        """Return the encoder that `save` wrote; a vocabulary alone is one of words.

        Raises
        ------
        ValueError
            If a file is damaged.
        """
        vocabulary = Vocabulary.load(Path(folder) / VOCABULARY)
        file = Path(folder) / RULES
        if not file.exists():
            return cls(vocabulary)
        try:
            told = json.loads(file.read_text(encoding="utf-8-sig"))
            return cls.from_told({"vocabulary": vocabulary.tokens} | told)
        except (ValueError, TypeError) as error:
            raise ValueError(f"{file} is damaged ({error}). Bring back a whole copy.") from error


def _checked(text: str) -> str:
    """Return a text, or raise ``TypeError`` if it is none."""
    if not isinstance(text, str):
        raise TypeError(f"A text is {text!r:.60}; expected a string. Leave out missing ones.")
    return text


def _plain(text: str, form: str) -> str:
    """Return a text in a normal form and in lower case, with single blanks."""
    text = unicodedata.normalize(form, _checked(text)).lower()
    return unicodedata.normalize(form, " ".join(text.split()))


def _check_choice(name: str, value: str, choices: Sequence[str]) -> None:
    """Raise ``ValueError`` unless a value is one of some choices."""
    if value not in choices:
        raise ValueError(f"{name} is {value!r}; choose one of {', '.join(choices)}.")
