"""Baselines are what their definitions say."""

from collections import Counter

import numpy as np
import pytest
from scipy import sparse
from sklearn.naive_bayes import MultinomialNB
from sklearn.svm import LinearSVC

from unrolled.evaluation.baselines import (
    NaiveBayesSVM,
    NGrams,
    best_threshold,
    lexicon_scores,
    load_lexicon,
    log_count_ratio,
)


@pytest.fixture
def texts():
    rng = np.random.default_rng(0)
    return [rng.integers(0, 6, rng.integers(1, 9)) for _ in range(30)], np.arange(30) % 2


def runs_by_hand(text, longest):
    words = [int(token) for token in text]
    spans = range(1, longest + 1)
    return [tuple(words[i : i + n]) for n in spans for i in range(len(words) - n + 1)]


@pytest.mark.parametrize("longest", [1, 2, 3])
def test_runs_are_those_counted_by_hand(texts, longest):
    ids, _ = texts
    table = NGrams(longest, least=2).fit_transform(ids, 6)
    sets = [set(runs_by_hand(text, longest)) for text in ids]
    counts = {run: sum(run in s for s in sets) for run in set().union(*sets)}
    kept = sorted(count for count in counts.values() if count >= 2)
    assert sorted(table.sum(axis=0).tolist()) == kept
    often = [sum(counts[run] >= 2 for run in s) for s in sets]
    assert table.sum(axis=1).tolist() == often
    assert set(table.data) == {1.0}


@pytest.mark.parametrize("longest", [1, 2])
def test_counted_runs_are_those_counted_by_hand(texts, longest):
    ids, _ = texts
    table = NGrams(longest, least=2, counted=True).fit_transform(ids, 6)
    held = [Counter(runs_by_hand(text, longest)) for text in ids]
    total = sum(held, Counter())
    kept = sorted(count for count in total.values() if count >= 2)
    assert sorted(table.sum(axis=0).tolist()) == kept
    for row, runs in zip(table.toarray(), held, strict=True):
        often = sorted(count for run, count in runs.items() if total[run] >= 2)
        assert sorted(row[row > 0].tolist()) == often


@pytest.mark.parametrize("counted", [False, True])
def test_new_texts_get_the_columns_of_the_old_ones(texts, counted):
    ids, _ = texts
    grams = NGrams(2, counted=counted)
    table = grams.fit_transform(ids, 6)
    again = grams.transform([*ids, np.array([5, 5, 5, 5])])
    np.testing.assert_array_equal(again.toarray()[:30], table.toarray())
    assert grams.transform([np.array([99])]).sum() == 0


def test_too_many_keys_and_senseless_runs_are_refused():
    with pytest.raises(ValueError, match="64 bits"):
        NGrams(5).fit_transform([np.array([1])], 100_000)
    with pytest.raises(ValueError, match="at least 1"):
        NGrams(0)


def test_log_count_ratios_are_wang_and_mannings():
    x = np.array([[1, 0, 1], [1, 1, 0], [0, 1, 1], [0, 1, 0]], float)
    y = np.array([1, 1, 0, 0])
    expected = []
    for column in range(3):
        p, q = (sum(x[i, column] for i in range(4) if y[i] == label) + 0.5 for label in (1, 0))
        p_all, q_all = (sum(x[i].sum() for i in range(4) if y[i] == k) + 1.5 for k in (1, 0))
        expected.append(np.log((p / p_all) / (q / q_all)))
    np.testing.assert_allclose(log_count_ratio(sparse.csr_array(x), y, 0.5), expected)


@pytest.fixture
def unequal(texts):
    """Return runs of texts and labels, a third of them positive."""
    return NGrams(2).fit_transform(texts[0], 6), (np.arange(30) % 3 == 0).astype(int)


@pytest.mark.parametrize("beta", [0.0, 0.25, 1.0])
def test_nb_svm_is_the_mean_of_naive_bayes_and_the_machine_intercepts_included(unequal, beta):
    x, labels = unequal
    bayes = MultinomialNB(alpha=1.0).fit(x, labels)
    odds = np.subtract(*bayes.predict_joint_log_proba(x).T[::-1])
    scaled = x.toarray() * log_count_ratio(x, labels)
    machine = LinearSVC(C=0.7, random_state=0).fit(scaled, labels)
    size = np.abs(machine.coef_).mean()
    expected = (1 - beta) * size * odds + beta * machine.decision_function(scaled)
    model = NaiveBayesSVM(C=0.7, beta=beta).fit(x, labels)
    np.testing.assert_allclose(model.decision_function(x), expected, rtol=1e-3, atol=1e-4)
    assert model.score(x, labels) == np.mean((expected > 0) == labels)
    again = NaiveBayesSVM(C=0.7, beta=0.5).fit(x, labels).interpolate(beta)
    np.testing.assert_allclose(again.decision_function(x), model.decision_function(x))


def test_the_chosen_threshold_is_the_best_of_all_and_moves_no_text_past_another(unequal):
    x, labels = unequal
    model = NaiveBayesSVM(beta=0.0).fit(x, labels)
    before = model.decision_function(x)
    best = max(np.mean((before > edge) == labels) for edge in [-np.inf, *before])
    assert model.score(x, labels) < best
    assert model.choose_threshold(x, labels).score(x, labels) == best
    moves = model.decision_function(x) - before
    np.testing.assert_allclose(moves, moves[0])


def test_the_best_threshold_is_the_best_of_all():
    rng = np.random.default_rng(1)
    scores, labels = rng.integers(-5, 6, 40) / 2, rng.integers(0, 2, 40)
    found = best_threshold(scores, labels)
    grid = np.arange(-4, 4.1, 0.25)
    best = max(np.mean((scores > t) == labels) for t in grid)
    assert np.mean((scores > found) == labels) == best
    assert best_threshold(np.array([1.0, 2.0]), np.array([1, 1])) < 1
    assert best_threshold(np.array([1.0, 2.0]), np.array([0, 0])) > 2
    with pytest.raises(ValueError, match="same length"):
        best_threshold(np.array([]), np.array([]))


def test_the_lexicon_knows_praise_blame_and_negation():
    good, bad, turned = lexicon_scores(["A good film.", "A bad film.", "Not a good film."])
    assert turned < 0 < good
    assert bad < 0
    lexicon = load_lexicon()
    assert lexicon["good"] > 0 > lexicon["bad"]
    assert 7_000 < len(lexicon) < 8_000
    assert all(-4 <= valence <= 4 for valence in lexicon.values())
