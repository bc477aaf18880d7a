"""How quickly a page can be read on a slow phone: `python tools/slow_phone.py [PAGE ...]`.

Opens pages of the built site in Chromium, 390 pixels wide, with a processor four times slower than
this one and a line of 1.44 Mbit/s that answers after 562 ms, served compressed. Prints when
something is first painted, when the page is still (its last task over 50 ms has ended, and its
scripts have run), and how much was transferred. Without names: all chapters.
"""

from __future__ import annotations

import argparse
import gzip
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser

from chapters import CHAPTERS
from site_browser import HTML, QuietHandler, browser, served

LINE = {
    "offline": False,
    "latency": 562,
    "downloadThroughput": 1_440_000 / 8,
    "uploadThroughput": 675_000 / 8,
}
SLOWER = 4
QUIET = 3_000  # milliseconds without a long task: the page is still
PACKED = {".html", ".css", ".js", ".mjs", ".svg", ".json"}
WATCH = """
window.tasks = [];
const keep = (list) => tasks.push(...list.getEntries().map((one) => one.startTime + one.duration));
new PerformanceObserver(keep).observe({ type: "longtask", buffered: true });
"""


@dataclass(frozen=True)
class Visit:
    """Of one visit: seconds to the first paint and until the page was still, and kilobytes."""

    painted: float
    still: float
    kilobytes: float


class Packing(QuietHandler):
    """Serves files, compressed where that helps."""

    def do_GET(self):
        """Send a file."""
        path = Path(self.translate_path(self.path))
        if path.suffix not in PACKED or not path.is_file():
            super().do_GET()
            return
        content = gzip.compress(path.read_bytes(), mtime=0)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def visit(chromium: Browser, address: str) -> Visit:
    """Open a page as a slow phone does, for the first time."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, device_scale_factor=2, is_mobile=True
    )
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    sizes: list[float] = []
    devtools.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", LINE)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.add_init_script(WATCH)
    page.goto(address, wait_until="load", timeout=120_000)
    page.wait_for_load_state("networkidle", timeout=120_000)
    page.wait_for_timeout(QUIET)
    painted, loaded, last = page.evaluate(
        """() => [performance.getEntriesByName("first-contentful-paint")[0].startTime,
                  performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd,
                  Math.max(0, ...tasks)]"""
    )
    context.close()
    return Visit(painted / 1e3, max(painted, loaded, last) / 1e3, sum(sizes) / 1e3)


def middle(chromium: Browser, address: str, times: int) -> Visit:
    """Return that of some first visits in which the page was still neither sooner nor later."""
    visits = [visit(chromium, address) for _ in range(times)]
    return sorted(visits, key=lambda one: one.still)[len(visits) // 2]


def main() -> None:
    """Print a line a page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="*", help="as gates/lstm; without: all chapters")
    parser.add_argument("--times", type=int, default=3, help="visits a page; the median counts")
    chosen = parser.parse_args()
    found = [path for part in CHAPTERS for path in sorted((HTML / part).glob("*.html"))]
    names = chosen.pages or [path.relative_to(HTML).with_suffix("").as_posix() for path in found]
    print(f"{'page':34} first paint     still   transferred")
    with served(handler=Packing) as address, browser() as chromium:
        for name in names:
            seen = middle(chromium, f"{address}/{name}.html", chosen.times)
            times = f"{seen.painted:9.1f} s {seen.still:7.1f} s"
            print(f"{name:34} {times} {seen.kilobytes:9.0f} kB")


if __name__ == "__main__":
    main()
