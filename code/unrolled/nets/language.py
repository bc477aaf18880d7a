"""A language model over reviews: it predicts each token from those before it, or after it."""

from __future__ import annotations

import math
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

DIRECTIONS = ("forwards", "backwards")


class LanguageModel(nn.Module):
    """LSTMs over one embedding, one a direction; each predicts the token that it will read next.

    The same matrix embeds tokens and scores them (Inan et al. 2017; Press & Wolf 2017): the score
    of token v after a state h is ``embedding[v] . (W h + a) + bias[v]``. Its parts are named as
    those of `unrolled.nets.classifier.SentimentClassifier`, which can take them over.

    Parameters
    ----------
    vocab_size : int
        V. There is one token more, number V: the boundary between two reviews.
    embedding_size, hidden_size : int
        E and H (each way).
    dropout : float
        Share of embedded and of predicted features that is zeroed in training.
    backwards : bool
        Also read from the end to the start; else there is one LSTM only.
    """

    def __init__(
        self,
        vocab_size: int,
        embedding_size: int,
        hidden_size: int,
        *,
        dropout: float = 0.2,
        backwards: bool = True,
    ):
        super().__init__()
        self.boundary = vocab_size
        self.embedding = nn.Embedding(vocab_size + 1, embedding_size)
        nn.init.normal_(self.embedding.weight, std=0.1)
        self.dropout = nn.Dropout(dropout)
        self.forwards = nn.LSTM(embedding_size, hidden_size, batch_first=True)
        if backwards:
            self.backwards = nn.LSTM(embedding_size, hidden_size, batch_first=True)
        self.forwards_out = nn.Linear(hidden_size, embedding_size)
        if backwards:
            self.backwards_out = nn.Linear(hidden_size, embedding_size)
        self.bias = nn.Parameter(torch.zeros(vocab_size + 1))

    def forward(self, tokens: torch.Tensor, direction: str, state=None):
        """Return the expected next embeddings ``(B, T, E)`` and the LSTM's last state.

        `tokens` ``(B, T)`` come in the order of reading: for "backwards", turned round.
        """
        states, state = getattr(self, direction)(self.dropout(self.embedding(tokens)), state)
        return getattr(self, direction + "_out")(self.dropout(states)), state

    def log_probabilities(self, expected: torch.Tensor) -> torch.Tensor:
        """Return ``(..., V + 1)`` log-probabilities of every token; `expected` ``(..., E)``."""
        return F.linear(expected, self.embedding.weight, self.bias).log_softmax(-1)


class CandidateLoss:
    """The cross-entropy over a sample of candidates instead of all tokens.

    A softmax over 30,000 tokens costs more than the LSTM. Its denominator is a sum; here the sum
    runs over candidates only: the most frequent tokens, the tokens that are targets somewhere in
    the batch, and some drawn evenly from the rest. Each term is divided by the probability that
    its token is a candidate (importance weights, as of Bengio & Senecal 2008), so that the sum is
    right on average, as far as targets come independently. The target's own score is divided, too:
    that adds a constant, which changes the value of the loss and no gradient.

    Parameters
    ----------
    counts : ndarray ``(V + 1,)``
        How often each token occurs in training.
    positions : int
        B * T, targets in a batch.
    frequent, drawn : int
        Tokens that are always candidates, and draws from the rest.
    device : str or torch.device
        Where the model is.
    """

    def __init__(
        self,
        counts: np.ndarray,
        positions: int,
        *,
        frequent: int = 600,
        drawn: int = 250,
        device: str | torch.device = "cpu",
    ):
        order = np.argsort(-counts, kind="stable")
        self.frequent = torch.as_tensor(order[:frequent].copy(), device=device)
        self.rest = torch.as_tensor(order[frequent:].copy(), device=device)
        self.drawn = min(drawn, len(self.rest))
        missed = (1 - counts / counts.sum()) ** positions
        if len(self.rest):
            missed = missed * (1 - 1 / len(self.rest)) ** self.drawn
        chance = torch.as_tensor(1 - missed, dtype=torch.float32, device=device)
        chance[self.frequent] = 1.0
        self.log_chance = chance.clamp_min(1e-12).log()
        self.place = torch.zeros(len(counts), dtype=torch.long, device=device)

    def candidates(self, targets: torch.Tensor) -> torch.Tensor:
        """Return the sorted numbers of this batch's candidates; all targets are among them."""
        parts = [targets.flatten(), self.frequent]
        if self.drawn:
            rows = torch.randint(len(self.rest), (self.drawn,), device=self.rest.device)
            parts.append(self.rest[rows])
        return torch.unique(torch.cat(parts))

    def __call__(
        self, model: LanguageModel, expected: torch.Tensor, targets: torch.Tensor
    ) -> torch.Tensor:
        """Return the mean loss, a scalar; expected ``(B, T, E)``, targets ``(B, T)``."""
        chosen = self.candidates(targets)
        self.place[chosen] = torch.arange(len(chosen), device=chosen.device)
        bias = model.bias[chosen] - self.log_chance[chosen]
        expected = expected.flatten(0, -2)
        scores = torch.addmm(bias.to(expected), expected, model.embedding(chosen).to(expected).t())
        return F.cross_entropy(scores, self.place[targets.flatten()]).float()


