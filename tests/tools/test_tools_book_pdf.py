"""The book as one PDF: of a small site of three pages, whose ids and pictures are alike."""

import re
import shutil

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter

import book_pdf
import site_browser
from chapters import BOOK

TOC = {
    "root": "index",
    "parts": [
        {"caption": "First & last", "chapters": [{"file": "a/one"}, {"file": "b/two"}]},
        {"caption": "Appendix", "chapters": [{"file": "appendix/api"}]},
    ],
}
CHOICE = """<div class="choice check"><p>Which?</p>
<details><summary>this</summary><p>Reason against this.</p></details>
<details class="right"><summary>that</summary><p>Reason for that.</p></details></div>"""


def page(title, body, head=""):
    """Return a page as the site has them."""
    return f"""<html><head>{head}<link rel="stylesheet" href="../_static/print.css">
<title>{title} — Site</title></head><body><nav>Everything else</nav>
<article class="bd-article"><section id="top"><h1><span class="section-number">1. </span>{title}<a
class="headerlink" href="#top">#</a></h1>{body}<section id="more"><h2>More of {title}</h2>
<p>The end of {title}.</p></section></section></article></body></html>"""


def write_site(folder):
    """Write a small site into a folder, and return where."""
    site = folder / "site"
    for name, body in {
        "index": '<p>See <a href="b/two.html#more">the second</a>.</p>',
        "a/one": '<p>A <a href="#more">way on</a>, <a href="../appendix/api.html#x">out</a>, '
        '<a href="../b/two.html">there</a>, <a href="https://example.org/">far</a>.</p>'
        f'<p style="height: 1500px">long</p>{CHOICE}'
        '<img src="../_images/dot.png" loading="lazy" alt="a dot">',
        "b/two": f'<p>Back to <a href="../a/one.html#more">the first</a>.</p>{CHOICE}',
        "appendix/api": "<p>Left out.</p>",
    }.items():
        (site / f"{name}.html").parent.mkdir(parents=True, exist_ok=True)
        title = f"Page {name.rpartition('/')[2]}"
        (site / f"{name}.html").write_text(page(title, body), encoding="utf-8")
    (site / "_static").mkdir()
    (site / "_images").mkdir()
    for name in ("print.css", "print.js"):
        shutil.copy(BOOK / "_static" / name, site / "_static")
    Image.new("RGB", (40, 40), "red").save(site / "_images" / "dot.png")
    return site


@pytest.fixture
def small(tmp_path):
    """Return the folder of a small site."""
    return write_site(tmp_path)


@pytest.fixture(scope="module")
def made(tmp_path_factory, chromium):
    """Return the book of a small site, and the text of its pages."""
    folder = tmp_path_factory.mktemp("book")
    target, about = folder / "out" / "book.pdf", ["A subtitle", "A licence"]
    book_pdf.make(write_site(folder), TOC, "The book", about, target, chromium)
    reader = PdfReader(target)
    return reader, [part.extract_text() for part in reader.pages]


def pages_by_heading(reader, outline=None):
    """Return the number of the page of each bookmark, by its title."""
    found = {}
    for entry in reader.outline if outline is None else outline:
        if isinstance(entry, list):
            found |= pages_by_heading(reader, entry)
        else:
            found.setdefault(entry.title, reader.get_destination_page_number(entry) + 1)
    return found


def test_bookmarks_show_parts_chapters_and_sections(made):
    reader, _ = made

    def shape(outline):
        return [shape(one) if isinstance(one, list) else one.title for one in outline]

    end = "Answers and solutions"
    assert shape(reader.outline) == [
        "The book",
        "Contents",
        ["1. Page index", ["More of Page index"]],
        "First & last",
        ["1. Page one", ["More of Page one", end], "1. Page two", ["More of Page two", end]],
    ]


def test_the_contents_tell_the_page_on_which_each_chapter_begins(made):
    reader, texts = made
    begins = pages_by_heading(reader)
    assert begins["1. Page two"] > begins["1. Page one"] + 1, "the first is longer than a page"
    for title in ("1. Page index", "1. Page one", "1. Page two"):
        assert re.search(rf"{title}\s*{begins[title]}\b", texts[begins["Contents"] - 1])
        assert title in texts[begins[title] - 1]
    assert "Left out" not in "".join(texts)
    assert "Everything else" not in "".join(texts)


