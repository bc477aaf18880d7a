"""What axe finds on a page that is open in a browser."""

from __future__ import annotations

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

#: Waits for each animation that has an end.
SETTLED = """async () => {
  const runs = document.getAnimations().filter((one) => one.playState === "running");
  const ends = runs.filter((one) => Number.isFinite(one.effect.getComputedTiming().endTime));
  await Promise.allSettled(ends.map((one) => one.finished));
}"""


def findings(page: Page, part: str | None = None, **options: object) -> list[str]:
    """Return a line for each element that axe objects to: the rule, the element, what is wrong.

    ``part`` is a selector of what is looked at, without it the whole page; ``options`` are axe's.
    What fades in is looked at once it is there.
    """
    if not page.evaluate("!!window.axe"):
        page.evaluate(AXE_SCRIPT)
    page.evaluate(SETTLED)
    asked = [part, {"resultTypes": ["violations"], **options}]
    found = page.evaluate("([part, options]) => axe.run(part ?? document, options)", asked)
    return [
        f"{finding['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for finding in found["violations"]
        for node in finding["nodes"]
    ]
