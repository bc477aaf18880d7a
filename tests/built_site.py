"""The built site, as its tests see it: its pages, parsed, and visits by a browser.

`make book` builds it; the browsers are the system's own.
"""

import re
from functools import cache

from bs4 import BeautifulSoup

import chapters
import site_browser
from site_browser import APART, HTML

PAGES = site_browser.pages() if HTML.exists() else []
CHAPTERS = [
    f"{chapters.relative(path, chapters.BOOK)[:-3]}.html" for path in chapters.find_chapters()
]
ALL_HTML = (  # without the source pages, which tests/site/test_sources.py looks at
    sorted(
        path.relative_to(HTML).as_posix()
        for path in HTML.rglob("*.html")
        if path.relative_to(HTML).parts[0] not in APART
    )
    if HTML.exists()
    else []
)

# A page of each kind: the front, the map, a road chapter with mathematics, the
# page with the largest model, a study, the ledger, a long list, the package's reference, an index.
KINDS = [
    "index.html",
    "map.html",
    "gates/lstm.html",
    "sentiment/type-a-review.html",
    "studies/pretraining.html",
    "appendix/claims.html",
    "appendix/glossary.html",
    "appendix/api/nets.html",
    "genindex.html",
]


@cache
def soup(page):
    """Return a page, parsed."""
    return BeautifulSoup((HTML / page).read_text(encoding="utf-8"), "html.parser")


class Visit:
    """One page in one shape of browser: what it asked for, what it complained of."""

    def __init__(
        self, browser, site, page, *, width=1280, scheme="light", opened=True, touch=False
    ):
        self.context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            reduced_motion="reduce",
            has_touch=touch,
        )
        self.site, self.page = site, self.context.new_page()
        self.requests, self.complaints = [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", self.note_error)
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

    def sideways(self):
        """Return what is wider than the page, if the page scrolls sideways."""
        return self.page.evaluate(
            """() => { const limit = document.documentElement.clientWidth;
                 const out = document.documentElement.scrollWidth > limit
                   || document.querySelector('.bd-main')?.scrollWidth > limit + 1;
                 const own = e => { for (let p = e.parentElement; p; p = p.parentElement)
                   if (getComputedStyle(p).overflowX !== 'visible') return true; return false; };
                 return out ? [...document.querySelectorAll('.bd-article *')]
                   .filter(e => e.getBoundingClientRect().right > limit + 1 && !own(e))
                   .slice(0, 5).map(e => e.outerHTML.slice(0, 120)).concat('it scrolls') : []; }"""
        )

    def note_error(self, error):
        """Keep errors of scripts, and Firefox's on mathematics.

        It complains of a formula of which only a part has come yet, too, so how many children an
        element has is not asked here, but of the files, in tests/site/test_pages.py.
        """
        if not re.match(r"Incorrect number of children for <m\w+/> tag", str(error)):
            self.complaints.append(str(error))

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


LIVE = [
    (page, name)
    for page in PAGES  # a look at the text: to parse all pages takes long, and each worker would
    for name in re.findall(
        r'<figure class="live"[^>]* data-live="([\w-]+)"', (HTML / page).read_text(encoding="utf-8")
    )
]
LIVE_PAGES = sorted({page for page, _ in LIVE})


def live_figure(visit, name):
    """Scroll to a live figure, wait until it stands, and return it."""
    figure = visit.page.locator(f'figure[data-live="{name}"]')
    figure.scroll_into_view_if_needed()
    visit.page.wait_for_selector(f'figure[data-live="{name}"][data-state="ready"]')
    return figure


def with_choice(kind):
    """Return the first chapter that asks a question of this kind."""
    return next(page for page in CHAPTERS if soup(page).select(f".choice.{kind}"))
