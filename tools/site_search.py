"""The search: every section of the site as a document, and the script that finds them.

A section, a word of the glossary, and an object of the package are a document each: title, text,
names in its code. The browser loads one classic script when somebody searches, so it works from a
disk, too: MiniSearch with its licence, our settings, and the documents. The index is made in the
browser, in a moment.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from npm_packages import package_file
from plain_formulas import with_plain_formulas

TOOLS = Path(__file__).parent
PROGRAMS = ("search_engine.js", "search_page.js")
SCRIPT = "_static/search/search.js"
# What Sphinx and the theme bring for a search of their own.
SPHINXS_OWN = ("_static/searchtools.js", "_static/language_data.js", "searchindex.js")
# Pages that are lists of links, or code: no documents.
NO_DOCUMENTS = re.compile(r"(genindex|py-modindex|search)\.html$|^_(static|modules)/")
# What nobody looks for by itself: lists of sources, tasks, and questions whose reasons are answers
# (their chapter is found), and what experiments, checkers and figures are made of (their modules
# are found).
NO_SECTIONS = {"Sources", "Exercises", "Check yourself"}
PARTS = re.compile(
    r"unrolled\.(exercises|plots|experiments\.(?!records|registry|runner|weights))\w*\.\w"
)
# Pages whose tables repeat what other pages decide: there it is found.
REPEATED = ("appendix/claims.html",)
TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
# Where a page stands decides who comes first when scores are near: see `PLACES` of the engine.
PLACES = [("appendix/api", "api"), ("appendix/", "appendix"), ("studies/", "study"), ("", "road")]
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
BLOCKS = {*HEADINGS, "p", "div", "li", "dt", "dd", "td", "th", "tr", "pre", "summary", "figcaption"}
SKIPPED_TAGS = {"script", "style", "nav", "button", "svg", "noscript", "footer"}
SKIPPED = {
    "headerlink",
    "eqno",
    "caption-number",
    "minutes",
    "live-still-note",
    "solution",
    "field-list",
    "attribute",
    "cell_output",
    "output",
    "collapsed",
    "expanded",
    "tag_proof",
    "tag_hide-input",
    "tag_remove-cell",
    "toctree-wrapper",
    "citation-list",  # who is cited is found where that is
    "choice",  # a question with its wrong answers: what is right is told after it
    "api-names",  # each has a document of its own
    "numbers",  # a table that holds nothing else: `:class: numbers`
}
IMPORT = re.compile(r"^\s*(?:from\s.*\simport\s.*|import\s.*|#.*)$", re.MULTILINE)
NAME = re.compile(r"[A-Za-z_][\w.]*\w")
TELLING = re.compile(r"[._]|[a-z][A-Z]|^[A-Z]{2}")


# What every box says, and what therefore tells nothing of a section.
SAID_EVERYWHERE = (
    "<summary>Show the answer</summary>",
    '<p class="admonition-title">What you will be able to do</p>',
    "<strong>Predict, then run.</strong>",
)


SENTENCE_ENDS = re.compile(r"(?<=[.?!:]) (?=[A-Z])")
MARKED_WORDS = 5  # of a term at most


@dataclass
class Document:
    """What can be found: its place on the page, its number and title, its text, its code."""

    anchor: str
    title: str = ""
    number: str = ""
    text: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    marked: list[str] = field(default_factory=list)  # set in bold, or linked to the glossary
    is_object: bool = False  # of the package: as of a module, only its first sentence is text
    paragraphs: int = 0

    def row(self) -> list[str]:
        """Return what the browser gets: anchor, number, title, text, terms, names."""
        text = re.sub(r"\s+([.,;:?!)])", r"\1", " ".join("".join(self.text).split()))
        if self.is_object or self.anchor.startswith("module-"):
            text = SENTENCE_ENDS.split(text, maxsplit=1)[0]
        # A word that is explained is a few words long; a longer piece in bold is a sentence.
        marked = (" ".join(part.strip(" .:").split()) for part in self.marked)
        told = " · ".join(dict.fromkeys(part for part in marked if part.count(" ") < MARKED_WORDS))
        names = " ".join(names_in("".join(self.code)))
        return [self.anchor, self.number, " ".join(self.title.split()), text, told, names]


class Reader(HTMLParser):
    """Reads a page of HTML into its documents, in the order of the page."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.documents: list[Document] = []
        # For each open element: its tag, the document that its text belongs to, what its text is.
        self.open: list[tuple[str, Document | None, str]] = []
        self.module = ""

    def handle_starttag(self, tag, attributes):
        """Open an element, and a document where one begins."""
        known = dict(attributes)
        anchor, classes = known.get("id"), set((known.get("class") or "").split())
        _, document, role = self.open[-1] if self.open else ("", None, "outside")
        if tag in BLOCKS and document:
            document.text.append(" ")
        if tag in VOID:
            return
        if tag == "article":
            role = "text"
        elif role != "outside" and (tag in SKIPPED_TAGS or classes & SKIPPED):
            role = "skip"
        elif role == "skip" and tag == "figcaption":
            role = "text"
        elif role == "title" and "section-number" in classes:
            role = "number"
        elif role == "text" and tag == "section" and anchor:
            self.module = anchor.removeprefix("module-")
            document = self.begin(anchor)
        elif role == "text" and tag == "dt" and anchor:
            document = self.term(anchor, "sig" in classes)
            role = "skip" if document.is_object else "title"
        elif role == "text" and tag in HEADINGS:
            role = "title"
        elif role == "text" and tag == "pre":
            role = "code"
        elif role == "text" and document and (tag == "strong" or "std-term" in classes):
            document.marked.append("")
            role = "marked"
        elif role == "text" and tag == "p" and document and document.is_object:
            document.paragraphs += 1
            role = "text" if document.paragraphs == 1 else "skip"
        self.open.append((tag, document, role))

    def begin(self, anchor: str) -> Document:
        """Begin a document."""
        self.documents.append(Document(anchor))
        return self.documents[-1]

    def term(self, anchor: str, is_object: bool) -> Document:
        """Begin the document of a word or an object; what follows in its list belongs to it."""
        document = self.begin(anchor)
        if is_object:
            document.is_object = True
            document.title = anchor.removeprefix(f"{self.module}.")
        at = max(at for at, (tag, *_) in enumerate(self.open) if tag == "dl")
        self.open[at] = ("dl", document, "text")
        return document

    def handle_endtag(self, tag):
        """Close an element."""
        if tag in VOID or all(opened != tag for opened, *_ in self.open):
            return
        while True:
            closed, document, role = self.open.pop()
            if role == "code" and closed == "pre":
                document.code.append("\n")
            if closed == tag:
                break
        if document and tag in BLOCKS:
            document.text.append(" ")

    def handle_data(self, data):
        """Keep text where it belongs."""
        _, document, role = self.open[-1] if self.open else ("", None, "outside")
        if document is None:
            return
        if role in ("text", "marked"):
            document.text.append(data)
        if role == "marked":
            document.marked[-1] += data
        elif role == "code":
            document.code.append(data)
        elif role == "title":
            document.title += data
        elif role == "number":
            document.number += data.strip().rstrip(".")


