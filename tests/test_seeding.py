"""The same seed gives the same numbers."""

import random

import pytest
import torch

from unrolled.seeding import seed_everything


def draws(seed):
    rng = seed_everything(seed)
    return rng.random(), random.random(), torch.rand(1).item()


def test_same_seed_same_numbers_in_every_library():
    assert draws(7) == draws(7)
    assert all(a != b for a, b in zip(draws(7), draws(8), strict=True))


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_seed_out_of_range_is_refused(seed):
    with pytest.raises(ValueError, match="from 0 to"):
        seed_everything(seed)
