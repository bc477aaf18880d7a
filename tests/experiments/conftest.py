"""What tests of experiments share: a toy experiment, and reviews for toy readers."""

import numpy as np
import pytest

from unrolled.experiments import Experiment
from unrolled.sentiment.corpus import Part


@pytest.fixture
def toy():
    """Return an experiment named toy: two sizes, two seeds, one finding each."""
    grid = [{"size": size, "seed": seed} for size in (1, 2) for seed in (0, 1)]
    return Experiment(
        "toy", "Does it run?", lambda: grid, lambda size, seed: {"value": 10 * size + seed}, 0.1
    )


@pytest.fixture(scope="session")
def toy_reviews():
    """Return a function that makes reviews of tokens below 9.

    They end with token 2 where they are positive, and with 3 where they are not.
    """

    def make(count, seed=0, longest=30):
        rng = np.random.default_rng(seed)
        labels = np.arange(count) % 2
        ids = [
            np.append(rng.integers(4, 9, rng.integers(1, longest)), 2 if label else 3)
            for label in labels
        ]
        return Part(ids, labels)

    return make
