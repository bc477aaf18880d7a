"""Draw the still picture of each live figure, for readers without scripts: book/_static/live/*.svg.

`python tools/live_pictures.py [NAME ...]` opens the figures in the system's Chromium as they begin,
and keeps their drawing with its colours written out; a figure of words has no drawing, and what is
marked `data-still` in it is drawn word by word, where it stands.
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

# Words instead of a drawing: each as its own text, where it stands, with its colour and ink.
WORDS = """figure => {
  const { left, top, width } = figure.getBoundingClientRect();
  const make = (tag, attributes) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    return node;
  };
  const texts = [...figure.querySelectorAll("[data-still]")].map(word => {
    const box = word.getBoundingClientRect(), style = getComputedStyle(word);
    const text = make("text", {
      x: (box.left - left).toFixed(1), y: (box.bottom - top - 0.22 * box.height).toFixed(1),
      textLength: box.width.toFixed(1), fill: style.color, opacity: style.opacity,
      "font-size": style.fontSize, "font-weight": style.fontWeight,
    });
    text.textContent = word.dataset.still;
    return { text, bottom: box.bottom - top };
  });
  const height = Math.ceil(Math.max(...texts.map(({ bottom }) => bottom)));
  const drawing = make("svg", { viewBox: `0 0 ${width} ${height}`, "font-family": "sans-serif" });
  drawing.append(...texts.map(({ text }) => text));
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
    kind = DRAWING if page.locator("figure svg").count() else WORDS
    return page.eval_on_selector("figure", kind)


def main(chosen: list[str]) -> None:
    """Draw the figures named, or all."""
    with served(figures_folder()) as address, browser() as chromium:
        for name in chosen or names():
            page = chromium.new_page()
            target = figures_folder() / f"{name}.svg"
            target.write_text(still(page, address, name) + "\n", encoding="utf-8", newline="\n")
            print(target.relative_to(ROOT))
            page.close()


if __name__ == "__main__":
    main(sys.argv[1:])
