"""The chapters as pairs: `x.md`, which people edit, and `x.ipynb`, its executed twin."""

from __future__ import annotations

import errno
import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import jupytext
import nbformat
import yaml
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[1]
BOOK = ROOT / "book"
STUDIES = "studies"  # the folder of the book where they lie
USES = "beyond"  # and that of the other uses of recurrent networks
CHAPTERS = ("recurrence", "gates", "sentiment", USES)  # folders of the road, and of uses beyond it
UNWRITABLE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.ENOTDIR}
KEPT_METADATA = {"tags", "mystnb", "not_compared"}  # as in the header of each chapter
WRITTEN_FROM = "written_from"  # notebook metadata: the digest of the cells that were written
ADDRESS = re.compile(r'^(REPOSITORY = ")[^"\n]*(")$', re.MULTILINE)


def find_chapters(book: Path = BOOK) -> list[Path]:
    """Return the Markdown files that are to be executed: those whose header names a kernel."""
    return [path for path in sorted(book.rglob("*.md")) if "kernelspec" in header(path)]


def read_text(path: Path) -> str:
    """Return what a Markdown file says, without a byte-order mark, lines ended by a line feed.

    Raises ValueError, which says what to do, if the file is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{relative(path)} is not UTF-8 ({error}). Save it as UTF-8.") from None


def header(path: Path) -> dict:
    """Return the YAML header of a Markdown file (empty where there is none)."""
    match = re.match(r"---\n(.*?)\n---\n", read_text(path), re.DOTALL)
    return (yaml.safe_load(match[1]) or {}) if match else {}


def stored_path(chapter: Path) -> Path:
    """Return where the executed twin of a chapter lies."""
    return chapter.with_suffix(".ipynb")


def read_source(chapter: Path) -> NotebookNode:
    """Return a chapter's Markdown as a notebook without outputs, with stable cell ids."""
    return from_markdown(read_text(chapter))


def from_markdown(text: str) -> NotebookNode:
    """Return MyST Markdown as a notebook without outputs, with stable cell ids."""
    notebook = jupytext.reads(text, fmt="md:myst")
    notebook.nbformat, notebook.nbformat_minor = 4, 5  # the first that has cell ids
    for cell in notebook.cells:
        cell.metadata = NotebookNode(
            {key: value for key, value in cell.metadata.items() if key in KEPT_METADATA}
        )
    set_cell_ids(notebook)
    return notebook


def to_markdown(notebook: NotebookNode) -> str:
    """Return a notebook as the MyST Markdown that stands beside it."""
    return jupytext.writes(notebook, fmt="md:myst")


def read_stored(chapter: Path) -> NotebookNode | None:
    """Return the executed twin of a chapter, or None where there is none."""
    path = stored_path(chapter)
    return nbformat.read(path, as_version=4) if path.exists() else None


def write_stored(chapter: Path, notebook: NotebookNode, *, edited: bool = False) -> None:
    """Write the executed twin of a chapter; the same notebook gives the same bytes.

    `edited` says that it holds what somebody typed, and lets `was_edited` say so ever after.
    """
    if not edited:
        notebook.metadata[WRITTEN_FROM] = digest(notebook)
    nbformat.validate(notebook)
    path = stored_path(chapter)
    fresh = path.with_suffix(".ipynb.part")
    fresh.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")
    fresh.replace(path)  # never half a notebook, even when interrupted


def set_cell_ids(notebook: NotebookNode) -> None:
    """Derive each cell's id from its content, so that ids change only where the content does."""
    seen: Counter[str] = Counter()
    for cell in notebook.cells:
        digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:10]
        seen[digest] += 1
        cell.id = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"


def digest(notebook: NotebookNode) -> str:
    """Return a short digest of a notebook's cells, outputs apart."""
    cells = [
        [cell.cell_type, cell.source, {key: cell.metadata.get(key) for key in KEPT_METADATA}]
        for cell in notebook.cells
    ]
    return hashlib.sha256(json.dumps(cells, sort_keys=True).encode()).hexdigest()[:16]


def was_edited(stored: NotebookNode) -> bool:
    """Say whether somebody else changed the cells of a notebook after `write_stored`."""
    return stored.metadata.get(WRITTEN_FROM) != digest(stored)


def was_written_from(stored: NotebookNode, source: NotebookNode) -> bool:
    """Say whether a notebook was written from just this source, whatever was done to it since."""
    return stored.metadata.get(WRITTEN_FROM) == digest(source)


def in_step(source: NotebookNode, stored: NotebookNode) -> bool:
    """Say whether two notebooks are the same pair for JupyterLab: equal as Markdown.

    Where they are not, jupytext refuses to open them if the stored one is the younger file.
    """
    return to_markdown(source) == to_markdown(stored)


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the cells that hold code."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def same_code(one: NotebookNode, other: NotebookNode) -> bool:
    """Say whether two notebooks compute the same: equal code cells in equal order."""
    return [cell.source for cell in code_cells(one)] == [cell.source for cell in code_cells(other)]


def same_cells(one: NotebookNode, other: NotebookNode) -> bool:
    """Say whether two notebooks hold the same cells, outputs apart."""
    return len(one.cells) == len(other.cells) and all(map(same_cell, one.cells, other.cells))


def same_cell(one: NotebookNode, other: NotebookNode) -> bool:
    """Say whether two cells are the same, outputs and the order of metadata apart."""

    def content(cell: NotebookNode) -> tuple:
        return cell.cell_type, cell.source, {key: cell.metadata.get(key) for key in KEPT_METADATA}

    return content(one) == content(other)


def was_executed(notebook: NotebookNode) -> bool:
    """Say whether every code cell that is not empty has been executed."""
    return all(cell.execution_count for cell in code_cells(notebook) if cell.source.strip())


def run_tool(main: Callable[[], None]) -> None:
    """Run a command; where a file cannot be written, exit with a sentence, not a traceback."""
    try:
        main()
    except OSError as error:
        if error.errno not in UNWRITABLE:
            raise
        sys.exit(
            f"{error.filename} cannot be written ({error.strerror}). This command writes into its "
            "copy of the repository: work in one that you may write to, on a disk with room."
        )


def relative(path: Path, root: Path = ROOT) -> str:
    """Return a path as people write it: from the repository's root, where it lies below."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
