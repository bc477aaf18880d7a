"""Every page can be read: in light and dark, on a phone, by keyboard and by screen reader."""

import io
import re

import pytest
from built_site import ALL_HTML, Visit, live_figure, soup
from PIL import Image
from playwright.sync_api import expect

import accessibility
import figures
from site_browser import HTML

LEAST_TEXT = 9  # pixels, of the letters of a figure on a phone
LETTERS = 22  # of prose that a line of a table's cell holds at least, on a phone
COLOURS = ["color-contrast", "link-in-text-block"]  # the rules of axe that ask about colours
# What axe need not read, and takes nine tenths of its time: formulas as they are drawn, which
# screen readers do not hear, and the colours of code, which have a test of their own.
THIN = """() => {
  for (const code of document.querySelectorAll("pre")) code.textContent = code.textContent;
  for (const drawn of document.querySelectorAll("mjx-math")) drawn.replaceChildren(); }"""
# Of hundreds of entries of the reference, the colours of ten of each kind tell those of all.
FEW = """few => {
  const seen = {};
  for (const entry of document.querySelectorAll("dl.py, table.indextable li")) {
    seen[entry.className] = (seen[entry.className] ?? 0) + 1;
    entry.style.display = few && seen[entry.className] > 10 ? "none" : "";
  } }"""


@pytest.fixture(scope="module", params=ALL_HTML)
def visit(request, site, chromium):
    """Return a visit to each page in turn, on a phone, with all its folds open; one load a page."""
    with Visit(chromium, site, request.param, width=390) as visit:
        visit.name = request.param
        yield visit


# The package's reference is one page for each room, all drawn by the same code with the same
# colours. To ask for these takes long, so one page stands for all; the rest is asked of each.
REFERENCE, STANDS_FOR_ALL = "appendix/api/", "appendix/api/nets.html"


def findings(visit, *, only_colours=False):
    """Return what axe finds on a page; ``only_colours=True`` asks what these alone can change."""
    visit.page.evaluate(THIN)
    found = []
    if not only_colours:
        off = {rule: {"enabled": False} for rule in COLOURS}
        found += accessibility.findings(visit.page, rules={**off, "target-size": {"enabled": True}})
    if visit.name.startswith(REFERENCE) and visit.name != STANDS_FOR_ALL:
        return found
    visit.page.evaluate(FEW, True)
    found += accessibility.findings(visit.page, runOnly=COLOURS)
    visit.page.evaluate(FEW, False)
    return found


def test_page_is_quiet_and_stays_at_home(visit):
    assert visit.complaints == []
    assert visit.foreign() == [], "the page asks for something outside itself"
    assert visit.page.evaluate("document.documentElement.dataset.theme") == "light"


def test_page_fits_a_phone_and_its_mathematics_is_set(visit):
    assert visit.sideways() == []
    formulas = len(soup(visit.name).select("article .math"))
    assert visit.page.locator("article mjx-container").count() >= formulas
    assert visit.page.locator("mjx-merror, [data-mjx-error]").count() == 0
    words = visit.page.evaluate(
        """() => { const copy = document.querySelector('article, main').cloneNode(true);
             copy.querySelectorAll('pre, code, script, mjx-container').forEach(e => e.remove());
             return copy.textContent; }"""
    )
    raw = re.findall(r"\$\$|\\\(|\\\[|\\frac|\\mathbf", words)
    assert raw == [], "mathematics that was not set"


def test_a_table_on_a_phone_has_room_for_its_words(visit):
    narrow = visit.page.evaluate(
        f"""() => [...document.querySelectorAll("table[data-kind] td")].flatMap(cell => {{
             const words = cell.innerText.trim();
             const box = document.createRange();
             box.selectNodeContents(cell);
             const lines = box.getBoundingClientRect().height
               / parseFloat(getComputedStyle(cell).lineHeight);
             const room = words.length / Math.max(1, lines - 1);
             return words.length > 60 && room < {LETTERS} ? [words.slice(0, 60)] : [];
           }})"""
    )
    assert narrow == [], "fewer than four or five words a line"
    wide = visit.page.evaluate(
        """() => [...document.querySelectorAll("table:is([data-kind=cards], [data-kind=fits])")]
             .filter(table => table.scrollWidth > table.parentElement.clientWidth + 1)
             .map(table => table.innerText.slice(0, 60))"""
    )
    assert wide == [], "it scrolls, or is clipped"


