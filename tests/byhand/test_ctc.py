"""CTC by hand: all paths enumerated, parity with torch, finite differences, laws."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from unrolled.byhand import ctc
from unrolled.byhand.functional import log_softmax
from unrolled.byhand.gradcheck import check_gradient

T, K = 6, 4
LABELS = [[2, 1, 3], [1, 1], [3, 3, 3], [2], [], [1, 2, 2]]


def logits_of(seed=0, steps=T):
    return np.random.default_rng(seed).normal(size=(steps, K)) * 2


@pytest.mark.parametrize("labels", LABELS)
def test_the_loss_is_that_of_all_paths_that_read_as_the_labels(labels):
    logits, total = logits_of(), 0.0
    log_p = log_softmax(logits)
    for path in itertools.product(range(K), repeat=T):
        if ctc.collapse(path) == labels:
            total += np.exp(log_p[np.arange(T), path].sum())
    np.testing.assert_allclose(ctc.ctc_loss(logits, labels)[0], -np.log(total), rtol=1e-12)


@pytest.mark.parametrize("labels", LABELS)
def test_loss_and_gradient_match_torch(labels):
    logits = logits_of(1, steps=11)
    loss, dlogits = ctc.ctc_loss(logits, labels)
    tensor = torch.tensor(logits, requires_grad=True)
    theirs = torch.nn.functional.ctc_loss(
        tensor.log_softmax(-1)[:, None],
        torch.tensor([labels], dtype=torch.long),
        torch.tensor([11]),
        torch.tensor([len(labels)]),
        reduction="sum",
    )
    upstream = 0.7
    (upstream * theirs).backward()
    np.testing.assert_allclose(loss, theirs.item(), rtol=0, atol=1e-10)
    np.testing.assert_allclose(upstream * dlogits, tensor.grad.numpy(), rtol=0, atol=1e-10)


@pytest.mark.parametrize("labels", LABELS)
def test_the_gradient_matches_finite_differences(labels):
    logits = logits_of(2)
    _, dlogits = ctc.ctc_loss(logits, labels)
    check_gradient(lambda x: ctc.ctc_loss(x, labels)[0], logits, dlogits)


def test_every_frame_gives_the_same_total():
    labels = [1, 3, 3]
    log_p, extended = log_softmax(logits_of(3, steps=9)), ctc.with_blanks(labels)
    through = ctc.forward(log_p, extended) + ctc.backward(log_p, extended)
    totals = np.logaddexp.reduce(through, axis=1)
    np.testing.assert_allclose(totals, totals[0], rtol=1e-12)


def test_the_probabilities_of_all_readings_add_up_to_one():
    logits, total = logits_of(4, steps=4), 0.0
    for length in range(5):
        for labels in itertools.product(range(1, K), repeat=length):
            if length + sum(a == b for a, b in itertools.pairwise(labels)) <= 4:
                total += np.exp(-ctc.ctc_loss(logits, labels)[0])
    assert total == pytest.approx(1, abs=1e-12)


def test_a_thousand_frames_neither_overflow_nor_vanish():
    loss, dlogits = ctc.ctc_loss(50 * logits_of(5, steps=1000), [1, 2, 3] * 40)
    assert np.isfinite(loss)
    assert loss > 1000
    np.testing.assert_allclose(dlogits.sum(1), 0, atol=1e-9)


@given(st.lists(st.integers(1, 3), max_size=6), st.data())
def test_stretching_labels_with_blanks_between_equal_ones_reads_as_the_labels(labels, data):
    path, before = [], None
    for label in labels:
        blanks = data.draw(st.integers(1 if label == before else 0, 2))
        path += [0] * blanks + [label] * data.draw(st.integers(1, 3))
        before = label
    assert ctc.collapse(path) == labels


def test_the_best_path_is_that_of_the_best_class_a_frame():
    logits = np.full((7, K), -1.0)
    logits[range(7), [1, 1, 0, 1, 2, 0, 0]] = 3
    assert ctc.best_path(logits) == [1, 1, 2]


def test_labels_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="need at least 3"):
        ctc.ctc_loss(logits_of(steps=2), [1, 1])
    with pytest.raises(ValueError, match="from 0 to 2"):
        ctc.ctc_loss(logits_of(), [0, 2])
    with pytest.raises(ValueError, match="the classes 1 to 3"):
        ctc.ctc_loss(logits_of(), [4])
    ctc.ctc_loss(logits_of(steps=3), [1, 1])
