"""A table is told how it gets narrow, and stays a table for screen readers."""

import pytest
from bs4 import BeautifulSoup

from tables import PROSE, SHORT, kind_of, with_tables

LONG = "A sentence that fills a line of a narrow column, and another one after it."


def table(*rows):
    """Return a page with a table as Sphinx writes it; the first row is its head."""
    head, *body = ["".join(f"<td><p>{cell}</p></td>\n" for cell in row) for row in rows]
    head = head.replace("<td>", '<th class="head">').replace("</td>", "</th>")
    lines = "".join(f'<tr class="row-even">{row}</tr>\n' for row in body)
    return (
        f'<p>before</p><table class="table">\n<thead>\n<tr class="row-odd">{head}</tr>\n</thead>\n'
        f"<tbody>\n{lines}</tbody>\n</table><p>after</p>"
    )


def found(page):
    """Return the table of a page, parsed."""
    return BeautifulSoup(page, "html.parser").table


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        ([["Symbol", "In code"], ["x", "inputs"]], "fits"),
        ([["Symbol", "Meaning"], ["x", LONG]], "fits"),
        ([["The claim", "Verdict"], [LONG, LONG]], "cards"),
        ([["", "Claim", "Verdict"], ["C1", LONG, LONG]], "cards"),
        ([["page", *(["predictions"] * 8)], ["gates/lstm", *(["1700"] * 8)]], "scrolls"),
        ([["who", *(["predictions"] * 8)], [LONG, *(["keeps"] * 8)]], "scrolls"),
        ([["Symbol", "Meaning"], ["x", "a" * (SHORT + 1)]], "fits"),
        ([["Symbol", "M", "N"], ["x", "a" * PROSE, "b" * PROSE]], "cards"),
    ],
)
def test_a_tables_kind_follows_from_how_long_its_cells_are(rows, kind):
    assert kind_of(rows) == kind
    assert found(with_tables(table(*rows)))["data-kind"] == kind


def test_each_part_of_a_table_has_its_role():
    told = found(with_tables(table(["a", "b"], [LONG, LONG])))
    assert told["role"] == "table"
    assert {part["role"] for part in told.find_all(["thead", "tbody"])} == {"rowgroup"}
    assert {part["role"] for part in told.find_all("tr")} == {"row"}
    assert {part["role"] for part in told.find_all("th")} == {"columnheader"}
    assert {part["role"] for part in told.find_all("td")} == {"cell"}


def test_a_card_names_its_cells_but_for_its_title_and_what_is_empty():
    page = with_tables(table(["a", 'b "c"', "d"], [LONG, LONG, "1"], [LONG, LONG, ""]))
    first, second = found(page).tbody.find_all("tr")
    assert [cell.get("data-label") for cell in first.find_all("td")] == [None, 'b "c"', "d"]
    assert [cell.get("data-label") for cell in second.find_all("td")] == [None, 'b "c"', None]
    assert [cell.has_attr("data-short") for cell in first.find_all("td")] == [False, False, True]
    assert not found(page).thead.find_all(attrs={"data-label": True})


def test_a_card_whose_title_is_a_number_says_of_what():
    page = with_tables(table(["lecture", "a", "b"], ["1", LONG, LONG], ["2", LONG, LONG]))
    assert [cell["data-label"] for cell in found(page).tbody.tr.find_all("td")] == [
        "lecture",
        "a",
        "b",
    ]


def test_of_two_columns_the_second_needs_no_name():
    page = with_tables(table(["question", "answer"], [LONG, LONG]))
    assert not found(page).find_all(attrs={"data-label": True})


def test_what_is_no_table_of_text_stays_as_it_is_and_twice_is_once():
    index = (
        '<table style="width: 100%" class="indextable genindextable"><tr><td>a</td></tr></table>'
    )
    assert with_tables(index) == index
    page = with_tables(table(["a", "b"], [LONG, LONG]) + index + table(["a", "b"], ["1", "2"]))
    assert with_tables(page) == page
    assert page.count("data-kind") == 2
    assert page.startswith("<p>before</p>")
    assert page.endswith("<p>after</p>")
    assert index in page


def test_the_mathematics_of_a_cell_is_kept_and_named_in_words():
    drawn = '<mjx-math aria-hidden="true"><mjx-mtd>x</mjx-mtd></mjx-math><math><mi>x</mi></math>'
    page = with_tables(table(["a", f"weight of {drawn}", "c"], [LONG, LONG, drawn]))
    assert page.count(drawn) == 2


def test_a_table_of_joined_cells_scrolls():
    told = found(with_tables(table(["a", "b"], [LONG, LONG], [LONG])))
    assert told["data-kind"] == "scrolls"
    assert not told.find_all(attrs={"data-label": True})
