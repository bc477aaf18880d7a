"""Whether every browser that the site promises has what the site uses: `make lint`.

Reads style sheets, scripts and pages, and looks each property, value, selector, element, member and
piece of syntax up in MDN's browser-compat-data (an npm package, installed with
`tools/npm_packages.py --dev`). It reads what the repository holds; with `--site` the pages and the
style sheets of the site as built, the theme's among them.

What a browser has in part counts as there. The lint cannot know what `x.at(-1)` is called on: a
member counts as missing only where everything that has one of this name lacks it. What follows a
supported declaration of the same property, or stands inside `@supports`, or is called by `?.()`, is
an addition and no finding.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from chapters import BOOK, ROOT
from npm_packages import package_file
from web_uses import Page, Use, uses_of_css, uses_of_scripts

# The oldest versions that the site promises to work in. README.md says so in words.
PROMISED = {"chrome": "131", "firefox": "128", "safari": "16.4", "safari_ios": "16.4"}
# What is used although one of them lacks it, and why a page is right there all the same. A name
# covers what stands below it: a property's its values.
ADDITIONS = {
    # ours
    "api.HTMLElement.beforetoggle_event": "as popover",
    "api.HTMLElement.hidePopover": "as popover",
    "api.HTMLElement.popover": "previews come where showPopover is; elsewhere links lead",
    "api.HTMLElement.showPopover": "as popover",
    "css.at-rules.page": "on paper the browser's own margins then stand",
    "css.properties.break-before": "on paper a part may then begin a page",
    "css.properties.orphans": "on paper a line may then stand alone",
    "css.properties.text-indent": "on paper a long line of code then goes on without an indent",
    "css.properties.widows": "on paper a line may then stand alone",
    "css.properties.break-after": "on paper a heading may then end a page",
    "css.properties.content-visibility": "as details-content",
    "css.properties.cursor": "a phone has no pointer",
    "css.properties.hanging-punctuation": "quotation marks then stand within the margin",
    "css.properties.resize": "a field that cannot be made taller scrolls",
    "css.properties.text-wrap": "lines then break as they always did",
    "css.properties.user-select": "what is hidden or a button's name can then be selected",
    "css.selectors.details-content": "on paper a fold then stays as its reader left it",
    "html.elements.meta.name.theme-color": "the bar around the page then keeps its colour",
    # of the theme, of Sphinx and of MathJax
    "css.properties.overflow-anchor": "Bootstrap's, for a part that no page has",
    "css.properties.print-color-adjust": "Bootstrap's, beside the name with a prefix",
    "css.properties.text-decoration.dotted": "Bootstrap's, of an element that no page has",
    "css.selectors.future": "MathJax's way to mean Safari alone",
    "html.elements.link.rel.icon": "a phone takes the larger picture that is named beside it",
    "html.elements.meta.name.viewport": "it speaks to phones",
    "html.global_attributes.autocapitalize": "a search field then works as any other",
    "html.global_attributes.autocorrect": "a search field then works as any other",
    "mathml": "MathJax's copy of a formula, read aloud and never drawn",
}
STATIC = BOOK / "_static"

UNITS = {
    **dict.fromkeys(["dvh", "dvw", "dvi", "dvb", "dvmin", "dvmax"], "dynamic"),
    **dict.fromkeys(["svh", "svw", "svi", "svb", "svmin", "svmax"], "small"),
    **dict.fromkeys(["lvh", "lvw", "lvi", "lvb", "lvmin", "lvmax"], "large"),
}


@dataclass(frozen=True)
class Finding:
    """Something that a promised browser lacks: its name, since when each has it, and where."""

    feature: str
    lacking: tuple[str, ...]
    where: str

    def __str__(self):
        """Return it as a line."""
        return f"{self.where}: {self.feature} is missing in {', '.join(self.lacking)}"


##### What browsers have


@cache
def known() -> dict:
    """Return MDN's data."""
    path = package_file("@mdn/browser-compat-data", "data.json")
    return json.loads(path.read_text(encoding="utf-8"))


def entry(*words: str) -> dict | None:
    """Return what is known of a feature, as MDN names it, or None."""
    node = known()
    for word in words:
        node = node.get(word) if isinstance(node, dict) else None
    return node if node and "__compat" in node else None


