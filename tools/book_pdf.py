"""The whole book as one PDF, made of the built site by Chromium: `make pdf`.

The pages stand in the order of `_toc.yml`, after a title page and a table of contents. They become
one page of HTML: each id gets its page's name in front, and links between pages lead from place to
place in the book. Chromium prints it once to learn on which page each chapter begins, and again
with these numbers in the contents. Answers and solutions stand at the end of each chapter, as when
a page is printed (book/_static/print.js).

Left out are the reference and the source of the package, which change faster than paper, and whose
links go to the site where it has an address.
"""

from __future__ import annotations

import argparse
import io
import re
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import yaml
from bs4 import BeautifulSoup, Tag
from playwright.sync_api import Browser
from pypdf import PdfReader
from tqdm import tqdm

import site_browser
from chapters import ROOT

PDF = ROOT / "_build" / "learning-to-remember.pdf"
LEFT_OUT = ("appendix/api", "_modules")
STYLE = Path(__file__).with_suffix(".css")
MISSING = (
    "make pdf needs Chromium (or Chrome), and found none: it looked for "
    f"{', '.join(site_browser.BROWSERS['chromium'].names)}. Install one and run it again. "
    "On Debian: apt install chromium"
)
ARTICLE = re.compile(r'<article class="bd-article".*?</article>', re.DOTALL)
SHEET = re.compile(r'<link\b[^>]*rel="stylesheet"[^>]*>|<style\b[^>]*>.*?</style>', re.DOTALL)
JOINED = re.compile(r'<style data-sheets="([^"]*)"')
URL = re.compile(r"""url\((["']?)(?!data:|#)(.*?)\1\)""")
SMALL = "color: #555; font: 8pt sans-serif;"  # as print.css has it
REFERS = ("for", "headers", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns")


@dataclass
class Part:
    """A part of the book: its name, or none, and the names of its pages."""

    caption: str
    names: list[str] = field(default_factory=list)


def parts_of(toc: dict) -> list[Part]:
    """Return the parts of a table of contents, without the pages that the book leaves out."""
    parts = [Part("", [toc["root"]])]
    for part in toc["parts"]:
        names = [page["file"] for page in part["chapters"]]
        kept = [name for name in names if not name.startswith(LEFT_OUT)]
        parts.append(Part(part["caption"], kept))
    return parts


def label(name: str) -> str:
    """Return what stands before the ids of a page, for example `gates-lstm` of `gates/lstm`."""
    return re.sub(r"[^\w-]", "-", name)


class Site:
    """A built site, of whose pages some stand in the book."""

    def __init__(self, folder: Path, names: Iterable[str]):
        self.folder = folder.resolve()
        self.names = set(names)

    def read(self, name: str) -> str:
        """Return a page of HTML; raise FileNotFoundError where it was not built."""
        path = self.folder / f"{name}.html"
        if not path.exists():
            raise FileNotFoundError(f"The site has no page {name}.html. Build it: `make book`.")
        return path.read_text(encoding="utf-8")

    def uri(self, name: str) -> str:
        """Return the address of a page on the disk."""
        return (self.folder / f"{name}.html").as_uri()

    def place(self, name: str, address: str) -> str | None:
        """Return the way within the book to what a page links to; None where that is not in it."""
        whole = urlsplit(urljoin(self.uri(name), address))
        if whole.scheme != "file":
            return None
        path = Path(unquote(whole.path))
        if not path.is_relative_to(self.folder):
            return None
        other = path.relative_to(self.folder).with_suffix("").as_posix()
        if other not in self.names:
            return None
        if not whole.fragment:
            return f"#{label(other)}"  # where its article begins
        return f"#{label(other)}--{unquote(whole.fragment)}"

    def sheets(self, name: str) -> list[str]:
        """Return the style sheets of a page, as HTML whose addresses hold wherever it lies.

        A page that holds what it needs of them (tools/style_sheets.py) names them, and the book
        takes them whole.
        """
        found, static = [], (self.folder / "_static").as_uri()
        for sheet in SHEET.findall(self.read(name).partition("</head>")[0]):
            joined = JOINED.match(sheet)
            names = joined[1].split() if joined else []
            found += [f'<link rel="stylesheet" href="{static}/{one}">' for one in names]
            if not joined:
                found.append(self.anywhere(name, sheet))
        return found

    def anywhere(self, name: str, text: str) -> str:
        """Return HTML or CSS of a page with whole addresses of the files it loads."""
        base = self.uri(name)
        text = URL.sub(lambda match: f'url("{urljoin(base, match[2])}")', text)
        return re.sub(
            r'(<link\b[^>]*href=")([^"]*)', lambda match: match[1] + urljoin(base, match[2]), text
        )


def chapter(site: Site, name: str, part: str = "") -> tuple[Tag, str]:
    """Return a page's article as it stands in the book, and its title.

    ``part`` is the name of the part that begins with it.

    Raises
    ------
    ValueError
        If the page has no article or no title.
    """
    page = site.read(name)
    found = ARTICLE.search(page)
    article = BeautifulSoup(found[0], "html.parser").article if found else None
    if article is None or article.h1 is None:
        raise ValueError(f"The page {name}.html has no article with a title (h1).")
    for node in article.select("a.headerlink, script, .d-print-none"):
        node.decompose()
    title = " ".join(article.h1.get_text().split())
    canonical = re.search(r'<link rel="canonical" href="(http[^"]*)"', page)
    for node in article.find_all(True):
        rename(node, label(name))
        relink(node, site, name, canonical[1] if canonical else "")
        if re.fullmatch("h[1-5]", node.name):
            node.name = f"h{int(node.name[1]) + 1}"
    article["id"] = label(name)
    article["style"] = f"page: {label(name)}"
    if part:
        heading = BeautifulSoup(f'<h1 class="book-part">{escape(part)}</h1>', "html.parser").h1
        article.insert(0, heading)
    return article, title


def rename(node: Tag, prefix: str) -> None:
    """Put a prefix before a node's id, and before the ids that it names."""
    for key in ("id", "name"):
        if node.get(key) and (key == "id" or node.name == "a"):
            node[key] = f"{prefix}--{node[key]}"
    for key in REFERS:
        if node.get(key):
            value = node[key] if isinstance(node[key], list) else node[key].split()
            node[key] = " ".join(f"{prefix}--{one}" for one in value)
    for key, value in node.attrs.items():
        if isinstance(value, str) and "url(#" in value:
            node[key] = value.replace("url(#", f"url(#{prefix}--")


def relink(node: Tag, site: Site, name: str, canonical: str) -> None:
    """Let a node's addresses lead to the same place from within the book.

    A link to a page that is not in it becomes one to the site, if that has an address
    (``canonical`` is the page's own), or else text.
    """
    base = site.uri(name)
    for key in ("src", "data", "poster"):
        if node.get(key):
            node[key] = urljoin(base, node[key])
    if node.get("srcset"):
        node["srcset"] = ", ".join(
            " ".join([urljoin(base, one.split()[0]), *one.split()[1:]])
            for one in node["srcset"].split(",")
        )
    if node.get("loading"):
        del node["loading"]
    for key in ("href", "xlink:href"):
        address = node.get(key)
        if not address or urlsplit(address).scheme:
            continue
        place = site.place(name, address)
        if place:
            node[key] = place
        elif node.name != "a":
            node[key] = urljoin(base, address)
        elif canonical:
            node[key] = urljoin(canonical, address)
        else:
            del node[key]


def book(site: Site, parts: list[Part], title: str, about: list[str]) -> str:
    """Return the book as one page of HTML; ``about`` are the lines of the title page.

    The links of its contents have the class `book-entry`, and wait for `data-page`.
    """
    articles, entries, running, sheets = [], [], [], {}
    progress = tqdm([(part, name) for part in parts for name in part.names], desc="Pages", unit="")
    for part, name in progress:
        first = name == part.names[0]
        article, heading = chapter(site, name, part.caption if first else "")
        articles.append(str(article))
        if first:
            entries.append(f"{'</ol>' if entries else ''}<p>{escape(part.caption)}</p><ol>")
        entry = f'<a class="book-entry" href="#{label(name)}" data-page="000">{escape(heading)}</a>'
        entries.append(f"<li>{entry}</li>")
        corner = f"@top-right {{ content: {quoted(heading)}; {SMALL} }}"
        running.append(f"@page {label(name)} {{ {corner} }}")
        sheets |= dict.fromkeys(site.sheets(name))
    logo = site.folder / "_static" / "logo-light.svg"
    picture = f'<img src="{logo.as_uri()}" alt="">' if logo.exists() else ""
    lines = "".join(f"<p{' class=small' * (line == about[-1])}>{line}</p>" for line in about)
    script = (site.folder / "_static" / "print.js").as_uri()
    return f"""<!DOCTYPE html>
<html lang="en-GB" data-theme="light" data-mode="light"><head><meta charset="utf-8">
<title>{escape(title)}</title>
{"".join(sheets)}
<style>@media print {{ {STYLE.read_text(encoding="utf-8")} {" ".join(running)} }}</style>
</head><body>
<section class="book-title">{picture}<h1>{escape(title)}</h1>{lines}</section>
<nav class="book-contents" aria-label="Contents"><h1>Contents</h1>{"".join(entries)}</ol></nav>
<div class="bd-container"><main class="bd-main"><div class="bd-content">
<div class="bd-article-container">{"".join(articles)}</div></div></main></div>
<script src="{script}"></script>
</body></html>
"""


def quoted(text: str) -> str:
    """Return a string of CSS."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def pages_of(pdf: bytes) -> dict[str, int]:
    """Return the number of the page on which each place that is linked to stands."""
    reader = PdfReader(io.BytesIO(pdf))
    return {
        unquote(name).removeprefix("/"): reader.get_destination_page_number(place) + 1
        for name, place in reader.named_destinations.items()
    }


FILL = """pages => document.querySelectorAll("a.book-entry").forEach(entry => {
  entry.dataset.page = pages[entry.hash.slice(1)] ?? ""; })"""
# As on paper, where folds are open: their fonts and pictures are wanted then only.
READY = """async () => {
  dispatchEvent(new Event("beforeprint"));
  document.body.getBoundingClientRect();
  await document.fonts.ready;
  await Promise.all([...document.images].map(image => image.decode().catch(() => {})));
  return [...document.images].filter(image => !image.naturalWidth).map(image => image.src); }"""


def print_book(page: Path, chromium: Browser) -> bytes:
    """Return the PDF of the book's page of HTML, with the numbers of pages in its contents.

    Raises
    ------
    ValueError
        If a picture is not there, or the contents do not settle.
    """
    told: dict[str, int] = {}
    with chromium.new_context() as context, tqdm(total=3, desc="Chromium", unit="") as steps:
        tab = context.new_page()
        tab.set_default_timeout(0)
        tab.goto(page.as_uri())
        tab.emulate_media(media="print")
        lost = tab.evaluate(READY)
        if lost:
            raise ValueError(f"Pictures of the book are not there: {', '.join(lost)}")
        steps.update()
        for _ in range(3):
            pdf = tab.pdf(prefer_css_page_size=True, outline=True, tagged=True)
            steps.update()
            found = pages_of(pdf)
            if told and all(found.get(name) == told[name] for name in told):
                return pdf
            told = found
            tab.evaluate(FILL, told)
    raise ValueError("The contents of the book do not settle: their numbers move its pages.")


def offer(site: Path, pdf: Path) -> None:
    """Put the PDF into the built site, and tell of it at the end of the front page."""
    shutil.copy(pdf, site / pdf.name)
    index = site / "index.html"
    length, megabytes = len(PdfReader(pdf).pages), pdf.stat().st_size / 1e6
    told = (
        f'<p id="book-pdf">The whole course is <a href="{pdf.name}">one PDF</a> as well '
        f"({length} pages, {megabytes:.0f} MB).</p>"
    )
    page = re.sub(r'<p id="book-pdf">.*?</p>', "", index.read_text(encoding="utf-8"))
    end = page.index("</article>")
    index.write_text(page[:end] + told + page[end:], encoding="utf-8")


def about() -> list[str]:
    """Return the lines of the title page, in HTML."""
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    authors = ", ".join(author["name"] for author in cited["authors"])
    subtitle = cited["title"].partition(": ")[2]
    return [
        escape(subtitle[:1].upper() + subtitle[1:]),
        escape(authors),
        f"Version {escape(str(cited['version']))}. Text and figures: CC BY 4.0. Code: MIT. "
        "The reference of the package stands on the site only.",
    ]


def make(
    site: Path, toc: dict, title: str, about: list[str], target: Path, chromium: Browser
) -> None:
    """Write the book of a built site; ``about`` are the lines of its title page, in HTML."""
    parts = parts_of(toc)
    whole = Site(site, [name for part in parts for name in part.names])
    page = target.with_suffix(".html")
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(book(whole, parts, title, about), encoding="utf-8")
    target.write_bytes(print_book(page, chromium))


def main(arguments: list[str] | None = None) -> int:
    """Make the book, and say where it is."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--can", action="store_true", help="only say whether there is a Chromium")
    parser.add_argument("--offer", action="store_true", help="link it from the site's front page")
    given = parser.parse_args(arguments)
    if site_browser.find_chromium() is None:
        print(MISSING, file=sys.stderr)
        return 1
    if given.can:
        return 0
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    with site_browser.browser() as chromium:
        make(site_browser.HTML, toc, "Learning to Remember", about(), PDF, chromium)
    if given.offer:
        offer(site_browser.HTML, PDF)
    length, megabytes = len(PdfReader(PDF).pages), PDF.stat().st_size / 1e6
    print(f"The book: {PDF.as_uri()} ({length} pages, {megabytes:.0f} MB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
