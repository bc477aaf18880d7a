"""What does a GRU cost beside an LSTM? Time and memory of whole layers, in three libraries.

Three libraries: NumPy (`unrolled.byhand.fast`); torch as it comes, which on a CPU hands a float32
LSTM to one fused kernel of oneDNN, but not a GRU; and torch with oneDNN switched off, where both
layers are loops of small operations. All run float32 on one thread.

A single time says little, for another program may have run beside it. So the clock counts only what
the processor spends on this one; rivals are timed in pairs, one right after the other, in random
order; and only the ratios of pairs count.
"""

from __future__ import annotations

import math
import subprocess
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from unrolled.byhand.cells import GRUCell, LSTMCell
from unrolled.byhand.fast import FastGRU, FastLSTM
from unrolled.byhand.layers import Recurrent, to_torch
from unrolled.evaluation.metrics import bootstrap_interval
from unrolled.experiments.registry import Experiment
from unrolled.seeding import seed_everything

LIBRARIES = ("NumPy", "torch", "torch, no oneDNN")
PASSES = ("forward", "training")
NETWORKS = ("LSTM", "GRU")
BATCH, INPUTS = 32, 32
SIZES = (32, 64, 128, 256, 512)  # units, at LENGTH steps
LENGTHS = (10, 50, 100, 200, 800)  # steps, at SIZE units
SIZE, LENGTH = 64, 100
SEEDS = range(9)  # rounds; each times every layer anew
PAIRS = 5  # of an LSTM and a GRU, in each round
LEAST = 1e-2  # seconds that one timing lasts at least: short calls are repeated within it
PROCESS_SEEDS, PROCESS_SIZES = range(5), (64, 512)


def cells() -> list[tuple[int, int]]:
    """Return all pairs of units and steps that are measured."""
    by_size = [(size, LENGTH) for size in SIZES]
    return by_size + [(SIZE, steps) for steps in LENGTHS if steps != LENGTH]


def grid() -> list[dict]:
    """Return all configurations; each seed of the times is a round over all sizes and lengths."""
    rows = [("memory", *cell, 0) for cell in cells()]
    rows += [("time", *cell, seed) for seed in SEEDS for cell in cells()]
    rows += [("process", size, LENGTH, seed) for seed in PROCESS_SEEDS for size in PROCESS_SIZES]
    return [dict(zip(("kind", "units", "steps", "seed"), row, strict=True)) for row in rows]


def measure(kind: str, units: int, steps: int, seed: int, *, pairs: int = PAIRS) -> list[dict]:
    """Return one finding for each library and quantity: the LSTM's, the GRU's, and GRU / LSTM.

    Parameters
    ----------
    kind : {"time", "memory", "process"}
        "time": milliseconds of processor time, of a forward pass and of forward and backward
        (medians; the ratio is the median of the pairs' ratios). "memory": bytes, which no seed
        changes. "process": the most memory that a fresh process holds which loads a layer and runs
        it, in bytes (on Linux).
    units, steps : int
        H and T.
    seed : int
        Draws the weights, the input, and the order of the timings.
    pairs : int
        How many pairs are timed.
    """
    if kind == "process":
        found = [
            ("process", "peak", *(process_peak(name, units, steps, seed) for name in NETWORKS))
        ]
    else:
        tasks = contestants(units, steps, seed_everything(seed))
        found = times(tasks, seed, pairs) if kind == "time" else memory(tasks, units, steps)
    columns = ("library", "what", "lstm", "gru", "ratio")
    rows = ([*row, round(row[3] / row[2], 5)] if len(row) == 4 else row for row in found)
    return [dict(zip(columns, row, strict=True)) for row in rows]


def summary(table: pd.DataFrame, *, rng: np.random.Generator, level: float = 0.95) -> pd.DataFrame:
    """Return the median ratio over the rounds, with its bootstrap interval, for each measurement.

    Parameters
    ----------
    table : DataFrame
        The record's, or a part of it.
    rng : numpy.random.Generator
        Draws the resamples.
    level : float
        Of the interval.
    """
    keys = ["kind", "library", "what", "units", "steps"]
    rows = []
    for names, group in table.groupby(keys, sort=False):
        values = group["ratio"].to_numpy()
        options = {"rng": rng, "level": level, "statistic": np.median, "repeats": 500}
        low, high = bootstrap_interval(values, **options)
        middle = {"ratio": np.median(values), "low": low, "high": high, "rounds": len(values)}
        rows.append(dict(zip(keys, names, strict=True)) | middle)
    return pd.DataFrame(rows)


