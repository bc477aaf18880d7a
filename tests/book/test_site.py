"""The built site: no link is dead, no page asks for anything outside, every page can be read.

`make book` builds it; the browser is the system's Chromium.
"""

import csv
import io
import posixpath
import re
from collections import Counter
from functools import cache
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from conftest import missing
from PIL import Image
from playwright.sync_api import expect

import budgets
import chapters
import site_browser
from site_browser import HTML
from unrolled import live

# What the theme itself causes (sphinx-book-theme 1.1.4), on at most two elements a page.
THEMES_OWN = {"label-content-name-mismatch", "region"}
THEMES_OWN_NODES = 2
PAGES = site_browser.pages() if HTML.exists() else []
CHAPTERS = [
    f"{chapters.relative(path, chapters.BOOK)[:-3]}.html" for path in chapters.find_chapters()
]
ALL_HTML = (
    sorted(
        path.relative_to(HTML).as_posix()
        for path in HTML.rglob("*.html")
        if "_static" not in path.relative_to(HTML).parts
    )
    if HTML.exists()
    else []
)
LINKS = [("a", "href"), ("img", "src"), ("source", "src"), ("script", "src"), ("link", "href")]


@pytest.fixture(scope="session")
def site():
    """Return the address of the built site, served on localhost."""
    if not (HTML / "index.html").exists():
        missing("There is no built site: run `make book`.")
    with site_browser.served() as address:
        yield address


@cache
def soup(page):
    """Return a page, parsed."""
    return BeautifulSoup((HTML / page).read_text(encoding="utf-8"), "html.parser")


@cache
def anchors(page):
    """Return everything on a page that a link can point to."""
    tags = soup(page).find_all(lambda tag: tag.has_attr("id") or tag.has_attr("name"))
    return {tag.get("id") for tag in tags} | {tag.get("name") for tag in tags}


def dead_links(page):
    """Return what a page points to inside the site that is not there."""
    dead = []
    for tag, attribute in LINKS:
        for element in soup(page).find_all(tag, **{attribute: True}):
            address = element[attribute]
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            path = unquote(parts.path)
            folder = posixpath.dirname(page)
            target = posixpath.normpath(posixpath.join(folder, path)) if path else page
            if not (HTML / target).is_file():
                dead.append(f"{address}: no such file")
            elif parts.fragment and target.endswith(".html"):
                fragment = unquote(parts.fragment)
                if fragment not in anchors(target):
                    dead.append(f"{address}: no such place on that page")
    return dead


def test_the_site_is_built():
    if not PAGES:
        missing("There is no built site: run `make book`.")
    toc = yaml.safe_load((chapters.ROOT / "_toc.yml").read_text(encoding="utf-8"))
    named = [page for part in toc["parts"] for page in part["chapters"]]
    named += [page for above in named for page in above.get("sections", [])]
    listed = [toc["root"], *(page["file"] for page in named)]
    assert sorted(f"{name}.html" for name in listed) == sorted(PAGES), "the site is out of date"


@pytest.mark.parametrize("page", ALL_HTML)
def test_every_internal_link_and_image_resolves(page):
    assert dead_links(page) == []


@pytest.mark.parametrize("page", ALL_HTML)
def test_no_link_is_empty_and_no_resource_is_foreign(page):
    for link in soup(page).find_all("a", href=True):
        assert urlsplit(link["href"]).scheme in ("", "https", "http", "mailto"), link
        assert link["href"] not in ("", "None", "https://", "http://"), link
    for tag, attribute in LINKS[1:]:
        for element in soup(page).find_all(tag, **{attribute: True}):
            if element.get("rel") == ["canonical"]:
                continue  # names the page's own address, where it is published
            assert not urlsplit(element[attribute]).netloc, f"{element} comes from elsewhere"


@pytest.mark.parametrize("page", PAGES)
def test_every_image_has_alt_text_and_no_placeholder_is_left(page):
    article = soup(page).find("article") or soup(page)
    for image in article.find_all("img"):
        assert (image.get("alt") or "").strip(), f"{image.get('src')} has no alt text"
        assert not re.search(r"\.(png|svg|jpe?g)$", image["alt"]), "its alt text is a file name"
    for leftover in ("{numref}", "{ref}", "{eq}", "{cite}", "{term}", "```{", "TODO"):
        assert leftover not in article.get_text(), f"{leftover} was not rendered"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_loads_what_it_shows_and_its_scripts_after_its_text(page):
    scripts = soup(page).head.find_all("script", src=True)
    loaded_first = [s for s in scripts if not s.has_attr("defer") and s.get("type") != "module"]
    (options,) = loaded_first
    assert "documentation_options.js" in options["src"]
    assert not any("fontawesome" in script["src"] for script in scripts), "icons come from a font"
    assert not any("mathjax" in script["src"] for script in scripts), "set when the site is built"
    sheets = [link["href"] for link in soup(page).head.find_all("link", rel="stylesheet")]
    assert any(href.endswith("mathematics.css") for href in sheets) == bool(
        soup(page).select(".math")
    )


