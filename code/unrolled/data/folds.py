"""Five folds of the IMDb reviews in which films are kept apart, and of Rotten Tomatoes.

In the file, negative reviews come first and positive ones after them, and within each class the
reviews of one film stand next to each other. In which order do the films stand? Names tell: a name
that few reviews hold, all of them neighbours, marks a film. Where such a name marks a place in both
classes, it links the two. The links show that *the first 3,965 negative reviews go through the same
films, in the same order, as all 12,500 positive ones*, up to a disorder of some hundred places. The
8,535 negative reviews after them are of other films, which, as far as names tell, nobody praises in
this file. (Of 1,942 names that mark a place in both classes, 942 lie beside one line, where some 44
would lie by chance.)

So a fold cannot be one block of each class: the last fifth of the positive reviews belongs with the
negative reviews 3,067 to 3,964, not with the last fifth of the negative ones. Each fold here holds
a block of the positive reviews, the block of negative reviews that speak of the same films, and a
block of the other negative reviews.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy import sparse
from scipy.special import xlogy

from unrolled.data.leakage import proper_names, whole_imdb
from unrolled.data.reviews import Reviews, Splits, first_occurrences, read_source

FOLDS = 5
PIECES = 2 * FOLDS  # half a fold is the smallest piece: validation is one
SPLITS = ("films", "blocks", "random")
REACH = 30  # places; reviews of a film stand at most this far from the middle one
CAPITALS = re.compile(r"[A-Z][A-Za-z']*(?: [A-Z][A-Za-z']*)*")


@dataclass(frozen=True)
class Cuts:
    """Where two classes that go through the same films are cut into ten pieces.

    Parameters
    ----------
    negative, positive : tuple of int
        Nine places in each class, in the order of the file; the k-th of both fall between the
        same films.
    end : int
        The place in the negative class from which on its films have no positive review.
    others : tuple of int
        Nine places among these.
    """

    negative: tuple[int, ...]
    positive: tuple[int, ...]
    end: int
    others: tuple[int, ...]

    def pieces(self, labels: np.ndarray) -> np.ndarray:
        """Return the piece, 0 to 9, of each review ``(N,)``, from the labels ``(N,)`` in order."""
        place, found = places_in_class(labels), np.zeros(len(labels), dtype=np.int64)
        for label, cuts in ((0, self.negative), (1, self.positive)):
            here = labels == label
            found[here] = np.searchsorted(cuts, place[here], side="right")
        other = (labels == 0) & (place >= self.end)
        found[other] = np.searchsorted(self.others, place[other], side="right")
        return found


#: What `film_cuts` finds in the packaged reviews; of the 942 names that link the two classes beside
#: their common line, 3 have their two places in different folds.
CUTS = Cuts(
    negative=(387, 772, 1162, 1429, 1952, 2305, 2692, 3067, 3580),
    positive=(1248, 2437, 3940, 4868, 6250, 7550, 8706, 9999, 11245),
    end=3965,
    others=(4825, 5693, 6551, 7536, 8263, 9169, 10023, 10898, 11635),
)


def imdb_folds(
    split: str = "films", *, seed: int = 0, path: str | Path | None = None
) -> list[Splits]:
    """Return five splits of the IMDb reviews, less duplicates; each review is tested in one.

    A fold's test part is two of ten pieces of the file, its validation part the piece after them
    (after the last piece comes the first), and the other seven train: about 5,000, 2,500 and 17,400
    reviews. Except with "random", a piece holds contiguous blocks of each class.

    Parameters
    ----------
    split : {"films", "blocks", "random"}
        "films" cuts between the same films in both classes (see above), "blocks" each class into
        ten equal blocks, whatever their films, and "random" shuffles each class before. The last
        two are there to compare with.
    seed : int
        For "random" only.
    path : str or pathlib.Path, optional
        Another file, as for `unrolled.data.reviews.load_imdb`; its films are looked for anew.

    Returns
    -------
    list of Splits
        Of equal texts the first in the file is kept, as by `load_imdb`.

    Raises
    ------
    ValueError
        If `split` is none of these, or as `film_cuts`.
    unrolled.data.reviews.DataError
        As `load_imdb`.

    Notes
    -----
    How well are films kept apart? Count the test reviews that share at least three rare names
    (words in capitals that 2 to 30 of the reviews hold) with one training review (`leaks`), in per
    cent:

    ========  ================  ================  ================  ================
    split     negative, same    negative, other   positive, same    positive, other
    ========  ================  ================  ================  ================
    films     1.3               1.5               2.1               1.8
    blocks    1.3               4.5               2.2               8.3
    random    11.1              5.4               28.3              8.1
    ========  ================  ================  ================  ================

    (The columns: the label of the test review, and whether the training review has the same or the
    other one.) With "films" both kinds are about equally rare: what is left is mostly actors,
    series and countries. The cuts were chosen by such names. Titles in quotation marks, which
    played no part, agree: of those that positive test reviews hold, negative training reviews hold
    11 % with "films" and 14 % with "blocks" (positive ones 11 % in both, 25 % with "random"); the
    study on a fair split counts them. Neither count, nor the cuts, can see a film whose reviews
    name nobody.
    """
    if split not in SPLITS:
        raise ValueError(f"split is {split!r}; choose one of {', '.join(SPLITS)}.")
    whole = whole_imdb(path=path)
    if split == "films":
        cuts = CUTS if path is None else film_cuts(whole.texts, whole.labels)
        return folds_of(whole, cuts.pieces(whole.labels))
    rng = np.random.default_rng(seed) if split == "random" else None
    return folds_of(whole, equal_pieces(whole.labels, rng))


def imdb_pieces() -> np.ndarray:
    """Return the piece, 0 to 9, of each packaged IMDb review ``(25000,)``, by film."""
    return CUTS.pieces(whole_imdb().labels)


def rotten_tomatoes_pieces() -> np.ndarray:
    """Return the piece, 0 to 9, of each packaged sentence ``(8530,)``: ten equal blocks a class."""
    return equal_pieces(read_source("rotten_tomatoes")[1])


def rotten_tomatoes_folds(*, path: str | Path | None = None) -> list[Splits]:
    """Return five splits of the Rotten Tomatoes sentences, less duplicates; each is tested in one.

    Each class is cut into ten equal blocks: a fold's test part is two of them, its validation part
    the one after them, and the other seven train, about 1,706, 853 and 5,971 sentences. Nothing is
    known of the order of films in this file.

    The argument and the errors are those of `unrolled.data.reviews.load_rotten_tomatoes`.
    """
    texts, labels = read_source("rotten_tomatoes", path)
    return folds_of(Reviews(texts, labels, np.arange(len(texts))), equal_pieces(labels))


def equal_pieces(labels: np.ndarray, rng: np.random.Generator | None = None) -> np.ndarray:
    """Return the piece of each review ``(N,)``, ten equal blocks a class; with `rng`, shuffled."""
    labels = np.asarray(labels)
    found = places_in_class(labels) * PIECES // np.bincount(labels)[labels]
    if rng is not None:
        for label in np.unique(labels):
            found[labels == label] = rng.permutation(found[labels == label])
    return found


def folds_of(reviews: Reviews, pieces: np.ndarray) -> list[Splits]:
    """Return five splits of reviews that stand in pieces 0 to 9 ``(N,)``; copies are left out."""
    first = first_occurrences(reviews.texts)
    splits = []
    for fold in range(FOLDS):
        test = pieces // 2 == fold
        valid = pieces == (2 * fold + 2) % PIECES
        parts = [np.flatnonzero(part & first) for part in (~test & ~valid, valid, test)]
        splits.append(Splits(*map(reviews.take, parts), removed=int((~first).sum())))
    return splits


def rare_names(texts: Sequence[str], *, most: int = 30) -> sparse.csr_array:
    """Return which text holds which name, ``(N, V)`` zeros and ones; names of one word each.

    Only names that 2 to `most` of the texts hold.
    """
    rare = [n for n in name_places(texts, pairs=False).values() if 2 <= len(n) <= most]
    rows = np.concatenate([*rare, np.array([], dtype=np.int64)])
    columns = np.repeat(np.arange(len(rare)), [len(numbers) for numbers in rare])
    shape = (len(texts), len(rare))
    return sparse.csr_array((np.ones(len(rows), dtype=np.int32), (rows, columns)), shape=shape)


def leaks(
    names: sparse.csr_array, labels: np.ndarray, folds: Iterable[Splits], *, least: int = 3
) -> dict[tuple[int, str], float]:
    """Return the share of test reviews that share `least` names with one training review.

    Parameters
    ----------
    names : sparse array ``(N, V)``
        `rare_names` of all reviews in the order of the file.
    labels : ndarray ``(N,)``
    folds : iterable of Splits
        Their rows are those of `names`.
    least : int

    Returns
    -------
    dict
        The key ``(label, "same")`` is for test reviews of this label and training reviews of the
        same one, ``(label, "other")`` for training reviews of the other one.
    """
    met = defaultdict(list)
    for train, _, test in folds:
        for label in (0, 1):
            here = names[test.rows[test.labels == label]]
            for side, other in (("same", label), ("other", 1 - label)):
                common = here @ names[train.rows[labels[train.rows] == other]].T
                met[label, side].append(common.max(axis=1).toarray() >= least)
    return {key: float(np.mean(np.concatenate(found))) for key, found in met.items()}


def places_in_class(labels: np.ndarray) -> np.ndarray:
    """Return how many reviews of its own class stand before each one ``(N,)``."""
    labels, places = np.asarray(labels), np.zeros(len(labels), dtype=np.int64)
    for label in np.unique(labels):
        places[labels == label] = np.arange(np.sum(labels == label))
    return places


def name_places(texts: Sequence[str], *, pairs: bool = True) -> dict[str, np.ndarray]:
    """Return for each name, in small letters, the numbers of the texts that hold it.

    A name is a word of `unrolled.data.leakage.proper_names` that is written with a capital, or
    (with `pairs`) two of them in a row.
    """
    names, found = proper_names(texts), defaultdict(set)
    for number, text in enumerate(texts):
        for run in CAPITALS.findall(text):
            said = [_name(word, names) for word in run.split(" ")]
            if pairs:
                said += [f"{a} {b}" for a, b in pairwise(said) if a and b]
            for name in filter(None, said):
                found[name].add(number)
    return {name: np.array(sorted(numbers)) for name, numbers in found.items()}


def _name(word: str, names: set[str]) -> str:
    """Return a word as a name without the 's of a genitive, or "" if it is none."""
    small = word.lower()
    bare = small.removesuffix("'s")
    return bare if small in names or bare in names else ""


