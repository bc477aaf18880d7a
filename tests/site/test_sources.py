"""The package's source is part of the site, and code on its pages leads there."""

import ast
import html
import posixpath
import re
from functools import cache
from pathlib import Path

import pytest
from built_site import CHAPTERS, PAGES, Visit, soup
from conftest import missing
from playwright.sync_api import expect

import accessibility
import chapters
import unrolled
from code_links import Package
from site_browser import HTML

CODE = Path(unrolled.__file__).parent
PACKAGE = Package(CODE)
OVERVIEW = "_modules/index.html"
# A page with classes, constants and imports of its own; it stands for all, which are made alike.
CELLS = "_modules/unrolled/byhand/cells.html"
# What the theme itself causes (sphinx-book-theme 1.1.4), and tests/site/test_access.py counts.


@cache
def article(page):
    """Return the text of a page between the contents and the foot, as HTML."""
    text = (HTML / page).read_text(encoding="utf-8")
    return text[text.index("<article") : text.index("</article>")]


@cache
def ids(page):
    """Return the places of a page that a link can point to."""
    return re.findall(r'\bid="([^"]+)"', article(page))


def dead(page):
    """Return the links of a page into the site that lead nowhere."""
    found = []
    for address in re.findall(r'<a [^>]*href="([^":]+)"', article(page)):
        path, _, place = html.unescape(address).partition("#")
        target = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page
        if not (HTML / target).is_file() or (place and place not in ids(target)):
            found.append(address)
    return found


def page_of(module):
    """Return a module's source page."""
    return f"_modules/{module.replace('.', '/')}.html"


def imported(code):
    """Return what code imports from the package: the module, and the name in it."""
    try:
        tree = ast.parse(re.sub(r"^\s*[%!].*$", "", code, flags=re.MULTILINE))
    except SyntaxError:
        return []
    return [
        (node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "unrolled"
        for alias in node.names
    ]


def test_every_module_has_a_source_page_that_shows_it_whole():
    if not PAGES:
        missing("There is no built site: run `make book`.")
    made = {path.relative_to(HTML).as_posix() for path in (HTML / "_modules").rglob("*.html")}
    assert made == {OVERVIEW} | {page_of(module) for module in PACKAGE.modules}
    for module, path in PACKAGE.modules.items():
        code = re.search(r"<pre>(.*)</pre>", article(page_of(module)), re.DOTALL)[1]
        code = re.sub(r'<a class="viewcode-back".*?</a>|<[^>]*>', "", code)
        assert html.unescape(code).strip() == path.read_text(encoding="utf-8").strip(), module


def test_every_link_of_a_source_page_leads_somewhere_and_no_place_is_there_twice():
    for page in [OVERVIEW, *map(page_of, PACKAGE.modules)]:
        assert dead(page) == [], page
        assert len(ids(page)) == len(set(ids(page))), page


def test_the_reference_leads_to_the_source_pages_and_back():
    overview = soup("appendix/api.html").select_one(f'article a[href="../{OVERVIEW}"]')
    assert overview, "the reference leads to the overview"
    listed = {link["href"] for link in soup(OVERVIEW).select("article li a")}
    assert listed == {page_of(module).removeprefix("_modules/") for module in PACKAGE.modules}
    forth = soup("appendix/api/byhand.html").select_one(f'a[href="../../{CELLS}#LSTMCell"]')
    assert forth.get_text() == "[source]"
    back = soup(CELLS).select_one('[id="LSTMCell"] > a.viewcode-back')
    assert back["href"] == "../../../appendix/api/byhand.html#unrolled.byhand.cells.LSTMCell"


def test_each_page_of_the_reference_begins_with_a_list_of_its_names():
    for page in sorted((chapters.BOOK / "appendix" / "api").glob("*.md")):
        made = f"appendix/api/{page.stem}.html"
        listed = soup(made).select("ul.api-names a")
        here = {tag["id"] for tag in soup(made).find_all(id=True)}
        assert {link["href"][1:] for link in listed} <= here
        explained = soup(made).select("section > dl.py > dt[id]")
        assert {tag["id"] for tag in explained} <= {link["href"][1:] for link in listed}
        for sentence in soup(made).select("dl.py dd > p"):
            assert not sentence.get_text().startswith(":type:")


@pytest.mark.parametrize("page", CHAPTERS)
def test_every_name_that_code_imports_from_the_package_leads_to_its_source(page):
    blocks = soup(page).select("div.highlight-ipython3 pre, div.highlight-python pre")
    wanted = [(block, *one) for block in blocks for one in imported(block.get_text())]
    assert wanted, "every chapter imports from the package"
    up = "../" * page.count("/")
    for block, module, name in wanted:
        place = PACKAGE.find(module, name)
        target = page_of(place.module)
        address = up + target + (f"#{place.name}" if place.name else "")
        links = [a for a in block.select("a.source-name") if a.get_text() == name]
        assert address in [a["href"] for a in links], f"{name} of {module}"
        assert not place.name or place.name in ids(target)
    for link in soup(page).select("a.source-name"):
        path, _, place = link["href"].removeprefix(up).partition("#")
        assert (HTML / path).is_file()
        assert not place or place in ids(path), link


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("dark", 390)])
@pytest.mark.parametrize("page", [f"{CELLS}#LSTMCell", OVERVIEW, "_modules/unrolled/plots.html"])
def test_a_source_page_is_quiet_accessible_and_fits(page, scheme, width, site, chromium):
    with Visit(chromium, site, page, scheme=scheme, width=width) as visit:
        assert visit.complaints == []
        assert visit.foreign() == []
        assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert accessibility.findings(visit.page) == []
        if page.startswith(CELLS):
            box = visit.page.locator("div.highlight pre")
            assert box.evaluate("node => getComputedStyle(node).overflowX") == "auto"


def test_a_link_in_code_looks_as_the_code_and_leads_to_the_line(site, chromium):
    with Visit(chromium, site, "gates/lstm.html") as visit:
        link = visit.page.locator("a.source-name", has_text=re.compile("^LSTMCell$")).first
        style = "node => { const { color, textDecorationStyle } = getComputedStyle(node);"
        colour, line = link.evaluate(f"{style} return [color, textDecorationStyle]; }}")
        assert colour == link.locator("xpath=..").evaluate("node => getComputedStyle(node).color")
        assert line == "dotted"
        link.focus()
        assert link.evaluate(f"{style} return textDecorationStyle; }}") == "solid"
        stops = visit.page.locator('a.source-name:not([tabindex="-1"])').count()
        assert stops == len(
            [one for block in visit.page.locator("div.cell_input pre").all_inner_texts()
             for one in imported(block)]
        )  # fmt: skip
        link.press("Enter")
        expect(visit.page).to_have_url(re.compile(r"cells\.html#LSTMCell$"))
        expect(visit.page.locator('[id="LSTMCell"]')).to_be_in_viewport()
        assert visit.complaints == []


def test_what_is_copied_from_a_source_page_is_its_code(site, chromium):
    with Visit(chromium, site, CELLS) as visit:
        exclude = visit.page.evaluate(
            """() => { const copy = document.querySelector('div.highlight pre').cloneNode(true);
                 copy.querySelectorAll('.viewcode-back').forEach(node => node.remove());
                 return copy.textContent; }"""
        )
        assert exclude.strip() == PACKAGE.modules["unrolled.byhand.cells"].read_text().strip()
