"""How fast our layers are, as ratios to two rivals measured in the same run.

Rivals: torch's own layer, whose loop over time is C++; and a layer written step by step in torch
with autograd, as tutorials do. All run float32 on one thread (`make bench` sees to it), forward and
backward. What counts is processor time, so that waiting for other programs does not.

What to expect (one core of a server's AMD EPYC, busy with other work; ours as a multiple of torch's
time; the last two as `tools/processors.py` plays them): the LSTM 0.9 to 1.3 with AVX-512, 0.9 to
1.2 with AVX2, 1.3 to 1.6 with SSE alone; the GRU 0.4 to 0.95. The products with the weights take
most of the time, and about as long as torch's everywhere. What differs is tanh, which with SSE
takes NumPy about 30 times as long as with AVX-512 and more than half of the forward pass, probably
because it then goes number by number; torch's does not change.
"""

import statistics
import time

import numpy as np
import pytest
import torch

from unrolled.byhand.cells import GRUCell, LSTMCell
from unrolled.byhand.fast import FastGRU, FastLSTM
from unrolled.byhand.layers import Recurrent, to_torch

SIZES = [(32, 100, 64, 128), (64, 200, 100, 256), (32, 1000, 2, 64)]  # B, T, I, H
KINDS = {"LSTM": (LSTMCell, FastLSTM), "GRU": (GRUCell, FastGRU)}
ROUNDS = 11


def lstm_step(x, state, w):
    h, c = state
    a = x @ w["weight_ih"].T + w["bias_ih"] + h @ w["weight_hh"].T + w["bias_hh"]
    i, f, g, o = a.chunk(4, dim=1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    h = torch.sigmoid(o) * torch.tanh(c)
    return h, (h, c)


def gru_step(x, h, w):
    x_r, x_z, x_n = (x @ w["weight_ih"].T + w["bias_ih"]).chunk(3, dim=1)
    h_r, h_z, h_n = (h @ w["weight_hh"].T + w["bias_hh"]).chunk(3, dim=1)
    z = torch.sigmoid(x_z + h_z)
    n = torch.tanh(x_n + torch.sigmoid(x_r + h_r) * h_n)
    h = (1 - z) * n + z * h
    return h, h


def contestants(kind, sizes):
    """Return one call for each: forward and backward on the same data with the same weights."""
    batch, steps, inputs, hidden = sizes
    cell_class, fast_class = KINDS[kind]
    rng = np.random.default_rng(0)
    cell = cell_class(inputs, hidden, rng=rng, dtype=np.float32)
    x = rng.normal(size=(batch, steps, inputs)).astype(np.float32)
    upstream = rng.normal(size=(batch, steps, hidden)).astype(np.float32)
    t_upstream = torch.from_numpy(upstream)
    module = getattr(torch.nn, kind)(inputs, hidden, batch_first=True)
    module.load_state_dict({k: torch.from_numpy(v) for k, v in to_torch(Recurrent(cell)).items()})
    weights = {k: torch.tensor(v, requires_grad=True) for k, v in cell.params.items()}
    step = {"LSTM": lstm_step, "GRU": gru_step}[kind]

    def numpy_layer(layer):
        def call():
            cell.zero_grad()
            _, _, cache = layer.forward(x)
            return layer.backward(upstream, cache)[0]

        return call

    def torch_layer():
        module.zero_grad()
        leaf = torch.from_numpy(x).requires_grad_()
        module(leaf)[0].backward(t_upstream)
        return leaf.grad.numpy()

    def autograd_loop():
        for weight in weights.values():
            weight.grad = None
        leaf = torch.from_numpy(x).requires_grad_()
        h = torch.zeros(batch, hidden)
        state, outputs = (h, h) if kind == "LSTM" else h, []
        for t in range(steps):
            out, state = step(leaf[:, t], state, weights)
            outputs.append(out)
        torch.stack(outputs, dim=1).backward(t_upstream)
        return leaf.grad.numpy()

    return {
        "fast": numpy_layer(fast_class(cell)),
        "readable": numpy_layer(Recurrent(cell)),
        "torch": torch_layer,
        "autograd": autograd_loop,
    }


def seconds(call):
    start = time.process_time()
    call()
    return time.process_time() - start


@pytest.mark.parametrize("sizes", SIZES, ids=lambda s: "B{}-T{}-I{}-H{}".format(*s))
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_ratio_to_torch_and_to_an_autograd_loop(benchmark, kind, sizes):
    """Each round times all contestants in turn, so that a slow moment hits them alike."""
    torch.set_num_threads(1)
    calls = contestants(kind, sizes)
    answers = {name: call() for name, call in calls.items()}  # also the warm-up
    for name, answer in answers.items():
        np.testing.assert_allclose(answer, answers["torch"], atol=1e-4, err_msg=name)
    benchmark.pedantic(calls["fast"], rounds=3)
    if not benchmark.enabled:  # `make test` checks that all agree; `make bench` measures
        return
    times = [{name: seconds(call) for name, call in calls.items()} for _ in range(ROUNDS)]
    for name in ("readable", "torch", "autograd"):
        ratios = [round_["fast"] / round_[name] for round_ in times]
        benchmark.extra_info[f"fast / {name}"] = round(statistics.median(ratios), 2)
    shown = ", ".join(f"{name} {value}" for name, value in benchmark.extra_info.items())
    print(f"\n{kind} {sizes}: median of {ROUNDS} rounds, {shown}")
