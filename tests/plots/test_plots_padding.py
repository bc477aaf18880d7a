"""Titles say whether answers move, runs stand beside their names, words as torch packs them."""

import numpy as np
import pytest
import torch
from torch.nn.utils.rnn import pack_sequence

from unrolled.plots.padding import plot_movement, plot_packing, plot_readout_scores
from unrolled.plots.style import AGAINST, FOR


@pytest.mark.parametrize(("shift", "verdict", "colour"), [(0, "stays", FOR), (1, "moves", AGAINST)])
def test_the_title_says_whether_answers_move(ax, shift, verdict, colour):
    answers = np.array([[1.0, 1.0, 1.0], [2.0, 2.0, 2.0 + shift]])
    plot_movement([0, 1, 2], answers, name="mean", ax=ax)
    assert ax.get_title(loc="left") == "" or verdict in ax.get_title(loc="left")
    assert verdict in ax.get_title() + ax.get_title(loc="left")
    np.testing.assert_array_equal([line.get_ydata() for line in ax.lines], answers)
    assert {line.get_color() for line in ax.lines} == {colour}


def test_every_run_is_drawn_beside_its_name_with_both_paddings(ax):
    usual, other = {"a": [0.5, 0.6], "b": [0.8, 0.9]}, {"a": [0.4, 0.5], "b": [0.8, 0.9]}
    plot_readout_scores(usual, other, chance=0.5, ax=ax)
    places = dict(
        zip([label.get_text() for label in ax.get_yticklabels()], ax.get_yticks(), strict=True)
    )
    assert places["a"] > places["b"]
    found = [dots.get_offsets() for dots in ax.collections]
    np.testing.assert_allclose(
        [f[:, 0] for f in found], [[0.4, 0.5], [0.5, 0.6], [0.8, 0.9], [0.8, 0.9]]
    )
    for dots, name in zip(found, "aabb", strict=True):
        assert np.abs(dots[:, 1] - places[name]).max() < 0.4
    open_, filled = ax.collections[:2]
    assert len(open_.get_facecolors()) == 0
    assert len(filled.get_facecolors()) > 0


def test_words_stand_in_the_strip_as_torch_packs_them(ax):
    rows = [["a", "b"], ["c", "d", "e", "f"], ["g", "h", "i"]]
    plot_packing(rows, ax=ax)
    low = min(text.get_position()[1] for text in ax.texts if len(text.get_text()) == 1)
    strip = [text for text in ax.texts if text.get_position()[1] == low]
    found = [text.get_text() for text in sorted(strip, key=lambda text: text.get_position()[0])]
    numbers = [torch.tensor([ord(word) for word in row]) for row in rows]
    packed = pack_sequence(numbers, enforce_sorted=False)
    assert found == [chr(number) for number in packed.data]
    sizes = [text.get_text() for text in ax.texts if text.get_text().startswith("step")]
    assert sizes == [f"step {t}: {size}" for t, size in enumerate(packed.batch_sizes)]
