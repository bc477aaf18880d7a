"""The rival of a network that tags: a logistic regression on a window of words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

LEAST_PROBABILITY = 1e-30  # what rounding made 0 still has a logarithm


class WindowTagger:
    """A logistic regression that tags a word by its pieces and by those of its neighbours.

    Parameters
    ----------
    pieces : callable
        ``pieces(word)`` returns what is seen of a word, a list of strings.
    width : int
        How many words are seen on each side.
    strength : float
        C of the logistic regression: the larger, the closer it follows its training words.
    least : int
        A piece at a place is seen if so many training words have it there.
    steps : int
        The most steps of the solver.
    """

    def __init__(
        self,
        pieces: Callable[[str], list[str]],
        *,
        width: int = 2,
        strength: float = 1.0,
        least: int = 2,
        steps: int = 100,
    ):
        self.pieces, self.width, self.least = pieces, width, least
        self.model = LogisticRegression(C=strength, max_iter=steps, tol=1e-3)
        self.columns: dict[str, int] = {}

    def fit(self, sentences: Sequence[Sequence[str]], tags: Sequence[Sequence[str]]):
        """Learn from sentences of words and their tags; return the tagger."""
        rows = [row for words in sentences for row in self.seen(words)]
        counts = Counter(piece for row in rows for piece in row)
        kept = [piece for piece, n in counts.items() if n >= self.least]
        self.columns = {piece: column for column, piece in enumerate(kept)}
        self.model.fit(self._table(rows), [tag for one in tags for tag in one])
        return self

    @property
    def tags(self) -> list[str]:
        """Return the tags, in the order of the columns of `log_probabilities`."""
        return self.model.classes_.tolist()

    def log_probabilities(self, sentences: Sequence[Sequence[str]]) -> list[np.ndarray]:
        """Return ``(T, K)`` log probabilities for each sentence."""
        rows = [row for words in sentences for row in self.seen(words)]
        table = self.model.predict_proba(self._table(rows))
        table = np.log(np.maximum(table, LEAST_PROBABILITY))
        return np.split(table, np.cumsum([len(words) for words in sentences])[:-1])

    def seen(self, words: Sequence[str]) -> list[list[str]]:
        """Return for each word the pieces of its window, each with its place (-1: word before)."""
        pieces = [self.pieces(word) for word in words]
        places = range(-self.width, self.width + 1)
        return [
            [
                f"{k} {piece}"
                for k in places
                for piece in (pieces[t + k] if 0 <= t + k < len(words) else ["edge"])
            ]
            for t in range(len(words))
        ]

    def _table(self, rows: list[list[str]]) -> csr_matrix:
        """Return ``(words, columns)`` ones where a piece is seen."""
        found = [[self.columns[piece] for piece in row if piece in self.columns] for row in rows]
        ends = np.cumsum([0, *map(len, found)])
        ones = np.ones(ends[-1], dtype=np.float32)
        indices = np.concatenate([np.array(row, dtype=np.int32) for row in found])
        return csr_matrix((ones, indices, ends), shape=(len(rows), len(self.columns)))
