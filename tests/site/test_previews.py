"""Links to terms, equations, figures, references and exercises show what they lead to."""

import json
import posixpath
import re
from functools import cache

import pytest
from bs4 import BeautifulSoup
from built_site import PAGES, Visit, soup
from playwright.sync_api import expect

import accessibility
from site_browser import HTML

TARGETS = {
    "term": "dl.glossary dt[id]",
    "equation": "div.math[id]",
    "figure": "figure[id]:not(.live)",
    "reference": "div.citation[id]",
    "exercise": "div.exercise[id]",
    "symbol": "dt.sig[id]",
}
OPEN = ".preview:popover-open"
SOON = 20_000  # ms: a busy machine, too


@cache
def targets(page):
    """Return what a page has to show: the kind of each id."""
    return {
        found["id"]: kind
        for kind, selector in TARGETS.items()
        for found in soup(page).select(f"article {selector}")
    }


def leads_to(page, link):
    """Return the page and the id that a link of the text leads to."""
    path, _, target = link["href"].partition("#")
    where = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page
    return where, target


def links_to(page, *, kind=None, afar=None):
    """Return the marked links of a page: of one kind, or that lead to other pages."""
    found = soup(page).select(f'a[data-preview="{kind}"]' if kind else "a[data-preview]")
    return [one for one in found if afar is None or (leads_to(page, one)[0] != page) == afar]


@cache
def held(page):
    """Return the previews that a script holds for a page, parsed, by their ids."""
    name = page.removesuffix(".html")
    script = HTML / "_static" / "previews" / f"{name.replace('/', '-')}.js"
    _, _, table = script.read_text(encoding="utf-8").partition(f"[{json.dumps(name)}] = ")
    found = json.loads(table.rstrip().removesuffix(";"))
    return {target: BeautifulSoup(shown, "html.parser") for target, shown in found.items()}


def a_link(kind, afar=True):
    """Return a page with a link of a kind, in plain sight, and that link's address."""
    for page in PAGES:
        for link in links_to(page, kind=kind, afar=afar):
            if not link.find_parent(["details", "figcaption"]) and not link.find_parent(
                class_="dropdown"
            ):
                return page, link["href"]
    raise AssertionError(f"no page links to a {kind}")


def link_on(visit, href):
    """Return the first marked link to an address, scrolled into the middle of the window."""
    link = visit.page.locator(f'a[data-preview][href="{href}"]').first
    link.evaluate("link => link.scrollIntoView({ block: 'center', behavior: 'instant' })")
    visit.page.wait_for_timeout(400)  # what scrolls under a resting mouse is not pointed at
    return link


def ids_twice(visit):
    """Return the ids that stand twice on a page."""
    return visit.page.evaluate(
        """() => { const ids = [...document.querySelectorAll("[id]")].map(node => node.id);
             return ids.filter((id, at) => ids.indexOf(id) !== at); }"""
    )


@pytest.mark.parametrize("page", PAGES)
def test_every_link_to_something_that_can_be_shown_has_it(page):
    for link in soup(page).select("article a.reference.internal[href*='#']"):
        where, target = leads_to(page, link)
        kind = targets(where).get(target)
        in_title = link.find_parent(["h1", "h2", "h3", "h4", "summary"]) or link.find_parent(
            "p", class_="admonition-title"
        )
        assert link.get("data-preview") == (None if in_title else kind), link
        if "data-preview" in link.attrs and where != page:
            shown = held(where)[target]
            assert shown.get_text().strip() or shown.find("img")
            assert not shown.select("[id], .headerlink"), "it stands on its own page as well"


def test_what_previews_link_to_and_show_is_there():
    scripts = sorted((HTML / "_static" / "previews").glob("*.js"))
    named = {script.stem for script in scripts}
    pages = [page for page in PAGES if page.removesuffix(".html").replace("/", "-") in named]
    assert len(pages) == len(scripts) > 0
    for shown in (shown for page in pages for shown in held(page).values()):
        for node, attribute in [(node, "href") for node in shown.select("a[href]")] + [
            (node, "src") for node in shown.select("[src]")
        ]:
            path, _, target = node[attribute].partition("#")
            if not path.startswith("http"):
                assert (HTML / path).is_file(), node
                assert not target or soup(path).find(id=target), node