def test_the_letters_of_a_figure_can_be_read_on_a_phone(visit):
    shown = visit.page.locator(".drawing img:visible").evaluate_all(
        "all => all.map(one => [one.getAttribute('src'), one.getBoundingClientRect().width,"
        " +one.getAttribute('width')])"
    )
    assert bool(shown) == bool(soup(visit.name).select_one(".drawing"))
    for source, width, own in shown:
        svg = ((HTML / visit.name).parent / source).read_text(encoding="utf-8")
        height = figures.smallest_text(svg) * width / own
        assert height >= LEAST_TEXT - 0.05, f"{source}: {height:.1f} px"


def test_page_is_accessible_on_a_phone(visit):
    visit.page.set_viewport_size({"width": 390, "height": 900})
    assert findings(visit) == []


def test_page_is_accessible_in_the_light(visit):
    visit.page.set_viewport_size({"width": 1280, "height": 900})
    assert findings(visit) == []


def test_page_is_accessible_in_the_dark(visit):
    visit.page.set_viewport_size({"width": 1280, "height": 900})
    visit.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert findings(visit, only_colours=True) == []


@pytest.mark.parametrize("how", ["slow", "off"])
def test_a_first_visit_in_the_dark_is_dark_from_the_first_paint(how, site, chromium):
    with chromium.new_context(color_scheme="dark", java_script_enabled=how == "slow") as context:
        context.route(re.compile(r"(?<!documentation_options)\.m?js\b"), lambda _: None)  # for ever
        tab = context.new_page()
        tab.goto(f"{site}/index.html", wait_until="commit")
        expect(tab.locator("article h1")).to_be_visible()
        picture = Image.open(io.BytesIO(tab.screenshot())).convert("L")
        assert picture.getpixel((picture.width - 5, picture.height - 5)) < 60
        shades = picture.histogram()
        assert sum(shades[200:]) < 0.05 * sum(shades), "nothing of it lies on white"
        colour = tab.locator("article p").first.evaluate("node => getComputedStyle(node).color")
        assert min(map(int, re.findall(r"\d+", colour)[:3])) > 150, "its text is light"


CHAPTER = "gates/lstm.html"
MOST_STOPS = 250  # of a chapter as it is found; with a stop for each formula they were 469
STOPS = """() => [...document.querySelectorAll("*")]
  .filter(node => node.tabIndex >= 0 && node.checkVisibility({ visibilityProperty: true }))"""


@pytest.mark.parametrize(("width", "opened"), [(1280, False), (1280, True), (390, True)])
@pytest.mark.parametrize("page", [CHAPTER, "gates/gru.html"])
def test_a_tab_stop_is_a_control_or_really_scrolls(page, width, opened, site, chromium):
    with Visit(chromium, site, page, width=width, opened=opened) as visit:
        visit.page.wait_for_timeout(500)  # the theme waits a little before it looks
        found = visit.page.evaluate(
            f"""() => {{ const stops = ({STOPS})();
              const own = "a[href], button, input, select, textarea, summary";
              const rolls = (node) => /auto|scroll/.test(getComputedStyle(node).overflow)
                && (node.scrollWidth > node.clientWidth || node.scrollHeight > node.clientHeight);
              const boxes = stops.filter(node => !node.matches(own));
              const missed = [...document.querySelectorAll("article *")].filter(node =>
                /auto|scroll/.test(getComputedStyle(node).overflowX)
                && node.checkVisibility({{ visibilityProperty: true }})
                && node.scrollWidth > node.clientWidth + 1
                && !stops.includes(node) && !node.querySelector(own));
              return {{ stops: stops.length, boxes: boxes.length,
                missed: missed.map(node => node.outerHTML.slice(0, 99)),
                still: boxes.filter(node => !rolls(node)).map(node => node.outerHTML.slice(0, 99)),
                formulas: stops.filter(node => node.closest("span.math")).length }}; }}"""
        )
        assert found["still"] == []
        assert found["missed"] == [], "what scrolls can be reached with the keyboard"
        assert found["formulas"] == 0, "a formula in a line of text"
        assert opened or found["stops"] < MOST_STOPS, "as the page is found"


