"""Laws of the made-up tasks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unrolled.data.synthetic import (
    adding_batch,
    adding_stream,
    copy_batch,
    echo_batch,
    mark_batch,
    reset_sum_batch,
    reset_sum_chance,
    spike_distance_batch,
    spike_train_batch,
    temporal_order_batch,
)


@given(st.integers(1, 4), st.integers(1, 9), st.data())
def test_echo_repeats_its_input_after_the_delay(batch, length, data):
    delay = data.draw(st.integers(0, length - 1))
    task = echo_batch(batch, length, delay, rng=np.random.default_rng(0))
    assert task.inputs.shape == (batch, length, 1)
    assert set(np.unique(task.inputs)) <= {-1.0, 1.0}
    for t in range(length):
        expected = task.inputs[:, t - delay, 0] if t >= delay else np.zeros(batch)
        assert np.array_equal(task.targets[:, t], expected)


@given(st.integers(1, 5), st.integers(2, 30), st.integers(0, 1000))
def test_adding_marks_one_number_in_each_half_and_asks_for_their_sum(batch, length, seed):
    task = adding_batch(batch, length, rng=np.random.default_rng(seed))
    numbers, marks = task.inputs[..., 0], task.inputs[..., 1]
    half = length // 2
    assert (marks[:, :half].sum(axis=1) == 1).all()
    assert (marks[:, half:].sum(axis=1) == 1).all()
    np.testing.assert_allclose((numbers * marks).sum(axis=1), task.targets, rtol=1e-6)


def test_adding_chance_level_is_one_sixth():
    task = adding_batch(200_000, 4, rng=np.random.default_rng(0))
    assert np.mean((task.targets - 1) ** 2) == pytest.approx(1 / 6, abs=0.002)


def test_adding_stream_is_fresh_and_repeatable():
    first, second = adding_stream(2, 5, 2, rng=np.random.default_rng(3))
    assert not np.array_equal(first.inputs, second.inputs)
    again = next(adding_stream(2, 5, 1, rng=np.random.default_rng(3)))
    assert np.array_equal(first.inputs, again.inputs)


@given(st.integers(1, 4), st.integers(1, 12), st.integers(0, 1000))
def test_copy_asks_for_its_symbols_after_the_signal(batch, length, seed):
    task = copy_batch(batch, length, rng=np.random.default_rng(seed))
    shown = task.inputs.argmax(axis=2)
    assert task.inputs.shape == (batch, length + 20, 10)
    assert (task.inputs.sum(axis=2) == 1).all()
    assert np.array_equal(task.targets[:, -10:], shown[:, :10])
    assert (task.targets[:, :-10] == 8).all()
    assert (shown[:, length + 9] == 9).all(), "the signal stands right before the answer"
    assert (np.delete(shown[:, 10:], length - 1, axis=1) == 8).all()


@given(st.integers(1, 5), st.integers(10, 40), st.integers(0, 1000))
def test_temporal_order_is_the_order_of_the_two_that_matter(batch, length, seed):
    task = temporal_order_batch(batch, length, rng=np.random.default_rng(seed))
    shown = task.inputs.argmax(axis=2)
    for row, target in zip(shown, task.targets, strict=True):
        first, second = row[row >= 4] - 4  # just two, in the order of time
        assert target == 2 * first + second
    assert (np.flatnonzero((shown >= 4).any(axis=0)) < 0.6 * length).all()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda rng: echo_batch(2, 4, 4, rng=rng), "delay from 0 to 3"),
        (lambda rng: echo_batch(0, 4, 1, rng=rng), "at least 1"),
        (lambda rng: adding_batch(2, 1, rng=rng), "at least 2 steps"),
        (lambda rng: temporal_order_batch(2, 9, rng=rng), "at least 10"),
        (lambda rng: copy_batch(2, 0, rng=rng), "at least 1"),
    ],
)
def test_tasks_refuse_impossible_sizes(make, message):
    with pytest.raises(ValueError, match=message):
        make(np.random.default_rng(0))


@given(st.integers(1, 4), st.integers(1, 30), st.integers(0, 1000))
def test_reset_sum_counts_from_the_last_reset(batch, length, seed):
    task = reset_sum_batch(batch, length, rng=np.random.default_rng(seed))
    numbers, resets = task.inputs[..., 0], task.inputs[..., 1]
    assert set(np.unique(resets)) <= {0, 1}
    for row in range(batch):
        for t in range(length):
            last = np.flatnonzero(resets[row, : t + 1])[-1]
            expected = numbers[row, last : t + 1].sum()
            assert task.targets[row, t] == pytest.approx(expected, abs=1e-5)


def test_reset_sum_chance_is_the_mean_square_of_the_answers():
    task = reset_sum_batch(20_000, 25, rng=np.random.default_rng(0))
    assert np.mean(task.targets**2) == pytest.approx(reset_sum_chance(25), rel=0.02)
    assert reset_sum_chance(1) == pytest.approx(1 / 3)


@given(st.integers(1, 6), st.integers(1, 20), st.integers(0, 1000))
def test_the_second_of_two_spikes_ends_the_sequence(batch, distance, seed):
    task = spike_distance_batch(batch, distance, rng=np.random.default_rng(seed))
    assert task.inputs.shape == (batch, distance + 11, 1)
    for inputs, length, more in zip(task.inputs, task.lengths, task.targets, strict=True):
        first, second = np.flatnonzero(inputs[:, 0])
        assert second == length - 1
        assert second - first == distance + more
        assert first < 10


@given(st.integers(1, 6), st.integers(1, 20), st.integers(0, 1000))
def test_three_spikes_follow_the_signal_a_period_apart(batch, period, seed):
    task = spike_train_batch(batch, period, rng=np.random.default_rng(seed))
    for inputs, targets in zip(task.inputs[..., 0], task.targets, strict=True):
        (signal,) = np.flatnonzero(inputs)
        assert list(np.flatnonzero(targets) - signal) == [period, 2 * period, 3 * period]


@pytest.mark.parametrize("where", ["ahead", "behind"])
def test_a_label_is_the_nearest_mark_on_its_side(where):
    task = mark_batch(50, 30, where, rng=np.random.default_rng(0))
    shown = task.inputs.argmax(axis=2)
    assert (task.inputs.sum(axis=2) == 1).all()
    assert (shown[:, [0, -1]] >= 2).all()
    for row, labels in zip(shown, task.targets, strict=True):
        marks = np.flatnonzero(row >= 2)
        for t, label in enumerate(labels):
            side = marks[marks > t] if where == "ahead" else marks[marks < t]
            place = t if len(side) == 0 else (side.min() if where == "ahead" else side.max())
            assert label == row[place] - 2


def test_the_past_says_nothing_about_the_next_mark():
    task = mark_batch(4000, 30, "ahead", rng=np.random.default_rng(0))
    shown = task.inputs.argmax(axis=2)[:, 10]
    assert task.targets[shown == 2, 10].mean() == pytest.approx(0.5, abs=0.1)
    assert task.targets[:, 10].mean() == pytest.approx(0.5, abs=0.03)


def test_a_mark_lies_ahead_or_behind():
    with pytest.raises(ValueError, match="where='above'; choose 'ahead' or 'behind'"):
        mark_batch(2, 5, "above", rng=np.random.default_rng(0))