@pytest.mark.parametrize("kind", TARGETS)
def test_under_a_mouse_it_shows_stays_while_pointed_at_and_goes(kind, disk, chromium):
    page, href = a_link(kind)
    with Visit(chromium, disk, page, opened=False) as visit:
        box, link = visit.page.locator(OPEN), link_on(visit, href)
        tall = visit.page.evaluate("document.documentElement.scrollHeight")
        link.hover()
        expect(box).to_be_visible()
        where, target = leads_to(page, {"href": href})
        words = held(where)[target].find(string=re.compile(r"\w"))
        expect(box).to_contain_text(re.sub(r"\s+", " ", words.strip()))
        assert box.locator("a").filter(has_text=re.compile("^Go to")).is_hidden(), "a click goes"
        assert visit.page.evaluate("document.documentElement.scrollHeight") == tall
        assert ids_twice(visit) == []
        for image in box.locator("img:visible").all():
            expect(image).to_have_js_property("complete", True)
            assert image.evaluate("image => image.naturalWidth") > 0
        box.hover(position={"x": 5, "y": 5})
        visit.page.wait_for_timeout(800)
        expect(box).to_be_visible()
        visit.page.keyboard.press("Escape")
        expect(box).to_be_hidden()
        link.hover()
        expect(box).to_be_visible()
        visit.page.mouse.move(2, 2)
        expect(box).to_be_hidden()
        assert visit.complaints == []
        assert visit.foreign() == []


@pytest.mark.parametrize("kind", TARGETS)
def test_with_the_focus_it_shows_and_describes_the_link(kind, disk, chromium):
    page, href = a_link(kind)
    with Visit(chromium, disk, page, opened=False, width=390) as visit:
        box, link = visit.page.locator(OPEN), link_on(visit, href)
        visit.page.keyboard.press("Shift")
        link.focus()
        expect(box).to_be_visible()
        (told,) = [
            name for name in ("aria-describedby", "aria-details") if link.get_attribute(name)
        ]
        expect(visit.page.locator(f"#{link.get_attribute(told)}")).to_be_visible()
        assert told == "aria-details" or not box.locator("img, pre, mjx-container").count()
        visit.page.keyboard.press("Escape")
        expect(box).to_be_hidden()
        expect(link).to_be_focused()
        assert not link.get_attribute(told)
        visit.page.keyboard.press("Shift+Tab")
        visit.page.keyboard.press("Tab")
        expect(link).to_be_focused()
        expect(box).to_be_visible()
        here = "link => !!document.activeElement.closest('.preview') || link.matches(':focus')"
        for _ in range(9):  # through what the box holds, a link or a box that scrolls, and out
            visit.page.keyboard.press("Tab")
            if not link.evaluate(here):
                break
        expect(link).not_to_have_attribute(told, re.compile("."))  # the next link may show its own
        assert visit.complaints == []


@pytest.mark.parametrize("kind", TARGETS)
def test_the_first_tap_shows_it_within_the_window_and_the_second_goes_there(kind, disk, chromium):
    page, href = a_link(kind)
    with Visit(chromium, disk, page, opened=False, width=390, touch=True) as visit:
        box, link = visit.page.locator(OPEN), link_on(visit, href)
        there = link.evaluate("link => link.href")
        link.tap()
        expect(box).to_be_visible()
        assert visit.page.url == f"{disk}/{page}", "it does not leave the page"
        frame = box.bounding_box()
        assert frame["x"] >= 0
        assert frame["x"] + frame["width"] <= 390
        assert frame["y"] >= 0
        assert frame["y"] + frame["height"] <= 900
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390
        go = box.get_by_role("link", name=re.compile("^Go to"))
        assert go.evaluate("link => link.href") == there
        visit.page.touchscreen.tap(380, 890 if frame["y"] < 450 else 70)
        expect(box).to_be_hidden()
        link.tap()
        expect(box).to_be_visible()
        link.tap()
        visit.page.wait_for_url(there, timeout=SOON)
        assert visit.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_open_preview_is_accessible(scheme, site, chromium):
    kinds = ["term", "equation", "figure", "reference"]
    page, found = next(
        (page, found)
        for page in PAGES
        if all(found := [links_to(page, kind=kind, afar=True)[:1] for kind in kinds])
    )
    with Visit(chromium, site, page, scheme=scheme) as visit:
        for (link,) in found:
            link_on(visit, link["href"]).hover()
            expect(visit.page.locator(OPEN)).to_be_visible()
            assert accessibility.findings(visit.page, OPEN) == []
            visit.page.keyboard.press("Escape")


