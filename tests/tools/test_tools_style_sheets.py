"""A page carries its style: what can match on it is kept in order, and the rest is left out."""

import pytest

from style_sheets import Sheets, Uses, rules_of, with_own_style

PAGE = """<html><head><link rel="stylesheet" href="../_static/a.css?v=1">
<link rel="icon" href="../_static/i.ico"><link href="../_static/s/b.css" rel="stylesheet" />
</head><body><p class="told big" id="here">x</p></body></html>"""


def kept(css, page=PAGE, scripts=()):
    """Return what is left of a sheet on a page."""
    has = Uses(page, scripts)
    return "".join(rule.cut(has) for rule in rules_of(css))


@pytest.mark.parametrize(
    ("css", "left"),
    [
        (".told { color : red }", ".told{color:red}"),
        (".untold { color: red }", ""),
        ("p.told, .un, #here{ margin: 0 1px!important }", "p.told,#here{margin:0 1px !important}"),
        ("p .untold { color: red }", ""),
        ("ul > li { color: red }", ""),
        ("P::before { content: 'a  b' }", "P::before{content:\"a  b\"}"),
        ("p:not(.untold) { color: red }", "p:not(.untold){color:red}"),
        ("p[title='x y']:hover { color: red }", "p[title=\"x y\"]:hover{color:red}"),
        (":root { --a: 1px; --b: {x} }", ":root{--a:1px;--b:{x}}"),
        ("* { margin: 0 }", "*{margin:0}"),
        ("@media print { .told{color:red} .untold{color:red} }", "@media print{.told{color:red}}"),
        ("@media print { .untold{color:red} }", ""),
        ("@font-face { font: X; src: url(x.woff) }", "@font-face{font: X; src: url(x.woff)}"),
        ("@charset 'utf-8'; /* p {} */ p { }", ""),
        ("tbody td { color: red }", ""),
        ("a { color: red; } p { color: calc(1px + 2px) }", "p{color:calc(1px + 2px)}"),
    ],
)  # fmt: skip
def test_what_can_match_is_kept_and_the_rest_is_left_out(css, left):
    assert kept(css) == left


def test_what_a_script_may_write_is_kept():
    scripts = ['box.className = "untold"', "box.classList.add(`shown-${kind}`)", 'make("ul")']
    css = ".untold{a:b}.shown-more{a:b}ul{a:b}.other{a:b}"
    assert kept(css, scripts=scripts) == ".untold{a:b}.shown-more{a:b}ul{a:b}"
    inline = PAGE.replace("</body>", '<script>add("other")</script></body>')
    assert kept(".other{a:b}", inline) == ".other{a:b}"


def test_what_a_link_may_show_is_kept_and_what_others_show_is_not(tmp_path):
    (tmp_path / "previews").mkdir()
    for name in ("gates-gru", "gates-minigru", "rnn", "appendix-glossary"):
        (tmp_path / "previews" / f"{name}.js").write_text(f'show("of-{name}")')
    sheets = Sheets(tmp_path)
    for address, found in (
        ("gru.html#equation-z", ["gates-gru"]),
        ("../gates/gru.html#equation-z", ["gates-gru"]),
        ("../rnn.html#h", ["rnn"]),
        ("glossary.html#term-gate", ["appendix-glossary"]),
    ):
        page = f'<a class="reference internal" data-preview="equation" href="{address}">z</a>'
        assert sheets.scripts_of(page) == [f'show("of-{name}")' for name in found], address
    assert sheets.scripts_of('<a class="reference internal" href="gru.html#z">z</a>') == []


@pytest.fixture
def static(tmp_path):
    """Return the static files of a site, with two sheets, of which one imports a third."""
    folder = tmp_path / "_static"
    (folder / "s").mkdir(parents=True)
    (folder / "a.css").write_text('.told{background:url("i.svg")}')
    (folder / "s" / "b.css").write_text(
        '@import "../c.css";.told{src:url(data:x)}.big{src:url(f.woff)}'
    )
    (folder / "c.css").write_text("#here{color:red}.away{color:red}")
    return folder


def test_a_page_gets_one_style_in_the_place_of_its_sheets(static):
    page = with_own_style(PAGE, Sheets(static), "../_static")
    assert '<link rel="icon"' in page
    assert 'rel="stylesheet"' not in page
    assert (
        '<style data-sheets="a.css s/b.css">.told{background:url("../_static/i.svg")}'
        "#here{color:red}.told{src:url(data:x)}.big{src:url(../_static/s/f.woff)}</style>"
    ) in page


def test_a_page_that_is_not_built_anew_gets_the_style_of_today(static):
    page = with_own_style(PAGE, Sheets(static), "../_static")
    assert with_own_style(page, Sheets(static), "../_static") == page
    (static / "a.css").write_text(".told{color:blue}")
    again = with_own_style(page, Sheets(static), "../_static")
    assert again == page.replace('background:url("../_static/i.svg")', "color:blue")
