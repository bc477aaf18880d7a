"""Labelled texts in three parts: as given, by groups, or at random, each class in each part."""

from __future__ import annotations

import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from unrolled.data.labelled.files import LabelledError
from unrolled.data.labelled.reading import LabelledTexts
from unrolled.data.labelled.report import Report, rows_told

PARTS = ("train", "valid", "test")
NAMES = {name: name for name in PARTS} | dict.fromkeys(("validation", "val", "dev"), "valid")
TRIES = 50
_PUNCTUATION = dict.fromkeys(
    code for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code))[0] == "P"
)


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
    labelled: LabelledTexts, *, seed: int, shares: tuple[float, float, float] = (0.8, 0.1, 0.1)
) -> Parts:
    """Return the texts in three parts; the same seed gives the same parts on every machine.

    Parameters
    ----------
    labelled : LabelledTexts
        If it has split names, they decide: train, test, and valid, validation, val or dev. Without
        validation, its share is taken out of the training texts. Else, if it has groups, no group
        stands in two parts, and the classes are as balanced as groups allow. Else each class is
        shuffled and cut.
    seed : int
    shares : tuple of float
        Of training, validation and test.

    Raises
    ------
    LabelledError
        If a part would have no text of a class, or a split name is unknown.
    ValueError
        If the shares are not three, above zero, with the sum one.
    """
    if len(shares) != 3 or min(shares) <= 0 or abs(sum(shares) - 1) > 1e-9:
        raise ValueError(
            f"shares is {shares}; expected three numbers above 0 with the sum 1: training, "
            "validation, test."
        )
    rng = np.random.default_rng(seed)
    if labelled.splits is not None:
        part, how = _given(labelled, rng, shares)
    elif labelled.groups is not None:
        part = _by_groups(labelled, rng, np.arange(len(labelled)), shares)
        how = "Split by groups: no group stands in two parts."
    else:
        part = _at_random(labelled, rng, np.arange(len(labelled)), shares)
        how = (
            "Split at random, class by class: texts that belong together (one author, one film) "
            "may stand on both sides, and the test then flatters. Name a group column if there "
            "is one."
        )
    part = np.asarray(part)
    _check_each_class(labelled, part)
    parts = [labelled.take(np.flatnonzero(part == k)) for k in range(3)]
    sizes = ", ".join(f"{name} {len(p):,}" for name, p in zip(PARTS, parts, strict=True))
    told = (how, f"Parts: {sizes} (seed {seed}).", *_leaks(labelled, part))
    report = None if labelled.report is None else replace(labelled.report, split=told)
    return Parts(*parts, report)


def _source(labelled):
    """Return what to call the source in an error."""
    return "The texts" if labelled.report is None else labelled.report.source


def _given(labelled, rng, shares):
    """Return the part of each text as the source gives it, and a sentence."""
    counts = Counter(labelled.splits)
    unknown = [name for name in counts if name not in NAMES]
    if unknown:
        row = labelled.rows[labelled.splits.index(unknown[0])]
        raise LabelledError(
            f"{_source(labelled)}, row {row}, split column: found {unknown[0]!r}; expected "
            f"{', '.join(map(repr, NAMES))}. Rename it."
        )
    part = np.array([PARTS.index(NAMES[name]) for name in labelled.splits])
    if (part == 1).any():
        return part, "Split as the split column says."
    places = np.flatnonzero(part == 0)
    inner = (shares[0] / (shares[0] + shares[1]), shares[1] / (shares[0] + shares[1]))
    draw = _at_random if labelled.groups is None else _by_groups
    part[places] = draw(labelled, rng, places, inner)
    return part, "Split as the split column says; validation is drawn from training."


def _at_random(labelled, rng, places, shares):
    """Return the part of each place, each class shuffled and cut by the shares."""
    part = np.zeros(len(places), dtype=np.int64)
    labels = labelled.labels[places]
    for label, name in enumerate(labelled.classes):
        of_class = rng.permutation(np.flatnonzero(labels == label))
        if len(of_class) < len(shares):
            raise _too_few(labelled, name, f"{len(of_class)} texts", len(shares))
        start = 0
        for k in range(len(shares) - 1, 0, -1):
            most = len(of_class) - start - k  # one for each part that is still to come
            size = min(max(1, round(shares[k] * len(of_class))), most)
            part[of_class[start : start + size]] = k
            start += size
    return part


