"""What a link leads to is found in the finished pages, and kept for the pages that link to it."""

import json

import pytest

from previews import element_at, from_the_root, preview_of, targets_of, with_marks, with_previews

GLOSSARY = (
    '<article><dl class="glossary"><dt id="term-gate">gate<a class="headerlink" href="#term-gate">#'
    '</a></dt><dd><p>A <a class="reference internal" href="#term-cell">cell</a>\'s vector.</p></dd>'
    '<dt id="term-cell">cell</dt><dd><p id="inner">The rule.</p></dd></dl></article>'
)
CHAPTER = (
    '<nav><a class="reference internal" href="../words.html#term-gate">gate</a></nav><article>'
    '<h2><a class="reference internal" href="../words.html#term-gate">gate</a></h2>'
    '<p class="admonition-title"><a class="reference internal" href="#ex-one">Exercise</a></p>'
    '<p><a class="reference internal" href="../words.html#term-gate">gate</a>'
    '<a class="reference internal" href="#ex-one">exercise</a>'
    '<a class="reference internal" href="../words.html#nothing">more</a></p>'
    '<div class="exercise admonition" id="ex-one"><div><img src="../a.png"></div></div></article>'
)


@pytest.fixture
def site(tmp_path):
    """Return a site of two pages, of which one links to the other."""
    (tmp_path / "part").mkdir()
    (tmp_path / "words.html").write_text(GLOSSARY, encoding="utf-8")
    (tmp_path / "part" / "one.html").write_text(CHAPTER, encoding="utf-8")
    return tmp_path


def held(site, name):
    """Return what a script of previews holds."""
    script = (site / "_static" / "previews" / f"{name}.js").read_text(encoding="utf-8")
    start = f'(globalThis.coursePreviews ??= {{}})["{name}"] = '
    assert script.startswith(start)
    return json.loads(script.removeprefix(start).removesuffix(";\n"))


def test_a_page_tells_what_it_has_to_show():
    assert {name: kind for name, (kind, _) in targets_of(GLOSSARY).items()} == {
        "term-gate": "term",
        "term-cell": "term",
    }
    assert targets_of(CHAPTER)["ex-one"][0] == "exercise"


def test_an_element_ends_where_its_own_tag_is_closed():
    start = CHAPTER.index('<div class="exercise')
    assert element_at(CHAPTER, start).endswith("</div></div>")
    with pytest.raises(ValueError, match="not closed"):
        element_at("<div><div></div>", 0)
    with pytest.raises(ValueError, match="No element begins"):
        element_at("words", 0)


def test_a_term_comes_with_its_meaning_and_without_ids_and_permalinks():
    shown = preview_of(GLOSSARY, "term", targets_of(GLOSSARY)["term-gate"][1])
    assert shown == (
        '<dl class="glossary"><dt>gate</dt><dd><p>A <a class="reference internal" '
        'href="#term-cell">cell</a>\'s vector.</p></dd></dl>'
    )
    assert "inner" not in preview_of(GLOSSARY, "term", targets_of(GLOSSARY)["term-cell"][1])


def test_a_symbol_comes_with_its_first_paragraph_only():
    page = '<dl><dt class="sig sig-object py" id="a.b">b</dt><dd><p>One.</p><p>Two.</p></dd></dl>'
    shown = preview_of(page, *targets_of(page)["a.b"])
    assert shown == ('<dl class="py"><dt class="sig sig-object py">b</dt><dd><p>One.</p></dd></dl>')


def test_addresses_are_seen_from_the_root():
    shown = '<a href="#x">1</a><img src="../a.png"><a href="https://x.org/y">2</a>'
    assert from_the_root(shown, "part/one.html") == (
        '<a href="part/one.html#x">1</a><img src="a.png"><a href="https://x.org/y">2</a>'
    )


def test_links_of_the_text_are_marked_and_no_others_and_marking_again_changes_nothing(site):
    known = {"words.html": targets_of(GLOSSARY), "part/one.html": targets_of(CHAPTER)}
    page, needed = with_marks(CHAPTER, "part/one.html", known)
    assert page.count("data-preview") == 2
    assert 'data-preview="term" href="../words.html#term-gate">gate</a><a' in page
    assert 'data-preview="exercise" href="#ex-one">exercise' in page
    assert needed == {"words.html": {"term-gate"}}
    assert with_marks(page, "part/one.html", known) == (page, needed)


def test_a_script_holds_what_other_pages_lead_to_and_old_ones_go(site):
    old = site / "_static" / "previews" / "gone.js"
    old.parent.mkdir(parents=True)
    old.write_text("")
    pages = with_previews({path: path.read_text() for path in site.rglob("*.html")}, site)
    assert list(held(site, "words")) == ["term-gate"]
    assert 'href="words.html#term-cell"' in held(site, "words")["term-gate"]
    assert [path.name for path in old.parent.iterdir()] == ["words.js"]
    assert 'data-preview="term"' in pages[site / "words.html"]
