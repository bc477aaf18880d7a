"""Language models that only count: Kneser-Ney and Witten-Bell over characters, and compressors."""

from __future__ import annotations

import bz2
import lzma
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

METHODS = ("kneser-ney", "witten-bell")
LARGEST = 2**63 - 1
LEAST = 0.05  # taken off a count


@dataclass(frozen=True)
class _Level:
    """What was counted at one length: runs of n symbols, and the contexts they end.

    Runs are numbered as in positional notation with V digits, so a run's context is the number
    without its last digit. All arrays are sorted by `runs` or by `contexts`.
    """

    runs: np.ndarray
    kept: np.ndarray  # each run's count, less what is taken off it
    contexts: np.ndarray
    totals: np.ndarray  # each context's denominator
    given: np.ndarray  # what goes to the shorter context, as a numerator


class NGramModel:
    """The probability of a symbol after the n - 1 before it, mixed with that after fewer.

    p_n(w | h) = (kept_n(hw) + given_n(h) p_{n-1}(w | h')) / total_n(h), where h' is h without its
    first symbol and p_0 = 1 / V. If h was never seen, p_n = p_{n-1}. The methods differ in what
    they keep and give:

    - "kneser-ney" takes a discount off each count, one for counts of 1, of 2, and of 3 or more,
      and gives what it took (Chen & Goodman 1999, modified and interpolated). Below the largest n
      it counts in how many contexts a run was seen, not how often.
    - "witten-bell" keeps all and gives as many as different symbols followed h.

    Parameters
    ----------
    numbers : ndarray of int ``(N,)``
        The text to count in, each number from 0 to V - 1.
    order : int
        n, how many symbols a run has; V ** n must fit into 63 bits.
    symbols : int
        V.
    method : {"kneser-ney", "witten-bell"}

    Raises
    ------
    ValueError
        If the method has another name, the runs are too long, or the text is too short.
    """

    def __init__(self, numbers: np.ndarray, order: int, symbols: int, method: str = "kneser-ney"):
        if method not in METHODS:
            raise ValueError(f"method is {method!r}; choose one of {', '.join(METHODS)}.")
        if order < 1 or symbols**order > LARGEST:
            raise ValueError(
                f"Runs of {order} out of {symbols} symbols cannot be numbered with 63 bits; "
                "choose a smaller order, 1 or more."
            )
        if len(numbers) == 0:
            raise ValueError("NGramModel got an empty text; give one to count in.")
        self.order, self.symbols = order, symbols
        runs, counts = np.unique(self._runs(numbers, order), return_counts=True)
        levels = []
        for length in range(order, 0, -1):
            levels.append(_level(runs, counts, symbols, method))
            if method == "witten-bell":
                runs, counts = np.unique(self._runs(numbers, length - 1), return_counts=True)
            else:  # in how many longer runs a run stands behind another symbol
                runs, counts = np.unique(runs % symbols ** (length - 1), return_counts=True)
        self.levels = levels[::-1]

    def _runs(self, numbers: np.ndarray, length: int) -> np.ndarray:
        """Return the number of the run that ends at each symbol; before the text stand zeros."""
        padded = np.concatenate([np.zeros(max(length - 1, 0), np.int64), numbers])
        runs = np.zeros(len(numbers), np.int64)
        for k in range(length):
            runs = runs * self.symbols + padded[k : k + len(numbers)]
        return runs

    def probabilities(self, numbers: np.ndarray) -> np.ndarray:
        """Return the probability of each symbol of a text after those before it, ``(N,)``."""
        p = np.full(len(numbers), 1 / self.symbols)
        for length, level in enumerate(self.levels, start=1):
            p = _mixed(level, self._runs(numbers, length), self.symbols, p)
        return p

    def next_probabilities(self, contexts: np.ndarray) -> np.ndarray:
        """Return the probability of every symbol after each context.

        Parameters
        ----------
        contexts : ndarray of int ``(B, n - 1)`` or longer
            The symbols before; only the last n - 1 count.

        Returns
        -------
        ndarray ``(B, V)``
        """
        p = np.full((len(contexts), self.symbols), 1 / self.symbols)
        context = np.zeros(len(contexts), np.int64)
        for length, level in enumerate(self.levels, start=1):
            if length > 1:
                context = context + contexts[:, 1 - length] * self.symbols ** (length - 2)
            p = _mixed(
                level, context[:, None] * self.symbols + np.arange(self.symbols), self.symbols, p
            )
        return p


