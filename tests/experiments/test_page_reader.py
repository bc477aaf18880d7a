"""The page's student learns what it says, and is judged as it is shipped."""

from dataclasses import replace

import numpy as np
import pytest

from unrolled.data.reviews import Reviews, Splits
from unrolled.experiments import page_reader, strong_folds
from unrolled.experiments.page_reader import (
    STUDENT,
    WAYS,
    answers_to,
    encoder_of,
    load_student,
    measure,
    questions,
)
from unrolled.experiments.records import unpack_logits
from unrolled.experiments.strong_folds import Fold, judged_parts
from unrolled.nets.checkpoints import CheckpointError
from unrolled.sentiment.student import Student

SMALL = replace(
    STUDENT, embedding_size=5, hidden_size=4, max_tokens=20, batch_size=8, epochs=1, vocab_size=60
)
SHAPES = {"each": 2, "contrasts": 4}


def toy(count, seed):
    """Return reviews of three sentences; the last says what the label does."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    fill = [" ".join(rng.choice(list("abcdefgh"), rng.integers(2, 6))) for _ in range(count)]
    words = [("dull" if not kind else "lovely") for kind in labels]
    texts = [
        f"A {f}. No {k}. The film was {w}."
        for k, (f, w) in enumerate(zip(fill, words, strict=True))
    ]
    return Reviews(texts, labels, np.arange(count))


@pytest.fixture
def fold(monkeypatch, tmp_path):
    """Return a fold of toy texts; what is kept goes into a folder of its own."""
    monkeypatch.setenv(strong_folds.WORK, str(tmp_path))
    monkeypatch.setattr(page_reader, "CONTRASTS", SHAPES["contrasts"])
    monkeypatch.setattr(page_reader, "CUTS", ((SHAPES["each"], 1), (1, 3)))
    reviews, sentences = (
        Splits(toy(60, seed), toy(50, seed + 1), toy(30 + seed, seed + 2), removed=0)
        for seed in (0, 4)
    )
    return Fold.of(reviews, sentences, 60)


def letters(texts):
    """Answer by the number of letters."""
    return np.array([len(text) - 20.0 for text in texts])


def found(way, fold, seed=0):
    return measure(way, seed, fold=fold, teach=letters, ways=dict.fromkeys(WAYS, SMALL))


def test_both_ways_are_judged_on_the_same_texts_and_differ(fold):
    sizes = {name: len(part) for name, part in judged_parts(fold).items()}
    rows = {way: found(way, fold) for way in WAYS}
    for told in rows.values():
        assert {row["part"]: len(unpack_logits(row["logits"])) for row in told} == sizes
    assert len({row["logits"] for told in rows.values() for row in told}) == 2 * len(sizes)
    assert {row["questions"] for row in rows["labels only"]} == {0}
    assert {row["questions"] for row in rows["taught"]} == {len(questions(fold, 0))}


def test_an_accuracy_is_that_of_its_logits(fold):
    parts = judged_parts(fold)
    for row in found("taught", fold):
        right = (unpack_logits(row["logits"]) > 0) == (parts[row["part"]].labels == 1)
        assert row["accuracy"] == right.mean()


def test_what_is_judged_is_the_student_as_the_page_rounds_it(fold, monkeypatch):
    rounded = found("labels only", fold)
    monkeypatch.setattr(Student, "rounded", lambda student: student)
    for row, plain in zip(rounded, found("labels only", fold), strict=True):
        one, other = (unpack_logits(told["logits"]) for told in (row, plain))
        assert (one != other).any()
        np.testing.assert_allclose(one, other, atol=0.05)
        assert row["bytes"] == plain["bytes"] > 1_000


def test_questions_are_cut_from_training_reviews_and_none_comes_twice(fold):
    asked = questions(fold, 3)
    assert asked == questions(fold, 3) != questions(fold, 4)
    assert len(set(asked)) == len(asked)
    made, cut = asked[-SHAPES["contrasts"] :], asked[: -SHAPES["contrasts"]]
    assert all(any(text in review for review in fold.reviews.train.texts) for text in cut)
    assert {text.count(".") for text in cut} == {1, 2, 3}
    assert len(cut) > 60, "of 180, many of which say only what others say"
    assert not any(any(text in review for review in fold.reviews.train.texts) for text in made)
    unseen = {text for part in judged_parts(fold).values() for text in part.texts}
    assert not unseen & set(asked)


def test_a_student_learns_labels_and_the_answers_to_these_questions(fold, monkeypatch):
    seen = {}

    def watched(encoder, texts, labels, recipe, seed, **told):
        assert encoder.tokens == encoder_of(fold, SMALL.vocab_size).tokens
        assert texts == fold.reviews.train.texts + fold.sentences.train.texts
        assert labels.tolist() == [*fold.reviews.train.labels, *fold.sentences.train.labels]
        assert (recipe, seed) == (SMALL, 3)
        seen[way] = told
        raise InterruptedError

    monkeypatch.setattr(page_reader, "train_student", watched)
    for way in WAYS:
        with pytest.raises(InterruptedError):
            found(way, fold, 3)
    assert seen.pop("labels only") == {}
    assert seen["taught"]["asked"] == questions(fold, 3)
    assert seen["taught"]["answers"].tolist() == letters(questions(fold, 3)).tolist()


def test_answers_are_kept_and_asked_for_again_where_the_questions_are_others(fold):
    asked = []

    def teach(texts):
        asked.append(list(texts))
        return letters(texts)

    for texts in (["one", "three"], ["one", "three"], ["onethree"], ["one", "three"]):
        assert answers_to(texts, 1, teach).tolist() == letters(texts).tolist()
    assert asked == [["one", "three"], ["onethree"], ["one", "three"]]


def test_the_taught_student_is_kept(fold):
    rows = found("taught", fold)
    student = load_student(0, fold=fold, recipe=SMALL)
    for row in rows:
        part = judged_parts(fold)[row["part"]]
        again = student.rounded()(part.texts)
        np.testing.assert_allclose(again, unpack_logits(row["logits"]), atol=1e-3)
    with pytest.raises(CheckpointError, match="There is no checkpoint"):
        load_student(1, fold=fold, recipe=SMALL)


def test_a_word_of_the_sentences_counts_ten_times(fold):
    reviews = toy(40, 9)
    texts = [*[f"{text} Often." for text in reviews.texts[:20]], *reviews.texts[20:]]
    sentences = [f"{text} Rare." for text in reviews.texts[:3]] + reviews.texts[3:]
    train = (Reviews(told, reviews.labels, reviews.rows) for told in (texts, sentences))
    splits = (Splits(part, reviews, reviews, removed=0) for part in train)
    known = encoder_of(Fold.of(*splits, 60), 1_000).tokens
    assert known.index("often") > known.index("rare") > known.index("the")
