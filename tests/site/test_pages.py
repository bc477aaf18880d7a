"""The pages of the built site as files: no link is dead, nothing comes from elsewhere."""

import posixpath
import re
from collections import Counter
from functools import cache
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from built_site import ALL_HTML, CHAPTERS, PAGES, soup
from conftest import missing

import chapters
from site_browser import HTML

STYLE_LIMIT = 200_000  # characters of CSS in a page; the theme's sheets have 450,000
CHILDREN = {  # of elements of MathML that have a fixed number of them
    **dict.fromkeys(["mfrac", "mroot", "msub", "msup", "munder", "mover"], 2),
    **dict.fromkeys(["msubsup", "munderover"], 3),
}
LINKS = [("a", "href"), ("img", "src"), ("source", "src"), ("script", "src"), ("link", "href")]


@cache
def anchors(page):
    """Return everything on a page that a link can point to."""
    tags = soup(page).find_all(lambda tag: tag.has_attr("id") or tag.has_attr("name"))
    return {tag.get("id") for tag in tags} | {tag.get("name") for tag in tags}


def dead_links(page):
    """Return what a page points to inside the site that is not there."""
    dead = []
    for tag, attribute in LINKS:
        for element in soup(page).find_all(tag, **{attribute: True}):
            address = element[attribute]
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            path = unquote(parts.path)
            folder = posixpath.dirname(page)
            target = posixpath.normpath(posixpath.join(folder, path)) if path else page
            if not (HTML / target).is_file():
                dead.append(f"{address}: no such file")
            elif parts.fragment and target.endswith(".html"):
                fragment = unquote(parts.fragment)
                if fragment not in anchors(target):
                    dead.append(f"{address}: no such place on that page")
    return dead


def test_the_site_is_built():
    if not PAGES:
        missing("There is no built site: run `make book`.")
    toc = yaml.safe_load((chapters.ROOT / "_toc.yml").read_text(encoding="utf-8"))
    named = [page for part in toc["parts"] for page in part["chapters"]]
    named += [page for above in named for page in above.get("sections", [])]
    listed = [toc["root"], *(page["file"] for page in named)]
    assert sorted(f"{name}.html" for name in listed) == sorted(PAGES), "the site is out of date"


@pytest.mark.parametrize("page", ALL_HTML)
def test_every_internal_link_and_image_resolves(page):
    assert dead_links(page) == []


@pytest.mark.parametrize("page", ALL_HTML)
def test_no_link_is_empty_and_no_resource_is_foreign(page):
    for link in soup(page).find_all("a", href=True):
        assert urlsplit(link["href"]).scheme in ("", "https", "http", "mailto"), link
        assert link["href"] not in ("", "None", "https://", "http://"), link
    for tag, attribute in LINKS[1:]:
        for element in soup(page).find_all(tag, **{attribute: True}):
            if element.get("rel") == ["canonical"]:
                continue  # names the page's own address, where it is published
            assert not urlsplit(element[attribute]).netloc, f"{element} comes from elsewhere"


@pytest.mark.parametrize("page", PAGES)
def test_every_image_has_alt_text_and_no_placeholder_is_left(page):
    article = soup(page).find("article") or soup(page)
    for image in article.find_all("img"):
        assert (image.get("alt") or "").strip(), f"{image.get('src')} has no alt text"
        assert not re.search(r"\.(png|svg|jpe?g)$", image["alt"]), "its alt text is a file name"
    for leftover in ("{numref}", "{ref}", "{eq}", "{cite}", "{term}", "```{", "TODO"):
        assert leftover not in article.get_text(), f"{leftover} was not rendered"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_waits_for_no_file_and_loads_few(page):
    head = soup(page).head
    assert head.find_all("link", rel=["stylesheet", "preload"]) == [], "its style is in it"
    scripts = soup(page).find_all("script", src=True)
    assert all(script.has_attr("defer") for script in scripts), "they come after the text"
    others = [script["src"] for script in scripts if not script.has_attr("data-scripts")]
    assert len(scripts) == len(others) + 1, "all others come as one"
    assert {posixpath.basename(urlsplit(name).path) for name in others} <= {"mount.js"}, (
        "that of live figures"
    )
    (style,) = head.find_all("style")
    assert ("mathematics.css" in style["data-sheets"]) == bool(soup(page).select(".math"))
    assert len(style.string) < STYLE_LIMIT


@pytest.mark.parametrize("page", PAGES)
def test_a_pages_style_holds_every_character_of_its_formulas(page):
    shown = {
        name
        for drawn in soup(page).select("mjx-c")
        for name in drawn.get("class", [])
        if name.startswith("mjx-c")
    }
    held = set(re.findall(r"\.(mjx-c[0-9A-F]+)", soup(page).head.style.string))
    assert shown - held == set()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_offers_its_executed_notebook(page):
    stored = (chapters.BOOK / page).with_suffix(".ipynb")
    links = soup(page).select("p.minutes a[download]")
    assert len(links) == stored.exists()
    for link in links:
        taken = (HTML / page).parent / link["href"]
        assert taken.read_bytes() == stored.read_bytes()


@pytest.mark.parametrize("page", PAGES)
def test_the_figures_of_a_page_wait_and_keep_their_place(page):
    for figure in soup(page).select("div.cell_output img, figure img[src*=_images]"):
        assert figure.get("loading") == "lazy"
        assert int(figure["width"]) > 0
        assert int(figure["height"]) > 0


@pytest.mark.parametrize("page", ALL_HTML)
def test_no_id_stands_twice_on_a_page(page):
    ids = Counter(tag["id"] for tag in soup(page).find_all(id=True))
    assert [name for name, times in ids.items() if times > 1] == []


@pytest.mark.parametrize("page", ALL_HTML)
def test_what_names_an_address_to_those_who_share_a_page_is_whole_or_absent(page):
    for tag in soup(page).find_all("meta", property=re.compile("^og:(url|image)$")):
        assert urlsplit(tag["content"]).scheme in ("https", "http"), tag


@pytest.mark.parametrize("page", CHAPTERS)
def test_no_assertion_stands_open_on_a_page(page):
    for cell in soup(page).select("div.cell"):
        if not cell.find_parent("details") and "assert " in cell.get_text():
            assert "tag_proof" in cell["class"] or cell.select_one("details"), cell.get_text()[:80]
    for proof in soup(page).select("div.cell.tag_proof"):
        assert re.fullmatch(
            r"checked: \d+ (number|statement)s?", proof.select_one("summary p").get_text().strip()
        )


@pytest.mark.parametrize("page", CHAPTERS)
def test_each_element_of_a_formula_has_the_children_that_it_needs(page):
    elements = soup(page).select(", ".join(f"math {name}" for name in CHILDREN))
    assert bool(soup(page).select("math")) == bool(soup(page).select(".math"))
    for element in elements:
        assert len(element.find_all(recursive=False)) == CHILDREN[element.name], str(element)
