"""A drawing of a sound holds what it is called; a path, voices and runs stand where they are."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from unrolled.data import waves
from unrolled.plots.sound import plot_alignment, plot_hearing, plot_known_and_new, plot_plateau


@pytest.fixture
def four():
    figure, axes = plt.subplots(4, 1)
    yield axes
    plt.close(figure)


def test_each_picture_of_a_sound_holds_what_it_is_called(four):
    sound = waves.say("ai", seconds=0.2)
    plot_hearing(sound, axes=four)
    drawn = four[0].collections[0].get_paths()[0].vertices[:, 1]
    assert (drawn.min(), drawn.max()) == (sound.min(), sound.max())
    pictures = [ax.images[0] for ax in four[1:]]
    wanted = [
        10 * np.log10(waves.spectrogram(sound) + 1e-10),
        waves.log_mel(sound),
        waves.mfcc(sound)[:, 1:],
    ]
    for picture, values in zip(pictures, wanted, strict=True):
        np.testing.assert_allclose(picture.get_array(), values.T)
        assert tuple(picture.get_extent()[:2]) == (0, 0.4)
    low, high = pictures[2].get_clim()
    assert low == -high, "white is zero"


def test_a_path_runs_over_the_pairs_that_it_names(ax):
    apart = np.arange(12.0).reshape(3, 4)
    plot_alignment(apart, [(0, 0), (1, 1), (1, 2), (2, 3)], ax=ax)
    np.testing.assert_array_equal(ax.images[0].get_array(), -apart)
    np.testing.assert_array_equal(ax.lines[0].get_xdata(), [0, 1, 2, 3])
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), [0, 1, 1, 2])


def test_a_line_leads_from_each_known_voice_to_the_same_voice_new(four):
    scores = {f"reader {k}": (np.array([0.9, 0.8]), np.array([0.5, 0.1 * k])) for k in range(4)}
    plot_known_and_new(scores, axes=four)
    for ax, (name, (known, new)) in zip(four, scores.items(), strict=True):
        assert ax.get_title(loc="left") == name
        pairs = [tuple(line.get_ydata()) for line in ax.lines]
        assert pairs[:2] == list(zip(known, new, strict=True))
        assert pairs[-1] == (known.mean(), new.mean())


def test_every_run_has_its_loss_and_its_blanks(four):
    runs = [(np.arange(3), np.arange(3) + k, np.arange(3) / 3) for k in range(2)]
    plot_plateau(runs, axes=four[:2])
    for k, line in enumerate(four[0].lines):
        np.testing.assert_array_equal(line.get_ydata(), runs[k][1])
    assert len(four[1].lines) == 2
