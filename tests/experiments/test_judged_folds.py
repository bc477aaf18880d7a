"""Who was right on each test text: the records' logits, text by text, in folds."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from unrolled.data.folds import FOLDS
from unrolled.data.reviews import Reviews, Splits
from unrolled.evaluation.folded import folded_mean, neighbour_blocks
from unrolled.experiments import judged_folds as module
from unrolled.experiments.judged_folds import (
    RIVAL,
    STRONG,
    STUDENTS,
    TWO_BAGS,
    judged_folds,
    short_answers,
)
from unrolled.experiments.records import pack_logits
from unrolled.experiments.strong_folds import BAG, PARTS, TUNED, WAYS, added

READERS = (*WAYS, BAG, *STUDENTS, RIVAL)
SIZES = {"reviews": 240, "sentences": 200}


def texts_of(fold):
    """Return splits of both kinds, whose test parts are two tenths of a file each."""
    splits = {}
    for kind, size in SIZES.items():
        labels, rows = np.arange(FOLDS * size) % 2, np.arange(fold * size, (fold + 1) * size)
        tested, held = (Reviews([""] * len(r), labels[r], r) for r in (rows, rows[:30]))
        splits[kind] = Splits(held, held, tested, removed=0)
    return splits


@pytest.fixture
def logits(monkeypatch):
    """Return what the records say: logits by (reader, fold, part)."""
    rng, said = np.random.default_rng(0), {}
    for fold in range(FOLDS):
        for reader in READERS:
            for part in (*PARTS, *TUNED):
                z = rng.normal(size=SIZES.get(part, 30))
                said[reader, fold, part] = np.round(8 * z) / 8  # a record keeps that whole
    rows = [
        {"way": reader, "seed": fold, "part": part, "logits": pack_logits(z)}
        for (reader, fold, part), z in said.items()
        if reader in (*WAYS, BAG)
    ]
    small = [
        {"way": way, "seed": fold, "part": part, "logits": pack_logits(said[reader, fold, part])}
        for reader, way in STUDENTS.items()
        for fold in range(FOLDS)
        for part in PARTS
    ]
    rival = [
        {"judged": kind, "on": on, "seed": fold, "test_scores": pack_logits(z)}
        for fold in range(FOLDS)
        for kind in SIZES
        for on in (kind, "negation")
        for z in [said[RIVAL, fold, on] + (on == "negation" and kind == "reviews")]
    ]
    tables = {"strong-folds": rows, "page-reader": small, "nb-svm-both": rival}
    tables = {name: SimpleNamespace(table=pd.DataFrame(t[::-1])) for name, t in tables.items()}
    monkeypatch.setattr(module, "load_record", tables.get)
    monkeypatch.setattr(module, "folds_of_both", texts_of)
    pieces = {kind: lambda n=size: np.arange(FOLDS * n) * 2 // n for kind, size in SIZES.items()}
    monkeypatch.setattr(module, "PIECES", pieces)
    return said


@pytest.mark.parametrize("kind", SIZES)
def test_each_reader_is_right_where_its_logit_has_the_labels_side(logits, kind):
    judged = judged_folds(kind)
    assert set(judged.right) == {*READERS, STRONG, TWO_BAGS}
    labels = np.arange(FOLDS * SIZES[kind]) % 2
    for reader in READERS:
        z = np.concatenate([logits[reader, fold, kind] for fold in range(FOLDS)])
        assert judged.right[reader].tolist() == ((z > 0) == labels).tolist()
    assert judged.folds.tolist() == np.repeat(np.arange(FOLDS), SIZES[kind]).tolist()


def test_the_strong_model_adds_the_last_way_and_the_bag_with_weights_of_its_fold(logits):
    right, last = judged_folds("reviews").right[STRONG], list(WAYS)[-1]
    for fold in range(FOLDS):
        tuned = np.stack(
            [[*logits[r, fold, TUNED[0]], *logits[r, fold, TUNED[1]]] for r in (last, BAG)]
        )
        labels = np.tile(texts_of(fold)["reviews"].valid.labels, 2)
        z = added(tuned, labels)(np.stack([logits[r, fold, "reviews"] for r in (last, BAG)]))
        wanted = (z > 0) == texts_of(fold)["reviews"].test.labels
        here = right[fold * SIZES["reviews"] : (fold + 1) * SIZES["reviews"]]
        assert here.tolist() == wanted.tolist()


def test_two_bags_count_alike_each_by_its_own_spread(logits):
    found = short_answers("negation")
    for fold in range(FOLDS):
        bag, rival = (logits[r, fold, "negation"] for r in (BAG, RIVAL))
        wanted = bag * np.std(rival) + rival * np.std(bag)
        np.testing.assert_allclose(
            found[TWO_BAGS][fold] * np.std(bag) * np.std(rival), wanted, atol=1e-12
        )


def test_means_and_leads_are_those_of_the_folds(logits):
    judged = judged_folds("sentences")
    labels = np.arange(FOLDS * SIZES["sentences"]) % 2
    pieces = np.arange(len(labels)) * 2 // SIZES["sentences"]
    blocks = neighbour_blocks(2 * pieces + labels)
    one, other = (judged.right[reader] for reader in ("pretrained", RIVAL))
    assert judged.accuracy("pretrained") == folded_mean(one, judged.folds, blocks)
    wanted = folded_mean(one - other, judged.folds, blocks, level=0.99)
    assert judged.lead("pretrained", RIVAL, 0.99) == wanted
    assert judged.lead(RIVAL, "pretrained", 0.99).mean == pytest.approx(-wanted.mean)


def test_short_answers_are_those_of_the_five_folds_one_below_the_other(logits):
    found = short_answers("negation")
    assert set(found) == {*READERS, STRONG, TWO_BAGS}
    for reader in READERS:  # the rival that was chosen on sentences
        wanted = [logits[reader, fold, "negation"].tolist() for fold in range(FOLDS)]
        assert found[reader].tolist() == wanted
    assert found[STRONG].shape == (FOLDS, 30)
