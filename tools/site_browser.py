"""The built site in a browser: serve it on localhost, open it in one that the system has."""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

from chapters import ROOT

HTML = ROOT / "_build" / "html"
APART = ("_static", "_modules")  # folders of the site without text of ours: files, and source pages


# How the site is looked at: at a desk in both lights, and on a phone.
SHAPES = {
    "light": {"viewport": {"width": 1280, "height": 860}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 860}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
}
OPEN_FOLDS = "() => document.querySelectorAll('details').forEach(fold => { fold.open = true; })"


@dataclass(frozen=True)
class Kind:
    """A browser that the system may have: its engine in Playwright, its commands, how it starts.

    ``places`` are where macOS and Windows install it, which have no command for it. ``dark`` are
    preferences of a reader whose system is dark, where no page can be told so alone.
    """

    engine: str
    names: list[str]
    places: list[str]
    options: dict
    dark: dict = field(default_factory=dict)


# Each test that asks for `browser` runs in every one of these.
BROWSERS = {
    "chromium": Kind(
        "chromium",
        ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"],
        [
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
            "/Applications/Chromium.app/Contents/MacOS/Chromium",
            "C:/Program Files/Google/Chrome/Application/chrome.exe",
            "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
        ],
        {
            "args": [
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ]
        },
    ),
    # The Firefox that everybody has, driven by WebDriver BiDi; Playwright's own is never loaded.
    "firefox": Kind(
        "firefox",
        ["firefox-esr", "firefox"],
        [
            "/Applications/Firefox.app/Contents/MacOS/firefox",
            "C:/Program Files/Mozilla Firefox/firefox.exe",
        ],
        {"channel": "moz-firefox", "firefox_user_prefs": {"ui.prefersReducedMotion": 1}},
        {"layout.css.prefers-color-scheme.content-override": 0},
    ),
}


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves files and does not log."""

    def log_message(self, *_):
        """Say nothing."""


@contextmanager
def served(folder: Path = HTML, handler: type[QuietHandler] = QuietHandler) -> Iterator[str]:
    """Serve a folder on a free port of localhost; yield its address."""
    answering = functools.partial(handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), answering) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def find(kind: str) -> str | None:
    """Return the path of a browser of this kind that is installed, or None."""
    about = BROWSERS[kind]
    return next(filter(None, map(shutil.which, [*about.names, *about.places])), None)


def find_chromium() -> str | None:
    """Return the path of a Chromium that is installed, or None."""
    return find("chromium")


@contextmanager
def opened(playwright: Playwright, kind: str, *, dark: bool = False) -> Iterator[Browser]:
    """Open the system's browser of a kind without a window, for a Playwright that runs."""
    about = BROWSERS[kind]
    options = dict(about.options)
    if dark and about.dark:
        options["firefox_user_prefs"] = {**options["firefox_user_prefs"], **about.dark}
    started = getattr(playwright, about.engine).launch(executable_path=find(kind), **options)
    try:
        yield started
    finally:
        started.close()


@contextmanager
def browser() -> Iterator[Browser]:
    """Open the system's Chromium without a window."""
    with sync_playwright() as playwright, opened(playwright, "chromium") as chromium:
        yield chromium


def pages(folder: Path = HTML) -> list[str]:
    """Return the pages of the site that have text of ours, as paths below it."""
    made = {"genindex.html", "py-modindex.html", "search.html"}
    return [
        path.relative_to(folder).as_posix()
        for path in sorted(folder.rglob("*.html"))
        if path.name not in made and path.relative_to(folder).parts[0] not in APART
    ]


def settled(page) -> None:
    """Wait until a page's mathematics is set and its fonts are there."""
    page.wait_for_load_state("load")
    page.evaluate("() => document.fonts.ready.then(() => undefined)")
