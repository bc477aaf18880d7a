"""The search: what learners type leads to the section that answers it, served and from a disk.

`searches.csv` holds what they type. `right` was written from reading the pages, before the search
was tuned; `also_right` was found by looking at what came instead. `within` is 1 where the right
section must come first, and more where it does not yet.
"""

import csv
import gzip
import re
from pathlib import Path

import pytest
from built_site import Visit
from playwright.sync_api import expect

import accessibility
from site_browser import HTML

CHAPTER = "gates/lstm.html"
SCRIPT = "_static/search/search.js"
MOST_BYTES = 250_000  # compressed
with (Path(__file__).parent / "searches.csv").open(encoding="utf-8", newline="") as file:
    SEARCHES = list(csv.DictReader(file))
QUERIES = [row["query"] for row in SEARCHES]
# What each query finds: its address below the site, its excerpt, and the words marked in it.
FOUND = """async (queries) => {
  const { dataset } = document.documentElement;
  while (dataset.search !== "ready") await new Promise(requestAnimationFrame);
  const input = document.querySelector(".bd-search-container input");
  const root = new URL(".", location).href;
  return queries.map((query) => {
    input.value = query;
    input.dispatchEvent(new Event("input"));
    return [...document.querySelectorAll("#search-results li")].slice(0, 10).map((item) => ({
      address: item.querySelector("a").href.replace(root, ""),
      excerpt: item.querySelector(".search-excerpt")?.textContent ?? "",
      marked: [...item.querySelectorAll("mark")].map((mark) => mark.textContent),
    }));
  });
}"""


@pytest.fixture(scope="module", params=["site", "disk"])
def found(request, chromium):
    """Return what each query finds, all asked in one load of the search page."""
    with Visit(chromium, request.getfixturevalue(request.param), "search.html") as visit:
        answers = visit.page.evaluate(FOUND, QUERIES)
        assert visit.complaints == []
        assert visit.foreign() == []
    return dict(zip(QUERIES, answers, strict=True))


@pytest.mark.parametrize("row", SEARCHES, ids=QUERIES)
def test_a_search_leads_to_the_section_that_answers_it(row, found):
    addresses = [one["address"] for one in found[row["query"]]]
    right = {*row["right"].split(), *row["also_right"].split()}
    assert right & set(addresses[: int(row["within"])]), addresses[:5]


def test_hardly_any_search_may_fail_to_lead_there_first():
    assert len(SEARCHES) >= 50
    assert sum(row["within"] != "1" for row in SEARCHES) <= 4


def test_excerpts_are_prose_with_the_words_marked(found):
    first = [answers[0] for answers in found.values()]
    code = re.compile(r"\\[a-z(\[]|\$\S|>>>|\bimport \w+|^from \w+ import|In \[|<mjx")
    for one in [one for answers in found.values() for one in answers]:
        assert not code.search(one["excerpt"]), one
        assert len(one["excerpt"]) < 250
    assert sum(bool(one["marked"]) for one in first) > 0.9 * len(first), "some match a title only"
    assert found["BPTT"][0]["excerpt"]
    assert {"pack_padded_sequence", "packed"} & set(found["pack padded sequence"][0]["marked"])
    assert "gradient" in {word.lower() for word in found["vanishng gradient"][0]["marked"]}


def test_plain_words_lead_to_the_course_and_names_to_the_package(found):
    for query, answers in found.items():
        in_api = [one["address"].startswith("appendix/api") for one in answers[:3]]
        if re.fullmatch(r"[a-z -]+", query):
            assert sum(in_api) <= 1, query
            assert not in_api[0], query
    assert found["LSTMCell"][0]["address"].startswith("appendix/api/byhand.html#")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("quantization", "quantisation"),
        ("weight initialization", "weight initialisation"),
        ("what is learned", "what is learnt"),
        ("gradients", "gradient"),
        ("GRU vs LSTM", "gru lstm"),
        ("vanishng gradient", "vanishing gradient"),
    ],
)
def test_another_spelling_finds_the_same(one, other, site, chromium):
    with Visit(chromium, site, "search.html") as visit:
        first, second = visit.page.evaluate(FOUND, [one, other])
    assert first[0]["address"] == second[0]["address"]


def searched(visit, query):
    """Open the dialog with the keyboard, type, and return its list of results."""
    visit.page.keyboard.press("Control+k")
    visit.page.keyboard.type(query)
    visit.page.wait_for_function("document.documentElement.dataset.search === 'ready'")
    results = visit.page.locator(".search-button__wrapper .search-list li")
    expect(results.first).to_be_visible()
    return results


