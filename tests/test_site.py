"""The built site: no link is dead, no page asks for anything outside, every page can be read.

`make book` builds it; the browser is the system's Chromium.
"""

import posixpath
import re
from functools import cache
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from conftest import missing
from playwright.sync_api import expect

import chapters
import site_browser
from site_browser import HTML
from unrolled import live

# What the theme itself causes (sphinx-book-theme 1.1.4), on at most two elements a page.
THEMES_OWN = {"label-content-name-mismatch", "region"}
THEMES_OWN_NODES = 2
PAGES = site_browser.pages() if HTML.exists() else []
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
    listed = [toc["root"], *(page["file"] for part in toc["parts"] for page in part["chapters"])]
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
    mathematics = bool(soup(page).select(".math"))
    assert any("mathjax" in script["src"] for script in scripts) == mathematics


class Visit:
    """One page in one shape of browser: what it asked for, what it complained of."""

    def __init__(self, chromium, site, page, *, width=1280, scheme="light"):
        self.context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
        )
        self.site, self.page = site, self.context.new_page()
        self.requests, self.complaints = [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("requestfailed", lambda request: self.complaints.append(f"{request.url}"))
        self.page.on("console", self.listen)
        self.page.on("response", self.check)
        self.page.goto(f"{site}/{page}")
        site_browser.settled(self.page)
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
    assert sorted(name for _, name in LIVE) == live.names()


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


@pytest.mark.parametrize(("page", "name"), LIVE)
def test_a_live_figure_without_scripts_is_a_picture_and_a_sentence(page, name):
    still = soup(page).select_one(f'figure[data-live="{name}"] noscript')
    assert still.find("img")["alt"].strip()
    assert "JavaScript" in still.get_text()


@pytest.mark.parametrize("page", sorted({page for page, _ in LIVE}))
def test_the_live_figures_of_a_page_are_small(page):
    files = ["mount.mjs", "live.css", *(f"{name}.mjs" for where, name in LIVE if where == page)]
    total = sum((HTML / "_static" / "live" / file).stat().st_size for file in files)
    assert total <= OWN_BYTES
