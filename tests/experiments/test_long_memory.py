"""The long-memory experiment on a small scale."""

import math

import pytest
import torch

from unrolled.experiments import long_memory
from unrolled.nets.initialization import start_for_length
from unrolled.nets.layers import recurrent_layer
from unrolled.nets.sequence import SequenceReader


def test_chance_levels_are_those_of_the_literature():
    assert long_memory.chance("adding", 500) == 1 / 6
    assert long_memory.chance("copy", 1000) == pytest.approx(0.0204, abs=5e-5)  # Bai et al. 2018
    assert long_memory.chance("order", 10) == math.log(4)


def test_an_easy_task_is_solved_and_training_stops_there():
    finding = long_memory.measure_length("order", 10, "gru", seed=0, steps=1000)
    assert finding["steps_to_solve"] == finding["steps"] < 1000
    assert finding["loss"] < long_memory.SOLVED * finding["chance"]


def test_the_start_for_a_length_spreads_the_half_lives_over_it():
    torch.manual_seed(0)
    layer = recurrent_layer("lstm", 2, 500)
    start_for_length(layer, 100)
    into, forget, _, _ = (layer.bias_ih_l0 + layer.bias_hh_l0).detach().chunk(4)
    assert torch.equal(into, -forget)
    assert 0 <= forget.min() < 1
    assert math.log(95) < forget.max() <= math.log(99)


def test_the_start_for_a_length_opens_the_update_gate_of_a_gru():
    torch.manual_seed(0)
    layer = recurrent_layer("gru", 2, 500)
    start_for_length(layer, 100)
    reset, update, _ = (layer.bias_ih_l0 + layer.bias_hh_l0).detach().chunk(3)
    assert (reset == 0).all()
    assert math.log(95) < update.max() <= math.log(99)


@pytest.mark.parametrize(
    ("layer", "length", "message"),
    [("rnn", 10, "only the gates of nn.LSTM and nn.GRU"), ("gru", 1, "length=1; memory begins")],
)
def test_a_start_that_makes_no_sense_is_refused(layer, length, message):
    with pytest.raises(ValueError, match=message):
        start_for_length(recurrent_layer(layer, 2, 3), length)


def test_the_fast_gru_in_the_model_is_torch_s():
    torch.manual_seed(1)
    ours = long_memory.untrained("order", "gru", 20)
    torch.manual_seed(1)
    theirs = SequenceReader(recurrent_layer("gru", 6, 32), 6, 32, 4)
    x = torch.randn(3, 20, 6)
    torch.testing.assert_close(ours(x), theirs(x))


def test_a_climb_ends_at_the_first_length_that_is_not_solved(monkeypatch):
    tried = []

    def measure_length(task, length, start, seed, *, rate):
        tried.append(length)
        return {"steps_to_solve": 100 if length < 30 else None}

    monkeypatch.setattr(long_memory, "measure_length", measure_length)
    findings = long_memory.measure("order", "rnn", 0)
    assert tried == [10, 30] == [finding["length"] for finding in findings]


def test_the_other_climbs_try_their_rate_at_their_lengths(monkeypatch):
    tried = []

    def measure_length(task, length, start, seed, *, rate):
        tried.append((task, length, rate))
        return {"steps_to_solve": 100}

    monkeypatch.setattr(long_memory, "measure_length", measure_length)
    long_memory.measure_others("order", "rnn, identity", 0.001, 0)
    long_memory.measure_others("adding", "no forget gate", 0.003, 0)
    assert tried[:3] == [("order", length, 0.001) for length in (30, 100, 300)]
    assert tried[3:] == [("adding", length, 0.003) for length in (30, 100)]


def test_a_higher_rate_moves_the_weights_further():
    slow, fast = (
        long_memory.measure_length("order", 10, "rnn", seed=0, steps=20, rate=rate)["loss"]
        for rate in (1e-6, 1e-2)
    )
    assert abs(slow - long_memory.chance("order", 10)) < 0.1 < slow - fast


def test_the_rnn_started_as_identity_keeps_what_it_holds():
    torch.manual_seed(0)
    layer = long_memory.untrained("order", "rnn, identity", 50).recurrent
    held = torch.rand(1, 3, long_memory.HIDDEN["order"])
    outputs, _ = layer(torch.zeros(3, 50, 6), held)
    torch.testing.assert_close(outputs[:, -1], held[0])


def test_the_cell_without_forget_gate_started_for_a_length_writes_little():
    torch.manual_seed(0)
    inputs = torch.randn(3, 100, 6)
    states = {}
    for start in ("no forget gate", "no forget gate, for length"):
        layer = long_memory.untrained("order", start, 100).recurrent
        states[start] = layer(inputs)[1][1]
        biases = dict(layer.named_parameters())["bias_ih_0"].detach()
    into = biases[: long_memory.HIDDEN["order"]]
    assert -math.log(99) <= into.min() < -math.log(80) < into.max() <= 0
    kept, shut = states.values()
    assert shut.abs().mean() < kept.abs().mean() / 5


def test_the_runs_over_thousands_of_steps_are_those_of_a_climb():
    grid = long_memory.thousands_grid()
    assert min(c["length"] for c in grid) > max(long_memory.LENGTHS)
    assert {c["start"] for c in grid} <= set(long_memory.STARTS)
