"""The package as a wheel, far from the repository: what it brings, and that chapters run on it.

Two chapters are executed, the quickest; with UNROLLED_WHEEL=all every one is, once a week.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

import chapters
import execute_chapters
from unrolled import live

ROOT, BOOK = chapters.ROOT, chapters.BOOK
CHAPTERS = chapters.find_chapters()
QUICKEST = [BOOK / "recurrence" / "rnn.md", BOOK / "studies" / "both-directions.md"]
EXECUTED = CHAPTERS if os.environ.get("UNROLLED_WHEEL") == "all" else QUICKEST
WHERE = "```{code-cell} ipython3\nimport unrolled\nprint(unrolled.__file__)\n```\n"

ASK = """
import unrolled

assert unrolled.__file__.startswith({wheel!r})
for chapter, texts in {asked!r}.items():
    space = {{}}
    for text in texts:
        try:
            exec(text, space)
        except Exception as error:
            print(chapter, text, repr(error))
"""


def name(path):
    """Return a chapter's name as in _toc.yml."""
    return path.relative_to(BOOK).with_suffix("").as_posix()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Return the folder of an unpacked wheel, which no repository surrounds."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    shutil.copytree(ROOT / "code" / "unrolled", source / "code" / "unrolled")
    for part in ("results", "_static/live"):
        shutil.copytree(BOOK / part, source / "book" / part)
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, source)
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", folder]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, source], check=True)
    shutil.rmtree(source)
    (packed,) = folder.glob("*.whl")
    ZipFile(packed).extractall(folder / "site")
    return folder / "site"


@pytest.fixture
def elsewhere(wheel, tmp_path, monkeypatch):
    """Return an empty folder to run in, with the wheel's package in place of the repository's."""
    monkeypatch.setenv("PYTHONPATH", str(wheel))
    monkeypatch.delenv("UNROLLED_RESULTS", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_an_installed_package_brings_every_module_and_its_records(wheel):
    packed = {path.relative_to(wheel).as_posix() for path in wheel.rglob("*")}
    modules = {str(p.relative_to(ROOT / "code")) for p in (ROOT / "code").rglob("*.py")}
    kept = [p for p in (BOOK / "results").iterdir() if p.suffix in (".csv", ".json")]
    records = {f"unrolled/results/{p.name}" for p in kept}
    modules_of_figures = live.figures_folder().glob("*.mjs")
    figures = {f"unrolled/live_figures/{path.name}" for path in modules_of_figures}
    assert modules | records | figures | {"unrolled/live_figures/live.css"} <= packed


def needs(path):
    """Return what a chapter asks of the package: its imports, and calls that load by a name."""
    for cell in chapters.code_cells(chapters.read_source(path)):
        for node in ast.walk(ast.parse(cell.source)):
            text = ast.unparse(node)
            if isinstance(node, ast.ImportFrom) and node.module.startswith("unrolled"):
                yield text
            elif isinstance(node, ast.Call) and re.match(r"load_(record|imdb|rotten)", text):
                if isinstance(node.func, ast.Name) and all(
                    isinstance(argument, ast.Constant) for argument in node.args
                ):
                    yield text
            elif isinstance(node, ast.BinOp) and re.fullmatch(r"results_folder\(\) / '.*'", text):
                yield f"({text}).read_text(encoding='utf-8')"
    for figure in re.findall(r"^```+\{live\} (\S+)", chapters.read_text(path), re.MULTILINE):
        yield f"__import__('unrolled.live').live.initial_state({figure!r})"


def test_every_chapter_finds_in_the_wheel_what_it_loads(elsewhere, wheel):
    asked = {name(path): list(dict.fromkeys(needs(path))) for path in CHAPTERS}
    assert sum(text.startswith("load_record") for texts in asked.values() for text in texts) > 15
    script = ASK.format(wheel=str(wheel), asked=asked)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == ""


@pytest.mark.parametrize("path", EXECUTED, ids=name)
def test_a_chapter_runs_on_the_wheel_alone(path, elsewhere, wheel):
    copy = Path(shutil.copy(path, elsewhere))
    copy.write_text(chapters.read_text(copy) + "\n" + WHERE, encoding="utf-8")
    notebook, _ = execute_chapters.execute(copy)
    assert notebook.cells[-1].outputs[0].text.startswith(str(wheel))
