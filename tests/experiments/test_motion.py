"""The three experiments on motion and films: what they hold out, and what they are given."""

import itertools

import numpy as np
import pytest

from unrolled.data.clips import heart_clip
from unrolled.data.motion import read_recordings
from unrolled.experiments import motion, moving_digits, next_frame


def test_a_person_is_held_out_whole():
    windows = motion.all_windows("in order", 0)
    for person in (0, 9):
        held = motion.split(windows, "people", person)
        assert set(windows.people[held]) == {person}
        assert person not in windows.people[~held]


def test_random_tenths_cover_all_windows_once():
    windows = motion.all_windows("in order", 0)
    tenths = sum(motion.split(windows, "windows", fold).astype(int) for fold in motion.SEEDS)
    assert (tenths == 1).all()
    held = motion.split(windows, "windows", 3)
    assert set(windows.people[held]) == set(windows.people[~held]) == set(range(10))


def test_shuffled_windows_hold_the_same_moments_of_the_same_exercises():
    windows, shuffled = (motion.all_windows(order, 4) for order in ("in order", "shuffled"))
    assert not np.array_equal(windows.values, shuffled.values)
    np.testing.assert_allclose(np.sort(windows.values, 1), np.sort(shuffled.values, 1))
    np.testing.assert_array_equal(windows.exercises, shuffled.exercises)


def test_settings_come_from_the_half_that_is_not_judged(monkeypatch):
    seen = []
    monkeypatch.setitem(motion.CHOSEN, ("GRU", "in order"), ((0.1, 1), (0.2, 2)))
    monkeypatch.setattr(motion, "fit_reader", lambda *args: (seen.append(args[2]), fake)[1])

    def fake(windows):
        return windows.exercises

    assert motion.measure("people", "in order", "GRU", 3)["accuracy"] == 1
    motion.measure("people", "in order", "GRU", 4)
    assert seen == [(0.1, 1), (0.2, 2)]


def test_tuning_sees_people_of_one_half_only(monkeypatch):
    people = []

    def fit(reader, order, setting, train, seed):
        people.extend(set(train.people))

        def judge(windows):
            people.extend(set(windows.people))
            return windows.exercises

        return judge

    monkeypatch.setattr(motion, "fit_reader", fit)
    assert motion.validated("forest", "in order", 1, ("sqrt", 3)) == 1
    assert set(people) == {1, 3, 5, 7, 9}


@pytest.mark.parametrize(
    ("best", "further"),
    [
        ((0.003, 200), {(0.001, 200), (0.001, 100), (0.003, 100)}),
        ((0.03, 600), {(0.09, 600), (0.09, 1200), (0.03, 1200)}),
    ],
)
def test_tuning_goes_a_step_further_where_the_best_stands_at_an_edge(best, further, monkeypatch):
    monkeypatch.setattr(motion, "validated", lambda *args: float(args[3] == best))
    found = motion.tune("LSTM", "shuffled", 0)
    assert set(found) - set(itertools.product(motion.RATES, motion.STEPS)) <= further
    assert len(found) == 8


def test_each_reader_has_what_was_best_on_validation():
    for case in motion.grid():
        key = case["reader"], case["order"]
        best = tuple(max(found, key=found.get) for found in motion.TUNED[key])
        assert motion.CHOSEN[key] == best
    for case in moving_digits.grid():
        assert moving_digits.CHOSEN[case["reader"]]


def test_the_nearest_neighbour_is_one_that_is_allowed():
    windows = motion.all_windows("in order", 0)
    exercises = windows.exercises
    same, other = exercises[:, None] == exercises, ~np.eye(len(exercises), dtype=bool)
    assert motion.nearest_neighbour(windows, same & other).all()
    assert not motion.nearest_neighbour(windows, ~same).any()


def test_a_mirror_makes_right_wrists_left_ones():
    windows = motion.all_windows("in order", 0)
    mirrored = motion.as_left_wrists(windows)
    right = read_recordings().sides[windows.recordings] == 1
    np.testing.assert_array_equal(mirrored.values[~right], windows.values[~right])
    turned = windows.values[right] * [-1, 1, 1, 1, -1, -1]
    np.testing.assert_array_equal(mirrored.values[right], turned)
    twice = motion.as_left_wrists(mirrored).values
    np.testing.assert_array_equal(twice, windows.values)
    for values, alike in ((windows.values, False), (mirrored.values, True)):
        those = [windows.exercises == exercise for exercise in range(7)]
        left, other = (
            np.array([values[that & side, :, 0].mean() for that in those])
            for side in (~right, right)
        )
        pulled = abs(left) > 0.2  # where gravity pulls along x, so that its sign says something
        assert pulled.sum() == 5
        assert ((left * other)[pulled] > 0).all() == alike
        assert ((left * other)[pulled] < 0).all() != alike


