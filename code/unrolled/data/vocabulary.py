"""The vocabulary: a number for each token, and the way back."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from unrolled.data.tokenizer import is_word

PAD, UNK = "<pad>", "<unk>"


class Vocabulary:
    """A two-way table of tokens and numbers; number 0 is padding, number 1 is unknown.

    Parameters
    ----------
    tokens : sequence of str
        All tokens in the order of their numbers, beginning with ``<pad>`` and ``<unk>``.

    Attributes
    ----------
    tokens : list of str
        Token of each number.
    index : dict
        Number of each token.
    """

    pad_id, unk_id = 0, 1

    def __init__(self, tokens: Sequence[str]):
        if list(tokens[:2]) != [PAD, UNK]:
            raise ValueError(
                f"A vocabulary begins with {PAD!r} and {UNK!r}, numbers 0 and 1; this one begins "
                f"with {list(tokens[:2])}. Use Vocabulary.build to make one from token lists."
            )
        self.tokens = list(tokens)
        self.index = {token: number for number, token in enumerate(self.tokens)}
        if len(self.index) != len(self.tokens):
            twice = next(t for t, count in Counter(self.tokens).items() if count > 1)
            raise ValueError(f"Token {twice!r} stands twice in the vocabulary; list each once.")

    @classmethod
    def build(
        cls,
        token_lists: Iterable[Sequence[str]],
        max_size: int | None = None,
        min_count: int = 1,
    ) -> Vocabulary:
        """Return the vocabulary of the most frequent tokens.

        Parameters
        ----------
        token_lists : iterable of sequences of str
            The *training* reviews: a vocabulary that has seen the test is a leak.
        max_size : int, optional
            V, the number of tokens, padding and unknown included.
        min_count : int
            Leave out tokens that occur less often than this.

        Notes
        -----
        Numbers go by falling count, and alphabetically among equal counts, so the
        same texts always give the same numbers.
        """
        if max_size is not None and max_size < 2:
            raise ValueError(f"max_size is {max_size}; {PAD} and {UNK} alone need 2.")
        counts = Counter()
        for tokens in token_lists:
            counts.update(tokens)
        for special in (PAD, UNK):
            counts.pop(special, None)
        ranked = sorted(
            (token for token, count in counts.items() if count >= min_count),
            key=lambda token: (-counts[token], token),
        )
        return cls([PAD, UNK, *ranked[: None if max_size is None else max_size - 2]])

    def __len__(self):
        """Return V, padding and unknown included."""
        return len(self.tokens)

    def __contains__(self, token):
        """Return whether the token has a number of its own."""
        return token in self.index

    def known_words(self, tokens: Sequence[str]) -> list[str]:
        """Return those tokens that are words, numbers or emoji and have a number of their own.

        Punctuation is known to every vocabulary, and says nothing alone. A text without a known
        word cannot be judged.
        """
        return [
            token
            for token in tokens
            if token in self.index and token not in (PAD, UNK) and is_word(token)
        ]

    def encode(self, tokens: Sequence[str]) -> np.ndarray:
        """Return ``(T,)`` int64 token numbers; tokens without a number become 1.

        Raises
        ------
        ValueError
            If there is no token: an empty review has no last step to read.
        """
        if isinstance(tokens, str):
            raise ValueError(
                f"encode got the text {tokens[:30]!r} and not a list of tokens. "
                "Tokenise it first: vocabulary.encode(tokenize(text))."
            )
        if len(tokens) == 0:
            raise ValueError(
                "This review is empty: it has no tokens, so there is nothing to read. "
                "Give a text with at least one word or mark."
            )
        return np.array([self.index.get(token, self.unk_id) for token in tokens], dtype=np.int64)

    def decode(self, ids: Iterable[int]) -> list[str]:
        """Return the tokens of the numbers, without padding.

        Raises
        ------
        ValueError
            If a number is not in the vocabulary.
        """
        ids = np.asarray(list(ids), dtype=np.int64)
        if len(ids) and (ids.min() < 0 or ids.max() >= len(self)):
            raise ValueError(
                f"Token numbers run from {ids.min()} to {ids.max()}, but this vocabulary has "
                f"0 to {len(self) - 1}. Decode with the vocabulary that encoded."
            )
        return [self.tokens[number] for number in ids if number != self.pad_id]

    def coverage(self, token_lists: Iterable[Sequence[str]]) -> float:
        """Return the share of all running tokens that have a number of their own."""
        known = total = 0
        for tokens in token_lists:
            known += sum(token in self.index for token in tokens)
            total += len(tokens)
        if total == 0:
            raise ValueError("coverage got no tokens; give at least one review.")
        return known / total

    def save(self, path: str | Path) -> None:
        """Write the tokens, in order, as a JSON list."""
        Path(path).write_text(json.dumps(self.tokens, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, path: str | Path) -> Vocabulary:
        """Return the vocabulary that `save` wrote.

        Raises
        ------
        ValueError
            If the file is not a JSON list of different strings.
        """
        try:
            tokens = json.loads(Path(path).read_text(encoding="utf-8-sig"))
        except (UnicodeDecodeError, json.JSONDecodeError) as error:
            raise ValueError(f"{path} is not JSON ({error}). Save the vocabulary again.") from error
        if not isinstance(tokens, list) or not all(isinstance(token, str) for token in tokens):
            raise ValueError(f"{path} is not a list of tokens. Save the vocabulary again.")
        return cls(tokens)
