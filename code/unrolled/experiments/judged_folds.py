"""What the records of five folds say of every test text: networks, bag, rival, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from unrolled.data.folds import FOLDS, imdb_pieces, rotten_tomatoes_pieces
from unrolled.data.reviews import Reviews
from unrolled.evaluation.folded import FoldedMean, folded_mean, neighbour_blocks
from unrolled.experiments.nb_svm_folds import folds_of_both
from unrolled.experiments.records import load_record, unpack_logits
from unrolled.experiments.strong_folds import BAG, TUNED, WAYS, together

PIECES = {"reviews": imdb_pieces, "sentences": rotten_tomatoes_pieces}
RIVAL, STRONG, TWO_BAGS = "NB-SVM", "together", "two bags"
STUDENTS = {"student, labels only": "labels only", "student": "taught"}


@dataclass(frozen=True)
class JudgedFolds:
    """Who was right on each test text of five folds.

    Parameters
    ----------
    right : mapping of str to ndarray ``(N,)``
        Of each reader, 1 where it was right and 0 where it was not.
    folds, blocks : ndarray ``(N,)``
        See `unrolled.evaluation.folded.folded_mean`.
    """

    right: Mapping[str, np.ndarray]
    folds: np.ndarray
    blocks: np.ndarray

    def accuracy(self, reader: str, level: float = 0.95) -> FoldedMean:
        """Return how often a reader is right: a share, and an interval for it."""
        return folded_mean(self.right[reader], self.folds, self.blocks, level=level)

    def lead(self, reader: str, other: str, level: float = 0.95) -> FoldedMean:
        """Return how much more often a reader is right than another on the same texts."""
        paired = self.right[reader] - self.right[other]
        return folded_mean(paired, self.folds, self.blocks, level=level)


def judged_folds(kind: str) -> JudgedFolds:
    """Return who was right on each test text of a kind, by the records.

    The readers are the ways of `unrolled.experiments.strong_folds` and its bag; `STRONG`, the
    strong model: the last way and the bag, added; `STUDENTS` of it (record "page-reader"); and
    `RIVAL`, NB-SVM with every knob, and what it learns from, chosen on validation texts of that
    kind (record "nb-svm-both"); and `TWO_BAGS`, that and the strong model's own bag, each score by
    its spread over a fold's texts, added: what two readers gain of which neither is a network.

    Parameters
    ----------
    kind : {"reviews", "sentences"}

    Raises
    ------
    unrolled.experiments.records.RecordError
        If a record is not there.
    """
    tests = [folds_of_both(fold)[kind].test for fold in range(FOLDS)]
    labels = np.concatenate([test.labels for test in tests])
    right = {
        reader: ((np.concatenate(logits) > 0) == labels).astype(int)
        for reader, logits in _logits(kind, judged=kind).items()
    }
    folds = np.repeat(np.arange(FOLDS), [len(test) for test in tests])
    return JudgedFolds(right, folds, _blocks(tests, PIECES[kind]()))


def short_answers(part: str) -> dict[str, np.ndarray]:
    """Return what the readers of `judged_folds` say of short texts of ours: logits ``(5, N)`` each.

    The rival is the one that was chosen on sentences.

    Parameters
    ----------
    part : {"short sentences", "negation"}
        See `unrolled.experiments.nb_svm_folds.SHORT`, also for the texts in their order.
    """
    return {
        reader: np.stack(logits) for reader, logits in _logits(part, judged="sentences").items()
    }


def _logits(part: str, *, judged: str) -> dict[str, list[np.ndarray]]:
    """Return of each reader the logits of a part, fold by fold."""
    table, small = load_record("strong-folds").table, load_record("page-reader").table
    rival = load_record("nb-svm-both").table
    rival = rival[(rival["judged"] == judged) & (rival["on"] == part)].set_index("seed")
    logits = {reader: [] for reader in (*WAYS, BAG, STRONG, *STUDENTS, RIVAL, TWO_BAGS)}
    for fold in range(FOLDS):
        rows, of_small = (
            one[(one["seed"] == fold) & (one["part"] == part)].set_index("way")
            for one in (table, small)
        )
        for way in (*WAYS, BAG):
            logits[way].append(unpack_logits(rows.loc[way, "logits"]))
        for student, way in STUDENTS.items():
            logits[student].append(unpack_logits(of_small.loc[way, "logits"]))
        valid = (texts.valid.labels for texts in folds_of_both(fold).values())
        logits[STRONG].append(together(table, fold, dict(zip(TUNED, valid, strict=True)))[part])
        logits[RIVAL].append(unpack_logits(rival.loc[fold, "test_scores"]))
        bags = (logits[reader][-1] for reader in (BAG, RIVAL))
        logits[TWO_BAGS].append(sum(z / np.std(z) for z in bags))
    return logits


def _blocks(tests: list[Reviews], pieces: np.ndarray) -> np.ndarray:
    """Return which texts stand next to each other in their file, with the same label."""
    labels = np.concatenate([test.labels for test in tests])
    rows = np.concatenate([test.rows for test in tests])
    return neighbour_blocks(2 * pieces[rows] + labels)
