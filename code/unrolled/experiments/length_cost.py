"""What does a step cost, by length? Time and memory of four networks, in training and in writing.

The networks are those of `unrolled.experiments.after_characters`: equally large, as far as possible
in the fastest form that this package has on a CPU (torch's LSTM, our GRU, a scan, torch's fused
attention). The clock counts only what the processor spends on this program; the networks are timed
in turns, in an order drawn anew.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import torch

from unrolled.data.shakespeare import ALPHABET
from unrolled.experiments.after_characters import SETTINGS, untrained
from unrolled.experiments.cost import kept_by_numpy, kept_by_torch, seconds
from unrolled.experiments.registry import Experiment
from unrolled.nets.numpy_layer import NumpyLayer
from unrolled.nets.symbols import SymbolModel
from unrolled.seeding import seed_everything

SEEDS = range(5)  # rounds
LENGTHS = (64, 256, 1024, 4096, 16_384)
LONGEST_ATTENTION = 4096  # a Transformer is not trained on more here: it would take minutes
BATCH, TURNS = 4, 3
LEAST = 1e-2  # seconds that one timing lasts at least


def grid() -> list[dict]:
    """Return all lengths in each round."""
    return [{"length": length, "seed": seed} for seed, length in itertools.product(SEEDS, LENGTHS)]


def measure(length: int, seed: int, *, turns: int = TURNS) -> list[dict]:
    """Return what each network costs at a length.

    Parameters
    ----------
    length : int
        Symbols of a sequence; in writing, how many were read before.
    seed : int
        Draws weights, inputs and the order of the timings.
    turns : int
        How often each is timed; the median counts.

    Returns
    -------
    list of dict
        network, what ("training": forwards and backwards through 4 sequences; "writing": one more
        symbol of 1 sequence), milliseconds, and bytes: of "training", what is kept for the backward
        pass beside parameters; of "writing", the state.
    """
    rng = seed_everything(seed)
    models = {kind: untrained(kind).eval() for kind in SETTINGS}
    calls, kept = {}, {}
    for kind, model in models.items():
        if kind != "transformer" or length <= LONGEST_ATTENTION:
            numbers = torch.as_tensor(rng.integers(len(ALPHABET), size=(BATCH, length)))
            calls[kind, "training"] = training(model, numbers)
            kept[kind, "training"] = kept_bytes(model, numbers)
        state = state_after(model, kind, length)
        calls[kind, "writing"] = writing(model, state)
        kept[kind, "writing"] = sum(part.nbytes for part in state)
    rows = zip(calls, in_turns(list(calls.values()), rng, turns), strict=True)
    return [
        {"network": key[0], "what": key[1], "milliseconds": time, "bytes": kept[key]}
        for key, time in rows
    ]


def in_turns(calls: list, rng: np.random.Generator, turns: int) -> list[float]:
    """Return the median time of each call in milliseconds; short ones are repeated within it."""
    often = [max(1, math.ceil(LEAST / min(seconds(run), seconds(run)))) for run in calls]
    found = np.empty((turns, len(calls)))
    for turn in range(turns):
        for place in rng.permutation(len(calls)):
            found[turn, place] = seconds(calls[place], often[place])
    return [round(1e3 * float(time), 5) for time in np.median(found, axis=0)]


def training(model: SymbolModel, numbers: torch.Tensor):
    """Return a function that goes once through sequences ``(B, T)``, forwards and backwards."""
    with torch.no_grad():
        upstream = torch.randn_like(model(numbers)[0])

    def run():
        model.zero_grad()
        model(numbers)[0].backward(upstream)

    return run


def writing(model: SymbolModel, state: tuple):
    """Return a function that scores what comes after one more symbol; the state stays as it is."""
    number = torch.zeros(1, 1, dtype=torch.long)

    def run():
        with torch.inference_mode():
            return model(number, state)

    return run


@torch.no_grad()
def state_after(model: SymbolModel, kind: str, length: int) -> tuple:
    """Return the state of a network that has read one sequence of a length.

    That of a Transformer is made of random keys and values: they cost as much as real ones.
    """
    state = model(torch.zeros(1, 2, dtype=torch.long))[1]
    if kind != "transformer":
        return state
    return tuple(torch.randn(*part.shape[:2], length, part.shape[3]) for part in state)


def kept_bytes(model: SymbolModel, numbers: torch.Tensor) -> int:
    """Return what a forward pass keeps for the backward pass, beside the parameters."""
    kept = kept_by_torch(model, numbers)
    x = model.embedding(numbers).detach()
    for layer in model.layers:
        inner = getattr(layer, "layer", None)
        if isinstance(inner, NumpyLayer):  # what NumPy keeps is not seen by autograd
            kept += kept_by_numpy(inner.layer, x.numpy())
            x = layer(x)[0].detach()
    return kept


EXPERIMENTS = [
    Experiment(
        "length-cost",
        "What do time and memory of LSTM, GRU, minGRU and Transformer come to, by length?",
        grid,
        measure,
        minutes=4,
    ),
]
