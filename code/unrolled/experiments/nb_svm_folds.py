"""How good is NB-SVM where every review is tested once, and films are kept apart?

In each of the five folds of `unrolled.data.folds` every knob is turned on the validation reviews:
length of the runs, how many reviews a run must stand in, presence or counts, smoothing, C, beta and
threshold. One knob after the other takes the value that is best while the rest stay as they are,
twice round; beta and threshold are chosen anew each time. Only what is chosen in the end is judged
on the fold's test reviews: as it is, and (the same knobs) after learning from training and
validation reviews. A seed here is a fold, and the order in which the machine visits its texts.

The same is done on folds of equal blocks, whatever their films, and on random ones: what does it
matter that films are kept apart? (Rows divided by their length were tried on validation reviews of
three folds; they brought nothing.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
from scipy import sparse

from unrolled.data.folds import FOLDS, SPLITS, imdb_folds, rotten_tomatoes_folds
from unrolled.data.negation import negation_pairs
from unrolled.data.reviews import Reviews, Splits
from unrolled.data.short_sentences import load_short_sentences
from unrolled.evaluation.baselines import NaiveBayesSVM
from unrolled.experiments.records import load_record, pack_logits, unpack_logits
from unrolled.experiments.registry import Experiment
from unrolled.sentiment.bags import Bag, best_offsets
from unrolled.sentiment.calibrated_bag import BagKnobs

#: The values of each knob, the one to begin with first.
KNOBS = {
    "longest": (3, 2, 1),
    "C": (0.003, 0.0003, 0.001, 0.01, 0.03, 0.1),
    "least": (2, 1, 3, 5, 10),
    "alpha": (1.0, 0.3, 3.0, 10.0),
    "counted": (False, True),
}
SHARES = (0.25, 0.0, 0.1, 0.5, 0.75, 1.0)  # beta
ROUNDS = 2
SOURCES = ("sentences", "reviews")


class Tables:
    """What two or three parts of a fold hold, for any length and rarity of runs.

    Parameters
    ----------
    parts : dict of str to Reviews
        "train" says which runs there are.
    """

    def __init__(self, parts: Mapping[str, Reviews]):
        self.labels = {name: part.labels for name, part in parts.items()}
        self.bag = Bag(parts["train"].texts, "words", max(KNOBS["longest"]), min(KNOBS["least"]))
        self.counts = {"train": self.bag.train}
        self.counts |= {n: self.bag.counts(p.texts) for n, p in parts.items() if n != "train"}

    def of(self, name: str, longest: int, least: int, counted: bool) -> sparse.csr_array:
        """Return the table ``(N, V)`` of one part: counts, or zeros and ones."""
        found = self.counts[name][:, self.bag.columns(longest, least)]
        return found if counted else (found > 0).astype(np.float64)


def grid() -> list[dict]:
    """Return one configuration a fold, of each way to make folds; films kept apart come first."""
    return [{"split": split, "seed": fold} for split in SPLITS for fold in range(FOLDS)]


def measure(
    split: str,
    seed: int,
    *,
    splits: Splits | None = None,
    knobs: Mapping[str, Sequence] | None = None,
) -> list[dict]:
    """Choose NB-SVM's knobs on a fold's validation reviews, then judge its test reviews.

    Returns
    -------
    list of dict
        One for each setting that was tried, in this order: longest, C, least, alpha, counted, beta,
        threshold and valid (accuracy). Then the best of them on "train", and on "train and valid",
        with test (accuracy) and test_scores too (see `unrolled.experiments.records.pack_logits`;
        in the order of the fold's test rows, the threshold taken off). The column learnt_from says
        which; it is "" where a setting was only tried.
    """
    splits = _folds(split)[seed] if splits is None else splits
    tables = Tables({"train": splits.train, "valid": splits.valid, "test": splits.test})
    tried = search(lambda setting: _tried(tables, setting, seed), KNOBS if knobs is None else knobs)
    best = max(tried, key=lambda finding: finding["valid"])
    found = [_judged(tables, best, seed) | {"learnt_from": "train"}]
    both = Tables({"train": _joined(splits.train, splits.valid), "test": splits.test})
    found.append(_judged(both, best, seed) | {"learnt_from": "train and valid"})
    return [finding | {"learnt_from": ""} for finding in tried] + found


def measure_on_both(
    judged: str,
    seed: int,
    *,
    texts: Mapping[str, Splits] | None = None,
    knobs: Mapping[str, Sequence] | None = None,
) -> list[dict]:
    """Do as `measure` does on folds of films, with one knob more: which texts the machine learns.

    Parameters
    ----------
    judged : {"reviews", "sentences"}
        Whose validation texts choose, and whose test texts are judged.
    seed : int
        The fold.
    texts : mapping of str to Splits, optional
        Reviews and sentences in the place of the packaged ones.
    knobs : mapping of str to sequence, optional

    Returns
    -------
    list of dict
        As `measure`; learns is "both" where the machine learnt reviews and sentences, "own" where
        only those of the kind that is judged. What is chosen is judged once more for each of
        `SHORT`, texts of ours: the column "on" says which texts, and is "" where validation texts
        only were judged.
    """
    texts = folds_of_both(seed) if texts is None else texts
    own, knobs = texts[judged], KNOBS if knobs is None else knobs
    learnt = {"both": _joined(*(part.train for part in texts.values())), "own": own.train}
    others = {"valid": own.valid, "test": own.test} | {n: part() for n, part in SHORT.items()}
    tables = {name: Tables({"train": train} | others) for name, train in learnt.items()}
    tried = search(
        lambda setting: _tried(tables[setting["learns"]], setting, seed),
        {"learns": ("both", "own")} | dict(knobs),
    )
    best = max(tried, key=lambda finding: finding["valid"])
    found = [
        _judged(tables[best["learns"]], best, seed, name)
        | {"on": name if name in SHORT else judged}
        for name in ("test", *SHORT)
    ]
    return [finding | {"on": ""} for finding in tried] + found


def folds_of_both(fold: int) -> dict[str, Splits]:
    """Return the reviews and the sentences of a fold."""
    return {"reviews": _folds("films")[fold], "sentences": rotten_tomatoes_folds()[fold]}


def short_sentences() -> Reviews:
    """Return the short sentences of ours that are tested on."""
    ours = load_short_sentences("test")
    labels = np.array([sentence.label for sentence in ours])
    return Reviews([sentence.text for sentence in ours], labels, np.arange(len(ours)))


def negations() -> Reviews:
    """Return the negation pairs as single sentences: all better ones, then all worse ones."""
    pairs = negation_pairs()
    texts = [pair.better for pair in pairs] + [pair.worse for pair in pairs]
    return Reviews(texts, np.repeat([1, 0], len(pairs)), np.arange(len(texts)))


SHORT = {"short sentences": short_sentences, "negation": negations}


def search(judge, knobs: Mapping[str, Sequence]) -> list[dict]:
    """Return what `judge` finds for each setting that is tried, one knob at a time.

    Parameters
    ----------
    judge : callable
        Takes a setting (a dict with a value of each knob), returns a finding with "valid".
    knobs : mapping of str to sequence
        The values of each knob; the first one to begin with.
    """
    best, tried = {name: values[0] for name, values in knobs.items()}, {}
    for _ in range(ROUNDS):
        for name, values in knobs.items():
            settings = [best | {name: value} for value in values]
            for setting in settings:
                key = tuple(setting.values())
                if key not in tried:
                    tried[key] = judge(setting)
            best = max(
                [best, *settings], key=lambda setting: tried[tuple(setting.values())]["valid"]
            )
    return list(tried.values())


def recorded_scores(split: str = "films", learnt_from: str = "train") -> list[np.ndarray]:
    """Return the record's scores of each fold's test reviews, in the order of `imdb_folds`.

    Above 0 NB-SVM says positive. They are there to pair another model with it, review by review.

    Raises
    ------
    unrolled.experiments.records.RecordError
        If there is no record.
    ValueError
        If the record holds no such scores.
    """
    table = load_record("nb-svm-folds").table
    kept = table[(table["split"] == split) & (table["learnt_from"] == learnt_from)]
    if len(kept) != FOLDS:
        raise ValueError(
            f"The record has no scores of split {split!r} learnt from {learnt_from!r}; choose one "
            f"of {', '.join(SPLITS)}, and 'train' or 'train and valid'."
        )
    return [unpack_logits(text) for text in kept.sort_values("seed")["test_scores"]]


def chosen_knobs(fold: int) -> BagKnobs:
    """Return the record's knobs of a fold of films, for a machine that learns from "train".

    Raises
    ------
    unrolled.experiments.records.RecordError
        If there is no record.
    """
    table = load_record("nb-svm-folds").table
    one = table.query("split == 'films' and learnt_from == 'train' and seed == @fold").iloc[0]
    if one["counted"]:
        raise ValueError(f"In fold {fold} counts were chosen, and BagKnobs knows presence only.")
    return BagKnobs(*(one[name].item() for name in ("longest", "least", "C", "alpha", "beta")))


@cache
def _folds(split: str) -> list[Splits]:
    return imdb_folds(split)


def _joined(a: Reviews, b: Reviews) -> Reviews:
    """Return the reviews of both."""
    return Reviews(a.texts + b.texts, np.append(a.labels, b.labels), np.append(a.rows, b.rows))


def _model(tables: Tables, setting: Mapping, seed: int) -> NaiveBayesSVM:
    """Return the machine that learnt the training part."""
    table = tables.of("train", setting["longest"], setting["least"], setting["counted"])
    machine = NaiveBayesSVM(setting["C"], setting["alpha"], seed=seed)
    return machine.fit(table, tables.labels["train"])


def _tried(tables: Tables, setting: Mapping, seed: int) -> dict:
    """Return the setting with the beta and threshold that are best on validation reviews.

    The threshold is moved only where that gains more than chance would (see `best_offsets`).
    """
    model, labels = _model(tables, setting, seed), tables.labels["valid"]
    table = tables.of("valid", setting["longest"], setting["least"], setting["counted"])
    found = []
    for share in SHARES:
        scores = model.interpolate(share).decision_function(table)
        low, high = best_offsets(np.stack([np.zeros_like(scores), scores], axis=1), labels)
        right = (scores > low - high) == (labels == 1)
        told = {"beta": share, "threshold": round(float(low - high), 5)}
        found.append(dict(setting) | told | {"valid": round(float(right.mean()), 5)})
    return max(found, key=lambda finding: finding["valid"])


def _judged(tables: Tables, best: Mapping, seed: int, name: str = "test") -> dict:
    """Return the chosen setting with its accuracy and scores on one part."""
    model = _model(tables, best, seed).interpolate(best["beta"])
    table = tables.of(name, best["longest"], best["least"], best["counted"])
    scores = model.decision_function(table) - best["threshold"]
    right = (scores > 0) == (tables.labels[name] == 1)
    return dict(best) | {
        "test": round(float(right.mean()), 5),
        "test_scores": pack_logits(scores),
    }


EXPERIMENTS = [
    Experiment(
        "nb-svm-folds",
        "How well does NB-SVM judge reviews of films that it has not seen, every review once?",
        grid,
        measure,
        minutes=22,
    ),
    Experiment(
        "nb-svm-both",
        "How well does NB-SVM judge reviews, and sentences, if it may learn from both?",
        lambda: [{"judged": kind, "seed": fold} for kind in SOURCES for fold in range(FOLDS)],
        measure_on_both,
        minutes=30,
    ),
]
