"""The tools behind `make`: they execute, seed, set the address and stop at failures."""

import csv
import subprocess
import sys
from types import SimpleNamespace

import nbformat
import pytest
from docutils import nodes
from jupyter_cache import get_cache

import chapters
import execute_chapters
import repository
import run_parts
import seed_cache
from course_sphinx import (
    heights,
    in_its_light,
    keep_per_cent,
    lighter,
    mend_markup,
    record_row,
    set_address,
)
from unrolled.experiments import Experiment

HEADER = chapters.ROOT.joinpath("tools", "template.md").read_text("utf-8")
HEADER = HEADER[: HEADER.index("---\n\n") + len("---\n\n")]
BOOTSTRAP = """```{code-cell} ipython3
:tags: [remove-cell]

REPOSITORY = ""
```

"""


def cell(code, tags=""):
    """Return a code cell in MyST Markdown."""
    return f"```{{code-cell}} ipython3\n{tags}{code}\n```\n\n"


@pytest.fixture
def book(tmp_path):
    """Return an empty folder of chapters."""
    (tmp_path / "book").mkdir()
    return tmp_path / "book"


def write(book, name, *parts):
    """Write a chapter into a book; return its path."""
    path = book / f"{name}.md"
    path.write_text(HEADER + BOOTSTRAP + f"# {name}\n\n" + "".join(parts), encoding="utf-8")
    return path


def run(book, *, everything=False):
    """Bring a book's notebooks up to date; return how many chapters failed."""
    found = chapters.find_chapters(book)
    return execute_chapters.run(
        found, everything=everything, book=book, runtimes=book / "results" / "runtimes.csv"
    )


PICTURE = "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2])\nplt.show()"


def test_executing_twice_gives_the_same_bytes(book):
    chapter = write(book, "a", cell(PICTURE), cell("print(object())\nprint('b')"), cell("1 + 1"))
    assert run(book) == 0
    first = chapters.stored_path(chapter).read_bytes()
    assert run(book, everything=True) == 0
    assert chapters.stored_path(chapter).read_bytes() == first
    assert b"image/png" in first
    assert b"0x..." in first
    assert b'"version": "3' not in first


def test_a_chapter_runs_in_its_own_folder_with_one_thread(book):
    (book / "here.txt").write_text("beside the chapter", encoding="utf-8")
    code = "import os\nprint(open('here.txt').read(), os.environ['OMP_NUM_THREADS'])"
    chapter = write(book, "a", cell(code))
    assert run(book) == 0
    stored = chapters.read_stored(chapter)
    assert stored.cells[-1].outputs[0].text == "beside the chapter 1\n"


def test_only_what_changed_is_executed_and_text_keeps_outputs(book, capsys):
    one = write(book, "one", cell("print(1)"))
    two = write(book, "two", cell("print(2)"))
    assert run(book) == 0
    assert [execute_chapters.work_to_do(chapter) for chapter in (one, two)] == ["nothing"] * 2
    write(book, "one", "A new sentence.\n\n", cell("print(1)"))
    write(book, "two", cell("print(3)"))
    assert execute_chapters.work_to_do(one) == "text"
    assert execute_chapters.work_to_do(two) == "execute"
    capsys.readouterr()
    assert run(book) == 0
    said = capsys.readouterr()
    assert "one.md: only the text changed" in said.out
    assert "two.md: executed in" in said.out + said.err
    assert "A new sentence." in chapters.stored_path(one).read_text("utf-8")
    assert chapters.read_stored(one).cells[-1].outputs[0].text == "1\n"
    assert chapters.read_stored(two).cells[-1].outputs[0].text == "3\n"
    fresh = chapters.stored_path(one).read_bytes()
    assert run(book, everything=True) == 0
    assert chapters.stored_path(one).read_bytes() == fresh, "text alone and execution differ"


def test_a_notebook_without_outputs_is_executed(book):
    chapter = write(book, "a", cell("print(1)"))
    assert run(book) == 0
    stored = chapters.read_stored(chapter)
    stored.cells[-1].execution_count = None
    chapters.write_stored(chapter, stored)
    assert execute_chapters.work_to_do(chapter) == "execute"


