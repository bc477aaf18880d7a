"""Encoder and decoder: one LSTM pair reads a sequence, another LSTM writes a sequence from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from unrolled.data.batching import bucketed_rows, pad_sequences
from unrolled.nets.padding import real_steps, without_padding
from unrolled.nets.training import fit, one_cycle

PAD, BEGIN, END = 0, 1, 2  # on both sides; further symbols count from 3
FIRST = 3


class Pairs(NamedTuple):
    """A batch: symbols to read, symbols to write, and how many of each are real."""

    inputs: torch.Tensor  # (B, T)
    lengths: torch.Tensor  # (B,)
    targets: torch.Tensor  # (B, U), END last, then PAD


@dataclass
class Memory:
    """What an encoder hands over: all its states, and the pair that the decoder starts from."""

    states: torch.Tensor  # (B, T, H)
    lengths: torch.Tensor  # (B,)
    start: tuple[torch.Tensor, torch.Tensor]  # (1, B, H) each

    def take(self, rows: torch.Tensor) -> Memory:
        """Return the memory of these rows."""
        h, c = self.start
        return Memory(self.states[rows], self.lengths[rows], (h[:, rows], c[:, rows]))


class EncoderDecoder(nn.Module):
    """Read a row of symbols both ways; write another, one symbol at a time.

    The encoder's two last states, side by side, are the decoder's first. Without attention the
    decoder gets nothing else. With it each decoder state s gets the score ``s . h_t`` with every
    encoder state, and the mean of these by the softmax of the scores stands beside s when the next
    symbol is chosen (Luong, Pham & Manning 2015, their "dot", without input feeding).

    Parameters
    ----------
    source_size, target_size : int
        Symbols on each side, the three special ones included.
    embedding_size, hidden_size : int
        E and H; each direction of the encoder has H / 2.
    attention : bool
    dropout : float
        Share of embedded and of combined features that is zeroed in training.
    reads_padding : bool
        False, unless you want to see what goes wrong: then the encoder reads on through the
        padding, and the attention looks at it.
    """

    def __init__(
        self,
        source_size: int,
        target_size: int,
        embedding_size: int,
        hidden_size: int,
        *,
        attention: bool = True,
        dropout: float = 0.0,
        reads_padding: bool = False,
    ):
        super().__init__()
        if hidden_size % 2:
            raise ValueError(f"hidden_size is {hidden_size}; the encoder halves it: give an even.")
        self.attention, self.reads_padding = attention, reads_padding
        self.source = nn.Embedding(source_size, embedding_size, padding_idx=PAD)
        self.target = nn.Embedding(target_size, embedding_size, padding_idx=PAD)
        self.encoder = nn.LSTM(
            embedding_size, hidden_size // 2, batch_first=True, bidirectional=True
        )
        self.decoder = nn.LSTM(embedding_size, hidden_size, batch_first=True)
        self.combine = nn.Linear(hidden_size * (2 if attention else 1), hidden_size)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(hidden_size, target_size)

    def encode(self, sources: torch.Tensor, lengths: torch.Tensor) -> Memory:
        """Return the `Memory` of sources ``(B, T)`` with `lengths` ``(B,)``."""
        steps = sources.shape[1]
        if self.reads_padding:
            lengths = torch.full_like(lengths, steps)
        embedded = self.dropout(self.source(sources))
        if bool((lengths == steps).all()):
            states, (h, c) = self.encoder(embedded)
        else:
            packed = pack_padded_sequence(
                embedded, lengths.cpu(), batch_first=True, enforce_sorted=False
            )
            states, (h, c) = self.encoder(packed)
            states, _ = pad_packed_sequence(states, batch_first=True, total_length=steps)
        start = tuple(torch.cat([s[0], s[1]], dim=1)[None] for s in (h, c))  # both ways: (1, B, H)
        return Memory(states, lengths, start)

    def decode(self, previous: torch.Tensor, memory: Memory, state=None):
        """Return logits ``(B, U, K)``, the decoder's state, and weights ``(B, U, T)`` or None.

        `previous` ``(B, U)`` are the symbols before those to be chosen, BEGIN first.
        """
        written = self.dropout(self.target(previous))
        written, state = self.decoder(written, memory.start if state is None else state)
        weights = None
        if self.attention:
            scores = written @ memory.states.transpose(1, 2)  # (B, U, T)
            real = real_steps(memory.lengths, memory.states.shape[1])
            scores = scores.masked_fill(~real[:, None], -torch.inf)
            weights = scores.softmax(-1)
            written = torch.cat([weights @ memory.states, written], dim=2)
        combined = self.dropout(torch.tanh(self.combine(written)))
        return self.head(combined), state, weights

    def forward(self, sources, lengths, targets):
        """Return logits ``(B, U, K)`` under teacher forcing: each step is told the right past."""
        begin = torch.full_like(targets[:, :1], BEGIN)
        previous = torch.cat([begin, targets[:, :-1]], dim=1)
        return self.decode(previous, self.encode(sources, lengths))[0]


def teacher_forcing_loss(model: EncoderDecoder, batch: Pairs) -> torch.Tensor:
    """Return the mean cross-entropy of the real target symbols, a scalar."""
    logits = model(*batch)
    return F.cross_entropy(logits.flatten(0, 1), batch.targets.flatten(), ignore_index=PAD)


@torch.no_grad()
def greedy(model: EncoderDecoder, sources, lengths, limit: int):
    """Return what the model writes if it takes the likeliest symbol each time.

    Returns
    -------
    list of list of int
        Without END; at most `limit` symbols.
    weights : Tensor ``(B, U, T)`` or None
        Where it looked at each step.
    """
    model.eval()
    memory = model.encode(sources, lengths)
    previous = torch.full((len(sources), 1), BEGIN)
    state, steps, looked = None, [], []
    done = torch.zeros(len(sources), dtype=torch.bool)
    while len(steps) < limit and not bool(done.all()):
        logits, state, weights = model.decode(previous, memory, state)
        previous = _symbols_only(logits)[:, -1].argmax(-1, keepdim=True)
        steps.append(previous)
        looked.append(weights)
        done |= previous[:, 0] == END
    written = [_until_end(row) for row in torch.cat(steps, dim=1).tolist()]
    return written, torch.cat(looked, dim=1) if model.attention else None


@torch.no_grad()
def beam_search(
    model: EncoderDecoder, sources, lengths, limit: int, width: int, *, by_length: float = 0.0
) -> list[list[int]]:
    """Return the likeliest rows that a beam finds, which keeps `width` beginnings at each step.

    Parameters
    ----------
    sources, lengths : Tensor ``(B, T)``, ``(B,)``
    limit : int
        Symbols at most.
    width : int
        Of width 1 it is `greedy`.
    by_length : float
        A log-probability is divided by ``length ** by_length`` before rows are compared at the end;
        0 leaves it, 1 takes the mean of a symbol.

    Returns
    -------
    list of list of int, without END
    """
    if width < 1:
        raise ValueError(f"width is {width}; a beam keeps at least one row.")
    model.eval()
    batch = len(sources)
    memory = model.encode(sources, lengths).take(torch.arange(batch).repeat_interleave(width))
    state = memory.start
    rows = torch.full((batch, width, 1), BEGIN)
    scores = torch.full((batch, width), -torch.inf)
    scores[:, 0] = 0.0  # all rows of a word are equal at first: one of them counts
    first = (torch.arange(batch) * width)[:, None]
    for _ in range(limit):
        logits, state, _ = model.decode(rows[:, :, -1].reshape(-1, 1), memory, state)
        gain = _symbols_only(logits)[:, -1].log_softmax(-1).view(batch, width, -1)
        ended = (rows[:, :, -1] == END) | (rows[:, :, -1] == PAD)
        gain = gain.masked_fill(ended[..., None], -torch.inf)
        gain[..., PAD] = torch.where(ended, 0.0, -torch.inf)  # an ended row waits at no cost
        symbols = gain.shape[-1]
        scores, best = (scores[..., None] + gain).flatten(1).topk(width)
        parent, symbol = best // symbols, best % symbols
        rows = torch.cat([rows.gather(1, parent[..., None].expand_as(rows)), symbol[..., None]], 2)
        kept = (first + parent).flatten()
        state = tuple(part[:, kept] for part in state)
        if bool(((symbol == END) | (symbol == PAD)).all()):
            break
    sizes = (rows[:, :, 1:] != PAD).sum(-1).clamp_min(1)
    chosen = (scores / sizes**by_length).argmax(1)
    return [_until_end(row[one].tolist()[1:]) for row, one in zip(rows, chosen, strict=True)]


def _symbols_only(logits):
    """Return logits that never choose PAD or BEGIN."""
    logits = logits.clone()
    logits[..., [PAD, BEGIN]] = -torch.inf
    return logits


def _until_end(row: list[int]) -> list[int]:
    """Return the symbols before the first END or PAD."""
    ends = [step for step, symbol in enumerate(row) if symbol in (PAD, END)]
    return row[: ends[0]] if ends else row


def pad_rows(rows, steps: int | None = None) -> tuple[torch.Tensor, torch.Tensor]:
    """Return rows of numbers as one tensor, PAD at the ends, and their lengths.

    `steps` is its width; that of the longest row if None.
    """
    table, lengths = pad_sequences(rows, pad_id=PAD)
    if steps is not None:
        table = np.pad(table, ((0, 0), (0, steps - table.shape[1])), constant_values=PAD)
    return torch.as_tensor(table), torch.as_tensor(lengths)


def batches_of(sources, targets, size: int, rng, *, alike: bool = True, steps: int | None = None):
    """Yield `Pairs` of one pass over all pairs, in random order.

    Parameters
    ----------
    sources, targets : list of list of int
        Targets without END; it is added here.
    size : int
        B, at most.
    rng : numpy.random.Generator
    alike : bool
        Put sources of about one length together, so that hardly anything is padded: see
        `unrolled.data.batching.bucketed_batches`.
    steps : int, optional
        Pad all sources to this length.
    """
    if alike:
        groups = bucketed_rows(np.array([len(row) for row in sources]), size, rng)
    else:
        groups = np.split(rng.permutation(len(sources)), range(size, len(sources), size))
    for rows in groups:
        table, lengths = pad_rows([sources[row] for row in rows], steps)
        written, _ = pad_rows([[*targets[row], END] for row in rows])
        yield Pairs(table, lengths, written)


def train_pairs(
    model: EncoderDecoder,
    sources,
    targets,
    *,
    rate: float,
    passes: int,
    batch_size: int,
    rng: np.random.Generator,
    steps: int | None = None,
) -> None:
    """Train by teacher forcing with Adam, its rate going up and down once, gradients clipped to 1.

    Sources of about one length are read together, or, with `steps`, any, all padded to that length.

    Parameters
    ----------
    model : EncoderDecoder
        Trained in place.
    sources, targets : list of list of int
        Targets without END.
    rate : float
        The highest (`one_cycle`).
    passes, batch_size : int
    rng : numpy.random.Generator
    steps : int, optional
    """
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    schedule = one_cycle(optimizer, rate, passes * -(-len(sources) // batch_size))
    for _ in range(passes):
        pairs = batches_of(sources, targets, batch_size, rng, alike=steps is None, steps=steps)
        fit(model, pairs, teacher_forcing_loss, optimizer, clip_norm=1.0, schedule=schedule)


def write_all(
    model: EncoderDecoder,
    sources,
    limit: int,
    *,
    width: int = 1,
    by_length: float = 0.0,
    size: int = 256,
    steps: int | None = None,
) -> list[list[int]]:
    """Return what the model writes for each source: greedily, or by a beam of some width.

    Sources of one length are read together, at most `size`, and none is padded; with `steps` each
    is padded to that length. `limit` and `by_length` are those of `beam_search`.
    """
    if steps is None:
        groups = in_order_of_length(sources, size)
    else:
        groups = np.array_split(np.arange(len(sources)), max(1, len(sources) // size))
    written: list = [None] * len(sources)
    for places in groups:
        batch = pad_rows([sources[place] for place in places], steps)
        if width == 1:
            rows, _ = greedy(model, *batch, limit)
        else:
            rows = beam_search(model, *batch, limit, width, by_length=by_length)
        for place, row in zip(places, rows, strict=True):
            written[place] = row
    return written


def in_order_of_length(rows, size: int):
    """Yield positions of at most `size` rows of equal length each, the shortest first."""
    lengths = np.array([len(row) for row in rows])
    for length in np.unique(lengths):
        places = np.flatnonzero(lengths == length)
        yield from np.split(places, range(size, len(places), size))


def without_rest(weights: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    """Return weights ``(B, U, T)`` with zeros where the source has ended."""
    return without_padding(weights.transpose(1, 2), lengths).transpose(1, 2)
