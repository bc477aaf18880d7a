"""The scripts of a page come as one file, in the order in which they ran, with the same meaning."""

import re

import pytest
from conftest import run_node

from page_scripts import Scripts, with_joined_scripts

PAGE = """<html><head><link rel="preload" as="script" href="../_static/end.js?x=1" />
<link rel="preload" as="font" crossorigin href="../_static/fa-solid-900.woff2" />
<script src="../_static/vendor/fontawesome/6/js/all.min.js?d=1"></script>
<script src="../_static/documentation_options.js?v=1"></script>
<script defer src="../_static/first.js?v=2"></script><script>let hint = 1;</script>
<script defer onerror="x" src="../_static/live/mount.js"></script>
<script data-a="b" src="../_static/design-tabs.js"></script>
</head><body><p>x</p><script src="../_static/end.js"></script></body></html>"""


@pytest.fixture
def static(tmp_path):
    """Return static files: a strict script, one that is not, and what is not joined."""
    (tmp_path / "first.js").write_text('"use strict";\nlog.push("first", typeof ended);\n// end')
    (tmp_path / "end.js").write_text('ended = true; log.push("end")')
    (tmp_path / "documentation_options.js").write_text("const OPTIONS = {};")
    (tmp_path / "design-tabs.js").write_text("tabs")
    return tmp_path


def joined(page, static):
    """Return the name of the page's joined file, and what is in it."""
    (name,) = re.findall(r'data-scripts="[^"]*" src="\.\./_static/(joined/\w+\.js)"', page)
    return name, (static / name).read_text()


def test_one_script_comes_after_the_text_and_options_stand_in_the_page(static):
    page = with_joined_scripts(PAGE, Scripts(static), "../_static")
    assert re.findall(r'<script [^>]*src="([^"]*)"', page)[0] == "../_static/live/mount.js"
    assert len(re.findall(r"<script [^>]*src=", page)) == 2
    assert "<script>const OPTIONS = {};</script>" in page
    assert all("defer" in tag for tag in re.findall(r"<script [^>]*src=[^>]*>", page))
    assert "preload" not in page
    assert "fontawesome" not in page, "icons come from a font"
    assert "tabs" not in joined(page, static)[1], "no page moves tabs that it does not have"


def test_what_is_no_page_stays_as_it_is(static):
    part = '<script src="../_static/first.js"></script>'
    assert with_joined_scripts(part, Scripts(static), "../_static") == part


def test_the_joined_scripts_run_as_they_did(static):
    _, script = joined(with_joined_scripts(PAGE, Scripts(static), "../_static"), static)
    told = run_node("-e", f"globalThis.log = []; (0, eval)({script!r}); console.log(log.join())")
    assert told.strip() == "end,first,boolean", "those at the end of the page ran first"


def test_a_page_with_tabs_keeps_what_moves_them(static):
    page = PAGE.replace("<p>x</p>", '<div class="sd-tab-set"></div>')
    assert "tabs" in joined(with_joined_scripts(page, Scripts(static), "../_static"), static)[1]


def test_a_page_that_is_not_built_anew_gets_the_scripts_of_today(static):
    page = with_joined_scripts(PAGE, Scripts(static), "../_static")
    assert with_joined_scripts(page, Scripts(static), "../_static") == page
    before, _ = joined(page, static)
    (static / "first.js").write_text("new one")
    again = with_joined_scripts(page, Scripts(static), "../_static")
    now, script = joined(again, static)
    assert now != before
    assert "new one" in script
    assert not (static / before).exists(), "no page loads it"
