"""What opens folded in JupyterLab: proofs, answers and solutions, and nothing that asks."""

import nbformat.v4
import pytest

import chapters
from notebook_folds import fold


def folded(text):
    """Return for each cell of a piece of Markdown what of it is folded."""
    notebook = fold(chapters.from_markdown(text))
    return [set(cell.metadata.get("jupyter", {})) for cell in notebook.cells]


def cell(code, tags=""):
    return f"```{{code-cell}} ipython3\n{tags}{code}\n```\n\n"


BOTH, SOURCE, NOTHING = {"source_hidden", "outputs_hidden"}, {"source_hidden"}, set()


@pytest.mark.parametrize(
    ("tags", "hidden"),
    [
        ("", NOTHING),
        (":tags: [hide-input]\n\n", SOURCE),
        (":tags: [hide-cell]\n\n", BOTH),
        (":tags: [proof]\n\n", BOTH),
        (":tags: [nbval-ignore-output]\n\n", NOTHING),
    ],
)
def test_a_cell_is_folded_as_its_tags_say(tags, hidden):
    assert folded(cell("x = 1", tags)) == [hidden]


def test_an_answer_is_folded_from_its_mark_to_its_end_and_the_text_goes_on_open():
    text = (
        f"What?\n\n<!-- answer -->\n\n{cell('a')}Because.\n\n{cell('b')}"
        f"So.\n\n<!-- end of answer -->\n\n+++\n\nNow on.\n\n{cell('c')}"
    )
    assert folded(text) == [NOTHING, BOTH, SOURCE, BOTH, SOURCE, NOTHING, NOTHING]


def test_a_solution_is_folded_and_the_exercise_and_its_checker_are_not():
    text = (
        f"```{{exercise}} One\nDo.\n```\n\n{cell('def f(): ...')}{cell('check(f)')}"
        f"```{{solution-start}} one\n:class: dropdown\n```\n\nThis way.\n\n{cell('solved')}"
        f"```{{solution-end}}\n```\n\n```{{exercise}} Two\nDo.\n```\n\n{cell('def g(): ...')}"
    )
    assert folded(text) == [NOTHING, NOTHING, NOTHING, SOURCE, BOTH, NOTHING, NOTHING]


def test_a_cell_that_is_no_longer_folded_opens():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x")])
    notebook.cells[0].metadata["jupyter"] = {"source_hidden": True}
    assert "jupyter" not in fold(notebook).cells[0].metadata
