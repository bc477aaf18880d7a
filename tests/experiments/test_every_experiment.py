"""What every experiment owes: a plain, paired grid, a whole record, and the same answer twice."""

import inspect
import itertools
import json
import subprocess
import sys
from dataclasses import replace
from functools import cache
from importlib import import_module

import numpy as np
import pandas as pd
import pytest

from unrolled.data.reviews import Reviews, Splits
from unrolled.data.series import bicycles as hourly
from unrolled.data.series import days_of
from unrolled.data.sound import Digits, digits_and_voices
from unrolled.data.spelling import Words
from unrolled.data.verses import Verses
from unrolled.data.vocabulary import Vocabulary
from unrolled.experiments import find, load_record, results_folder
from unrolled.experiments.nb_svm_folds import KNOBS
from unrolled.experiments.registry import modules
from unrolled.experiments.tagging import Settings
from unrolled.nets.pretraining import PretrainingRecipe
from unrolled.sentiment.calibrated_bag import BagKnobs
from unrolled.sentiment.corpus import Part
from unrolled.sentiment.recipe import Recipe

NAMES = sorted(modules())
#: Where an experiment measures several things, runs are paired within each of them.
PAIRED_WITHIN = {"gru-cost": "kind"}
#: What a clock says, and never twice the same.
CLOCKED = {"seconds", "cpu_seconds", "milliseconds", "tokens_per_second", "minutes"}
SMALL = {"embedding_size": 5, "hidden_size": 4, "max_tokens": 20, "batch_size": 8}
READER = Recipe(**SMALL)
TAGGER, TINY = Settings(), {"passes": 1, "budget": 5_000, "embedding_size": 8}
SPELT = Words(("cab", "back", "tack", "bat"), tuple(((*word.upper(),),) for word in "abcd"))
SAID = (("la", "casa", "."), ("el", "libro", "."), ("la", "casa", "y", "el", "libro", "."))


def test_an_experiment_is_found_by_its_name_and_imports_no_other():
    code = (
        "import sys\n"
        "from unrolled.experiments.registry import find, modules\n"
        "homes = {f'unrolled.experiments.{module}' for module in modules().values()}\n"
        "assert not homes & set(sys.modules)\n"
        "assert find('ablation-again').name == 'ablation-again'\n"
        "print(homes & set(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "{'unrolled.experiments.ablation'}\n"


@pytest.mark.parametrize("module", sorted(set(modules().values())))
def test_the_names_read_from_a_module_are_those_that_it_declares(module):
    experiments = import_module(f"unrolled.experiments.{module}").EXPERIMENTS
    read = [name for name, home in modules().items() if home == module]
    assert [experiment.name for experiment in experiments] == read


def test_every_table_beside_the_records_can_be_made_again_by_a_command():
    made_by_execution = {"runtimes", "lengths"}  # `make notebooks` and `make budgets` measure
    tables = {path.stem for path in results_folder().glob("*.csv")} - made_by_execution
    assert sorted(tables) == NAMES
    for name in tables:
        command = load_record(name).provenance["command"]
        assert command == f"python -m unrolled.experiments run {name}"


@pytest.mark.parametrize("name", NAMES)
def test_every_experiment_has_a_record_of_its_whole_grid(name):
    record = load_record(name)
    grid = pd.DataFrame(find(name).grid())
    kept = record.table[list(grid.columns)].drop_duplicates().reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, grid)
    assert len(record.provenance["seeds"]) >= 5


@pytest.mark.parametrize("name", NAMES)
def test_configurations_are_plain_and_all_different_and_fit_the_measurement(name):
    experiment = find(name)
    grid = experiment.grid()
    assert json.loads(json.dumps(grid)) == grid
    assert len({json.dumps(configuration) for configuration in grid}) == len(grid)
    for configuration in grid:
        inspect.signature(experiment.measure).bind(**configuration)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_compared_has_the_same_seeds_at_least_five(name):
    seeds = {}  # of each comparison, of each case in it
    for configuration in find(name).grid():
        case = {key: value for key, value in configuration.items() if key != "seed"}
        comparison = seeds.setdefault(case.get(PAIRED_WITHIN.get(name)), {})
        comparison.setdefault(json.dumps(case), []).append(configuration["seed"])
    for comparison in seeds.values():
        first, *others = map(sorted, comparison.values())
        assert all(other == first for other in others)
    assert max(len(runs) for comparison in seeds.values() for runs in comparison.values()) >= 5


