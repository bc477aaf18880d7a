"""Tables that can be read on a phone: each is told, when the site is built, how it gets narrow.

A table of prose becomes a list of cards there, one a row, in which each cell stands under the name
of its column; a table of short cells scrolls in its own box, or fits. `book/_static/tables.css`
does it. Roles keep it a table for screen readers, whatever a style sheet makes of it.
"""

from __future__ import annotations

import html
import re

from bs4 import BeautifulSoup

# A table of text; the index of the package is one of another class.
TABLE = re.compile(
    r'<table class="(?:[^"]* )?table(?: [^"]*)?"(?! data-kind).*?</table>', re.DOTALL
)
TAG = re.compile(r"<(table|thead|tbody|tr|th|td)(?=[\s>])")
ROLES = {"table": "table", "thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "td": "cell"}

# Measured on a phone of 390 px in the table's type: what a line holds, and what a column's padding
# takes of it, in characters.
LINE = 60
PADDING = 2
SHORT = 24  # characters of a cell that need not be broken
PROSE = 30  # characters that a line of prose has at least


def kind_of(rows: list[list[str]]) -> str:
    """Return how a table gets narrow: it ``fits`` as it is, ``scrolls``, or becomes ``cards``.

    ``rows`` are the texts of its cells, its head among them. Where cells are joined, no column can
    be told, and the table scrolls.
    """
    if len({len(row) for row in rows}) > 1:
        return "scrolls"
    longest = widths(rows)
    room = LINE - PADDING * len(longest)
    prose = [length for length in longest if length > SHORT]
    left = room - sum(length for length in longest if length <= SHORT)
    if left >= PROSE * len(prose):
        return "fits"
    # The first column names the rows: it may be broken, and stays in sight while the others scroll.
    return "cards" if any(length > SHORT for length in longest[1:]) else "scrolls"


def widths(rows: list[list[str]]) -> list[int]:
    """Return how many characters the longest cell of each column has."""
    return [max((len(cell) for cell in column), default=0) for column in zip(*rows, strict=True)]


def names_of(rows: list[list[str]]) -> list[str]:
    """Return what stands before the cells of each column on a card, for each column.

    The first cell is the card's title, and needs a name only where it is a number; in a table of
    two columns the second says what the first is.
    """
    head, *body = rows
    if len(head) == 2:
        return ["", ""]
    return [head[0] if all(row[0].isdigit() for row in body) else "", *head[1:]]


def described(rows: list[list[str]]) -> list[list[str]]:
    """Return the attributes of each cell of a table of cards: its name, and whether it is short."""
    names, short = names_of(rows), [length <= SHORT for length in widths(rows[1:])]

    def attributes(column: int, text: str) -> str:
        name = f' data-label="{html.escape(names[column])}"' if names[column] and text else ""
        return name + " data-short" * short[column]

    head, *body = rows
    return [[""] * len(head), *([attributes(*cell) for cell in enumerate(row)] for row in body)]


def told(table: str) -> str:
    """Return a table of HTML that tells its kind, its parts' roles, and its columns' names."""
    rows = [
        [" ".join(cell.get_text(" ", strip=True).split()) for cell in row.find_all(["th", "td"])]
        for row in BeautifulSoup(table, "html.parser").find_all("tr")
    ]
    kind = kind_of(rows)
    cells = iter([cell for row in described(rows) for cell in row] if kind == "cards" else [])

    def tell(match: re.Match[str]) -> str:
        tag = match[1]
        role = ROLES.get(tag, "columnheader")
        if tag == "table":
            return f'<table role="{role}" data-kind="{kind}"'
        return f'{match[0]} role="{role}"{next(cells, "") if tag in ("th", "td") else ""}'

    return TAG.sub(tell, table)


def with_tables(page: str) -> str:
    """Return a page of HTML whose tables are told how they get narrow."""
    return TABLE.sub(lambda match: told(match[0]), page)
