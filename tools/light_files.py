"""The font of icons, which each page waits for, made light: without those that nobody shows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from fontTools import subset

ICONS = Path("_static/vendor/fontawesome")
FONT = "fa-solid-900"
RULE = re.compile(r'((?:\.fa-[\w-]+:{1,2}before,?)+)\{content:"\\([0-9a-f]+)"\}')


def keep_shown_icons(site: Path, pages: Iterable[str]) -> None:
    """Leave in the theme's font of icons those that a page, a script or a style sheet names."""
    (sheet,) = (site / ICONS).glob("*/css/all.min.css")
    css = sheet.read_text(encoding="utf-8")
    own = [
        path.read_text(encoding="utf-8")
        for folder in ("scripts", "styles", ".")
        for path in sorted((site / "_static" / folder).glob("*.[jc]s*"))
    ]
    named = {name for text in (*pages, *own) for name in re.findall(r"fa-[\w-]+", text)}
    codes = {int(code, 16) for text in own for code in re.findall(r'"\\([0-9a-f]{4})"', text)}

    def keep(rule: re.Match[str]) -> str:
        code = int(rule[2], 16)
        if code not in codes and named.isdisjoint(re.findall(r"fa-[\w-]+", rule[1])):
            return ""
        codes.add(code)
        return rule[0]

    css = RULE.sub(keep, css)
    fonts = sheet.parents[1] / "webfonts"
    write_subset(fonts / f"{FONT}.ttf", codes, fonts / f"{FONT}.woff")
    woff2 = rf'url\([^)]*{FONT}\.woff2\)\s*format\("woff2"\)'
    sheet.write_text(
        re.sub(woff2, f'url(../webfonts/{FONT}.woff) format("woff")', css), encoding="utf-8"
    )


def write_subset(font: Path, codes: Iterable[int], target: Path) -> None:
    """Write the part of a font that draws these characters."""
    options = subset.Options(flavor="woff", layout_features=[], notdef_outline=True)
    with subset.load_font(str(font), options) as loaded:
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=codes)
        cutter.subset(loaded)
        subset.save_font(loaded, str(target), options)
