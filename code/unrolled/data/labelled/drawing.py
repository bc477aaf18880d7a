"""Which text is drawn into which part: at random, in blocks, or by groups; equal texts together."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from unrolled.data.labelled.rows import LabelledError
from unrolled.data.labelled.texts import LabelledTexts

TRIES = 50


def by_class(
    labelled: LabelledTexts,
    places: np.ndarray,
    shares: Sequence[float],
    copy_of: np.ndarray,
    rng: np.random.Generator | None = None,
) -> np.ndarray:
    """Return the part of each place: each class is cut by the shares, equal texts stay together.

    Parameters
    ----------
    labelled : LabelledTexts
    places : numpy.ndarray
        ``(M,)`` int64: which texts.
    shares : sequence of float
        Of the P parts.
    copy_of : numpy.ndarray
        ``(N,)`` int64 of all texts, as `unrolled.data.labelled.likeness.alike` finds it. Texts
        that are alike are drawn as one, with the class of the first of them.
    rng : numpy.random.Generator, optional
        Each class is shuffled first. Without it, it is cut in the order of its rows, and part 0
        has the first ones.

    Returns
    -------
    numpy.ndarray
        ``(M,)`` int64, 0 to P-1.

    Raises
    ------
    LabelledError
        If a class has fewer different texts than there are parts.
    """
    _, first, set_of, sizes = np.unique(
        copy_of[places], return_index=True, return_inverse=True, return_counts=True
    )  # (S,), (M,), (S,): S sets of equal texts
    labels = labelled.labels[places[first]]
    part = np.zeros(len(sizes), dtype=np.int64)
    for label, name in enumerate(labelled.classes):
        sets = np.flatnonzero(labels == label)
        if len(sets) < len(shares):
            raise LabelledError(_too_few(labelled, name, f"{len(sets)} different texts", shares))
        sets = sets[::-1] if rng is None else rng.permutation(sets)
        part[sets] = _cut(sizes[sets].tolist(), shares)
    return part[set_of]


def _cut(sizes, shares):
    """Return the part of each set: the last part takes the first that fit, part 0 the rest."""
    part = [0] * len(sizes)
    total, open_places, left = sum(sizes), {}, sum(sizes)
    for k in range(len(shares) - 1, 0, -1):
        open_places[k] = min(max(1, round(shares[k] * total)), left - k)  # one for each to come
        left -= open_places[k]
    for place, size in enumerate(sizes):
        fits = next((k for k, free in open_places.items() if size <= free), 0)
        if fits:
            part[place] = fits
            open_places[fits] -= size
        elif not any(open_places.values()):
            break
    counts = Counter(part)
    for k in range(len(shares)):
        if not counts[k]:  # all sets are larger than the part: it gets the smallest
            spare = [place for place in range(len(sizes)) if counts[part[place]] > 1]
            place = min(spare, key=sizes.__getitem__)
            counts.subtract([part[place]])
            counts[k], part[place] = 1, k
    return part


def _too_few(labelled, name, found, shares):
    """Return the sentence for a class that cannot stand in each part."""
    return (
        f"{labelled.source}, label column: found {found} of the class {name!r}; expected "
        f"{len(shares)} or more, one for each part. Add texts of it, take it out, or join it with "
        "another class."
    )


def by_groups(
    labelled: LabelledTexts,
    places: np.ndarray,
    shares: Sequence[float],
    rng: np.random.Generator,
) -> np.ndarray:
    """Return the part of each place, with whole groups, large ones first.

    Each group goes where the squared distance of the class counts from their aims, in units of
    the aim, falls most. The order among groups of one size is drawn; the first of some draws that
    gives each part each class is taken. Arguments and result are those of `by_class`.

    Raises
    ------
    LabelledError
        If a class stands in fewer groups than there are parts, or no draw gives each part each
        class.
    """
    members = defaultdict(list)
    for k, place in enumerate(places.tolist()):
        members[labelled.groups[place]].append(k)
    labels = labelled.labels[places].tolist()
    tables = {name: Counter(labels[k] for k in ks) for name, ks in members.items()}
    totals = Counter(labels)
    for label, name in enumerate(labelled.classes):
        holding = sum(label in table for table in tables.values())
        if holding < len(shares):
            found = f"{holding} group{'s' * (holding != 1)} with texts"
            raise LabelledError(_too_few(labelled, name, found, shares))
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
        f"{labelled.source}, group column: found no way in {TRIES} draws to give each part a text "
        f"of each class with {len(names)} whole groups; expected more or smaller groups. Name a "
        "finer group column, or try another seed or other shares."
    )


def _change(table, count, totals, share):
    """Return how the distance of a part from its aims changes if it gets a group."""
    change = 0.0
    for label, more in sorted(table.items()):
        aim = share * totals[label]
        change += ((count[label] + more - aim) ** 2 - (count[label] - aim) ** 2) / aim
    return change
