"""Laws of the activations and losses."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from unrolled.byhand import functional as F
from unrolled.byhand.gradcheck import check_gradient

floats = st.floats(-800, 800)


@given(arrays(float, (3, 2), elements=floats))
def test_sigmoid_matches_torch_and_never_overflows(a):
    expected = torch.sigmoid(torch.from_numpy(a)).numpy()
    np.testing.assert_allclose(F.sigmoid(a), expected, rtol=0, atol=1e-14)


@given(arrays(float, (3, 2), elements=floats))
def test_minus_softplus_of_minus_a_is_torchs_log_of_the_sigmoid(a):
    expected = torch.nn.functional.logsigmoid(torch.from_numpy(a)).numpy()
    np.testing.assert_allclose(-F.softplus(-a), expected, rtol=1e-14, atol=1e-300)


def test_softplus_keeps_its_precision():
    assert F.softplus(np.ones(2, np.float32)).dtype == np.float32


@given(arrays(float, (2, 5), elements=floats))
def test_softmax_is_a_distribution_and_matches_torch(logits):
    p = F.softmax(logits)
    np.testing.assert_allclose(p.sum(axis=-1), 1, atol=1e-12)
    np.testing.assert_allclose(p, torch.softmax(torch.from_numpy(logits), -1).numpy(), atol=1e-12)


@given(arrays(float, (2, 5), elements=st.floats(-50, 50)), st.floats(-100, 100))
def test_softmax_ignores_a_constant_added_to_all_logits(logits, shift):
    np.testing.assert_allclose(F.softmax(logits), F.softmax(logits + shift), atol=1e-12)


def test_mean_squared_error_matches_torch_and_finite_differences():
    rng = np.random.default_rng(0)
    y, target = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
    loss, grad = F.mean_squared_error(y, target)
    expected = torch.nn.functional.mse_loss(torch.from_numpy(y), torch.from_numpy(target))
    assert loss == pytest.approx(expected.item(), abs=1e-12)
    check_gradient(lambda v: F.mean_squared_error(v, target)[0], y, grad)


def test_binary_cross_entropy_matches_torch_and_finite_differences():
    rng = np.random.default_rng(1)
    logits, targets = 5 * rng.normal(size=7), rng.integers(0, 2, 7).astype(float)
    loss, grad = F.binary_cross_entropy_with_logits(logits, targets)
    expected = torch.nn.functional.binary_cross_entropy_with_logits(
        torch.from_numpy(logits), torch.from_numpy(targets)
    )
    assert loss == pytest.approx(expected.item(), abs=1e-12)
    check_gradient(lambda v: F.binary_cross_entropy_with_logits(v, targets)[0], logits, grad)


def test_binary_cross_entropy_is_finite_for_huge_logits():
    loss, _ = F.binary_cross_entropy_with_logits(np.array([1e4, -1e4]), np.array([0.0, 1.0]))
    assert loss == pytest.approx(1e4)


def test_cross_entropy_matches_torch_and_finite_differences():
    rng = np.random.default_rng(2)
    logits, targets = rng.normal(size=(4, 5)), rng.integers(0, 5, 4)
    loss, grad = F.cross_entropy(logits, targets)
    expected = torch.nn.functional.cross_entropy(torch.from_numpy(logits), torch.tensor(targets))
    assert loss == pytest.approx(expected.item(), abs=1e-12)
    check_gradient(lambda v: F.cross_entropy(v, targets)[0], logits, grad)


@pytest.mark.parametrize("loss", [F.mean_squared_error, F.binary_cross_entropy_with_logits])
def test_losses_refuse_shapes_that_would_broadcast(loss):
    with pytest.raises(ValueError, match=r"shape \(3,\).*shape \(3, 1\).*must be equal"):
        loss(np.zeros(3), np.zeros((3, 1)))


@pytest.mark.parametrize("loss", [F.mean_squared_error, F.binary_cross_entropy_with_logits])
def test_there_is_no_mean_loss_of_nothing(loss):
    with pytest.raises(ValueError, match="are empty"):
        loss(np.zeros((0, 2)), np.zeros((0, 2)))
    with pytest.raises(ValueError, match=r"logits of shape \(0, 3\)"):
        F.cross_entropy(np.zeros((0, 3)), np.zeros(0, dtype=int))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_logit_that_is_no_number_gives_the_loss_that_torch_gives(bad):
    logits = np.array([[0.5, bad], [1.0, 2.0]])
    with np.errstate(invalid="ignore"):
        ours = F.cross_entropy(logits, np.array([0, 1]))[0]
    theirs = torch.nn.functional.cross_entropy(torch.tensor(logits), torch.tensor([0, 1]))
    np.testing.assert_allclose(ours, theirs.item())


@pytest.mark.parametrize("bad", [[0.0, np.nan], [0.0, 1.0], [None, 1]])
def test_cross_entropy_refuses_class_numbers_that_are_not_whole(bad):
    with pytest.raises(ValueError, match="whole numbers"):
        F.cross_entropy(np.zeros((2, 3)), np.array(bad))


@pytest.mark.parametrize(
    ("targets", "message"),
    [(np.array([0, 3]), "from 0 to 2"), (np.array([-1, 0]), "from 0 to 2"), (np.array([0]), "row")],
)
def test_cross_entropy_refuses_classes_that_do_not_exist(targets, message):
    with pytest.raises(ValueError, match=message):
        F.cross_entropy(np.zeros((2, 3)), targets)
