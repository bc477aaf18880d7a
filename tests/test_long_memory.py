"""The long-memory experiment on a small scale."""

import math

import pytest
import torch

from unrolled.experiments import long_memory
from unrolled.models import recurrent_layer, start_for_length


def test_chance_levels_are_those_of_the_literature():
    assert long_memory.chance("adding", 500) == 1 / 6
    assert long_memory.chance("copy", 1000) == pytest.approx(0.0204, abs=5e-5)  # Bai et al. 2018
    assert long_memory.chance("order", 10) == math.log(4)


@pytest.mark.parametrize("task", long_memory.TASKS)
@pytest.mark.parametrize("start", long_memory.STARTS)
def test_every_network_trains_on_every_task(task, start):
    finding = long_memory.measure(task, 10, start, seed=0, steps=3)
    assert finding["steps"] == 3
    assert math.isfinite(finding["loss"])
    assert finding["steps_to_solve"] is None


def test_the_same_seed_gives_the_same_finding():
    one, two = (long_memory.measure("order", 10, "gru", seed=3, steps=5) for _ in range(2))
    assert one == two


def test_an_easy_task_is_solved_and_training_stops_there():
    finding = long_memory.measure("order", 10, "gru", seed=0, steps=1000)
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


def test_the_grid_is_complete_and_starts_with_the_short_ones():
    grid = long_memory.grid()
    assert len(grid) == 5 * 3 * 5 * 5
    assert [c["length"] for c in grid] == sorted(c["length"] for c in grid)