@pytest.mark.parametrize("width", [1280, 390])
def test_every_control_that_has_the_focus_shows_a_ring(width, site, chromium):
    with Visit(chromium, site, "index.html", width=width) as visit:
        live_figure(visit, "front")
        visit.page.evaluate("() => { scrollTo(0, 0); document.activeElement.blur(); }")
        reached = []
        for _ in range(len(visit.page.evaluate(f"({STOPS})().map(() => 1)"))):
            visit.page.keyboard.press("Tab")
            about = visit.page.evaluate(
                """() => { const node = document.activeElement;
                  const ring = ({ outlineStyle, outlineWidth, boxShadow }) => boxShadow !== "none"
                    || (outlineStyle !== "none" && parseFloat(outlineWidth) >= 2);
                  const near = [node, node.parentElement ?? node, ...node.children];
                  return { node: node.outerHTML.slice(0, 120), body: node === document.body,
                    ring: near.some(one => ring(getComputedStyle(one))) }; }"""
            )
            reached.append(about)
        assert [about["node"] for about in reached if not about["ring"] and not about["body"]] == []
        assert any("primary-toggle" in about["node"] for about in reached)
        assert any("fullscreen" in about["node"] for about in reached)


@pytest.mark.parametrize("side", ["primary", "secondary"])
def test_a_menu_on_a_phone_takes_the_focus_keeps_it_and_gives_it_back(side, site, browser):
    with Visit(browser, site, CHAPTER, width=390) as visit:
        page = visit.page
        toggle = page.locator(f".bd-header-article .{side}-toggle")
        within = f"!!document.activeElement.closest('.bd-sidebar-{side}')"
        back = f"document.activeElement.matches('.bd-header-article .{side}-toggle')"
        toggle.focus()
        page.keyboard.press("Enter")
        page.wait_for_function(within)
        expect(toggle).to_have_attribute("aria-expanded", "true")
        links = page.locator(f".bd-sidebar-{side} a:visible").count()
        for key in ["Tab"] * (links + 3) + ["Shift+Tab"] * 5:
            page.keyboard.press(key)
            outside = "document.activeElement === document.body"  # the browser's own controls
            assert page.evaluate(f"{within} || {outside}"), "nothing behind the menu is reached"
        page.keyboard.press("Escape")
        page.wait_for_function(back)
        expect(toggle).to_have_attribute("aria-expanded", "false")
        expect(page.locator(f".bd-sidebar-{side}")).not_to_be_visible()
        assert page.locator("[inert]").count() == 0, "the page can be reached again"
        toggle.click()
        page.wait_for_function(within)
        beside = (370 if side == "primary" else 5, 400)  # what is left of the page
        lies_there = "([x, y]) => document.elementFromPoint(x, y)?.matches('.overlay')"
        page.wait_for_function(lies_there, arg=beside)
        page.mouse.click(*beside)
        page.wait_for_function(back)
        assert page.locator("[inert]").count() == 0
        assert visit.complaints == []


@pytest.mark.parametrize(
    ("page", "width"), [("index.html", 1280), ("index.html", 390), ("search.html", 390)]
)
def test_the_magnifier_of_a_search_field_stands_beside_its_text(page, width, site, chromium):
    with Visit(chromium, site, page, width=width) as visit:
        if page != "search.html":
            visit.page.keyboard.press("Control+k")
        field = visit.page.locator("form.bd-search:visible")
        glass = field.locator(".fa-magnifying-glass").bounding_box()
        assert glass["x"] + glass["width"] <= field.locator("input").bounding_box()["x"]