# What scripts of a page come by. Without it, any word is a member of something somewhere.
REACHED = re.compile(
    r"(HTML|SVG)\w*|(Element|Node|Text|Document|DocumentFragment|Window|Event|EventTarget|UIEvent|"
    r"MouseEvent|PointerEvent|KeyboardEvent|InputEvent|Touch|TouchEvent|NodeList|DOMTokenList|"
    r"CSSStyleDeclaration|DOMRect|DOMRectReadOnly|Storage|Location|History|Navigator|Performance|"
    r"AbortSignal|URL|URLSearchParams|IntersectionObserver|ResizeObserver|MutationObserver|"
    r"MediaQueryList|FontFaceSet|Selection|Range|DataTransfer|Animation|CSS|Crypto|Screen)$"
)
# Where a name that is global, or whose owner nobody knows, may belong.
GLOBAL = [("javascript", "builtins"), ("api",), ("api", "Window"), ("javascript", "functions")]


@cache
def members() -> dict[str, list[tuple[str, ...]]]:
    """Return, for each name, all with a member of this name that scripts come by."""
    data = known()
    found: dict[str, list[tuple[str, ...]]] = {}
    for place, owners in (
        (("javascript", "builtins"), data["javascript"]["builtins"]),
        (("api",), {name: data["api"][name] for name in data["api"] if REACHED.match(name)}),
    ):
        for owner, parts in owners.items():
            for name in parts:
                found.setdefault(name.removesuffix("_static"), []).append((*place, owner, name))
    for name in data["api"]:  # such as fetch, which any window has
        found.setdefault(name, []).append(("api", name))
    return found


