"""The referee itself is checked, on functions whose gradient is known."""

import numpy as np
import pytest

from unrolled.byhand.cells import GRUCell
from unrolled.byhand.gradcheck import (
    check_gradient,
    check_layer,
    numerical_gradient,
    relative_error,
)
from unrolled.byhand.layers import Recurrent


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


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_gradient_that_is_no_number_fails_and_its_place_is_named(bad):
    x = np.array([1.0, 2.0, 3.0])
    gradient = 2 * x
    gradient[1] = bad
    with pytest.raises(AssertionError, match=rf"is {bad} at \(1,\), where finite .* give 4"):
        check_gradient(lambda v: float((v**2).sum()), x, gradient)


@pytest.mark.parametrize("bad", [np.nan, np.inf, None, np.array([1.0, 2.0]), "1"])
def test_a_loss_that_is_no_number_is_refused_and_the_point_put_back(bad):
    x = np.array([1.0, 2.0])
    with pytest.raises(ValueError, match="must return one finite"):
        check_gradient(lambda v: bad, x, np.zeros(2))
    assert x.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("x", "options", "message"),
    [
        (np.zeros(0), {}, r"x is empty \(shape \(0,\)\)"),
        (np.array([1.0, np.nan]), {}, r"x holds nan at \(1,\)"),
        (np.array([1.0, np.inf]), {}, r"x holds inf at \(1,\)"),
        (np.ones(2), {"eps": 0.0}, "eps=0.0"),
        (np.ones(2), {"eps": np.nan}, "eps=nan"),
        (np.ones(2), {"tolerance": np.nan}, "tolerance=nan"),
        (np.ones(2), {"tolerance": np.inf}, "tolerance=inf"),
    ],
)
def test_a_check_that_could_not_fail_is_refused(x, options, message):
    with pytest.raises(ValueError, match=message):
        check_gradient(lambda v: float(v.sum()), x, np.ones(x.shape), **options)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_relative_error_refuses_what_is_no_number_in_either_array(bad):
    for one, two in (([1.0, bad], [1.0, 2.0]), ([1.0, 2.0], [bad, 2.0]), ([bad], [bad])):
        with pytest.raises(ValueError, match=f"holds {bad}"):
            relative_error(np.array(one), np.array(two))


def test_relative_error_refuses_empty_arrays_and_shapes_that_would_broadcast():
    with pytest.raises(ValueError, match="is empty"):
        relative_error(np.zeros((0, 2)), np.zeros((0, 2)))
    with pytest.raises(ValueError, match=r"shapes \(2, 1\) and \(2,\)"):
        relative_error(np.ones((2, 1)), np.ones(2))


def test_relative_error_of_two_zeros_is_zero():
    assert relative_error(np.zeros(3), np.zeros(3)) == 0
    assert relative_error(np.array([2.0, 1.0]), np.array([2.0, 0.5])) == 0.25


@pytest.fixture
def layer_case():
    rng = np.random.default_rng(2)
    cell = GRUCell(2, 3, rng=rng)
    return cell, rng.normal(size=(4, 5, 2)), rng.normal(size=(4, 5, 3))


def test_a_layer_that_is_right_passes_whatever_its_gradients_held_before(layer_case):
    cell, x, upstream = layer_case
    for _ in range(2):
        assert check_layer(Recurrent(cell), [cell], x, upstream, lengths=[5, 2, 1, 4]) < 1e-6


@pytest.mark.parametrize("key", ["weight_hh", "bias_ih"])
def test_one_wrong_gradient_of_a_layer_is_named(layer_case, key, monkeypatch):
    cell, x, upstream = layer_case
    layer, right = Recurrent(cell), Recurrent.backward

    def wrong(self, doutputs, caches):
        dx, dstate = right(self, doutputs, caches)
        cell.grads[key] = cell.grads[key] + 1e-3
        return dx, dstate

    monkeypatch.setattr(Recurrent, "backward", wrong)
    with pytest.raises(AssertionError, match=f"{key} is wrong"):
        check_layer(layer, [cell], x, upstream)


def test_a_wrong_gradient_by_the_input_is_named(layer_case, monkeypatch):
    cell, x, upstream = layer_case
    monkeypatch.setattr(Recurrent, "backward", lambda *_: (np.ones(x.shape), None))
    with pytest.raises(AssertionError, match="the gradient by x is wrong"):
        check_layer(Recurrent(cell), [cell], x, upstream)
