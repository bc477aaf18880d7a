"""The search's documents: what of a page can be found, and what a result shows of it."""

import json
import shutil

import pytest
from conftest import run_node

import npm_packages
import site_search
from plain_formulas import plain_formula, with_plain_formulas

PAGE = """<nav>Menu</nav><article class="bd-article"><section id="gates">
<h1><span class="section-number">3. </span>Gates: why?<a class="headerlink" href="#gates">#</a></h1>
<div class="goal admonition"><p class="admonition-title">What you will be able to do</p>
<p>Open <b>a</b> gate.</p><p class="minutes">33 min</p></div>
<section id="one"><h2><span class="section-number">3.1. </span>One gate</h2>
<p>It is a <strong>forget gate</strong>, and <strong>this sentence is far too long a term.</strong>
See <a href="#"><span class="xref std std-term">cell state</span></a> .</p>
<div class="cell"><div class="cell_input"><pre><span>import</span> torch.nn
<span>lstm</span> = nn.<span>LSTM</span>(2, 3, batch_first=True)  # a_comment
</pre></div><div class="cell_output"><pre>0.37</pre><figure><figcaption>
<span class="caption-number">Fig. 1 </span>A gate opens.</figcaption></figure></div></div>
<div class="cell tag_proof"><pre>assert proof_of.it</pre></div>
<details class="answer"><summary>Show the answer</summary><p>Yes.</p></details>
<div class="solution admonition"><p>Secret.</p></div>
</section></section></article><footer>End</footer>"""
API = """<article><section id="module-a.cells"><h2>cells</h2><p>All cells.</p>
<dl class="py class"><dt class="sig sig-object py" id="a.cells.Cell"><span>Cell(size)</span></dt>
<dd><p>One cell, e.g. this. It has states.</p><p>More of it.</p>
<dl class="py method"><dt class="sig py" id="a.cells.Cell.step"><span>step</span></dt>
<dd><p>A step.</p><dl class="field-list"><dt>Returns</dt><dd><p>state</p></dd></dl></dd></dl>
<dl class="py attribute"><dt class="sig py" id="a.cells.Cell.x"><span>x</span></dt></dl></dd></dl>
</section></article>"""
GLOSSARY = """<article><section id="glossary"><h1>Glossary</h1><dl class="glossary">
<dt id="term-gate">gate<a class="headerlink" href="#term-gate">#</a></dt><dd><p>A vector.</p></dd>
<dt id="term-lag">lag</dt><dd><p>A distance.</p></dd></dl><p>The end.</p></section></article>"""


def test_a_section_is_a_document_of_its_prose_its_terms_and_the_names_in_its_code():
    top, one = site_search.documents_of(PAGE)
    assert top == ["", "3", "Gates: why?", "Open a gate.", "", ""]
    anchor, number, title, text, marked, names = one
    assert (anchor, number, title) == ("one", "3.1", "One gate")
    assert text == (
        "It is a forget gate, and this sentence is far too long a term. See cell state. "
        "A gate opens. Yes."
    )
    assert marked == "forget gate · cell state"
    assert names == "nn.LSTM batch_first a_comment"


@pytest.mark.parametrize("title", ["Sources", "Check yourself"])
def test_sources_and_questions_are_no_documents(title):
    page = PAGE.replace("One gate", title)
    assert [row[2] for row in site_search.documents_of(page)] == ["Gates: why?"]


@pytest.mark.parametrize(
    ("module", "found"),
    [
        ("unrolled.experiments.bicycles", False),
        ("unrolled.exercises.rnn", False),
        ("unrolled.plots.style", False),
        ("unrolled.experiments.records", True),
        ("unrolled.byhand.cells", True),
    ],
)
def test_what_only_the_course_itself_uses_is_no_document_its_modules_are(module, found):
    page = API.replace("a.cells", module)
    anchors = [row[0] for row in site_search.documents_of(page)]
    assert anchors == ["", *[f"{module}.Cell", f"{module}.Cell.step"] * found]


def test_a_lighter_script_has_the_same_lines_without_indentation_and_comments():
    script = (
        'const a = "//b";  // why\n\n  // a line\n  a.b = `c\n    d`;\n//# sourceMappingURL=x\n'
    )
    assert site_search.lighter(script) == 'const a = "//b";  // why\n\na.b = `c\nd`;\n'


def test_an_object_of_the_package_is_a_document_of_its_first_sentence():
    found = {row[0]: (row[2], row[3]) for row in site_search.documents_of(API)}
    assert found == {
        "": ("cells", "All cells."),
        "a.cells.Cell": ("Cell", "One cell, e.g. this."),
        "a.cells.Cell.step": ("Cell.step", "A step."),
    }


def test_a_word_of_the_glossary_is_a_document():
    found = [(row[0], row[2], row[3]) for row in site_search.documents_of(GLOSSARY)]
    assert found == [
        ("", "Glossary", "The end."),
        ("term-gate", "gate", "A vector."),
        ("term-lag", "lag", "A distance."),
    ]