def _level(runs, counts, symbols, method) -> _Level:
    """Return the level of sorted `runs` with these counts."""
    contexts, starts = np.unique(runs // symbols, return_index=True)
    totals = np.add.reduceat(counts, starts).astype(float)
    if method == "witten-bell":
        different = np.diff(np.append(starts, len(runs))).astype(float)
        return _Level(runs, counts.astype(float), contexts, totals + different, different)
    discounts = _discounts(counts)[np.minimum(counts, 3)]
    given = np.add.reduceat(discounts, starts)
    return _Level(runs, counts - discounts, contexts, totals, given)


def _discounts(counts: np.ndarray) -> np.ndarray:
    """Return what is taken off counts of 0, 1, 2, and 3 or more (Chen & Goodman 1999, eq. 26).

    Where a text is too small or too regular for these estimates, a half is taken off each. At least
    a twentieth is, for if nothing were, what was never seen would have no probability.
    """
    sizes = [int((counts == k).sum()) for k in (1, 2, 3, 4)]
    if not all(sizes):
        return np.array([0, 0.5, 0.5, 0.5])
    found = chen_goodman_discounts(*sizes)
    return found.clip([0, LEAST, LEAST, LEAST], [0, 1, 2, 3])


def chen_goodman_discounts(once: int, twice: int, three: int, four: int) -> np.ndarray:
    """Return what counts of 0, 1, 2, and 3 or more lose, ``(4,)`` (Chen & Goodman 1999, eq. 26).

    The arguments say how many counts are 1, 2, 3 and 4; only the last may be 0.
    """
    y = once / (once + 2 * twice)
    one, two = 1 - 2 * y * twice / once, 2 - 3 * y * three / twice
    return np.array([0, one, two, 3 - 4 * y * four / three])


def _mixed(level: _Level, runs: np.ndarray, symbols: int, shorter: np.ndarray) -> np.ndarray:
    """Return p_n of the runs, given p_{n-1}; where the context was never seen, that alone."""
    kept = _found(level.runs, level.kept, runs)
    context = runs // symbols
    total = _found(level.contexts, level.totals, context)
    given = _found(level.contexts, level.given, context)
    seen = total > 0
    return np.where(seen, (kept + given * shorter) / np.where(seen, total, 1), shorter)


def _found(keys: np.ndarray, values: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return the value at each wanted key, 0 where there is none."""
    places = np.searchsorted(keys, wanted).clip(max=len(keys) - 1)
    return np.where(keys[places] == wanted, values[places], 0.0)


def bits_per_symbol(model: NGramModel, numbers: np.ndarray) -> float:
    """Return the mean bits that a symbol costs after those before it; the first is only read."""
    return float(-np.log2(model.probabilities(numbers)[1:]).mean())


def choose_order(
    text: np.ndarray, valid: np.ndarray, symbols: int, orders: Iterable[int], method: str
) -> tuple[NGramModel, float]:
    """Return the model whose order costs fewest bits on `valid`, and these bits a symbol."""
    models = (NGramModel(text, order, symbols, method) for order in orders)
    scored = ((bits_per_symbol(model, valid), model) for model in models)
    bits, best = min(scored, key=lambda pair: pair[0])
    return best, bits


def probabilities_recounted(
    text: np.ndarray, numbers: np.ndarray, order: int, symbols: int, *, every: int
) -> np.ndarray:
    """Return the probability of each symbol from one that goes on counting, ``(N,)``.

    Each stretch of `every` symbols is predicted (by Kneser-Ney) from the text that was counted in
    and all of `numbers` before the stretch; then the stretch is counted, too.

    Raises
    ------
    ValueError
        If `every` is not positive, or as `NGramModel`.
    """
    if every < 1:
        raise ValueError(f"every is {every}; count anew after one symbol or more.")
    parts = []
    for start in range(0, len(numbers), every):
        model = NGramModel(np.concatenate([text, numbers[:start]]), order, symbols)
        context = max(start - order + 1, 0)
        p = model.probabilities(numbers[context : start + every])
        parts.append(p[start - context :])
    return np.concatenate(parts)


def compressed_bits(text: str, before: str = "", *, by: str = "bz2") -> float:
    """Return the bits a character that a compressor needs for a text after another.

    That is how much longer the compressed file gets. bz2 sees blocks of 900,000 bytes, and "xz"
    (lzma) all that came before.

    Raises
    ------
    ValueError
        If `by` is neither "bz2" nor "xz", or the text is empty.
    """
    packers = {"bz2": bz2.compress, "xz": lambda data: lzma.compress(data, preset=9)}
    if by not in packers or not text:
        raise ValueError(f"Give a text, and by='bz2' or 'xz' (got {by!r}).")
    alone, both = (packers[by](part.encode()) for part in (before, before + text))
    return 8 * (len(both) - (len(alone) if before else 0)) / len(text)
