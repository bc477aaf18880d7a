"""Execute chapters: `book/**/x.md` becomes `x.ipynb` beside it, outputs and figures included.

The same chapter gives the same bytes, so a change in a stored notebook is a change in the book.
A chapter runs only if its code differs from the stored notebook's; `--all` runs every one.
How long each took, and on which machine, is written to book/results/runtimes.csv.
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
import re
import sys
import time
from itertools import zip_longest
from pathlib import Path

import nbclient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from tqdm import tqdm

from chapters import (
    BOOK,
    STUDIES,
    code_cells,
    find_chapters,
    in_step,
    read_source,
    read_stored,
    relative,
    run_tool,
    same_cell,
    same_cells,
    same_code,
    stored_path,
    was_edited,
    was_executed,
    was_written_from,
    write_stored,
)
from notebook_folds import fold
from tidy_chapters import tidy

RUNTIMES = BOOK / "results" / "runtimes.csv"
COLUMNS = ["chapter", "seconds", "budget", "machine"]
BUDGET = 90  # seconds on two CPU cores, one thread
BUDGETS = {"sentiment/classifier": 150}
STUDY = 150  # what a study may take
ADDRESS_IN_MEMORY = re.compile(r"\b0x[0-9a-f]{6,}\b")
ONE_THREAD = dict.fromkeys(
    ["OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS"], "1"
)


class ChapterFailed(Exception):
    """A chapter could not be executed; the message names the cell."""


def work_to_do(chapter: Path) -> str:
    """Say what a chapter's stored notebook needs: "execute", "text" or "nothing"."""
    source, stored = read_source(chapter), read_stored(chapter)
    if stored is None or not was_executed(stored) or not same_code(source, stored):
        return "execute"
    return "text" if was_edited(stored) or not in_step(source, stored) else "nothing"


def would_be_lost(chapter: Path) -> str:
    """Say what somebody typed into the stored notebook that writing it anew would delete.

    Nothing (an empty string) if the Markdown holds it too, or if the notebook is as
    `make notebooks` wrote it.
    """
    source, stored = read_source(chapter), read_stored(chapter)
    if stored is None or not was_edited(stored) or same_cells(source, stored):
        return ""
    number, cell = first_difference(source, stored)
    name, twin = relative(chapter), relative(stored_path(chapter))
    what = f"{twin} was edited by hand: cell {number} (`{cell}`) is not in {name}."
    if was_written_from(stored, source):
        way = f"To take it over into the Markdown: .venv/bin/jupytext --to md:myst {twin}"
    else:
        way = f"The Markdown was edited as well; copy what you want to keep into {name}"
    return f"{what}\n  {way}\n  To give it up: make notebooks OVERWRITE=1"


def first_difference(source: NotebookNode, stored: NotebookNode) -> tuple[int, str]:
    """Return number and first line of the first stored cell that the source does not have there."""
    pairs = zip_longest(source.cells, stored.cells)
    for number, (ours, theirs) in enumerate(pairs, 1):
        if ours is None or theirs is None or not same_cell(ours, theirs):
            lines = theirs.source.strip().splitlines() if theirs else ["deleted"]
            return number, lines[0][:60] if lines else "empty"
    raise ValueError("The two notebooks have the same cells.")


def carry_outputs(source: NotebookNode, stored: NotebookNode) -> NotebookNode:
    """Return the source with the outputs of a stored notebook that has the same code."""
    for fresh, old in zip(code_cells(source), code_cells(stored), strict=True):
        fresh.outputs, fresh.execution_count = old.outputs, old.execution_count
    source.metadata = finished_metadata(source.metadata, stored.metadata.get("language_info", {}))
    return source


def execute(chapter: Path, *, timeout: float = 600) -> tuple[NotebookNode, float]:
    """Return a chapter executed in its own folder, and the seconds that took.

    Raises ChapterFailed, which names the cell, if a cell raises, warns, or takes too long.
    """
    notebook = read_source(chapter)
    client = nbclient.NotebookClient(
        notebook,
        timeout=timeout,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(chapter.parent)}},
        extra_arguments=["--log-level=ERROR"],  # its advice on transport is no reader's concern
    )
    start = time.perf_counter()
    try:
        client.execute(env=os.environ | ONE_THREAD)
    except CellExecutionError as error:
        raise ChapterFailed(f"{where(notebook)}\n{error.traceback}") from None
    except (CellTimeoutError, DeadKernelError) as error:
        raise ChapterFailed(f"{where(notebook)}\n{error}") from None
    seconds = time.perf_counter() - start
    normalise(notebook)
    refuse_stderr(notebook)
    return notebook, seconds


def where(notebook: NotebookNode) -> str:
    """Name the last code cell that was started, by number and first lines."""
    cells = code_cells(notebook)
    started = [number for number, cell in enumerate(cells, 1) if cell.execution_count]
    failed = [
        number
        for number, cell in enumerate(cells, 1)
        if any(output.output_type == "error" for output in cell.outputs)
    ]
    number = (failed or started or [1])[-1]
    lines = cells[number - 1].source.splitlines()
    shown = "\n".join(f"    {line}" for line in lines[:15])
    return f"code cell {number} of {len(cells)}:\n{shown}"


def normalise(notebook: NotebookNode) -> None:
    """Drop from an executed notebook what differs from run to run and says nothing."""
    for cell in code_cells(notebook):
        cell.metadata.pop("execution", None)
        for output in cell.outputs:
            if "text" in output:
                output.text = ADDRESS_IN_MEMORY.sub("0x...", output.text)
            if "text/plain" in output.get("data", {}):
                plain = output.data["text/plain"]
                output.data["text/plain"] = ADDRESS_IN_MEMORY.sub("0x...", plain)
    language = notebook.metadata.get("language_info", {})
    notebook.metadata = finished_metadata(notebook.metadata, language)


