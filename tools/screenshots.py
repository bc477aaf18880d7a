"""Take pictures of the built site: `python tools/screenshots.py OUT index gates/gru`.

Each page is shot at desktop width in light and in dark, and 390 px wide, from top to bottom
(`--fold`: only what one sees first). `--readme` renews the picture in README.md instead.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from chapters import ROOT
from site_browser import (
    HTML,
    OPEN_FOLDS,
    SHAPES,
    browser,
    find_chromium,
    pages,
    served,
    settled,
)

README_PAGE = "recurrence/vanishing-gradients.html"
README_PICTURE = ROOT / "book" / "_static" / "readme-site.png"
# Figures load when they come near; a picture of the whole page comes near to all of them.
FIGURES = "document.querySelectorAll('img[loading]').forEach(one => { one.loading = 'eager'; })"


def shoot(names: list[str], out: Path, *, shapes: list[str], whole: bool, opened: bool) -> None:
    """Write OUT/NAME-SHAPE.png for each page and shape."""
    with served() as address, browser() as chromium:
        for shape in shapes:
            context = chromium.new_context(**SHAPES[shape], reduced_motion="reduce")
            page = context.new_page()
            for name in names:
                page.goto(f"{address}/{name}")
                settled(page)
                if opened:
                    page.evaluate(OPEN_FOLDS)
                page.evaluate(FIGURES)
                page.wait_for_load_state("networkidle")
                file = out / f"{name.removesuffix('.html').replace('/', '-')}-{shape}.png"
                page.screenshot(path=str(file), full_page=whole)
                print(file)
            context.close()


def shoot_readme() -> None:
    """Renew the picture in README.md: how a chapter opens, sharp on any screen."""
    with served() as address, browser() as chromium:
        context = chromium.new_context(**SHAPES["light"], device_scale_factor=1.5)
        page = context.new_page()
        page.goto(f"{address}/{README_PAGE}")
        settled(page)
        page.screenshot(path=str(README_PICTURE))
        print(README_PICTURE)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", nargs="?", type=Path, help="the folder for the pictures")
    parser.add_argument("pages", nargs="*", help="such as index or gates/gru (default: every page)")
    parser.add_argument("--shapes", nargs="+", choices=SHAPES, default=list(SHAPES))
    parser.add_argument("--fold", action="store_true", help="only what one sees first")
    parser.add_argument("--open", action="store_true", help="with folded cells opened")
    parser.add_argument("--readme", action="store_true", help="renew the picture in README.md")
    arguments = parser.parse_args()
    if not HTML.exists():
        sys.exit("There is no built site: run `make book`.")
    if find_chromium() is None:
        sys.exit("There is no Chromium on this machine: install it (apt install chromium).")
    known = pages()
    wanted = [README_PAGE] if arguments.readme else arguments.pages
    names = [f"{name.removesuffix('.html')}.html" for name in wanted] or known
    for name in names:
        if name not in known:
            sys.exit(f"The site has no page {name}; it has {', '.join(known)}")
    if arguments.readme:
        shoot_readme()
        return
    if arguments.out is None:
        parser.error("name a folder for the pictures, or say --readme")
    arguments.out.mkdir(parents=True, exist_ok=True)
    shoot(
        names,
        arguments.out,
        shapes=arguments.shapes,
        whole=not arguments.fold,
        opened=arguments.open,
    )


if __name__ == "__main__":
    main()
