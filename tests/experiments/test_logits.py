"""Logits in a record."""

import numpy as np

from unrolled.experiments.logits import pack_logits, unpack_logits


def test_packed_logits_come_back_to_three_digits():
    logits = np.random.default_rng(0).normal(scale=3, size=50)
    np.testing.assert_allclose(unpack_logits(pack_logits(logits)), logits, rtol=5e-4)
