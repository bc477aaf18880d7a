"""The scripts of a page, joined: one file that comes after the text, where the theme loads sixteen.

On a slow line a browser waits half a second for each round of six files. All pages with the same
scripts share the joined file, so that a reader loads it once.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from functools import cache
from pathlib import Path

SCRIPT = re.compile(r'\s*<script [^>]*?src="(?P<src>[^"?]+)(?:\?[^"]*)?"[^>]*></script>', re.DOTALL)
JOINED = re.compile(r'<script defer data-scripts="([^"]*)" src="[^"]*"></script>')
# Scripts that are joined come once; and fonts ahead of time a browser refuses from a disk.
PRELOAD = re.compile(r'\s*<link rel="preload" as="(?:script|font)"[^>]*>')
FOLDER = "joined"
OPTIONS = "documentation_options.js"  # small, and lines within the head need it
ICONS = "vendor/fontawesome/"  # 1.6 MB that draw what the font beside them draws, too
TABS = "design-tabs.js"  # moves tabs, where a page has some
ALONE = {"live/mount.js"}  # looks at the address that it came from


class Scripts:
    """The scripts of a built site, each read once, and the files that hold several."""

    def __init__(self, static: Path):
        self.static = static
        shutil.rmtree(static / FOLDER, ignore_errors=True)  # those of an earlier build
        self.read = cache(lambda name: (static / name).read_text(encoding="utf-8"))
        self.join = cache(self._join)

    def _join(self, names: tuple[str, ...]) -> str:
        """Write the file that holds these scripts; return its name below the static files."""
        # Each keeps to itself the strictness that it may ask for, as it would in a file of its own.
        joined = ";\n".join(["", *map(self.read, names)])
        name = f"{FOLDER}/{hashlib.sha256(joined.encode()).hexdigest()[:12]}.js"
        (self.static / FOLDER).mkdir(exist_ok=True)
        (self.static / name).write_text(joined, encoding="utf-8")
        return name

    def tag(self, names: tuple[str, ...], way: str) -> str:
        """Return the element that loads these scripts, ``way`` leading to the static files."""
        source = f"{way}/{self.join(names)}"
        return f'<script defer data-scripts="{" ".join(names)}" src="{source}"></script>'


def with_joined_scripts(page: str, scripts: Scripts, way: str) -> str:
    """Return a page of HTML whose scripts come as one, those at its end first, as they ran before.

    A page that was not built anew gets the file that holds the same scripts as they are now.
    ``way`` leads from the page to the static files, as ``../_static``.
    """
    known = JOINED.search(page)
    if known:
        return page.replace(known[0], scripts.tag(tuple(known[1].split()), way))
    head, end, body = page.partition("</head>")
    taken: dict[str, list[str]] = {"head": [], "body": []}

    def take(match: re.Match[str], part: str) -> str:
        name = match["src"].removeprefix(f"{way}/")
        if name == match["src"] or name in ALONE:
            return match[0]
        if name == OPTIONS:
            return f"\n<script>{scripts.read(name)}</script>"
        if not name.startswith(ICONS) and (name != TABS or "sd-tab-set" in page):
            taken[part].append(name)
        return ""

    head = PRELOAD.sub("", SCRIPT.sub(lambda match: take(match, "head"), head))
    body = SCRIPT.sub(lambda match: take(match, "body"), body)
    names = (*taken["body"], *taken["head"])
    if not end or not names:
        return page
    return f"{head}{scripts.tag(names, way)}\n{end}{body}"
