"""Questions with offered answers: plain HTML in the Markdown of a chapter, one source for all.

On the site an option that is opened counts as chosen, and opens the answer below; in a notebook,
in print and without scripts the options and the answer are folds. A question looks like this::

    <div class="choice predict">

    What is left after 50 steps?

    <details><summary>a half</summary>

    Half is gone after 6.6 steps already.

    </details>
    <details class="right"><summary>a two-hundredth</summary>

    Yes: 0.9 to the power 50.

    </details>
    </div>

    <!-- answer -->

    ... cells, figures and text that answer it ...

    <!-- end of answer -->

A question of the class ``check`` (at the end of a chapter) has no answer beside its reasons.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

ANSWER, END_OF_ANSWER = "<!-- answer -->", "<!-- end of answer -->"
BOX = re.compile(r'^<div class="choice (\w+)">\n(.*?)^</div>[ \t]*$', re.MULTILINE | re.DOTALL)
OPTION = re.compile(
    r'^<details(?P<right> class="right")?><summary>(?P<text>.*?)</summary>\n'
    r"(?P<reason>.*?)^</details>[ \t]*$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Option:
    """One offered answer: its words, the reason for or against it, and whether it is right."""

    text: str
    reason: str
    right: bool


@dataclass(frozen=True)
class Choice:
    """A question of the kind ``predict`` or ``check``, and its options."""

    kind: str
    question: str
    options: tuple[Option, ...]


def choices(text: str) -> Iterator[Choice]:
    """Yield the questions of a piece of Markdown, in order."""
    for kind, body in BOX.findall(text):
        found = [
            Option(match["text"].strip(), match["reason"].strip(), bool(match["right"]))
            for match in OPTION.finditer(body)
        ]
        yield Choice(kind, OPTION.sub("", body).strip(), tuple(found))


def without_options(text: str) -> str:
    """Return Markdown without what the options offer: guesses are no statements, reasons are."""
    return re.sub(r"<summary>.*?</summary>", "", text, flags=re.DOTALL)


def what_is_wrong(choice: Choice) -> list[str]:
    """Return in sentences what a question lacks."""
    name = f"the question `{' '.join(choice.question.split())[:50]}`"
    problems = []
    if choice.kind not in ("predict", "check"):
        problems.append(f"{name}: its class should be predict or check, not {choice.kind}")
    if not choice.question:
        problems.append("a choice asks nothing: its question stands before the first option")
    if not 2 <= len(choice.options) <= 4:
        problems.append(f"{name}: it should offer two to four options, not {len(choice.options)}")
    right = sum(option.right for option in choice.options)
    if right != 1:
        problems.append(f'{name}: one option should have class="right", not {right}')
    problems += [
        f"{name}: the option `{option.text}` gives no reason"
        for option in choice.options
        if not option.reason
    ]
    return problems
