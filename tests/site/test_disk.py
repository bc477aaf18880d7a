"""The site opened from a disk, as `make book` hands it over: no server, so no modules, no fetch."""

import re

import pytest
from built_site import LIVE, LIVE_PAGES, PAGES, Visit, live_figure, soup
from playwright.sync_api import expect


@pytest.mark.parametrize("page", LIVE_PAGES)
def test_from_a_disk_figures_move_and_mathematics_is_set(page, disk, browser):
    with Visit(browser, disk, page) as visit:
        for name in [name for where, name in LIVE if where == page]:
            expect(live_figure(visit, name).locator("[role=status]").first).to_be_attached()
        formulas = len(soup(page).select("article .math"))
        assert visit.page.locator("article mjx-container").count() >= formulas
        fonts = visit.page.evaluate(
            "[...document.fonts].map(font => font.status).filter(status => status !== 'unloaded')"
        )
        assert set(fonts) == {"loaded"}, "icons and mathematics have their fonts"
        assert visit.complaints == []
        assert visit.foreign() == []


def test_from_a_disk_the_model_answers_a_typed_review(disk, browser):
    with Visit(browser, disk, "sentiment/type-a-review.html") as visit:
        figure = live_figure(visit, "reader")
        assert not [url for url in visit.requests if "reader.bin" in url], (
            "not before it is asked for"
        )
        figure.get_by_role("button", name=re.compile("^Load")).click()
        figure.get_by_label("Your review").fill("A wonderful film, and the best of the year.")
        expect(figure.locator(".live-reader-status")).to_contain_text("Positive")
        expect(figure.locator(".live-reader-bag")).to_contain_text("A bag of the same words says")
        assert visit.complaints == []


def test_from_a_disk_the_model_goes_on_with_a_typed_text(disk, browser):
    with Visit(browser, disk, "beyond/character-language-model.html") as visit:
        figure = live_figure(visit, "writer")
        assert not [url for url in visit.requests if "writer.bin" in url], (
            "not before it is asked for"
        )
        figure.get_by_role("button", name=re.compile("^Load")).click()
        figure.get_by_label("Your beginning").fill("Enter a king, and ")
        for _ in range(20):
            figure.get_by_role("button", name="One character").click()
        expect(figure.locator(".live-writer-status")).to_contain_text("20 characters written.")
        assert visit.complaints == []


def test_a_page_without_a_figure_loads_nothing_of_what_figures_and_the_search_need(disk, browser):
    page = next(page for page in PAGES if page not in LIVE_PAGES)
    with Visit(browser, disk, page) as visit:
        heavy = [url for url in visit.requests if re.search(r"/live/.*js|\.bin|search/search", url)]
    assert heavy == []
