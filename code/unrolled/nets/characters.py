"""A language model over characters: trained by truncated backpropagation, and made to write."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from unrolled.byhand.sampling import drawn, nucleus, tempered

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


def in_columns(numbers: np.ndarray, columns: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return a text as parallel columns of inputs, and what follows each; int64 ``(B, N)``.

    Raises
    ------
    ValueError
        If the text is too short for the columns.
    """
    steps = (len(numbers) - 1) // columns
    if steps == 0:
        raise ValueError(
            f"in_columns got {len(numbers)} characters for {columns} columns; give a longer text."
        )
    end = steps * columns
    inputs, targets = numbers[:end], numbers[1 : end + 1]
    return tuple(torch.as_tensor(part.reshape(columns, steps)) for part in (inputs, targets))


def train_characters(
    model: CharacterModel,
    numbers: np.ndarray,
    *,
    rng: np.random.Generator,
    budget: int,
    columns: int = 8,
    steps: int = 64,
    rate: float = 4e-3,
    clip: float = 1.0,
    carried: bool = True,
    warm_up: float = 0.0,
    at_checkpoint: Callable[[int], None] | None = None,
    checkpoints: int = 8,
) -> None:
    """Train by truncated backpropagation through time (Adam, its rate falling in a line to zero).

    The text is read in parallel columns, `steps` characters at a time. The state at the end of a
    piece is where the next begins, but no gradient goes back across: it is detached. Each pass
    begins somewhere else in the text, so no column ever has the same characters.

    Parameters
    ----------
    model : CharacterModel or unrolled.nets.symbols.SymbolModel
    numbers : ndarray of int ``(N,)``
        The text.
    rng : numpy.random.Generator
        Draws where each pass begins.
    budget : int
        Characters to read in all, over however many passes.
    columns, steps : int
        B and T of a piece.
    rate, clip : float
        Adam's first rate, and the largest norm of a gradient.
    carried : bool
        False sets the state to zero before each piece.
    warm_up : float
        Share of the training in which the rate rises in a line from zero.
    at_checkpoint : callable, optional
        Called with the number of characters read, `checkpoints` times.
    """
    parameters = list(model.parameters())
    optimizer = torch.optim.Adam(parameters, rate, fused=True)
    updates = max(budget // (columns * steps), 1)
    marks = {round(updates * (k + 1) / checkpoints) for k in range(checkpoints)}
    state = None
    model.train()
    for done, (x, y, first) in enumerate(_pieces(numbers, rng, columns, steps, updates)):
        state = None if first or not carried else tuple(part.detach() for part in state)
        scores, state = model(x, state)
        loss = F.cross_entropy(scores.flatten(0, 1), y.flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, clip)
        for group in optimizer.param_groups:
            rise = min(1.0, (done + 1) / (warm_up * updates)) if warm_up else 1.0
            group["lr"] = rate * rise * (1 - done / updates)
        optimizer.step()
        if at_checkpoint is not None and done + 1 in marks:
            at_checkpoint((done + 1) * columns * steps)
            model.train()
    model.eval()


def _pieces(numbers, rng, columns, steps, updates) -> Iterator[tuple]:
    """Yield inputs and targets ``(B, T)``, and whether a pass begins; `updates` times."""
    done = 0
    while True:
        x, y = in_columns(np.roll(numbers, -int(rng.integers(len(numbers)))), columns)
        for start in range(0, max(x.shape[1] - steps, 0) + 1, steps):
            yield x[:, start : start + steps], y[:, start : start + steps], start == 0
            done += 1
            if done == updates:
                return


@torch.no_grad()
def bits_by_character(
    model: CharacterModel, numbers: np.ndarray, *, columns: int = 16, warm: int = 250
) -> np.ndarray:
    """Return how many bits each character costs but the first, float64 ``(N - 1,)``.

    The text is read in `columns` parts side by side. Before each but the first, the `warm`
    characters that precede it are read and not counted; the first begins with a state of zeros.
    """
    model.eval()
    columns = max(min(columns, (len(numbers) - 1) // warm), 1)
    length = -(-(len(numbers) - 1) // columns)  # rounded up
    places = length * np.arange(columns)[:, None] + np.arange(-warm, length + 1)
    rows = torch.as_tensor(numbers[places.clip(0, len(numbers) - 1)])  # (B, warm + length + 1)
    _, state = model(rows[:, :warm])
    for part in state:
        part[:, 0] = 0
    bits = []
    for start in range(warm, warm + length, 250):
        piece = rows[:, start : start + 251]
        scores, state = model(piece[:, :-1], state)
        bits.append(_bits(scores, piece[:, 1:]))
    return torch.cat(bits, 1).flatten().numpy()[: len(numbers) - 1]


@torch.no_grad()
def bits_from_nothing(model: CharacterModel, numbers: np.ndarray, window: int) -> np.ndarray:
    """Return the mean bits of a character after 1, 2, 3, ... were read, float64 ``(window,)``.

    The text is cut into windows and each is read from a state of zeros; the first character of a
    window is only read. What does not fill a window is left out.
    """
    model.eval()
    count = (len(numbers) - 1) // window
    rows = torch.as_tensor(numbers[: count * window + 1])
    inputs, targets = rows[:-1].reshape(count, window), rows[1:].reshape(count, window)
    parts = zip(inputs.split(64), targets.split(64), strict=True)
    bits = [_bits(model(x)[0], y) for x, y in parts]
    return torch.cat(bits).mean(0).numpy()


def _bits(scores: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Return what each target costs in bits, ``(B, T)``; scores ``(B, T, V)``."""
    chosen = scores.double().log_softmax(-1).gather(2, targets[..., None])[..., 0]
    return -chosen / math.log(2)


@torch.no_grad()
def write_characters(
    model: CharacterModel,
    prompts: np.ndarray,
    length: int,
    *,
    rng: np.random.Generator,
    temperature: float = 1.0,
    top_p: float = 1.0,
) -> np.ndarray:
    """Return how the model goes on after each prompt, int64 ``(B, length)``.

    Parameters
    ----------
    model : CharacterModel
    prompts : ndarray of int ``(B, T)``
        At least one character each; not repeated in what is returned.
    length : int
        Characters to write.
    rng : numpy.random.Generator
        Draws each character.
    temperature, top_p : float
        As `unrolled.byhand.sampling.tempered` and `unrolled.byhand.sampling.nucleus` have them.
    """
    model.eval()
    read, state, written = torch.as_tensor(prompts), None, []
    for _ in range(length):
        scores, state = model(read, state)
        p = nucleus(tempered(scores[:, -1].numpy(), temperature), top_p)
        written.append(drawn(p, rng))
        read = torch.as_tensor(written[-1])[:, None]
    return np.stack(written, axis=1)
