"""Words are written as dark, or on ground as dark, as they weigh."""

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgb

from unrolled.plots import COLOURS
from unrolled.plots.text import plot_inked_words


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