@pytest.mark.parametrize("page", PAGES)
def test_the_style_sheet_holds_every_character_of_a_pages_formulas(page):
    shown = {
        name
        for drawn in soup(page).select("mjx-c")
        for name in drawn.get("class", [])
        if name.startswith("mjx-c")
    }
    sheet = (HTML / "_static" / "mathematics.css").read_text(encoding="utf-8")
    held = set(re.findall(r"\.(mjx-c[0-9A-F]+)", sheet))
    assert shown - held == set()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_offers_its_executed_notebook(page):
    stored = (chapters.BOOK / page).with_suffix(".ipynb")
    links = soup(page).select("p.minutes a[download]")
    assert len(links) == stored.exists()
    for link in links:
        taken = (HTML / page).parent / link["href"]
        assert taken.read_bytes() == stored.read_bytes()


@pytest.mark.parametrize("page", PAGES)
def test_the_figures_of_a_page_wait_and_keep_their_place(page):
    for figure in soup(page).select("div.cell_output img, figure img[src*=_images]"):
        assert figure.get("loading") == "lazy"
        assert int(figure["width"]) > 0
        assert int(figure["height"]) > 0


@pytest.mark.parametrize("page", ALL_HTML)
def test_no_id_stands_twice_on_a_page(page):
    ids = Counter(tag["id"] for tag in soup(page).find_all(id=True))
    assert [name for name, times in ids.items() if times > 1] == []


@pytest.mark.parametrize("page", ALL_HTML)
def test_what_names_an_address_to_those_who_share_a_page_is_whole_or_absent(page):
    for tag in soup(page).find_all("meta", property=re.compile("^og:(url|image)$")):
        assert urlsplit(tag["content"]).scheme in ("https", "http"), tag


class Visit:
    """One page in one shape of browser: what it asked for, what it complained of."""

    def __init__(self, chromium, site, page, *, width=1280, scheme="light", opened=True):
        self.context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
        )
        self.site, self.page = site, self.context.new_page()
        self.requests, self.complaints = [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("requestfailed", self.note_failure)
        self.page.on("console", self.listen)
        self.page.on("response", self.check)
        self.page.goto(f"{site}/{page}")
        site_browser.settled(self.page)
        if opened:
            self.open_folds()

    def open_folds(self):
        """Open everything that is folded."""
        self.page.evaluate(
            """() => { document.querySelectorAll('details').forEach(d => { d.open = true; });
                       document.querySelectorAll('.toggle-hidden button.toggle-button,'
                           + '.toggle-hidden > .admonition-title').forEach(b => b.click()); }"""
        )
        self.page.wait_for_timeout(50)  # the toggle event of each fold

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.close()

    def foreign(self):
        """Return what was asked of elsewhere."""
        own = self.site, "data:", "blob:"
        return [url for url in self.requests if not url.startswith(own)]

    def listen(self, message):
        """Keep errors and warnings of the console."""
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def note_failure(self, request):
        """Keep what failed; a figure that was still on its way when the page was left did not."""
        if (request.resource_type, request.failure) != ("image", "net::ERR_ABORTED"):
            self.complaints.append(request.url)

    def check(self, response):
        """Keep what was not found."""
        if response.status >= 400:
            self.complaints.append(f"{response.status} {response.url}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", PAGES)
def test_page_is_quiet_stays_at_home_and_is_accessible(page, scheme, site, chromium):
    with Visit(chromium, site, page, scheme=scheme) as visit:
        assert visit.complaints == []
        assert visit.foreign() == [], "the page asks for something outside itself"
        assert visit.page.evaluate("document.documentElement.dataset.theme") == scheme
        findings = Axe().run(visit.page).response["violations"]
    ours = [
        f"{finding['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for finding in findings
        for node in finding["nodes"]
        if finding["id"] not in THEMES_OWN or len(finding["nodes"]) > THEMES_OWN_NODES
    ]
    assert not ours, "\n".join(ours)


@pytest.mark.parametrize("page", PAGES)
def test_page_fits_a_phone_and_its_mathematics_is_set(page, site, chromium):
    with Visit(chromium, site, page, width=390) as visit:
        assert visit.complaints == []
        wide = visit.page.evaluate(
            """() => { const limit = document.documentElement.clientWidth;
                 const out = document.documentElement.scrollWidth > limit
                   || document.querySelector('.bd-main')?.scrollWidth > limit + 1;
                 const own = e => { for (let p = e.parentElement; p; p = p.parentElement)
                   if (getComputedStyle(p).overflowX !== 'visible') return true; return false; };
                 return out ? [...document.querySelectorAll('.bd-article *')]
                   .filter(e => e.getBoundingClientRect().right > limit + 1 && !own(e))
                   .slice(0, 5).map(e => e.outerHTML.slice(0, 120)).concat('it scrolls') : []; }"""
        )
        assert wide == []
        formulas = len(soup(page).select("article .math"))
        assert visit.page.locator("article mjx-container").count() >= formulas
        assert visit.page.locator("mjx-merror, [data-mjx-error]").count() == 0
        words = visit.page.evaluate(
            """() => { const copy = document.querySelector('article').cloneNode(true);
                 copy.querySelectorAll('pre, code, script, mjx-container').forEach(e => e.remove());
                 return copy.textContent; }"""
        )
        raw = re.findall(r"\$\$|\\\(|\\\[|\\frac|\\mathbf", words)
        assert raw == [], "mathematics that was not set"


LIVE = [
    (page, figure["data-live"])
    for page in PAGES
    for figure in soup(page).select("figure[data-live]")
]
OWN_BYTES = 200_000  # of the live figures of one page, before a model is asked for


def live_figure(visit, name):
    """Scroll to a live figure, wait until it stands, and return it."""
    figure = visit.page.locator(f'figure[data-live="{name}"]')
    figure.scroll_into_view_if_needed()
    visit.page.wait_for_selector(f'figure[data-live="{name}"][data-state="ready"]')
    return figure


def test_each_live_figure_stands_in_a_page():
    if not PAGES:
        missing("There is no built site: run `make book`.")
    assert sorted({name for _, name in LIVE}) == live.names()


@pytest.mark.parametrize(("page", "name"), LIVE)
def test_a_live_figure_is_moved_by_keyboard_and_says_so(page, name, site, chromium):
    with Visit(chromium, site, page) as visit:
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("page", "name"), LIVE)
def test_a_live_figure_is_accessible(page, name, scheme, site, chromium):
    with Visit(chromium, site, page, scheme=scheme) as visit:
        live_figure(visit, name)
        found = Axe().run(visit.page, context=f'figure[data-live="{name}"]').response["violations"]
    assert [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found] == []


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


