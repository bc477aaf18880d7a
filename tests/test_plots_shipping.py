"""The figures of the chapter on shipping draw what they are given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from unrolled.plots.shipping import plot_parts, plot_speed


def test_the_parts_of_a_file_stand_on_each_other():
    ax = plot_parts(["a", "b"], {"x": np.array([1.0, 2.0]), "y": np.array([3.0, 4.0])})
    tops = [bar.get_y() + bar.get_height() for bar in ax.patches]
    assert tops == [1, 2, 4, 6]
    assert "MB" in ax.get_ylabel()
    with pytest.raises(ValueError, match="4 parts; it has colours for 3"):
        plot_parts(["a"], {name: np.ones(1) for name in "wxyz"})
    plt.close("all")


def test_a_wait_is_drawn_from_its_median_to_its_95th_percentile():
    _, axes = plt.subplots(1, 2)
    waits = {"slow": np.arange(101.0) + 1, "quick": np.full(5, 2.0)}
    rates = {"slow": [1, 2, 3], "quick": [4, 5, 6]}
    left, right = plot_speed((1, 2, 4), rates, waits, axes=axes)
    assert [list(line.get_ydata()) for line in left.lines] == [[1, 2, 3], [4, 5, 6]]
    assert list(right.lines[0].get_xdata()) == [51, 96]
    assert [text.get_text() for text in right.texts] == ["slow", "quick"]
    plt.close("all")
