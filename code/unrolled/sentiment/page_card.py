"""The card of a model in the page's file, written from what the file itself tells.

What its header may hold for the card, besides what `unrolled.sentiment.web` writes:

- ``learnt_from``: a sentence on the texts, where the settings alone would not say it;
- ``made``: the commands that made the model, in their order.
"""

from __future__ import annotations

import hashlib

from unrolled.evaluation.metrics import wilson_interval
from unrolled.sentiment.card_parts import UNMEASURED, cell, settings_rows
from unrolled.sentiment.page_model import PageModel

WORDS = (
    (
        "Intended use",
        "To learn from, and to try. To sort English film reviews, or sentences about films, "
        "roughly, with a person who looks at the result.",
    ),
    (
        "Must not be used",
        "To judge people or their work. On text about health, money, jobs or loyalty. To remove "
        "what somebody wrote without a person who looks. In any language but English.",
    ),
)
SHORT = 50  # tokens: texts of which nine in ten have fewer are short ones


def card_of_file(model: PageModel) -> str:
    """Return the card of a model in Markdown."""
    lines = [f"# Model card: an LSTM of {model.units} units, in one file"]
    lines += ["", "## In words", "", *_words(model)]
    lines += ["", "## What it learnt from, and how", "", *_making(model)]
    lines += ["", "## Measured on texts that it did not learn from", ""]
    lines += _measures(model.measured())
    if hardest := model.header.get("hardest", model.header.get("test", {}).get("hardest")):
        lines += ["", "## What it gets most wrong", "", *_mistakes(hardest)]
    lines += ["", "## What nobody has measured", "", *(f"- {one}" for one in UNMEASURED)]
    return "\n".join(lines) + "\n"


def _words(model: PageModel) -> list[str]:
    """Return what it is for, what it must not be used for, and how it reads and answers."""
    half, known = model.max_tokens // 2, len(model.encoder) - 2  # two stand for none and unknown
    first, second = map(cell, model.classes[:2])
    told = (
        *WORDS,
        (
            "Reads",
            f"English words and marks, of which it knows {known:,}; all others are one and the "
            f"same to it. Of more than {model.max_tokens:,} it reads the first {half:,} and the "
            f"last {model.max_tokens - half:,}.",
        ),
        (
            "Answers",
            f"The probability of {first} and of {second}, or nothing where it knows no word. A "
            "probability of 0.99 does not mean that 99 such answers in 100 are right.",
        ),
    )
    return [
        "| about | in words |",
        "|---|---|",
        *(f"| **{name}** | {text} |" for name, text in told),
    ]


def _making(model: PageModel) -> list[str]:
    """Return the texts, the settings, the commands, and which file this is."""
    header, data = model.header, model.path.read_bytes()
    lines = [f"It learnt from {model.learnt_from}.", "", "| setting | value |", "|---|---|"]
    lines += settings_rows(header.get("settings", {}))
    lines += ["", "All other settings are the defaults of `python -m unrolled train`."]
    if made := header.get("made"):
        lines += ["", "These commands made it:", "", "```sh", *made, "```"]
    else:
        lines += ["", "The file does not tell which commands made it."]
    numbers = sum(array.size for array in model.weights())
    return [
        *lines,
        "",
        f"The network has {numbers:,} numbers. `{model.path.name}` has {len(data):,} bytes and the "
        f"SHA-256 `{hashlib.sha256(data).hexdigest()}`.",
    ]


def _measures(kinds: list[dict]) -> list[str]:
    """Return a table of the kinds of test texts, and what the kinds leave out."""
    lines = ["| test texts | how many | tokens of most | right | a bag of the same words |"]
    lines.append("|---|--:|--:|--:|--:|")
    for one in kinds:
        right = round(one["accuracy"] * one["texts"])
        low, high = wilson_interval(right, one["texts"])
        tokens = "{} to {}".format(*one["tokens"]) if "tokens" in one else "not told"
        bag = f"{one['bag']:.3f}" if "bag" in one else "not told"
        lines.append(
            f"| {cell(one['on'])} | {one['texts']:,} | {tokens} | {one['accuracy']:.3f} ({low:.3f} "
            f"to {high:.3f}) | {bag} |"
        )
    if len(lines) == 2:
        return ["Nothing: the file tells of no test."]
    lines += ["", "In brackets: 95 % intervals for other texts of the same kind."]
    if not any("tokens" in one and one["tokens"][1] < SHORT for one in kinds):
        lines[-1] += (
            " **Short sentences are not among them.** A model that learnt from long reviews is "
            "often wrong on one sentence, and sure of it."
        )
    return lines


def _mistakes(hardest: list[dict]) -> list[str]:
    """Return test texts that the model judges wrong, with their labels."""
    lines = ["Of the short test texts, those of either label of which it is most sure, and wrong:"]
    for one in hardest:
        label = "praise" if one["label"] else "blame"
        lines += ["", f"- Labelled {label}: {cell(one['text'])}"]
    return lines