LIVE_PAGES = sorted({page for page, _ in LIVE})
NO_MORE_THAN = 8  # pixels that a figure may differ from the place that was kept for it


def still_picture(figure):
    """Return how high a figure's place is, and how much of it is empty, once the picture stands."""
    figure.scroll_into_view_if_needed()
    picture, sentence = figure.locator("img"), figure.locator(".live-still-note")
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


# The site opened from a disk, as `make book` hands it over: no server, and so no modules, no fetch.


@pytest.fixture(scope="session")
def disk():
    """Return the address of the built site on the disk."""
    if not (HTML / "index.html").exists():
        missing("There is no built site: run `make book`.")
    return HTML.as_uri()


@pytest.mark.parametrize("page", LIVE_PAGES)
def test_from_a_disk_figures_move_and_mathematics_is_set(page, disk, chromium):
    with Visit(chromium, disk, page) as visit:
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


def test_from_a_disk_the_model_answers_a_typed_review(disk, chromium):
    with Visit(chromium, disk, "sentiment/type-a-review.html") as visit:
        figure = live_figure(visit, "reader")
        assert not [url for url in visit.requests if "reader.bin" in url], (
            "not before it is asked for"
        )
        figure.get_by_role("button", name=re.compile("^Load")).click()
        figure.get_by_label("Your review").fill("A wonderful film, and the best of the year.")
        expect(figure.locator(".live-reader-status")).to_contain_text("Positive")
        assert visit.complaints == []


def test_from_a_disk_a_search_shows_an_excerpt_of_each_page(disk, chromium):
    with Visit(chromium, disk, "search.html?q=forget+gate+bias") as visit:
        results = visit.page.locator("ul.search > li")
        expect(results.first.locator("p.context")).to_contain_text(re.compile("forget|gate|bias"))
        expect(visit.page.locator(".search-summary")).to_contain_text("found")
        pages = [result for result in results.all() if result.get_attribute("class") == "kind-text"]
        for result in pages:
            expect(result.locator("p.context")).not_to_be_empty()
        assert "Failed" not in visit.page.inner_text("main")
        assert visit.complaints == []


def test_a_page_without_a_figure_loads_nothing_of_what_figures_and_the_search_need(disk, chromium):
    page = next(page for page in PAGES if page not in LIVE_PAGES)
    with Visit(chromium, disk, page) as visit:
        heavy = [url for url in visit.requests if re.search(r"/live/.*js|\.bin|excerpts", url)]
    assert heavy == []


