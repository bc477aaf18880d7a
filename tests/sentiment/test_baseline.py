"""`baseline` chooses on validation alone, keeps all it found, and leaves nothing where it fails."""

import csv
import json
from contextlib import contextmanager

import numpy as np
import pytest

from unrolled.__main__ import main
from unrolled.sentiment import baseline as baselines
from unrolled.sentiment import grid
from unrolled.sentiment.corpus import digest_of, load_reviews
from unrolled.sentiment.recipe import Recipe

CLASSES = ("bad", "good", "so-so")
TOLD = {"bad": "dull", "good": "bright", "so-so": "plain"}


@pytest.fixture(autouse=True)
def few_settings(monkeypatch):
    """Let the grid be small."""
    monkeypatch.setattr(grid, "RUNS", ((1, 0), (2, 0), (0, 2)))
    monkeypatch.setattr(grid, "STRENGTHS", {"TF-IDF": (10.0, 1.0), "NB-SVM": (0.1, 1.0)})


def rows(count=180, noise=0.3):
    """Return texts whose class a word tells, mostly; with a part of each."""
    rng = np.random.default_rng(0)
    for number in range(count):
        label = CLASSES[number % 3]
        told = TOLD[label if rng.random() > noise else str(rng.choice(CLASSES))]
        words = [*rng.choice(["film", "plot", "end", "cast"], 4), told]
        part = ("train", "train", "train", "valid", "test")[number // 3 % 5]
        yield " ".join(rng.permutation(words)) + f" {number}", label, part


def write(path, lines):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "stars", "part"), *lines])
    return path


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return write(tmp_path_factory.mktemp("own") / "reviews.csv", rows())


def flags(file, *more):
    told = ["--data", str(file), "--text-column", "text", "--label-column", "stars"]
    return [*told, "--split-column", "part", *more]


def made(folder):
    told = json.loads((folder / "baseline.json").read_text(encoding="utf-8"))
    table = (folder / "baseline.csv").read_text(encoding="utf-8").splitlines()
    return told, list(csv.DictReader(table))


def test_both_baselines_are_told_and_kept(file, tmp_path, capsys):
    folder = tmp_path / "m"
    assert main(["baseline", *flags(file), "--out", str(folder)]) == 0
    said = capsys.readouterr().out
    assert sorted(path.name for path in folder.iterdir()) == ["baseline.csv", "baseline.json"]
    told, table = made(folder)
    recipe = Recipe(data=str(file), text_column="text", label_column="stars", split_column="part")
    splits = load_reviews(recipe)
    assert told["digest"] == digest_of(splits)
    assert told["classes"] == list(CLASSES)
    assert str(file.parent) not in json.dumps(told)
    for name in ("valid", "test"):
        part, kept = getattr(splits, name), [row for row in table if row["part"] == name]
        assert [int(row["row"]) for row in kept] == part.rows.tolist()
        assert [row["label"] for row in kept] == [CLASSES[k] for k in part.labels]
        for baseline in ("TF-IDF", "NB-SVM"):
            right = sum(row[baseline] == row["label"] for row in kept)
            figures = told["baselines"][baseline][name]
            assert (figures["right"], figures["texts"]) == (right, 36)
            assert 0.5 < figures["accuracy"] == right / 36
            assert f"{name}: accuracy {right / 36:.4f}, 95 % interval" in said
    best = told["baselines"]["NB-SVM"]
    assert max(one["valid_accuracy"] for one in best["tried"]) == best["valid"]["accuracy"]
    assert {one["beta"] for one in best["tried"]} == {0.1, 0.25, 0.5, 0.75, 1.0}
    assert "no offsets of the classes were chosen" in said


def test_it_comes_out_the_same_again(file, tmp_path):
    for name in ("one", "two"):
        assert main(["baseline", *flags(file), "--out", str(tmp_path / name)]) == 0
    (one, first), (two, second) = made(tmp_path / "one"), made(tmp_path / "two")
    assert first == second
    assert one | {"seconds": 0} == two | {"seconds": 0}


def test_the_test_texts_choose_nothing(file, tmp_path):
    turned = {"bad": "good", "good": "so-so", "so-so": "bad"}
    lines = [(text, turned[s] if part == "test" else s, part) for text, s, part in rows()]
    other = write(tmp_path / "other.csv", lines)
    found = []
    for number, path in enumerate((file, other)):
        assert main(["baseline", *flags(path), "--out", str(tmp_path / str(number))]) == 0
        found.append(made(tmp_path / str(number))[0])
    for name in ("TF-IDF", "NB-SVM"):
        one, two = (told["baselines"][name] for told in found)
        assert one["tried"] == two["tried"]
        assert one["test"]["accuracy"] > 0.5 > two["test"]["accuracy"]
    assert found[0]["digest"] != found[1]["digest"]


