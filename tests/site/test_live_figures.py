"""Live figures in their pages: moved by keyboard, read on a phone, still without scripts."""

import re

import pytest
from built_site import LIVE, LIVE_PAGES, PAGES, Visit, live_figure
from conftest import missing
from playwright.sync_api import expect

import accessibility
from site_browser import HTML
from unrolled import live

OWN_BYTES = 200_000  # of the live figures of one page, before a model is asked for


def test_each_live_figure_stands_in_a_page():
    if not PAGES:
        missing("There is no built site: run `make book`.")
    assert sorted({name for _, name in LIVE}) == live.names()


@pytest.mark.parametrize(("page", "name"), LIVE)
def test_a_live_figure_is_moved_by_keyboard_and_says_so(page, name, site, browser):
    with Visit(browser, site, page) as visit:
        figure = live_figure(visit, name)
        status = figure.locator("[role=status]").first
        load = figure.get_by_role("button", name=re.compile("^Load"))
        if load.count():
            load.press("Enter")
            expect(figure.get_by_role("textbox")).to_be_visible()
        expect(status).not_to_be_empty()
        for control in figure.locator("input:visible, button:visible:enabled").all():
            control.focus()
            assert control.evaluate("node => node === document.activeElement")
            assert control.evaluate("node => node.matches(':focus-visible')")
            if control.get_attribute("type") == "range":
                found = {control.input_value()}
                for key in ("Home", "End", "ArrowLeft"):
                    control.press(key)
                    found.add(control.input_value())
                assert len(found) >= 3, "arrows, Home and End move a slider"
                assert control.get_attribute("aria-valuetext")
            elif control.get_attribute("type") == "radio":
                control.press("Space")
                assert control.is_checked()
            expect(status).not_to_be_empty()  # it says in words what it shows
        assert visit.complaints == []
        assert visit.foreign() == []


def test_what_writes_is_begun_and_stopped_by_keyboard(site, browser):
    with Visit(browser, site, "beyond/character-language-model.html") as visit:
        figure = live_figure(visit, "writer")
        figure.get_by_role("button", name=re.compile("^Load")).press("Enter")
        status = figure.locator(".live-writer-status")
        figure.get_by_role("button", name="Write").press("Enter")
        expect(status).to_contain_text("It writes.")
        expect(figure.locator(".live-writer-page")).to_contain_text(re.compile(r"[\s\S]{40}"))
        visit.page.keyboard.press("Escape")
        expect(status).to_contain_text("Seed 1 and these settings write the same again.")
        expect(figure.get_by_role("button", name="Write")).to_be_focused()
        assert visit.complaints == []
        assert visit.foreign() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("page", "name"), LIVE)
def test_a_live_figure_is_accessible(page, name, scheme, site, chromium):
    with Visit(chromium, site, page, scheme=scheme) as visit:
        live_figure(visit, name)
        assert accessibility.findings(visit.page, f'figure[data-live="{name}"]') == []


@pytest.mark.parametrize(("page", "name"), LIVE)
def test_a_live_figure_can_be_read_on_a_phone(page, name, site, chromium):
    with Visit(chromium, site, page, width=390) as visit:
        figure = live_figure(visit, name)
        assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        small = figure.evaluate(
            """figure => [...figure.querySelectorAll("svg text")].filter(text => {
                 const box = text.closest("svg");
                 const scale = box.getBoundingClientRect().width / box.viewBox.baseVal.width;
                 return parseFloat(getComputedStyle(text).fontSize) * scale < 10;
               }).map(text => text.textContent)"""
        )
        assert small == [], "words smaller than 10 px"
        assert visit.complaints == []


NO_MORE_THAN = 8  # pixels that a figure may differ from the place that was kept for it


def still_picture(figure):
    """Return how high a figure's place is, and how much of it is empty, once the picture stands."""
    figure.scroll_into_view_if_needed()
    picture, sentence = figure.locator("img:visible"), figure.locator(".live-still-note")
    expect(sentence).to_be_visible()
    expect(sentence).to_contain_text("JavaScript")
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") > 0, "the picture is there"
    assert picture.get_attribute("alt").strip()
    place = figure.locator(".live-stage").bounding_box()["height"]
    return place, place - picture.bounding_box()["height"] - sentence.bounding_box()["height"]


@pytest.mark.parametrize("how", ["blocked", "off"])
@pytest.mark.parametrize("page", LIVE_PAGES)
def test_without_scripts_a_live_figure_is_a_picture_and_a_sentence(page, how, site, chromium):
    context = chromium.new_context(java_script_enabled=how == "blocked", reduced_motion="reduce")
    with context:
        context.route(re.compile(r"\.m?js\b"), lambda route: route.abort())
        tab = context.new_page()
        tab.goto(f"{site}/{page}")
        for name in [name for where, name in LIVE if where == page]:
            _, empty = still_picture(tab.locator(f'figure[data-live="{name}"]'))
            assert empty < 20, "no gap under the picture"


def test_a_live_figure_that_fails_leaves_its_picture_and_says_so(site, chromium):
    with chromium.new_context(reduced_motion="reduce") as context:
        context.route("**/front.js", lambda route: route.fulfill(body="a mistake("))
        tab = context.new_page()
        tab.goto(f"{site}/index.html")
        figure = tab.locator('figure[data-live="front"]')
        expect(figure).to_contain_text("did not load")
        still_picture(figure)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(("page", "name"), LIVE)
def test_a_live_figure_comes_where_its_still_picture_stood(page, name, width, site, chromium):
    """Its height is that of the `{live}` block: `:height: 674 816`, wide and on a phone."""
    with chromium.new_context(
        viewport={"width": width, "height": 900}, reduced_motion="reduce"
    ) as context:
        held = []
        context.route(f"**/live/{name}.js", lambda route: held.append(route))
        tab = context.new_page()
        tab.goto(f"{site}/{page}", wait_until="domcontentloaded")
        figure = tab.locator(f'figure[data-live="{name}"]')
        before, _ = still_picture(figure)
        held.pop().continue_()
        tab.wait_for_selector(f'figure[data-live="{name}"][data-state="ready"]')
        after = figure.locator(".live-stage").bounding_box()["height"]
        assert after == pytest.approx(before, abs=NO_MORE_THAN)


@pytest.mark.parametrize("page", LIVE_PAGES)
def test_the_live_figures_of_a_page_are_small(page):
    names = [name for where, name in LIVE if where == page]
    files = [
        "mount.js",
        "live.css",
        *(f"{name}.{kind}" for name in names for kind in ("js", "svg")),
    ]
    total = sum((HTML / "_static" / "live" / file).stat().st_size for file in files)
    assert total <= OWN_BYTES
