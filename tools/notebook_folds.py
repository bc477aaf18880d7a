"""What stays folded when a stored notebook is opened in JupyterLab: code, proofs, answers.

The Markdown holds no such metadata: it follows from tags, from the marks of an answer, and from the
boxes of a solution. Nothing that answers a question or solves an exercise is on screen before it is
asked for, outputs included.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from nbformat import NotebookNode

from choices import ANSWER, END_OF_ANSWER

BEGIN = re.compile(rf"^(?:{ANSWER}|`{{3,}}\{{solution-start\}}.*)$", re.MULTILINE)
END = re.compile(rf"^(?:{END_OF_ANSWER}|`{{3,}}\{{solution-end\}})$", re.MULTILINE)
SOURCE, BOTH = ("source_hidden",), ("source_hidden", "outputs_hidden")
FOLDED = {"hide-input": SOURCE, "hide-cell": BOTH, "proof": BOTH}  # by tag, of a cell of code


def fold(notebook: NotebookNode) -> NotebookNode:
    """Say in the metadata of a notebook's cells, in place, which of them open folded."""
    inside = False
    for cell in notebook.cells:
        if cell.cell_type == "code":
            tags = ["hide-cell"] if inside else cell.metadata.get("tags", [])
            _set(cell, [part for tag in tags for part in FOLDED.get(tag, ())])
            continue
        hidden, inside = _text(cell.source, inside)
        _set(cell, SOURCE if hidden else ())
    return notebook


def _text(text: str, inside: bool) -> tuple[bool, bool]:
    """Say whether a cell of text is folded, and whether what follows stands in an answer."""
    begins, ends = list(BEGIN.finditer(text)), list(END.finditer(text))
    if not begins and not ends:
        return inside, inside
    after = max(begins + ends, key=lambda mark: mark.start())
    opens = after in begins
    if opens:  # the text of a solution stands in one cell with its beginning
        return "solution-start" in after[0], True
    return inside and not text[after.end() :].strip("` \n"), False


def _set(cell: NotebookNode, parts: Iterable[str]) -> None:
    """Fold these parts of a cell, and open the others."""
    cell.metadata.pop("jupyter", None)
    if parts:
        cell.metadata["jupyter"] = dict.fromkeys(parts, True)