@pytest.fixture
def small(toy_reviews, monkeypatch, tmp_path):
    """Return a function from a module to what makes one measurement of it take a moment."""
    from unrolled.experiments import (
        attention,
        bicycles,
        characters,
        craft,
        digit_strings,
        long_memory,
        motion,
        page_reader,
        soft_answers,
        speech,
        strong_folds,
        word_order,
    )
    from unrolled.experiments.own_texts import Texts
    from unrolled.experiments.spelling import Network

    monkeypatch.setenv(strong_folds.WORK, str(tmp_path))
    made = ["not good .", "not bad ."], np.array([0, 1])
    monkeypatch.setattr(strong_folds.Fold, "contrasts", lambda *_: made)
    names = ("train", "valid", "test", "elsewhere")
    parts = {name: toy_reviews(40, seed) for seed, name in enumerate(names)}
    vocabulary = Vocabulary.build([["film", "good", "bad", "not", "the", "was", "."]])
    for module in (attention, craft, word_order):
        monkeypatch.setattr(module, "read_imdb", lambda *_: (parts, vocabulary))
    monkeypatch.setattr(craft, "REVIEWS", 20)
    monkeypatch.setattr(characters, "SIZES", (2_000, 4_000))
    monkeypatch.setattr(characters, "STATES_AT", 2_000)
    for name in ("BUDGETS", "DROPOUT"):
        kept = dict(zip((2_000, 4_000), getattr(characters, name).values(), strict=False))
        monkeypatch.setattr(characters, name, kept)
    for module in (speech, digit_strings):
        monkeypatch.setattr(module, "digits_and_voices", five_of_each)
    for cached in ("features_of", "distances_of", "_squeezed"):
        monkeypatch.setattr(speech, cached, getattr(speech, cached).__wrapped__)
    monkeypatch.setattr(motion, "TREES", 3)
    monkeypatch.setattr(long_memory, "STEPS", dict.fromkeys(long_memory.TASKS, 2))
    monkeypatch.setattr(long_memory, "TEST", 4)
    short = {name: small_way(way) for name, way in strong_folds.WAYS.items()}
    language = PretrainingRecipe(embedding_size=5, hidden_size=4, passes=1, texts=2, steps=10)
    monkeypatch.setattr(strong_folds, "pretraining_recipe", lambda *_, **__: language)
    read = {"parts": parts, "vocab_size": len(vocabulary)}
    lettered = {name: with_letters(parts[name]) for name in ("train", "valid", "test")}
    own = {"texts": Texts(lettered, len(vocabulary), np.arange(40) < 30), "recipe": READER}
    of_three = {name: with_letters(part, classes=3) for name, part in lettered.items()}
    folded = Splits(*map(reviews_of, lettered.values()), removed=0)
    fold = strong_folds.Fold.of(folded, folded, len(vocabulary))
    speller = Network(hidden=4, embedding=3, passes=1, batch=2)
    verses = Verses(tuple("abcdef"), SAID * 2, SAID * 2)
    options = {
        "ablation": {"steps": 2},
        "after_characters": {"characters": 4_100, "limit": 1_200},
        "agreement": {"steps": 0},
        "air_quality": {"passes": 1},
        "bicycles": {"days": few_days(bicycles), "epochs": 1},
        "cost": {"units": 8, "steps": 5, "pairs": 1},
        "depth": {"steps": 2},
        "few_labels": own | {"labels": 20, "passes": 1},
        "digit_strings": {"steps": 1, "valid": 4, "test": 4, "templates": 60},
        "directions": {"steps": 2},
        "length_cost": {"length": 12, "turns": 1},
        "long_recall": {"updates": 2, "waits": (30,)},
        "optimism": {"days": days_of(hourly()).take(np.arange(0, 3_239, 20)), "epochs": 1},
        "motion": {"steps": 3},
        "moving_digits": {"films": {"train": 20, "valid": 5, "test": 10}},
        "next_frame": {"pixels": 200, "passes": 1},
        "nb_svm": {"vocabulary": len(vocabulary), "parts": parts, "strengths": (0.1,)},
        "nb_svm_folds": {"knobs": {name: kept[:2] for name, kept in KNOBS.items()}},
        "padding": {"parts": parts, "recipe": READER},
        "own_texts": own,
        "page_reader": {"fold": fold, "ways": dict.fromkeys(page_reader.WAYS, READER)}
        | {"teach": lambda texts: np.array([len(text) - 20.0 for text in texts])},
        "plateau": {"steps": 0},
        "rare_class": own | {"rare": 4},
        "sentiment_cells": read | {"recipe": READER},
        "soft_answers": {"texts": {"reviews": folded, "sentences": folded}, "asked": 9}
        | {"ways": dict.fromkeys(soft_answers.WAYS, READER)}
        | {"teach": lambda texts: np.array([len(text) - 20.5 for text in texts])},
        "speech": {"folds": 1, "passes": 1},
        "spelling": {"parts": dict.fromkeys(("train", "valid", "test"), SPELT), "network": speller},
        "state_tracking": {"steps": 2},
        "strong_folds": {"fold": fold, "ways": short, "pieces": np.arange(80) % 3}
        | {"knobs": BagKnobs(longest=1, least=1, C=0.1)},
        "subwords": read | {"recipe": READER},
        "surgery": {"steps": 2},
        "three_classes": read | {"parts": of_three, "recipe": READER},
        "tagging": {"settings": replace(TAGGER, **TINY), "most": 15},
        "timing": {"steps": 2},
        "verses": {"parts": dict.fromkeys(("train", "test"), verses), "network": speller},
    }
    extra = {
        "characters": {"budget": 4_100, "limit": 1_200},
        "characters-counted": {"limit": 1_200, "length": 30},
        "characters-recounted": {"limit": 1_200},
    }
    extra |= {"nb-svm-folds": {"splits": folded}}
    extra |= {"nb-svm-both": {"texts": {"reviews": folded, "sentences": folded}}}
    extra |= {"padding-cost": {"reviews": 20}, "sentiment-sizes": {"reviews": 20, "passes": 1}}
    return lambda name: options.get(modules()[name], {}) | extra.get(name, {})


