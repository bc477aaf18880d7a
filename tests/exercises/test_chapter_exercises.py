"""Every exercise of the book tells right answers from wrong ones, and names the mistakes it knows.

An exercise is read from its chapter's Markdown: its own cells, the function of its solution, and
of the chapter before it only the statements that these need. So no network is trained.
"""

import ast
import contextlib
import dis
import functools
import io
import types
import warnings
from dataclasses import dataclass, replace

import pytest
from exercise_answers import RIGHT, WRONG

import chapter_rules
import chapters
from unrolled.exercises.checker import check

SIMPLE = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign)


def names_in(code, *operations):
    """Return the names in some operations of a code object and of the functions in it."""
    own = {step.argval for step in dis.get_instructions(code) if step.opname in operations}
    inner = [part for part in code.co_consts if isinstance(part, types.CodeType)]
    return own.union(*(names_in(part, *operations) for part in inner))


@dataclass
class Statement:
    """One statement of a chapter, and the global names that it reads and binds."""

    tree: ast.stmt

    def __post_init__(self):
        self.code = compile(ast.Module([self.tree], []), "<chapter>", "exec")
        self.binds = names_in(self.code, "STORE_NAME")
        self.reads = names_in(self.code, "LOAD_NAME", "LOAD_GLOBAL")


def statements(cells):
    return [Statement(tree) for cell in cells for tree in ast.parse(cell.source).body]


def needed(own, before):
    """Return those of the statements before that one's own need, and what these need, in order."""
    wanted, kept = set(), []
    for statement in reversed(own):
        wanted = wanted - statement.binds | statement.reads
    for statement in reversed(before):
        if statement.binds & wanted:
            wanted = wanted - statement.binds | statement.reads
            kept.insert(0, statement)
    return kept


def printed(action, *arguments, **settings):
    """Return what a call prints; an answer may warn."""
    with contextlib.redirect_stdout(io.StringIO()) as text, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        action(*arguments, **settings)
    return text.getvalue().strip()


@dataclass
class Exercise:
    """An exercise that can be tried: all its names, that of its stub, the statement that checks."""

    names: dict
    stub: str
    checking: Statement

    def verdict(self, answer):
        """Return what the checker says when an answer stands where the stub does."""
        return self.run(self.stub, answer)

    def given(self):
        """Return the settings that the exercise gives to `check`."""
        kept = {}

        def recorder(candidate, reference, cases, **settings):
            kept.update(reference=reference, cases=cases, **settings)

        self.run("check", recorder)
        return kept

    def run(self, name, value):
        """Return what the checking statement prints with one name bound to another value."""
        before = self.names[name]
        self.names[name] = value
        try:
            return printed(exec, self.checking.code, self.names)
        finally:
            self.names[name] = before


def boxes(path):
    """Return the chapter and, by label, each exercise's cells before the solution and in it."""
    chapter = chapter_rules.Chapter.load(path)
    tasks = chapter_rules.exercises(replace(chapter, stored=chapter.source))
    return chapter, {label: (waiting, solving) for label, waiting, solving in tasks}


BOXES = [boxes(path) for path in [*chapters.find_chapters(), chapter_rules.TEMPLATE]]
LABELS = {label: (chapter, *cells) for chapter, tasks in BOXES for label, cells in tasks.items()}


@functools.cache
def load(label):
    """Return one exercise, ready to be tried."""
    chapter, waiting, solving = LABELS[label]
    place = next(i for i, cell in enumerate(chapter.code) if cell is waiting[0])
    own = statements(waiting)
    stub = next(s.tree.name for s in own if isinstance(s.tree, ast.FunctionDef))
    own[-1:-1] = [s for s in statements(solving) if s.binds == {f"solved_{stub}"}]
    before = needed(own, statements(chapter.code[:place]))
    complex_ones = [ast.unparse(s.tree) for s in before if not isinstance(s.tree, SIMPLE)]
    assert not complex_ones, f"{label} needs results of its chapter; let it stand on its own"
    names = {}
    for statement in before + own:
        printed(exec, statement.code, names)
    return Exercise(names, stub, checking=own[-1])


def test_every_exercise_has_other_right_answers_and_three_wrong_ones():
    assert set(RIGHT) == set(WRONG) == set(LABELS)
    assert not [label for label, answers in RIGHT.items() if not answers]
    assert not [label for label, answers in WRONG.items() if len(answers) < 3]


@pytest.mark.parametrize("label", LABELS)
def test_the_stub_does_not_pass_and_the_solution_does(label):
    exercise = load(label)
    assert exercise.verdict(exercise.names[exercise.stub]).startswith("Not yet: ")
    solution = exercise.names[f"solved_{exercise.stub}"]
    assert exercise.verdict(solution).startswith("Correct, on all ")


@pytest.mark.parametrize("label", LABELS)
def test_a_right_answer_computed_another_way_passes(label):
    exercise = load(label)
    for number, answer in enumerate(RIGHT[label]):
        assert exercise.verdict(answer).startswith("Correct, on all "), f"right answer {number}"


@pytest.mark.parametrize("label", LABELS)
def test_each_named_mistake_is_caught_by_its_own_sentence(label):
    given = load(label).given()
    caught = {
        sentence: printed(check, mistake, **given)
        for sentence, mistake in given["mistakes"].items()
    }
    assert caught == {sentence: f"Not yet: {sentence}" for sentence in caught}
    assert caught


@pytest.mark.parametrize("label", LABELS)
def test_no_wrong_answer_passes_and_the_usual_ones_are_named(label):
    exercise = load(label)
    for answer, words in WRONG[label]:
        verdict = exercise.verdict(answer)
        assert verdict.startswith("Not yet: ")
        assert words in verdict
