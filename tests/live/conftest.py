"""A page that holds nothing but one live figure."""

import pytest

import site_browser
from unrolled import live

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>The {name}</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<link rel="stylesheet" href="/live.css"><body>
<main><figure class="live" data-live="{name}"{data}><div class="live-stage"></div></figure></main>
<script type="module" src="/mount.mjs"></script>"""


@pytest.fixture(scope="module")
def address():
    """Return where the folder of the live figures is served."""
    with site_browser.served(live.figures_folder()) as found:
        yield found


def answer(**what):
    """Return what answers a request: always the same."""
    return lambda route: route.fulfill(**what)


@pytest.fixture
def open_figure(chromium, address):
    """Return a function that opens a page with a figure, ready but without its model.

    `data` are further attributes of the figure, `files` the bytes that stand for some of its files.
    `said` of the page is what its console says, `asked` the addresses that it asks for.
    """
    opened = []

    def open_it(name, *, height=900, data="", files=()):
        page = chromium.new_page(viewport={"width": 760, "height": height})
        opened.append(page)
        page.said, page.asked = [], []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        body = PAGE.format(name=name, data=data)
        page.route("**/page", answer(body=body, content_type="text/html"))
        for file, held in dict(files).items():
            page.route(f"**/{file}", answer(body=held))
        page.goto(f"{address}/page")
        page.wait_for_selector('figure[data-state="ready"]')
        return page

    yield open_it
    for page in opened:
        page.close()
