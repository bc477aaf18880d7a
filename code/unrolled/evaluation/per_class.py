"""How good predictions are for each class, from their confusion matrix, with an interval."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from unrolled.evaluation.metrics import _check_level

MOST_CELLS = 4_000_000  # of resampled counts in memory at once


@dataclass(frozen=True)
class PerClass:
    """Four numbers for each of K classes.

    Parameters
    ----------
    precision : ndarray ``(K,)``
        The share of its predictions that are right; NaN for a class that is never predicted.
    recall : ndarray ``(K,)``
        The share of its texts that are found; NaN for a class without a text.
    f1 : ndarray ``(K,)``
        Their harmonic mean, ``2 hits / (texts + predictions)``; NaN only for a class that has
        neither texts nor predictions.
    support : ndarray ``(K,)``
        How many texts it has.
    """

    precision: np.ndarray
    recall: np.ndarray
    f1: np.ndarray
    support: np.ndarray


def per_class(counts) -> PerClass:
    """Return precision, recall, F1 and support of each class.

    Parameters
    ----------
    counts : array_like ``(K, K)``
        As `unrolled.evaluation.metrics.confusion_matrix` returns them: a row for each true class.

    Raises
    ------
    ValueError
        If they are no such counts.
    """
    counts = _checked(counts)
    hits, texts, predicted = counts.diagonal(), counts.sum(axis=1), counts.sum(axis=0)
    return PerClass(
        _ratio(hits, predicted), _ratio(hits, texts), _ratio(2 * hits, texts + predicted), texts
    )


def macro_f1(counts) -> float:
    """Return the mean of the classes' F1, each class counting the same.

    A class that has texts and is never predicted counts 0, as does one that is predicted and has no
    texts; a class with neither is left out.
    """
    return float(np.nanmean(per_class(counts).f1))


def balanced_accuracy(counts) -> float:
    """Return the mean of the classes' recall, without classes that have no text.

    Who always gives the same answer gets 1 / K.
    """
    return float(np.nanmean(per_class(counts).recall))


def macro_f1_interval(
    counts, *, rng: np.random.Generator, level: float = 0.95, repeats: int = 2000
) -> tuple[float, float]:
    """Return the percentile bootstrap interval ``(low, high)`` of the macro-F1.

    To draw n of n texts with replacement, and count them, is to throw n balls into the cells of the
    confusion matrix, each with the chance that is the cell's share: macro-F1 does not see which
    text of a cell was drawn. So a resample is one draw from the multinomial distribution of n and
    these shares, however many texts there are. A class with few texts is sometimes drawn without
    any; it is then left out, as `macro_f1` does, unless it is predicted.

    Raises
    ------
    ValueError
        If they are no counts, or repeats or level make no sense.
    """
    counts = _checked(counts)
    _check_level(level)
    if repeats < 1:
        raise ValueError(f"repeats is {repeats}; draw at least one resample (2000 is usual).")
    true, predicted = np.nonzero(counts)
    shares = counts[true, predicted] / counts.sum()
    is_true, is_predicted = (np.eye(len(counts))[place] for place in (true, predicted))  # (C, K)
    is_hit = is_true * is_predicted
    at_once, values = max(1, MOST_CELLS // len(shares)), []
    for start in range(0, repeats, at_once):
        size = min(at_once, repeats - start)
        drawn = rng.multinomial(counts.sum(), shares, size=size).astype(float)  # (R, C)
        both = drawn @ (is_true + is_predicted)  # (R, K): texts + predictions
        values.append(np.nanmean(_ratio(2 * (drawn @ is_hit), both), axis=1))
    low, high = np.quantile(np.concatenate(values), [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def class_table(counts, classes: Sequence[str]) -> str:
    """Return precision, recall, F1 and the number of texts of each class as a text.

    What cannot be said of a class (the precision of what is never predicted, the recall of what has
    no text) is a dash.
    """
    found = per_class(counts)
    columns = (found.precision, found.recall, found.f1)
    lines = [("class", "precision", "recall", "F1", "texts")]
    for k, name in enumerate(_names(classes, len(found.f1))):
        shown = ("-" if np.isnan(column[k]) else f"{column[k]:.3f}" for column in columns)
        lines.append((name, *shown, f"{int(found.support[k]):,}"))
    return _aligned(lines)


def confusion_table(counts, classes: Sequence[str]) -> str:
    """Return a confusion matrix with the names of its classes as a text."""
    counts = _checked(counts)
    names = _names(classes, len(counts))
    lines = [("true, below", *names)]
    lines += [(name, *map(str, row)) for name, row in zip(names, counts.tolist(), strict=True)]
    return _aligned(lines)


def _checked(counts) -> np.ndarray:
    """Return counts as int64, or raise ``ValueError``."""
    found = np.asarray(counts)
    whole = found.dtype.kind in "iu"
    if found.ndim != 2 or found.shape[0] != found.shape[1] or len(found) < 2 or not whole:
        raise ValueError(
            f"counts has shape {found.shape} and type {found.dtype}; expected a confusion matrix, "
            "whole numbers (K, K) for two classes or more."
        )
    if (found < 0).any() or not found.any():
        raise ValueError("counts holds a number below 0, or no text at all; nothing to measure.")
    return found.astype(np.int64)


def _ratio(part, whole) -> np.ndarray:
    """Return part / whole; NaN where the whole is 0."""
    return np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=np.asarray(whole) > 0)


def _names(classes: Sequence[str], count: int) -> list[str]:
    """Return class names on one line each, or raise ``ValueError`` if there are not so many."""
    if len(classes) != count:
        raise ValueError(f"There are {len(classes)} names for {count} classes; give one for each.")
    return [" ".join(name.split()) for name in classes]


def _aligned(lines: list[tuple[str, ...]]) -> str:
    """Return rows of cells as lines: the first column to the left, the others to the right."""
    sizes = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        line[0]
        + " " * (sizes[0] - _width(line[0]))
        + "".join(
            " " * (2 + size - _width(cell)) + cell
            for size, cell in zip(sizes[1:], line[1:], strict=True)
        )
        for line in lines
    )


def _width(text: str) -> int:
    """Return how many columns of a terminal a text takes: Chinese letters take two each."""
    return sum(
        0 if unicodedata.combining(sign) else 1 + (unicodedata.east_asian_width(sign) in "WF")
        for sign in text
    )
