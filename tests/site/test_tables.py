"""Tables read well on a phone, and stay tables for screen readers."""

from collections import Counter

import pytest
from built_site import PAGES, Visit, soup

TABLES = [page for page in PAGES if soup(page).select("table[data-kind]")]


def roles(visit):
    """Return how often each role stands in the accessibility tree of a page."""
    tree = visit.page.context.new_cdp_session(visit.page).send("Accessibility.getFullAXTree")
    return Counter(node["role"]["value"] for node in tree["nodes"] if not node["ignored"])


def test_every_kind_of_table_stands_on_a_page():
    kinds = {table["data-kind"] for page in TABLES for table in soup(page).select("table.table")}
    assert not TABLES or kinds == {"cards", "fits", "scrolls"}


@pytest.mark.parametrize("page", ["appendix/claims.html", "appendix/lengths.html"])
def test_a_table_on_a_phone_is_a_table_for_screen_readers(page, site, chromium):
    with Visit(chromium, site, page, width=390) as visit:
        found, tables = roles(visit), soup(page).select("table[data-kind]")
        assert found["table"] == len(tables)
        assert found["row"] == sum(len(table.find_all("tr")) for table in tables)
        assert found["columnheader"] == sum(len(table.find_all("th")) for table in tables)
        assert found["cell"] == sum(len(table.find_all("td")) for table in tables)


@pytest.mark.parametrize("page", ["appendix/lengths.html", "gates/lstm.html"])
def test_the_first_column_of_a_table_that_scrolls_stays(page, site, chromium):
    with Visit(chromium, site, page, width=390) as visit:
        table = visit.page.locator("table[data-kind=scrolls]").first
        first, second = table.locator("tbody tr").nth(1).locator("td").all()[:2]
        left, other = first.bounding_box()["x"], second.bounding_box()["x"]
        moved = table.evaluate("table => (table.parentElement.scrollLeft = 60)")
        assert moved == 60
        assert table.evaluate("table => table.parentElement.scrollLeft") > 0
        assert first.bounding_box()["x"] == pytest.approx(left, abs=1)
        assert second.bounding_box()["x"] < other - 5
        ground = first.evaluate("cell => getComputedStyle(cell).backgroundColor")
        assert ground not in ("transparent", "rgba(0, 0, 0, 0)"), "what passes under it is hidden"


def test_a_card_of_the_ledger_shows_the_names_of_its_columns(site, chromium):
    with Visit(chromium, site, "appendix/claims.html", width=390) as visit:
        row = visit.page.locator("table[data-kind=cards] tbody tr").first
        shown = row.evaluate(
            """row => [...row.cells].map(cell => getComputedStyle(cell, "::before").content)"""
        )
        assert [content.split('"')[1] if '"' in content else "" for content in shown] == [
            "",
            "The claim",
            "Verdict",
            "Where",
        ]
        visit.page.set_viewport_size({"width": 1280, "height": 900})
        assert row.evaluate("row => getComputedStyle(row.cells[1], '::before').content") == "none"
        assert row.evaluate("row => getComputedStyle(row).display") == "table-row"
