"""How long each page is to read: the stored table is true, and no page is over its budget."""

import csv

import pytest
from built_site import CHAPTERS, soup

import budgets
from site_browser import HTML


def rows_of_lengths():
    """Return what `make budgets` wrote, by page."""
    with budgets.TABLE.open(encoding="utf-8", newline="") as file:
        return {row["page"]: row for row in csv.DictReader(file)}


@pytest.mark.parametrize("page", CHAPTERS)
def test_the_table_of_lengths_is_true_and_each_page_keeps_within_its_budget(page):
    row = rows_of_lengths()[page.removesuffix(".html")]
    html = (HTML / page).read_text(encoding="utf-8")
    now = budgets.row_of(row["page"], html, int(row["pixels"]))
    assert row == {key: str(value) for key, value in now.items()}, "run `make budgets`"
    assert budgets.over(row) == []


@pytest.mark.parametrize("page", CHAPTERS)
def test_the_opening_box_tells_how_long_the_page_takes(page):
    told = soup(page).select_one("div.goal.admonition, div.verdict.admonition").get_text(" ")
    row = rows_of_lengths()[page.removesuffix(".html")]
    assert f"{row['minutes']} min" in told
    assert "CPU cores" in told