# ---------------------------------------------------------------- the layers


@contextmanager
def onednn(enabled: bool) -> Iterator[None]:
    """Let torch use oneDNN, or not, inside a ``with`` block."""
    before = torch.backends.mkldnn.enabled
    torch.backends.mkldnn.enabled = enabled
    try:
        yield
    finally:
        torch.backends.mkldnn.enabled = before


def contestants(units: int, steps: int, rng: np.random.Generator) -> dict[str, dict]:
    """Return for LSTM and GRU the same layer twice, ``numpy`` and ``torch``, and its input ``x``.

    Both have the same weights.
    """
    x = rng.normal(size=(BATCH, steps, INPUTS)).astype(np.float32)
    upstream = rng.normal(size=(BATCH, steps, units)).astype(np.float32)
    found = {}
    for kind, cell_class, fast in (("LSTM", LSTMCell, FastLSTM), ("GRU", GRUCell, FastGRU)):
        cell = cell_class(INPUTS, units, rng=rng, dtype=np.float32)
        module = getattr(torch.nn, kind)(INPUTS, units, batch_first=True)
        weights = to_torch(Recurrent(cell))
        module.load_state_dict({name: torch.from_numpy(w) for name, w in weights.items()})
        found[kind] = {"numpy": fast(cell), "torch": module, "x": x, "upstream": upstream}
    return found


def call(task: dict, library: str, what: str) -> Callable[[], object]:
    """Return a function that runs one layer forward, or forward and backward ("training")."""
    if library == "NumPy":
        layer, x, upstream = task["numpy"], task["x"], task["upstream"]

        def run():
            outputs, _, cache = layer.forward(x)
            if what == "forward":
                return outputs
            layer.cell.zero_grad()
            return layer.backward(upstream, cache)[0]

        return run
    module, x, upstream = task["torch"], *map(torch.from_numpy, (task["x"], task["upstream"]))
    enabled = library == "torch"

    def run():
        with onednn(enabled), torch.set_grad_enabled(what == "training"):
            if what == "forward":
                return module(x)[0].numpy()
            module.zero_grad()
            leaf = x.detach().requires_grad_()
            module(leaf)[0].backward(upstream)
            return leaf.grad.numpy()

    return run


# ---------------------------------------------------------------- time


def times(tasks: dict, seed: int, pairs: int) -> list[tuple]:
    """Return library, pass, both median times in milliseconds, the median ratio of the pairs."""
    rng = np.random.default_rng(seed)
    calls = {
        (library, what): [call(tasks[kind], library, what) for kind in NETWORKS]
        for library in LIBRARIES
        for what in PASSES
    }
    often = {  # also the warm-up
        key: [max(1, math.ceil(LEAST / min(seconds(run), seconds(run)))) for run in pair]
        for key, pair in calls.items()
    }
    found = {key: [] for key in calls}
    for _ in range(pairs):
        for place in rng.permutation(len(calls)):
            key = list(calls)[place]
            measured = [0.0, 0.0]
            for which in rng.permutation(2):
                measured[which] = seconds(calls[key][which], often[key][which])
            found[key].append(measured)
    rows = []
    for key, measured in found.items():
        lstm, gru = np.array(measured).T
        middle = (1e3 * np.median(lstm), 1e3 * np.median(gru), np.median(gru / lstm))
        rows.append((*key, *(round(float(number), 5) for number in middle)))
    return rows


def seconds(run: Callable[[], object], often: int = 1) -> float:
    """Return the processor time that one of `often` calls takes on average."""
    start = time.process_time()
    for _ in range(often):
        run()
    return (time.process_time() - start) / often


