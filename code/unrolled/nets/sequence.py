"""Torch models that read sequences of vectors: numbers at the end, or scores at every step."""

from __future__ import annotations

import torch
from torch import nn

from unrolled.nets.initialization import start_recurrent_weights
from unrolled.nets.layers import recurrent_layer
from unrolled.nets.padding import check_inputs, last_real_step, without_padding


class SequenceReader(nn.Module):
    """Read a sequence of vectors and return numbers computed from the last real step.

    Parameters
    ----------
    cell : {"rnn", "lstm", "gru"} or torch.nn.Module
        Which recurrent layer of torch, or a layer of your own that returns ``(B, T, H), state``.
    input_size, hidden_size, output_size : int
        I, H and the number of outputs.
    nonlinearity : {"tanh", "relu"}
        Of the plain RNN; the other cells have their own.
    recurrent_start : {"default", "orthogonal", "identity"}
        How `weight_hh` starts: torch's uniform start, an orthogonal matrix or the
        identity (for each gate).
    forget_bias : float, optional
        Start value of the *sum* of the LSTM's two forget biases. torch adds `bias_ih`
        and `bias_hh`, so the whole value goes into the first and the second is zero.
    """

    def __init__(
        self,
        cell: str | nn.Module,
        input_size: int,
        hidden_size: int,
        output_size: int = 1,
        *,
        nonlinearity: str = "tanh",
        recurrent_start: str = "default",
        forget_bias: float | None = None,
    ):
        super().__init__()
        self.recurrent = recurrent_layer(
            cell, input_size, hidden_size, nonlinearity=nonlinearity, forget_bias=forget_bias
        )
        start_recurrent_weights(self.recurrent, recurrent_start)
        self.head = nn.Linear(hidden_size, output_size)

    def forward(self, inputs: torch.Tensor, lengths: torch.Tensor | None = None) -> torch.Tensor:
        """Return ``(B, output_size)``; inputs ``(B, T, I)``, lengths ``(B,)`` or None for all T."""
        lengths = check_inputs(inputs, lengths, dimensions=3)
        outputs, _ = self.recurrent(without_padding(inputs, lengths))  # (B, T, H)
        return self.head(last_real_step(outputs, lengths))


class SequenceLabeller(nn.Module):
    """Read a sequence of vectors and return scores for every step.

    Parameters
    ----------
    cell : {"rnn", "lstm", "gru"} or torch.nn.Module
        Which recurrent layer of torch, or a layer of your own that returns ``(B, T, H), state``.
    input_size, hidden_size, output_size : int
        I, H and the number of classes K.
    """

    def __init__(self, cell: str | nn.Module, input_size: int, hidden_size: int, output_size: int):
        super().__init__()
        self.recurrent = recurrent_layer(cell, input_size, hidden_size)
        self.head = nn.Linear(hidden_size, output_size)

    def forward(self, inputs: torch.Tensor, lengths: torch.Tensor | None = None) -> torch.Tensor:
        """Return ``(B, T, K)``; inputs ``(B, T, I)``. Steps after a length are to be ignored."""
        lengths = check_inputs(inputs, lengths, dimensions=3)
        return self.head(self.recurrent(without_padding(inputs, lengths))[0])
