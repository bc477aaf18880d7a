"""Give the build the outputs that are already stored, so that it executes only what changed.

Jupyter Book looks an executed chapter up in its cache by the chapter's code. This puts each
committed notebook into that cache, unless it is there already or no longer has its chapter's code.
"""

from __future__ import annotations

import argparse
import copy
from pathlib import Path

from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn, JupyterCacheAbstract
from nbformat import NotebookNode

from chapters import (
    BOOK,
    ROOT,
    find_chapters,
    read_source,
    read_stored,
    relative,
    run_tool,
    same_code,
    stored_path,
    was_executed,
)


def seed(cache: JupyterCacheAbstract, chapters: list[Path]) -> list[Path]:
    """Put the stored notebooks of chapters into the cache; return the chapters left to execute."""
    left = []
    for chapter in chapters:
        stored = read_stored(chapter)
        fits = stored is not None and was_executed(stored)
        if not fits or not same_code(read_source(chapter), stored):
            left.append(chapter)
        elif not is_cached(cache, chapter):
            bundle = CacheBundleIn(as_the_build_reads_it(stored), str(stored_path(chapter)))
            cache.cache_notebook_bundle(bundle, overwrite=True, check_validity=False)
    return left


def as_the_build_reads_it(stored: NotebookNode) -> NotebookNode:
    """Return a notebook without what only JupyterLab reads: the cache compares metadata, too."""
    read = copy.deepcopy(stored)
    for cell in read.cells:
        cell.metadata.pop("jupyter", None)
    return read


def is_cached(cache: JupyterCacheAbstract, chapter: Path) -> bool:
    """Say whether the cache holds just this notebook, outputs included."""
    stored = as_the_build_reads_it(read_stored(chapter))
    try:
        record = cache.match_cache_notebook(stored)
    except KeyError:
        return False
    cached = cache.get_cache_bundle(record.pk).nb
    wanted = [cell for cell in stored.cells if cell.cell_type == "code"]
    return [cell.outputs for cell in cached.cells] == [cell.outputs for cell in wanted]


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--book", type=Path, default=BOOK, help="the folder of the chapters")
    parser.add_argument("--cache", type=Path, default=ROOT / "_build" / ".jupyter_cache")
    arguments = parser.parse_args()
    arguments.cache.mkdir(parents=True, exist_ok=True)
    for chapter in seed(get_cache(arguments.cache), find_chapters(arguments.book.resolve())):
        print(f"{relative(chapter)}: changed since it was executed, so the build will execute it")


if __name__ == "__main__":
    run_tool(main)
