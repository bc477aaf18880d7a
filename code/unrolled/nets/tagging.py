"""A network that tags each word of a sentence, and a CRF layer, in torch."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from torch import nn
from torch.nn.utils import rnn

from unrolled.data.batching import Batch
from unrolled.nets.padding import real_steps, turn_round, without_padding
from unrolled.nets.training import History, batch_tensors, fit

READERS = ("one way", "one way, next word", "both ways")


class PieceNumbers:
    """Numbers for the pieces of words: 0 is no piece, 1 a piece that training did not know.

    Parameters
    ----------
    sentences : list of list of str
        The training words.
    pieces : callable
        ``pieces(word)`` returns a list of strings, the word itself first.
    least : int
        A piece is known if so many training words have it.
    """

    def __init__(
        self,
        sentences: Sequence[Sequence[str]],
        pieces: Callable[[str], list[str]],
        *,
        least: int = 2,
    ):
        counts = Counter(piece for words in sentences for word in words for piece in pieces(word))
        kept = [piece for piece, n in counts.items() if n >= least]
        self.pieces = pieces
        self.number = {piece: k for k, piece in enumerate(kept, start=2)}

    def __len__(self) -> int:
        return len(self.number) + 2

    def encode(self, sentences: Sequence[Sequence[str]]) -> list[torch.Tensor]:
        """Return for each sentence ``(T, P)`` numbers, P the most pieces that a word has."""
        rows = [[self._row(word) for word in words] for words in sentences]
        width = max(len(row) for words in rows for row in words)
        return [torch.tensor([row + [0] * (width - len(row)) for row in words]) for words in rows]

    def _row(self, word: str) -> list[int]:
        return [self.number.get(piece, 1) for piece in self.pieces(word)]


class Tagger(nn.Module):
    """Read a sentence and return a score for each tag at each word.

    A word is the sum of the vectors of its pieces. A recurrent layer reads the words, one way or
    both ways; or one way with the vector of the next word beside that of this one.

    Parameters
    ----------
    n_pieces : int
    n_tags : int
        K.
    reader : {"one way", "one way, next word", "both ways"}
    embedding_size : int
        D.
    hidden_size : int
        H, of each direction.
    dropout : float
        Of the words' vectors and of the layer's outputs.
    """

    def __init__(
        self,
        n_pieces: int,
        n_tags: int,
        reader: str,
        *,
        embedding_size: int,
        hidden_size: int,
        dropout: float = 0.0,
    ):
        if reader not in READERS:
            raise ValueError(f"reader is {reader!r}; choose one of {', '.join(READERS)}.")
        super().__init__()
        self.reader = reader
        both = reader == "both ways"
        inputs = embedding_size * (2 if "next" in reader else 1)
        self.embedding = nn.Embedding(n_pieces, embedding_size, padding_idx=0)
        self.recurrent = nn.ModuleList(
            nn.LSTM(inputs, hidden_size, batch_first=True) for _ in range(2 if both else 1)
        )
        self.head = nn.Linear(hidden_size * (2 if both else 1), n_tags)
        self.dropout = nn.Dropout(dropout)

    def forward(self, pieces: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Return scores ``(B, T, K)``; pieces ``(B, T, P)``, lengths ``(B,)``.

        Scores after a sentence's length are to be ignored.
        """
        words = self.dropout(self.embedding(pieces).sum(dim=2))  # (B, T, D)
        words = without_padding(words, lengths)
        if "next" in self.reader:
            ahead = torch.cat([words[:, 1:], torch.zeros_like(words[:, :1])], dim=1)
            words = torch.cat([words, ahead], dim=2)  # (B, T, 2D)
        outputs, _ = self.recurrent[0](words)  # padding stands after all that is real
        if self.reader == "both ways":
            back, _ = self.recurrent[1](turn_round(words, lengths))
            outputs = torch.cat([outputs, turn_round(back, lengths)], dim=2)
        return self.head(self.dropout(outputs))


def hidden_size_for(reader: str, n_tags: int, embedding_size: int, budget: int) -> int:
    """Return the H for which layer and head together have about so many parameters.

    Each of d directions has 4H(I + H + 2), the head (dH + 1)K: a quadratic equation in H.
    """
    d = 2 if reader == "both ways" else 1
    inputs = embedding_size * (2 if "next" in reader else 1)
    half = (4 * (inputs + 2) + n_tags) / 8
    return round(math.sqrt(half**2 + (budget - n_tags) / (4 * d)) - half)


def parameters_beside_embedding(model: Tagger) -> int:
    """Return how many parameters the recurrent layer and the head have."""
    parts = (model.recurrent, model.head)
    return sum(weight.numel() for part in parts for weight in part.parameters())


