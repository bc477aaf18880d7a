"""What readers of the site open: code, proofs, answers to predictions; and how long a page takes.

Parts of the Sphinx extension `course_sphinx`.
"""

import csv
import re
from pathlib import Path

from docutils import nodes

from asserted_numbers import asserted_numbers, assertions
from choices import ANSWER, END_OF_ANSWER
from reading_time import length_of

PROMPTS = {
    "input": ("Show the code", "Hide the code"),
    "output": ("Show the output", "Hide the output"),
    "all": ("Show the code and its output", "Hide the code and its output"),
}
IMPORTS = ("Show the imports", "Hide the imports")
MARKERS = {
    ANSWER: '<details class="answer"><summary>Show the answer</summary>',
    END_OF_ANSWER: "</details>",
}
# The box that opens a page, up to its end: the minutes become its last line.
OPENING = re.compile(r'<div class="(?:goal|verdict) admonition">.*?</div>', re.DOTALL)
MINUTES = re.compile(r'<p class="minutes">.*?</p>\n')


def name_folds(app, doctree):
    """Fold the cells that prove, and give each folded cell a prompt that says what it holds."""
    for cell in doctree.findall(nodes.container):
        if cell.get("nb_element") != "cell_code":
            continue
        if "tag_proof" in cell["classes"]:
            cell["hide_mode"] = "all"
            cell["prompt_show"] = cell["prompt_hide"] = what_is_checked(source_of(cell))
        elif cell.get("hide_mode") == "input" and is_import(source_of(cell)):
            cell["prompt_show"], cell["prompt_hide"] = IMPORTS
        elif cell.get("hide_mode") in PROMPTS:
            cell["prompt_show"], cell["prompt_hide"] = PROMPTS[cell["hide_mode"]]


def source_of(cell):
    """Return the code of a cell of the document."""
    return next((block.astext() for block in cell.findall(nodes.literal_block)), "")


def is_import(source):
    """Say whether a cell begins by importing."""
    return source.lstrip().startswith(("import ", "from "))


def what_is_checked(source):
    """Return the line that stands for a proof: how many numbers, or else statements, it holds."""
    numbers, statements = len(asserted_numbers([source])), len(assertions(source))
    count, kind = (numbers, "number") if numbers else (statements, "statement")
    return f"checked: {count} {kind}{'s' * (count != 1)}"


def fold_answers(app, doctree):
    """Make a fold of what stands between the two marks of an answer."""
    for raw in list(doctree.findall(nodes.raw)):
        mark = raw.astext().strip()
        if mark in MARKERS:
            raw.parent.replace(raw, nodes.raw("", MARKERS[mark], format="html"))


def with_minutes(page, seconds=None, notebook=""):
    """Return a page of HTML whose opening box ends with how long it takes, if it has such a box.

    `seconds` is how long its cells run, `notebook` the way to the page as an executed notebook.
    """
    page = MINUTES.sub("", page)  # where the page was not built anew
    box = OPENING.search(page)
    if not box:
        return page
    length = length_of(page)
    told = [f"<strong>Reading:</strong> {length.minutes} min"]
    if length.practice:
        told.append(f"<strong>exercises:</strong> {length.practice} min")
    if seconds:
        told.append(f"<strong>running:</strong> about {float(seconds):.0f} s on two CPU cores")
    line = " · ".join(told)
    if notebook:
        link = f' · <a href="{notebook}" download>this page as a notebook</a>'
        line += f'<span class="d-print-none">{link}</span>'
    line = f'<p class="minutes">{line}</p>\n'
    end = box.end() - len("</div>")
    return page[:end] + line + page[end:]


def runtimes(book):
    """Return how many seconds the cells of each chapter run, by the chapter's name."""
    with (Path(book) / "results" / "runtimes.csv").open(encoding="utf-8", newline="") as file:
        return {row["chapter"]: row["seconds"] for row in csv.DictReader(file)}
