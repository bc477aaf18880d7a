"""Every chapter in the book has the form that tools/chapter_rules.py describes."""

import csv
import os
import re
import shutil
from pathlib import Path

import pytest
import yaml
from jupytext.sync_contentsmanager import TextFileContentsManager

import chapter_rules
import chapters
import execute_chapters
import repository

ROOT = chapters.ROOT
BOOK = chapters.BOOK
CHAPTERS = chapters.find_chapters()
PAGES = sorted(BOOK.rglob("*.md"))
ADDRESS = repository.address_in(repository.CONFIG.read_text(encoding="utf-8"))


def name(path):
    """Return a page's name as in _toc.yml."""
    return path.relative_to(BOOK).with_suffix("").as_posix()


@pytest.fixture(scope="module")
def load():
    """Return a function that reads a chapter, once."""
    known = {}

    def reader(path):
        if path not in known:
            known[path] = chapter_rules.Chapter.load(path, ADDRESS)
        return known[path]

    return reader


def listed(toc):
    """Return the pages that a table of contents names."""
    if isinstance(toc, list):
        return [page for entry in toc for page in listed(entry)]
    if not isinstance(toc, dict):
        return []
    own = [toc[key] for key in ("root", "file") if key in toc]
    return own + [page for value in toc.values() for page in listed(value)]


def test_the_table_of_contents_names_every_page_once_and_no_other():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    assert sorted(listed(toc)) == sorted(name(path) for path in PAGES)


def test_there_are_chapters():
    assert CHAPTERS, "no Markdown file under book/ has a kernelspec header"


