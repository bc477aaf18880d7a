"""The smartwatch's recordings, windows of them, and steps in another order."""

import subprocess
import sys

import numpy as np
import pytest

from unrolled.data.motion import Recordings, cut_windows, read_recordings, shuffle_time


@pytest.fixture
def toy():
    signals = [np.arange(length * 6.0).reshape(length, 6) for length in (11, 7, 4)]
    return Recordings(signals, np.array([2, 0, 1]), np.array([0, 1, 1]), np.zeros(3), ("a", "b"))


def test_ten_people_did_seven_exercises_with_both_arms():
    found = read_recordings()
    assert len(found.signals) == 140
    each = set(zip(found.people, found.exercises, found.sides, strict=True))
    assert len(each) == 140
    assert found.people.max() == 9
    assert found.exercises.max() == 6
    assert {signal.shape[1] for signal in found.signals} == {6}
    assert min(map(len, found.signals)) == 947


def test_a_window_stays_in_its_recording(toy):
    found = cut_windows(toy, 4, 3)
    assert found.recordings.tolist() == [0, 0, 0, 1, 1, 2]
    assert found.exercises.tolist() == [2, 2, 2, 0, 0, 1]
    np.testing.assert_array_equal(found.values[1], toy.signals[0][3:7])
    np.testing.assert_array_equal(found.values[4], toy.signals[1][3:7])


def test_every_few_samples_are_averaged_to_one(toy):
    found = cut_windows(toy, 4, 4, every=2)
    assert found.values.shape == (4, 2, 6)
    np.testing.assert_allclose(found.values[0, 1], toy.signals[0][2:4].mean(axis=0))


@pytest.mark.parametrize("numbers", [(0, 1, 1), (4, 0, 1), (4, 2, 0), (4, 2, 3)])
def test_a_width_that_does_not_fit_is_refused(toy, numbers):
    with pytest.raises(ValueError, match="expected whole numbers"):
        cut_windows(toy, *numbers)


def test_some_windows_are_taken_in_the_order_asked(toy):
    found = cut_windows(toy, 4, 3).take([5, 0])
    assert len(found) == 2
    assert found.recordings.tolist() == [2, 0]


def test_shuffled_time_keeps_moments_whole_and_loses_only_their_order():
    values = np.random.default_rng(0).normal(size=(5, 7, 3))
    found = shuffle_time(values, np.random.default_rng(1))
    orders = []
    for before, after in zip(values, found, strict=True):
        order = [int(np.flatnonzero((before == step).all(axis=1))[0]) for step in after]
        assert sorted(order) == list(range(7))
        orders.append(tuple(order))
    assert len(set(orders)) == 5, "each has an order of its own"


def test_the_packages_are_read_and_not_imported():
    code = (
        "import sys\n"
        "from unrolled.data.clips import read_frames\n"
        "from unrolled.data.motion import read_recordings\n"
        "read_recordings(), read_frames()\n"
        "assert not {'seglearn', 'pydicom', 'torch'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
