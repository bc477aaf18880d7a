"""The tools behind `make`: they execute, seed, set the address and stop at failures."""

import ast
import codecs
import csv
import errno
import pathlib
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata
from types import SimpleNamespace

import nbformat
import pytest
import yaml
from docutils import nodes
from jupyter_cache import get_cache
from jupytext.sync_contentsmanager import TextFileContentsManager

import chapters
import execute_chapters
import repository
import seed_cache
import tidy_chapters
from course_sphinx import depend_on_outputs, set_address
from live_figures import heights
from markup import keep_per_cent, mend_markup
from records_table import record_row
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


# ---------------------------------------------------------------- nothing typed is lost


def edited(chapter, change):
    """Change a stored notebook as another editor would: ids and metadata stay as they were."""
    path = chapters.stored_path(chapter)
    stored = nbformat.read(path, as_version=4)
    change(stored)
    nbformat.write(stored, path)
    return path.read_bytes()


def note(notebook):
    notebook.cells.append(nbformat.v4.new_markdown_cell("My own note."))


def other_code(notebook):
    notebook.cells[-1].source = "print('mine')"


def delete(notebook):
    del notebook.cells[-1]


@pytest.mark.parametrize(
    ("change", "named"),
    [(note, "cell 4 (`My own note.`)"), (other_code, "print('mine')"), (delete, "deleted")],
)
@pytest.mark.parametrize("everything", [False, True])
def test_what_was_typed_into_a_notebook_is_never_deleted(book, capsys, change, named, everything):
    chapter = write(book, "a", cell("print(1)"))
    run(book)
    bytes_before = edited(chapter, change)
    assert run(book, everything=everything) == 1
    said = capsys.readouterr().err
    assert "a.ipynb was edited by hand" in said
    assert named in said
    assert "jupytext --to md:myst" in said
    assert "OVERWRITE=1" in said
    assert chapters.stored_path(chapter).read_bytes() == bytes_before


def test_where_both_files_were_edited_the_advice_is_to_copy_by_hand(book, capsys):
    chapter = write(book, "a", cell("print(1)"))
    run(book)
    before = edited(chapter, note)
    write(book, "a", "Another sentence.\n\n", cell("print(1)"))
    assert run(book) == 1
    assert "copy what you want to keep into" in capsys.readouterr().err
    assert chapters.stored_path(chapter).read_bytes() == before


def test_the_advice_brings_the_note_into_the_markdown(book):
    chapter = write(book, "a", cell("print(1)"))
    run(book)
    edited(chapter, note)
    command = [sys.executable, "-m", "jupytext", "--to", "md:myst"]
    subprocess.run([*command, chapters.stored_path(chapter)], check=True, capture_output=True)
    assert "My own note." in chapter.read_text("utf-8")
    assert run(book) == 0
    assert chapters.in_step(chapters.read_source(chapter), chapters.read_stored(chapter))
    assert execute_chapters.work_to_do(chapter) == "nothing"


def test_a_new_address_does_not_make_the_tool_forget_that_a_notebook_was_edited(book):
    chapter = write(book, "a", cell("print(1)"))
    run(book)
    edited(chapter, note)
    repository.set_in_chapter(chapter, ADDRESS)
    before = chapters.stored_path(chapter).read_text("utf-8")
    assert run(book) == 1
    assert chapters.stored_path(chapter).read_text("utf-8") == before
    assert "My own note." in before


def test_overwriting_gives_up_what_was_typed(book):
    chapter = write(book, "a", cell("print(1)"))
    run(book)
    fresh = chapters.stored_path(chapter).read_bytes()
    edited(chapter, note)
    found = chapters.find_chapters(book)
    runtimes = book / "results" / "runtimes.csv"
    options = {"everything": False, "book": book, "runtimes": runtimes}
    assert execute_chapters.run(found, **options, overwrite=True) == 0
    assert chapters.stored_path(chapter).read_bytes() == fresh


