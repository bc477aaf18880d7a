"""Icons that nobody shows are cut from the font."""

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from light_files import ICONS, keep_shown_icons

CSS = (
    '@font-face{src:url(../webfonts/fa-solid-900.woff2) format("woff2"),url(x.ttf)}'
    '.fa-bars:before,.fa-navicon:before{content:"\\f0c9"}.fa-sun:before{content:"\\f185"}'
    '.fa-moon:before{content:"\\f186"}.fa-list:before{content:"\\f03a"}'
)


@pytest.fixture
def site(tmp_path):
    """Return a site with a sheet of icons, their font, and a script and a style of the theme."""
    vendor, static = tmp_path / ICONS / "6", tmp_path / "_static"
    for folder in (vendor / "css", vendor / "webfonts", static / "scripts", static / "styles"):
        folder.mkdir(parents=True)
    (vendor / "css" / "all.min.css").write_text(CSS)
    (static / "scripts" / "theme.js").write_text('icon("fa-moon")')
    (static / "styles" / "theme.css").write_text('x::before{content:"\\f185"}')
    return tmp_path


def icon_font(target):
    """Draw a font with four icons and a letter."""
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((0, 500))
    pen.lineTo((500, 0))
    pen.closePath()
    codes = {0xF0C9: "a", 0xF185: "b", 0xF186: "c", 0xF03A: "d", 0x41: "e"}
    names = [".notdef", *codes.values()]
    builder = FontBuilder(1000)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap(codes)
    builder.setupGlyf(dict.fromkeys(names, pen.glyph()))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (500, 0)))
    builder.setupHorizontalHeader()
    builder.setupPost()
    builder.save(target)


def test_only_icons_that_something_names_stay(site):
    vendor = site / ICONS / "6"
    icon_font(vendor / "webfonts" / "fa-solid-900.ttf")
    keep_shown_icons(site, ['<i class="fa-solid fa-navicon"></i>'])
    css = (vendor / "css" / "all.min.css").read_text()
    assert "fa-bars" in css, "one name of the icon is shown"
    assert "fa-moon" in css, "a script names it"
    assert "fa-list" not in css
    assert 'url(../webfonts/fa-solid-900.woff) format("woff")' in css
    with TTFont(vendor / "webfonts" / "fa-solid-900.woff") as font:
        assert set(font.getBestCmap()) == {0xF0C9, 0xF185, 0xF186}
