"""Previews: what a link of an article leads to, shown beside the link.

The build marks each link to a term, an equation, a figure, a reference, an exercise or a symbol of
the package. What stands on the same page, `book/_static/previews.js` copies from there. What stands
on another page comes from a classic script, one for each page that others lead to, which a browser
loads when the first of its previews is asked for; so it works from a disk, too.
"""

from __future__ import annotations

import json
import posixpath
import re
import shutil
from pathlib import Path
from urllib.parse import unquote, urlsplit

FOLDER = Path("_static") / "previews"
# What can be shown, by the tag that opens it.
KINDS = {
    "term": re.compile(r'<dt id="(?P<id>term-[^"]+)">'),
    "symbol": re.compile(r'<dt class="sig [^"]*" id="(?P<id>[^"]+)">'),
    "equation": re.compile(r'<div class="math [^"]*" id="(?P<id>equation-[^"]+)">'),
    "reference": re.compile(r'<div class="citation" id="(?P<id>[^"]+)"[^>]*>'),
    "exercise": re.compile(r'<div class="exercise [^"]*" id="(?P<id>[^"]+)">'),
    "figure": re.compile(r'<figure [^>]*\bid="(?P<id>[^"]+)"[^>]*>'),
}
ARTICLE = re.compile(r"<article\b.*</article>", re.DOTALL)
# A link of the text; or a title, which is passed over whole, with the links that it holds.
LINK = re.compile(
    r'<(?P<title>h[1-6]|summary)\b.*?</(?P=title)>|<p class="admonition-title">.*?</p>'
    r'|<a class="reference internal"(?P<mark> data-preview="\w+")? href="(?P<href>[^"#]*#[^"]+)"',
    re.DOTALL,
)
ADDRESS = re.compile(r'(<[^>]*?\s(?:href|src)=")([^"]*)"')
PERMALINK = re.compile(r'<a class="headerlink".*?</a>', re.DOTALL)
ID = re.compile(r'(<[^>]*?)\s(?:id|for)="[^"]*"')

Targets = dict[str, tuple[str, int]]


def targets_of(page: str) -> Targets:
    """Return what a page of HTML has to show: of each id, its kind and where its tag opens."""
    return {
        match["id"]: (kind, match.start())
        for kind, opening in KINDS.items()
        for match in opening.finditer(page)
    }


def element_at(page: str, start: int) -> str:
    """Return the element whose tag opens at a place of a page of HTML, whole.

    Raises
    ------
    ValueError
        If no tag opens there, or the element is never closed.
    """
    opening = re.compile(r"<(\w+)\b").match(page, start)
    if opening is None:
        raise ValueError(f"No element begins with {page[start : start + 40]!r}.")
    depth = 0
    for tag in re.compile(rf"<(/?){opening[1]}\b[^>]*>").finditer(page, start):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return page[start : tag.end()]
    raise ValueError(f"The element that begins with {page[start : start + 40]!r} is not closed.")


def preview_of(page: str, kind: str, start: int) -> str:
    """Return what is shown of the target that opens at a place of a page of HTML.

    A term comes with its definition, a symbol of the package with the first paragraph of its own.
    """
    shown = element_at(page, start)
    if kind in ("term", "symbol"):
        about = page.find("<dd", start)
        meaning = element_at(page, about)
        if kind == "symbol":
            first = meaning.find("<p>")
            meaning = f"<dd>{element_at(meaning, first)}</dd>" if first >= 0 else ""
        shown = f'<dl class="{"glossary" if kind == "term" else "py"}">{shown}{meaning}</dl>'
    return without_ids(PERMALINK.sub("", shown)).replace(' role="listitem"', "")  # without its list


def without_ids(shown: str) -> str:
    """Return a piece of HTML none of whose elements has an id: it stands on the page as well."""
    while (bare := ID.sub(r"\1", shown)) != shown:
        shown = bare
    return shown


def from_the_root(shown: str, name: str) -> str:
    """Return a piece of a page of HTML with its addresses as seen from the root of the site."""

    def seen(match: re.Match[str]) -> str:
        parts = urlsplit(match[2])
        if parts.scheme or parts.netloc:
            return match[0]
        path = posixpath.join(posixpath.dirname(name), parts.path) if parts.path else name
        address = parts._replace(path=posixpath.normpath(path)).geturl()
        return f'{match[1]}{address}"'

    return ADDRESS.sub(seen, shown)


def with_marks(page: str, name: str, known: dict[str, Targets]) -> tuple[str, dict[str, set[str]]]:
    """Return a page whose links to what can be shown are marked, and what it needs of others.

    ``known`` holds the targets of each page, by its name; what is needed comes by page, as ids.
    """
    needed: dict[str, set[str]] = {}

    def mark(match: re.Match[str]) -> str:
        if match["href"] is None:
            return match[0]
        path, _, target = match["href"].partition("#")
        where = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
        kind, _ = known.get(where, {}).get(unquote(target), (None, 0))
        if kind is not None and where != name:
            needed.setdefault(where, set()).add(unquote(target))
        told = f' data-preview="{kind}"' if kind else ""
        return f'<a class="reference internal"{told} href="{match["href"]}"'

    return ARTICLE.sub(lambda article: LINK.sub(mark, article[0]), page), needed


def script(name: str, previews: dict[str, str]) -> str:
    """Return the classic script that holds the previews of a page, by their ids."""
    held = json.dumps(previews, ensure_ascii=False, sort_keys=True)
    return f"(globalThis.coursePreviews ??= {{}})[{json.dumps(name)}] = {held};\n"


def with_previews(pages: dict[Path, str], site: Path) -> dict[Path, str]:
    """Return the pages of a site with their links marked; write what these lead to.

    The scripts are written before a page gets its style: it keeps the rules that they need.
    """
    named = {path.relative_to(site).as_posix(): page for path, page in pages.items()}
    known = {name: targets_of(page) for name, page in named.items()}
    needed: dict[str, set[str]] = {}
    marked: dict[Path, str] = {}
    for name, page in named.items():
        marked[site / name], of_others = with_marks(page, name, known)
        for where, ids in of_others.items():
            needed.setdefault(where, set()).update(ids)
    shutil.rmtree(site / FOLDER, ignore_errors=True)
    (site / FOLDER).mkdir(parents=True)
    for name, ids in needed.items():
        page = named[name]
        found = {one: from_the_root(preview_of(page, *known[name][one]), name) for one in ids}
        stem = name.removesuffix(".html")
        kept = site / FOLDER / f"{stem.replace('/', '-')}.js"
        kept.write_text(script(stem, found), encoding="utf-8")
    return marked