def small_way(way):
    """Return a way of the strong model that trains in a moment."""
    passes = min(way.recipe.pretraining_passes, 1)
    recipe = replace(READER, adversarial=way.recipe.adversarial, pretraining_passes=passes)
    return replace(way, recipe=recipe)


def few_days(bicycles):
    """Return two weeks of bicycles of each part."""
    return {name: part.take(np.arange(14)) for name, part in bicycles.parts().items()}


@cache
def five_of_each():
    """Return five recordings of each spoken digit of each voice, and their voices."""
    digits, voices = digits_and_voices()
    cases = itertools.product(range(6), range(10))
    rows = [np.flatnonzero((voices == v) & (digits.labels == d))[:5] for v, d in cases]
    rows = np.concatenate(rows)
    return Digits([digits.frames[k] for k in rows], digits.labels[rows]), voices[rows]


def with_letters(part, classes=2):
    """Return reviews with a text each, a letter a token, and their labels in so many classes."""
    texts = [" ".join(chr(96 + token) * 2 for token in ids) for ids in part.ids]
    return Part(part.ids, np.arange(len(part)) % classes, texts, classes)


def reviews_of(part):
    """Return reviews that stand in a part with texts."""
    return Reviews(list(part.texts), part.labels, np.arange(len(part)))


def small_cases(name, options):
    """Return the configurations of one seed, the small ones' changes made; no two alike."""
    grid = find(name).grid()
    cases = [c | options for c in grid if c["seed"] == grid[0]["seed"]]
    return list({json.dumps({k: case[k] for k in grid[0]}): case for case in cases}.values())


@pytest.mark.parametrize("name", NAMES)
def test_a_measurement_is_the_same_twice_and_fills_the_columns_of_the_record(name, small):
    filled, grid = set(), find(name).grid()
    for case in small_cases(name, small(name)):
        first, again = (measured(name, case) for _ in range(2))
        assert unclocked(first, case) == unclocked(again, case)
        filled |= set(grid[0]).union(*first)
    assert filled == set(load_record(name).table.columns)


def measured(name, case):
    found = find(name).measure(**case)
    return found if isinstance(found, list) else [found]


def unclocked(findings, case):
    """Return findings without what a clock, or a process beside others, has measured."""
    ratios = {"lstm", "gru", "ratio"} if case.get("kind") in ("time", "process") else set()
    kept = [{k: v for k, v in f.items() if k not in CLOCKED | ratios} for f in findings]
    return json.dumps(kept)  # as text, for NaN is not equal to itself
