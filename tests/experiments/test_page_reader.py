"""The page's student: every way is judged on the same texts, and a teacher by its own answers."""

from dataclasses import replace

import numpy as np
import pytest

from unrolled.data.reviews import Reviews, Splits
from unrolled.experiments import page_reader
from unrolled.experiments.page_reader import STUDENT, WAYS, bag_of_runs, exams, measure
from unrolled.experiments.records import unpack_logits
from unrolled.sentiment.student import Student

SMALL = {"embedding_size": 5, "hidden_size": 4, "max_tokens": 20, "batch_size": 8, "epochs": 1}
PARTS = ["reviews", "sentences", "negation", "short sentences"]


def toy(count, seed):
    """Return reviews of two sentences that mostly say what their labels do."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    loud = np.where(rng.random(count) < 0.9, labels, 1 - labels)
    fill = [" ".join(rng.choice(list("abcdefgh"), rng.integers(2, 6))) for _ in range(count)]
    words = ["not good" if not kind else "good" for kind in loud]
    texts = [f"A {f}. The film is {w}." for f, w in zip(fill, words, strict=True)]
    return Reviews(texts, labels, np.arange(count))


REVIEWS, SENTENCES = (
    Splits(toy(60, seed), toy(50, seed + 1), toy(30 + seed, seed + 2), removed=0) for seed in (0, 4)
)


def lengths(texts):
    """Answer by the number of letters."""
    return np.array([len(text) - 40.0 for text in texts])


@pytest.fixture
def found():
    """Return a function from a way to what it finds on toy reviews."""
    options = {
        "folds": (REVIEWS, SENTENCES),
        "teacher": lambda *_: lengths,
        "recipe": replace(STUDENT, **SMALL),
    }
    return lambda way, seed=0: measure(way, seed, **options)


def test_all_ways_are_judged_on_the_same_texts_and_differ(found):
    rows = {way: found(way) for way in WAYS}
    for told in rows.values():
        assert [row["part"] for row in told] == PARTS
    sizes = [len(texts) for texts, _ in exams(REVIEWS, SENTENCES).values()]
    for told in rows.values():
        assert [len(unpack_logits(row["logits"])) for row in told] == sizes
    assert len({row["logits"] for told in rows.values() for row in told}) == 4 * len(WAYS)


def test_a_teacher_is_judged_by_its_answers_and_has_no_file(found):
    for row, (texts, labels) in zip(
        found("teacher"), exams(REVIEWS, SENTENCES).values(), strict=True
    ):
        assert unpack_logits(row["logits"]).tolist() == lengths(texts).tolist()
        assert row["bytes"] == 0
        if row["part"] != "negation":
            assert row["accuracy"] == np.mean((lengths(texts) > 0) == labels)


def test_what_is_judged_is_the_student_as_the_page_rounds_it(found, monkeypatch):
    rounded = found("labels only")
    monkeypatch.setattr(Student, "rounded", lambda student: student)
    for row, plain in zip(rounded, found("labels only"), strict=True):
        assert row["loss"] != plain["loss"]
        assert row["loss"] == pytest.approx(plain["loss"], abs=0.01)
        assert row["bytes"] == plain["bytes"] > 1_000


def test_negation_is_judged_in_pairs(found):
    (row,) = (row for row in found("teacher") if row["part"] == "negation")
    better, worse = np.split(unpack_logits(row["logits"]), 2)
    assert row["accuracy"] == np.mean((better > worse) + 0.5 * (better == worse))


def test_what_is_judged_has_been_learnt_by_nobody():
    told = exams(REVIEWS, SENTENCES)
    assert told["reviews"][0] == REVIEWS.test.texts
    assert told["sentences"][0] == SENTENCES.test.texts
    assert told["negation"][1].mean() == told["short sentences"][1].mean() == 0.5
    for texts, labels in told.values():
        assert len(texts) == len(labels)
    texts, labels = told["negation"]
    assert {text for text, label in zip(texts, labels, strict=True) if label} >= {
        "the film was good .",
        "the story was never bad .",
    }


def test_a_student_has_learnt_its_folds_training_texts_in_its_way(found, monkeypatch):
    seen = {}

    def watched(texts, labels, recipe, seed, **told):
        assert texts == REVIEWS.train.texts + SENTENCES.train.texts
        assert labels.tolist() == [*REVIEWS.train.labels, *SENTENCES.train.labels]
        assert told["cut_from"] == REVIEWS.train.texts
        assert seed == 3
        seen[way] = told["teach"], told["teaching"]
        raise InterruptedError

    monkeypatch.setattr(page_reader, "train_student", watched)
    for way in WAYS:
        if way != "teacher":
            with pytest.raises(InterruptedError):
                found(way, 3)
    assert seen.pop("labels only") == (None, None)
    assert seen == {way: (lengths, WAYS[way]) for way in seen}
    taught = {way: (told.share > 0, told.runs > 0) for way, (_, told) in seen.items()}
    assert taught == {
        "taught": (True, False),
        "cut sentences": (False, True),
        "taught, cut sentences": (True, True),
    }


def test_the_bag_of_runs_teaches_what_it_has_learnt_and_knows_how_sure_it_may_be():
    teach = bag_of_runs(REVIEWS, SENTENCES, 0)
    for part in (REVIEWS.test, SENTENCES.test):
        assert np.mean((teach(part.texts) > 0) == part.labels) > 0.75
    valid = REVIEWS.valid
    wrong = np.mean((teach(valid.texts) > 0) != valid.labels)
    doubt = np.mean(1 / (1 + np.exp(np.abs(teach(valid.texts)))))
    assert doubt == pytest.approx(wrong, abs=0.05)


def test_a_seed_is_a_fold_of_both_kinds_of_texts(monkeypatch):
    five = [None] * 3 + [REVIEWS, None], [None] * 3 + [SENTENCES, None]
    monkeypatch.setattr(page_reader, "imdb_folds", lambda: five[0])
    monkeypatch.setattr(page_reader, "rotten_tomatoes_folds", lambda: five[1])
    monkeypatch.setattr(page_reader, "_folds", page_reader._folds.__wrapped__)
    rows = measure("teacher", 3, teacher=lambda *_: lengths)
    assert [len(unpack_logits(row["logits"])) for row in rows[:2]] == [30, 34]
    assert {c["seed"] for c in page_reader.grid()} == {0, 1, 2, 3, 4}