@pytest.mark.parametrize("rule", chapter_rules.RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", CHAPTERS, ids=name)
def test_chapter_keeps_the_rule(path, rule, load):
    problems = rule(load(path))
    assert not problems, f"\n{chapters.relative(path)}:\n  " + "\n  ".join(problems)


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_page_with_code_cells_is_executed(path):
    """The build silently executes nothing on a page without the header."""
    if "{code-cell}" in path.read_text(encoding="utf-8"):
        assert path in CHAPTERS, "it has code cells but no kernelspec header"


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_no_line_of_a_page_becomes_a_list_by_accident(path):
    """Chapters are asked by their rules."""
    if path not in CHAPTERS:
        page = chapter_rules.Chapter.load(path)
        assert chapter_rules.no_line_becomes_a_list_by_accident(page) == []


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_page_has_no_byte_order_mark_and_no_carriage_returns(path):
    assert path.read_bytes() == chapters.read_text(path).encode()


@pytest.mark.parametrize("younger", [".md", ".ipynb"])
@pytest.mark.parametrize("path", CHAPTERS, ids=name)
def test_jupyterlab_opens_both_files_of_a_pair_whichever_is_younger(path, younger, tmp_path):
    """After a checkout either may be, by hours; jupytext then wants the two to be equal."""
    shutil.copy(ROOT / "jupytext.toml", tmp_path)
    for suffix in (".md", ".ipynb"):
        shutil.copy(path.with_suffix(suffix), tmp_path)
        time = 2_000_000_000 if suffix == younger else 1_000_000_000
        os.utime(tmp_path / path.with_suffix(suffix).name, (time, time))
    jupyter = TextFileContentsManager(root_dir=str(tmp_path), allow_hidden=True)
    for suffix in (".md", ".ipynb"):
        opened = jupyter.get(path.with_suffix(suffix).name, type="notebook")["content"]
        assert chapters.same_cells(opened, chapters.read_source(path))
        assert chapters.was_executed(opened)


def test_every_stored_notebook_has_its_chapter():
    orphans = {path.with_suffix(".md") for path in BOOK.rglob("*.ipynb")} - set(CHAPTERS)
    orphans = {path for path in orphans if ".ipynb_checkpoints" not in path.parts}
    assert not orphans


def test_the_template_keeps_every_rule_that_needs_no_execution():
    template = chapter_rules.Chapter.load(chapter_rules.TEMPLATE)
    executed = {
        chapter_rules.pair_is_in_step,
        chapter_rules.exercises_are_checked_and_solved,
        chapter_rules.starts_with_the_bootstrap_cell,
    }
    for rule in set(chapter_rules.RULES) - executed:
        assert not rule(template), rule.__name__


def test_every_chapter_has_a_measured_runtime_within_its_budget():
    with (BOOK / "results" / "runtimes.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["chapter"]: row for row in csv.DictReader(file)}
    assert list(rows) == [name(path) for path in CHAPTERS]
    for chapter, row in rows.items():
        budget = execute_chapters.budget_of(chapter)
        assert int(row["budget"]) == budget
        assert float(row["seconds"]) <= budget, f"{chapter} took {row['seconds']} s"


def test_the_pages_of_the_package_name_every_module_with_public_names():
    code = ROOT / "code"
    modules = {
        ".".join(path.relative_to(code).with_suffix("").parts)
        for path in (code / "unrolled").rglob("*.py")
        if path.name != "__init__.py"
    }
    pages = sorted((BOOK / "appendix" / "api").glob("*.md"))
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    named = re.findall(r"^\.\. automodule:: (\S+)", text, re.MULTILINE)
    assert set(named) == modules
    assert len(named) == len(modules), "each once"
    for page in pages:
        assert f"<api-{page.stem}>" in (BOOK / "appendix" / "api.md").read_text(encoding="utf-8")


def test_at_most_one_output_in_ten_is_not_compared():
    """As README.md and the page How to use this course say."""
    for page in (ROOT / "README.md", BOOK / "how-to-use.md"):
        assert "t most one code cell in ten is left out, proofs not counted" in page.read_text(
            encoding="utf-8"
        )
    cells = [cell for path in CHAPTERS for cell in chapters.code_cells(chapters.read_source(path))]
    tags = [set(cell.metadata.get("tags", [])) for cell in cells]
    ignored = ["nbval-ignore-output" in own for own in tags if "proof" not in own]
    assert 1 / 20 < sum(ignored) / len(ignored) <= 1 / 10


def test_glossary_terms_stand_in_alphabetical_order():
    page = (BOOK / "appendix" / "glossary.md").read_text(encoding="utf-8")
    body = next(chapter_rules.boxes(page, "glossary"))[1]
    terms = [line.lower() for line in re.findall(r"^(?![ \t:])(\S.*)$", body, re.MULTILINE)]
    assert terms == sorted(terms)
    assert len(terms) == len(set(terms))


def test_every_bibliography_entry_is_cited_and_every_key_has_the_usual_form():
    bibliography = (BOOK / "references.bib").read_text(encoding="utf-8")
    keys = re.findall(r"^@\w+\{\s*([^,\s]+)\s*,", bibliography, re.MULTILINE)
    assert len(keys) == len(set(keys)), "an entry stands twice"
    assert [key for key in keys if not re.fullmatch(r"[a-z]+\d{4}[a-z0-9]+", key)] == []
    text = "".join(path.read_text(encoding="utf-8") for path in PAGES)
    text += "".join(path.read_text(encoding="utf-8") for path in (ROOT / "code").rglob("*.py"))
    cited = {key.strip() for keys in re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", text)
             for key in keys.split(",")}  # fmt: skip
    assert set(keys) - cited == set(), "entries that nothing cites"


TEXT_FILES = [
    path
    for path in [*ROOT.glob("*"), *ROOT.glob(".[a-z]*/**/*"), *(ROOT / "tools").glob("*")]
    if path.is_file()
    and path.suffix in {".md", ".txt", ".yml", ".yaml", ".toml", ".cff", ".py", ""}
    and not {".venv", ".git", ".ruff_cache", ".pytest_cache", ".hypothesis"} & set(path.parts)
]


@pytest.mark.parametrize("path", TEXT_FILES, ids=lambda path: str(Path(path).relative_to(ROOT)))
def test_no_project_file_names_a_package_registry_or_a_machine(path):
    text = path.read_text(encoding="utf-8")
    if path.name != "chapter_rules.py":
        assert chapter_rules.MACHINE_PATH.findall(text.removeprefix("#!/usr/bin/env")) == []
    assert re.findall(r"--(?:extra-)?index-url[ =]\S+|--find-links\S*", text) == []
