"""What style sheets, scripts and pages use of the browser, for `tools/browser_support.py`."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import tinycss2

from npm_packages import NODE, package_file


@dataclass(frozen=True)
class Use:
    """Something that a file uses: its kind, the words that name it, and where it stands."""

    kind: str
    words: tuple[str, ...]
    where: str


Missing = Callable[[Use], bool]


def uses_of_css(text: str, where: str, missing: Missing = lambda _: False) -> list[Use]:
    """Return what a style sheet uses; ``where`` names the file, and lines are added.

    A declaration of which something is ``missing`` somewhere, after one of the same property that
    all browsers have, is an addition, and left out.
    """
    rules = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
    return list(_uses_of_rules(rules, where, missing))


def _uses_of_rules(rules, where, missing) -> Iterator[Use]:
    for rule in rules:
        if rule.type == "at-rule":
            yield from _uses_of_at_rule(rule, where, missing)
        elif rule.type == "qualified-rule":
            yield from _uses_of_selector(rule.prelude, where)
            yield from _uses_of_block(rule.content, where, missing)


def _uses_of_at_rule(rule, where, missing) -> Iterator[Use]:
    place = f"{where}:{rule.source_line}"
    name = rule.at_keyword.lower()
    if name.startswith("-") or name == "supports":
        return  # for one maker's browsers, or only where they have it
    yield Use("at-rule", (name,), place)
    if name in ("media", "container"):
        for token in _flat(rule.prelude):
            if token.type == "literal" and token.value in ("<", ">", "<=", ">="):
                yield Use("css", ("at-rules", name, "range_syntax"), place)
            elif name == "media" and token.type == "ident":
                yield Use("css", ("at-rules", "media", token.lower_value), place)
    if rule.content is None:
        return
    if name in ("font-face", "page", "property", "counter-style"):
        for part in tinycss2.parse_blocks_contents(rule.content):
            if part.type == "declaration":
                yield Use("css", ("at-rules", name, part.lower_name), place)
    elif name == "keyframes":
        for frame in tinycss2.parse_rule_list(rule.content):
            if frame.type == "qualified-rule":
                yield from _uses_of_block(frame.content, where, missing)
    else:
        yield from _uses_of_block(rule.content, where, missing, nested=False)


def _uses_of_block(content, where, missing, nested=True) -> Iterator[Use]:
    """Yield what declarations use, and rules among them; later ones of a property may be extras."""
    parts = tinycss2.parse_blocks_contents(content)
    names = {part.lower_name for part in parts if part.type == "declaration"}
    supported = {name.removeprefix("-webkit-") for name in names if name.startswith("-webkit-")}
    for part in parts:
        if part.type == "declaration":
            found = list(_uses_of_declaration(part, where))
            if not any(map(missing, found)):
                supported.add(part.lower_name)
            elif part.lower_name in supported:
                continue
            yield from found
        elif part.type == "qualified-rule":
            if nested:
                yield Use("css", ("selectors", "nesting"), f"{where}:{part.source_line}")
            yield from _uses_of_selector(part.prelude, where)
            yield from _uses_of_block(part.content, where, missing)
        elif part.type == "at-rule":
            yield from _uses_of_at_rule(part, where, missing)


def _uses_of_declaration(part, where) -> Iterator[Use]:
    place = f"{where}:{part.source_line}"
    name = part.lower_name
    if name.startswith("-") and not name.startswith("--"):
        return  # a maker's own name, beside the common one
    if not name.startswith("--"):
        yield Use("css", ("properties", name), place)
    for token in _flat(part.value):
        if token.type == "ident" and not name.startswith("--"):
            yield Use("value", (name, token.lower_value), place)
        elif token.type == "function":
            yield Use("function", (name, token.lower_name), place)
        elif token.type == "dimension":
            yield Use("unit", (token.lower_unit,), place)


def _uses_of_selector(prelude, where) -> Iterator[Use]:
    after_colon = False
    for token in _flat(prelude):
        if after_colon and token.type in ("ident", "function"):
            name = token.lower_value if token.type == "ident" else token.lower_name
            if not name.startswith("-"):
                yield Use("css", ("selectors", name), f"{where}:{token.source_line}")
        after_colon = token.type == "literal" and token.value == ":"


def _flat(tokens) -> Iterator:
    """Yield tokens, and those within functions and brackets."""
    for token in tokens:
        yield token
        yield from _flat(getattr(token, "arguments", None) or getattr(token, "content", None) or [])


def uses_of_scripts(scripts: Iterable[tuple[str, str]]) -> list[Use]:
    """Return what scripts use, each given as its name and its text."""
    scripts = list(scripts)
    parser = package_file("acorn", "dist/acorn.mjs")
    done = subprocess.run(
        [NODE, Path(__file__).with_name("javascript_uses.mjs"), parser],
        input=json.dumps(scripts), capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    if done.returncode:
        raise ValueError(f"A script could not be read.\n{done.stderr.strip()}")
    return [
        Use(kind, tuple(words), f"{where}:{line}")
        for (where, _), found in zip(scripts, json.loads(done.stdout), strict=True)
        for kind, words, line in found
    ]


class Page(HTMLParser):
    """A page of HTML: its elements with their attributes, and what it holds of CSS and scripts."""

    def __init__(self, text: str, where: str):
        super().__init__()
        self.where, self.inside = where, ""
        self.uses: set[Use] = set()
        self.sheets: list[str] = []
        self.scripts: list[str] = []
        self.depth = {"svg": 0, "math": 0}
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        """Keep an element and its attributes."""
        values = dict(attributes)
        if tag in self.depth:
            self.depth[tag] += 1
        kind = "svg" if self.depth["svg"] else "mathml" if self.depth["math"] else "html"
        self.uses.add(Use("element", (kind, tag), self.where))
        for name, value in attributes:
            if not name.startswith(("data-", "aria-", "on")):
                self.uses.add(
                    Use("attribute", (kind, tag, name, (value or "").lower()), self.where)
                )
        script = values.get("type", "") in ("", "module", "text/javascript")
        style = "data-sheets" not in values  # else joined of sheets that are read by themselves
        self.inside = tag if (tag == "style" and style) or (tag == "script" and script) else ""

    def handle_endtag(self, tag):
        """Leave a drawing, a script or a style sheet."""
        if tag in self.depth:
            self.depth[tag] -= 1
        self.inside = ""

    def handle_data(self, data):
        """Keep the text of style sheets and scripts."""
        if self.inside and data.strip():
            (self.sheets if self.inside == "style" else self.scripts).append(data)
