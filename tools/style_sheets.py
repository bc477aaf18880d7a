"""The style of a page, in the page: all its sheets joined, without the rules that it does not use.

A page of the theme waits for fourteen style sheets of 450 kB before it shows anything, and uses a
tenth of them. So the build sets into the head of each page the rules whose classes, ids and
elements stand on that page, or in a script that may write them.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import tinycss2
from tinycss2.ast import Node, ParseError

LINK = re.compile(r'\s*<link (?=[^>]*rel="stylesheet")[^>]*href="([^"?]+)[^"]*"[^>]*>')
STYLE = re.compile(r'<style data-sheets="([^"]*)">.*?</style>', re.DOTALL)
NESTING = {"media", "supports", "layer", "container"}  # at-rules that hold rules
SPACE = re.compile(r'("(?:\\.|[^"\\])*")|\s+')  # but not within a string
IMPLIED = {"<html", "<head", "<body", "<tbody"}  # elements that a page has without writing them
WORD = re.compile(r"[\w-]+")
PREVIEWS = "previews"  # the folder of the scripts that hold what links show
PREVIEWED = re.compile(r'data-preview="[^"]*" href="(?:\.\./)*([^"#]+)\.html#')
SCRIPT_LIMIT = 300_000  # bytes; a larger file holds data, and every word


@dataclass(frozen=True)
class Rule:
    """A rule of a style sheet: its selectors with what each needs on a page, and its block.

    An at-rule that holds rules has ``inner``; any other at-rule needs nothing.
    """

    prelude: str
    block: str = ""
    needs: tuple[tuple[str, frozenset[str]], ...] = ()
    inner: tuple[Rule, ...] | None = None

    def cut(self, has: Uses) -> str:
        """Return the rule as CSS, with those selectors that can match on the page."""
        if self.inner is not None:
            inner = "".join(rule.cut(has) for rule in self.inner)
            return f"{self.prelude}{{{inner}}}" if inner else ""
        if not self.needs:
            return self.prelude + (f"{{{self.block}}}" if self.block else ";")
        kept = [selector for selector, names in self.needs if all(map(has.name, names))]
        return f"{','.join(kept)}{{{self.block}}}" if kept else ""


class Uses:
    """What a page has: its elements, classes and ids, and the words of its scripts."""

    def __init__(self, page: str, scripts: Collection[str] = ()):
        tags = {f"<{name.lower()}" for name in re.findall(r"<([a-zA-Z][\w-]*)", page)}
        written = re.findall(r'\s(?:class|id)="([^"]*)"', page)
        inline = "".join(re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL))
        words = {word for text in (*scripts, inline) for word in words_of(text)}
        self.names = tags | {name for value in written for name in value.split()} | words
        self.names |= {f"<{word.lower()}" for word in words} | IMPLIED
        # a script may put a name together, as in `live-${kind}`
        self.beginnings = tuple(sorted(word for word in words if len(word) > 3 and word[-1] == "-"))

    def name(self, name: str) -> bool:
        """Say whether a class, an id, or an element (as ``<div``) may stand on the page."""
        return name in self.names or name.startswith(self.beginnings)


@cache
def words_of(text: str) -> frozenset[str]:
    """Return the words of a script, of which some are names of classes."""
    return frozenset(WORD.findall(text))


def selectors(prelude: Iterable[Node]) -> list[list[Node]]:
    """Return the selectors of a rule, of what stands between its commas."""
    found: list[list[Node]] = [[]]
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            found.append([])
        elif token.type != "comment":
            found[-1].append(token)
    return found


def names_of(selector: list[Node]) -> frozenset[str]:
    """Return the classes, ids and elements (as ``<div``) that must be there for it to match.

    What stands in brackets, as in ``:not(.x)`` and ``[href]``, is not looked at.
    """
    names, before = set(), ""
    for token in selector:
        if token.type == "hash" or (token.type == "ident" and before == "."):
            names.add(token.value)
        elif token.type == "ident" and before != ":":
            names.add(f"<{token.lower_value}")
        before = token.value if token.type == "literal" else ""
    return frozenset(names)


def shortened(tokens: Iterable[Node]) -> str:
    """Return CSS without comments and without space that says nothing."""
    css = tinycss2.serialize([token for token in tokens if token.type != "comment"])
    return SPACE.sub(lambda match: match[1] or " ", css).strip()


def declarations(content: Iterable[Node]) -> str:
    """Return what stands in a block, a declaration after the other."""
    found = tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True)
    plain = []
    for one in found:
        if one.type == "declaration":
            value = shortened(one.value) + " !important" * one.important
            plain.append(f"{one.name}:{value}")
        elif not isinstance(one, ParseError):
            return shortened(content)  # rules within a rule stay as they are
    return ";".join(plain)


def rules_of(content: str | list[Node]) -> tuple[Rule, ...]:
    """Return the rules of a style sheet, or of the block of an at-rule."""
    parse = tinycss2.parse_stylesheet if isinstance(content, str) else tinycss2.parse_rule_list
    found = []
    for rule in parse(content, skip_comments=True, skip_whitespace=True):
        if rule.type == "qualified-rule":
            needs = [(shortened(one), names_of(one)) for one in selectors(rule.prelude)]
            found.append(Rule("", declarations(rule.content), tuple(needs)))
        elif rule.type == "at-rule" and rule.lower_at_keyword != "charset":
            prelude = f"@{rule.at_keyword} {shortened(rule.prelude)}".strip()
            if rule.content is None:
                found.append(Rule(prelude))
            elif rule.lower_at_keyword in NESTING:
                found.append(Rule(prelude, inner=rules_of(rule.content)))
            else:
                found.append(Rule(prelude, shortened(rule.content)))
    return tuple(rule for rule in found if rule.block or rule.inner or not rule.needs)


def with_addresses(css: str, sheet: Path, static: Path) -> str:
    """Return a sheet whose files are named from the folder ``static``."""

    def moved(match: re.Match[str]) -> str:
        quote, address = match[1], match[2]
        if re.match(r"data:|https?:|#", address):
            return match[0]
        folder = sheet.parent.relative_to(static).as_posix()
        return f"url({quote}STATIC/{posixpath.normpath(posixpath.join(folder, address))}{quote})"

    css = re.sub(r"@import\s+([\"'])([^\"']+)\1", r"@import url(\1\2\1)", css)
    return re.sub(r"url\(\s*([\"']?)([^\"')]+)\1\s*\)", moved, css)


class Sheets:
    """The style sheets and scripts of a built site, each read once."""

    def __init__(self, static: Path):
        self.static = static
        self.read = cache(self._read)
        apart = {"live", PREVIEWS}  # only some pages load them
        files = [path for path in sorted(static.rglob("*.js")) if not apart & {*path.parts}]
        self.scripts = [
            path.read_text(encoding="utf-8")
            for path in files
            if path.stat().st_size < SCRIPT_LIMIT and "locales" not in path.parts
        ]
        self.live = cache(lambda name: (static / "live" / name).read_text(encoding="utf-8"))
        self.previews = {
            path.stem: path.read_text(encoding="utf-8")
            for path in sorted(static.glob(f"{PREVIEWS}/*.js"))
        }

    def _read(self, name: str) -> tuple[Rule, ...]:
        """Return the rules of one sheet, named from the folder of static files."""
        sheet = self.static / name
        rules = rules_of(with_addresses(sheet.read_text(encoding="utf-8"), sheet, self.static))
        return tuple(own for rule in rules for own in self._imported(rule) or (rule,))

    def _imported(self, rule: Rule) -> tuple[Rule, ...]:
        """Return the rules of the sheet that a rule imports, if it does."""
        found = re.match(r'@import url\(["\']?STATIC/([^"\')]+)', rule.prelude)
        return self.read(found[1]) if found else ()

    def scripts_of(self, page: str) -> list[str]:
        """Return the scripts that may write into a page."""
        figures = re.findall(r'data-live="([\w-]+)"', page)
        names = ["mount.js", *(f"{name}.js" for name in figures)] if figures else []
        linked = {f"-{name.replace('/', '-')}" for name in PREVIEWED.findall(page)}
        # links are relative, so the previews of all pages that end alike count
        shown = [
            text
            for stem, text in self.previews.items()
            if any(f"-{stem}".endswith(name) for name in linked)
        ]
        return [*self.scripts, *map(self.live, names), *shown]

    def style(self, names: Iterable[str], page: str, way: str) -> str:
        """Return the style of a page; ``way`` leads from the page to the static files."""
        has = Uses(page, self.scripts_of(page))
        css = "".join(rule.cut(has) for name in names for rule in self.read(name))
        return css.replace("STATIC/", f"{way}/")


def with_own_style(page: str, sheets: Sheets, way: str) -> str:
    """Return a page of HTML with its style in its head, in the place of its first style sheet.

    A page that holds its style already, since it was not built anew, gets it anew from the same
    sheets. ``way`` leads from the page to the static files, as ``../_static``.
    """
    known = STYLE.search(page)
    head, end, body = page.partition("</head>")
    found = [match for match in LINK.finditer(head) if match[1].startswith(f"{way}/")]
    if not end or not (found or known):
        return page
    names = known[1].split() if known else [match[1].removeprefix(f"{way}/") for match in found]
    place = known or found[0]
    bare = STYLE.sub("", page)
    style = f'<style data-sheets="{" ".join(names)}">{sheets.style(names, bare, way)}</style>'
    if known:
        return head[: place.start()] + style + head[place.end() :] + end + body
    for match in reversed(found[1:]):
        head = head[: match.start()] + head[match.end() :]
    return head[: place.start()] + "\n  " + style + head[place.end() :] + end + body
