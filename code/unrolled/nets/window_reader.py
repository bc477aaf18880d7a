"""Torch networks for sequences of one length: windows of motion, films, the past of a pixel."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from unrolled.data.batching import Batch, row_batches
from unrolled.nets.layers import recurrent_layer
from unrolled.nets.training import batch_tensors, evaluate, fit, one_cycle

READOUTS = ("last", "mean")


class WindowReader(nn.Module):
    """Read a sequence of vectors; numbers come from the last state or from the mean of all.

    Parameters
    ----------
    cell : {"rnn", "lstm", "gru"}
    input_size, hidden_size, output_size : int
        I, H and the number of outputs K.
    readout : {"last", "mean"}

    Raises
    ------
    ValueError
        If `readout` is neither of the two.
    """

    def __init__(
        self,
        cell: str,
        input_size: int,
        hidden_size: int,
        output_size: int,
        readout: str = "last",
    ):
        super().__init__()
        if readout not in READOUTS:
            raise ValueError(f"readout is {readout!r}; choose one of {', '.join(READOUTS)}.")
        self.recurrent = recurrent_layer(cell, input_size, hidden_size)
        self.head = nn.Linear(hidden_size, output_size)
        self.readout = readout

    def forward(self, inputs: torch.Tensor, lengths: torch.Tensor | None = None) -> torch.Tensor:
        """Return ``(B, K)``; inputs ``(B, T, I)``. All T steps are read, whatever `lengths` is."""
        outputs, _ = self.recurrent(inputs)  # (B, T, H)
        return self.head(outputs[:, -1] if self.readout == "last" else outputs.mean(dim=1))


class PixelPredictor(nn.Module):
    """Predict a pixel from the last squares round it: its grey level, or its change.

    A network that predicts the change and says 0 copies the last frame.

    Parameters
    ----------
    cell : {"rnn", "lstm", "gru"}
    input_size, hidden_size : int
        Pixels in a square, the middle one being the pixel itself, and H.
    change : bool
        Add the output to the pixel's last grey level.
    """

    def __init__(self, cell: str, input_size: int, hidden_size: int, change: bool):
        super().__init__()
        self.reader = WindowReader(cell, input_size, hidden_size, 1)
        self.change = change
        if change:  # begin at the copy
            nn.init.zeros_(self.reader.head.weight)
            nn.init.zeros_(self.reader.head.bias)

    def forward(self, inputs: torch.Tensor, lengths: torch.Tensor | None = None) -> torch.Tensor:
        """Return ``(B,)``; inputs ``(B, T, I)``."""
        said = self.reader(inputs)[:, 0]
        return said + inputs[:, -1, inputs.shape[2] // 2] if self.change else said


def absolute_loss(model: nn.Module, batch: Batch) -> torch.Tensor:
    """Return the mean absolute error of the model's outputs ``(B,)``, a scalar tensor."""
    inputs, lengths, targets = batch_tensors(batch, model)
    return F.l1_loss(model(inputs, lengths), targets)


def train_passes(
    model: nn.Module,
    inputs: np.ndarray,
    targets: np.ndarray,
    loss: Callable[[nn.Module, Batch], torch.Tensor],
    *,
    rate: float,
    passes: int,
    rng: np.random.Generator,
    batch_size: int = 64,
    after: Callable[[int], None] | None = None,
) -> None:
    """Train with Adam at one rate, gradients clipped to 1; `after` gets the number of each pass."""
    adam = torch.optim.Adam(model.parameters(), lr=rate)
    for number in range(1, passes + 1):
        fit(model, row_batches(inputs, targets, batch_size, rng), loss, adam, clip_norm=1.0)
        if after is not None:
            after(number)


def train_steps(
    model: nn.Module,
    inputs: np.ndarray,
    targets: np.ndarray,
    loss: Callable[[nn.Module, Batch], torch.Tensor],
    *,
    rate: float,
    steps: int,
    rng: np.random.Generator,
    batch_size: int = 64,
) -> None:
    """Train with Adam for so many steps; the rate rises to `rate` and falls (`one_cycle`)."""
    adam = torch.optim.Adam(model.parameters(), lr=rate)
    schedule = one_cycle(adam, rate, steps)
    endless = (row_batches(inputs, targets, batch_size, rng) for _ in itertools.count())
    batches = itertools.islice(itertools.chain.from_iterable(endless), steps)
    fit(model, batches, loss, adam, clip_norm=1.0, schedule=schedule)


def outputs_of(model: nn.Module, inputs: np.ndarray, batch_size: int = 1024) -> np.ndarray:
    """Return the model's outputs for ``(N, T, I)`` inputs, in their order."""
    return evaluate(model, row_batches(inputs, np.zeros(len(inputs)), batch_size))[0]
