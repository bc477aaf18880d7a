"""How long each chapter is, measured on the built page, beside what it may be.

`make budgets` builds the site, opens every chapter in Chromium, and prints a line for each. What
stands in a fold, and what only screen readers or scripts read, is not counted; exercises are
counted by themselves.
"""

from __future__ import annotations

import argparse
import csv
import sys
from dataclasses import asdict, fields
from pathlib import Path

import site_browser
from chapters import BOOK, find_chapters, relative
from reading_time import Length, length_of

WIDTH = 1280  # pixels of the window in which the height is measured
# What the road may have. A study may have 4,000 words and as much else as its claim needs.
LIMITS = {"words": 1_700, "lines": 120, "figures": 8, "pixels": 13_000, "minutes": 30}


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
