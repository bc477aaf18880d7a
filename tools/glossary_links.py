"""The first use of a glossary's term on a page becomes a link to what it means.

The chapters' Markdown stays as it is, so that notebooks stay plain: the links are set when the site
is built, in running prose only, one a term and page, and none where the author has set one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx

from chapters import CHAPTERS, STUDIES

GLOSSARY = "appendix/glossary"
PAGES = tuple(f"{folder}/" for folder in (*CHAPTERS, STUDIES))  # those of pages with code
# Words that the chapters use in another meaning, too (the cell of a notebook, by chance, a layer's
# bias): the author links them where the meaning is the glossary's.
AMBIGUOUS = {"bias (of an estimate)", "cell", "chance", "distractor", "fold (of data)"}
# Running prose: what stands in anything else (a title, a link, code, a table, a box) is left alone.
PROSE = (
    nodes.document,
    nodes.section,
    nodes.paragraph,
    nodes.bullet_list,
    nodes.enumerated_list,
    nodes.list_item,
    nodes.emphasis,
    nodes.strong,
)
BOX = re.compile(r"<(/?)(?:details|div)\b")  # choices and folds are plain HTML in the Markdown


def terms_of(markdown: str) -> list[str]:
    """Return the terms that a page's glossary defines, in their order."""
    block = re.search(r"^```\{glossary\}\n(.*?)^```", markdown, re.DOTALL | re.MULTILINE)
    return re.findall(r"^\S.*", block[1], re.MULTILINE) if block else []


def pattern_of(terms: list[str]) -> re.Pattern[str]:
    """Return what finds any of the terms in a text, the longest first; plurals count."""
    shapes = []
    for term in sorted(terms, key=len, reverse=True):
        stem, end = (term[:-1], "(?:y|ies)") if term.endswith("y") else (term, "(?:e?s)?")
        first = f"[{stem[0]}{stem[0].swapcase()}]"  # as at the start of a sentence
        rest = r"\s+".join(map(re.escape, stem[1:].split(" ")))
        shapes.append(f"({first}{rest}{end})")
    return re.compile(rf"(?<![\w-])(?:{'|'.join(shapes)})(?![\w-])")


def prose_of(doctree: nodes.document) -> Iterator[nodes.Text]:
    """Yield the texts of a document that are running prose, in their order."""
    depth = 0
    for node in doctree.findall(lambda node: isinstance(node, nodes.Text | nodes.raw)):
        if isinstance(node, nodes.raw):
            depth += sum(-1 if end else 1 for end in BOX.findall(node.astext()))
        elif depth == 0 and not isinstance(node.parent, nodes.raw) and is_prose(node):
            yield node


def is_prose(text: nodes.Text) -> bool:
    """Say whether a text stands in running prose, whatever stands around it."""
    above = text.parent
    while above is not None:
        if not isinstance(above, PROSE):
            return False
        above = above.parent
    return True


def linked(text: str, terms: list[str], pattern: re.Pattern[str], seen: set[str]) -> list:
    """Return a text as nodes: each term that was not `seen` a link, which notes it as seen."""
    ordered = sorted(terms, key=len, reverse=True)
    found: list[nodes.Node] = []
    end = 0
    for match in pattern.finditer(text):
        term = ordered[match.lastindex - 1]
        if term in seen:
            continue
        seen.add(term)
        word = nodes.inline(match[0], match[0], classes=["xref", "std", "std-term"])
        link = pending_xref(
            match[0],
            word,
            refdomain="std",
            reftype="term",
            reftarget=term,
            refexplicit=True,
            refwarn=True,
        )
        found += [nodes.Text(text[end : match.start()]), link]
        end = match.end()
    return [*found, nodes.Text(text[end:])] if found else []


def link_terms(app: Sphinx, doctree: nodes.document) -> None:
    """Make the first use of each term in the prose of a page with code a link."""
    page = app.env.docname
    if not page.startswith(PAGES):
        return
    source = Path(app.env.doc2path(GLOSSARY))
    app.env.note_dependency(str(source))
    terms = [t for t in terms_of(source.read_text(encoding="utf-8")) if t not in AMBIGUOUS]
    seen = {
        link["reftarget"] for link in doctree.findall(pending_xref) if link["reftype"] == "term"
    }
    pattern = pattern_of(terms)
    for text in list(prose_of(doctree)):
        found = linked(text, terms, pattern, seen)
        for node in found:
            if isinstance(node, pending_xref):
                node["refdoc"] = page
        if found:
            text.parent.replace(text, found)