def test_a_failing_chapter_names_its_cell_and_spares_the_others(book, capsys):
    write(book, "bad", cell("x = 1"), cell("y = x / 0"), cell("print('never')"))
    good = write(book, "good", cell("print('fine')"))
    assert run(book) == 1
    said = capsys.readouterr().err
    assert "bad.md FAILED in code cell 3 of 4" in said
    assert "y = x / 0" in said
    assert "ZeroDivisionError" in said
    assert not (book / "bad.ipynb").exists()
    assert chapters.was_executed(chapters.read_stored(good))


def test_a_warning_in_a_cell_is_a_failure(book, capsys):
    write(book, "a", cell("import warnings\nwarnings.warn('mind this')"))
    assert run(book) == 1
    assert "code cell 2 wrote to stderr" in capsys.readouterr().err


def test_runtimes_are_recorded_beside_the_budget_and_kept(book):
    write(book, "one", cell("print(1)"))
    write(book, "two", cell("print(2)"))
    run(book)
    write(book, "two", cell("print(3)"))
    run(book)
    with (book / "results" / "runtimes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["chapter"] for row in rows] == ["one", "two"]
    assert {row["budget"] for row in rows} == {"90"}
    assert all("Python 3" in row["machine"] and float(row["seconds"]) > 0 for row in rows)


def test_only_markdown_with_a_kernel_is_a_chapter(book):
    write(book, "chapter", cell("print(1)"))
    (book / "page.md").write_text("# A page without code\n", encoding="utf-8")
    assert [path.name for path in chapters.find_chapters(book)] == ["chapter.md"]


def test_cell_ids_follow_content_and_are_unique(book):
    source = HEADER + cell("print(1)") + cell("print(1)") + cell("print(2)")
    ids = [c.id for c in chapters.from_markdown(source).cells]
    assert len(set(ids)) == 3
    shifted = chapters.from_markdown(HEADER + cell("print(0)") + source[len(HEADER) :])
    assert [c.id for c in shifted.cells][1:] == ids


# ---------------------------------------------------------------- seeding the build's cache


def test_the_cache_is_seeded_with_what_is_in_step_and_only_that(book, tmp_path):
    kept = write(book, "kept", cell("print(1)"))
    changed = write(book, "changed", cell("print(2)"))
    run(book)
    write(book, "changed", cell("print(3)"))
    new = write(book, "new", cell("print(4)"))
    (tmp_path / "cache").mkdir()
    cache = get_cache(tmp_path / "cache")
    assert seed_cache.seed(cache, [kept, changed, new]) == [changed, new]
    assert len(cache.list_cache_records()) == 1
    assert seed_cache.is_cached(cache, kept)
    source = chapters.read_source(kept)  # what the build looks up
    assert cache.match_cache_notebook(source).uri == str(chapters.stored_path(kept))


def test_a_new_output_replaces_the_cached_one(book, tmp_path):
    chapter = write(book, "a", cell("print(1)"))
    run(book)
    (tmp_path / "cache").mkdir()
    cache = get_cache(tmp_path / "cache")
    seed_cache.seed(cache, [chapter])
    stored = chapters.read_stored(chapter)
    stored.cells[-1].outputs[0].text = "another\n"
    chapters.write_stored(chapter, stored)
    assert not seed_cache.is_cached(cache, chapter)
    seed_cache.seed(cache, [chapter])
    assert seed_cache.is_cached(cache, chapter)


# ---------------------------------------------------------------- the repository's address

ADDRESS = "https://github.com/someone/learning-to-remember"


def test_the_address_is_set_everywhere_and_removed_without_a_trace(book):
    chapter = write(book, "a", cell("print(REPOSITORY)"))
    run(book)
    config = repository.CONFIG.read_text(encoding="utf-8")
    config = repository.configure(config, "")
    before = chapter.read_bytes(), chapters.stored_path(chapter).read_bytes(), config

    repository.set_in_chapter(chapter, ADDRESS)
    on = repository.configure(config, ADDRESS)
    assert f'REPOSITORY = "{ADDRESS}"' in chapter.read_text(encoding="utf-8")
    assert chapters.same_cells(chapters.read_source(chapter), chapters.read_stored(chapter))
    assert chapters.was_executed(chapters.read_stored(chapter))
    assert repository.address_in(on) == ADDRESS
    for key in repository.BUTTONS:
        assert f"{key}: true" in on

    repository.set_in_chapter(chapter, "")
    off = repository.configure(on, "")
    assert (chapter.read_bytes(), chapters.stored_path(chapter).read_bytes(), off) == before
    for key in repository.BUTTONS:
        assert f"{key}: false" in off


@pytest.mark.parametrize("address", ["git@github.com:a/b", "http://x.org/a", "somewhere"])
def test_what_is_no_address_is_refused(address):
    with pytest.raises(SystemExit, match="is no address like https://"):
        repository.checked(address)


@pytest.mark.parametrize("address", [ADDRESS, ADDRESS + "/", ADDRESS + ".git", f" {ADDRESS} "])
def test_an_address_is_tidied(address):
    assert repository.checked(address) == ADDRESS


def test_a_config_that_lost_a_line_is_named():
    with pytest.raises(ValueError, match="one line `url: "):
        repository.set_line("title: x\n", "url", '""')


# ---------------------------------------------------------------- the parts of the proof


@pytest.fixture
def fake_make(tmp_path):
    """Return a program that notes its target and fails for the target `bad`."""
    script = tmp_path / "make"
    script.write_text(
        f"#!{sys.executable}\nimport pathlib, sys\ntarget = sys.argv[-1]\n"
        f"with pathlib.Path({str(tmp_path / 'called')!r}).open('a') as f: f.write(target + ' ')\n"
        "sys.exit(3 if target == 'bad' else 0)\n",
        encoding="utf-8",
    )
    script.chmod(0o755)
    return script


def parts(fake_make, *targets):
    """Run the tool on targets; return what came of it."""
    tool = chapters.ROOT / "tools" / "run_parts.py"
    command = [sys.executable, str(tool), "--make", str(fake_make), *targets]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_all_parts_run_and_their_times_are_printed(fake_make):
    done = parts(fake_make, "lint", "book")
    assert done.returncode == 0
    assert "where the time went" in done.stdout
    assert "Everything passed." in done.stdout
    assert fake_make.with_name("called").read_text(encoding="utf-8") == "lint book "


def test_a_failing_part_fails_the_whole_and_stops_it(fake_make):
    done = parts(fake_make, "lint", "bad", "book")
    assert done.returncode != 0
    assert "FAILED: bad" in done.stderr
    assert "Not run after the failure: book" in done.stdout
    assert fake_make.with_name("called").read_text(encoding="utf-8") == "lint bad "
    assert run_parts.run_parts(["bad"], make=str(fake_make))[1] == "bad"


# ---------------------------------------------------------------- strict nbval


def nbval(folder):
    """Run strict nbval over a folder as `make test-chapters` does."""
    options = ["--nbval", "--nbval-current-env", "--nbval-sanitize-with"]
    config = str(chapters.ROOT / "tests" / "nbval_sanitize.cfg")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, config]
    done = subprocess.run([*command, "."], cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_nbval_accepts_what_was_stored_and_refuses_anything_else(book):
    code = "import time\nprint('took', 1.25, 's')\nprint(object())\nprint(6 * 7)"
    chapter = write(book, "a", cell(code), cell(PICTURE))
    run(book)
    assert nbval(book)[0] == 0
    stored = nbformat.read(chapters.stored_path(chapter), as_version=4)
    stored.cells[2].outputs[0].text = stored.cells[2].outputs[0].text.replace("42", "43")
    chapters.write_stored(chapter, stored)
    code, said = nbval(book)
    assert code != 0
    assert "42" in said


def test_a_record_becomes_a_line_that_says_how_it_came_about():
    known = {
        "seconds": 3661.0,
        "seeds": [0, 1, 2],
        "code": {"commit": "0123456789ab+"},
    }
    experiment = Experiment("toy", "Does it?", lambda: [{"seed": 0}] * 6, dict, minutes=1)
    expected = "| `toy` | Does it? | 6 | 3 | 61\u00a0min | `0123456+` |"
    assert record_row(experiment, known) == expected


def test_a_page_without_mathematics_loads_no_mathjax_and_no_script_before_its_text():
    icons = '<script src="_static/vendor/fontawesome/js/all.min.js"></script>'
    options = '<script src="_static/documentation_options.js"></script>'
    mathjax = '<script defer="defer" src="_static/mathjax/tex-chtml.js"></script>'
    inline = "<script>let x = 1;</script>"
    built = f'{icons}{options}<script src="a.js"></script>{mathjax}{inline}</head>'
    for body, loaded in (("<p>1</p>", ""), ('<p class="math">1</p>', mathjax)):
        lighter_head = f'{options}<script defer src="a.js"></script>{loaded}{inline}</head>'
        assert lighter(built + body) == lighter_head + body
    assert lighter("<script src=a.js></script>") == "<script src=a.js></script>", "no page"


def test_the_search_page_keeps_its_scripts_in_place_and_loads_no_font_ahead():
    font = '<link rel="preload" as="font" crossorigin href="fa-solid-900.woff2" />'
    assert lighter(f'{font}<script src="a.js"></script></head>', blocking=True) == (
        '<script src="a.js"></script></head>'
    )


def test_a_page_chooses_light_or_dark_by_itself_and_says_neither_without_scripts():
    built = (
        '<html lang="en" data-content_root="./" data-theme="auto"><script data-cfasync="false">\n'
        'document.documentElement.dataset.theme = localStorage.getItem("theme") || "auto";\n'
        "</script><p>auto</p>"
    )
    page = in_its_light(built)
    assert page.startswith('<html lang="en" data-content_root="./"><meta name="color-scheme"')
    assert "prefers-color-scheme: dark" in page
    assert "cfasync" not in page
    assert page.endswith("<p>auto</p>")
    assert in_its_light(page) == page


@pytest.mark.parametrize("given", ["https://course.org/a", "https://course.org/a/"])
def test_a_site_with_an_address_names_it_whole(given, monkeypatch):
    monkeypatch.setenv("SITE_URL", given)
    config = SimpleNamespace()
    set_address(None, config)
    assert config.html_baseurl == config.ogp_site_url == "https://course.org/a/"


def test_a_site_without_an_address_names_none_to_those_who_share_it(monkeypatch):
    monkeypatch.delenv("SITE_URL", raising=False)
    config = SimpleNamespace()
    set_address(None, config)
    title = '<meta property="og:title" content="Gates" />\n'
    tags = (
        f'{title}<meta property="og:url" content="gates.html" />\n'
        '<meta property="og:image" content="_static/card.png" />\n'
        '<meta property="og:image:alt" content="A card" />\n'
    )
    context = {"body": "", "metatags": tags}
    mend_markup(SimpleNamespace(config=config), "gates", "page.html", context, None)
    assert context["metatags"] == title
    config.html_baseurl = "https://course.org/"
    context = {"body": "", "metatags": tags}
    mend_markup(SimpleNamespace(config=config), "gates", "page.html", context, None)
    assert context["metatags"] == tags


def test_a_figure_has_one_height_or_one_wide_and_one_on_a_phone():
    assert heights("440") == (440, 440)
    assert heights("677 816") == (677, 816)
    for wrong in ("", None, "1 2 3", "-4", "high"):
        with pytest.raises(ValueError, match=r"."):
            heights(wrong)


def test_a_per_cent_sign_stays_with_its_number_in_prose_and_is_left_alone_in_code():
    prose = nodes.paragraph("", "", nodes.Text("97 % of it; % alone"), nodes.literal(text="9 % 2"))
    keep_per_cent(None, prose)
    assert prose.astext() == "97\u00a0% of it; % alone9 % 2"