def reading_stream(
    ids, order, boundary: int, batch_size: int, *, direction: str = "forwards"
) -> tuple[np.ndarray, np.ndarray]:
    """Return all reviews in a row as `batch_size` parallel texts, and the tokens that follow.

    Parameters
    ----------
    ids : sequence of ndarray
        Reviews as token numbers.
    order : sequence of int
        In which the reviews follow each other.
    boundary : int
        Stands before, between and after reviews.
    batch_size : int
    direction : {"forwards", "backwards"}
        "backwards" turns each review round.

    Returns
    -------
    inputs, targets : ndarray ``(B, N)``
        ``targets[:, n]`` comes after ``inputs[:, n]``. What does not fill a column is left out.
    """
    if direction not in DIRECTIONS:
        raise ValueError(f"direction is {direction!r}; choose one of {', '.join(DIRECTIONS)}.")
    pieces = [np.array([boundary])]
    for row in order:
        pieces += [ids[row][::-1] if direction == "backwards" else ids[row], pieces[0]]
    tokens = np.concatenate(pieces)
    steps = (len(tokens) - 1) // batch_size
    if steps == 0:
        raise ValueError(
            f"reading_stream got {len(tokens)} tokens for {batch_size} parallel texts; give more "
            "reviews, or a smaller batch_size."
        )
    end = steps * batch_size
    return tokens[:end].reshape(batch_size, steps), tokens[1 : end + 1].reshape(batch_size, steps)


def perplexity(model: LanguageModel, ids, direction: str, *, batch_size: int = 32) -> float:
    """Return exp of the mean negative log-probability of the tokens, by the full softmax.

    A model that gives each token the probability 1/n has perplexity n.

    Raises
    ------
    ValueError
        If the mean is not a finite number, or too large for exp.
    """
    inputs, targets = reading_stream(
        ids, range(len(ids)), model.boundary, batch_size, direction=direction
    )
    was_training = model.training
    model.eval()
    total, state = 0.0, None
    with torch.no_grad():
        for start in range(0, inputs.shape[1], 50):
            x, y = (torch.as_tensor(a[:, start : start + 50]) for a in (inputs, targets))
            expected, state = model(x, direction, state)
            chosen = model.log_probabilities(expected).gather(2, y.unsqueeze(2))
            total -= chosen.sum().item()
    model.train(was_training)
    mean = total / targets.size
    if not mean < math.log(sys.float_info.max):
        raise ValueError(
            f"The language model's loss is {mean} nats a token, and its exp is no finite number. "
            "Look at the weights; train it again with a lower rate."
        )
    return math.exp(mean)
