"""A search for the best bag of words or characters: every knob turned on the validation texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property

import numpy as np
from scipy import sparse
from tqdm import tqdm

from unrolled.data.labelled.split import Parts
from unrolled.data.reviews import Splits
from unrolled.evaluation.metrics import accuracy, confusion_matrix
from unrolled.evaluation.per_class import macro_f1
from unrolled.sentiment.bags import NBSVM, Bag, Knobs, TfIdf, best_offsets, converges
from unrolled.sentiment.figures import Figures
from unrolled.sentiment.source import Source

LARGE = 3_000_000  # characters of training texts, above which the grid is smaller
UNSPACED = 12  # characters a word, above which a language is taken as written without spaces
FEW = 100  # validation texts, below which no offset is chosen on them
RUNS = ((1, 0), (2, 0), (3, 0), (0, 2), (0, 3), (0, 5), (2, 5))  # longest words, characters
STRENGTHS = {"TF-IDF": (10.0, 1.0, 100.0), "NB-SVM": (0.1, 0.01, 0.001, 1.0)}  # C
UNEQUAL = 1.2  # times the rarest class, from which balanced weights are tried


class BaselineError(RuntimeError):
    """A baseline cannot be made; the message says why, and what to do."""


@dataclass
class Chosen:
    """One baseline: the best of what was tried on the validation texts.

    Parameters
    ----------
    name : str
    tried : list of dict
        Settings, accuracy and macro-F1 on validation, and whether the fit converged.
    settings : Knobs
    offsets : ndarray ``(K,)``
        Added to the scores of the classes.
    model : TfIdf or NBSVM
    figures : dict
        `Figures` of "valid" and "test".
    """

    name: str
    tried: list[dict] = field(default_factory=list)
    settings: Knobs | None = None
    offsets: np.ndarray | None = None
    model: TfIdf | NBSVM | None = None
    figures: dict[str, Figures] = field(default_factory=dict)


class Search:
    """Tables of runs, and the search for the best settings on the validation texts.

    Parameters
    ----------
    splits : Splits or Parts
        As `unrolled.sentiment.corpus.load_reviews` returns them.
    source : Source
        What they were loaded with.

    Attributes
    ----------
    notes : list of str
        Sentences on what was not tried, and why.
    bar : tqdm
        Moves on with each fit; there are `steps` of them.

    Raises
    ------
    BaselineError
        If a class has no training text.
    """

    def __init__(self, splits: Splits | Parts, source: Source):
        self.splits, self.source, self.notes = splits, source, []
        self.n_classes = len(splits.classes)
        self.sizes = np.bincount(splits.train.labels, minlength=self.n_classes)
        if not self.sizes.all():
            raise BaselineError(
                f"No training text is {splits.classes[int(self.sizes.argmin())]!r}, so nothing can "
                "be learnt of that class. Give more texts, or a larger limit."
            )
        texts = splits.train.texts
        size = sum(map(len, texts))
        unspaced = size > UNSPACED * max(1, sum(len(text.split()) for text in texts))
        self.large = size > LARGE
        self.runs = self._runs(size, unspaced)
        self.bags = {}
        for name, place in (("words", 0), ("characters", 1)):
            if longest := max(one[place] for one in self.runs):
                least, form = 1 + self.large, source.unicode_form
                self.bags[name] = Bag(texts, name, longest, least, unicode_form=form)
        self.valid = self._counts(splits.valid.texts)
        self.bar = tqdm(disable=True)
        if len(splits.valid) < FEW:
            self.notes.append(
                f"The {len(splits.valid)} validation texts are fewer than {FEW}, so no offsets of "
                "the classes were chosen on them."
            )

    def _counts(self, texts: Sequence[str]) -> dict[str, sparse.csr_array]:
        return {name: bag.counts(texts) for name, bag in self.bags.items()}

    @cached_property
    def _test(self) -> dict[str, sparse.csr_array]:
        return self._counts(self.splits.test.texts)

    def _runs(self, size: int, unspaced: bool) -> list[tuple[int, int]]:
        """Return which runs are tried; of many texts fewer, and a note on it."""
        if not self.large:
            return list(RUNS)
        kept, left = ("characters", "words") if unspaced else ("words", "characters")
        self.notes.append(
            f"The training texts hold {size:,} characters, more than {LARGE:,}, so runs of {left} "
            f"and runs that occur once were not tried, only {kept}, in runs of up to 3."
        )
        place = 1 if unspaced else 0
        return [one for one in RUNS if 0 < one[place] <= 3 and not one[1 - place]]

    def table(self, counts: dict[str, sparse.csr_array], told: Knobs) -> sparse.csr_array:
        """Return the columns of these counts that settings ask for."""
        parts = [
            counts[name][:, self.bags[name].columns(longest, told.least)]
            for name, longest in (("words", told.words), ("characters", told.characters))
            if longest
        ]
        return parts[0] if len(parts) == 1 else sparse.hstack(parts, format="csr")

    def best(self, kind: type[TfIdf] | type[NBSVM]) -> Chosen:
        """Return the best of a grid, and then of one change after the other."""
        chosen, strengths = Chosen(kind.name), STRENGTHS[kind.name]
        least = 2 if self.large or len(self.splits.train) > 1000 else 1
        grid = [Knobs(*runs, least, C) for runs in self.runs for C in strengths]
        for settings in grid:
            self._try(kind, settings, chosen)
        for change in self._changes(least):
            if chosen.settings is not None:
                self._try(kind, change(replace(chosen.settings, beta=None)), chosen)
        if chosen.settings is None:
            raise BaselineError(
                f"{chosen.name} could be fitted with none of {len(grid)} settings: no run of words "
                "or characters stands in two texts, or no fit came to its end. Give more texts."
            )
        self._move(chosen)
        return chosen

    def _move(self, chosen: Chosen) -> None:
        """Give the chosen baseline offsets of its classes, if they are worth it.

        They come last, for one setting alone: the best of all settings with an offset of its own
        would be the luckiest of many thresholds.
        """
        labels, beta = self.splits.valid.labels, chosen.settings.beta
        scores = chosen.model.scores(self.table(self.valid, chosen.settings), beta)
        chosen.offsets = np.zeros(self.n_classes)
        if len(labels) >= FEW:
            chosen.offsets = best_offsets(scores, labels)
        found = (scores + chosen.offsets).argmax(axis=1)
        chosen.figures["valid"] = Figures(found, labels, tuple(self.splits.classes))

    def _changes(self, least: int) -> list[Callable[[Knobs], Knobs]]:
        """Return what is tried around the best: C between the grid's, more or fewer columns."""
        others = [one for one in ((2, 3, 5) if self.large else (1, 2, 5)) if one != least]
        changes = [
            lambda told: replace(told, C=told.C * 3),
            lambda told: replace(told, C=told.C / 3),
            *(lambda told, one=one: replace(told, least=one) for one in others),
        ]
        if self.sizes.max() > UNEQUAL * self.sizes.min():
            changes.append(lambda told: replace(told, class_weights="balanced"))
        return changes

    def steps(self) -> int:
        """Return how many fits there are, for a progress bar."""
        return sum(len(self.runs) * len(one) + len(self._changes(2)) for one in STRENGTHS.values())

    def _try(self, kind, settings: Knobs, chosen: Chosen) -> None:
        """Fit with settings, and keep them if more validation texts are right than before."""
        self.bar.update()
        labels, train = self.splits.valid.labels, self.splits.train
        table = self.table({name: bag.train for name, bag in self.bags.items()}, settings)
        if not table.shape[1]:
            return
        model = kind(settings)
        converged = converges(model, table, train.labels, self.n_classes)
        valid = self.table(self.valid, settings)
        for beta in kind.betas:
            told = settings if beta is None else replace(settings, beta=beta)
            scores = model.scores(valid, beta)
            found = scores.argmax(axis=1)
            counts = confusion_matrix(found, labels, self.n_classes)
            right = accuracy(found, labels)
            row = asdict(told) | {"valid_accuracy": right, "valid_macro_f1": macro_f1(counts)}
            chosen.tried.append(row | {"converged": converged})
            if converged and (chosen.settings is None or right > chosen.figures["valid"].accuracy):
                chosen.settings, chosen.model = told, model
                chosen.figures["valid"] = Figures(found, labels, tuple(self.splits.classes))

    def test(self, chosen: Chosen) -> None:
        """Judge the test texts, once."""
        part = self.splits.test
        table = self.table(self._test, chosen.settings)
        scores = chosen.model.scores(table, chosen.settings.beta)
        found = (scores + chosen.offsets).argmax(axis=1)
        chosen.figures["test"] = Figures(found, part.labels, tuple(self.splits.classes))
