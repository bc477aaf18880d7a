"""A joint n-gram: letters with the sounds they make, aligned by counting, no network in it.

A *graphone* is one letter with the none, one or two phonemes that it stands for: ``x`` with
``K S``, the second ``t`` of ``letter`` with nothing. Words become rows of graphones; a language
model over these rows then says how a new word sounds (Bisani & Ney 2008 have the idea in full).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict

import numpy as np

from unrolled.evaluation.ngrams import chen_goodman_discounts

MOST = 2  # phonemes of one letter
START, END = ("^", ()), ("$", ())


class Alignment:
    """Which phonemes each letter stands for, learnt from words by expectation maximisation.

    Parameters
    ----------
    pairs : list of (str, tuple of str)
        Words with a pronunciation each. Pairs with more than two phonemes a letter are left out.
    rounds : int
        Of counting and dividing.
    """

    def __init__(self, pairs, rounds: int = 8):
        self.letters = sorted({letter for word, _ in pairs for letter in word})
        self.phonemes = sorted({sound for _, sounds in pairs for sound in sounds})
        pairs = [pair for pair in pairs if len(pair[1]) <= MOST * len(pair[0])]
        k = len(self.phonemes)
        shapes = [(len(self.letters),) + (k,) * taken for taken in range(MOST + 1)]
        self.share = [np.full(shape, 1 / math.prod(shape[1:])) for shape in shapes]
        groups = [self._numbers(group) for group in _by_sizes(pairs)]
        for _ in range(rounds):
            counts = [np.zeros(shape) for shape in shapes]
            for letters, sounds in groups:
                self._count(letters, sounds, counts)
            total = sum(count.sum() for count in counts)
            self.share = [count / total for count in counts]

    def _numbers(self, pairs):
        """Return letters ``(N, L)`` and phonemes ``(N, P)`` of pairs of one size, as numbers."""
        letter = {name: number for number, name in enumerate(self.letters)}
        sound = {name: number for number, name in enumerate(self.phonemes)}
        words = np.array([[letter[c] for c in word] for word, _ in pairs])
        said = np.array([[sound[s] for s in sounds] for _, sounds in pairs], dtype=int)
        return words, said.reshape(len(pairs), -1)

    def _edges(self, letters, sounds, i, j):
        """Yield ``taken, index``: what letter i may stand for if it begins at phoneme j."""
        for taken in range(min(MOST, sounds.shape[1] - j) + 1):
            yield taken, (letters[:, i], *(sounds[:, j + more] for more in range(taken)))

    def _backward(self, letters, sounds):
        """Return ``(L + 1, P + 1, N)``: how likely all is that comes from letter i, sound j."""
        n, length = letters.shape
        rest = np.zeros((length + 1, sounds.shape[1] + 1, n))
        rest[length, -1] = 1
        for i in reversed(range(length)):
            for j in range(sounds.shape[1] + 1):
                for taken, index in self._edges(letters, sounds, i, j):
                    rest[i, j] += self.share[taken][index] * rest[i + 1, j + taken]
        return rest

    def _count(self, letters, sounds, counts):
        """Add to `counts` how often each graphone is expected in these pairs."""
        rest = self._backward(letters, sounds)
        reached = np.zeros_like(rest)
        reached[0, 0] = 1 / np.maximum(rest[0, 0], np.finfo(float).tiny)
        for i in range(letters.shape[1]):
            for j in range(sounds.shape[1] + 1):
                for taken, index in self._edges(letters, sounds, i, j):
                    step = reached[i, j] * self.share[taken][index]
                    reached[i + 1, j + taken] += step
                    np.add.at(counts[taken], index, step * rest[i + 1, j + taken])

    def best(self, pairs) -> list[list[tuple[str, tuple[str, ...]]]]:
        """Return the likeliest row of graphones of each pair that fits, in groups by size."""
        rows = []
        for group in _by_sizes([p for p in pairs if len(p[1]) <= MOST * len(p[0])]):
            letters, sounds = self._numbers(group)
            n, length = letters.shape
            value = np.full((length + 1, sounds.shape[1] + 1, n), -np.inf)
            choice = np.zeros(value.shape, dtype=int)
            value[length, -1] = 0
            for i in reversed(range(length)):
                for j in range(sounds.shape[1] + 1):
                    for taken, index in self._edges(letters, sounds, i, j):
                        share = np.maximum(self.share[taken][index], 1e-12)
                        found = np.log(share) + value[i + 1, j + taken]
                        better = found > value[i, j]
                        value[i, j] = np.where(better, found, value[i, j])
                        choice[i, j] = np.where(better, taken, choice[i, j])
            for row, (word, said) in enumerate(group):
                graphones, j = [], 0
                for i, letter in enumerate(word):
                    taken = int(choice[i, j, row])
                    graphones.append((letter, tuple(said[j : j + taken])))
                    j += taken
                rows.append(graphones)
        return rows


def _by_sizes(pairs):
    """Return pairs in groups of equally many letters and phonemes each."""
    groups = defaultdict(list)
    for word, sounds in pairs:
        groups[len(word), len(sounds)].append((word, sounds))
    return [groups[sizes] for sizes in sorted(groups)]


class JointNgram:
    """Says how a word sounds: interpolated Kneser-Ney over rows of graphones, found by a beam.

    Each order takes something off every count, one amount for counts of 1, of 2 and of more, and
    gives what that leaves to the order below, whose counts are numbers of different predecessors
    (Kneser & Ney 1995; the three amounts are the "modified" form of Chen & Goodman 1999).

    Parameters
    ----------
    pairs : list of (str, tuple of str)
    order : int
        N: a graphone depends on the N - 1 before it.
    rounds : int
        Of `Alignment`.
    """

    def __init__(self, pairs, order: int, rounds: int = 8):
        if order < 1:
            raise ValueError(f"order is {order}; expected 1 or more.")
        self.order = order
        rows = Alignment(pairs, rounds).best(pairs)
        counts = Counter()
        for row in rows:
            padded = [START] * (order - 1) + row + [END]
            for end in range(order, len(padded) + 1):
                counts[tuple(padded[end - order : end])] += 1
        self.tables, self.discounts = [], []
        for _ in range(order):  # from the longest to single graphones
            table = defaultdict(dict)
            for (*before, graphone), count in counts.items():
                table[tuple(before)][graphone] = count
            self.discounts.append(discounts_of(counts.values()))
            self.tables.append({h: (seen, sum(seen.values())) for h, seen in table.items()})
            counts = Counter(gram[1:] for gram in counts)  # how many different predecessors
        self.tables.reverse()
        self.discounts.reverse()
        self.of_letter = defaultdict(list)
        for graphone in sorted(self.tables[0][()][0]):
            self.of_letter[graphone[0]].append(graphone)
        self._known = {}

    def probabilities(self, before: tuple, letter: str) -> np.ndarray:
        """Return the probability of each graphone in ``of_letter[letter]`` after those `before`."""
        key = (before, letter)
        if key not in self._known:
            graphones = self.of_letter[letter]
            if before:
                lower = self.probabilities(before[1:], letter)
            else:
                lower = np.full(len(graphones), 1 / len(self.tables[0][()][0]))
            found, discount = self.tables[len(before)].get(before), self.discounts[len(before)]
            if found is not None:
                seen, total = found
                own = np.array([seen.get(graphone, 0) for graphone in graphones])
                kept = own - discount[np.minimum(own, 3)]
                given = sum(discount[min(count, 3)] for count in seen.values())
                lower = (kept + given * lower) / total
            self._known[key] = lower
        return self._known[key]

    def pronounce(self, word: str, width: int = 24) -> tuple[str, ...]:
        """Return the likeliest phonemes: those of all rows that the beam ends with, added up.

        Parameters
        ----------
        word : str
            Letters that no training word has make no sound.
        width : int
            Rows that are kept after each letter.
        """
        beam = [(0.0, (START,) * (self.order - 1), ())]
        for letter in word:
            if letter not in self.of_letter:
                continue
            grown = []
            for score, before, sounds in beam:
                values = np.log(self.probabilities(before, letter)).tolist()
                for graphone, value in zip(self.of_letter[letter], values, strict=True):
                    after = (*before, graphone)[1:] if before else ()
                    grown.append((score + value, after, sounds + graphone[1]))
            beam = sorted(grown, key=lambda one: -one[0])[:width]
        ends = defaultdict(list)
        for score, before, sounds in beam:
            value = score + math.log(self.probabilities(before, END[0])[0])
            ends[sounds].append(value)
        return max(ends, key=lambda sounds: np.logaddexp.reduce(ends[sounds]))


def discounts_of(counts) -> np.ndarray:
    """Return what counts of 0, 1, 2 and of 3 or more lose: 0, then Chen & Goodman's three.

    Where there are too few counts for their formula, 0.5 of each.
    """
    sizes = Counter(count for count in counts if count <= 4)
    one, two, three, four = (sizes[size] for size in (1, 2, 3, 4))
    if not (one and two and three):
        return np.array([0.0, 0.5, 0.5, 0.5])
    return chen_goodman_discounts(one, two, three, four).clip(0, (0, 1, 2, 3))
