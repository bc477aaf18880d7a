"""From a text to token numbers and back: words or characters, with the vocabulary of a training."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from unrolled.data.tokenizer import tokenize
from unrolled.data.vocabulary import UNK, Vocabulary

TOKENIZERS = ("words", "characters")
UNICODE_FORMS = ("NFC", "NFKC")
VOCABULARY, RULES = "vocabulary.json", "tokenizer.json"


@dataclass(frozen=True)
class TextEncoder:
    """How texts become token numbers, and what numbers there are.

    Parameters
    ----------
    vocabulary : Vocabulary
        V tokens; 0 is padding, 1 is unknown.
    tokenizer : {"words", "characters"}
        Words are those of `unrolled.data.tokenizer.tokenize`, made for English. A character is a
        code point in lower case; white space is one blank.
    unicode_form : {"NFC", "NFKC"}
        Normal form that comes first. NFKC also makes ``ﬁ`` two letters and ``２`` a ``2``.

    Raises
    ------
    ValueError
        If tokenizer or form is another.
    """

    vocabulary: Vocabulary
    tokenizer: str = "words"
    unicode_form: str = "NFC"

    def __post_init__(self):
        _check_choice("tokenizer", self.tokenizer, TOKENIZERS)
        _check_choice("unicode_form", self.unicode_form, UNICODE_FORMS)

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
        if not isinstance(text, str):
            raise TypeError(
                f"A text is {text!r:.60}; expected a string. Leave out what is missing."
            )
        text = unicodedata.normalize(self.unicode_form, text)
        if self.tokenizer == "words":
            return tokenize(text)
        return list(unicodedata.normalize(self.unicode_form, " ".join(text.lower().split())))

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
        return bool(self.vocabulary.known_words(self.tokens_of(text)))

    def __len__(self):
        """Return V, padding and unknown included."""
        return len(self.vocabulary)

    @property
    def tokens(self) -> list[str]:
        """Return the token of each number."""
        return self.vocabulary.tokens

    def told(self) -> dict:
        """Return all of it as what JSON can hold."""
        return {
            "vocabulary": self.tokens,
            "tokenizer": self.tokenizer,
            "unicode_form": self.unicode_form,
        }

    @classmethod
    def from_told(cls, told: dict) -> TextEncoder:
        """Return the encoder that `told` has told.

        Raises
        ------
        ValueError
            If something is missing or makes no sense.
        """
        try:
            return cls(Vocabulary(told["vocabulary"]), told["tokenizer"], told["unicode_form"])
        except (KeyError, TypeError) as error:
            raise ValueError(f"An encoder lacks {error}; it is damaged.") from error

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


def _check_choice(name: str, value: str, choices: Sequence[str]) -> None:
    """Raise ``ValueError`` unless a value is one of some choices."""
    if value not in choices:
        raise ValueError(f"{name} is {value!r}; choose one of {', '.join(choices)}.")
