"""The timing experiment on a small scale."""

import math

import numpy as np
import pytest

from unrolled.data.synthetic import spike_train_batch
from unrolled.experiments import timing


@pytest.mark.parametrize("task", timing.TASKS)
@pytest.mark.parametrize("cell", timing.CELLS)
def test_both_cells_train_on_both_tasks(task, cell):
    found = timing.measure(task, 3, 2, cell, seed=0, steps=2)
    assert found["steps"] == 2
    assert math.isfinite(found["loss"])


def test_chance_is_the_entropy_of_the_answers():
    assert timing.chance("measure", 10) == pytest.approx(math.log(2))
    share = spike_train_batch(7, 5, rng=np.random.default_rng(0)).targets.mean()
    entropy = -share * math.log(share) - (1 - share) * math.log(1 - share)
    assert timing.chance("generate", 5) == pytest.approx(entropy)


def test_the_grid_pairs_the_cells():
    grid = timing.grid()
    assert len(grid) == 5 * 10 * 2
    pairs = {tuple(v for k, v in c.items() if k != "cell") for c in grid}
    assert len(pairs) == len(grid) / 2