@pytest.mark.parametrize("kind", ["equation", "figure", "symbol"])
def test_what_stands_on_the_same_page_is_copied_unless_it_is_in_view(kind, disk, chromium):
    page, href = a_link(kind, afar=False)
    with Visit(chromium, disk, page, opened=False) as visit:
        box, link = visit.page.locator(OPEN), link_on(visit, href)
        target = visit.page.locator(f'[id="{href.removeprefix("#")}"]')
        for hidden in (False, True):
            target.evaluate(
                "(node, far) => { node.style.position = 'fixed'; node.style.background = 'white';"
                " node.style.top = far ? '-9999px' : '60px'; node.style.maxHeight = '100px'; }",
                hidden,
            )
            visit.page.mouse.move(2, 2)
            link.hover(force=True)
            if hidden:
                expect(box).to_be_visible()
            else:
                visit.page.wait_for_timeout(800)
                expect(box).to_be_hidden()
        assert ids_twice(visit) == []
        assert not [url for url in visit.requests if "_static/previews/" in url], (
            "nothing is loaded"
        )
        assert visit.complaints == []


def test_a_page_without_formulas_loads_their_style_sheet_with_the_first_that_it_shows(
    disk, chromium
):
    page, href = next(
        (page, link["href"])
        for page in PAGES
        if not soup(page).select(".math")
        for link in links_to(page, afar=True)
        if held(leads_to(page, link)[0])[leads_to(page, link)[1]].find("mjx-container")
    )
    with Visit(chromium, disk, page, opened=False) as visit:
        assert not [url for url in visit.requests if "mathematics.css" in url]
        link_on(visit, href).hover()
        formula = visit.page.locator(f"{OPEN} mjx-container").first
        expect(formula).to_be_visible()
        font = "node => getComputedStyle(node.querySelector('mjx-c'), '::before').content"
        assert formula.evaluate(font) not in ("none", "normal"), "its characters are drawn"
        assert visit.complaints == []


def test_on_paper_no_preview_is_shown(disk, chromium):
    page, href = a_link("term")
    with Visit(chromium, disk, page, opened=False) as visit:
        link_on(visit, href).hover()
        expect(visit.page.locator(OPEN)).to_be_visible()
        visit.page.emulate_media(media="print")
        expect(visit.page.locator(OPEN)).to_be_hidden()


def test_without_scripts_a_link_to_a_term_is_a_link(disk, chromium):
    page, href = a_link("term")
    with chromium.new_context(java_script_enabled=False) as context:
        tab = context.new_page()
        tab.goto(f"{disk}/{page}")
        tab.locator(f'a[href="{href}"]').first.click()
        tab.wait_for_url(re.compile(r"glossary\.html#term-"), timeout=SOON)


def test_a_term_is_linked_once_a_page_and_only_in_running_prose():
    for page in PAGES:
        if not page.startswith(("recurrence/", "gates/", "sentiment/", "beyond/", "studies/")):
            continue
        terms = links_to(page, kind="term")
        assert terms, f"{page} links to no term"
        quiet = [link for link in terms if not link.find_parent("table")]
        for link in quiet:
            assert not link.find_parent(["h1", "h2", "h3", "pre", "code", "summary"])
