"""Labelled texts in three parts: as given, by groups, at random or in blocks, without copies."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from unrolled.data.labelled.drawing import by_class, by_groups
from unrolled.data.labelled.likeness import alike
from unrolled.data.labelled.report import Noted, Report, lengths
from unrolled.data.labelled.rows import LabelledError, place_of
from unrolled.data.labelled.texts import LabelledTexts

PARTS = ("train", "valid", "test")
TOLD = ("training", "validation", "test")
NAMES = {name: name for name in PARTS} | dict.fromkeys(("validation", "val", "dev"), "valid")
SHARES = (0.8, 0.1, 0.1)
HOW = {
    "groups": "Split by groups: no group stands in two parts.",
    "random": (
        "Split at random within each class, equal texts together. Leak: what belongs together "
        "(one author, one film) may stand on both sides, and the test then flatters. Name a group "
        "column if there is one."
    ),
    "blocks": (
        "Split in blocks: of each class the first rows train, the last ones test, equal texts "
        "together. Leak: what belongs together is torn only where two blocks meet, if it stands "
        "together in the file; a file in no order leaks as a random split does, and one in order "
        "of time or topic tests on others than it trains on."
    ),
}


@dataclass(frozen=True)
class Parts:
    """Labelled texts to learn from, to choose with, and to test on once.

    Parameters
    ----------
    train, valid, test : LabelledTexts
        In the order of the source.
    report : Report or None
        The report of what was read, with sentences on the split and its leaks.
    """

    train: LabelledTexts
    valid: LabelledTexts
    test: LabelledTexts
    report: Report | None = None

    @property
    def classes(self) -> tuple[str, ...]:
        """Return the K class names."""
        return self.train.classes

    def __iter__(self) -> Iterator[LabelledTexts]:
        """Yield train, valid and test, so that they can be unpacked."""
        return iter((self.train, self.valid, self.test))


def split(
    labelled: LabelledTexts,
    *,
    seed: int,
    shares: tuple[float, float, float] = SHARES,
    order: str = "random",
) -> Parts:
    """Return the texts in three parts; the same seed gives the same parts on every machine.

    Parameters
    ----------
    labelled : LabelledTexts
        If it has split names, they decide: train, test, and valid, validation, val or dev. A part
        that has none is drawn from the training texts. Else, if it has groups, no group stands in
        two parts, and the classes are as balanced as groups allow. Else each class is cut by the
        shares.
    seed : int
    shares : tuple of float
        Of training, validation and test.
    order : {"random", "blocks"}
        Whether a class is shuffled before it is cut, or cut in the order of its rows, the first
        ones for training. Groups are always drawn.

    Raises
    ------
    LabelledError
        If a part would have no text of a class, or a split name is unknown.
    ValueError
        If the shares are not three, above zero, with the sum one, or the order is unknown.

    Notes
    -----
    Texts that differ at most in capitals, punctuation and spaces are drawn into one part. Where
    given parts or groups tear them apart, they are left out of the earlier part: out of training
    if they are in validation or test, out of validation if they are in test. So a given test
    stays whole, and comparable with what others report on it; training loses what it would have
    known by heart.
    """
    if len(shares) != 3 or min(shares) <= 0 or abs(sum(shares) - 1) > 1e-9:
        raise ValueError(
            f"shares is {shares}; expected three numbers above 0 with the sum 1: training, "
            "validation, test."
        )
    if order not in ("random", "blocks"):
        raise ValueError(f"order is {order!r}; expected 'random' or 'blocks'.")
    copy_of = alike(labelled.texts)  # (N,)
    part, told = _drawn(labelled, shares, copy_of, np.random.default_rng(seed), order)
    part, copies, noted = _without_leaks(labelled, part, copy_of)
    for k in range(3):
        _check_each_class(labelled, part, k)
    parts = [labelled.take(np.flatnonzero(part == k)) for k in range(3)]
    sizes = ", ".join(f"{name} {len(p):,}" for name, p in zip(PARTS, parts, strict=True))
    told = (*told, f"Parts: {sizes} (seed {seed}).", *copies, *_torn_groups(labelled, part))
    return Parts(*parts, labelled.report and _reported(labelled, part, noted, told))


def _drawn(labelled, shares, copy_of, rng, order):
    """Return the part of each text, and sentences on how it was found."""
    places = np.arange(len(labelled))
    if labelled.splits is not None:
        return _given(labelled, shares, copy_of, rng, order)
    if labelled.groups is not None:
        return by_groups(labelled, places, shares, rng), (HOW["groups"],)
    chance = rng if order == "random" else None
    return by_class(labelled, places, shares, copy_of, chance), (HOW[order],)


def _given(labelled, shares, copy_of, rng, order):
    """Return the part of each text as the source gives it, and what it lacks drawn; sentences."""
    unknown = [name for name in Counter(labelled.splits) if name not in NAMES]
    if unknown:
        place = place_of(*labelled.place(labelled.splits.index(unknown[0])))
        raise LabelledError(
            f"{labelled.source}, {place}, split column: found {unknown[0]!r}; expected "
            f"{', '.join(map(repr, NAMES))}. Rename it."
        )
    part = np.array([PARTS.index(NAMES[name]) for name in labelled.splits])
    _check_each_class(labelled, part, 0)
    by = "files" if labelled.report is not None and labelled.report.files else "split column"
    told = (f"Split as the {by} say{'s' * (by != 'files')}.",)
    drawn = [k for k in range(3) if k == 0 or not (part == k).any()]
    places = np.flatnonzero(part == 0)
    if len(drawn) == 1:
        return part, told
    inner = [shares[k] / sum(shares[k] for k in drawn) for k in drawn]
    if labelled.groups is not None:
        found, how = by_groups(labelled, places, inner, rng), "groups"
    else:
        chance = rng if order == "random" else None
        found, how = by_class(labelled, places, inner, copy_of, chance), order
    part[places] = np.array(drawn)[found]
    missing = " and ".join(TOLD[k] for k in drawn[1:])
    return part, (*told, f"Drawn from training: {missing}. {HOW[how]}")


def _without_leaks(labelled, part, copy_of):
    """Return the parts with -1 for each text that stands in a later part too; sentences; notes."""
    last = np.full(len(part), -1)
    np.maximum.at(last, copy_of, part)
    torn = part < last[copy_of]
    noted, sentences = [], []
    for k, later in ((0, "validation or test"), (1, "test")):
        places = np.flatnonzero(torn & (part == k)).tolist()
        if places:
            reason = f"{TOLD[k]} text that stands in {later} too"
            noted += [Noted(row, reason, "", where) for row, where in map(labelled.place, places)]
            sentences.append(
                f"Left out of {TOLD[k]}, for they stand in {later} too (but for capitals, "
                f"punctuation and spaces): {len(places):,} text{'s' * (len(places) != 1)}."
            )
    together = int((copy_of != np.arange(len(part)))[~torn].sum())
    if together:
        sentences.append(
            f"{together:,} text{'s' * (together != 1)} equal to another (but for capitals, "
            "punctuation and spaces) in the same part."
        )
    return np.where(torn, -1, part), sentences, noted


def _torn_groups(labelled, part):
    """Return a sentence on groups that stand in two parts."""
    if labelled.groups is None:
        return []
    sides = defaultdict(set)
    for group, k in zip(labelled.groups, part.tolist(), strict=True):
        sides[group].add(k)
    torn = [group for group, ks in sides.items() if len(ks - {-1}) > 1]
    if not torn:
        return []
    return [
        f"Leak: {len(torn):,} of {len(sides):,} groups stand in two parts, such as {torn[0]!r}."
    ]


def _check_each_class(labelled, part, k):
    """Raise ``LabelledError`` unless part k has each class."""
    there = set(labelled.labels[part == k].tolist())
    for label, name in enumerate(labelled.classes):
        if label not in there:
            draw = ", or let it be drawn: leave its file or the split column out" * (k > 0)
            raise LabelledError(
                f"{labelled.source}: found no text of the class {name!r} in the part {PARTS[k]!r} "
                f"({int((part == k).sum()):,} texts); expected one or more. Put some there{draw}."
            )


def _reported(labelled, part, noted, told):
    """Return the report with the texts that a split left out, and its sentences."""
    report = replace(labelled.report, split=tuple(told))
    if not noted:
        return report
    kept = labelled.take(np.flatnonzero(part >= 0))
    words, characters = lengths(kept.texts)
    return replace(
        report,
        counts=kept.counts,
        words=words,
        characters=characters,
        noted=tuple(sorted([*report.noted, *noted], key=lambda note: (note.where, note.row))),
    )
