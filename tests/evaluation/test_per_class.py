"""Per class, macro-F1 and balanced accuracy are scikit-learn's; the interval is that of texts."""

import time
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as reference

from unrolled.evaluation.metrics import bootstrap_interval, confusion_matrix
from unrolled.evaluation.per_class import (
    balanced_accuracy,
    class_table,
    confusion_table,
    macro_f1,
    macro_f1_interval,
    per_class,
)


@st.composite
def answers(draw):
    """Return K, predictions and targets; classes may be missing in either."""
    n_classes = draw(st.integers(2, 6))
    n = draw(st.integers(1, 40))
    lists = st.lists(st.integers(0, n_classes - 1), min_size=n, max_size=n)
    return n_classes, np.array(draw(lists)), np.array(draw(lists))


@given(answers())
def test_all_measures_are_scikit_learns(told):
    n_classes, predictions, targets = told
    counts = confusion_matrix(predictions, targets, n_classes)
    found = per_class(counts)
    labels, kept = list(range(n_classes)), {"zero_division": np.nan}
    wanted = reference.precision_recall_fscore_support(targets, predictions, labels=labels, **kept)
    for ours, theirs in zip((found.precision, found.recall, found.f1), wanted, strict=False):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)
    assert found.support.tolist() == wanted[3].tolist()
    theirs = reference.f1_score(targets, predictions, average="macro", zero_division=0)
    assert macro_f1(counts) == pytest.approx(theirs, abs=1e-12)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a class that is predicted and never true
        theirs = reference.balanced_accuracy_score(targets, predictions)
    assert balanced_accuracy(counts) == pytest.approx(theirs, abs=1e-12)


def test_the_interval_is_that_of_resampled_texts():
    rng = np.random.default_rng(0)
    targets = rng.choice(4, 400, p=[0.6, 0.25, 0.1, 0.05])
    predictions = np.where(rng.random(400) < 0.7, targets, rng.integers(0, 4, 400))
    pairs = np.stack([predictions, targets], axis=1)

    def score(texts):
        return reference.f1_score(texts[:, 1], texts[:, 0], average="macro", zero_division=0)

    counts = confusion_matrix(predictions, targets, 4)
    ours = macro_f1_interval(counts, rng=np.random.default_rng(1), repeats=20_000)
    theirs = bootstrap_interval(pairs, rng=rng, repeats=1500, statistic=score)
    width = theirs[1] - theirs[0]
    np.testing.assert_allclose(ours, theirs, atol=0.1 * width)
    assert ours[0] < macro_f1(counts) < ours[1]


def test_resampling_keeps_its_promise():
    """Nineteen intervals in twenty hold the macro-F1 of all texts that there are."""
    rng = np.random.default_rng(2)
    shares = np.array([[0.4, 0.06, 0.04], [0.05, 0.2, 0.05], [0.02, 0.03, 0.15]])
    truth = macro_f1((shares * 10_000).round().astype(int))
    held = 0
    for _ in range(300):
        counts = rng.multinomial(300, shares.ravel() / shares.sum()).reshape(3, 3)
        low, high = macro_f1_interval(counts, rng=rng, repeats=400)
        held += low <= truth <= high
    assert 0.90 < held / 300 < 0.985


def test_a_hundred_thousand_texts_take_no_time_and_many_classes_no_memory():
    rng = np.random.default_rng(3)
    counts = rng.multinomial(100_000, np.full(25, 0.04)).reshape(5, 5)
    began = time.perf_counter()
    low, high = macro_f1_interval(counts, rng=rng)
    assert time.perf_counter() - began < 10  # a tenth of a second on a quiet machine
    assert 0 < high - low < 0.01
    many = np.diag(np.full(400, 3)) + (rng.random((400, 400)) < 0.01)
    low, high = macro_f1_interval(many.astype(int), rng=rng, repeats=200)
    assert low < high


def test_the_same_generator_gives_the_same_interval():
    counts = np.array([[30, 4], [6, 20]])
    one, other = (macro_f1_interval(counts, rng=np.random.default_rng(5)) for _ in range(2))
    assert one == other


def test_the_table_names_classes_and_leaves_out_what_cannot_be_said():
    counts = np.array([[8, 0, 2], [0, 0, 0], [4, 0, 6]])
    lines = class_table(counts, ("bad", "so-so", "good\nnews")).splitlines()
    assert lines[0].split() == ["class", "precision", "recall", "F1", "texts"]
    assert lines[1].split() == ["bad", "0.667", "0.800", "0.727", "10"]
    assert lines[2].split() == ["so-so", "-", "-", "-", "0"]
    assert lines[3].split() == ["good", "news", "0.750", "0.600", "0.667", "10"]
    assert len({len(line) for line in lines}) == 1
    matrix = confusion_table(counts, ("bad", "so-so", "good")).splitlines()
    assert matrix[0].split() == ["true,", "below", "bad", "so-so", "good"]
    assert matrix[3].split() == ["good", "4", "0", "6"]


def test_columns_stand_below_each_other_in_chinese_too():
    lines = confusion_table(np.array([[1, 2], [3, 4]]), ("差", "还可以")).splitlines()
    assert lines[1].startswith("差            ")
    assert [len(line) for line in lines] == [23 - 4, 23 - 1, 23 - 3]


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ([[1, 2, 3], [4, 5, 6]], "expected a confusion matrix"),
        ([[0.5, 1.0], [1.0, 0.0]], "whole numbers"),
        ([[0, 0], [0, 0]], "no text at all"),
        ([[1, -1], [0, 3]], "below 0"),
    ],
)
def test_other_counts_are_refused(counts, said):
    for measure in (per_class, macro_f1, balanced_accuracy):
        with pytest.raises(ValueError, match=said):
            measure(counts)
    with pytest.raises(ValueError, match="names for 2 classes"):
        class_table([[1, 2], [3, 4]], ("a",))
    with pytest.raises(ValueError, match="draw at least one"):
        macro_f1_interval([[1, 2], [3, 4]], rng=np.random.default_rng(0), repeats=0)
