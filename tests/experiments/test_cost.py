"""The experiment on what a GRU costs, on a small scale."""

import math

import numpy as np
import pandas as pd
import pytest
import torch

from unrolled.experiments import cost


@pytest.fixture
def tasks():
    return cost.contestants(8, 5, np.random.default_rng(0))


@pytest.mark.parametrize("kind", cost.NETWORKS)
@pytest.mark.parametrize("what", cost.PASSES)
def test_all_libraries_compute_the_same(tasks, kind, what):
    answers = [cost.call(tasks[kind], library, what)() for library in cost.LIBRARIES]
    for other in answers[1:]:
        np.testing.assert_allclose(other, answers[0], rtol=0, atol=1e-5)


def test_times_come_in_pairs_for_every_library_and_pass():
    findings = cost.measure("time", 8, 5, seed=1, pairs=2)
    asked = {(library, what) for library in cost.LIBRARIES for what in cost.PASSES}
    assert {(row["library"], row["what"]) for row in findings} == asked
    assert all(row["lstm"] > 0 and row["gru"] > 0 and row["ratio"] > 0 for row in findings)


def test_memory_is_what_can_be_counted_by_hand():
    units, steps, inputs = 8, 5, cost.INPUTS
    found = {
        (row["library"], row["what"]): (row["lstm"], row["gru"])
        for row in cost.measure("memory", units, steps, seed=0)
    }
    box = 4 * (units * inputs + units**2 + 2 * units)
    assert found["any", "parameters"] == (4 * box, 3 * box)
    assert found["any", "state"] == (4 * 2 * units, 4 * units)


@pytest.mark.parametrize(("kind", "arrays"), [("LSTM", 6), ("GRU", 5)])
def test_numpy_keeps_for_each_step_what_its_layer_says(kind, arrays):
    kept = []
    for steps in (5, 6):
        task = cost.contestants(8, steps, np.random.default_rng(0))[kind]
        kept.append(cost.kept_by_numpy(task["numpy"], task["x"]))
    numbers, mask = cost.INPUTS + arrays * 8 + 2, 1
    assert kept[1] - kept[0] == cost.BATCH * (4 * numbers + mask)


def test_step_by_step_torch_keeps_the_same_for_both_cells():
    (row,) = [
        row
        for row in cost.measure("memory", 16, 20, seed=0)
        if (row["library"], row["what"]) == ("torch, no oneDNN", "kept")
    ]
    step = 4 * cost.BATCH * (cost.INPUTS + 7 * 16)
    assert row["ratio"] == pytest.approx(1, abs=0.05)
    assert row["lstm"] == pytest.approx(20 * step, rel=0.05)


def test_the_peaks_see_an_array_that_comes_and_goes():
    assert cost.peak_in_numpy(lambda: np.ones(50_000)[:10].copy()) == pytest.approx(4e5, rel=0.02)
    assert cost.peak_in_torch(lambda: torch.ones(100_000)[:10].clone()) == 400_040


def test_operations_are_counted_by_name():
    x = torch.ones(3)
    assert cost.operations(lambda: torch.tanh(x * 2 + x)) == {"mul": 1, "add": 1, "tanh": 1}


@pytest.mark.parametrize("kind", cost.NETWORKS)
def test_without_onednn_the_operations_grow_with_the_steps(kind):
    counts = [
        cost.operations(
            cost.call(
                cost.contestants(8, steps, np.random.default_rng(0))[kind],
                "torch, no oneDNN",
                "forward",
            )
        ).total()
        for steps in (10, 20, 30)
    ]
    assert counts[2] - counts[1] == counts[1] - counts[0] > 100


def test_a_fresh_process_holds_more_than_the_layer():
    peak = cost.process_peak("GRU", 8, 5, seed=0)
    assert math.isnan(peak) or peak > 5e7


def test_onednn_is_switched_back_even_after_an_error():
    before = torch.backends.mkldnn.enabled
    with cost.onednn(not before):
        assert torch.backends.mkldnn.enabled is not before
    with pytest.raises(IndexError), cost.onednn(not before):
        _ = ()[0]
    assert torch.backends.mkldnn.enabled is before


def test_summary_gives_the_median_ratio_of_the_rounds_within_its_interval():
    rows = [("time", "torch", "forward", 32, 100, ratio) for ratio in (0.7, 0.8, 0.9, 1.0, 5.0)]
    columns = ["kind", "library", "what", "units", "steps", "ratio"]
    (row,) = cost.summary(
        pd.DataFrame(rows, columns=columns), rng=np.random.default_rng(0)
    ).to_dict("records")
    assert row["ratio"] == 0.9
    assert row["low"] in (0.7, 0.8)
    assert row["high"] in (1.0, 5.0)
    assert row["rounds"] == 5
