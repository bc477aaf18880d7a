"""The CRF: every path counted, the best one found, gradients by finite differences and torch."""

import itertools

import numpy as np
import pytest
import torch

from unrolled.byhand import crf
from unrolled.byhand.gradcheck import check_gradient

T, K = 5, 3


@pytest.fixture
def case():
    rng = np.random.default_rng(0)
    tags = np.array([2, 0, 2, 0, 1])  # one step twice
    return rng.normal(size=(T, K)), rng.normal(size=(K, K)), tags


def every_path(scores, transitions):
    paths = np.array(list(itertools.product(range(K), repeat=len(scores))))
    return paths, np.array([crf.path_score(scores, transitions, path) for path in paths])


def test_the_forward_algorithm_sums_over_all_paths(case):
    scores, transitions, _ = case
    paths, scored = every_path(scores, transitions)
    assert len(paths) == K**T == 243
    assert crf.log_partition(scores, transitions) == pytest.approx(
        np.log(np.exp(scored).sum()), abs=1e-10
    )


def test_backward_sums_give_the_same_total_at_every_word(case):
    scores, transitions, _ = case
    both = crf.forward_sums(scores, transitions) + crf.backward_sums(scores, transitions)
    totals = np.logaddexp.reduce(both, axis=1)
    np.testing.assert_allclose(totals, crf.log_partition(scores, transitions), atol=1e-10)


def test_viterbi_finds_the_best_of_all_paths(case):
    scores, transitions, _ = case
    paths, scored = every_path(scores, transitions)
    assert crf.viterbi(scores, transitions).tolist() == paths[scored.argmax()].tolist()


def test_viterbi_never_takes_a_forbidden_step():
    rng = np.random.default_rng(1)
    transitions = np.zeros((K, K))
    transitions[0, 1] = transitions[2, 2] = -np.inf
    for _ in range(20):
        path = crf.viterbi(3 * rng.normal(size=(T, K)), transitions)
        steps = set(itertools.pairwise(path.tolist()))
        assert not steps & {(0, 1), (2, 2)}


def test_without_transitions_each_word_is_tagged_by_itself(case):
    scores, transitions, tags = case
    nothing = np.zeros_like(transitions)
    assert crf.viterbi(scores, nothing).tolist() == scores.argmax(axis=1).tolist()
    loss, dscores, _ = crf.crf_loss(scores, nothing, tags)
    theirs = torch.nn.functional.cross_entropy(
        torch.tensor(scores), torch.tensor(tags), reduction="sum"
    )
    assert loss == pytest.approx(theirs.item(), abs=1e-10)
    softmax = torch.softmax(torch.tensor(scores), 1).numpy()
    np.testing.assert_allclose(dscores, softmax - np.eye(K)[tags], atol=1e-10)


def test_the_gradient_is_expected_minus_observed_counted_over_all_paths(case):
    scores, transitions, tags = case
    paths, scored = every_path(scores, transitions)
    weights = np.exp(scored - np.log(np.exp(scored).sum()))
    expected = np.zeros((T, K)), np.zeros((K, K))
    for path, weight in [*zip(paths, weights, strict=True), (tags, -1)]:
        for t, tag in enumerate(path):
            expected[0][t, tag] += weight
        for a, b in itertools.pairwise(path):
            expected[1][a, b] += weight
    loss, dscores, dtransitions = crf.crf_loss(scores, transitions, tags)
    np.testing.assert_allclose(dscores, expected[0], atol=1e-10)
    np.testing.assert_allclose(dtransitions, expected[1], atol=1e-10)
    right = weights[(paths == tags).all(axis=1)].item()
    assert loss == pytest.approx(-np.log(right), abs=1e-10)


def test_the_gradient_matches_finite_differences(case):
    scores, transitions, tags = case
    _, dscores, dtransitions = crf.crf_loss(scores, transitions, tags)
    check_gradient(lambda s: crf.crf_loss(s, transitions, tags)[0], scores, dscores)
    check_gradient(lambda a: crf.crf_loss(scores, a, tags)[0], transitions, dtransitions)


def test_one_word_has_no_step_and_huge_scores_stay_finite():
    scores, transitions = np.array([[800.0, -800.0, 0.0]]), np.zeros((K, K))
    loss, dscores, dtransitions = crf.crf_loss(scores, transitions, np.array([2]))
    assert loss == pytest.approx(800)
    np.testing.assert_allclose(dscores, [[1, 0, -1]])
    assert not dtransitions.any()
    assert crf.viterbi(scores, transitions).tolist() == [0]