def test_what_jupyterlab_saved_into_both_files_is_kept_and_stays_a_pair(book, tmp_path):
    chapter = write(book, "a", cell("print(1)"))
    run(book)
    shutil.copy(chapters.ROOT / "jupytext.toml", tmp_path)
    jupyter = TextFileContentsManager(root_dir=str(tmp_path))
    model = jupyter.get("book/a.ipynb", type="notebook")
    model["content"].cells[1].source += "\n\nMy own note."
    jupyter.save(model, "book/a.ipynb")
    assert chapters.in_step(chapters.read_source(chapter), chapters.read_stored(chapter))
    assert run(book) == 0
    assert "My own note." in chapter.read_text("utf-8")
    assert chapters.read_stored(chapter).cells[1].source.endswith("My own note.")
    assert execute_chapters.work_to_do(chapter) == "nothing"


# ---------------------------------------------------------------- how a chapter's file is laid out

UNSORTED = """```{code-cell} ipython3
---
tags: [hide-input]
mystnb:
  image:
    alt: "A line: up."
  figure:
    name: fig-a
    caption: |
      image: first
      alt: second
---
print(1)
```
"""


def test_metadata_are_sorted_as_the_notebook_stores_them_and_the_text_is_kept(book):
    text = tidy_chapters.with_sorted_metadata(UNSORTED)
    keys = re.findall(r"^ *(\w+):(?! first| second)", text, re.MULTILINE)
    assert keys == ["mystnb", "figure", "caption", "name", "image", "alt", "tags"]
    assert sorted(text.splitlines()) == sorted(UNSORTED.splitlines())
    assert tidy_chapters.with_sorted_metadata(text) == text
    one, other = map(chapters.from_markdown, (HEADER + UNSORTED, HEADER + text))
    assert chapters.same_cells(one, other)
    chapter = write(book, "a", UNSORTED)
    assert run(book) == 0
    assert chapter.read_text("utf-8").endswith(text)
    assert chapters.in_step(chapters.read_source(chapter), chapters.read_stored(chapter))


@pytest.mark.parametrize(
    "metadata",
    ["{tags: [a], mystnb: {}}\n", "b: 'x\n\n  y: '\na: 1\n", "b: [1,\na: 2]\n", "a: 1\n"],
)
def test_metadata_keep_their_meaning_whatever_their_layout(metadata):
    rewritten = tidy_chapters.sorted_yaml(metadata)
    assert yaml.safe_load(rewritten) == yaml.safe_load(metadata)


@pytest.mark.parametrize("spoil", [codecs.BOM_UTF8.__add__, lambda b: b.replace(b"\n", b"\r\n")])
def test_a_chapter_saved_by_another_editor_is_seen_and_mended(book, spoil, capsys):
    chapter = write(book, "a", cell("print(1)"))
    run(book)
    plain = write(book, "a", "A new sentence.\n\n", cell("print(1)")).read_bytes()
    chapter.write_bytes(spoil(plain))
    capsys.readouterr()
    assert run(book) == 0
    assert "a.md: laid out" in capsys.readouterr().out
    assert chapter.read_bytes() == plain
    assert "A new sentence." in chapters.stored_path(chapter).read_text("utf-8")


def test_a_chapter_in_another_encoding_is_named(book):
    write(book, "a").write_bytes("é".encode("latin-1"))
    with pytest.raises(ValueError, match=r"a\.md is not UTF-8 .* Save it as UTF-8"):
        chapters.find_chapters(book)


# ---------------------------------------------------------------- seeding the build's cache


def test_the_cache_is_seeded_with_what_is_in_step_and_only_that(book, tmp_path):
    kept = write(book, "kept", cell("print(1)") + cell("x = 1", ":tags: [proof]\n\n"))
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


@pytest.mark.parametrize(
    "address",
    [
        *("git@github.com:a/b", "http://x.org/a/b", "somewhere", "https://github.com/someone"),
        *(f"{ADDRESS}/tree/dev", f"{ADDRESS}/blob/main/README.md", f"{ADDRESS}?tab=readme"),
        *(f"{ADDRESS}#readme", "https://github.com//b", "https://github.com/a/..", "https:///a/b"),
    ],
)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(SystemExit, match="is no address like https://"):
        repository.checked(address)


