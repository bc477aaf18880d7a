"""Draw the still picture of each live figure, for readers without scripts: book/_static/live/*.svg.

`python tools/live_pictures.py [NAME ...]` opens the figures in the system's Chromium as they begin,
and keeps their drawing with its colours written out.
"""

import sys

from chapters import ROOT
from site_browser import browser, served
from unrolled.live import figures_folder, names

PAGE = """<!doctype html><html lang="en" data-theme="light"><meta charset="utf-8">
<link rel="stylesheet" href="/live.css"><body style="width: 680px; font-family: sans-serif">
<figure class="live" data-live="{name}"><div class="live-stage"></div></figure>
<script type="module" src="/mount.mjs"></script>"""
# The drawing alone, each colour and font written where the style sheet said it.
DRAWING = """figure => {
  const drawing = figure.querySelector("svg"), kept = ["fill", "stroke", "color", "font-size"];
  for (const node of [drawing, ...drawing.querySelectorAll("*")]) {
    const style = getComputedStyle(node);
    for (const name of kept) {
      if (style[name] && style[name] !== "none") node.style[name] = style[name];
      else if (style[name] === "none") node.style[name] = "none";
    }
  }
  drawing.style.fontFamily = "sans-serif";
  drawing.style.background = getComputedStyle(figure.querySelector(".live-figure")).backgroundColor;
  return new XMLSerializer().serializeToString(drawing);
}"""


def still(page, address: str, name: str) -> str:
    """Return a figure's drawing as it begins."""
    page.route(
        f"{address}/page",
        lambda route: route.fulfill(body=PAGE.format(name=name), content_type="text/html"),
    )
    page.goto(f"{address}/page")
    page.wait_for_selector('figure[data-state="ready"]')
    begin = page.locator("[data-live-begin]")  # a figure that loads something first
    if begin.count():
        begin.click()
        page.wait_for_selector("figure svg")
        page.wait_for_timeout(300)
    return page.eval_on_selector("figure", DRAWING)


def main(chosen: list[str]) -> None:
    """Draw the figures named, or all."""
    with served(figures_folder()) as address, browser() as chromium:
        for name in chosen or names():
            page = chromium.new_page()
            target = figures_folder() / f"{name}.svg"
            target.write_text(still(page, address, name) + "\n", encoding="utf-8")
            print(target.relative_to(ROOT))
            page.close()


if __name__ == "__main__":
    main(sys.argv[1:])
