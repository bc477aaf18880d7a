"""A wide screen is used: prose keeps its measure, and what is wider than prose has more room."""

import pytest
from built_site import Visit, live_figure

MEASURE = 70, 88  # letters that a full line of prose holds
LINE = "x" * 100  # code has at most so many characters a line
NO_MORE_THAN = 8  # pixels that a live figure may differ from the place that was kept for it

FULL = """() => {
  const counts = [];
  for (const text of document.querySelectorAll(".bd-article section > p")) {
    if (text.textContent.length < 250 || text.querySelector(".math, code")) continue;
    const height = parseFloat(getComputedStyle(text).lineHeight);
    const lines = Math.round(text.getBoundingClientRect().height / height);
    counts.push(text.textContent.length / (lines - 0.5)); // the last is half full
  }
  return counts; }"""


def box(visit, selector):
    """Return where an element stands."""
    return visit.page.locator(selector).first.bounding_box()


@pytest.mark.parametrize("width", [1280, 1920, 2560])
def test_prose_keeps_a_measure_one_can_read(width, site, chromium):
    with Visit(chromium, site, "sentiment/classifier.html", width=width) as visit:
        counts = visit.page.evaluate(FULL)
        assert len(counts) > 4
        assert MEASURE[0] <= sum(counts) / len(counts) <= MEASURE[1]
        assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        text, contents = box(visit, ".bd-article"), box(visit, ".bd-sidebar-primary")
        assert contents["x"] + contents["width"] <= text["x"]
        assert text["x"] + text["width"] <= box(visit, ".bd-sidebar-secondary")["x"] + 1


@pytest.mark.parametrize("width", [1440, 1920])
def test_the_longest_line_of_code_needs_no_scrolling(width, site, chromium):
    with Visit(chromium, site, "sentiment/classifier.html", width=width) as visit:
        code = visit.page.locator("section > div.cell > div.cell_input pre").first
        before = code.bounding_box()["width"]
        code.evaluate("(code, line) => code.append(line)", "\n" + LINE)
        assert code.evaluate("code => code.scrollWidth <= code.clientWidth")
        assert code.bounding_box()["width"] > before, "no wider than what is in it"


def test_the_ledger_takes_the_room_it_can_get(site, chromium):
    with Visit(chromium, site, "appendix/claims.html", width=1280) as visit:
        widths = []
        for width in (1280, 1440, 1920, 2560):
            visit.page.set_viewport_size({"width": width, "height": 900})
            widths.append(box(visit, "table[data-kind]")["width"])
        assert widths == sorted(set(widths))
        assert widths[2] > 1000


@pytest.mark.parametrize("width", [1440, 1920, 2560])
def test_a_live_figure_on_a_wide_screen_keeps_the_place_it_was_given(width, site, chromium):
    with Visit(chromium, site, "gates/gru.html", width=width) as visit:
        stage = live_figure(visit, "gru-beside-lstm").locator(".live-stage")
        kept = stage.evaluate("stage => parseFloat(getComputedStyle(stage).minHeight)")
        assert stage.bounding_box()["height"] == pytest.approx(kept, abs=NO_MORE_THAN)