def test_what_is_no_page_of_text_holds_no_document(tmp_path):
    assert site_search.documents_of("<p>no article</p>") == []
    names = ("genindex.html", "search.html", "gates/one.html", "_modules/unrolled/cells.html")
    (tmp_path / "searchindex.js").touch()
    site_search.write_search(tmp_path, {tmp_path / name: PAGE for name in names})
    script = (tmp_path / site_search.SCRIPT).read_text(encoding="utf-8")
    (pages,) = [line for line in script.splitlines() if line.startswith("courseSearch.begin([")]
    pages, _ = json.JSONDecoder().raw_decode(pages.removeprefix("courseSearch.begin("))
    assert pages[0] == [["gates/one.html", "road", len(site_search.documents_of(PAGE))]]
    assert not (tmp_path / "searchindex.js").exists()
    assert "Permission is hereby granted" in script, "MiniSearch's licence goes with it"
    run_node("--check", tmp_path / site_search.SCRIPT)


def test_tables_of_numbers_are_no_text(tmp_path):
    page = "<article><section id='a'><h1>A</h1><p>Why.</p>{}</section></article>"
    tables = {"b": "<table class='table numbers'>{}</table>", "a": "<table>{}</table>"}
    pages = {f"{name}.html": page.format(one.format("<td>9</td>")) for name, one in tables.items()}
    site_search.write_search(tmp_path, {tmp_path / name: one for name, one in pages.items()})
    script = (tmp_path / site_search.SCRIPT).read_text(encoding="utf-8")
    assert '["Why. 9","Why."]' in script


def test_what_a_table_repeats_is_found_where_it_is_decided(tmp_path):
    section = "<section id='a'><h1>A</h1><p>Why.</p><table><td>9</td></table></section>"
    page = f"<article>{section}</article>"
    (repeated,) = site_search.REPEATED
    site_search.write_search(tmp_path, {tmp_path / repeated: page, tmp_path / "b.html": page})
    script = (tmp_path / site_search.SCRIPT).read_text(encoding="utf-8")
    assert '["Why.","Why. 9"]' in script


def test_the_browser_gets_back_what_was_packed(tmp_path):
    odd = [["deux", "", "Déjà-vu: 2 × 3?", "é", "", ""], ["a-b", "1.2", "A, b.", "", "x", "y"]]
    found = [
        ["gates/one.html", "road", site_search.documents_of(PAGE)],
        ["none.html", "road", []],
        ["appendix/api/cells.html", "api", site_search.documents_of(API)],
        ["appendix/glossary.html", "appendix", site_search.documents_of(GLOSSARY) + odd],
    ]
    packed = site_search.packed(found)
    assert None in packed[1], "an anchor that follows from its title"
    assert len("Cell.step") in packed[3], "a title that ends its anchor"
    engine = (site_search.TOOLS / "search_engine.js").read_text(encoding="utf-8")
    script = tmp_path / "unpack.cjs"
    asked = f"courseSearch.unpacked({json.dumps(packed)})"
    script.write_text(f"{engine}\nconsole.log(JSON.stringify({asked}))", encoding="utf-8")
    assert json.loads(run_node(script)) == found


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("gates/lstm.html", "road"),
        ("where-next.html", "road"),
        ("studies/depth.html", "study"),
        ("appendix/glossary.html", "appendix"),
        ("appendix/api.html", "api"),
        ("appendix/api/nets.html", "api"),
    ],
)
def test_where_a_page_stands_in_the_course(path, place):
    assert site_search.place_of(path) == place


@pytest.mark.parametrize(
    ("mathml", "text"),
    [
        ("<msub><mi>h</mi><mi>t</mi></msub>", "hₜ"),
        ("<msub><mi>c</mi><mrow><mi>t</mi><mo>−</mo><mn>1</mn></mrow></msub>", "cₜ₋₁"),
        ("<msub><mi>W</mi><mrow><mi>i</mi><mi>f</mi></mrow></msub>", "W_if"),
        ("<msup><mn>10</mn><mrow><mo>−</mo><mn>4</mn></mrow></msup>", "10⁻⁴"),
        ("<mi>f</mi><mo>=</mo><mfrac><mn>1</mn><mn>6</mn></mfrac>", "f = 1/6"),
        ("<mtable><mtr><mtd><mn>1</mn></mtd></mtr></mtable>", "…"),
        ("<mi>abcdefghijklmnopqrstuvwxyz</mi>", "…"),
    ],
)
def test_a_short_formula_is_told_in_plain_text(mathml, text):
    whole = f'<math xmlns="http://www.w3.org/1998/Math/MathML">{mathml}</math>'
    assert plain_formula(whole) == text
    told = f"<mjx-assistive-mml d>{whole}</mjx-assistive-mml>"
    page = f"a <mjx-container><x></x>{told}</mjx-container> b"
    assert with_plain_formulas(page) == f"a {text} b"


def test_a_package_of_npm_that_is_missing_is_named_with_what_installs_it(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"minisearch is not installed.*npm_packages.py"):
        npm_packages.package_file("minisearch", "dist/umd/index.js", tmp_path)


def test_where_npm_fails_the_sentence_says_what_to_do(tmp_path):
    for name in ("package.json", "package-lock.json"):
        shutil.copy(npm_packages.ROOT / name, tmp_path)
    failing = tmp_path / "npm.cjs"
    failing.write_text('console.error("ENOTFOUND"); process.exit(1);', encoding="utf-8")
    with pytest.raises(RuntimeError, match=r"(?s)Is a registry within reach\?.*ENOTFOUND"):
        npm_packages.install(tmp_path, npm=failing)
    assert "--dev" in npm_packages.main(["--everything"])


def test_the_lock_file_names_hashes_and_no_registry():
    lock = json.loads((npm_packages.ROOT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    for name, package in packages.items():
        assert package["integrity"].startswith("sha512-"), name
        assert "resolved" not in package, name