def narrow(places: np.ndarray, reach: int = REACH) -> bool:
    """Return whether four of five places lie within `reach` of their median."""
    return bool(np.mean(np.abs(places - np.median(places)) <= reach) >= 0.8)


@dataclass(frozen=True)
class Landmarks:
    """What names say of the order of films in two classes.

    Parameters
    ----------
    links : ndarray ``(L, 2)``
        Of each name that marks a place in both classes, the two places: the median one among the
        negative reviews, and among the positive ones.
    spans : tuple of two ndarrays ``(S, 2)``
        For each class, from where to where a name stands that marks a place in it: a cut between
        the two would divide a film.
    """

    links: np.ndarray
    spans: tuple[np.ndarray, np.ndarray]


def landmarks(texts: Sequence[str], labels: np.ndarray, *, most: int = 60) -> Landmarks:
    """Return what those names say that stand in at least 3 and at most `most` reviews."""
    place, links, spans = places_in_class(labels), [], ([], [])
    for numbers in name_places(texts).values():
        if not 3 <= len(numbers) <= most:
            continue
        sides = [place[numbers[labels[numbers] == label]] for label in (0, 1)]
        if all(len(side) and narrow(side) for side in sides):
            links.append([np.median(side) for side in sides])
        for side, found in zip(sides, spans, strict=True):
            if len(side) >= 3 and narrow(side):
                near = side[np.abs(side - np.median(side)) <= REACH]
                found.append((near[0], near[-1]))
    tables = [np.array(rows, dtype=float).reshape(-1, 2) for rows in (links, *spans)]
    return Landmarks(tables[0], (tables[1], tables[2]))


