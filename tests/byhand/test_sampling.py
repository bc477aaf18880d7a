"""From scores to one character: temperature, top-p, and a draw that a seed repeats."""

import numpy as np
import pytest

from unrolled.byhand.sampling import Draws, chosen, shares

LOGITS = np.log([0.1, 0.4, 0.15, 0.05, 0.3])


def test_at_temperature_one_and_all_kept_the_shares_are_the_softmax():
    np.testing.assert_allclose(shares(LOGITS + 7.3), np.exp(LOGITS), rtol=1e-12)
    np.testing.assert_allclose(shares([1e4, -1e4, 1e4]), [0.5, 0, 0.5])


def test_temperature_is_a_power_of_the_probabilities():
    for temperature in (0.2, 0.7, 3.0):
        powers = np.exp(LOGITS) ** (1 / temperature)
        np.testing.assert_allclose(shares(LOGITS, temperature), powers / powers.sum(), rtol=1e-12)
    np.testing.assert_allclose(shares(LOGITS, 1e9), np.full(5, 0.2), rtol=1e-6)
    assert shares(LOGITS, 0).tolist() == [0, 1, 0, 0, 0]
    assert shares([2.0, 5.0, 5.0], 0).tolist() == [0, 1, 0], "of equal ones, the first"
    np.testing.assert_allclose(shares(LOGITS, 0.01), shares(LOGITS, 0), atol=1e-9)


def test_top_p_keeps_the_fewest_that_reach_it():
    kept = {p: np.flatnonzero(shares(LOGITS, 1.0, p)).tolist() for p in (0.3, 0.41, 0.71, 0.86, 1)}
    assert kept == {0.3: [1], 0.41: [1, 4], 0.71: [1, 2, 4], 0.86: [0, 1, 2, 4], 1: [*range(5)]}
    np.testing.assert_allclose(shares(LOGITS, 1.0, 0.5)[[1, 4]], [4 / 7, 3 / 7], rtol=1e-12)
    assert np.flatnonzero(shares(LOGITS, 1.0, 0.7)).tolist() == [1, 4], "just reached is reached"
    rng = np.random.default_rng(3)
    for _ in range(200):
        logits, p = 3 * rng.normal(size=31), rng.uniform(0.01, 1)
        own, found = shares(logits), shares(logits, 1.0, p)
        reached = own[found > 0].sum()
        assert reached >= p - 1e-9 > reached - own[found > 0].min() - 1e-9
        assert found.sum() == pytest.approx(1)
        assert own[found > 0].min() >= own[found == 0].max(initial=0)


def test_the_temperature_comes_before_top_p():
    kept = [np.count_nonzero(shares(LOGITS, temperature, 0.7)) for temperature in (1.0, 0.2)]
    assert kept == [2, 1]


def test_at_a_top_p_of_one_nothing_is_cut_however_improbable():
    logits = np.r_[0.0, np.full(60, -45.0)]
    assert np.count_nonzero(shares(logits)) == 61


def test_a_draw_takes_the_most_probable_first_and_never_what_has_no_share():
    found = shares(LOGITS, 1.0, 0.86)  # 8, 3 and 6 of 19 parts, and 2 of the first
    ends = [(0.0, 1), (8 / 19 - 1e-9, 1), (8 / 19 + 1e-9, 4), (14 / 19 + 1e-9, 2), (17.1 / 19, 0)]
    assert [chosen(found, number) for number, _ in ends] == [one for _, one in ends]
    assert chosen(found, 1 - 2**-53) == 0
    assert chosen(np.array([0.0, 1.0, 0.0]), 0.0) == 1


def test_many_draws_come_as_often_as_their_shares_say():
    draw, found = Draws(5), shares(LOGITS, 1.3, 0.95)
    times = np.bincount([chosen(found, draw()) for _ in range(20_000)], minlength=5)
    np.testing.assert_allclose(times / 20_000, found, atol=0.015)


def test_the_same_seed_draws_the_same_numbers_evenly():
    one, same, other = Draws(7), Draws(7 + 2**32), Draws(8)
    numbers = [one() for _ in range(5000)]
    assert numbers[:50] == [same() for _ in range(50)] != [other() for _ in range(50)]
    assert min(numbers) >= 0
    assert max(numbers) < 1
    times = np.histogram(numbers, 10, (0, 1))[0]
    assert abs(times - 500).max() < 100
    assert abs(np.corrcoef(numbers[:-1], numbers[1:])[0, 1]) < 0.05


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (([0.0, np.nan],), "not finite"),
        ((LOGITS, -0.1), "temperature is -0.1; give"),
        ((LOGITS, np.inf), "temperature is inf"),
        ((LOGITS, 1.0, 0.0), "top_p is 0.0; give a share"),
        ((LOGITS, 1.0, 1.1), "top_p is 1.1"),
    ],
)
def test_what_makes_no_shares_is_refused(given, sentence):
    with pytest.raises(ValueError, match=sentence):
        shares(*given)
