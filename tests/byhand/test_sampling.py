"""Temperature, nucleus and draw keep their laws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unrolled.byhand.sampling import Draws, drawn, nucleus, tempered

SEEDS = st.integers(0, 2**32 - 1)


@given(SEEDS, st.floats(0.05, 20))
def test_temperature_divides_the_log_odds(seed, temperature):
    scores = np.random.default_rng(seed).normal(size=(3, 5))
    p, q = tempered(scores, 1.0), tempered(scores, temperature)
    odds, expected = (np.log(r[:, :1] / r[:, 1:]) for r in (q, p))
    np.testing.assert_allclose(odds * temperature, expected, atol=1e-8)
    np.testing.assert_allclose(q.sum(1), 1)


@given(SEEDS, st.floats(0.01, 1))
def test_the_nucleus_is_the_smallest_set_that_holds_enough(seed, top_p):
    p = np.random.default_rng(seed).dirichlet(np.ones(6), size=4)
    q = nucleus(p, top_p)
    for before, after in zip(p, q, strict=True):
        kept = after > 0
        assert before[kept].sum() >= top_p - 1e-12
        assert before[kept].sum() - before[kept].min() < top_p
        assert kept.all() or before[kept].min() >= before[~kept].max()
        np.testing.assert_allclose(after[kept], before[kept] / before[kept].sum())


def test_draws_come_as_often_as_they_are_probable():
    rng = np.random.default_rng(5)
    p = np.array([0.1, 0.0, 0.6, 0.3])
    often = np.bincount(drawn(np.tile(p, (20_000, 1)), rng), minlength=4) / 20_000
    np.testing.assert_allclose(often, p, atol=0.015)
    assert often[1] == 0


def test_the_numbers_of_any_language_are_even_and_the_same_for_the_same_seed():
    draw = Draws(7)
    numbers = np.concatenate([draw.random(2000), draw.random(3000)])
    np.testing.assert_array_equal(Draws(7 + 2**32).random(5000), numbers)
    assert not (Draws(8).random(5000) == numbers).any()
    assert numbers.min() >= 0
    assert numbers.max() < 1
    assert abs(np.histogram(numbers, 10, (0, 1))[0] - 500).max() < 100
    assert abs(np.corrcoef(numbers[:-1], numbers[1:])[0, 1]) < 0.05
    p = np.array([0.1, 0.0, 0.6, 0.3])
    often = np.bincount(drawn(np.tile(p, (20_000, 1)), Draws(5)), minlength=4) / 20_000
    np.testing.assert_allclose(often, p, atol=0.015)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: tempered(np.zeros((1, 2)), 0.0), "above 0"),
        (lambda: nucleus(np.ones((1, 1)), 0.0), "above 0"),
        (lambda: nucleus(np.ones((1, 1)), 1.1), "at most 1"),
    ],
)
def test_settings_out_of_range_are_told(call, told):
    with pytest.raises(ValueError, match=told):
        call()
