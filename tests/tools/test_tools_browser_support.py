"""What the site uses and a promised browser lacks is found; what it does without is not."""

import re

import pytest
from conftest import missing

import browser_support
import web_uses
from browser_support import PROMISED, findings
from chapters import ROOT


@pytest.fixture(autouse=True)
def packages():
    """Skip or fail without the packages of npm that only tests need."""
    try:
        browser_support.known()
    except FileNotFoundError as error:
        missing(str(error))


def css(text):
    uses = web_uses.uses_of_css(text, "x.css", browser_support.lacking)
    return sorted({finding.feature for finding in findings(uses)})


def javascript(text):
    return [finding.feature for finding in findings(web_uses.uses_of_scripts([("x.js", text)]))]


def html(text):
    return sorted({finding.feature for finding in findings(web_uses.Page(text, "x.html").uses)})


@pytest.mark.parametrize(
    ("text", "feature"),
    [
        ("p { text-wrap: pretty; }", "css.properties.text-wrap.pretty"),
        ("p { field-sizing: content; }", "css.properties.field-sizing"),
        ("p { color: light-dark(red, blue); }", "css.types.color.light-dark"),
        ("details::details-content { color: red; }", "css.selectors.details-content"),
        ("p:has(:popover-open) { color: red; }", "css.selectors.popover-open"),
        ("@media (prefers-reduced-data: reduce) { p { color: red; } }", "prefers-reduced-data"),
        ("@scope (p) { a { color: red; } }", "css.at-rules.scope"),
        ("@media print { p { a { color: red; } } }", "css.selectors.nesting"),
        ("@layer x { p { text-wrap: pretty; } }", "css.properties.text-wrap.pretty"),
    ],
)
def test_a_sheet_that_uses_what_a_promised_browser_lacks_is_found(text, feature):
    assert [name for name in css(text) if name.endswith(feature)]


@pytest.mark.parametrize(
    "text",
    [
        "p { color: color-mix(in srgb, red 20%, blue); height: 50dvh; inset: 0; }",
        "p:is(a, b):not(:has(i)) > a:focus-visible::before { content: ''; }",
        "@media (width < 400px) and (prefers-color-scheme: dark) { p { color: red; } }",
        "p { color: red; color: light-dark(red, blue); }",
        "p { -webkit-user-select: none; user-select: none; }",
        "@supports (text-wrap: pretty) { p { text-wrap: pretty; } }",
        "p { --course-ink: pretty; -moz-osx-font-smoothing: grayscale; }",
    ],
)
def test_a_sheet_that_all_have_or_that_has_an_older_way_is_left_alone(text):
    assert css(text) == []


@pytest.mark.parametrize(
    ("text", "feature"),
    [
        ("node.checkVisibility();", "api.Element.checkVisibility"),
        ("Object.groupBy([], f);", "javascript.builtins.Object.groupBy"),
        ("const held = new Set(); held.union(other);", "javascript.builtins.Set.union"),
        ("Promise.withResolvers();", "javascript.builtins.Promise.withResolvers"),
        ("document.startViewTransition(f);", "api.Document.startViewTransition"),
        ("requestIdleCallback(f);", "api.Window.requestIdleCallback"),
        ("x.addEventListener('scrollsnapchange', f);", "scrollsnapchange_event"),
        ("const x = /[\\p{L}--[a-z]]/v;", "javascript.builtins.RegExp.unicodeSets"),
        ("const x = /(?i:a)b/;", "javascript.regular_expressions.modifier"),
    ],
)
def test_a_script_that_uses_what_a_promised_browser_lacks_is_found(text, feature):
    assert [name for name in javascript(text) if name.endswith(feature)]


@pytest.mark.parametrize(
    "text",
    [
        "const { x = 1, ...rest } = y?.z ?? [1].at(-1); class A { #b = 1; static {} }",
        "node.checkVisibility?.();",
        "const requestIdleCallback = (f) => f(); requestIdleCallback(f);",
        "if (typeof requestIdleCallback === 'function') f();",
        "[1, 2].findLast((x) => x); /(?<=a)b/.test(c); structuredClone(d); node.inert = true;",
        "try { f(); } catch { g(); }",
    ],
)
def test_a_script_that_all_have_or_that_asks_first_is_left_alone(text):
    assert javascript(text) == []


def test_a_script_that_is_none_is_named():
    with pytest.raises(ValueError, match=r"x\.js: .*\(1:6\)"):
        javascript("const = 1;")


def test_elements_and_attributes_are_looked_up():
    assert html("<p popover>x</p>") == ["html.global_attributes.popover"]
    assert html('<p hidden="until-found">x</p>') == ["html.global_attributes.hidden.until-found"]
    assert html('<details name="x"><summary>x</summary></details>') == [
        "html.elements.details.name"
    ]
    assert html('<img loading="lazy" src="x" alt="x"><dialog inert>x</dialog>') == []


def test_sheets_and_scripts_of_a_page_are_read():
    page = web_uses.Page(
        "<style>a{}</style><script>f()</script>"
        '<script type="application/json">{}</script><script src="x.js"></script>',
        "x.html",
    )
    assert (page.sheets, page.scripts) == (["a{}"], ["f()"])


def test_each_finding_says_what_is_missing_where_and_since_when_it_is_there():
    (found,) = findings(web_uses.uses_of_scripts([("x.js", "\nx.checkVisibility();")]))
    assert str(found).startswith("x.js:2: api.Element.checkVisibility is missing in safari 16.4")
    assert "(there since 17.4)" in str(found)


def test_what_the_site_ships_is_had_by_every_promised_browser(capsys):
    assert browser_support.main([]) is None, capsys.readouterr().out


def test_the_promise_is_the_one_that_readers_are_given():
    text = re.sub(r"\s+", " ", (ROOT / "README.md").read_text(encoding="utf-8"))
    for name, version in [
        ("Chrome and Edge", PROMISED["chrome"]),
        ("Firefox", PROMISED["firefox"]),
        ("Safari", PROMISED["safari"]),
    ]:
        assert f"{name} {version}" in text
    assert PROMISED["safari_ios"] == PROMISED["safari"]
