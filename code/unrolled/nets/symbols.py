"""One model of symbols for four kinds of network: LSTM, GRU, minGRU, Transformer."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from unrolled.byhand.fast import FastGRU
from unrolled.byhand.layers import from_torch
from unrolled.data.batching import Batch
from unrolled.nets.initialization import start_for_length, start_forget_bias
from unrolled.nets.linear import MinGRU
from unrolled.nets.numpy_layer import NumpyLayer
from unrolled.nets.training import batch_tensors
from unrolled.nets.transformer import Block, CausalAttention

KINDS = ("lstm", "gru", "mingru", "signed mingru", "transformer")


@dataclass(frozen=True)
class Shape:
    """How large a network is.

    Parameters
    ----------
    width : int
        H of an LSTM or GRU; E of the blocks of the others, of their embedding too.
    layers : int
    inner : int
        Hidden units of the network on each step in a block; not for LSTM and GRU.
    embedding : int, optional
        Of LSTM and GRU: `width`, if it is left out.
    heads : int
        Of the Transformer.
    dropout : float
        Share that is zeroed in training: in blocks as `unrolled.nets.transformer.Block` has it, of
        an LSTM or GRU what comes out of each layer.
    start : float
        Standard deviation of the embedding where a minGRU or Transformer starts.
    memory : int, optional
        Start the gates for memories of up to so many steps (`start_for_length`).
    """

    width: int
    layers: int = 1
    inner: int = 0
    embedding: int | None = None
    heads: int = 4
    dropout: float = 0.0
    start: float = 1.0
    memory: int | None = None


class SymbolModel(nn.Module):
    """Scores at every step of a sequence of symbols: an embedding, layers, a linear layer.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    symbols, classes : int
        V of the inputs, and K of the scores.
    shape : Shape

    Raises
    ------
    ValueError
        If there is no such kind.
    """

    def __init__(self, kind: str, symbols: int, classes: int, shape: Shape):
        super().__init__()
        if kind not in KINDS:
            raise ValueError(f"kind is {kind!r}; choose one of {', '.join(KINDS)}.")
        recurrent = kind in ("lstm", "gru")
        size = (shape.embedding or shape.width) if recurrent else shape.width
        self.embedding = nn.Embedding(symbols, size)
        if recurrent:
            sizes = [size] + [shape.width] * (shape.layers - 1)
            self.layers = nn.ModuleList(_Gated(kind, inputs, shape) for inputs in sizes)
        else:
            nn.init.normal_(self.embedding.weight, std=shape.start)
            self.layers = nn.ModuleList(_block(kind, shape) for _ in range(shape.layers))
        self.dropout = nn.Dropout(shape.dropout if recurrent else 0.0)
        self.norm = nn.Identity() if recurrent else nn.LayerNorm(size)
        self.linear = nn.Linear(shape.width, classes)

    def forward(self, numbers: torch.Tensor, state: tuple | None = None):
        """Return the scores ``(B, T, K)`` and the state; numbers ``(B, T)``.

        The state is a tuple of tensors: ``(1, B, H)`` of each recurrent layer (an LSTM has two),
        keys and values ``(B, heads, T so far, D)`` of each layer of a Transformer.
        """
        x, parts = self.embedding(numbers), []
        each = len(state) // len(self.layers) if state else 0
        for number, layer in enumerate(self.layers):
            before = state[number * each : (number + 1) * each] if state else None
            x, after = layer(x, before)
            x = self.dropout(x)
            parts += after
        return self.linear(self.norm(x)), tuple(parts)


def _block(kind: str, shape: Shape) -> Block:
    """Return a block of the Transformer, or the same with a minGRU instead of attention."""
    if kind == "transformer":
        mixer = CausalAttention(shape.width, shape.heads)
    else:
        mixer = _Linear(shape.width, shape.width, signed=kind == "signed mingru")
        if shape.memory is not None:
            mixer.start_for_length(shape.memory)
    return Block(mixer, shape.width, shape.inner, dropout=shape.dropout)


class _Linear(MinGRU):
    """A minGRU whose state stands in a tuple, ``(1, B, H)``."""

    def forward(self, x, state=None):
        """Return ``(B, T, H)`` and the state."""
        states, last = super().forward(x, None if state is None else state[0][0])
        return states, (last[None],)


class _Gated(nn.Module):
    """An LSTM of torch, or a GRU of ours: on a CPU that takes half the time of torch's.

    Unless they start for a length, both start as torch's do, but for the LSTM's forget gate (bias
    1). No gradient flows into the GRU's first state.
    """

    def __init__(self, kind, input_size, shape):
        super().__init__()
        layer = getattr(nn, kind.upper())(input_size, shape.width, batch_first=True)
        if shape.memory is not None:
            start_for_length(layer, shape.memory)
        elif kind == "lstm":
            start_forget_bias(layer, 1.0)
        self.kind = kind
        self.layer = layer if kind == "lstm" else NumpyLayer(FastGRU(from_torch(layer).cell))

    def forward(self, x, state=None):
        """Return ``(B, T, H)`` and the state."""
        if self.kind == "lstm":
            return self.layer(x, state)
        initial = None if state is None else tuple(part[0] for part in state)
        states, last = self.layer(x, initial=initial)
        return states, tuple(torch.from_numpy(part)[None] for part in last)


def symbol_loss(model: SymbolModel, batch: Batch) -> torch.Tensor:
    """Return the mean cross-entropy of the steps that are asked for, a scalar tensor, in nats.

    Targets ``(B, T)``; those of -100 are not asked for.
    """
    inputs, _, targets = batch_tensors(batch, model)
    return F.cross_entropy(model(inputs)[0].flatten(0, 1), targets.flatten())


@torch.no_grad()
def bits_in_windows(
    model: SymbolModel, numbers: np.ndarray, *, warm: int, window: int, batch: int = 64
) -> np.ndarray:
    """Return how many bits each character costs, by windows, float64 ``(N', window)``.

    Each window is read from nothing, with the `warm` characters before it, which are not counted.
    So networks with and without a state that goes on know as much: `warm` characters before the
    first of a window, and ``warm + window - 1`` before its last. The first `warm` characters of
    the text are in no window, nor is the end that fills none.

    Raises
    ------
    ValueError
        If the text fills no window.
    """
    count = (len(numbers) - warm) // window
    if count < 1 or warm < 1:
        raise ValueError(
            f"bits_in_windows got {len(numbers)} characters for warm={warm}, window={window}; "
            "there must be a character before each window, and text enough for one."
        )
    model.eval()
    places = window * np.arange(count)[:, None] + np.arange(warm + window)
    bits = []
    for rows in torch.as_tensor(numbers[places]).split(batch):
        scores, _ = model(rows[:, :-1])
        chosen = scores[:, warm - 1 :].double().log_softmax(-1)
        bits.append(-chosen.gather(2, rows[:, warm:, None])[..., 0] / math.log(2))
    return torch.cat(bits).numpy()
