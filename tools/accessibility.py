"""What axe finds on a page that is open in a browser."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def findings(page: Page) -> list[str]:
    """Return a line for each element that axe objects to: the rule, the element, what is wrong."""
    return [
        f"{finding['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for finding in Axe().run(page).response["violations"]
        for node in finding["nodes"]
    ]
