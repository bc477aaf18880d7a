"""Every text is counted, and words are as dark, or on ground as dark, as they weigh."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from unrolled.plots.style import COLOURS
from unrolled.plots.text import plot_inked_words, plot_lengths

from .drawings import texts


def test_lengths_count_every_sequence_even_the_longest(ax):
    plot_lengths([3, 30, 40, 5_000, 70_000], marks=[(30, "median")], longest=1000, ax=ax)
    assert sum(bar.get_height() for bar in ax.patches) == 5
    assert ax.patches[-1].get_height() == 2
    assert "median" in texts(ax)


def test_inked_words_have_their_ink_and_stay_in_the_lines(ax):
    plot_inked_words(["one", "two", "three"], [0, 0.5, 1], width=9, least=0.1, ax=ax)
    alphas = [text.get_alpha() for text in ax.texts]
    assert np.allclose(alphas, [0.1, 0.55, 1.0])
    assert [text.get_position() for text in ax.texts] == [(0, 0), (4, 0), (0, -1)]


@pytest.mark.parametrize("ink", [[1.0], [0.2, 1.2], [-0.1, 0.5]])
def test_inked_words_refuse_weights_that_do_not_fit(ink, ax):
    with pytest.raises(ValueError, match="one weight from 0 to 1"):
        plot_inked_words(["one", "two"], ink, ax=ax)


def luminance(colour):
    """Return WCAG's relative luminance."""
    parts = np.asarray(colour)
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4) @ [
        0.2126,
        0.7152,
        0.0722,
    ]


def test_shaded_words_are_all_dark_and_their_ground_is_as_dark_as_they_weigh():
    figure, ax = plt.subplots()
    plot_inked_words(["one", "two", "three"], [0, 0.5, 1], width=9, shade=True, ax=ax)
    assert {text.get_alpha() for text in ax.texts} == {None}
    none, half, full = (text.get_bbox_patch().get_alpha() for text in ax.texts)
    assert none == 0
    assert half == full / 2
    ground = full * np.array(to_rgb(COLOURS["h"])) + 1 - full
    ink = luminance(to_rgb(ax.texts[0].get_color()))
    assert (luminance(ground) + 0.05) / (ink + 0.05) > 4.5, "the darkest ground can be read on"
    plt.close(figure)