def beside(links: np.ndarray, end: float, positives: int) -> np.ndarray:
    """Return which links ``(L,)`` lie beside the line from place 0 of both classes to their ends.

    The line rises from 0 to `positives` while the negative place goes from 0 to `end`; beside it is
    what lies less than 6 % of the positive class above or below.
    """
    return np.abs(links[:, 1] - positives * links[:, 0] / end) < 0.06 * positives


def shared_end(links: np.ndarray, negatives: int, positives: int) -> int:
    """Return how many negative reviews go through the films of the positive ones.

    The line that most links lie beside ends near there. From a little before on, links to the last
    tenth of the positive class are dense, and after the end they are as rare as chance makes them:
    the end is the link that divides best into two Poisson processes (largest likelihood).

    Raises
    ------
    ValueError
        If no links lie where the end is looked for.
    """
    ends = np.arange(1, 101) * negatives / 100
    counts = [int(beside(links, end, positives).sum()) for end in ends]
    start = 0.95 * np.median(ends[np.array(counts) == max(counts)])
    late = np.sort(links[(links[:, 1] >= 0.9 * positives) & (links[:, 0] > start), 0])
    if len(late) == 0:
        raise ValueError(
            f"The two classes name no films in the same order ({len(links)} names mark a place in "
            "both). Cut each class into equal blocks instead."
        )
    before = np.arange(1, len(late) + 1)
    after = before[::-1] - 1
    likelihood = xlogy(before, before / (late - start))
    likelihood += xlogy(after, after / (negatives - late))
    return int(late[likelihood.argmax()]) + 1


