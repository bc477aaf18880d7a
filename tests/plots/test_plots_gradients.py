"""Gradients stand at their lags and layers; a Jacobian has four blocks."""

import numpy as np
import pytest

from unrolled.plots.gradients import (
    plot_half_lives,
    plot_lstm_paths,
    plot_norm_by_lag,
    plot_norm_by_layer,
    plot_state_jacobian,
)
from unrolled.plots.style import COLOURS

T = 7


def test_norm_by_lag_draws_every_lag_on_a_log_axis_with_named_axes(ax):
    norms = np.array([1.0, 0.1, 0.01])
    plot_norm_by_lag(norms, ax=ax, color=COLOURS["h"])
    assert np.array_equal(ax.lines[0].get_xydata(), np.column_stack([[0, 1, 2], norms]))
    assert ax.get_yscale() == "log"
    assert "lag" in ax.get_xlabel()
    assert ax.get_ylabel()


def test_layers_are_drawn_with_their_geometric_mean(ax):
    plot_norm_by_layer([[1.0, 0.1], [1.0, 0.001]], ax=ax, label="plain")
    thick, *thin = ax.lines
    np.testing.assert_allclose(thick.get_ydata(), [1, 0.01])
    assert len(thin) == 2
    assert ax.get_yscale() == "log"
    assert list(thick.get_xdata()) == [1, 2]


def test_state_jacobian_is_drawn_as_given_around_a_neutral_zero(ax):
    jacobian = np.random.default_rng(1).normal(size=(6, 6))
    plot_state_jacobian(jacobian, ax=ax)
    (image,) = ax.images
    np.testing.assert_array_equal(image.get_array(), jacobian)
    low, high = image.get_clim()
    assert -low == high == np.abs(jacobian).max()
    assert [label.get_text() for label in ax.get_yticklabels()] == ["$h_t$", "$c_t$"]
    assert [line.get_ydata()[0] for line in ax.lines[:1]] == [2.5]  # between the blocks


@pytest.mark.parametrize("shape", [(4, 6), (5, 5), (4,)])
def test_state_jacobian_refuses_what_has_no_four_blocks(ax, shape):
    with pytest.raises(ValueError, match=r"Give a \(2H, 2H\) matrix"):
        plot_state_jacobian(np.zeros(shape), ax=ax)


def test_lstm_paths_draw_each_path_from_lag_zero_in_its_colour(ax):
    norms = 0.5 ** np.arange(T)
    plot_lstm_paths({"all": norms, "along c": norms / 2, "along h": norms / 3}, ax=ax)
    assert [line.get_color() for line in ax.lines] == [COLOURS[n] for n in ("LSTM", "c", "h")]
    for line, share in zip(ax.lines, (1, 2, 3), strict=True):
        np.testing.assert_array_equal(line.get_xdata(), np.arange(T))
        np.testing.assert_allclose(line.get_ydata(), norms / share)
    assert ax.get_yscale() == "log"


def test_half_lives_draw_the_formula_and_the_measured(ax):
    biases = np.array([-1.0, 0, 2])
    cut_lives = np.array([[0.5, 0.6], [1, 1.1], [5, 6.0]])
    measured = {"cut": cut_lives, "intact": np.where(cut_lives > 5, np.inf, cut_lives)}
    plot_half_lives(biases, measured, ax=ax)
    formula, cut, intact, never = ax.lines
    at_zero = np.interp(0.0, formula.get_xdata(), formula.get_ydata())
    assert at_zero == pytest.approx(1, rel=1e-3)  # sigmoid(0) = 1/2
    np.testing.assert_array_equal(cut.get_xdata(), [-1, -1, 0, 0, 2, 2])
    np.testing.assert_array_equal(cut.get_ydata(), cut_lives.ravel())
    np.testing.assert_array_equal(intact.get_ydata(), [0.5, 0.6, 1, 1.1, 5])
    assert (never.get_marker(), list(never.get_xdata())) == ("^", [2])
    assert intact.get_markerfacecolor() == never.get_markerfacecolor() == "none"