class CRF(nn.Module):
    """A linear-chain CRF over the scores of a batch: see `unrolled.byhand.crf` for one sentence.

    Parameters
    ----------
    n_tags : int
        K.
    """

    def __init__(self, n_tags: int):
        super().__init__()
        self.transitions = nn.Parameter(torch.zeros(n_tags, n_tags))  # from row to column

    def forward(self, scores: torch.Tensor, tags: torch.Tensor, lengths: torch.Tensor):
        """Return minus the log probability of each path ``(B,)``.

        Parameters
        ----------
        scores : Tensor (B, T, K)
        tags : Tensor (B, T) of int
            What stands after a sentence's length is ignored.
        lengths : Tensor (B,)
        """
        return self.log_partition(scores, lengths) - self.path_scores(scores, tags, lengths)

    def path_scores(self, scores, tags, lengths):
        """Return the score of one path each ``(B,)``."""
        real = real_steps(lengths, scores.shape[1])
        at = scores.gather(2, tags[:, :, None]).squeeze(2)
        steps = self.transitions[tags[:, :-1], tags[:, 1:]]
        return (at * real).sum(dim=1) + (steps * real[:, 1:]).sum(dim=1)

    def log_partition(self, scores, lengths):
        """Return the logarithm of the sum over all paths ``(B,)``."""
        alpha = scores[:, 0]  # (B, K)
        for t in range(1, scores.shape[1]):
            reach = alpha[:, :, None] + self.transitions  # (B, K, K): from i to j
            further = scores[:, t] + torch.logsumexp(reach, dim=1)
            alpha = torch.where((t < lengths)[:, None], further, alpha)
        return torch.logsumexp(alpha, dim=1)


def train_tagger(
    model: Tagger,
    pieces: list[torch.Tensor],
    tags: list[torch.Tensor],
    *,
    crf: CRF | None = None,
    passes: int,
    rate: float,
    batch_size: int,
    rng: np.random.Generator,
) -> list[float]:
    """Train in place with Adam, whose rate falls evenly to zero; return each pass's mean loss.

    The loss is that of a word, or with a CRF that of a sentence's path divided by its words.

    Parameters
    ----------
    model : Tagger
    pieces, tags : list of Tensor
        ``(T, P)`` and ``(T,)``, one of each for a sentence.
    crf : CRF, optional
        Trained along; without it each word's tag is judged by itself.
    """
    both = nn.ModuleList([model] if crf is None else [model, crf])  # trained and clipped as one
    adam = torch.optim.Adam(both.parameters(), lr=rate, fused=True)
    per_pass = math.ceil(len(pieces) / batch_size)
    fall = torch.optim.lr_scheduler.LinearLR(adam, 1.0, 0.0, total_iters=passes * per_pass)
    history = History()
    how = {"clip_norm": 1.0, "schedule": fall, "history": history}
    for _ in range(passes):
        fit(both, batches(pieces, tags, batch_size, rng), batch_loss, adam, **how)
    return np.array(history.losses).reshape(passes, per_pass).mean(axis=1).tolist()


def batches(
    pieces: list[torch.Tensor],
    tags: list[torch.Tensor],
    batch_size: int,
    rng: np.random.Generator,
) -> Iterator[Batch]:
    """Yield all sentences once: those of about one length together, in random order.

    The targets ``(B, T)`` are padded with zeros, as the pieces are.
    """
    lengths = np.array([len(one) for one in pieces])
    order = np.argsort(lengths + rng.random(len(lengths)))
    groups = [order[k : k + batch_size] for k in range(0, len(order), batch_size)]
    for rows in (groups[k] for k in rng.permutation(len(groups))):
        x, y = (
            rnn.pad_sequence([one[k] for k in rows], batch_first=True).numpy()
            for one in (pieces, tags)
        )
        yield Batch(x, lengths[rows], y, rows)


def batch_loss(both: nn.ModuleList, batch: Batch) -> torch.Tensor:
    """Return a batch's loss a word, of ``[tagger]``, or of ``[tagger, CRF]``, that of whole paths.

    Either is the sum over the batch, divided by its words.
    """
    x, lengths, tags = batch_tensors(batch, both)
    scores = both[0](x, lengths)
    if len(both) == 2:
        return both[1](scores, tags, lengths).sum() / lengths.sum()
    real = real_steps(lengths, scores.shape[1])
    total = nn.functional.cross_entropy(scores[real], tags[real], reduction="sum")
    return total / lengths.sum()


@torch.no_grad()
def tag_scores(model: Tagger, pieces: list[torch.Tensor], *, batch_size: int = 256):
    """Return ``(T, K)`` scores for each sentence, as arrays."""
    model.eval()
    found = []
    for start in range(0, len(pieces), batch_size):
        some = pieces[start : start + batch_size]
        lengths = torch.tensor([len(one) for one in some])
        scores = model(rnn.pad_sequence(some, batch_first=True), lengths).numpy()
        found += [row[:n] for row, n in zip(scores, lengths.tolist(), strict=True)]
    return found
