"""Characters of Shakespeare: four kinds of network, equally large, for equal processor time.

Text, split and symbols are those of `unrolled.experiments.characters`. Each network has about
96,000 numbers, its embedding and its last layer with them, and reads as many characters as it can
in 30 seconds of one processor core; how many that are was measured before, so that a run can be
made again. A recurrent network goes on from piece to piece with its state; a Transformer reads each
piece from nothing. What is scored is read alike by all: windows of 64 characters, each with the 64
before it.
"""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass

import numpy as np

from unrolled.data.shakespeare import ALPHABET, VALID, numbers_of, text_of
from unrolled.experiments.characters import numbers_of_plays, read, scores
from unrolled.experiments.registry import Experiment
from unrolled.nets.characters import bits_by_character, train_characters
from unrolled.nets.symbols import Shape, SymbolModel, bits_in_windows
from unrolled.seeding import seed_everything

SEEDS = range(5)
SIZE = 1_000_000  # characters of the training text
SECONDS = 30
WARM, WINDOW = 64, 64  # characters read before a window, and scored in it
WARM_UP, CHECKPOINTS = 0.05, 5


@dataclass(frozen=True)
class Setting:
    """How one kind is built and trained: chosen on the validation play with seed 100.

    Parameters
    ----------
    shape : unrolled.nets.symbols.Shape
    columns, steps, rate : int, int, float
        As `unrolled.nets.characters.train_characters` has them; of a Transformer, `steps` is its
        context.
    pace : int
        Characters that it learns from in a second of processor time.
    """

    shape: Shape
    columns: int
    steps: int
    rate: float
    pace: int

    @property
    def characters(self) -> int:
        """How many it reads in all, some of them several times."""
        return SECONDS * self.pace


SETTINGS = {
    "lstm": Setting(Shape(128, embedding=32), 16, 32, 1.6e-2, 78_000),
    "gru": Setting(Shape(148, embedding=32), 16, 32, 8e-3, 63_000),
    "mingru": Setting(Shape(72, 2, inner=215, start=0.02), 16, 64, 8e-3, 63_000),
    "transformer": Setting(Shape(64, 2, inner=200), 4, 128, 6e-3, 44_000),
}


def untrained(kind: str) -> SymbolModel:
    """Return a network of a kind, as it stands in `SETTINGS`."""
    return SymbolModel(kind, len(ALPHABET), len(ALPHABET), SETTINGS[kind].shape)


def grid() -> list[dict]:
    """Return all kinds with each seed, one kind after the other."""
    return [{"kind": kind, "seed": seed} for seed, kind in itertools.product(SEEDS, SETTINGS)]


def measure(
    kind: str, seed: int, *, characters: int | None = None, limit: int | None = None
) -> list[dict]:
    """Train one network; return a finding a checkpoint, the last with its bits on the test plays.

    Parameters
    ----------
    kind : str
        One of `SETTINGS`.
    seed : int
        Draws the training text, its order and the start.
    characters, limit : int, optional
        To be read, and to be scored of each play, where it should be fewer than recorded.

    Returns
    -------
    list of dict
        parameters, read (characters), cpu_seconds (of training alone), valid (bits in windows of
        the validation play); in the last also what `unrolled.experiments.characters.scores` says of
        windows of the test plays, and carried (bits where the state goes on through a play; not of
        a Transformer, which has none).
    """
    rng = seed_everything(seed)
    _, numbers = read(SIZE, seed)
    valid = numbers_of(text_of(VALID[0])[:limit])
    model, plays = untrained(kind), numbers_of_plays(limit)
    found = trained(model, kind, numbers, valid, rng=rng, characters=characters)
    last = scores([in_windows(model, play) for play in plays])
    carried = [bits_by_character(model, play) for play in plays] if kind != "transformer" else None
    last["carried"] = None if carried is None else float(np.concatenate(carried).mean())
    return [row | dict.fromkeys(last) for row in found[:-1]] + [found[-1] | last]


def trained(model, kind, numbers, valid, *, rng, characters=None) -> list[dict]:
    """Train a network in place; return what stood at each checkpoint."""
    setting, found = SETTINGS[kind], []
    parameters = sum(weight.numel() for weight in model.parameters())
    spent, began = 0.0, time.process_time()

    def judge(read):
        nonlocal spent, began
        spent += time.process_time() - began
        row = {"parameters": parameters, "read": read, "cpu_seconds": round(spent, 3)}
        found.append(row | {"valid": float(in_windows(model, valid).mean())})
        began = time.process_time()

    train_characters(
        model,
        numbers,
        rng=rng,
        budget=setting.characters if characters is None else characters,
        columns=setting.columns,
        steps=setting.steps,
        rate=setting.rate,
        carried=kind != "transformer",
        warm_up=WARM_UP,
        at_checkpoint=judge,
        checkpoints=CHECKPOINTS,
    )
    return found


def in_windows(model: SymbolModel, numbers: np.ndarray) -> np.ndarray:
    """Return the bits of each character in windows, one after the other."""
    return bits_in_windows(model, numbers, warm=WARM, window=WINDOW).ravel()


EXPERIMENTS = [
    Experiment(
        "after-characters",
        "Who predicts Shakespeare best in equal time: LSTM, GRU, minGRU or Transformer?",
        grid,
        measure,
        minutes=20,
    ),
]
