"""Students learn labels, or labels and answers: as probabilities, or as yes and no."""

from dataclasses import replace

import numpy as np
import pytest

from unrolled.data.reviews import Reviews, Splits
from unrolled.experiments import soft_answers
from unrolled.experiments.nb_svm_folds import folds_of_both
from unrolled.experiments.records import unpack_logits
from unrolled.experiments.soft_answers import (
    FOLD,
    TAUGHT,
    WAYS,
    grid,
    learnt_besides,
    measure,
    shipped_teacher,
)
from unrolled.sentiment.page_model import PageModel
from unrolled.sentiment.shipped import shipped_path

SMALL = {
    way: replace(recipe, embedding_size=5, hidden_size=4, batch_size=8, epochs=1, vocab_size=60)
    for way, recipe in WAYS.items()
}


def toy(count, seed):
    """Return reviews of three sentences; the last says what the label does."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    words = ("dull", "lovely")
    texts = [
        f"A {' '.join(rng.choice(list('abcdefgh'), 4))}. No {k}. The film was {words[label]}."
        for k, label in enumerate(labels)
    ]
    return Reviews(texts, labels, np.arange(count))


@pytest.fixture
def texts():
    return {
        name: Splits(toy(40, seed), toy(20, seed + 1), toy(30, seed + 2), removed=0)
        for name, seed in (("reviews", 0), ("sentences", 3))
    }


def letters(texts):
    """Answer by the number of letters, never 0."""
    return np.array([len(text) - 20.5 for text in texts])


@pytest.fixture
def seen(monkeypatch):
    """Return what students were told, by way; none is trained."""
    told = {}

    def watched(encoder, texts, labels, recipe, seed, **more):
        told[recipe] = (texts, labels, seed, more)
        raise InterruptedError

    monkeypatch.setattr(soft_answers, "train_student", watched)
    return told


def told_to(way, asked, seed, texts, seen):
    with pytest.raises(InterruptedError):
        measure(way, asked, seed, texts=texts, teach=letters, ways=SMALL)
    return seen[SMALL[way]]


def test_hard_answers_are_the_soft_ones_without_their_doubt(texts, seen):
    one, other = (told_to(way, 17, 2, texts, seen)[3] for way in ("hard", "soft"))
    assert one["asked"] == other["asked"]
    assert len(other["asked"]) == 17
    assert other["answers"].tolist() == letters(other["asked"]).tolist()
    assert one["answers"].tolist() == (np.sign(other["answers"]) * np.inf).tolist()
    assert {-1, 1} == set(np.sign(other["answers"]))


def test_every_way_learns_the_labels_of_the_sentences_and_no_review_s(texts, seen):
    for way in WAYS:
        learnt, labels, seed, more = told_to(way, 5, 4, texts, seen)
        assert learnt == texts["sentences"].train.texts
        assert seed == 4
        assert labels.tolist() == texts["sentences"].train.labels.tolist()
        assert (more == {}) == (way == "labels only")


def test_pieces_come_from_training_reviews_in_a_drawn_order_and_none_twice(texts):
    reviews = texts["reviews"].train
    pieces, answers = learnt_besides("soft", 1_000, 3, reviews, letters)
    assert len(set(pieces)) == len(pieces) > 50
    assert all(any(piece in review for review in reviews.texts) for piece in pieces)
    assert answers.tolist() == letters(pieces).tolist()
    assert learnt_besides("soft", 1_000, 3, reviews, letters)[0] == pieces
    assert learnt_besides("soft", 7, 3, reviews, letters)[0] == pieces[:7]
    assert learnt_besides("soft", 1_000, 4, reviews, letters)[0] != pieces
    begins = [next(k for k, review in enumerate(reviews.texts) if p in review) for p in pieces]
    assert begins[:30] != sorted(begins[:30])


def test_an_inherited_label_is_that_of_a_review_which_holds_the_piece(texts):
    reviews = texts["reviews"].train
    pieces, logits = learnt_besides("inherited", 60, 3, reviews, None)
    assert pieces == learnt_besides("soft", 60, 3, reviews, letters)[0]
    assert set(logits) == {-np.inf, np.inf}
    for piece, z in zip(pieces, logits, strict=True):
        assert (z > 0) in {
            bool(label)
            for text, label in zip(reviews.texts, reviews.labels, strict=True)
            if piece in text
        }


def test_an_accuracy_is_that_of_the_logits_on_the_test_sentences(texts):
    labels = texts["sentences"].test.labels
    found = {}
    for way in WAYS:
        found[way] = measure(way, 20, 0, texts=texts, teach=letters, ways=SMALL)
        logits = unpack_logits(found[way]["logits"])
        assert found[way]["accuracy"] == ((logits > 0) == (labels == 1)).mean()
    assert len({one["logits"] for one in found.values()}) == len(WAYS)


def test_the_shipped_model_teaches_as_it_answers_and_has_not_learnt_the_test_sentences():
    page, test = PageModel(shipped_path()), folds_of_both(FOLD)["sentences"].test
    sentences = test.texts[::40]
    p = page.predict([page.encoder.encode(text) for text in sentences])[:, 1]
    np.testing.assert_allclose(1 / (1 + np.exp(-shipped_teacher()(sentences))), p, rtol=1e-9)
    (told,) = (one for one in page.measured() if one["on"] == "sentences")
    assert told["texts"] == len(test)


def test_there_are_enough_pieces_for_the_largest_number_of_questions():
    most = max(case["asked"] for case in grid())
    reviews = folds_of_both(FOLD)["reviews"].train
    assert len(learnt_besides("soft", most, 0, reviews, letters)[0]) == most


def test_all_who_learn_pieces_have_one_recipe():
    assert {WAYS[way] for way in ("hard", "soft", "inherited")} == {TAUGHT}