@cache
def functions() -> dict[str, list[tuple[str, ...]]]:
    """Return, for each function of CSS, where it is described."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for kind, parts in known()["css"]["types"].items():
        for name in (kind, *parts):
            path = ("css", "types", kind) if name == kind else ("css", "types", kind, name)
            found.setdefault(name, []).append(path)
    return found


def candidates(use: Use) -> list[tuple[str, ...]]:
    """Return what a use may be, as MDN names it: the most exact first, or several of one name."""
    words = use.words
    match use.kind:
        case "css":
            return [("css", *words)]
        case "at-rule":
            return [("css", "at-rules", *words)]
        case "value":
            return [("css", "properties", *words)]
        case "function":
            prop, name = words
            own = [("css", "properties", prop, end) for end in (name, f"{name}_function")]
            return [path for path in own if entry(*path)] or functions().get(name, [])
        case "unit":
            size = UNITS.get(words[0])
            name = f"viewport_percentage_units_{size}" if size else words[0]
            return [("css", "types", "length", name)]
        case "syntax":
            return [("javascript", *words)]
        case "event":
            return members().get(f"{words[0]}_event", [])
        case "global":
            return [(*place, words[0]) for place in GLOBAL]
        case "member":
            owner, name = words
            owner = owner if owner[:1].isupper() else OWNERS.get(owner, "")
            own = [path for path in members().get(name, []) if path[-2] == owner]
            # what belongs to a name, as CSS.escape does, is asked of that name alone
            return own or [path for path in members().get(name, []) if path[-1][-7:] != "_static"]
        case "element":
            kind, tag = words
            return [(kind, "elements", tag)]
        case "attribute":
            kind, tag, name, value = words
            places = [(kind, "elements", tag, name), (kind, "global_attributes", name)]
            (*_, place) = [path for path in places if entry(*path)] or [places[0]]
            exact = [(*place, end) for end in (value, f"{value}_value", f"type_{value}")]
            return [path for path in exact if value and entry(*path)] or [place]
    raise ValueError(f"A use of the kind {use.kind!r}: nobody knows where to look it up.")


OWNERS = {
    "document": "Document", "navigator": "Navigator", "window": "Window", "location": "Location",
    "history": "History", "performance": "Performance", "crypto": "Crypto", "screen": "Screen",
    "localStorage": "Storage", "sessionStorage": "Storage", "console": "console",
}  # fmt: skip


@cache
def missing_in(path: tuple[str, ...]) -> tuple[str, ...]:
    """Return which promised browsers lack a feature, each with what is known of it."""
    support = entry(*path)["__compat"]["support"]
    found = []
    for browser, oldest in PROMISED.items():
        told = support.get(browser, {"version_added": None})
        told = told if isinstance(told, list) else [told]
        whole = [one for one in told if not one.keys() & {"flags", "prefix", "alternative_name"}]
        if not any(has(one, oldest) for one in whole):
            since = [one["version_added"] for one in whole if one["version_added"]]
            first = since[-1] if since else "no version"
            found.append(f"{browser} {oldest} (there since {first})")
    return tuple(found)


def has(told: dict, oldest: str) -> bool:
    """Say whether a version has a feature, by one of the statements about its browser."""
    added, removed = told["version_added"], told.get("version_removed")
    if added is None or isinstance(added, bool) or added == "preview":
        return added is None or added is True  # nobody knows, or always
    return numbers(added) <= numbers(oldest) and (
        not isinstance(removed, str) or numbers(oldest) < numbers(removed)
    )


def numbers(version: str) -> list[int]:
    """Return a version as numbers: "≤16.4" is [16, 4]."""
    return [int(part) for part in version.lstrip("≤").split(".")]


@cache
def _lacking(kind: str, words: tuple[str, ...]) -> tuple[str, tuple[str, ...]] | None:
    paths = [path for path in candidates(Use(kind, words, "")) if entry(*path)]
    absent = [missing_in(path) for path in paths]
    if not paths or not all(absent):
        return None
    return ".".join(paths[0]), absent[0]


def lacking(use: Use) -> Finding | None:
    """Return what promised browsers lack of a use, or None if they have it or nobody knows it."""
    found = _lacking(use.kind, use.words)
    return Finding(*found, use.where) if found else None


def findings(uses: Iterable[Use]) -> list[Finding]:
    """Return what of all that is used a promised browser lacks, in order."""
    return [finding for use in uses if (finding := lacking(use))]


##### Reading files


def uses_of_files(paths: Iterable[Path], root: Path = ROOT) -> list[Use]:
    """Return what style sheets, scripts and pages use."""
    uses: list[Use] = []
    scripts: dict[str, str] = {}  # text: where it first stood
    for path in sorted(paths):
        where = path.relative_to(root).as_posix()
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".css":
            uses += uses_of_css(text, where, lacking)
        elif path.suffix in (".js", ".mjs"):
            scripts.setdefault(text, where)
        else:
            page = Page(text, where)
            uses += sorted(page.uses, key=lambda use: use.words)
            for sheet in page.sheets:
                uses += uses_of_css(sheet, where, lacking)
            for script in page.scripts:
                scripts.setdefault(script, where)
    return uses + uses_of_scripts((where, text) for text, where in scripts.items())


def sources() -> list[Path]:
    """Return what the repository holds for browsers to read."""
    kinds = {".css", ".js", ".mjs", ".svg"}
    found = [path for path in STATIC.rglob("*") if path.suffix in kinds]
    return [*found, *Path(__file__).parent.glob("*.js")]


def built(folder: Path = ROOT / "_build" / "html") -> list[Path]:
    """Return the pages and style sheets of the built site.

    Its scripts are ours (see `sources`) or the theme's, and its makers promise more.
    """
    return [path for path in folder.rglob("*") if path.suffix in {".css", ".html", ".svg"}]


def addition(finding: Finding) -> str | None:
    """Return the name in `ADDITIONS` that covers a finding, or None."""
    return next((name for name in ADDITIONS if f"{finding.feature}.".startswith(f"{name}.")), None)


def main(arguments: list[str]) -> str | None:
    """Print what is missing; return the sentence that says what to do, if anything is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--site", action="store_true", help="pages and sheets of the built site")
    chosen = parser.parse_args(arguments)
    try:
        found = findings(uses_of_files(built() if chosen.site else sources()))
    except (FileNotFoundError, ValueError) as error:
        return str(error)
    unexpected = sorted({str(finding) for finding in found if not addition(finding)})
    if unexpected:
        print(*unexpected, sep="\n")
        return (
            "Do without these, give an older way beside them, or name them in ADDITIONS of "
            "tools/browser_support.py with the reason why a page is right without."
        )
    print(f"All promised browsers have what is used, but for {len(ADDITIONS)} named additions.")
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
