"""The strong model's steps in folds: each way trains what it says, and never on a test text."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from unrolled.data.folds import imdb_folds, rotten_tomatoes_folds
from unrolled.data.reviews import Reviews, Splits
from unrolled.experiments import strong_folds
from unrolled.experiments.records import unpack_logits
from unrolled.experiments.strong_folds import (
    BAG,
    WAYS,
    Fold,
    Way,
    added,
    judged_parts,
    load_teacher,
    measure,
    together,
)
from unrolled.nets.pretraining import PretrainingRecipe
from unrolled.sentiment.calibrated_bag import BagKnobs

SMALL = {"embedding_size": 5, "hidden_size": 4, "batch_size": 8, "rate": 5e-3, "vocab_size": 40}
SMALL |= {"dropout": 0.0, "embedding_dropout": 0.0, "pretraining_cycles": 1}
KNOBS = BagKnobs(longest=1, least=2, C=0.1)


def small(way: Way) -> Way:
    passes = min(way.recipe.pretraining_passes, 1)
    recipe = replace(way.recipe, **SMALL, pretraining_passes=passes)
    return replace(way, recipe=recipe, contrasts=min(way.contrasts, 10))


def toy(count, seed, length):
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    words = [f"w{k}" for k in range(20)]
    texts = [
        " ".join([*rng.choice(words, length), "is", ("bad,", "good,")[k], f"only{seed}"])
        for k in labels
    ]
    return Reviews(texts, labels, np.arange(count))


def splits(seed, length):
    return Splits(*(toy(n, seed + k, length) for k, n in enumerate((60, 12, 14))), removed=0)


@pytest.fixture
def toys(tmp_path, monkeypatch):
    monkeypatch.setenv(strong_folds.WORK, str(tmp_path))
    monkeypatch.setattr(
        strong_folds, "pretraining_recipe", lambda recipe, bfloat16: _language(recipe)
    )
    fold = Fold.of(splits(0, 40), splits(10, 8), 40)
    options = {"fold": fold, "pieces": np.arange(120) % 3, "knobs": KNOBS}
    options["ways"] = {name: small(way) for name, way in WAYS.items()}
    return options


def _language(recipe):
    return PretrainingRecipe(
        embedding_size=recipe.embedding_size,
        hidden_size=recipe.hidden_size,
        passes=recipe.pretraining_passes,
        texts=2,
        steps=10,
    )


def test_every_way_judges_every_part_and_differs_from_the_others(toys):
    found = {way: measure(way, 0, **toys) for way in (*WAYS, BAG)}
    for rows in found.values():
        assert [row["part"] for row in rows] == [*strong_folds.PARTS, *strong_folds.TUNED]
    for place in (0, 1):
        assert len({rows[place]["logits"] for rows in found.values()}) == len(found)
    again = measure("contrasts", 0, **toys)
    assert [r | {"minutes": 0} for r in again] == [r | {"minutes": 0} for r in found["contrasts"]]


def test_the_accuracy_is_that_of_the_logits(toys):
    labels = {name: part.labels for name, part in judged_parts(toys["fold"]).items()}
    for row in [*measure("sentences", 1, **toys), *measure(BAG, 1, **toys)]:
        right = (unpack_logits(row["logits"]) > 0) == (labels[row["part"]] == 1)
        assert row["accuracy"] == pytest.approx(np.mean(right))


def test_the_teacher_is_network_and_bag_weighed_on_validation_texts(toys, monkeypatch):
    rows = [
        {"way": way, "seed": 2} | row
        for way in ("contrasts", BAG)
        for row in measure(way, 2, **toys)
    ]
    fold = toys["fold"]
    labels = {name: judged_parts(fold)[name].labels for name in strong_folds.TUNED}
    expected = together(pd.DataFrame(rows), 2, labels)
    bag = strong_folds._bag(fold, 2, toys["pieces"], KNOBS)
    monkeypatch.setattr(strong_folds, "_bag", lambda *_: bag)
    monkeypatch.setattr(strong_folds, "fold_of", lambda number: fold)
    monkeypatch.setattr(strong_folds, "WAYS", toys["ways"])
    logits = load_teacher(2)(fold.reviews.test.texts)
    np.testing.assert_allclose(logits, expected["reviews"], rtol=5e-3)


def test_added_readers_weigh_what_each_knows():
    """Log-odds of two readers that err independently add up; noise gets no weight."""
    rng = np.random.default_rng(0)
    labels = np.arange(20_000) % 2
    signs = 2 * labels - 1
    told = [
        2 * signs + 2 * rng.normal(size=20_000) for _ in range(2)
    ]  # log-odds by Bayes: 1 * told
    noise = rng.normal(size=20_000)
    weigh = added([*told, noise], labels)
    units = np.eye(3, 4)  # one reader says 1, the others nothing; last: nobody says anything
    *weights, nothing = weigh(units)
    np.testing.assert_allclose(np.array(weights) - nothing, [1, 1, 0], atol=0.08)
    assert abs(nothing) < 0.08


def test_neither_the_vocabulary_nor_the_language_model_knows_a_test_text(toys):
    fold = toys["fold"]
    known = set(fold.encoder.tokens)
    assert {"only0", "only10"} < known
    assert not known & {"only1", "only2", "only11", "only12"}
    assert len(fold.unlabelled()) == 60 + 60 + 12 + 12
    assert len(fold.labelled(WAYS["adversarial"], 0)) == 60
    both = fold.labelled(WAYS["sentences"], 0)
    assert both.labels.tolist() == [*fold.reviews.train.labels, *fold.sentences.train.labels]
    assert fold.encoder.tokens[both.ids[60][-1]] == "only10"
    more = fold.labelled(toys["ways"]["contrasts"], 0)
    assert len(more) == 130
    assert more.labels[:120].tolist() == both.labels.tolist()


def test_sentences_are_cut_as_reviews_are():
    folds = rotten_tomatoes_folds()
    tested = np.concatenate([fold.test.rows for fold in folds])
    assert len(np.unique(tested)) == len(tested) == 8530 - folds[0].removed
    for mine, theirs in zip(folds, imdb_folds(), strict=True):
        sizes = [len(part) for part in mine]
        assert np.allclose(np.array(sizes) / sum(sizes), [0.7, 0.1, 0.2], atol=0.01)
        assert len(theirs.test) > 4000
        for part in mine:
            assert abs(part.labels.mean() - 0.5) < 0.01
            places = [np.sort(part.rows[part.labels == k]) for k in (0, 1)]
            assert all((np.diff(rows) > 20).sum() <= 1 for rows in places)
