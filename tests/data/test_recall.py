"""Finding a marker and copying: what is asked for was shown, and nothing else tells it."""

import numpy as np
import pytest

from unrolled.data.recall import FIRST, MARK, QUESTION, UNASKED, copying_batch, marker_batch
from unrolled.data.synthetic import copy_batch


def test_the_answer_is_the_symbol_behind_the_marker():
    made = marker_batch(200, 30, rng=np.random.default_rng(0))
    assert made.inputs.shape == made.targets.shape == (200, FIRST + 31)
    places = np.argwhere(made.inputs == MARK)
    assert len(places) == 200  # one a row
    assert set(places[:, 1]) == set(range(FIRST - 1))
    np.testing.assert_array_equal(made.targets[:, -1], made.inputs[places[:, 0], places[:, 1] + 1])
    assert (made.targets[:, :-1] == UNASKED).all()
    np.testing.assert_array_equal(np.argwhere(made.inputs == QUESTION)[:, 1], FIRST + 30)


def test_the_answers_are_even_and_no_other_step_tells_them():
    made = marker_batch(8000, 5, rng=np.random.default_rng(1))
    answers = made.targets[:, -1]
    assert np.bincount(answers, minlength=8).min() > 900
    agree = (made.inputs[:, FIRST:-1] == answers[:, None]).mean(0)
    assert agree == pytest.approx(1 / 8, abs=0.02)


def test_the_copy_is_the_task_of_the_course_in_numbers():
    made = copying_batch(6, 17, rng=np.random.default_rng(2))
    theirs = copy_batch(6, 17, rng=np.random.default_rng(2))
    np.testing.assert_array_equal(np.eye(10)[made.inputs], theirs.inputs)
    np.testing.assert_array_equal(made.targets[:, -10:], made.inputs[:, :10])
    np.testing.assert_array_equal(made.targets[:, -10:], theirs.targets[:, -10:])
    assert (made.targets[:, :-10] == UNASKED).all()
