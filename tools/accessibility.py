"""What axe finds on a page that is open in a browser, but for what the theme itself causes."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# What the theme itself causes (sphinx-book-theme 1.1.4), on at most two elements a page.
THEMES_OWN = {"label-content-name-mismatch", "region"}
THEMES_OWN_NODES = 2


def findings(page: Page) -> list[str]:
    """Return a line for each element that axe objects to: the rule, the element, what is wrong."""
    return [
        f"{finding['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for finding in Axe().run(page).response["violations"]
        for node in finding["nodes"]
        if finding["id"] not in THEMES_OWN or len(finding["nodes"]) > THEMES_OWN_NODES
    ]