def divided(spans: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return how many of the spans ``(S, 2)`` a cut before each of these places divides."""
    return ((spans[:, :1] < places) & (places <= spans[:, 1:])).sum(axis=0)


def film_cuts(texts: Sequence[str], labels: np.ndarray) -> Cuts:
    """Return where to cut so that as few names as possible mark places on both sides.

    Each cut moves from its even place by at most 1.6 % of the positive class and 2 % of the
    negative one; of equally good ones it is the nearest. The cuts among the other negative reviews
    make the pieces of the negative class even, up to 0.5 % of it.

    Raises
    ------
    ValueError
        As `shared_end`.
    """
    marks, (n, p) = landmarks(texts, labels), np.bincount(labels, minlength=2).tolist()
    end = shared_end(marks.links, n, p)
    end = _quietest(marks.spans[0], range(end, min(end + n // 50, n)), end)
    links = marks.links[beside(marks.links, end, p)]
    pairs = [
        _cut_of_both(
            Landmarks(links, marks.spans),
            _around(end * k // PIECES, n // 50),
            _around(p * k // PIECES, p * 2 // 125),
        )
        for k in range(1, PIECES)
    ]
    negative, positive = zip(*pairs, strict=True)
    evens = [end + n * k // PIECES - cut for k, cut in enumerate(negative, start=1)]
    others = [_quietest(marks.spans[0], _around(even, n // 200), even) for even in evens]
    return Cuts(negative, positive, end, tuple(others))


def _around(middle: int, slack: int) -> range:
    return range(middle - slack, middle + slack + 1)


def _quietest(spans: np.ndarray, places: range, wish: int) -> int:
    """Return the place that divides fewest spans; of several, the nearest to `wish`."""
    cost = divided(spans, np.array(places)) + np.abs(np.array(places) - wish) / 1e6
    return places[int(cost.argmin())]


def _cut_of_both(marks: Landmarks, negative: range, positive: range) -> tuple[int, int]:
    """Return a place in each class with the fewest links across them, and spans divided."""
    places = [np.array(negative), np.array(positive)]
    before = [
        (marks.links[:, side] < there[:, None]).astype(np.float32)  # (places, L)
        for side, there in enumerate(places)
    ]
    cost = before[0].sum(axis=1)[:, None] + before[1].sum(axis=1) - 2 * before[0] @ before[1].T
    for side, there in enumerate(places):
        own = divided(marks.spans[side], there) + np.abs(there - there.mean()) / 1e6
        cost = cost + (own[:, None] if side == 0 else own)
    a, b = np.unravel_index(cost.argmin(), cost.shape)
    return negative[a], positive[b]
