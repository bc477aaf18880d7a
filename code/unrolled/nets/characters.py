"""A language model over characters: trained by truncated backpropagation, and made to write."""

from __future__ import annotations

import torch
from torch import nn

EMBEDDING_SIZE, HIDDEN_SIZE = 32, 256


class CharacterModel(nn.Module):
    """Scores of the next character: an embedding, one LSTM layer, a linear layer.

    With the sizes of the course, 321,236 numbers. The symbols are numbered as in
    `unrolled.data.shakespeare.ALPHABET`.

    Parameters
    ----------
    symbols : int
        V, how many characters there are.
    embedding_size, hidden_size : int
        E and H.
    dropout : float
        Share of the LSTM's outputs that is zeroed in training, before the linear layer.
    """

    def __init__(
        self,
        symbols: int,
        embedding_size: int = EMBEDDING_SIZE,
        hidden_size: int = HIDDEN_SIZE,
        *,
        dropout: float = 0.0,
    ):
        super().__init__()
        self.embedding = nn.Embedding(symbols, embedding_size)
        self.lstm = nn.LSTM(embedding_size, hidden_size, batch_first=True)
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(hidden_size, symbols)

    def forward(self, numbers: torch.Tensor, state=None):
        """Return the scores ``(B, T, V)`` of what comes next, and the LSTM's last state.

        `numbers` ``(B, T)``; `state` as `torch.nn.LSTM` has it, zeros if it is left out.
        """
        states, state = self.lstm(self.embedding(numbers), state)
        return self.linear(self.dropout(states)), state
