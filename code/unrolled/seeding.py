"""One place where randomness starts."""

import random
import sys

import numpy as np


def seed_everything(seed):
    """Seed Python, torch (if it is loaded) and return a NumPy generator.

    The package's own functions take the generator as an argument; Python's and torch's global
    states are seeded for the libraries that read them. The same seed gives the same numbers on
    one machine. Long trainings still differ between processors at the level of rounding.

    Parameters
    ----------
    seed : int, from 0 to 2**32 - 1

    Returns
    -------
    numpy.random.Generator

    Raises
    ------
    ValueError
        If the seed is negative or too large.
    """
    if not 0 <= seed < 2**32:
        raise ValueError(f"seed_everything got {seed}. Give a whole number from 0 to 2**32 - 1.")
    random.seed(seed)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(seed)
    return np.random.default_rng(seed)
