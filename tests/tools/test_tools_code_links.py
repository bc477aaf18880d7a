"""Names in the code of a page lead to where the package defines them, and to nothing else."""

import html
import re

import pytest
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from code_links import Package, Place, with_links

FILES = {
    "house/__init__.py": '"""A house."""\nfrom house.kitchen import KNIVES, Pan\n',
    "house/kitchen.py": "KNIVES, forks = 3, 4\nplates: int = 5\n\nclass Pan:\n    lid = 1\n"
    "\n\ndef fry(pan):\n    oil = 1\n    return oil\n",
    "house/cellar/__init__.py": "",
    "house/cellar/wine.py": "from house import Pan\n\ndef pour():\n    return 1\n",
}


@pytest.fixture
def house(tmp_path):
    """Return a package of four modules."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Package(tmp_path / "house")


def page(*blocks):
    """Return a page with blocks of code, as the build writes them."""
    made = [highlight(block, PythonLexer(), HtmlFormatter()) for block in blocks]
    return "<p>Text</p>".join(
        f'<div class="highlight-ipython3 notranslate">{m}</div>' for m in made
    )


def links(text):
    """Return what is linked on a page: text, address, and whether the tabulator stops there."""
    found = re.findall(r'<a class="source-name"( tabindex="-1")? href="([^"]+)">([^<]+)</a>', text)
    return [(name, address, not skipped) for skipped, address, name in found]


@pytest.mark.parametrize(
    ("module", "name", "place"),
    [
        ("house.kitchen", "Pan", Place("house.kitchen", "Pan")),
        ("house.kitchen", "forks", Place("house.kitchen", "forks")),
        ("house.kitchen", "plates", Place("house.kitchen", "plates")),
        ("house", "Pan", Place("house.kitchen", "Pan")),
        ("house.cellar.wine", "Pan", Place("house.kitchen", "Pan")),
        ("house", "cellar", Place("house.cellar")),
        ("house.cellar", "", Place("house.cellar")),
        ("house.kitchen", "oil", None),
        ("house.kitchen", "lid", None),
        ("house.attic", "", None),
    ],
)
def test_a_name_is_found_where_it_is_defined(house, module, name, place):
    assert house.find(module, name) == place


def test_the_names_of_an_import_lead_to_their_source(house):
    code = (
        "import numpy as np\nfrom house import KNIVES\nfrom house.kitchen import (\n    Pan as P,\n"
    )
    code += "    fry,  # “for” < later\n)\nfrom house.cellar import wine\nimport house.kitchen\n"
    assert links(with_links(page(code), house, "../")) == [
        ("house", "../_modules/house.html", False),
        ("KNIVES", "../_modules/house/kitchen.html#KNIVES", True),
        ("Pan", "../_modules/house/kitchen.html#Pan", True),
        ("fry", "../_modules/house/kitchen.html#fry", True),
        ("house.cellar", "../_modules/house/cellar.html", False),
        ("wine", "../_modules/house/cellar/wine.html", True),
        ("house.kitchen", "../_modules/house/kitchen.html", True),
    ]


def test_a_block_links_its_first_use_of_a_name_that_an_earlier_block_imports(house):
    imported = "from house.cellar import wine as w\nfrom house.kitchen import Pan, fry\n"
    made = with_links(
        page(imported, "x = 'é'; fry(Pan()); fry(1)", "fry(w.pour(), w.cork)"), house, ""
    )
    assert links(made)[5:] == [
        ("fry", "_modules/house/kitchen.html#fry", False),
        ("Pan", "_modules/house/kitchen.html#Pan", False),
        ("fry", "_modules/house/kitchen.html#fry", False),
        ("w", "_modules/house/cellar/wine.html", False),
        ("pour", "_modules/house/cellar/wine.html#pour", False),
    ]


@pytest.mark.parametrize(
    "own", ["fry = 1", "def fry():\n    pass", "lambda fry: 1", "class fry: 1"]
)
def test_a_name_that_the_page_gives_a_meaning_is_linked_in_its_import_only(house, own):
    made = with_links(page("from house.kitchen import fry\nfry(1)", own, "fry(2)"), house, "")
    assert [name for name, *_ in links(made)] == ["house.kitchen", "fry"]


@pytest.mark.parametrize("code", ["from house import Pan\nif", "from house import ...", "Pan(1)"])
def test_what_is_no_python_or_imports_nothing_stays_as_it_is(house, code):
    assert with_links(page(code), house, "") == page(code)


def test_magic_of_ipython_hides_no_import(house):
    made = with_links(page("%matplotlib inline\nfrom house import Pan\n!ls"), house, "")
    assert [name for name, *_ in links(made)] == ["house", "Pan"]


def test_links_change_no_character_of_the_code_and_come_once(house):
    code = "from house import Pan\nPan('a < b & \\'c\\'', é=\"ü\")  # ≤ 3 %\n"
    made = with_links(page(code), house, "")
    assert html.unescape(re.sub("<[^>]*>", "", made)).strip() == code.strip()
    assert with_links(made, house, "") == made
