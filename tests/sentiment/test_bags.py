"""Bags of words and characters are scikit-learn's; of many classes, each is against all others."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from unrolled.data.tokenizer import tokenize
from unrolled.evaluation.baselines import NaiveBayesSVM, best_threshold
from unrolled.sentiment.bags import NBSVM, Bag, Knobs, TfIdf, best_offsets, converges

WORDS = ("film", "plot", "end", "dull", "bright", "plain", "very", "not")


@pytest.fixture(scope="module")
def texts():
    """Return 90 short texts, 40 others, and labels of three classes."""
    rng = np.random.default_rng(0)
    made = [" ".join(rng.choice(WORDS, rng.integers(2, 9))) for _ in range(130)]
    return made[:90], made[90:], rng.permutation(np.arange(90) % 3)


def words_of(longest):
    def runs(text):
        tokens = tokenize(text)
        spans = range(1, longest + 1)
        return [" ".join(tokens[i : i + n]) for n in spans for i in range(len(tokens) - n + 1)]

    return runs


@pytest.mark.parametrize(("longest", "least"), [(1, 1), (2, 1), (2, 3), (3, 5)])
@pytest.mark.parametrize("tokenizer", ["words", "characters"])
def test_the_columns_are_those_of_scikit_learn(texts, tokenizer, longest, least):
    learnt, others, _ = texts
    bag = Bag(learnt, tokenizer, 3)
    columns = bag.columns(longest, least)
    told = {"analyzer": "char", "ngram_range": (1, longest)}
    if tokenizer == "words":
        told = {"analyzer": words_of(longest)}
    theirs = CountVectorizer(min_df=least, **told)
    for ours, wanted in (
        (bag.train[:, columns], theirs.fit_transform(learnt)),
        (bag.counts(others)[:, columns], theirs.transform(others)),
    ):
        assert ours.shape == wanted.shape
        found = [sorted(map(tuple, table.toarray().T.tolist())) for table in (ours, wanted)]
        assert found[0] == found[1]


def test_tf_idf_is_scikit_learns(texts):
    learnt, others, labels = texts
    bag = Bag(learnt, "words", 2)
    columns = bag.columns(2, 2)
    ours = TfIdf(Knobs(2, 0, 2, C=3.0)).fit(bag.train[:, columns], labels, 3)
    vectors = TfidfVectorizer(analyzer=words_of(2), min_df=2, sublinear_tf=True)
    theirs = LogisticRegression(C=3.0, tol=1e-8, max_iter=5000)
    theirs.fit(vectors.fit_transform(learnt), labels)
    wanted = theirs.decision_function(vectors.transform(others))
    np.testing.assert_allclose(ours.scores(bag.counts(others)[:, columns]), wanted, atol=2e-2)


def test_nb_svm_of_three_classes_is_one_against_all_others(texts):
    learnt, others, labels = texts
    bag = Bag(learnt, "words", 2)
    ours = NBSVM(Knobs(2, 0, 1, C=0.1, beta=0.5)).fit(bag.train, labels, 3)
    presence = [(table > 0).astype(float) for table in (bag.train, bag.counts(others))]
    for k in range(3):
        theirs = NaiveBayesSVM(0.1, beta=0.5).fit(presence[0], (labels == k).astype(int))
        wanted = theirs.decision_function(presence[1])
        np.testing.assert_allclose(ours.scores(bag.counts(others))[:, k], wanted)
    again = ours.scores(bag.counts(others), 0.25)
    assert not np.allclose(again, ours.scores(bag.counts(others)))


def test_nb_svm_of_two_classes_is_one_machine(texts):
    learnt, others, labels = texts
    two = (labels > 0).astype(int)
    bag = Bag(learnt, "characters", 3)
    ours = NBSVM(Knobs(0, 3, 1, C=0.01, beta=0.25)).fit(bag.train, two, 2)
    presence = [(table > 0).astype(float) for table in (bag.train, bag.counts(others))]
    wanted = NaiveBayesSVM(0.01).fit(presence[0], two).decision_function(presence[1])
    found = ours.scores(bag.counts(others))
    np.testing.assert_allclose(found[:, 1] - found[:, 0], wanted)


def test_balanced_weights_find_more_of_a_rare_class(texts):
    learnt, _, _ = texts
    rare = (np.arange(90) % 9 == 0).astype(int)  # nothing tells it
    bag = Bag(learnt, "words", 1)
    found = {}
    for weights in ("none", "balanced"):
        for kind in (TfIdf, NBSVM):
            model = kind(Knobs(1, 0, 1, C=1.0, class_weights=weights, beta=1.0))
            model.fit(bag.train, rare, 2)
            found[kind, weights] = model.scores(bag.train).argmax(axis=1).sum()
    for kind in (TfIdf, NBSVM):
        assert found[kind, "balanced"] > found[kind, "none"] + 10


def test_a_fit_that_does_not_come_to_its_end_is_told(texts, monkeypatch):
    learnt, _, labels = texts
    bag = Bag(learnt, "words", 2)
    for kind in (TfIdf, NBSVM):
        assert converges(kind(Knobs(2, 0, 1, C=1.0, beta=1.0)), bag.train, labels, 3)
    monkeypatch.setattr("unrolled.sentiment.bags.PASSES", 1)
    for kind in (TfIdf, NBSVM):
        assert not converges(kind(Knobs(2, 0, 1, C=1.0, beta=1.0)), bag.train, labels, 3)


def right(scores, labels):
    return int((scores.argmax(axis=1) == labels).sum())


@given(st.integers(0, 10_000), st.integers(2, 5), st.integers(1, 40))
def test_offsets_never_make_fewer_right(seed, n_classes, n):
    rng = np.random.default_rng(seed)
    scores, labels = rng.normal(size=(n, n_classes)), rng.integers(0, n_classes, n)
    offsets = best_offsets(scores, labels)
    assert offsets.shape == (n_classes,)
    assert right(scores + offsets, labels) >= right(scores, labels)


def test_offsets_of_two_classes_are_the_best_threshold():
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 2, 200)
    score = labels + rng.normal(size=200) + 5
    offsets = best_offsets(np.stack([np.zeros(200), score], axis=1), labels)
    best = np.mean((score > best_threshold(score, labels)) == labels)
    assert np.mean((score + offsets[1] - offsets[0] > 0) == labels) == best > 0.6


def test_offsets_of_three_classes_are_as_good_as_a_grid_finds():
    rng = np.random.default_rng(4)
    labels = rng.choice(3, 150, p=[0.8, 0.1, 0.1])
    scores = np.eye(3)[labels] + rng.normal(scale=0.7, size=(150, 3)) + [0, 1.5, -1]
    steps = np.linspace(-4, 4, 41)
    grid = max(
        right(scores + np.array([0, a, b]), labels) for a, b in itertools.product(steps, steps)
    )
    assert right(scores + best_offsets(scores, labels), labels) >= grid - 1 > right(scores, labels)


def test_offsets_of_scores_that_need_none_stay_away():
    """Else the best threshold of chance would shift errors from one class to the other."""
    kept = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        labels = rng.integers(0, 2, 400)
        score = 2 * labels - 1 + rng.normal(scale=1.5, size=400)
        kept += not best_offsets(np.stack([-score, score], axis=1), labels).any()
    assert kept > 30
