"""Is the network worth it? Its answers beside those of the baselines, on the same texts."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from unrolled.evaluation.metrics import mcnemar
from unrolled.evaluation.paired import paired_interval

TABLE, RESULT = "baseline.csv", "baseline.json"
LEVEL = 0.95
WIDE = 0.10  # a gap that is known no better than this either way is known from too few texts


@dataclass(frozen=True)
class Gap:
    """How far a network is ahead of one baseline on N texts.

    Parameters
    ----------
    name : str
        Of the baseline.
    network, baseline : float
        Accuracy of each.
    low, high : float
        Interval of ``network - baseline``, wide enough for all comparisons together.
    p : float
        McNemar's exact p, times the number of comparisons (Bonferroni), at most 1.
    """

    name: str
    network: float
    baseline: float
    low: float
    high: float
    p: float

    @property
    def gap(self) -> float:
        """Return by how much the network's accuracy is higher."""
        return self.network - self.baseline

    @property
    def detected(self) -> bool:
        """Return whether the two differ by more than chance explains."""
        return self.p <= 1 - LEVEL


@dataclass(frozen=True)
class Comparison:
    """A network beside its baselines.

    Parameters
    ----------
    answer : str
        One sentence or a few: is it worth it?
    told : str
        What was compared; empty if nothing could be.
    gaps : tuple of Gap
        One for each baseline.
    """

    answer: str
    told: str = ""
    gaps: tuple[Gap, ...] = ()

    def __str__(self):
        """Return all of it in lines."""
        lines = [self.told] if self.told else []
        for one in self.gaps:
            lines.append(
                f"  {one.name} {one.baseline:.4f}, network {one.network:.4f}: {one.gap:+.4f} "
                f"({one.low:+.4f} to {one.high:+.4f}), p {one.p:.2g}"
            )
        return "\n".join([*lines, self.answer])


def compare(
    folder: Path, part: str, labels, predictions, rows, digest: str, *, network: str = "LSTM"
) -> Comparison | None:
    """Return a network's answers beside those of the baselines in a folder; None if it has none.

    Parameters
    ----------
    folder : pathlib.Path
        Where baseline.json and baseline.csv lie.
    part : {"valid", "test"}
        Which texts.
    labels, predictions : array_like ``(N,)``
        True classes and the network's answers, 0 to K - 1.
    rows : array_like ``(N,)``
        The rows of these texts in their source.
    digest : str
        Of all texts and their split: see `unrolled.sentiment.corpus.digest_of`.
    network : str
        What to call it.
    """
    if not (folder / RESULT).exists():
        return None
    again = "Make it again: python -m unrolled baseline, with the data of this training."
    found = _read(folder)
    if found is None:
        return Comparison(f"The baseline in {folder} is damaged, so nothing is compared. {again}")
    told, table = found
    labels, predictions, rows = (np.asarray(values) for values in (labels, predictions, rows))
    kept = [row for row in table if row["part"] == part]
    if told["digest"] != digest:
        return Comparison(
            f"The baseline in {folder} was made from other texts, or split otherwise, so nothing "
            f"is compared. {again}"
        )
    place = {name: k for k, name in enumerate(told["classes"])}
    same = [row["row"] for row in kept] == [str(row) for row in rows.tolist()]
    if not same or [place.get(row["label"]) for row in kept] != labels.tolist():
        return Comparison(f"The baseline in {folder} is damaged, so nothing is compared. {again}")
    names = list(told["baselines"])
    gaps = []
    for name in names:
        answers = np.array([place.get(row[name], -1) for row in kept])
        gaps.append(_gap(name, predictions == labels, answers == labels, len(names)))
    head = (
        f"The {network} beside the baselines, {part}, {len(labels):,} texts; {len(names)} "
        f"comparisons, so intervals of {100 * (1 - (1 - LEVEL) / len(names)):g} % and p times "
        f"{len(names)} (McNemar, Bonferroni):"
    )
    best = max(gaps, key=lambda one: told["baselines"][one.name]["valid"]["accuracy"])
    answer = f"Is the {network} worth it here? {_answer(gaps, best, network)}"
    if part == "valid":
        answer += (
            " The network and the baselines were chosen on these texts, so all look a little too "
            "good here; the test decides."
        )
    return Comparison(answer, head, tuple(gaps))


def _read(folder: Path) -> tuple[dict, list[dict]] | None:
    """Return what was written of the baselines, or None if it is damaged."""
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        told = json.loads((folder / RESULT).read_text(encoding="utf-8-sig"))
        table = (folder / TABLE).read_bytes()
        whole = told["table"] == hashlib.sha256(table).hexdigest()
        fits = len(told["baselines"]) > 0 and all(
            isinstance(one["valid"]["accuracy"], float) for one in told["baselines"].values()
        )
        if whole and fits and isinstance(told["digest"], str) and told["classes"]:
            return told, list(csv.DictReader(io.StringIO(table.decode(), newline="")))
    return None


def _gap(name: str, network: np.ndarray, baseline: np.ndarray, comparisons: int) -> Gap:
    """Return the gap of two answers to N texts, given which are right."""
    only_network, only_baseline, p = mcnemar(network, baseline)
    level = 1 - (1 - LEVEL) / comparisons
    low, high = paired_interval(only_network, only_baseline, len(network), level)
    shares = float(network.mean()), float(baseline.mean())
    return Gap(name, *shares, low, high, min(1.0, p * comparisons))


def _answer(gaps: list[Gap], best: Gap, network: str) -> str:
    """Return the answer in words; `best` is the baseline that validation prefers."""
    ahead = [one for one in gaps if one.detected and one.gap < 0]
    if ahead:
        rival = min(ahead, key=lambda one: one.gap)
        return (
            f"No: {rival.name} is right more often, by {_points(-rival.gap)} of 100 texts "
            f"({_points(-rival.high)} to {_points(-rival.low)})."
        )
    if all(one.detected for one in gaps):
        rival = min(gaps, key=lambda one: one.gap)
        return (
            f"Yes, if this is worth its cost: it is right more often than every baseline, by "
            f"{_points(rival.gap)} of 100 texts ({_points(rival.low)} to {_points(rival.high)}) "
            f"more than {rival.name}. This is one training; another seed gives another network."
        )
    rival = best if not best.detected else next(one for one in gaps if not one.detected)
    could = (
        f"it may be wrong on up to {_points(max(0, -rival.low))} more of 100 texts than "
        f"{rival.name}, or right on up to {_points(max(0, rival.high))} more"
    )
    if rival.high - rival.low > 2 * WIDE:
        return f"There are too few texts to say: {could}."
    return f"No difference from {rival.name} was detected: {could}. The baseline is simpler."


def _points(share: float) -> str:
    return f"{100 * share:.1f}"
