"""The first use of a term in running prose becomes a link to the glossary, and no other."""

from types import SimpleNamespace

import pytest
from docutils import nodes
from docutils.utils import new_document
from sphinx.addnodes import pending_xref

import chapters
from glossary_links import AMBIGUOUS, link_terms, linked, pattern_of, terms_of

TERMS = ["gate", "forget gate", "vocabulary", "LSTM", "bag of words"]


def found_in(text, seen=()):
    """Return the terms that are linked in a text, each with its words."""
    made = linked(text, TERMS, pattern_of(TERMS), set(seen))
    assert not made or "".join(node.astext() for node in made) == text
    return [(n["reftarget"], n.astext()) for n in made if isinstance(n, pending_xref)]


def test_the_terms_are_those_of_the_glossary():
    page = (chapters.BOOK / "appendix" / "glossary.md").read_text(encoding="utf-8")
    terms = terms_of(page)
    assert len(terms) > 70
    assert "forget gate" in terms
    assert set(terms) >= AMBIGUOUS, "each of these is a term"
    assert terms_of("no glossary") == []


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("The forget gate is a gate.", [("forget gate", "forget gate"), ("gate", "gate")]),
        ("Two gates, and a gate.", [("gate", "gates")]),
        ("Vocabularies grow", [("vocabulary", "Vocabularies")]),
        ("a bag\nof words", [("bag of words", "bag\nof words")]),
        ("an lstm, gate-wise, investigate, GATE", []),
    ],
)
def test_the_longest_term_wins_and_plurals_and_capitals_count(text, links):
    assert found_in(text) == links


def test_a_term_that_was_seen_is_no_link_nor_is_a_part_of_it():
    assert found_in("The forget gate opens.", seen={"forget gate"}) == []


def page_of(*children):
    """Return a page of the road as Sphinx reads it, with links set."""
    document = new_document("lstm.md")
    section = nodes.section("", nodes.title("", "The gate"), *children)
    document += section
    env = SimpleNamespace(
        docname="gates/lstm",
        doc2path=lambda name: str(chapters.BOOK / f"{name}.md"),
        note_dependency=lambda path: None,
    )
    link_terms(SimpleNamespace(env=env), document)
    return document


def words_linked(document):
    """Return the words that are links, and their page."""
    return [(link.astext(), link["refdoc"]) for link in document.findall(pending_xref)]


def paragraph(*parts):
    """Return a paragraph of texts and nodes."""
    return nodes.paragraph("", "", *(nodes.Text(p) if isinstance(p, str) else p for p in parts))


def raw(html):
    """Return a piece of HTML as it stands in the Markdown."""
    return nodes.raw("", html, format="html")


def test_the_first_use_in_running_prose_is_a_link():
    page = page_of(
        raw('<div class="choice predict">'),
        raw("<details><summary>a gate</summary>"),
        paragraph("This gate."),
        raw("</details>\n</div>"),
        nodes.admonition("", paragraph("In a box, a gate.")),
        paragraph(nodes.literal("", "gate"), " and ", nodes.strong("", "a gate")),
        paragraph("A gate again, by chance in a cell."),
    )
    assert words_linked(page) == [("gate", "gates/lstm")]
    (link,) = page.findall(pending_xref)
    assert isinstance(link.parent, nodes.strong)


def test_where_the_author_links_a_term_no_other_is_set():
    own = pending_xref("", nodes.inline("", "gates"), reftype="term", reftarget="gate", refdoc="x")
    page = page_of(paragraph("A gate."), paragraph("These are ", own))
    assert words_linked(page) == [("gates", "x")]
