"""How quick, light and accessible pages are: `make measures` (PAGES="gates/gru": others).

Prints four tables of the site as built: what a slow phone sees (`tools/slow_phone.py`), what
Lighthouse says on a phone and at a desk, what a first visit transfers, and what axe finds.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator

from playwright.sync_api import Browser

import accessibility
import lighthouse
import slow_phone
from site_browser import HTML, OPEN_FOLDS, SHAPES, browser, served, settled

PAGES = ["index", "gates/lstm", "sentiment/reading-the-gates"]
KINDS = ["Document", "Stylesheet", "Script", "Font", "Image", "Other"]


def line(first: str, *cells: object, wide: int = 11) -> str:
    """Return a line of a table."""
    return f"{first:34}" + "".join(f"{cell!s:>{wide}}" for cell in cells)


def slowly(chromium: Browser, site: str, pages: Iterable[str], times: int) -> Iterator[str]:
    """Yield when a slow phone has a page painted and still: the middle of some visits."""
    yield line("on a slow phone", "first paint", "still", "transferred", wide=13)
    for page in pages:
        seen = slow_phone.middle(chromium, f"{site}/{page}.html", times)
        times_of = f"{seen.painted:.1f} s", f"{seen.still:.1f} s"
        yield line(page, *times_of, f"{seen.kilobytes:.0f} kB", wide=13)


def in_lighthouse(site: str, pages: Iterable[str]) -> Iterator[str]:
    """Yield Lighthouse's points for each page, on a phone and at a desk, and what it blames."""
    heads = *lighthouse.CATEGORIES.values(), "largest", "blocked", "shift"
    yield line(f"Lighthouse {lighthouse.version()}", *heads)
    for page in pages:
        for form in lighthouse.FORMS:
            found = lighthouse.judge(f"{site}/{page}.html", form)
            points = [found.points[name] for name in lighthouse.CATEGORIES]
            times = f"{found.largest:.1f} s", f"{found.blocked:.2f} s", f"{found.shift:.3f}"
            yield line(f"{page}, {form}", *points, *times)
            yield from (f"    {blamed}" for blamed in found.blamed)


def sizes(chromium: Browser, address: str) -> Counter:
    """Return what a first visit on a phone transfers, in bytes by kind."""
    with chromium.new_context(**SHAPES["phone"]) as context:
        page = context.new_page()
        devtools = context.new_cdp_session(page)
        kinds, found = {}, Counter()

        def keep(event):
            kind = kinds.get(event["requestId"], "Other")
            found[kind if kind in KINDS else "Other"] += event["encodedDataLength"]

        devtools.on("Network.responseReceived", lambda e: kinds.update({e["requestId"]: e["type"]}))
        devtools.on("Network.loadingFinished", keep)
        devtools.send("Network.enable")
        page.goto(address, wait_until="networkidle")
        page.wait_for_timeout(100)  # the last event
    return found


def of_first_visits(chromium: Browser, site: str, pages: Iterable[str]) -> Iterator[str]:
    """Yield how much a first visit transfers, compressed, by kind."""
    yield line("kB of a first visit, compressed", *(kind.lower() for kind in KINDS), "together")
    for page in pages:
        found = sizes(chromium, f"{site}/{page}.html")
        numbers = *(found[kind] for kind in KINDS), found.total()
        yield line(page, *(f"{number / 1e3:.0f}" for number in numbers))


def accessible(chromium: Browser, site: str, pages: Iterable[str]) -> Iterator[str]:
    """Yield how many elements axe objects to in each shape, all folds open, and which."""
    yield line("findings of axe", *SHAPES)
    for page in pages:
        found = {}
        for shape, how in SHAPES.items():
            with chromium.new_context(**how, reduced_motion="reduce") as context:
                tab = context.new_page()
                tab.goto(f"{site}/{page}.html")
                settled(tab)
                tab.evaluate(OPEN_FOLDS)
                found[shape] = accessibility.findings(tab)
        yield line(page, *(len(one) for one in found.values()))
        yield from (f"    {shape}: {one}" for shape, all_ in found.items() for one in all_)


def main() -> str | None:
    """Print the tables; return what is missing, if anything is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="*", default=PAGES, help=f"without: {', '.join(PAGES)}")
    parser.add_argument("--times", type=int, default=3, help="slow visits a page (default 3)")
    chosen = parser.parse_args()
    unknown = [page for page in chosen.pages if not (HTML / f"{page}.html").is_file()]
    if unknown:
        return f"The built site has no page {', '.join(unknown)}: give names such as gates/lstm."
    pages = chosen.pages
    try:
        with served(handler=slow_phone.Packing) as site:
            with browser() as chromium:
                for table in (
                    slowly(chromium, site, pages, chosen.times),
                    of_first_visits(chromium, site, pages),
                    accessible(chromium, site, pages),
                ):
                    for text in table:
                        print(text, flush=True)
                    print()
            for text in in_lighthouse(site, pages):
                print(text, flush=True)
    except (FileNotFoundError, RuntimeError) as error:
        return str(error)
    return None


if __name__ == "__main__":
    sys.exit(main())
