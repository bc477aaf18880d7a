"""A model card: a page that travels with a model and says what was measured, and what was not."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from unrolled.sentiment.card_parts import UNMEASURED, cell, settings_rows
from unrolled.sentiment.corpus import digest_of
from unrolled.sentiment.folder import LOG, MODEL, best_pass, read_log

if TYPE_CHECKING:
    from unrolled.sentiment.judging import Judged

PARTS = {"train": "training", "valid": "validation", "test": "test"}
YOURS = """| about | in words |
|---|---|
| **Intended use** | *Write here what the model is for, and who looks at its answers.* |
| **Must not be used** | *Write here where a wrong answer would harm somebody.* |
| **Texts** | *Write here who wrote the texts, when, in which language, and whether they agreed.* |
| **Labels** | *Write here who gave the labels, and how often two people agree on one.* |"""


def card_of(judged: Judged, names: Iterable[str]) -> str:
    """Return the card of a trained model in Markdown, with its figures on these parts.

    It names files without their folders. What only people know is left to be filled in.
    """
    trained, names = judged.trained, list(names)
    name = Path(trained.recipe.data).name
    lines = [f"# Model card: {len(trained.classes)} classes of texts, learnt from {cell(name)}"]
    lines += ["", "## In your words", "", YOURS]
    lines += ["", "## What it was trained on", "", *_texts(judged, name)]
    lines += ["", "## How", "", *_settings(judged)]
    for part in names:
        lines += ["", f"## Measured on the {PARTS[part]} texts", "", *_measures(judged, part)]
    lines += ["", "## What nobody has measured", "", *(f"- {one}" for one in UNMEASURED)]
    return "\n".join(lines) + "\n"


def _texts(judged: Judged, name: str) -> list[str]:
    """Return where the texts come from, and how many there are of each class."""
    splits, classes = judged.splits, judged.trained.classes
    lines = [f"| {cell(name)} | " + " | ".join(PARTS.values()) + " |", "|---|--:|--:|--:|"]
    counts = [
        np.bincount(getattr(splits, part).labels, minlength=len(classes)).tolist() for part in PARTS
    ]
    for label, row in zip(classes, zip(*counts, strict=True), strict=True):
        lines.append(f"| {cell(label)} | " + " | ".join(f"{count:,}" for count in row) + " |")
    lines.append("| **all** | " + " | ".join(f"{sum(column):,}" for column in counts) + " |")
    if splits.report is not None:
        lines += ["", *(f"- {cell(sentence)}" for sentence in splits.report.split)]
    return [*lines, "", f"Digest of all texts, labels and parts: `{digest_of(splits)}`."]


def _settings(judged: Judged) -> list[str]:
    """Return the settings that are not the defaults, and with what the model was made."""
    lines = ["| setting | value |", "|---|---|", f"| passes | {_passes(judged)} |"]
    lines += settings_rows(asdict(judged.trained.recipe))
    weights = hashlib.sha256((judged.folder / MODEL).read_bytes()).hexdigest()
    size = sum(weight.numel() for weight in judged.trained.model.parameters())
    return [
        *lines,
        "",
        f"All other settings are the defaults of `unrolled` {version('unrolled')}. The model has "
        f"{size:,} numbers and knows {len(judged.trained.encoder):,} tokens. `{MODEL}` has the "
        f"SHA-256 `{weights}`. Judged with Python {platform.python_version()} and torch "
        f"{version('torch')}.",
    ]


def _passes(judged: Judged) -> str:
    """Return how many passes over the training texts were made, as the log says, and the best."""
    recipe = judged.trained.recipe
    most = recipe.with_passes(-(-len(judged.splits.train) // recipe.batch_size)).epochs
    planned = f"at most {most}" + ", by the number of texts" * (recipe.epochs == 0)
    if not (rows := read_log(judged.folder)):
        return f"{planned}; how many were made is not known, for {LOG} is missing or damaged"
    made, best = rows[-1]["epoch"], best_pass(rows)["epoch"]
    return f"{made:.0f} made of {planned}; the model is that of pass {best:.0f}, the best"


def _measures(judged: Judged, part: str) -> list[str]:
    """Return figures with intervals, each class, calibration, and the gap to the baselines."""
    figures = judged.figures(part)
    told = figures.told()

    def between(name: str) -> str:
        found = told[f"{name}_interval"]
        how = "no answer is wrong" if found is None else f"{found[0]:.3f} to {found[1]:.3f}"
        return f"{told[name]:.3f} ({how})"

    lines = [
        f"{len(figures.labels):,} texts. Accuracy {between('accuracy')}, macro-F1 "
        f"{between('macro_f1')}, balanced accuracy {told['balanced_accuracy']:.3f}; in brackets "
        "95 % intervals for other texts of the same kind.",
        "",
    ]
    if part == "valid":
        lines[0] += (
            " The best pass was chosen on these texts, so they flatter a little; the test does not."
        )
    lines += ["| class | precision | recall | F1 | texts |", "|---|--:|--:|--:|--:|"]
    for row in told["classes"]:
        shown = ("-" if row[key] is None else f"{row[key]:.3f}" for key in ("precision", "recall"))
        f1 = "-" if row["f1"] is None else f"{row['f1']:.3f}"
        lines.append(f"| {cell(row['class'])} | {' | '.join(shown)} | {f1} | {row['texts']:,} |")
    lines += [
        "",
        "Calibration:",
        "",
        *(f"- {line}" for line in judged.calibration(part).splitlines()),
    ]
    gap = judged.comparison(part)
    if gap is None:
        lines += ["", "No baseline lies beside this model, so nobody knows whether it is needed."]
    else:
        lines += ["", "Baselines:", "", *(f"- {line.strip()}" for line in str(gap).splitlines())]
    return lines