def finished_metadata(metadata: NotebookNode, language: dict) -> NotebookNode:
    """Return a notebook's metadata without what depends on the machine."""
    kept = {key: metadata[key] for key in ("jupytext", "kernelspec") if key in metadata}
    kept["language_info"] = {key: language[key] for key in sorted(language) if key != "version"}
    return NotebookNode(kept)


def refuse_stderr(notebook: NotebookNode) -> None:
    """Raise ChapterFailed if a cell wrote to stderr: a warning is a mistake until explained."""
    for number, cell in enumerate(code_cells(notebook), 1):
        for output in cell.outputs:
            if output.get("name") == "stderr":
                raise ChapterFailed(f"code cell {number} wrote to stderr:\n{output.text}")


def machine() -> str:
    """Describe this machine as far as it decides how long a chapter takes."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        told = cpuinfo.read_text(encoding="utf-8")
        found = re.search(r"^model name\s*:\s*(.+)$", told, re.MULTILINE)
        model = " ".join(found[1].split()) if found else model
    version = ".".join(platform.python_version_tuple()[:2])
    return f"{model}, {os.cpu_count()} cores, one thread; Python {version}"


def chapter_name(chapter: Path, book: Path = BOOK) -> str:
    """Return a chapter's name as in _toc.yml, such as gates/gru."""
    return chapter.relative_to(book).with_suffix("").as_posix()


def budget_of(name: str) -> int:
    """Return how many seconds a page may take, by its name as in _toc.yml."""
    return STUDY if name.startswith(f"{STUDIES}/") else BUDGETS.get(name, BUDGET)


def record_runtimes(seconds: dict[str, float], path: Path, known: list[str]) -> None:
    """Write measured seconds into the table; keep what it has of the other known chapters."""
    rows = {}
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            rows = {row["chapter"]: row for row in csv.DictReader(file)}
    for name, value in seconds.items():
        told = f"{value:.0f}" if value >= 10 else f"{value:.1f}"
        row = [name, told, budget_of(name), machine()]
        rows[name] = dict(zip(COLUMNS, row, strict=True))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(rows[name] for name in known if name in rows)


def run(
    chapters: list[Path], *, everything: bool, book: Path, runtimes: Path, overwrite: bool = False
) -> int:
    """Bring the stored notebooks of chapters up to date; return how many failed.

    A notebook that holds what somebody typed into it is refused unless `overwrite` is true.
    """
    for chapter in chapters:
        if tidy(chapter):
            print(f"{relative(chapter)}: laid out as its notebook stores it; the same text")
    lost = {} if overwrite else {c: said for c in chapters if (said := would_be_lost(c))}
    for said in lost.values():
        print(f"\nREFUSED: {said}", file=sys.stderr)
    chapters = [chapter for chapter in chapters if chapter not in lost]
    todo = {chapter: "execute" if everything else work_to_do(chapter) for chapter in chapters}
    for chapter in [c for c, work in todo.items() if work == "text"]:
        write_stored(chapter, fold(carry_outputs(read_source(chapter), read_stored(chapter))))
        print(f"{relative(chapter)}: only the text changed; outputs kept")
    failures = execute_all(
        [c for c, work in todo.items() if work == "execute"], book=book, runtimes=runtimes
    )
    for chapter, message in failures.items():
        print(f"\n{relative(chapter)} FAILED in {message}", file=sys.stderr)
    return len(failures) + len(lost)


def execute_all(to_execute: list[Path], *, book: Path, runtimes: Path) -> dict[Path, str]:
    """Execute chapters, store and time each; return those that failed, with the reason."""
    seconds: dict[str, float] = {}
    failures: dict[Path, str] = {}
    known = [chapter_name(chapter, book) for chapter in find_chapters(book)]
    progress = tqdm(to_execute, unit="chapter", disable=not to_execute)
    for chapter in progress:
        name = chapter_name(chapter, book)
        progress.set_postfix_str(name)
        try:
            notebook, seconds[name] = execute(chapter)
        except ChapterFailed as failure:
            failures[chapter] = str(failure)
            continue
        write_stored(chapter, fold(notebook))
        record_runtimes(seconds, runtimes, known)
        seconds_taken, budget = seconds[name], budget_of(name)
        verdict = "" if seconds_taken <= budget else f", OVER its budget of {budget} s"
        progress.write(f"{relative(chapter)}: executed in {seconds_taken:.1f} s{verdict}")
    if not to_execute:
        print("No chapter's code has changed since it was executed.")
    return failures


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("chapters", nargs="*", type=Path, help="Markdown files (default: every)")
    parser.add_argument("--all", action="store_true", help="execute even what has not changed")
    parser.add_argument(
        "--overwrite", action="store_true", help="give up what was typed into the notebooks"
    )
    parser.add_argument("--book", type=Path, default=BOOK, help="the folder of the chapters")
    arguments = parser.parse_args()
    book = arguments.book.resolve()
    try:
        known = find_chapters(book)
    except ValueError as error:  # a file that is no text
        parser.error(str(error))
    chapters = [chapter.resolve() for chapter in arguments.chapters] or known
    for chapter in chapters:
        if chapter not in known:
            parser.error(f"{chapter} is no chapter: below {book}, with a kernelspec header")
    runtimes = book / RUNTIMES.relative_to(BOOK)
    failed = run(
        chapters,
        everything=arguments.all,
        book=book,
        runtimes=runtimes,
        overwrite=arguments.overwrite,
    )
    sys.exit(f"\n{failed} of {len(chapters)} chapters failed." if failed else 0)


if __name__ == "__main__":
    run_tool(main)
