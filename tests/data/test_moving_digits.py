"""Films of moving digits: what their labels say, and what no frame says."""

import itertools

import numpy as np
import pytest

from unrolled.data import moving_digits as films


def test_a_digit_never_leaves_the_canvas():
    rng = np.random.default_rng(0)
    ways = np.array([films.places(rng) for _ in range(200)])
    assert ways.shape == (200, films.FRAMES, 2)
    assert ways.min() >= 0
    assert ways.max() <= films.CANVAS - films.DIGIT


def test_label_1_turns_clockwise_as_one_sees_it():
    rng = np.random.default_rng(1)
    for _ in range(50):
        steps = np.diff(films.places(rng), axis=0).astype(float)
        turns = steps[:-1, 1] * steps[1:, 0] - steps[:-1, 0] * steps[1:, 1]  # right x down
        assert turns.sum() > 0


def test_label_0_is_such_a_film_backwards(monkeypatch):
    monkeypatch.setattr(films, "NOISE", 0.0)
    way = films.places(np.random.default_rng(3))
    monkeypatch.setattr(films, "places", lambda *_: way)
    found, labels = films.moving_digits(8, "train", rng=np.random.default_rng(4))
    assert set(labels) == {0, 1}
    for film, label in zip(found, labels, strict=True):
        for frame, (row, column) in zip(film, way if label else way[::-1], strict=True):
            inside = frame[row : row + films.DIGIT, column : column + films.DIGIT]
            assert inside.sum() == pytest.approx(frame.sum(), rel=1e-6)
            assert frame.sum() > 5


def test_the_parts_share_no_picture():
    ranges = sorted(films.PARTS.values())
    assert ranges[0][0] == 0
    assert ranges[-1][1] == len(films.digit_pictures())
    assert all(a[1] == b[0] for a, b in itertools.pairwise(ranges))