@pytest.mark.parametrize("large", [False, True])
def test_characters_read_what_has_no_spaces(tmp_path, monkeypatch, large):
    if large:
        monkeypatch.setattr(grid, "LARGE", 100)
    rng = np.random.default_rng(1)
    signs = list("这家酒店房间早餐服务前台位置交通价格")
    lines = []
    for number in range(300):
        label = ("差", "好")[number % 2]
        text = "".join(rng.choice(signs, 12))
        at = int(rng.integers(1, 11))
        text = text[:at] + {"差": "很脏", "好": "干净"}[label] + text[at:]
        lines.append((text, label, ("train", "train", "valid", "test")[number // 2 % 4]))
    path = write(tmp_path / "hotels.csv", lines)
    assert main(["baseline", *flags(path), "--out", str(tmp_path / "m")]) == 0
    for one in made(tmp_path / "m")[0]["baselines"].values():
        assert one["chosen"]["characters"] > 0
        assert one["test"]["accuracy"] > 0.95
        words = [row["valid_accuracy"] for row in one["tried"] if not row["characters"]]
        assert not words if large else max(words) < 0.7


def test_large_texts_get_the_smaller_grid_and_a_sentence(file, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(grid, "LARGE", 100)
    assert main(["baseline", *flags(file), "--out", str(tmp_path / "m")]) == 0
    assert "characters, more than 100, so runs of characters" in capsys.readouterr().out
    for one in made(tmp_path / "m")[0]["baselines"].values():
        assert not any(row["characters"] for row in one["tried"])
        assert min(row["least"] for row in one["tried"]) == 2


def test_what_does_not_converge_is_not_chosen(file, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("unrolled.sentiment.bags.PASSES", 40)
    assert main(["baseline", *flags(file), "--out", str(tmp_path / "m")]) == 0
    assert "did not come to their end" in capsys.readouterr().out
    monkeypatch.setattr("unrolled.sentiment.bags.PASSES", 1)
    assert main(["baseline", *flags(file), "--out", str(tmp_path / "n")]) == 2
    assert "could be fitted with none of 6 settings" in capsys.readouterr().err
    assert not (tmp_path / "n").exists()


def test_offsets_come_last_and_are_kept(file, tmp_path, monkeypatch, capsys):
    asked = []

    def always_good(scores, labels):
        asked.append(len(labels))
        return np.array([0.0, 1e6, 0.0])

    monkeypatch.setattr(grid, "FEW", 10)
    monkeypatch.setattr(grid, "best_offsets", always_good)
    assert main(["baseline", *flags(file), "--out", str(tmp_path / "m")]) == 0
    assert ", offsets of the classes; " in capsys.readouterr().out
    assert asked == [36, 36]
    told, table = made(tmp_path / "m")
    assert {row["TF-IDF"] for row in table} == {row["NB-SVM"] for row in table} == {"good"}
    for one in told["baselines"].values():
        assert one["offsets"] == [0, 1e6, 0]
        assert one["valid"]["accuracy"] == pytest.approx(1 / 3)
        assert max(row["valid_accuracy"] for row in one["tried"]) > 0.5


def test_rare_classes_get_balanced_weights_tried(tmp_path):
    lines = [line for line in rows(240) if line[1] != "bad" or int(line[0].split()[-1]) // 15 % 2]
    path = write(tmp_path / "x.csv", lines)
    assert main(["baseline", *flags(path), "--out", str(tmp_path / "m")]) == 0
    for one in made(tmp_path / "m")[0]["baselines"].values():
        assert {row["class_weights"] for row in one["tried"]} == {"none", "balanced"}


def test_bad_input_gets_a_sentence_and_leaves_nothing(file, tmp_path, capsys):
    out, before = tmp_path / "m", tmp_path / "f"
    before.write_text("mine")
    for options, said in (
        (["--data", "nowhere.csv", "--out", str(out)], "nowhere.csv is not there"),
        ([*flags(file, "--limit", "2"), "--out", str(out)], "so nothing can be learnt"),
        ([*flags(file), "--delimiter", ";", "--out", str(out)], "text"),
        ([*flags(file), "--out", str(before)], "is a file; a baseline needs a folder"),
        (["--text-column", "x", "--out", str(out)], "imdb has its own columns"),
    ):
        assert main(["baseline", *options]) == 2
        assert said in capsys.readouterr().err
        assert not out.exists()
    assert before.read_text() == "mine"


def test_an_interrupted_baseline_keeps_the_old_one(file, tmp_path, monkeypatch):
    folder = tmp_path / "m"
    assert main(["baseline", *flags(file), "--out", str(folder)]) == 0
    old = {path.name: path.read_bytes() for path in folder.iterdir()}

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(grid.Search, "test", stop)
    assert main(["baseline", *flags(file), "--out", str(folder)]) == 130
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == old


@pytest.mark.parametrize(("more", "limit"), [([], None), (["--threads", "1"], 1)])
def test_a_baseline_computes_in_as_many_threads_as_it_is_told(
    file, tmp_path, monkeypatch, more, limit
):
    asked = []

    @contextmanager
    def noted(limits):
        asked.append(limits)
        yield

    monkeypatch.setattr(baselines, "threadpool_limits", noted)
    monkeypatch.setattr(grid, "RUNS", ((1, 0),))
    assert main(["baseline", *flags(file), *more, "--out", str(tmp_path / "m")]) == 0
    assert asked == [limit]
