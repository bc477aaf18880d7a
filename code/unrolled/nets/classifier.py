"""The torch model that reads reviews: embedding, recurrent layer, pooling, logits."""

from __future__ import annotations

import torch
from torch import nn

from unrolled.nets.choices import POOLINGS
from unrolled.nets.layers import recurrent_layer
from unrolled.nets.padding import (
    check_inputs,
    check_tokens,
    last_read_states,
    turn_round,
    without_padding,
)


class SentimentClassifier(nn.Module):
    """Read texts as token numbers and return logits: of two classes one, of K more one each.

    Embedding, recurrent layer, pooling over the real steps only, linear head.
    Padding stands at the end, so a layer that reads forwards meets it after the
    review and the pooling leaves it out. The layer that reads backwards gets each
    review turned round *within its own length*, so it too meets the padding last.
    (Packed sequences give the same numbers; on a CPU they are several times slower.)

    Parameters
    ----------
    vocab_size, embedding_size, hidden_size : int
        V, E and H (each way).
    cell : {"rnn", "lstm", "gru"}
        Which recurrent layer of torch.
    bidirectional : bool
        Also read from the end to the start; a review's states are then 2H wide.
    pooling : {"last", "mean", "max", "mean+max", "attention"}
        How states become one vector. "last" takes the last real step of the forward
        direction and the first step of the backward one: what each read last.
        "attention" takes a mean whose weights are learnt (see `attention_weights`).
    dropout : float
        Share of embedding and pooled features that is zeroed in training.
    embedding_dropout : float, optional
        That share for the embedding alone; `dropout` if None.
    embedding_std : float
        Standard deviation of the starting embeddings. torch's own start, 1, makes the
        random vector of a rare word as loud as the learnt one of a frequent word.
    padding_idx : int
        Token number of the padding; its embedding stays zero.
    n_classes : int
        K. Of two classes a logit above zero means class 1: for reviews, positive.
    """

    def __init__(
        self,
        vocab_size: int,
        embedding_size: int,
        hidden_size: int,
        *,
        cell: str = "lstm",
        bidirectional: bool = False,
        pooling: str = "last",
        dropout: float = 0.0,
        embedding_dropout: float | None = None,
        embedding_std: float = 0.1,
        padding_idx: int = 0,
        n_classes: int = 2,
    ):
        super().__init__()
        if n_classes < 2:
            raise ValueError(f"n_classes is {n_classes}; expected 2 or more.")
        if pooling not in POOLINGS:
            raise ValueError(f"pooling is {pooling!r}; choose one of {', '.join(POOLINGS)}.")
        self.pooling = pooling
        self.embedding = nn.Embedding(vocab_size, embedding_size, padding_idx=padding_idx)
        with torch.no_grad():
            self.embedding.weight.mul_(embedding_std)
        self.dropout = nn.Dropout(dropout)
        self.embedding_dropout = nn.Dropout(
            dropout if embedding_dropout is None else embedding_dropout
        )
        self.forwards = recurrent_layer(cell, embedding_size, hidden_size)
        self.backwards = (
            recurrent_layer(cell, embedding_size, hidden_size) if bidirectional else None
        )
        width = hidden_size * (2 if bidirectional else 1)
        outputs = 1 if n_classes == 2 else n_classes
        self.head = nn.Linear(width * (2 if pooling == "mean+max" else 1), outputs)
        if pooling == "attention":
            self.attention = nn.Sequential(
                nn.Linear(width, hidden_size), nn.Tanh(), nn.Linear(hidden_size, 1, bias=False)
            )

    def forward(
        self, inputs: torch.Tensor, lengths: torch.Tensor, move: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Return logits ``(B,)`` of two classes, ``(B, K)`` of more.

        Inputs are ``(B, T)`` token numbers, lengths ``(B,)``.

        `move` ``(B, T, E)`` is added to the embedded tokens (see
        `unrolled.nets.training.adversarial_loss`).
        """
        lengths = check_inputs(inputs, lengths, dimensions=2)
        inputs = without_padding(inputs, lengths, self.embedding.padding_idx)
        check_tokens(inputs, self.embedding.num_embeddings)
        embedded = self.embedding_dropout(self.embedding(inputs))
        if move is not None:
            embedded = embedded + move
        pooled = self.pool(self.states(embedded, lengths), lengths)
        logits = self.head(self.dropout(pooled))
        return logits.squeeze(1) if self.head.out_features == 1 else logits

    def states(self, embedded: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Return the hidden states ``(B, T, H)``, or ``(B, T, 2H)`` if bidirectional."""
        embedded = without_padding(embedded, lengths)
        outputs, _ = self.forwards(embedded)
        if self.backwards is None:
            return outputs
        turned, _ = self.backwards(turn_round(embedded, lengths))
        return torch.cat([outputs, turn_round(turned, lengths)], dim=2)

    def pool(self, states: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Return one vector a review from its states; padding has no part in it."""
        lengths = torch.as_tensor(lengths, device=states.device)
        if self.pooling == "last":
            return last_read_states(states, lengths, self.backwards is not None)
        real = without_padding(states, lengths)
        if self.pooling == "attention":
            return (self.attention_weights(states, lengths).unsqueeze(2) * real).sum(1)
        mean = real.sum(1) / lengths.unsqueeze(1)
        if self.pooling == "mean":
            return mean
        highest = without_padding(states, lengths, -torch.inf).amax(1)
        return highest if self.pooling == "max" else torch.cat([mean, highest], dim=1)

    def attention_weights(self, states: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Return ``(B, T)`` weights that are 0 at padding and sum to 1 over each review.

        The softmax over the real steps of ``u . tanh(W h + b)``, as in Yang et al. (2016).

        Raises
        ------
        ValueError
            If the model does not pool by attention.
        """
        if self.pooling != "attention":
            raise ValueError(
                f"This model pools by {self.pooling!r} and has no attention weights. "
                "Build it with pooling='attention'."
            )
        scores = self.attention(without_padding(states, lengths)).squeeze(2)  # (B, T)
        return without_padding(scores, lengths, -torch.inf).softmax(1)
