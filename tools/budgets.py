"""How long each chapter is, measured on the built page, beside what it may be.

`make budgets` builds the site, opens every chapter in Chromium, and prints a line for each. What
stands in a fold, and what only screen readers or scripts read, is not counted; exercises are
counted by themselves.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from bs4 import BeautifulSoup, Tag

import site_browser
from chapters import BOOK, find_chapters, relative

WIDTH = 1280  # pixels of the window in which the height is measured
# What the road may have. A study may have 4,000 words and as much else as its claim needs.
LIMITS = {"words": 1_700, "lines": 120, "figures": 8, "pixels": 13_000, "minutes": 30}
# Seconds of a reader's time, for one of each.
SECONDS = {"words": 60 / 170, "lines": 60 / 12, "equations": 15, "predictions": 60, "figures": 30}
FOLDS = (
    "details, .dropdown, .toggle, .tag_remove-cell, script, style, .headerlink, .live-still-note"
)
EXERCISES = "section[id^=exercises], .exercise, .solution"
WORD = re.compile(r"\w[\w'’-]*")


@dataclass(frozen=True)
class Length:
    """How much of each kind stands open on a page, exercises apart.

    Parameters
    ----------
    words : int
        Of prose: paragraphs, lists, tables, captions. A formula counts as one.
    lines : int
        Of code and of its printed output, empty lines left out.
    equations : int
        Those that stand by themselves.
    predictions : int
        Boxes "Predict, then run".
    figures : int
        Pictures and live figures.
    exercises : int
    """

    words: int
    lines: int
    equations: int
    predictions: int
    figures: int
    exercises: int

    @property
    def minutes(self) -> int:
        """Minutes of reading, exercises apart, from `SECONDS`."""
        return round(sum(getattr(self, kind) * each for kind, each in SECONDS.items()) / 60)


def length_of(html: str) -> Length:
    """Return how much stands open on a built page.

    Raises
    ------
    ValueError
        If the page has no article.
    """
    article = BeautifulSoup(html, "html.parser").select_one("article")
    if article is None:
        raise ValueError("The page has no <article>. Give a chapter of the built site.")
    exercises = len(article.select(".exercise"))
    _drop(article, EXERCISES)
    _drop(article, FOLDS)
    figures = len(article.select("img, .live"))
    equations = len(_drop(article, "div.math"))
    predictions = len(article.select(".predict"))
    lines = sum(_filled_lines(block.get_text()) for block in _drop(article, "pre"))
    for formula in article.select("span.math"):
        formula.replace_with(" formula ")
    words = len(WORD.findall(article.get_text(" ")))
    return Length(words, lines, equations, predictions, figures, exercises)


def _drop(article: Tag, selector: str) -> list[Tag]:
    """Take what a selector finds out of the article, and return it."""
    found = [one for one in article.select(selector) if one.find_parent() is not None]
    for one in found:
        one.extract()
    return found


def _filled_lines(text: str) -> int:
    return sum(bool(line.strip()) for line in text.splitlines())


def measured(html: Path, names: list[str]) -> list[dict]:
    """Return a row a chapter: its name, its `Length`, pixels and minutes."""
    rows = []
    with site_browser.browser() as browser, site_browser.served(html) as address:
        page = browser.new_page(viewport={"width": WIDTH, "height": 900})
        for name in names:
            length = length_of((html / f"{name}.html").read_text(encoding="utf-8"))
            page.goto(f"{address}/{name}.html")
            site_browser.settled(page)
            pixels = page.evaluate(
                "document.querySelector('article').getBoundingClientRect().height"
            )
            rows.append(
                {"chapter": name, **asdict(length), "pixels": round(pixels)}
                | {"minutes": length.minutes}
            )
    return rows


def over(row: dict) -> list[str]:
    """Return what of a row is more than the road may have."""
    return [kind for kind, limit in LIMITS.items() if int(row[kind]) > limit]


def main(arguments: list[str] | None = None) -> int:
    """Print what each chapter has too much of; with --out, write the table; return 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--html", type=Path, default=site_browser.HTML, help="the built site")
    parser.add_argument("--out", type=Path, help="a table to write, as CSV")
    options = parser.parse_args(arguments)
    names = [relative(path, BOOK).removesuffix(".md") for path in find_chapters()]
    rows = measured(options.html, names)
    if options.out:
        columns = ["chapter", *(one.name for one in fields(Length)), "pixels", "minutes"]
        with options.out.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    for row in rows:
        excess = ", ".join(f"{kind} {row[kind]} (at most {LIMITS[kind]})" for kind in over(row))
        print(f"{row['chapter']}: {excess or 'within the budget of the road'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