def test_links_between_pages_lead_within_the_book_and_none_to_a_file(made):
    reader, _ = made
    begins = pages_by_heading(reader)
    links = [
        note.get_object()
        for part in reader.pages
        for note in part.get("/Annots", [])
        if note.get_object()["/Subtype"] == "/Link"
    ]
    assert [link["/A"]["/URI"] for link in links if "/A" in link] == ["https://example.org/"]
    named = {name.removeprefix("/"): place for name, place in reader.named_destinations.items()}
    places = [str(link["/Dest"]).removeprefix("/") for link in links if "/Dest" in link]
    assert {"a-one", "b-two", "a-one--more", "b-two--more"} <= set(places) <= set(named)
    to = {place: reader.get_destination_page_number(named[place]) + 1 for place in places}
    assert to["b-two--more"] == begins["More of Page two"]
    assert to["a-one--more"] == begins["More of Page one"]
    assert to["b-two"] == begins["1. Page two"]


def test_answers_stand_at_the_end_of_each_chapter(made):
    _, texts = made
    whole = "\n".join(texts)
    for title in ("one", "two"):
        chapter = whole[whole.index(f"More of Page {title}") :]
        assert chapter.index("Answers and solutions") < chapter.index("Reason for that")
    assert whole.index("More of Page one") < whole.index("Reason against this")
    assert whole.count("Question 1: b is right.") == 2


def test_pictures_are_there_and_a_lost_one_is_named(small, tmp_path, made, chromium):
    reader, _ = made
    assert sum(len(part.images) for part in reader.pages) == 1
    (small / "_images" / "dot.png").unlink()
    with pytest.raises(ValueError, match=r"Pictures of the book are not there: .*dot\.png"):
        book_pdf.make(small, TOC, "The book", ["A licence"], tmp_path / "again.pdf", chromium)


def test_a_link_to_a_page_that_is_left_out_leads_to_the_site_where_it_has_an_address(small):
    names = ["index", "a/one", "b/two"]
    bare, _ = book_pdf.chapter(book_pdf.Site(small, names), "a/one")
    assert not bare.find("a", string="out").has_attr("href")
    body = '<p><a href="../appendix/api.html#x">out</a></p>'
    head = '<link rel="canonical" href="https://example.org/course/a/one.html" />'
    (small / "a" / "one.html").write_text(page("One", body, head), encoding="utf-8")
    told, title = book_pdf.chapter(book_pdf.Site(small, names), "a/one")
    assert told.find("a", string="out")["href"] == "https://example.org/course/appendix/api.html#x"
    assert title == "1. One"


def test_what_a_page_names_by_its_id_is_renamed_with_it(small):
    body = (
        '<svg><defs><marker id="tip"></marker></defs><path marker-end="url(#tip)"></path></svg>'
        '<label for="box">b</label><input id="box" aria-describedby="top box">'
    )
    (small / "a" / "one.html").write_text(page("One", body), encoding="utf-8")
    article, _ = book_pdf.chapter(book_pdf.Site(small, ["a/one"]), "a/one")
    assert article.path["marker-end"] == "url(#a-one--tip)"
    assert article.marker["id"] == "a-one--tip"
    assert article.label["for"] == article.input["id"] == "a-one--box"
    assert article.input["aria-describedby"] == "a-one--top a-one--box"


def test_a_page_that_was_not_built_is_named(small):
    with pytest.raises(FileNotFoundError, match=r"no page a/three\.html. Build it: `make book`"):
        book_pdf.chapter(book_pdf.Site(small, []), "a/three")


def test_sheets_that_a_page_holds_in_part_are_taken_whole(small):
    held = '<style data-sheets="print.css course.css">p{}</style>'
    held += "<style>a{background:url(x.png)}</style>"
    index = (small / "index.html").read_text(encoding="utf-8")
    (small / "index.html").write_text(index.replace("<head>", f"<head>{held}"), encoding="utf-8")
    sheets = book_pdf.Site(small, ["index"]).sheets("index")
    static = (small / "_static").as_uri()
    assert sheets[0] == f'<link rel="stylesheet" href="{static}/print.css">'
    assert sheets[2] == f'<style>a{{background:url("{small.as_uri()}/x.png")}}</style>'


def test_the_front_page_offers_the_book_once(small, made, tmp_path):
    PdfWriter(clone_from=made[0]).write(tmp_path / "book.pdf")
    for _ in range(2):
        book_pdf.offer(small, tmp_path / "book.pdf")
    index = (small / "index.html").read_text(encoding="utf-8")
    assert index.count('href="book.pdf"') == 1
    assert f"({len(made[0].pages)} pages" in index
    assert (small / "book.pdf").exists()


def test_without_a_browser_a_sentence_says_what_to_do(monkeypatch, capsys):
    monkeypatch.setattr(site_browser, "find_chromium", lambda: None)
    for arguments in ([], ["--can"]):
        assert book_pdf.main(arguments) == 1
        told = capsys.readouterr().err
        assert told.startswith("make pdf needs Chromium (or Chrome), and found none")
        assert "apt install chromium" in told
