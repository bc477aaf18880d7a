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
