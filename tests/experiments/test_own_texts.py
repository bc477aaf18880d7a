"""The experiments on own texts, on a small scale."""

import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_score, recall_score

from unrolled.data.chinese import load_chinese
from unrolled.experiments import few_labels, own_texts, rare_class, three_classes
from unrolled.experiments.records import unpack_logits
from unrolled.sentiment.corpus import Part
from unrolled.sentiment.recipe import Recipe

TINY = Recipe(
    embedding_size=5, hidden_size=4, max_tokens=20, batch_size=8, dropout=0.0, embedding_dropout=0.0
)


def with_texts(part):
    """Return toy reviews with a text each: a letter a token."""
    texts = ["".join(chr(96 + token) for token in ids) for ids in part.ids]
    return Part(part.ids, part.labels, texts)


@pytest.fixture
def texts(toy_reviews):
    names = ("train", "valid", "test")
    parts = {name: with_texts(toy_reviews(60, seed)) for seed, name in enumerate(names)}
    return own_texts.Texts(parts, 9, np.arange(60) < 45)


def test_the_accuracy_of_all_is_the_mean_of_those_of_copies_and_of_new_texts(texts):
    for row in own_texts.measure("kept", 0, texts=texts, recipe=TINY):
        assert row["share_seen"] == 0.75
        assert row["test"] == pytest.approx(0.75 * row["seen"] + 0.25 * row["new"], abs=1e-4)
        if isinstance(row.get("logits"), str):
            right = (unpack_logits(row["logits"]) > 0) == texts.parts["test"].labels
            assert row["test"] == pytest.approx(right.mean(), abs=1e-4)


def test_only_seed_0_has_the_bag_which_learns_from_its_letters(texts):
    first, second = (own_texts.measure("kept", seed, texts=texts, recipe=TINY) for seed in (0, 1))
    assert [row["reader"] for row in second] == ["LSTM"]
    assert [row["strength"] for row in first[1:]] == list(own_texts.STRENGTHS)
    assert max(row["test"] for row in first if row["reader"] == "bag") > 0.95
    assert sum("logits" in row for row in first) == 2


def test_the_cut_takes_a_tenth_of_each_class_twice_and_every_text_once():
    labelled = load_chinese("kept")
    parts = own_texts.cut_at_random(labelled)
    rows = np.concatenate([part.rows for part in parts.values()])
    assert sorted(rows) == sorted(labelled.rows)
    sizes = {name: np.bincount(part.labels).tolist() for name, part in parts.items()}
    assert sizes["valid"] == sizes["test"] == [1_858, 1_655]
    other = own_texts.cut_at_random(labelled, seed=1)
    assert other["test"].rows.tolist() != parts["test"].rows.tolist()


def test_copies_stand_in_an_earlier_part_and_nowhere_once_dropped():
    assert own_texts.texts_of("kept").seen.mean() == pytest.approx(0.853, abs=0.001)
    dropped = own_texts.texts_of("dropped")
    assert dropped.seen.mean() < 0.01
    assert [len(part) for part in dropped.parts.values()] == [13_964, 1_746, 1_746]


def test_few_labels_are_half_of_each_class_and_follow_the_seed(texts):
    found = few_labels.measure(20, 0, texts=texts, recipe=TINY, passes=2)
    assert [row["reader"] for row in found] == ["bag", "LSTM"]
    drawn, again, other = (few_labels.drawn(texts.parts["train"], 20, seed) for seed in (3, 3, 4))
    assert np.bincount(drawn.labels).tolist() == [10, 10]
    assert drawn.texts == again.texts != other.texts


def test_the_rare_class_is_thinned_and_its_test_texts_weigh_as_much_less(texts):
    part = Part([np.ones(1, int)] * 60, np.arange(60) % 2, list(map(str, range(60))))
    thin = rare_class._thinned(part, 10, np.random.default_rng(0))
    assert np.bincount(thin.labels).tolist() == [30, 3]
    for way in rare_class.WAYS:
        rows = rare_class.measure(way, 0, texts=texts, recipe=TINY, rare=5)
        assert [row["reader"] for row in rows] == ["bag", "LSTM"]
        assert all(row["macro_f1_moved"] <= 1 for row in rows)


def test_scores_of_a_rare_class_are_those_of_scikit_learn_with_weights():
    rng = np.random.default_rng(1)
    labels, predicted = rng.integers(0, 2, 50), rng.random(50) < 0.4
    found = rare_class.judged(predicted, labels, 0.2)
    told = {"sample_weight": np.where(labels == 1, 0.2, 1.0)}
    assert found["macro_f1"] == pytest.approx(
        f1_score(labels, predicted, average="macro", **told), abs=1e-5
    )
    assert found["recall"] == pytest.approx(recall_score(labels, predicted, **told), abs=1e-5)
    assert found["precision"] == pytest.approx(precision_score(labels, predicted, **told), abs=1e-5)


def test_two_thresholds_part_three_heaps():
    scores = np.array([-3, -2, -2.5, 0, 0.1, -0.2, 2, 3, 4.0])
    cuts = three_classes.two_thresholds(scores, np.repeat([0, 1, 2], 3))
    assert np.digitize(scores, cuts).tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]


def test_the_bag_in_order_learns_from_the_ends_alone():
    words = {0: "dull grey", 1: "dull bright", 2: "bright fine"}
    labels = np.arange(90) % 3
    texts = [f"{words[k]} film {'long' if n % 2 else 'short'}" for n, k in enumerate(labels)]
    parts = {name: Part([], labels, texts, 3) for name in three_classes.NAMES}
    for said, _ in three_classes.bags(parts).values():
        assert (said["test"] == labels).all()
