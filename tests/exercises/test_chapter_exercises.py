"""Every exercise of the book tells right answers from wrong ones, and names the mistakes it knows.

An exercise is one function ``check_x(answer)`` of a module of `unrolled.exercises`, and a page
that calls it about the reader's ``x``. What it says is tested here without any page.
"""

import contextlib
import importlib
import io
import pkgutil
import re
import warnings

import pytest

import chapter_rules
import chapters
import unrolled.exercises
from unrolled.exercises.checker import check

from .exercise_answers import RIGHT, WRONG


def modules():
    """Return the modules of exercises by name."""
    names = [found.name for found in pkgutil.iter_modules(unrolled.exercises.__path__)]
    return {
        name: importlib.import_module(f"unrolled.exercises.{name}")
        for name in names
        if name != "checker"
    }


MODULES = modules()
CHECKERS = {
    f"{name}.{function.removeprefix('check_')}": getattr(module, function)
    for name, module in MODULES.items()
    for function in vars(module)
    if function.startswith("check_")
}
PAGES = [*chapters.find_chapters(), chapter_rules.TEMPLATE]


def printed(action, *arguments, **settings):
    """Return what a call prints; an answer may warn."""
    with contextlib.redirect_stdout(io.StringIO()) as text, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        action(*arguments, **settings)
    return text.getvalue().strip()


@pytest.fixture
def given(name, monkeypatch):
    """Return what the exercise gives to `check`: reference, cases and mistakes."""
    kept = {}

    def recorder(candidate, reference, cases, **settings):
        kept.update(reference=reference, cases=list(cases), **settings)

    monkeypatch.setattr(MODULES[name.split(".")[0]], "check", recorder)
    CHECKERS[name](lambda *case: None)
    return kept


def test_every_exercise_has_other_right_answers_and_three_wrong_ones():
    assert set(RIGHT) == set(WRONG) == set(CHECKERS)
    assert not [name for name, answers in RIGHT.items() if not answers]
    assert not [name for name, answers in WRONG.items() if len(answers) < 3]


def test_the_pages_ask_every_checker_about_the_function_of_its_name_and_no_other():
    asked = [
        f"{page.stem.replace('-', '_')}.{stub}"
        for page in PAGES
        for stub in re.findall(r"^check_\w+\((\w+)\)$", chapters.read_text(page), re.MULTILINE)
        if not stub.startswith("solved_")
    ]
    assert sorted(asked) == sorted(CHECKERS)


@pytest.mark.parametrize("name", CHECKERS)
def test_a_stub_does_not_pass(name):
    assert printed(CHECKERS[name], lambda *case: None).startswith("Not yet: ")


@pytest.mark.parametrize("name", CHECKERS)
def test_a_right_answer_computed_another_way_passes(name):
    for number, answer in enumerate(RIGHT[name]):
        verdict = printed(CHECKERS[name], answer)
        assert verdict.startswith("Correct, on all "), f"right answer {number}"


@pytest.mark.parametrize("name", CHECKERS)
def test_each_named_mistake_is_caught_by_its_own_sentence(given):
    caught = {
        sentence: printed(check, mistake, **given)
        for sentence, mistake in given["mistakes"].items()
    }
    assert caught == {sentence: f"Not yet: {sentence}" for sentence in caught}
    assert caught


@pytest.mark.parametrize("name", CHECKERS)
def test_no_wrong_answer_passes_and_the_usual_ones_are_named(name):
    for answer, words in WRONG[name]:
        verdict = printed(CHECKERS[name], answer)
        assert verdict.startswith("Not yet: ")
        assert words in verdict
