"""Formulas are set when the site is built."""

import re

import pytest

import mathematics
from mathematics import (
    formulas_of,
    typeset,
    typeset_with_known,
    with_formulas,
    write_sheet,
)

PAGE = """<html><head>
<script>window.MathJax = {"options": {}}</script>
<script defer="defer" src="https://example.org/mathjax@3/tex.js"></script>
<script src="a.js"></script>
</head><p>Here <span class="math notranslate nohighlight">\\(a &lt; b\\)</span>, and
<div class="math notranslate nohighlight" id="equation-eq-x">
<span class="eqno">(1.1)<a class="headerlink" href="#equation-eq-x">#</a></span>\\[\\begin{aligned}
x &amp;= \\frac{1}{2}
\\end{aligned}\\]</div>
<p>and <span class="math notranslate nohighlight">\\(a &lt; b\\)</span> again,
not <code>\\(c\\)</code>.</p>
"""


def test_the_formulas_of_a_page_are_found_as_they_were_written():
    inline, display, again = formulas_of(PAGE)
    assert inline == again == ("a < b", False)
    assert display == ("\\begin{aligned}\nx &= \\frac{1}{2}\n\\end{aligned}", True)


def test_a_page_shows_its_formulas_without_a_script():
    found, css = typeset(formulas_of(PAGE))
    page = with_formulas(PAGE, found, "../_static")
    assert page.count("<mjx-container") == 3, "for the eye"
    assert page.count("<math ") == 3, "for the ear"
    assert "<mfrac><mn>1</mn><mn>2</mn></mfrac>" in page
    assert "(1.1)<a" in page, "the equation's number stays"
    assert "<code>\\(c\\)</code>" in page, "code is no formula"
    for script, loaded in (("MathJax =", False), ("mathjax@3", False), ("a.js", True)):
        assert (script in page) == loaded
    assert '<link rel="stylesheet" href="../_static/mathematics.css">' in page
    assert "mjx-container" in css


def test_a_page_without_formulas_loads_no_style_sheet_of_theirs():
    assert with_formulas("<head></head><p>1</p>", {}, "_static") == "<head></head><p>1</p>"


def test_a_formula_that_cannot_be_read_is_named():
    with pytest.raises(ValueError, match=r"cannot read the formula '\\\\frac\{1\}': Missing"):
        typeset([("x", False), ("\\frac{1}", False)])


def test_the_fonts_lie_where_the_style_sheet_says(tmp_path):
    _, css = typeset([("x", False), ("\\mathbb{R} + \\sum", True)])
    write_sheet(css, tmp_path)
    named = set(re.findall(r'url\("(.*?)"\)', (tmp_path / "mathematics.css").read_text()))
    assert len(named) > 5
    assert all((tmp_path / name).is_file() for name in named)


def test_the_sheet_holds_the_characters_of_pages_that_were_set_before(tmp_path, monkeypatch):
    known = tmp_path / "known.json"
    first, _ = typeset_with_known([("c", False)], known)
    both, css = typeset_with_known([("u", False)], known)
    assert both["c", False] == first["c", False]
    for character in ("1D450", "1D462"):
        assert f"mjx-c{character}" in css
    monkeypatch.setattr(mathematics, "typeset", None)
    assert typeset_with_known([("c", False)], known) == (both, css), "node is not asked again"
