"""The built site in a browser: serve it on localhost, open it in the system's Chromium."""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from chapters import ROOT

HTML = ROOT / "_build" / "html"
APART = ("_static", "_modules")  # folders of the site without text of ours: files, and source pages
NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


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


def find_chromium() -> str | None:
    """Return the path of a Chromium that is installed, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def browser() -> Iterator[Browser]:
    """Open the system's Chromium without a window."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        try:
            yield chromium
        finally:
            chromium.close()


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
