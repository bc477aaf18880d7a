"""Figures in a page: one of two lights, larger on a tap or Enter."""

import re

import pytest
from built_site import CHAPTERS, Visit, soup
from playwright.sync_api import expect

PAGE = "gates/lstm.html"
SHOWN = ".drawing img:visible"


def lights(visit):
    """Return the kinds of figures that show in a page."""
    names = visit.page.locator(SHOWN).evaluate_all("all => all.map(one => one.className)")
    return set(names)


def test_every_figure_of_a_chapter_is_a_drawing_in_two_lights():
    assert any(soup(page).select_one(".drawing") for page in CHAPTERS)
    for page in CHAPTERS:
        for picture in soup(page).select("div.cell_output img"):
            assert picture["src"].endswith((".svg", "data:")), f"{page}: {picture['src']}"
        for drawing in soup(page).select(".drawing"):
            light, dark = drawing.select("img")
            assert light["class"] == ["only-light"]
            assert dark["class"] == ["only-dark"]
            assert light["alt"] == dark["alt"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("scripts", [True, False])
def test_just_one_light_shows_as_the_reader_prefers(scheme, scripts, site, chromium):
    context = chromium.new_context(color_scheme=scheme, java_script_enabled=scripts)
    tab = context.new_page()
    tab.goto(f"{site}/{PAGE}")
    shown = tab.locator(".drawing").evaluate_all(
        "all => all.map(one => [...one.querySelectorAll('img')]"
        ".filter(img => getComputedStyle(img).display !== 'none').map(img => img.className))"
    )
    assert len(shown) > 3
    assert shown == [[f"only-{scheme}"]] * len(shown)
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper_gets_the_light_figures(scheme, site, chromium):
    with Visit(chromium, site, PAGE, scheme=scheme) as visit:
        visit.page.emulate_media(media="print")
        assert lights(visit) == {"only-light"}
        expect(visit.page.locator(".enlarge:visible")).to_have_count(0)


def test_a_figure_far_below_is_not_loaded_and_its_other_light_never(site, chromium):
    with Visit(chromium, site, PAGE, opened=False) as visit:
        assert len([url for url in visit.requests if "-light.svg" in url]) < len(
            soup(PAGE).select("img.only-light")
        )
        for drawing in visit.page.locator(".drawing:visible").all():
            drawing.scroll_into_view_if_needed()
        visit.page.wait_for_load_state("networkidle")
        assert not [url for url in visit.requests if re.search("_images/.*-dark.svg", url)]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("way", ["Enter", "tap"])
def test_a_figure_is_enlarged_and_the_focus_comes_back(way, width, disk, chromium):
    with Visit(chromium, disk, PAGE, width=width, scheme="dark") as visit:
        drawing = visit.page.locator("figure > .drawing").nth(2)
        drawing.scroll_into_view_if_needed()
        before = drawing.locator("img:visible").bounding_box()["width"]
        button = drawing.get_by_role("button")
        if way == "Enter":
            button.focus()
            visit.page.keyboard.press("Enter")
        else:
            drawing.locator("img:visible").click()
        number = drawing.locator("xpath=..").locator(".caption-number").inner_text().strip()
        sheet = visit.page.get_by_role("dialog", name=number)
        picture = sheet.locator("img:visible")
        expect(picture).to_have_class("only-dark")
        visit.page.wait_for_function("document.querySelector('dialog img.only-dark').naturalWidth")
        assert picture.bounding_box()["width"] > 1.5 * before or width == 1280
        assert picture.bounding_box()["width"] > 1.2 * before
        if way == "Enter":
            visit.page.keyboard.press("Escape")
        else:
            picture.click()
        expect(sheet).to_have_count(0)
        expect(button).to_be_focused()
        assert visit.complaints == []
