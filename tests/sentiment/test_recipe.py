"""Settings come from files and flags, are checked one by one, and never lose what they meant."""

import json
from pathlib import Path

import pytest

from unrolled.sentiment.recipe import (
    SETTINGS,
    Machine,
    Recipe,
    RecipeError,
    flat,
    from_flat,
    read_settings,
)


def test_a_file_of_settings_is_read_and_overruled(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text('cell = "gru"\nrate = 1\nbidirectional = false\n', encoding="utf-8")
    recipe, machine = read_settings(path, cell="rnn", epochs=None, threads=2)
    assert (recipe.cell, recipe.rate, recipe.bidirectional, recipe.epochs) == ("rnn", 1, False, 1)
    assert machine.threads == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("threads = 5000", "threads is 5000; expected at most 256"),
        ("epochs = 5_000_000_000", "epochs is 5000000000; expected at most 4294967295"),
        ("hidden = 3", r"unknown setting hidden. Known are: data, "),
        ("hidden_size = 3.5", "hidden_size is 3.5; expected a whole number, such as 48"),
        ("bidirectional = 1", "bidirectional is 1; expected true or false"),
        ("rate = ", "cannot be read as settings"),
        ("rate = inf", "rate is inf; expected a finite number"),
        ("[a]\nrate = 1", "unknown setting a"),
    ],
)
def test_a_wrong_file_of_settings_is_named(tmp_path, text, message):
    path = tmp_path / "a.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RecipeError, match=message):
        read_settings(path)


def test_a_byte_order_mark_before_settings_is_no_matter(tmp_path):
    for name, text in (("a.toml", "hidden_size = 7"), ("a.json", '{"hidden_size": 7}')):
        (tmp_path / name).write_text(text, encoding="utf-8-sig")
        assert read_settings(tmp_path / name)[0].hidden_size == 7


def test_settings_without_names_are_refused(tmp_path):
    (tmp_path / "c.json").write_text("[1]")
    with pytest.raises(RecipeError, match="holds a list; expected settings with names"):
        read_settings(tmp_path / "c.json")


def test_no_setting_stands_twice_and_what_is_put_side_by_side_comes_apart_again():
    recipe, machine = Recipe(cell="gru", rate=0.01), Machine(threads=3, device="cpu")
    told = flat(recipe, machine)
    assert len(told) == len(SETTINGS)
    assert from_flat(json.loads(json.dumps(told))) == (recipe, machine)


#: As trainings wrote it before a recipe had a start, a schedule and a penalty.
OLD = """{"data": "imdb", "archive": "", "limit": 0, "vocab_size": 20000, "max_tokens": 400,
"max_tokens_judged": 0, "cell": "lstm", "embedding_size": 100, "hidden_size": 48,
"bidirectional": true, "pooling": "mean+max", "dropout": 0.3, "embedding_dropout": 0.3,
"pretraining_passes": 0, "pretraining_cycles": 1, "adversarial": 0.0, "epochs": 1, "patience": 2,
"batch_size": 32, "rate": 0.005, "weight_decay": 0.0, "clip_norm": 1.0, "seed": 0,
"device": "auto", "threads": 0, "mixed_precision": true, "cpu_bfloat16": false,
"save_every": 100}"""


def test_settings_of_an_older_training_mean_what_they_meant(tmp_path):
    (tmp_path / "config.json").write_text(OLD)
    assert read_settings(tmp_path / "config.json") == (Recipe(), Machine())


def test_the_recipe_of_the_stored_reader_still_loads():
    results = Path(__file__).parents[2] / "book" / "results"
    told = json.loads((results / "reader-attention.json").read_text(encoding="utf-8"))["recipe"]
    recipe, _ = from_flat(told)
    assert (recipe.pooling, recipe.bidirectional, recipe.embedding_dropout) == (
        *("attention", False, None),
    )


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"start": "warm"}, "start is 'warm'; choose one of default, xavier, orthogonal"),
        ({"schedule": "cosine"}, "choose one of one cycle, linear, constant"),
        ({"forget_bias": 1.0, "cell": "gru"}, "only the LSTM has a forget gate"),
        ({"forget_bias": "much"}, "forget_bias is 'much'; expected a number"),
        ({"embedding_dropout": 1.5}, "embedding_dropout is 1.5; expected a share below 1"),
        ({"dropout": None}, "dropout is None; expected a number, such as 0.3"),
    ],
)
def test_what_makes_no_sense_is_named(told, message):
    with pytest.raises(RecipeError, match=message):
        Recipe(**told)