def _too_few(labelled, name, found, least):
    """Return the error for a class that cannot stand in each part."""
    return LabelledError(
        f"{_source(labelled)}, label column: found {found} of the class {name!r}; expected "
        f"{least} or more, one for each part. Add texts of it, leave it out, or join it with "
        "another class."
    )


def _by_groups(labelled, rng, places, shares):
    """Return the part of each place, with whole groups, large ones first.

    Each group goes where the squared distance of the class counts from their aims, in units of
    the aim, falls most. The order among equal groups is drawn; the first of some draws that
    gives each part each class is taken.
    """
    members = defaultdict(list)
    for k, place in enumerate(places):
        members[labelled.groups[place]].append(k)
    labels = labelled.labels[places].tolist()
    tables = {name: Counter(labels[k] for k in ks) for name, ks in members.items()}
    totals = Counter(labels)
    for label, name in enumerate(labelled.classes):
        holding = sum(label in table for table in tables.values())
        if holding < len(shares):
            raise _too_few(labelled, name, f"{holding} groups with texts", len(shares))
    names = list(members)
    for _try in range(TRIES):
        order = [names[k] for k in rng.permutation(len(names))]
        order.sort(key=lambda name: -len(members[name]))
        counts = [Counter() for _ in shares]
        chosen = {}
        for name in order:
            costs = [
                _change(tables[name], counts[k], totals, shares[k]) for k in range(len(shares))
            ]
            chosen[name] = costs.index(min(costs))
            counts[chosen[name]].update(tables[name])
        if all(count[label] for count in counts for label in totals):
            part = np.zeros(len(places), dtype=np.int64)
            for name, ks in members.items():
                part[ks] = chosen[name]
            return part
    raise LabelledError(
        f"{_source(labelled)}, group column: found no way in {TRIES} draws to give each part a "
        f"text of each class with {len(names)} whole groups; expected more or smaller groups. "
        "Try another seed or other shares, or name a finer group column."
    )


def _change(table, count, totals, share):
    """Return how the distance of a part from its aims changes if it gets a group."""
    change = 0.0
    for label, more in sorted(table.items()):
        aim = share * totals[label]
        change += ((count[label] + more - aim) ** 2 - (count[label] - aim) ** 2) / aim
    return change


def _check_each_class(labelled, part):
    """Raise ``LabelledError`` unless each part has each class."""
    for k, name in enumerate(PARTS):
        there = set(labelled.labels[part == k].tolist())
        for label, of in enumerate(labelled.classes):
            if label not in there:
                raise LabelledError(
                    f"{_source(labelled)}: found no text of the class {of!r} in the part {name!r} "
                    f"({int((part == k).sum())} texts); expected one or more. Put some there, or "
                    "leave the split column out."
                )


def simplified(text: str) -> str:
    """Return a text in small letters, without punctuation and with single spaces."""
    plain = " ".join(text.lower().translate(_PUNCTUATION).split())
    return plain or text.strip()


def _leaks(labelled, part):
    """Return sentences on texts and groups that stand in two parts."""
    found = []
    seen = defaultdict(set)
    keys = [simplified(text) for text in labelled.texts]
    for key, k in zip(keys, part.tolist(), strict=True):
        seen[key].add(k)
    for k, name in ((1, "valid"), (2, "test")):
        rows = [
            int(row)
            for key, at, row in zip(keys, part.tolist(), labelled.rows, strict=True)
            if at == k and min(seen[key]) < k
        ]
        if rows:
            found.append(
                f"Leak: texts of {name} that differ from one of an earlier part only in capitals, "
                f"punctuation or spaces: {rows_told(rows)}."
            )
    if labelled.groups is not None:
        sides = defaultdict(set)
        for group, k in zip(labelled.groups, part.tolist(), strict=True):
            sides[group].add(k)
        crossing = [group for group, ks in sides.items() if len(ks) > 1]
        if crossing:
            found.append(
                f"Leak: {len(crossing):,} of {len(sides):,} groups stand in two parts, such as "
                f"{crossing[0]!r}."
            )
    return found