def names_in(code: str) -> list[str]:
    """Return the names in a piece of code that somebody might search for, each once."""
    found = NAME.findall(IMPORT.sub("", code))
    return list(dict.fromkeys(name for name in found if TELLING.search(name)))


def documents_of(page: str) -> list[list[str]]:
    """Return the documents of a page of HTML, as rows for the browser; the first is its top."""
    article = re.search(r"<article\b.*</article>", page, flags=re.DOTALL)
    if article is None:
        return []
    text = with_plain_formulas(article[0])
    for said in SAID_EVERYWHERE:
        text = text.replace(said, "")
    reader = Reader()
    reader.feed(text)
    wanted = [one for one in reader.documents if one.title not in NO_SECTIONS]
    rows = [one.row() for one in wanted if not (one.is_object and PARTS.match(one.anchor))]
    return [["", *rows[0][1:]], *rows[1:]] if rows else []


def place_of(path: str) -> str:
    """Return where in the course a page stands: on the road, or in a study, appendix, the API."""
    return next(place for beginning, place in PLACES if path.startswith(beginning))


def anchor_of(title: str) -> str:
    """Return the anchor that Sphinx gives to a section of this title, if its letters are plain."""
    return re.sub(r"^[-0-9]+|-+$", "", re.sub(r"[^a-z0-9]+", "-", title.lower()))


def packed(found: list[list]) -> list[list]:
    """Return pages and their rows as columns, which compress better: `unpacked` is the way back.

    An anchor that follows from the title is null, a title that ends its anchor is its length.
    """
    rows = []
    for *_, documents in found:
        for anchor, number, title, *rest in documents:
            ends = title and anchor.endswith(f".{title}")
            follows = anchor and anchor == anchor_of(title)
            rows.append([None if follows else anchor, number, len(title) if ends else title, *rest])
    pages = [[name, place, len(documents)] for name, place, documents in found]
    return [pages, *map(list, zip(*rows, strict=True))]


def lighter(script: str) -> str:
    """Return a script without indentation and without lines that are comments."""
    return re.sub(r"^[ \t]*(?://.*\n)?", "", script, flags=re.MULTILINE)


def write_search(site: Path, pages: Mapping[Path, str]) -> None:
    """Write the script that searches the pages of a built site; take Sphinx's own out of it."""
    named = {path.relative_to(site).as_posix(): pages[path] for path in sorted(pages)}
    found = [
        [name, place_of(name), documents_of(TABLE.sub("", page) if name in REPEATED else page)]
        for name, page in named.items()
        if not NO_DOCUMENTS.search(name)
    ]
    told = json.dumps(packed(found), ensure_ascii=False, separators=(",", ":"))
    library = package_file("minisearch", "dist/umd/index.js").read_text(encoding="utf-8")
    style = (TOOLS / "search_page.css").read_text(encoding="utf-8")
    licence = package_file("minisearch", "LICENSE.txt").read_text(encoding="utf-8")
    parts = [
        f"/* MiniSearch. {licence.strip()} */",
        re.sub(r"/\*\*.*?\*/\s*", "", library, flags=re.DOTALL),
        *((TOOLS / name).read_text(encoding="utf-8") for name in PROGRAMS),
        f"courseSearch.begin({told}, {json.dumps(style)});\n",
    ]
    script = site / SCRIPT
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(lighter("\n".join(parts)), encoding="utf-8")
    for own in SPHINXS_OWN:
        (site / own).unlink(missing_ok=True)