@pytest.mark.parametrize("place", ["site", "disk"])
def test_the_dialog_is_used_by_keyboard_alone(place, request, chromium):
    with Visit(chromium, request.getfixturevalue(place), CHAPTER, opened=False) as visit:
        page = visit.page
        focused = "document.activeElement"
        page.locator(".bd-sidebar-primary .search-button__button").focus()
        results = searched(visit, "reset gate")
        status = page.locator(".search-button__wrapper [role=status]")
        expect(status).to_have_text(re.compile(r"^\d+ sections found; the best 8:$"))
        expect(results).to_have_count(8)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        expect(results.nth(1).locator("a")).to_be_focused()
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowUp")
        assert page.evaluate(f"{focused}.matches('input')")
        page.keyboard.press("ArrowDown")
        page.keyboard.type("s of a GRU")
        assert page.evaluate(f"{focused}.value") == "reset gates of a GRU", "typing goes on"
        for _ in range(30):
            page.keyboard.press("Tab")
            inside = f"{focused}.closest('.search-button__wrapper, body') !== document.body"
            left = f"{focused} === document.body"  # the browser's own controls
            assert page.evaluate(f"{inside} || {left}"), "nothing behind it is reached"
        results.first.locator("a").focus()
        page.keyboard.press("Escape")
        expect(page.locator(".search-button__wrapper")).not_to_be_visible()
        expect(page.locator(".bd-sidebar-primary .search-button__button")).to_be_focused()
        assert page.locator("[inert]").count() == 0
        page.keyboard.press("Enter")  # the button opens it, too
        page.locator(".search-button__wrapper input").press("Enter")
        page.wait_for_url("**/gates/gru.html#third-change-a-reset-gate")
        assert visit.complaints == []
        assert visit.foreign() == []


def test_a_result_on_the_same_page_closes_the_dialog(site, chromium):
    with Visit(chromium, site, "gates/gru.html", opened=False) as visit:
        searched(visit, "reset gate").first.locator("a").click()
        expect(visit.page.locator(".search-button__wrapper .search-list")).not_to_be_visible()
        assert visit.page.url.endswith("#third-change-a-reset-gate")
        assert visit.page.locator("[inert]").count() == 0


@pytest.mark.parametrize("place", ["site", "disk"])
def test_an_address_with_a_question_answers_it(place, request, chromium):
    visit_to = "search.html?q=forget+gate+bias"
    with Visit(chromium, request.getfixturevalue(place), visit_to, opened=False) as visit:
        page = visit.page
        field = page.locator(".bd-search-container input")
        expect(field).to_have_value("forget gate bias")
        first = page.locator("#search-results li a").first
        expect(first).to_have_attribute("href", re.compile("#how-long-does-a-bias-hold$"))
        page.wait_for_function("document.documentElement.dataset.search === 'ready'")
        field.fill("qqxzzyw")
        expect(page.locator("#search-results [role=status]")).to_contain_text("No section")
        field.fill("peephole")
        page.wait_for_url("**/search.html?q=peephole")  # an address to hand on
        field.press("Enter")
        expect(first).to_be_focused()
        page.keyboard.press("Enter")
        page.wait_for_url("**/studies/which-parts-matter.html#peepholes")
        assert visit.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_dialog_and_its_results_are_accessible(scheme, site, chromium):
    with Visit(chromium, site, CHAPTER, scheme=scheme, width=390, opened=False) as visit:
        searched(visit, "forget gate")
        wide = visit.page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert accessibility.findings(visit.page, ".search-button__wrapper") == []
    assert not wide


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_search_page_and_its_results_are_accessible(scheme, site, chromium):
    with Visit(chromium, site, "search.html?q=gate", scheme=scheme, width=390) as visit:
        expect(visit.page.locator("#search-results li").first).to_be_visible()
        assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert accessibility.findings(visit.page, "#main-content") == []


def test_nobody_loads_the_search_before_searching_and_it_is_small(site, chromium):
    with Visit(chromium, site, "how-to-use.html", opened=False) as visit:
        assert not [url for url in visit.requests if SCRIPT in url]
        searched(visit, "exercises")
        assert len([url for url in visit.requests if SCRIPT in url]) == 1
    script = (HTML / SCRIPT).read_bytes()
    assert len(gzip.compress(script, 9)) <= MOST_BYTES
    for own in ("searchindex.js", "_static/searchtools.js", "_static/language_data.js"):
        assert not (HTML / own).exists(), "nothing uses Sphinx's own"


def test_where_the_search_cannot_be_loaded_the_page_says_so(site, chromium):
    with chromium.new_context() as context:
        page = context.new_page()
        page.route("**/search/search.js", lambda route: route.abort())
        page.goto(f"{site}/search.html?q=gate")
        expect(page.locator(".bd-search-container [role=status]")).to_contain_text("not be loaded")


def test_without_scripts_the_search_page_names_what_leads_on(site, chromium):
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{site}/search.html")
        told = page.locator(".bd-search-container p")
        expect(told).to_be_visible()
        expect(told).to_contain_text("needs JavaScript")
        assert told.get_by_role("link").count() == 2
