"""What differs from browser to browser, in each: fonts, colours, widths, folds, storage, search.

The tests of questions, of the site on a disk, and of figures moved by keyboard run in each browser
too: any test does that asks for `browser`.
"""

import re

import pytest
from built_site import KINDS, LIVE, Visit, live_figure, soup
from conftest import missing
from playwright.sync_api import expect

import browser_support

HEIGHTS = """[...document.querySelectorAll("article mjx-container")]
  .filter(node => node.checkVisibility())
  .map(node => node.getBoundingClientRect().height
    / parseFloat(getComputedStyle(node.parentElement).fontSize))"""


@pytest.mark.parametrize("page", KINDS)
def test_a_page_is_quiet_fits_a_phone_and_has_its_fonts(page, site, browser):
    with Visit(browser, site, page, width=390) as visit:
        assert visit.complaints == []
        assert visit.foreign() == []
        assert visit.sideways() == []
        fonts = visit.page.evaluate(
            "[...document.fonts].map(({ family, status }) => [family, status])"
        )
        assert [family for family, status in fonts if status == "error"] == []
        loaded = {family for family, status in fonts if status == "loaded"}
        assert any("Awesome" in family for family in loaded), "its icons"
        formulas = soup(page).select("article .math")
        assert any("MJX" in family for family in loaded) == bool(formulas)
        heights = visit.page.evaluate(HEIGHTS)
        assert len(heights) >= len(formulas)
        assert all(0.4 < height < 20 for height in heights), "in ems of the text around them"


@pytest.mark.parametrize("width", [1280, 390])
def test_a_live_figure_comes_without_a_complaint(width, site, browser):
    page = "gates/gru.html"  # its figure needs no model
    with Visit(browser, site, page, width=width) as visit:
        for name in [name for where, name in LIVE if where == page]:
            expect(live_figure(visit, name).locator("[role=status]").first).not_to_be_empty()
        assert visit.sideways() == []
        assert visit.complaints == []


def test_what_is_asked_for_is_found(site, browser):
    with Visit(browser, site, "index.html") as visit:
        visit.page.keyboard.press("Control+k")
        visit.page.locator("input[type=search]:focus").fill("forget gate bias")
        visit.page.keyboard.press("Enter")
        first = visit.page.locator("main a:visible", has_text=re.compile("gate|LSTM", re.I)).first
        first.click()
        expect(visit.page.locator("article h1")).to_be_visible()
        assert "search.html" not in visit.page.url
        assert visit.complaints == []


COLOURS = """[getComputedStyle(document.body).backgroundColor,
  getComputedStyle(document.querySelector("article p")).color]"""
LATER = re.compile(r"(?<!documentation_options)\.m?js\b")  # every script but those of the head


def test_a_first_visit_in_the_dark_is_dark_before_its_scripts_come(site, dark_browser):
    with dark_browser.new_context(color_scheme="dark", reduced_motion="reduce") as context:
        context.route(LATER, lambda _: None)  # for ever
        tab = context.new_page()
        tab.goto(f"{site}/index.html", wait_until="commit")
        expect(tab.locator("article h1")).to_be_visible()
        ground, text = (
            max(map(int, re.findall(r"\d+", colour)[:3])) for colour in tab.evaluate(COLOURS)
        )
    assert ground < 60
    assert text > 150


def test_what_a_reader_chooses_outlives_the_page(site, browser):
    with Visit(browser, site, "index.html") as visit:
        theme = "document.documentElement.dataset.theme"
        assert visit.page.evaluate(theme) == "light"
        button = visit.page.locator(".theme-switch-button:visible").first
        for _ in range(3):  # light, dark, as the system is, in turn
            if visit.page.evaluate(theme) == "dark":
                break
            button.click()
        visit.page.goto(f"{site}/map.html")
        assert visit.page.evaluate(theme) == "dark"
        assert visit.complaints == []


def test_what_the_site_uses_is_had_by_every_promised_browser():
    try:
        found = browser_support.findings(
            browser_support.uses_of_files([*browser_support.sources(), *browser_support.built()])
        )
    except FileNotFoundError as error:
        missing(str(error))
    named = {browser_support.addition(finding) for finding in found}
    assert [str(finding) for finding in found if not browser_support.addition(finding)] == []
    assert set(browser_support.ADDITIONS) - named == set(), "named, and no longer used"
