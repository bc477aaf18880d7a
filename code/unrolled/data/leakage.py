"""Leaks from the test into the training: copies, near copies, and words that are names."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from unrolled.data import reviews

#: A word in the middle of a sentence: it follows a small letter or a comma, and a space.
INSIDE = re.compile(r"(?<=[a-z,] )[A-Za-z][A-Za-z']*")
STEP = np.uint64(6_364_136_223_846_793_005)  # odd, so no number is lost in the product


def whole_imdb(*, path: str | Path | None = None) -> reviews.Reviews:
    """Return all IMDb reviews in the order of the file, copies too: not to train on.

    The argument and the errors are those of `unrolled.data.reviews.load_imdb`.
    """
    texts, labels = reviews.read_source("imdb", path)
    return reviews.Reviews(texts, labels, np.arange(len(texts)))


def copies(texts: Iterable[str]) -> list[list[int]]:
    """Return for each text that stands in several places the list of these places."""
    places = defaultdict(list)
    for place, text in enumerate(texts):
        places[text].append(place)
    return [found for found in places.values() if len(found) > 1]


def near_copies(
    ids: Sequence[Sequence[int]], *, run: int = 8, least: float = 0.5, crowd: int = 20
) -> list[tuple[int, int, float]]:
    """Return pairs of sequences that have long runs of tokens in common.

    Parameters
    ----------
    ids : sequence of sequences of int
        Token numbers.
    run : int
        Tokens in a run.
    least : float
        Smallest share of the shorter one's runs that stand in the other one too.
    crowd : int
        A run that stands in more sequences than this is a saying; it is not counted.

    Returns
    -------
    list of (int, int, float)
        Places a < b of a pair, and the share; largest shares first.

    Notes
    -----
    Runs are compared by a number of 64 bits made from their tokens; among some
    millions of runs two different ones with one number are not to be expected.
    """
    numbers, places = _runs(ids, run)
    counts = np.bincount(places, minlength=len(ids))
    order = np.argsort(numbers, kind="stable")
    numbers, places = numbers[order], places[order]
    cuts = np.flatnonzero(numbers[1:] != numbers[:-1]) + 1
    starts, ends = np.append(0, cuts), np.append(cuts, len(numbers))
    several = ends - starts > 1
    common: Counter = Counter()
    for start, end in zip(starts[several], ends[several], strict=True):
        there = sorted(set(places[start:end].tolist()))
        if len(there) <= crowd:
            common.update((a, b) for k, a in enumerate(there) for b in there[k + 1 :])
    shares = ((a, b, n / min(counts[a], counts[b])) for (a, b), n in common.items())
    return sorted((pair for pair in shares if pair[2] >= least), key=lambda pair: -pair[2])


def _runs(ids, run: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a number for each run of tokens, and the place of the sequence it stands in."""
    tokens = np.concatenate([np.asarray(sequence, dtype=np.uint64) for sequence in ids])
    places = np.repeat(np.arange(len(ids)), [len(sequence) for sequence in ids])
    count = max(len(tokens) - run + 1, 0)
    numbers = np.zeros(count, dtype=np.uint64)
    for k in range(run):
        numbers = numbers * STEP + tokens[k : k + count] + np.uint64(1)
        numbers ^= numbers >> np.uint64(29)
    inside = places[:count] == places[run - 1 : run - 1 + count]  # not across two sequences
    return numbers[inside], places[:count][inside]


def proper_names(texts: Iterable[str], *, least: float = 0.5) -> set[str]:
    """Return the words, in small letters, that are mostly written with a capital.

    Only words in the middle of a sentence count, and a word must stand there twice. It is
    a rule of thumb for English: it also finds nationalities and months, and "I".
    """
    small: Counter = Counter()
    capital: Counter = Counter()
    for text in texts:
        for word in INSIDE.findall(text):
            (capital if word[0].isupper() else small)[word.lower()] += 1
    return {
        word
        for word, count in capital.items()
        if count + small[word] > 1 and count > least * (count + small[word])
    }


def counterparts(frequency, chosen) -> np.ndarray:
    """Return ``(K,)`` booleans: for each chosen word another one that is about as frequent.

    They are what to leave out for a fair comparison with leaving out the chosen ones.

    Parameters
    ----------
    frequency : array_like
        ``(K,)`` how often each word occurs.
    chosen : array_like
        ``(K,)`` booleans.

    Notes
    -----
    From the most frequent of the chosen ones down, each gets the most frequent word left that
    is no more frequent. If none is left, the rest gets none.
    """
    frequency, chosen = np.asarray(frequency), np.asarray(chosen, dtype=bool)
    order = np.argsort(-frequency, kind="stable")
    others = iter(order[~chosen[order]])
    found = np.zeros(len(chosen), dtype=bool)
    for count in frequency[order[chosen[order]]]:
        match = next((word for word in others if frequency[word] <= count), None)
        if match is None:
            break
        found[match] = True
    return found
