"""Features made by hand: which know the order of the steps, and which cannot."""

import numpy as np
import pytest

from unrolled.data.motion import shuffle_time
from unrolled.data.moving_digits import moving_digits
from unrolled.evaluation.hand_features import (
    film_features,
    hand_features,
    ink_middles,
    turn_about_middle,
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
    films, labels = moving_digits(100, "train", rng=np.random.default_rng(5))
    assert np.mean((film_features(films)[:, -1] > 0) == labels) > 0.98


def test_the_middle_of_the_ink_moves_with_it():
    films = np.zeros((1, 3, 9, 9))
    for t, (row, column) in enumerate([(1, 2), (1, 4), (4, 4)]):
        films[0, t, row : row + 2, column : column + 2] = 1
    found = film_features(films, blur=1, threshold=0.2)[0]
    rows, columns, down, right, turn, total = np.split(found, [3, 6, 8, 10, 11])
    np.testing.assert_allclose(rows, [1.5, 1.5, 4.5])
    np.testing.assert_allclose(columns, [2.5, 4.5, 4.5])
    np.testing.assert_allclose(down, [0, 3], atol=1e-12)
    np.testing.assert_allclose(right, [2, 0], atol=1e-12)
    np.testing.assert_allclose(turn, [6], err_msg="right, then down: clockwise")
    np.testing.assert_allclose(total, [4], err_msg="two thirds of it about the middle")


def test_the_blur_is_the_mean_of_a_square():
    films = np.random.default_rng(3).uniform(size=(2, 3, 6, 7))
    row, column = 4, 3
    films[:, :, :, :] *= 0.1
    films[:, :, row, column] = 5
    found = ink_middles(films, blur=3, threshold=0.3)
    np.testing.assert_allclose(found, np.full((2, 3, 2), (row, column)), atol=0.1)
    np.testing.assert_allclose(ink_middles(films * 0)[..., 0], 2.5, err_msg="no ink")


def test_a_path_turns_about_its_middle_by_the_area_it_sweeps():
    corners = np.array([[[0, 0], [0, 3], [2, 3], [2, 0], [0, 0]]], dtype=float)
    np.testing.assert_allclose(turn_about_middle(corners + 7), 2 * 3 * 2)
    np.testing.assert_allclose(turn_about_middle(corners[:, ::-1]), -12)