def test_the_mirror_is_a_reflection_of_space():
    """A push is a vector, turning an axial one: their cross product is reflected like a push."""
    a, w = np.random.default_rng(0).normal(size=(2, 5, 3))
    plain, axial = motion.MIRROR[:3], motion.MIRROR[3:]
    np.testing.assert_allclose(np.cross(a * plain, w * axial), np.cross(a, w) * plain)


def test_who_may_be_near_is_ever_further_away():
    windows, near = motion.all_windows("in order", 0), motion.may_be_near()
    assert [~kind.diagonal().any() for kind in near.values()] == [True] * len(near)
    for wider, narrower in itertools.pairwise(near.values()):
        assert not (narrower & ~wider).any()
    assert (~near["no overlap"]).sum(axis=1).max() == 3, "itself, and one on either side"
    people = windows.people[:, None] == windows.people
    np.testing.assert_array_equal(near["not this person"], ~people)
    arm = people & near["not this arm"]
    assert 0.4 < arm.sum() / people.sum() < 0.6, "the other arm may be near"


def test_films_of_a_part_shuffled_keep_their_frames():
    films = {"train": 5, "valid": 4, "test": 3}
    ordered, shuffled = (moving_digits.films_of(o, 0, films) for o in moving_digits.ORDERS)
    for part, count in films.items():
        assert len(ordered[part][1]) == count
        np.testing.assert_array_equal(ordered[part][1], shuffled[part][1])
        a, b = (moving_digits.flat(films_of[part][0]) for films_of in (ordered, shuffled))
        np.testing.assert_allclose(np.sort(a, axis=1), np.sort(b, axis=1))
        assert not np.array_equal(a, b)


def test_squares_hold_the_past_of_each_pixel_and_nothing_later():
    frames = np.random.default_rng(0).uniform(0, 255, size=(9, 6, 7))
    inputs, targets = next_frame.squares(frames, [5, 8])
    assert inputs.shape == (2 * 42, next_frame.PAST, 25)
    pixel = 42 + 3 * 7 + 4  # row 3, column 4 of frame 8
    expected = frames[4:8, 1:6, 2:7].reshape(4, 25) / next_frame.SCALE
    np.testing.assert_allclose(inputs[pixel], expected, rtol=1e-6)
    assert targets[pixel] == pytest.approx(frames[8, 3, 4] / next_frame.SCALE)
    np.testing.assert_allclose(inputs[:42, :, 12].T * next_frame.SCALE, frames[1:5].reshape(4, 42))


def test_training_never_sees_a_frame_of_validation_or_test():
    frames = heart_clip()
    spoilt = frames.copy()
    spoilt[next_frame.VALID.start :] = 255 - spoilt[next_frame.VALID.start :]
    for a, b in zip(*(next_frame.sample(f, 1, 50) for f in (frames, spoilt)), strict=True):
        np.testing.assert_array_equal(a, b)
    assert next_frame.TEST.stop == len(frames)
    assert next_frame.TRAIN.stop == next_frame.VALID.start
    assert next_frame.VALID.stop == next_frame.TEST.start


def test_to_copy_is_to_change_nothing():
    frames = heart_clip()
    (found,) = next_frame.errors(
        next_frame.fit_predictor("copy", (), None, None, None), frames, [9]
    )
    assert found == pytest.approx(np.abs(frames[9] - frames[8]).mean(), rel=1e-5)
    copy = next_frame.fit_predictor("copy", (), None, None, None)
    (squared,) = next_frame.errors(copy, frames, [9], 2)
    assert squared == pytest.approx(((frames[9] - frames[8]) ** 2).mean(), rel=1e-5)
    straight = next_frame.fit_predictor("straight on", (), None, None, None)
    expected = 2 * frames[8] - frames[7]
    np.testing.assert_allclose(next_frame.predicted_frame(straight, frames, 9), expected, atol=1e-4)


def test_the_ridge_learns_a_change_that_is_a_line():
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(500, 4, 25)).astype(np.float32)
    targets = 2 * inputs[:, 3, 12] - inputs[:, 2, 12]
    predict = next_frame.fit_predictor("ridge", (1e-3,), inputs, targets, None)
    np.testing.assert_allclose(predict(inputs[:9]), targets[:9], atol=1e-3)
