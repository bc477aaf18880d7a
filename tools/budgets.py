"""How long each page with code is, measured on the built site, beside what it may be.

`make budgets` builds the site, opens every page in Chromium with the answers to its predictions
shown, writes book/results/lengths.csv, and prints what a page has too much of. What stands in any
other fold is not counted; exercises are counted by themselves.
"""

from __future__ import annotations

import argparse
import csv
import sys
from dataclasses import asdict, fields
from pathlib import Path

import site_browser
from chapters import BOOK, STUDIES, find_chapters, relative
from reading_time import Length, length_of

TABLE = BOOK / "results" / "lengths.csv"
WIDTH = 1280  # pixels of the window in which the height is measured
# What a chapter of the road may have, and what a study may: as much else as its claim needs.
ROAD = {"words": 1_700, "lines": 120, "figures": 8, "pixels": 13_000, "minutes": 43}
STUDY = {"words": 4_000}
PRACTICE = "section[id^=exercises], section[id^=check-yourself]"  # measured apart
COLUMNS = ["page", *(one.name for one in fields(Length)), "pixels", "minutes", "practice"]


def measured(html: Path, names: list[str]) -> list[dict]:
    """Return a row a page: its name, its `Length`, pixels, and minutes to read and to practise."""
    rows = []
    with site_browser.browser() as browser, site_browser.served(html) as address:
        page = browser.new_page(viewport={"width": WIDTH, "height": 900})
        for name in names:
            page.goto(f"{address}/{name}.html")
            site_browser.settled(page)
            pixels = page.evaluate(
                "exercises => {"
                " document.querySelectorAll('details.answer').forEach(one => { one.open = true; });"
                " const tall = node => node.getBoundingClientRect().height;"
                " const apart = [...document.querySelectorAll(exercises)].map(tall);"
                " return apart.reduce((a, b) => a - b, tall(document.querySelector('article'))); }",
                PRACTICE,
            )
            rows.append(row_of(name, (html / f"{name}.html").read_text("utf-8"), round(pixels)))
    return rows


def row_of(name: str, page: str, pixels: int) -> dict:
    """Return the row of one built page."""
    length = length_of(page)
    told = {"pixels": pixels, "minutes": length.minutes, "practice": length.practice}
    return {"page": name} | asdict(length) | told


def limits(name: str) -> dict[str, int]:
    """Return what a page may have."""
    return STUDY if name.startswith(f"{STUDIES}/") else ROAD


def over(row: dict) -> list[str]:
    """Return what of a row is more than its page may have."""
    return [kind for kind, limit in limits(row["page"]).items() if int(row[kind]) > limit]


def write(rows: list[dict], path: Path) -> None:
    """Write the table."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def main(arguments: list[str] | None = None) -> int:
    """Measure every page, write the table, print what is too much, and return 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--html", type=Path, default=site_browser.HTML, help="the built site")
    parser.add_argument("--out", type=Path, default=TABLE, help="the table to write, as CSV")
    options = parser.parse_args(arguments)
    names = [relative(path, BOOK).removesuffix(".md") for path in find_chapters()]
    rows = measured(options.html, names)
    write(rows, options.out)
    for row in rows:
        allowed = limits(row["page"])
        excess = ", ".join(f"{kind} {row[kind]} (at most {allowed[kind]})" for kind in over(row))
        print(f"{row['page']}: {excess or 'within its budget'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
