"""The rival on folds: knobs are turned one by one; only the best setting judges test reviews."""

import numpy as np
import pytest

from unrolled.data.folds import SPLITS as SPLITS_OF
from unrolled.data.folds import imdb_folds
from unrolled.data.reviews import Reviews, Splits
from unrolled.experiments import nb_svm_folds
from unrolled.experiments.nb_svm_folds import Tables, measure, recorded_scores, search
from unrolled.experiments.records import load_record, unpack_logits

KNOBS = {"longest": (1, 2), "C": (0.01, 0.1), "least": (1, 2), "alpha": (1.0,), "counted": (0, 1)}


def toy(count, seed):
    """Return reviews that mostly say "good" twice if positive, else once, and other words."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    loud = np.where(rng.random(count) < 0.85, labels, 1 - labels)
    fill = [" ".join(rng.choice(list("abcdefgh"), rng.integers(2, 6))) for _ in range(count)]
    texts = [f"{words} {'good ' * (1 + kind)}film" for words, kind in zip(fill, loud, strict=True)]
    return Reviews(texts, labels, np.arange(count))


SPLITS = Splits(toy(120, 0), toy(60, 1), toy(50, 2), removed=0)


@pytest.fixture(scope="module")
def found():
    return measure("films", 0, splits=SPLITS, knobs=KNOBS)


def test_one_knob_after_the_other_takes_its_best_value():
    judged = []

    def judge(setting):
        judged.append(setting)
        a, b = setting["a"], setting["b"]
        return setting | {"valid": -2 * (a - 2) ** 2 - (b - a) ** 2}

    tried = search(judge, {"a": (0, 1, 2, 3), "b": (0, 1, 2, 3)})
    assert max(tried, key=lambda finding: finding["valid"]) == {"a": 2, "b": 2, "valid": 0}
    assert tried[0] == {"a": 0, "b": 0, "valid": -8}
    assert len({(one["a"], one["b"]) for one in tried}) == len(tried) == len(judged) < 16


def test_of_equally_good_settings_the_first_stays():
    tried = search(lambda setting: setting | {"valid": 0}, {"a": (0, 1), "b": (0, 1)})
    assert [(one["a"], one["b"]) for one in tried] == [(0, 0), (1, 0), (0, 1)]


def test_only_what_was_chosen_is_judged_on_test_reviews(found):
    *tried, alone, both = found
    assert all("test" not in one and one["learnt_from"] == "" for one in tried)
    assert (alone["learnt_from"], both["learnt_from"]) == ("train", "train and valid")
    best = max(one["valid"] for one in tried)
    assert alone["valid"] == both["valid"] == best
    assert {name: alone[name] for name in KNOBS} == {name: both[name] for name in KNOBS}


def test_the_kept_scores_give_the_accuracy_and_learning_from_more_changes_them(found):
    *_, alone, both = found
    scores = [unpack_logits(one["test_scores"]) for one in (alone, both)]
    for one, score in zip((alone, both), scores, strict=True):
        assert one["test"] == np.mean((score > 0) == SPLITS.test.labels) > 0.7
    assert not np.allclose(*scores)


def test_a_threshold_mends_what_shifts_all_scores():
    train, valid, test = SPLITS
    spoilt = [t + " meh" * int(k == 0) for t, k in zip(train.texts, train.labels, strict=True)]
    everywhere = [
        Reviews([f"{text} meh" for text in part.texts], part.labels, part.rows)
        for part in (valid, test)
    ]
    shifted = Splits(Reviews(spoilt, train.labels, train.rows), *everywhere, removed=0)
    one_each = {name: values[-1:] for name, values in KNOBS.items()}
    *tried, alone, _ = measure("films", 0, splits=shifted, knobs=one_each)
    assert tried[0]["threshold"] < 0
    assert tried[0]["valid"] > 0.7
    assert alone["test"] > 0.7


def test_counts_are_kept_or_turned_into_presence():
    parts = {"train": Reviews(["a a b", "b b c"], np.array([0, 1]), np.arange(2))}
    tables = Tables(parts)
    counted, presence = (tables.of("train", 1, 1, kind).toarray() for kind in (True, False))
    assert (counted.max(), presence.max()) == (2, 1)
    assert ((counted > 0) == presence).all()


def test_runs_that_are_long_or_rare_are_left_out():
    texts = ["a b c", "a b c", "a b", "d d"]
    tables = Tables({"train": Reviews(texts, np.array([0, 1, 0, 1]), np.arange(4))})
    width = {(n, k): tables.of("train", n, k, False).shape[1] for n in (1, 2, 3) for k in (2, 3)}
    assert width == {(1, 2): 3, (1, 3): 2, (2, 2): 5, (2, 3): 3, (3, 2): 6, (3, 3): 3}


def test_a_seed_is_a_fold_of_its_split(monkeypatch):
    asked = []

    def five(split):
        asked.append(split)
        return [None, None, None, SPLITS, None]

    monkeypatch.setattr(nb_svm_folds, "_folds", five)
    measure("blocks", 3, knobs={name: values[:1] for name, values in KNOBS.items()})
    assert asked == ["blocks"]
    grid = nb_svm_folds.grid()
    assert [one["seed"] for one in grid if one["split"] == "films"] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("split", SPLITS_OF)
@pytest.mark.parametrize("learnt_from", ["train", "train and valid"])
def test_the_scores_of_the_record_stand_in_the_order_of_the_folds_test_reviews(split, learnt_from):
    table = load_record("nb-svm-folds").table
    kept = table[(table["split"] == split) & (table["learnt_from"] == learnt_from)]
    told = zip(recorded_scores(split, learnt_from), imdb_folds(split), kept["test"], strict=True)
    for scores, fold, accuracy in told:
        assert np.mean((scores > 0) == fold.test.labels) == pytest.approx(accuracy, abs=1e-5)


def test_scores_that_nobody_kept_are_told():
    with pytest.raises(ValueError, match="no scores of split 'films' learnt from 'valid'; choose"):
        recorded_scores(learnt_from="valid")


def test_what_the_machine_learns_from_is_a_knob_and_short_texts_of_ours_are_judged(monkeypatch):
    other = Splits(toy(90, 5), toy(60, 6), toy(50, 7), removed=0)
    texts = {"reviews": SPLITS, "sentences": other}
    rows = nb_svm_folds.measure_on_both("sentences", 0, texts=texts, knobs=KNOBS)
    tried, (tested, ours, negation) = rows[:-3], rows[-3:]
    assert {row["learns"] for row in tried} == {"both", "own"}
    assert [row["on"] for row in rows[-3:]] == ["sentences", "short sentences", "negation"]
    best = max(tried, key=lambda row: row["valid"])
    for row in (tested, ours, negation):
        assert {name: row[name] for name in best} == best | {"on": row["on"]}
    scores = unpack_logits(tested["test_scores"])
    assert tested["test"] == pytest.approx(np.mean((scores > 0) == other.test.labels), abs=1e-5)
    assert len(unpack_logits(ours["test_scores"])) == 240
    labels = nb_svm_folds.negations().labels
    assert len(unpack_logits(negation["test_scores"])) == len(labels)
    assert labels[[0, -1]].tolist() == [1, 0]
    assert nb_svm_folds.short_sentences().labels.mean() == 0.5


def test_texts_of_both_kinds_are_learnt_where_that_is_better():
    """Without the reviews the sentences are too few to learn what is said of a film."""
    few = Splits(toy(6, 5).take([0, 1]), toy(60, 6), toy(50, 7), removed=0)
    texts = {"reviews": SPLITS, "sentences": few}
    rows = nb_svm_folds.measure_on_both("sentences", 0, texts=texts, knobs=KNOBS)
    assert rows[-1]["learns"] == "both"
