"""What layers after the LSTM cost beside torch's LSTM and GRU, by length, measured in one run.

A minGRU by a scan, the same by a loop of torch operations, and one block of a Transformer, each
forwards and backwards in float32 on one thread (`make bench` sees to it). What counts is processor
time, and only the ratios.
"""

import statistics
import time

import pytest
import torch
from torch import nn

from unrolled.nets.linear import MinGRU
from unrolled.nets.scan import loop
from unrolled.nets.transformer import Block, CausalAttention

BATCH, WIDTH, HEADS = 8, 64, 4
LENGTHS = (64, 256, 1024, 4096)
ROUNDS = 5
RIVALS = ("nn.LSTM", "nn.GRU")


class Looped(nn.Module):
    """The layer that is given, step after step."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        """Return ``(B, T, H)`` and the last state."""
        states = loop(*self.layer.coefficients(x))
        return states, states[:, -1]


def layers():
    """Return one layer of each kind, all equally wide; both minGRUs are the same."""
    torch.manual_seed(0)
    shared = MinGRU(WIDTH, WIDTH)
    return {
        "minGRU by scan": shared,
        "minGRU by loop": Looped(shared),
        "Transformer block": Block(CausalAttention(WIDTH, HEADS), WIDTH, 4 * WIDTH),
        "nn.LSTM": nn.LSTM(WIDTH, WIDTH, batch_first=True),
        "nn.GRU": nn.GRU(WIDTH, WIDTH, batch_first=True),
    }


def there_and_back(layer, x, upstream):
    """Return a function that runs a layer forwards and backwards and returns the states."""

    def run():
        layer.zero_grad()
        leaf = x.detach().requires_grad_()
        states, _ = layer(leaf)
        states.backward(upstream)
        return states.detach(), leaf.grad

    return run


def seconds(call):
    start = time.process_time()
    call()
    return time.process_time() - start


@pytest.mark.parametrize("length", LENGTHS)
def test_ratio_to_the_layers_of_torch(benchmark, length):
    """Each round times all in turn, so that a slow moment hits them alike."""
    torch.set_num_threads(1)
    length = length if benchmark.enabled else min(length, 256)  # `make test` looks for agreement
    x, upstream = torch.randn(2, BATCH, length, WIDTH)
    calls = {name: there_and_back(layer, x, upstream) for name, layer in layers().items()}
    answers = {name: call() for name, call in calls.items()}  # also the warm-up
    for found, expected in zip(answers["minGRU by scan"], answers["minGRU by loop"], strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)
    benchmark.pedantic(calls["minGRU by scan"], rounds=3)
    if not benchmark.enabled:
        return
    times = [{name: seconds(call) for name, call in calls.items()} for _ in range(ROUNDS)]
    for name in [name for name in calls if name not in RIVALS]:
        for rival in RIVALS:
            ratio = statistics.median(row[name] / row[rival] for row in times)
            benchmark.extra_info[f"{name} / {rival}"] = round(ratio, 2)
    shown = ", ".join(f"{name} {value}" for name, value in benchmark.extra_info.items())
    print(f"\nT = {length}: median of {ROUNDS} rounds, {shown}")
