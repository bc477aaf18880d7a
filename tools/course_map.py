"""The map of the course: the road, the uses beyond it, and the studies that leave both.

Everything is read from the pages: their order from _toc.yml, what they need from the box that opens
them, their minutes from book/results/lengths.csv. Part of the Sphinx extension `course_sphinx`.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from html import escape
from pathlib import Path

import yaml
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from chapter_rules import outside_fences
from chapters import ROOT, STUDIES, USES, header, read_text

LABEL = re.compile(r"^\(([\w-]+)\)=$", re.MULTILINE)
TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
NEEDS = re.compile(r"\*\*You need:\*\*(.*?)(?:\n\n|\n```|\Z)", re.DOTALL)
REFERENCE = re.compile(r"\{ref\}`(?:[^`<]*<)?([\w-]+)>?`")


@dataclass(frozen=True)
class Station:
    """A page with code: its name as in _toc.yml, its title, the pages it needs, its minutes."""

    name: str
    title: str
    needs: tuple[str, ...]
    minutes: int
    practice: int

    @property
    def study(self) -> bool:
        """Whether the page is a study, or else a chapter."""
        return self.name.startswith(f"{STUDIES}/")

    @property
    def use(self) -> bool:
        """Whether the page is a chapter beyond the road, on another use."""
        return self.name.startswith(f"{USES}/")


def stations(book: Path, names: list[str]) -> list[Station]:
    """Return the pages with code among these, in their order."""
    texts = {name: read_text(book / f"{name}.md") for name in names}
    owner = {label: name for name, text in texts.items() for label in LABEL.findall(text)}
    lengths = table_of_lengths(book)
    found = []
    for name, text in texts.items():
        if "kernelspec" in header(book / f"{name}.md"):
            needs = NEEDS.search(text)
            labels = REFERENCE.findall(needs[1]) if needs else []
            asked = dict.fromkeys(owner[label] for label in labels if label in owner)
            row = lengths.get(name, {"minutes": 0, "practice": 0})
            minutes, practice = int(row["minutes"]), int(row["practice"])
            found.append(
                Station(
                    name, TITLE.search(outside_fences(text))[1], tuple(asked), minutes, practice
                )
            )
    return found


def table_of_lengths(book: Path) -> dict[str, dict[str, str]]:
    """Return what `make budgets` measured, by page; nothing where it never ran."""
    path = book / "results" / "lengths.csv"
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["page"]: row for row in csv.DictReader(file)}


def names_in_order(toc: Path) -> list[str]:
    """Return all pages that a table of contents names."""
    parts = yaml.safe_load(toc.read_text(encoding="utf-8"))["parts"]
    return [chapter["file"] for part in parts for chapter in part["chapters"]]


def branches(pages: list[Station]) -> list[tuple[Station, list[Station]]]:
    """Return each chapter with the studies that leave it: it is the last they need."""
    chapters = [page for page in pages if not page.study]
    place = {page.name: number for number, page in enumerate(chapters)}
    found: list[tuple[Station, list[Station]]] = [(page, []) for page in chapters]
    for page in pages:
        needed = [place[name] for name in page.needs if name in place]
        if page.study and needed:
            found[max(needed)][1].append(page)
    return found


def hours(minutes: int) -> str:
    """Return minutes as people say them: 45 min, 2 h 10 min."""
    whole, rest = divmod(minutes, 60)
    if not whole:
        return f"{rest} min"
    return f"{whole} h {rest} min" if rest else f"{whole} h"


def drawn(pages: list[Station]) -> str:
    """Return the map in HTML, its links relative to the root of the site."""
    number = {page.name: place for place, page in enumerate((p for p in pages if not p.study), 1)}
    lines = ['<ol class="course-map">']
    for page, studies in branches(pages):
        needs = [str(number[name]) for name in page.needs if name in number]
        after = f" · after {' and '.join(needs)}" if needs else ""
        told = f"{page.minutes} min, exercises {page.practice} min{after}"
        lines.append(
            f"<li{' class=map-use' if page.use else ''}>"
            f'<a href="{page.name}.html">{titled(page.title)}</a>'
            f'<span class="map-told">{told}</span>'
        )
        if studies:
            lines.append("<ul>")
            lines += [
                f'<li><a href="{study.name}.html">{titled(study.title)}</a>'
                f' <span class="map-told">{study.minutes} min</span></li>'
                for study in studies
            ]
            lines.append("</ul>")
        lines.append("</li>")
    return "\n".join([*lines, "</ol>", f"<p>{total(pages)}</p>"])


def titled(title: str) -> str:
    """Return a title in HTML, without marks of Markdown."""
    return escape(re.sub(r"[`*$]", "", title), quote=False)


def total(pages: list[Station]) -> str:
    """Return how long the road, the uses and the studies take together."""
    studies = [page for page in pages if page.study]
    uses = [page for page in pages if page.use]
    road = [page for page in pages if not page.study and not page.use]
    told = [f"The road: {len(road)} chapters, {hours_of(road)}."]
    if uses:
        told.append(f"The uses beyond it: {len(uses)}, {hours_of(uses)}; none needs another.")
    told.append(
        f"The studies: {len(studies)}, {hours(sum(page.minutes for page in studies))} to read; "
        "nothing on the road needs one."
    )
    return " ".join(told)


def hours_of(pages: list[Station]) -> str:
    """Return how long pages take to read, and how long their exercises."""
    read, practise = (
        sum(getattr(page, kind) for page in pages) for kind in ("minutes", "practice")
    )
    return f"{hours(read)} to read, {hours(practise)} of exercises"


class CourseMap(SphinxDirective):
    """The map: the road from top to bottom, and beside each chapter the studies that leave it."""

    def run(self):
        """Return it."""
        return [nodes.raw("", drawn(read_pages(self.env)), format="html")]


class Route(SphinxDirective):
    """A way through the course: names of pages, a line each; linked, with its hours."""

    has_content = True

    def run(self):
        """Return it."""
        pages = {page.name: page for page in read_pages(self.env)}
        unknown = [name for name in self.content if name not in pages]
        if unknown:
            raise self.error(f"A route names pages that are not there: {', '.join(unknown)}.")
        way = [pages[name] for name in self.content]
        links = " → ".join(
            f'<a href="{page.name}.html">{titled(page.title.split(":")[0])}</a>' for page in way
        )
        return [nodes.raw("", f'<p class="route">{links}: {hours_of(way)}.</p>', format="html")]


def read_pages(env) -> list[Station]:
    """Return the pages of the book that is built, and let the page that asks depend on them."""
    book = Path(env.srcdir)
    for name in names_in_order(ROOT / "_toc.yml"):
        env.note_dependency(str(book / f"{name}.md"))
    env.note_dependency(str(book / "results" / "lengths.csv"))
    return stations(book, names_in_order(ROOT / "_toc.yml"))
