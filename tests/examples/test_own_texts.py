"""The classifier of own texts runs alone: it learns what can be learnt, and says what it cannot."""

import ast
import csv
import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

FILE = Path(__file__).resolve().parents[2] / "examples" / "own_texts.py"
MARKS = {"good": "妙", "mixed": "半", "bad": "差"}  # one character tells the class


@pytest.fixture(scope="module")
def own():
    spec = importlib.util.spec_from_file_location("own_texts", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rows(each=60, seed=0):
    """Return texts of some characters, one of which tells the class."""
    rng = np.random.default_rng(seed)
    made = []
    for label, mark in MARKS.items():
        for number in range(each):
            text = rng.choice(list("书这本很的了我看,"), rng.integers(3, 12)).tolist()
            text.insert(rng.integers(len(text) + 1), mark)
            made.append(("".join(text) + str(number), label))
    return made


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("own") / "own.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerows([("label", "text"), *((label, text) for text, label in rows())])
        writer.writerows([("good", "  "), ("", "nothing"), (rows()[0][1], rows()[0][0])])
    return path


@pytest.fixture(scope="module")
def learnt(own, file):
    return own.train(*own.read(file), characters=True)


def run(*arguments, given=""):
    command = [sys.executable, "-I", FILE, *arguments]
    return subprocess.run(
        command, input=given, capture_output=True, encoding="utf-8", check=False,
        env={"PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"},
    )  # fmt: skip


def test_it_imports_numpy_torch_and_the_standard_library_alone():
    imports = [node for node in ast.walk(ast.parse(FILE.read_text("utf-8")))
               if isinstance(node, ast.Import | ast.ImportFrom)]  # fmt: skip
    names = {getattr(node, "module", None) or node.names[0].name for node in imports}
    assert {name.split(".")[0] for name in names} - set(sys.stdlib_module_names) == {
        "numpy",
        "torch",
    }


def test_empty_fields_and_equal_rows_are_left_out(own, file):
    texts, labels = own.read(file)
    assert list(zip(texts, labels, strict=True)) == rows()


def test_the_parts_are_disjoint_hold_every_class_and_follow_the_seed(own):
    labels = np.repeat([0, 1, 2], [40, 4, 100])
    parts = own.split(labels, np.random.default_rng(1))
    assert sorted(row for part in parts for row in part) == list(range(144))
    assert [np.bincount(labels[part]).tolist() for part in parts] == [
        [32, 2, 80],
        [4, 1, 10],
        [4, 1, 10],
    ]
    assert own.split(labels, np.random.default_rng(1)) == parts
    assert own.split(labels, np.random.default_rng(2)) != parts


def test_of_a_long_text_both_ends_are_read(own):
    kept = {"vocabulary": {str(n): n + 2 for n in range(10)}, "characters": True}
    assert own.encode("012 3?4", kept, longest=4).tolist() == [2, 3, 1, 6]
    assert own.encode("", kept).tolist() == [own.UNKNOWN]


def test_padding_changes_no_answer(own):
    torch.manual_seed(0)
    model = own.Classifier(9, 3).eval()
    short, long = torch.tensor([3, 4]), torch.tensor([5, 2, 8, 7, 6])
    together = own.judge(model, [short, long])
    alone = torch.cat([own.judge(model, [short]), own.judge(model, [long])])
    torch.testing.assert_close(together, alone)
    assert together.shape == (2, 3)


def test_it_learns_what_can_be_learnt_from_any_of_its_classes(own, learnt):
    fresh = rows(each=30, seed=9)
    said = [name for name, _ in own.predict(learnt, [text for text, _ in fresh])]
    right = np.mean([name == label for name, (_, label) in zip(said, fresh, strict=True)])
    assert right > 0.9, "a third would be chance"


def test_the_same_seed_gives_the_same_weights_and_another_gives_others(own, file, learnt):
    few = [part[::3] for part in own.read(file)]
    one, again, other = (
        own.train(*map(tuple, few), characters=True, seed=seed, epochs=1)["weights"]
        for seed in (4, 4, 5)
    )
    assert all(torch.equal(one[name], again[name]) for name in one)
    assert not torch.equal(one["head.weight"], other["head.weight"])


def test_a_line_without_a_known_token_gets_no_answer(own, learnt):
    assert list(own.predict(learnt, ["qqq zzz", "\n", "妙"]))[:2] == [(None, None)] * 2


def test_trained_saved_and_asked_from_the_command_line(file, tmp_path):
    model = tmp_path / "model.pt"
    done = run(file, model, "--characters")
    assert done.returncode == 0, done.stderr
    assert "of 18 test texts" in done.stdout
    assert torch.load(model, weights_only=True)["classes"] == ["bad", "good", "mixed"]
    asked = run(model, given="这本书很妙\nqqq\n差差差\n")
    said = [line.split()[-1] for line in asked.stdout.splitlines()]
    assert said == ["good", "say", "bad"], asked.stdout + asked.stderr


def test_a_missing_column_is_named(tmp_path):
    (tmp_path / "other.csv").write_text("review,stars\nfine,5\n", encoding="utf-8")
    done = run(tmp_path / "other.csv", tmp_path / "model.pt")
    assert done.returncode == 1
    assert "found the columns ['review', 'stars']; expected text and label" in done.stderr
    assert not (tmp_path / "model.pt").exists()
