"""The padding lab's read-outs are those of torch, and the study's names."""

import numpy as np
import pytest
import torch
from conftest import run_javascript
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from chapters import ROOT
from unrolled.nets.padding import real_steps, turn_round

NAME = "padding-lab"


def packed(layer, x, lengths):
    rows = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    return layer(rows)[1][0][-1]


def masked(layer, x, lengths, fill):
    states = layer(x)[0]
    return states.masked_fill(~real_steps(lengths, states.shape[1]).unsqueeze(2), fill)


def packed_outputs(layer, x, lengths):
    rows = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    return pad_packed_sequence(layer(rows)[0], batch_first=True, total_length=x.shape[1])[0]


def padding_first(x, lengths):
    step = (torch.arange(x.shape[1]) + lengths[:, None]) % x.shape[1]
    return x[torch.arange(len(x))[:, None], step]


TORCH = {
    "pre-pad, last step": lambda layer, x, n: layer(padding_first(x, n))[0][:, -1],
    "post-pad, last step": lambda layer, x, n: layer(x)[0][:, -1],
    "packed": packed,
    "masked mean": lambda layer, x, n: masked(layer, x, n, 0.0).sum(1) / n[:, None],
    "masked max": lambda layer, x, n: masked(layer, x, n, -torch.inf).amax(1),
    "backward, last token": lambda layer, x, n: layer(turn_round(x, n))[0][:, 0],
    "both ways, masked": lambda layer, x, n: masked(layer, x, n, 0.0).sum(1) / n[:, None],
    "both ways, packed": lambda layer, x, n: packed_outputs(layer, x, n).sum(1) / n[:, None],
}
BOTH_WAYS = {name for name in TORCH if name.startswith("both ways")}


@torch.no_grad()
def lstm_of(network, both_ways):
    """Return torch's own LSTM in float64, one way or bidirectional, with a figure's weights."""
    hidden, inputs = len(network["v"]), len(network["weight_ih"][0])
    layer = torch.nn.LSTM(inputs, hidden, batch_first=True, bidirectional=both_ways).double()
    ways = {"": network} | ({"_reverse": network["backward"]} if both_ways else {})
    for suffix, weights in ways.items():
        for mine, theirs in (("weight_ih",) * 2, ("weight_hh",) * 2, ("bias", "bias_ih")):
            weight = torch.tensor(weights[mine], dtype=torch.float64)
            getattr(layer, f"{theirs}_l0{suffix}").copy_(weight)
        getattr(layer, f"bias_hh_l0{suffix}").zero_()
    return layer


@torch.no_grad()
def torch_answer(name, x, length, network):
    x = torch.tensor(np.array(x), dtype=torch.float64)[None]
    both_ways = name in BOTH_WAYS
    state = TORCH[name](lstm_of(network, both_ways), x, torch.tensor([length]))
    v = network["v"] + (network["v_backward"] if both_ways else [])
    return (state[0] @ torch.tensor(v, dtype=torch.float64)).item()


def random_network(rng, inputs, hidden):
    shapes = {
        "weight_ih": (4 * hidden, inputs),
        "weight_hh": (4 * hidden, hidden),
        "bias": (4 * hidden,),
        "v": (hidden,),
        "v_backward": (hidden,),
    }
    draw = lambda: {name: rng.normal(size=shape).tolist() for name, shape in shapes.items()}  # noqa: E731
    return draw() | {"backward": draw()}


def test_it_has_these_read_outs():
    assert run_javascript((NAME, "NAMES")) == [list(TORCH)]


@pytest.mark.parametrize("name", TORCH)
def test_a_read_out_is_that_of_torch_on_random_weights(name):
    rng = np.random.default_rng(0)
    cases = []
    for inputs, hidden, steps, length in [(2, 5, 7, 4), (3, 2, 11, 9), (4, 1, 6, 6), (1, 3, 5, 1)]:
        x = rng.normal(size=(steps, inputs)).tolist()  # the padding is not zero: all must see it
        cases.append((name, x, length, random_network(rng, inputs, hidden)))
    found = run_javascript(*((NAME, "answer", *case) for case in cases))
    expected = [torch_answer(*case) for case in cases]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-10)


def test_every_mark_of_the_figure_is_where_torch_says():
    amounts = (0, 1, 12, 40)
    changes = ("none", "first", "middle", "last")
    network, *rest = run_javascript(
        (NAME, "NETWORK"),
        *((NAME, "wordsWith", change) for change in changes),
        *((NAME, "readAll", change, amount) for change in changes for amount in amounts),
    )
    texts, tables = rest[: len(changes)], iter(rest[len(changes) :])

    def expected(name, words, amount):
        x = [network["embedding"][word] for word in words] + [[0.0, 0.0, 0.0]] * amount
        return torch_answer(name, x, len(words), network)

    for words in texts:
        for amount in amounts:
            for row in next(tables):
                now = expected(row["name"], words, amount)
                bare = expected(row["name"], words, 0)
                before = expected(row["name"], texts[0], amount)
                found = [row[key] for key in ("now", "bare", "before", "byPadding", "byWord")]
                right = [now, bare, before, now - bare, now - before]
                np.testing.assert_allclose(found, right, rtol=0, atol=1e-10, err_msg=row["name"])


def test_the_study_calls_the_read_outs_by_these_names():
    study = (ROOT / "book/studies/padding-lab.md").read_text(encoding="utf-8")
    assert all(f'"{name}":' in study for name in TORCH)
