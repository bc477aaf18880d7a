"""The referee itself is checked, on functions whose gradient is known."""

import numpy as np
import pytest

from unrolled.gradcheck import check_gradient, numerical_gradient, relative_error


def test_numerical_gradient_of_a_cubic():
    x = np.random.default_rng(0).normal(size=(2, 3))
    np.testing.assert_allclose(numerical_gradient(lambda v: (v**3).sum(), x), 3 * x**2, atol=1e-8)


def test_numerical_gradient_puts_every_entry_back():
    x = np.random.default_rng(1).normal(size=5)
    before = x.copy()
    numerical_gradient(lambda v: float(v @ v), x)
    assert np.array_equal(x, before)


def test_numerical_gradient_refuses_float32():
    with pytest.raises(TypeError, match="float64"):
        numerical_gradient(lambda v: float(v.sum()), np.zeros(2, dtype=np.float32))


def test_check_gradient_passes_a_right_and_names_the_worst_entry_of_a_wrong_one():
    x = np.array([1.0, 2.0, 3.0])
    assert check_gradient(lambda v: float((v**2).sum()), x, 2 * x) < 1e-8
    wrong = 2 * x
    wrong[1] = -4
    with pytest.raises(AssertionError, match=r"at \(1,\) the derivation gives -4 and finite .* 4"):
        check_gradient(lambda v: float((v**2).sum()), x, wrong)


def test_check_gradient_refuses_another_shape():
    with pytest.raises(ValueError, match=r"shape \(2,\).*shape \(3,\)"):
        check_gradient(lambda v: float(v.sum()), np.zeros(3), np.zeros(2))


def test_relative_error_of_two_zeros_is_zero():
    assert relative_error(np.zeros(3), np.zeros(3)) == 0
    assert relative_error(np.array([2.0, 1.0]), np.array([2.0, 0.5])) == 0.25
