"""The interval of a gap on the same texts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unrolled.evaluation.paired import paired_interval


def test_the_interval_is_the_published_one():
    """Agresti and Min's formula, term by term: counts 53, 16, 8, 9 of 86 texts."""
    b, c, n = 16.5, 8.5, 88
    gap, error = (b - c) / n, np.sqrt((b + c) - (b - c) ** 2 / n) / n
    wanted = gap - 1.959964 * error, gap + 1.959964 * error
    np.testing.assert_allclose(paired_interval(16, 8, 86), wanted, atol=1e-7)


@pytest.mark.parametrize(("n", "a", "b"), [(60, 0.1, 0.06), (400, 0.08, 0.08), (400, 0.02, 0.005)])
def test_it_keeps_its_promise(n, a, b):
    rng = np.random.default_rng(0)
    drawn = rng.multinomial(n, [a, b, 1 - a - b], size=4000)
    bounds = np.array([paired_interval(x, y, n) for x, y, _ in drawn.tolist()])
    held = np.mean((bounds[:, 0] <= a - b) & (a - b <= bounds[:, 1]))
    assert 0.935 < held < 0.985


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50), st.sampled_from([0.9, 0.975]))
def test_it_turns_round_with_the_two_and_always_has_a_width(a, b, rest, level):
    n = a + b + rest + 1
    low, high = paired_interval(a, b, n, level)
    assert -1 <= low < high <= 1
    np.testing.assert_allclose(paired_interval(b, a, n, level), (-high, -low), atol=1e-12)


@pytest.mark.parametrize("told", [(-1, 0, 5), (3, 3, 5), (0, 0, 0)])
def test_counts_that_do_not_fit_are_refused(told):
    with pytest.raises(ValueError, match="expected counts"):
        paired_interval(*told)