class _Tally(TorchDispatchMode):
    """Count what torch dispatches."""

    def __init__(self):
        super().__init__()
        self.calls = Counter()

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        self.calls[operation.overloadpacket.__name__] += 1
        return operation(*args, **(kwargs or {}))


def operations(run: Callable[[], object]) -> Counter:
    """Return how often torch starts each of its elementary operations during a call, by name."""
    with _Tally() as tally:
        run()
    return tally.calls


# ---------------------------------------------------------------- memory


def memory(tasks: dict, units: int, steps: int) -> list[tuple]:
    """Return library, what, and the bytes of LSTM and GRU.

    "parameters" and "state" (of one sequence) are counted. "kept": what a forward pass keeps for
    the backward pass, parameters apart. "training peak", "inference peak": the most that is held
    at one time beyond parameters and input, as torch's allocator and tracemalloc report it.
    """
    pair = [tasks[kind] for kind in NETWORKS]
    bytes_of = [sum(w.nbytes for w in task["torch"].parameters()) for task in pair]
    rows = [("any", "parameters", *bytes_of), ("any", "state", 2 * units * 4, units * 4)]
    rows.append(("NumPy", "kept", *(kept_by_numpy(task["numpy"], task["x"]) for task in pair)))
    for library, enabled in (("torch", True), ("torch, no oneDNN", False)):
        with onednn(enabled):
            kept = (kept_by_torch(task["torch"], torch.from_numpy(task["x"])) for task in pair)
            rows.append((library, "kept", *kept))
    for library in LIBRARIES:
        for name, what in (("training peak", "training"), ("inference peak", "forward")):
            if (library, what) == ("NumPy", "forward"):
                continue  # our layers always keep what backward needs
            meter = peak_in_numpy if library == "NumPy" else peak_in_torch
            rows.append((library, name, *(meter(call(task, library, what)) for task in pair)))
    return rows


def kept_by_numpy(layer, x: np.ndarray) -> int:
    """Return how many bytes a fast layer's forward pass keeps for its backward pass."""
    return sum(part.nbytes for part in layer.forward(x)[2])


def kept_by_torch(module: torch.nn.Module, x: torch.Tensor) -> int:
    """Return how many bytes autograd keeps in a forward pass, each piece of memory once.

    The parameters are not counted: they are there anyway.
    """
    own = {weight.untyped_storage().data_ptr() for weight in module.parameters()}
    pieces = {}

    def note(tensor):
        pieces[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes(), tensor
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        module(x)
    return sum(size for place, (size, _) in pieces.items() if place not in own)


def peak_in_torch(run: Callable[[], object]) -> int:
    """Return the most bytes that torch's allocator held at one time during a call."""
    run()
    activities = [torch.profiler.ProfilerActivity.CPU]
    with torch.profiler.profile(activities=activities, profile_memory=True) as profiler:
        run()
    events = profiler.profiler.kineto_results.events()
    changes = sorted((e.start_ns(), e.nbytes()) for e in events if e.name() == "[memory]")
    return int(np.cumsum([size for _, size in changes]).max())


def peak_in_numpy(run: Callable[[], object]) -> int:
    """Return the most bytes that Python and NumPy held at one time during a call."""
    run()
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


PROCESS = """
import sys, torch
torch.set_num_threads(1)
kind, inputs, units, steps, seed = sys.argv[1], *map(int, sys.argv[2:])
torch.manual_seed(seed)
layer = getattr(torch.nn, kind)(inputs, units, batch_first=True)
with torch.inference_mode():
    layer(torch.randn(1, steps, inputs))
print(open("/proc/self/status", encoding="utf-8").read())
"""


def process_peak(kind: str, units: int, steps: int, seed: int) -> float:
    """Return the most bytes that a fresh process held which read one sequence with torch's layer.

    NaN where there is no ``/proc``.
    """
    if not Path("/proc/self/status").exists():
        return math.nan
    command = [sys.executable, "-c", PROCESS, kind, *map(str, (INPUTS, units, steps, seed))]
    status = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return 1024.0 * int(line.split()[1])


EXPERIMENTS = [
    Experiment(
        "gru-cost",
        "What does a GRU cost in time and memory, beside an LSTM?",
        grid,
        measure,
        minutes=8,
    ),
]
