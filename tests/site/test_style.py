"""The style in a page draws it as the theme's whole sheets do."""

import pytest
from built_site import KINDS, Visit

# Of each element: what it looks like, as the browser computes it, and where it stands.
# A part that scripts mark as one scrolls, or that does not show, has no place to compare.
DRAWN = """() => [...document.querySelectorAll("body, body :not(.headerlink)")].map(node => {
  const style = getComputedStyle(node), box = node.getBoundingClientRect();
  const around = node.parentElement, edge = around.getBoundingClientRect();
  const before = getComputedStyle(node, "::before"), after = getComputedStyle(node, "::after");
  return [node.tagName, node.className.baseVal ?? node.className, style.color, style.font,
    style.background, style.border, style.outline, style.display, style.opacity, style.cursor,
    before.content, before.color, after.content, after.color, style.maxHeight, style.visibility,
    ...(box.width && box.height
      ? [box.x - edge.x + around.scrollLeft, box.y - edge.y + around.scrollTop] : []),
    box.width, box.height].join("|"); })"""
WITH_WHOLE_SHEETS = """async way => {
  const style = document.querySelector("style[data-sheets]");
  const links = style.dataset.sheets.split(" ").map(name => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = `${way}/${name}`;
    return link;
  });
  const loaded = links.map(link => new Promise((done, fail) => {
    Object.assign(link, { onload: done, onerror: fail });
  }));
  style.replaceWith(...links);
  await Promise.all(loaded);
  await document.fonts.ready;
}"""


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
@pytest.mark.parametrize("page", KINDS)
def test_a_page_looks_as_it_does_with_the_whole_sheets(page, scheme, width, site, chromium):
    way = "../" * page.count("/") + "_static"
    with Visit(chromium, site, page, width=width, scheme=scheme) as visit:
        visit.page.wait_for_timeout(300)  # scripts that change what stands there
        ours = visit.page.evaluate(DRAWN)
        visit.page.evaluate(WITH_WHOLE_SHEETS, way)
        theirs = visit.page.evaluate(DRAWN)
    assert [pair for pair in zip(ours, theirs, strict=True) if pair[0] != pair[1]][:5] == []