# Light and dark, keyboard and focus


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
def test_a_menu_on_a_phone_takes_the_focus_keeps_it_and_gives_it_back(side, site, chromium):
    with Visit(chromium, site, CHAPTER, width=390) as visit:
        page = visit.page
        toggle = page.locator(f".bd-header-article .{side}-toggle")
        within = f"!!document.activeElement.closest('.bd-sidebar-{side}')"
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
        expect(toggle).to_be_focused()
        expect(toggle).to_have_attribute("aria-expanded", "false")
        expect(page.locator(f".bd-sidebar-{side}")).not_to_be_visible()
        assert page.locator("[inert]").count() == 0, "the page can be reached again"
        toggle.click()
        page.wait_for_function(within)
        page.mouse.click(385 if side == "primary" else 5, 400)  # what is seen of the page
        expect(toggle).to_be_focused()
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


def with_choice(kind):
    """Return the first chapter that asks a question of this kind."""
    return next(page for page in CHAPTERS if soup(page).select(f".choice.{kind}"))


def test_a_guess_opens_the_answer_is_counted_and_remembered_until_it_is_forgotten(site, chromium):
    with Visit(chromium, site, with_choice("predict"), opened=False) as visit:
        box = visit.page.locator(".choice.predict").first
        answer = visit.page.locator(".choice.predict + details.answer").first
        is_open = "node => node.open"
        assert not answer.evaluate(is_open)
        option = box.locator("details.right > summary")
        option.focus()
        visit.page.keyboard.press("Enter")
        visit.page.wait_for_function("document.querySelector('details.answer').open")
        score = visit.page.locator("#score-predict")
        assert "1 of 1 right" in score.inner_text()
        box.locator("details:not(.right) > summary").first.click()
        visit.page.wait_for_timeout(50)
        assert "1 of 1 right" in score.inner_text(), "only the first guess counts"
        visit.page.reload()
        assert "1 of 1 right" in score.inner_text()
        score.get_by_role("button").click()
        assert score.is_hidden()
        visit.page.reload()
        assert score.is_hidden()
        assert visit.complaints == []


def test_a_wrong_guess_counts_as_wrong_and_its_reason_is_shown(site, chromium):
    with Visit(chromium, site, with_choice("check"), opened=False) as visit:
        option = visit.page.locator(".choice.check details:not(.right)").first
        assert not option.locator("p").first.is_visible()
        option.locator("summary").click()
        assert option.locator("p").first.is_visible()
        assert "0 of 1 right" in visit.page.locator("#score-check").inner_text()


def test_the_site_remembers_where_its_reader_was_until_it_is_told_to_forget(site, chromium):
    with Visit(chromium, site, "gates/gru.html", opened=False) as visit:
        visit.page.locator("section#summary h2").scroll_into_view_if_needed()
        visit.page.wait_for_function("localStorage.getItem('course')?.includes('gates/gru')")
        visit.page.goto(f"{site}/recurrence/rnn.html")
        second = visit.page.locator("article h2").nth(1)
        second.evaluate("title => title.scrollIntoView()")
        title = second.inner_text()
        visit.page.goto(f"{site}/index.html")
        told = visit.page.locator("#continue")
        expect(told).to_contain_text("1 page read to the end")
        expect(told.get_by_role("link")).to_contain_text(re.sub(r"^[\d.]+\s*|\W$", "", title))
        assert "recurrence/rnn.html#" in told.get_by_role("link").get_attribute("href")
        visit.page.goto(f"{site}/map.html")
        expect(visit.page.locator(".course-map .read-mark")).to_have_count(1)
        visit.page.locator("#continue").get_by_role("button").click()
        expect(visit.page.locator("#continue")).to_be_hidden()
        expect(visit.page.locator(".course-map .read-mark")).to_have_count(0)
        assert visit.page.evaluate("localStorage.getItem('course')") is None


def test_without_scripts_guesses_and_answers_are_folds(site, chromium):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/{with_choice('predict')}")
    answer = page.locator("details.answer").first
    answer.locator("summary").first.click()
    assert answer.locator("div.cell").first.is_visible()
    assert page.locator(".score").count() == 0
    context.close()


@pytest.mark.parametrize("page", CHAPTERS)
def test_no_assertion_stands_open_on_a_page(page):
    for cell in soup(page).select("div.cell"):
        if not cell.find_parent("details") and "assert " in cell.get_text():
            assert "tag_proof" in cell["class"] or cell.select_one("details"), cell.get_text()[:80]
    for proof in soup(page).select("div.cell.tag_proof"):
        assert re.fullmatch(
            r"checked: \d+ (number|statement)s?", proof.select_one("summary p").get_text().strip()
        )
