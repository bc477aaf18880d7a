"""What `make measures` prints, as far as it is the same on every machine."""

import pytest
from built_site import CHAPTERS
from conftest import missing, site_folder

import lighthouse
import measures
import site_browser
import slow_phone

ROAD = [page for page in CHAPTERS if not page.startswith(("studies/", "appendix/"))]
MOST = 500_000  # bytes of a first visit, compressed
LEAST_SEEN = 0.001  # of the window, times how far it moved
WATCH = """window.shift = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) shift += entry.value;
}).observe({ type: "layout-shift", buffered: true });"""


@pytest.fixture(scope="module")
def packed():
    """Return the address of the built site, served compressed as a host would."""
    with site_browser.served(site_folder(), handler=slow_phone.Packing) as address:
        yield address


@pytest.mark.parametrize("page", ["index.html", *ROAD])
def test_a_first_visit_is_light(page, packed, chromium):
    found = measures.sizes(chromium, f"{packed}/{page}")
    assert found["Document"] > 0
    assert found.total() <= MOST, dict(found)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("page", measures.PAGES)
def test_nothing_moves_while_a_page_comes(page, width, packed, chromium):
    with chromium.new_context(viewport={"width": width, "height": 900}) as context:
        tab = context.new_page()
        tab.add_init_script(WATCH)
        tab.goto(f"{packed}/{page}.html")
        site_browser.settled(tab)
        tab.wait_for_timeout(1000)  # the theme's scripts, and a live figure
        assert tab.evaluate("shift") < LEAST_SEEN


@pytest.mark.parametrize("page", measures.PAGES)
def test_lighthouse_finds_nothing_wrong(page, packed, chromium):
    stable = [name for name in lighthouse.CATEGORIES if name != "performance"]
    try:
        found = lighthouse.judge(f"{packed}/{page}.html", categories=stable)
    except FileNotFoundError as error:
        missing(str(error))
    assert found.blamed == []
    assert found.points == dict.fromkeys(stable, 100)
