"""The timing experiment on a small scale."""

import math

import numpy as np
import pytest

from unrolled.data.synthetic import spike_train_batch
from unrolled.experiments import timing


def test_chance_is_the_entropy_of_the_answers():
    assert timing.chance("measure", 10) == pytest.approx(math.log(2))
    share = spike_train_batch(7, 5, rng=np.random.default_rng(0)).targets.mean()
    entropy = -share * math.log(share) - (1 - share) * math.log(1 - share)
    assert timing.chance("generate", 5) == pytest.approx(entropy)
