"""What both kinds of model cards say alike: settings, and what nobody has measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields

from unrolled.sentiment.recipe import Machine, Recipe

#: Settings that a card has told already, or that say where a process computed and not what.
SAID_ELSEWHERE = frozenset(
    [
        *("data", "valid_data", "test_data", "archive", "unlabelled", "epochs"),
        *(one.name for one in fields(Machine)),
    ]
)
ALWAYS = ("tokenizer", "cell", "hidden_size", "max_tokens", "seed")
UNMEASURED = (
    "How well it does on texts of another kind, source, language or year than those above.",
    "Whether it treats people alike: names, dialects, groups of people who write or are written "
    "about.",
    "How much another seed would change: this is one training.",
    "Negation, irony, quotations, spelling mistakes, and texts written to deceive it.",
    "Whether labels are right. Where they are wrong, the model has learnt that, and the figures "
    "count it as right.",
    "The probabilities of classes that are not answered; and all probabilities on other texts.",
)


def settings_rows(told: Mapping[str, object]) -> list[str]:
    """Return rows of a table in Markdown: the settings that are not a training's defaults."""
    usual = asdict(Recipe())
    return [
        f"| {cell(name.replace('_', ' '))} | {cell(str(value))} |"
        for name, value in told.items()
        if name not in SAID_ELSEWHERE
        and (name in ALWAYS or name not in usual or value != usual[name])
    ]


def cell(text: str) -> str:
    """Return a text for one line or one cell of Markdown."""
    text = " ".join(text.split()) or "(empty)"
    for sign in "\\|`*_<[":
        text = text.replace(sign, "\\" + sign)
    return text
