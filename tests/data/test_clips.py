"""One second of a beating heart, read out of its pictures."""

import numpy as np
import pytest

from unrolled.data.clips import heart_clip, read_frames


def test_thirty_pictures_of_which_two_repeat():
    frames = read_frames()
    assert frames.shape == (30, 240, 320)
    assert frames.min() >= 0
    assert frames.max() <= 255
    same = np.flatnonzero(np.abs(np.diff(frames, axis=0)).max(axis=(1, 2)) == 0)
    assert same.tolist() == [10, 27]
    assert heart_clip().shape == (28, 64, 80)


def test_squares_are_averaged():
    whole, small = heart_clip(1), heart_clip(2)
    np.testing.assert_allclose(small[3, 5, 7], whole[3, 10:12, 14:16].mean())
    np.testing.assert_allclose(small.mean(axis=(1, 2)), whole.mean(axis=(1, 2)))


@pytest.mark.parametrize("shrink", [0, 5])
def test_squares_that_do_not_fit_are_refused(shrink):
    with pytest.raises(ValueError, match="divisor"):
        heart_clip(shrink)