@pytest.mark.parametrize("around", ["{}", "{}/", "{}.git", "{}.git/", " {} "])
@pytest.mark.parametrize("address", [ADDRESS, "https://git.example.org:8443/a-b/c.d"])
def test_an_address_is_tidied(address, around):
    assert repository.checked(around.format(address)) == address


def test_a_config_that_lost_a_line_is_named():
    with pytest.raises(ValueError, match="one line `url: "):
        repository.set_line("title: x\n", "url", '""')


def imported(source):
    """Return the top-level modules that code imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module.partition(".")[0]


def test_the_first_cell_installs_whatever_any_chapter_imports():
    first = chapters.code_cells(chapters.read_source(chapters.ROOT / "tools" / "template.md"))[0]
    extras = re.search(r'"unrolled\[([\w,]+)\] @ git', first.source)[1].split(",")
    project = tomllib.loads(chapters.ROOT.joinpath("pyproject.toml").read_text("utf-8"))["project"]
    wanted = [one for name in extras for one in project["optional-dependencies"][name]]
    wanted += project["dependencies"]
    brought = {re.split(r"[^\w-]", one)[0].lower() for one in wanted}
    cells = [c for path in chapters.find_chapters() for c in
             chapters.code_cells(chapters.read_source(path))]  # fmt: skip
    modules = {name for one in cells for name in imported(one.source)}
    modules -= set(sys.stdlib_module_names) | {"unrolled"}
    homes = metadata.packages_distributions()
    missing = {name for name in modules if not brought & {home.lower() for home in homes[name]}}
    assert missing <= {"IPython"}, "a notebook always has IPython"
    assert {"onnx", "onnxruntime"} <= modules
    assert {"onnx", "onnxruntime", "anywidget"} <= brought


# ---------------------------------------------------------------- where nothing can be written


@pytest.mark.parametrize("tool", ["execute_chapters", "seed_cache", "repository"])
def test_a_tool_that_cannot_write_says_so_in_a_sentence(tool, book, tmp_path, monkeypatch):
    def refuse(path, *_, **__):
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    write(book, "a", UNSORTED)
    config = tmp_path / "_config.yml"
    shutil.copy(repository.CONFIG, config)
    for name in ("write_bytes", "write_text", "mkdir"):
        monkeypatch.setattr(pathlib.Path, name, refuse)
    options = {
        "execute_chapters": [],
        "seed_cache": ["--cache", str(tmp_path / "cache")],
        "repository": [ADDRESS, "--config", str(config)],
    }[tool]
    monkeypatch.setattr(sys, "argv", [tool, "--book", str(book), *options])
    with pytest.raises(SystemExit, match=r"cannot be written \(Read-only file system\)"):
        runpy.run_path(str(chapters.ROOT / "tools" / f"{tool}.py"), run_name="__main__")


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


@pytest.mark.parametrize("given", ["https://course.org/a", "https://course.org/a/"])
def test_a_site_with_an_address_names_it_whole(given, monkeypatch):
    monkeypatch.setenv("SITE_URL", given)
    config = SimpleNamespace(html_baseurl="")
    set_address(None, config)
    assert config.html_baseurl == config.ogp_site_url == "https://course.org/a/"


def test_a_site_without_an_address_names_none_to_those_who_share_it(monkeypatch):
    monkeypatch.delenv("SITE_URL", raising=False)
    config = SimpleNamespace(html_baseurl="")
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


def test_a_page_is_read_again_when_its_outputs_change():
    noted = []
    for page in ("gates/gru", "appendix/glossary"):
        env = SimpleNamespace(docname=page, note_dependency=noted.append)
        env.doc2path = lambda name: str(chapters.BOOK / f"{name}.md")
        depend_on_outputs(SimpleNamespace(env=env), None)
    assert noted == [str(chapters.BOOK / "gates" / "gru.ipynb")]
