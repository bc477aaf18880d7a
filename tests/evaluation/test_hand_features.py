"""Features made by hand: which know the order of the steps, and which cannot."""

import numpy as np
import pytest

from unrolled.data.motion import shuffle_time
from unrolled.data.moving_digits import moving_digits
from unrolled.evaluation.hand_features import (
    film_features,
    hand_features,
    with_order,
    without_order,
)


@pytest.fixture
def values():
    return np.random.default_rng(0).normal(size=(4, 20, 3)).cumsum(axis=1)


def test_features_without_order_do_not_change_when_steps_change_places(values):
    shuffled = shuffle_time(values, np.random.default_rng(1))
    np.testing.assert_allclose(without_order(shuffled), without_order(values), atol=1e-10)
    assert without_order(values).shape == (4, 7 * 3 + 3)


def test_features_with_order_change(values):
    shuffled = shuffle_time(values, np.random.default_rng(1))
    assert with_order(values).shape == (4, 10 * 3)
    step, crossed = np.s_[:, :3], np.s_[:, 3:6]
    assert (with_order(shuffled)[step] > with_order(values)[step]).all()
    assert with_order(shuffled)[crossed].mean() > with_order(values)[crossed].mean()


def test_the_features_are_what_they_are_called(values):
    found = hand_features(values)
    one = values[2, :, 1]
    np.testing.assert_allclose(
        found[2, [1, 4, 7, 10]], [one.mean(), one.std(), one.min(), one.max()]
    )
    np.testing.assert_allclose(found[2, [13, 16, 19]], np.quantile(one, [0.25, 0.5, 0.75]))
    np.testing.assert_allclose(found[2, 21], np.corrcoef(values[2, :, 0], one)[0, 1])
    np.testing.assert_allclose(found[2, 24 + 1], np.abs(np.diff(one)).mean())


def test_a_sine_has_all_its_power_at_its_frequency():
    wave = np.sin(2 * np.pi * 3 * np.arange(32) / 32)[None, :, None]
    shares = with_order(wave)[0, 2:]
    np.testing.assert_allclose(shares, np.eye(8)[2], atol=1e-12)


def test_a_window_that_stands_still_gives_finite_features():
    assert np.isfinite(hand_features(np.ones((2, 16, 6)))).all()


def test_the_turn_of_a_film_is_its_label():
    films, labels = moving_digits("circling", 100, "train", rng=np.random.default_rng(5))
    assert np.mean((film_features(films)[:, -1] > 0) == labels) > 0.9


def test_the_middle_of_the_ink_moves_with_it():
    films = np.zeros((1, 3, 9, 9))
    for t, (row, column) in enumerate([(1, 2), (1, 4), (4, 4)]):
        films[0, t, row : row + 2, column : column + 2] = 1
    rows, columns, down, right, turn, total = np.split(film_features(films)[0], [3, 6, 8, 10, 11])
    assert rows.tolist() == [1.5, 1.5, 4.5]
    assert columns.tolist() == [2.5, 4.5, 4.5]
    assert down.tolist() == [0, 3]
    assert right.tolist() == [2, 0]
    assert turn.tolist() == total.tolist() == [6], "right, then down: clockwise"
