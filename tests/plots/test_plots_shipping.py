"""The figure of the chapter on shipping draws what it is given."""

import matplotlib.pyplot as plt
import numpy as np

from unrolled.plots.shipping import plot_speed


def test_a_wait_is_drawn_from_its_median_to_its_95th_percentile():
    _, axes = plt.subplots(1, 2)
    waits = {"slow": np.arange(101.0) + 1, "quick": np.full(5, 2.0)}
    rates = {"slow": [1, 2, 3], "quick": [4, 5, 6]}
    left, right = plot_speed((1, 2, 4), rates, waits, axes=axes)
    assert [list(line.get_ydata()) for line in left.lines] == [[1, 2, 3], [4, 5, 6]]
    assert list(right.lines[0].get_xdata()) == [51, 96]
    assert [text.get_text() for text in right.texts] == ["slow", "quick"]
    assert right.get_xscale() == "linear", "so that a line's length is a time"
    np.testing.assert_allclose(right.get_xlim(), [0, 1.6 * 96])
    plt.close("all")
