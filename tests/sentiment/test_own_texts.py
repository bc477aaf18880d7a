"""Anybody's labelled texts, three classes of them, through the command line."""

import csv
import itertools
import json
import shutil
from dataclasses import fields

import numpy as np
import pytest
import torch
from data.labelled.zoo import REFUSED

from unrolled.__main__ import main
from unrolled.evaluation.answers import decisions
from unrolled.nets.checkpoints import load_checkpoint
from unrolled.sentiment import grid, session
from unrolled.sentiment.corpus import Part, digest_of, load_reviews, read_corpus
from unrolled.sentiment.export import export
from unrolled.sentiment.processes import choose_device
from unrolled.sentiment.recipe import Machine, Recipe, from_flat
from unrolled.sentiment.session import train
from unrolled.sentiment.source import Source
from unrolled.sentiment.trained import judge, load_trained
from unrolled.sentiment.training import balanced_weights, compare_of

CLASSES = ("bad", "good", "so-so")
SMALL = [
    *("--embedding-size", "12", "--hidden-size", "8", "--epochs", "4", "--batch-size", "8"),
    *("--device", "cpu", "--threads", "1", "--save-every", "2", "--rate", "0.02"),
]


def rows(count=120, seed=0):
    """Return texts whose class a word tells, at any place."""
    rng = np.random.default_rng(seed)
    told = {"bad": "dull", "good": "bright", "so-so": "plain"}
    for number in range(count):
        label = CLASSES[number % 3]
        words = [*rng.choice(["film", "plot", "end", "cast"], rng.integers(2, 6)), told[label]]
        yield " ".join(rng.permutation(words)) + f" {number}", label


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("own") / "reviews.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("text", "stars"), *rows(), ("", "bad"), ("dull", "")])
    return path


def flags(file):
    return ["--data", str(file), "--text-column", "text", "--label-column", "stars"]


@pytest.fixture(scope="module")
def trained(file, tmp_path_factory):
    folder = tmp_path_factory.mktemp("own") / "model"
    assert main(["train", *flags(file), *SMALL, "--out", str(folder)]) == 0
    return folder


def test_three_classes_are_learnt_and_all_is_kept(trained):
    found = load_trained(trained, choose_device("cpu"))
    assert found.classes == CLASSES
    part, logits = judge(found, "test")
    assert logits.shape == (len(part), 3)
    assert np.mean(decisions(logits) == part.labels) > 0.9
    assert "'so-so' 40" in (trained / "report.txt").read_text(encoding="utf-8")
    assert len((trained / "left-out.csv").read_text(encoding="utf-8").splitlines()) == 3
    split = list(csv.DictReader((trained / "split.csv").read_text(encoding="utf-8").splitlines()))
    assert sorted(int(row["row"]) for row in split) == list(range(2, 122))
    assert {row["part"] for row in split} == {"train", "valid", "test"}


def test_what_was_read_is_told_before_training(file, tmp_path, capsys):
    assert main(["train", *flags(file), *SMALL, "--out", str(tmp_path / "m")]) == 0
    said = capsys.readouterr()
    assert "122 rows, 120 kept, 2 left out" in said.err
    assert "best pass" in said.out


def test_evaluate_names_the_classes(trained, capsys):
    assert main(["evaluate", str(trained), "--split", "test"]) == 0
    said = capsys.readouterr().out
    for name in CLASSES:
        assert name in said
    assert "macro" in said


def test_an_interrupted_training_ends_as_one_that_was_not(file, trained, tmp_path):
    folder = tmp_path / "copy"
    recipe = Recipe(
        data=str(file),
        text_column="text",
        label_column="stars",
        embedding_size=12,
        hidden_size=8,
        epochs=4,
        batch_size=8,
        rate=0.02,
    )
    machine, save, left = (
        Machine(device="cpu", threads=1, save_every=2),
        session._Session._save,
        [5],
    )

    def stop(self):
        save(self)
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session._Session, "_save", stop)
        with pytest.raises(KeyboardInterrupt):
            train(recipe, machine, folder, progress=False)
    assert (folder / "checkpoint.pt").exists()
    train(recipe, machine, folder, progress=False)
    one, other = (load_checkpoint(where / "model.pt") for where in (trained, folder))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_other_texts_are_not_gone_on_with_nor_judged(file, trained, tmp_path, capsys):
    copy, mine = shutil.copytree(trained, tmp_path / "copy"), tmp_path / "mine.csv"
    shutil.copy(file, mine)
    settings = json.loads((copy / "config.json").read_text(encoding="utf-8"))
    (copy / "config.json").write_text(json.dumps(settings | {"data": str(mine)}))
    assert main(["evaluate", str(copy)]) == 0
    with mine.open("a", encoding="utf-8") as out:
        out.write("one more,bad\n")
    assert main(["evaluate", str(copy)]) == 2
    assert "no longer those that the model was trained on" in capsys.readouterr().err
    told = (copy / "data.json").read_bytes()
    assert main(["train", *flags(mine), *SMALL, "--out", str(copy)]) == 2
    said = capsys.readouterr().err
    assert f"The texts are not those that the training in {copy} began with: then there we" in said
    assert "train 96, valid 12, test 12, now there are train 97, valid 12, test 12. Nothing" in said
    assert (copy / "data.json").read_bytes() == told
    text = file.read_text(encoding="utf-8").replace("dull", "grey", 1)
    mine.write_text(text, encoding="utf-8")
    assert main(["train", *flags(mine), *SMALL, "--out", str(copy)]) == 2
    said = capsys.readouterr().err
    assert "now there are train 96, valid 12, test 12; some differ, or their labels" in said


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("vocabulary.json", '["<pad>", "<unk>"]', "does not fit the texts, which are the same"),
        ("classes.json", "[", "is damaged: it is no JSON"),
        ("split.csv", "row,part,file\n", "does not fit the texts, which are the same"),
        ("data.json", "{}", "data.json is damaged"),
    ],
)
def test_a_file_that_was_changed_is_named_and_not_the_texts(
    file, trained, tmp_path, name, content, told, capsys
):
    copy = shutil.copytree(trained, tmp_path / "copy")
    (copy / name).write_text(content, encoding="utf-8")
    assert main(["train", *flags(file), *SMALL, "--out", str(copy)]) == 2
    said = capsys.readouterr().err
    assert str(copy / name) in said
    assert told in said
    assert (copy / name).read_text(encoding="utf-8") == content


def test_who_names_the_folder_above_is_led_to_the_model(trained, tmp_path, capsys):
    shutil.copytree(trained, tmp_path / "mine")
    assert main(["evaluate", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert f"There is one in {tmp_path / 'mine'}: name that folder." in said
    (tmp_path / "mine" / "model.pt").unlink()
    assert main(["evaluate", str(tmp_path / "mine")]) == 2
    assert "Go on with the training by the command that began it." in capsys.readouterr().err


@pytest.fixture
def project(file, tmp_path, monkeypatch):
    """Return a folder in which somebody trained with names that mean something only there."""
    folder = tmp_path / "pro ject"
    folder.mkdir()
    shutil.copy(file, folder / "mine.csv")
    monkeypatch.chdir(folder)
    assert main(["train", *flags("mine.csv"), *SMALL, "--epochs", "1", "--out", "m"]) == 0
    return folder


def test_a_model_is_judged_from_any_folder(project, tmp_path, monkeypatch, capsys):
    assert main(["evaluate", "m"]) == 0
    here = capsys.readouterr().out
    elsewhere = tmp_path / "else" / "where"
    elsewhere.mkdir(parents=True)
    (elsewhere / "mine.csv").write_text("text,stars\nother,bad\ntexts,good\n", encoding="utf-8")
    monkeypatch.chdir(elsewhere)
    assert main(["evaluate", "../../pro ject/m"]) == 0
    assert capsys.readouterr().out == here
    moved = shutil.move(project, tmp_path / "moved")
    assert main(["evaluate", str(moved / "m")]) == 0
    assert capsys.readouterr().out == here
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grid, "RUNS", ((1, 0),))
        patch.setattr(grid, "STRENGTHS", {"TF-IDF": (1.0,), "NB-SVM": (0.1,)})
        assert main(["baseline", "--out", str(moved / "m")]) == 0
    assert main(["evaluate", str(moved / "m")]) == 0
    assert "beside the baselines" in capsys.readouterr().out


def test_texts_that_are_gone_are_looked_for_where_it_is_said(
    project, tmp_path, monkeypatch, capsys
):
    (project / "mine.csv").rename(tmp_path / "other.csv")
    monkeypatch.chdir(tmp_path)
    assert main(["evaluate", "pro ject/m"]) == 2
    said = capsys.readouterr().err
    assert f"mine.csv, are not at {project / 'mine.csv'} nor at {tmp_path / 'mine.csv'}. Br" in said
    (tmp_path / "other.csv").rename(tmp_path / "mine.csv")
    assert main(["evaluate", "pro ject/m"]) == 0
    (project / "m" / "places.json").unlink()  # as in a training of before
    assert main(["evaluate", "pro ject/m"]) == 0


def test_what_is_exported_knows_no_folder(project, tmp_path):
    export(project / "m", tmp_path / "m.onnx")
    assert main(["export", str(project / "m"), str(tmp_path / "m.html"), "--web"]) == 0
    assert main(["evaluate", str(project / "m"), "--card", str(tmp_path / "card.md")]) == 0
    for name in ("m.onnx", "m.html", "card.md"):
        written = (tmp_path / name).read_bytes()
        assert b"pro ject" not in written
        assert b"../" not in written
        assert str(tmp_path).encode() not in written


def test_the_digest_changes_with_a_text_a_label_or_the_split(file, tmp_path):
    def of(text, **more):
        path = tmp_path / "x.csv"
        path.write_text(text, encoding="utf-8")
        return digest_of(load_reviews(Recipe(data=str(path), **more)))

    told = {"text_column": "text", "label_column": "stars"}
    text = file.read_text(encoding="utf-8")
    first = of(text, **told)
    assert first == of(text, **told, tokenizer="characters", seed=5)
    others = [of(text.replace("dull", "grey", 1), **told), of(text, **told, split_seed=1)]
    others.append(of(text.replace(",bad", ",good", 1), **told))
    assert len({first, *others}) == 4


@pytest.mark.parametrize("where", ["words", "characters"])
def test_only_the_training_texts_make_the_tokens(file, where):
    source = Recipe(data=str(file), text_column="text", label_column="stars", tokenizer=where)
    corpus, splits = read_corpus(source), load_reviews(source)
    seen = {token for text in splits.train.texts for token in corpus.encoder.tokens_of(text)}
    assert set(corpus.encoder.tokens[2:]) == seen
    assert corpus.parts["train"].n_classes == 3


def test_parts_may_stand_in_files_of_their_own(tmp_path):
    paths = [tmp_path / f"{name}.csv" for name in ("train", "valid", "test")]
    for seed, path in enumerate(paths):
        with path.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([("text", "stars"), *rows(30, seed)])
    told = {"text_column": "text", "label_column": "stars", "data": str(paths[0])}
    source = Recipe(**told, valid_data=str(paths[1]), test_data=str(paths[2]))
    corpus = read_corpus(source)
    assert [len(part) for part in corpus.parts.values()] == [30, 30, 30]
    assert corpus.split["test"][0] == (2, str(paths[2]))
    with pytest.raises(ValueError, match="files of their own say which part"):
        Recipe(**told, valid_data="x.csv", split_column="part")


def test_blocks_keep_neighbours_together(file):
    told = {"data": str(file), "text_column": "text", "label_column": "stars"}
    parts = load_reviews(Recipe(**told, split_order="blocks"))
    for label in range(3):
        ends = [
            (rows.min(), rows.max()) for rows in (part.rows[part.labels == label] for part in parts)
        ]
        assert ends == sorted(ends)
        assert all(one[1] < other[0] for one, other in itertools.pairwise(ends))


def test_balanced_classes_weigh_the_same_and_one_in_the_mean():
    labels = np.array([0, 0, 0, 0, 0, 0, 1, 1, 1, 2])
    weights = balanced_weights(labels, 3)
    assert weights[labels].mean() == pytest.approx(1)
    assert [weights[labels[labels == k]].sum() for k in range(3)] == pytest.approx([10 / 3] * 3)
    with pytest.raises(ValueError, match="Class 1 has no text"):
        balanced_weights(np.array([0, 2]), 3)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_the_weighted_loss_is_that_of_torch(n_classes):
    rng = np.random.default_rng(0)
    labels = np.array([0, 0, 0, 1, 1, n_classes - 1, 0])
    part = Part([np.array([1])] * 7, labels, n_classes=n_classes)
    compare = compare_of(Recipe(class_weights="balanced"), part)
    logits = torch.as_tensor(rng.normal(size=7 if n_classes == 2 else (7, 3)))
    pairs = torch.stack([torch.zeros(7), logits], 1) if n_classes == 2 else logits
    weight = torch.as_tensor(balanced_weights(labels, n_classes))
    targets = torch.as_tensor(labels)
    wanted = torch.nn.functional.cross_entropy(pairs, targets, weight, reduction="none")
    torch.testing.assert_close(compare(logits, targets, reduction="none"), wanted)
    torch.testing.assert_close(compare(logits, targets), wanted.mean())


def test_two_processes_give_the_result_of_one(file, in_two_processes, tmp_path):
    options = [*flags(file), *SMALL, "--dropout", "0", "--embedding-dropout", "0"]
    options += ["--class-weights", "balanced", "--tokenizer", "characters"]
    assert main(["train", "--out", str(tmp_path / "one"), *options]) == 0
    in_two_processes("--out", str(tmp_path / "two"), *options)
    one, two = (load_checkpoint(tmp_path / name / "model.pt") for name in ("one", "two"))
    for name, weight in one.items():
        torch.testing.assert_close(weight, two[name], rtol=0, atol=1e-5)


def test_texts_without_labels_are_read_before_labels_are_used(file, tmp_path):
    more = tmp_path / "more.txt"
    more.write_text("a dull film\n\nwords that nobody knows\n", encoding="utf-8")
    corpora = [
        read_corpus(
            Recipe(
                data=str(file),
                text_column="text",
                label_column="stars",
                unlabelled=str(more),
                pretraining_passes=passes,
            )
        )
        for passes in (0, 1)
    ]
    assert ["unlabelled" in corpus.parts for corpus in corpora] == [False, True]
    assert len(corpora[1].parts["unlabelled"]) == 2
    assert corpora[0].encoder.tokens == corpora[1].encoder.tokens


def test_a_small_file_gets_more_passes_than_a_large_one(file):
    own = from_flat({"data": str(file)})[0]
    assert (own.epochs, Recipe().epochs, from_flat({"data": "imdb"})[0].epochs) == (0, 1, 1)
    assert from_flat({"data": str(file), "epochs": 3})[0].with_passes(10).epochs == 3
    found = [own.with_passes(steps).epochs for steps in (1, 20, 150, 10_000)]
    assert found == [30, 20, 3, 2]


def test_a_named_set_of_reviews_takes_no_columns(capsys, tmp_path):
    assert main(["train", "--text-column", "text", "--out", str(tmp_path / "x")]) == 2
    assert "but imdb has its own columns" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_a_bad_file_leaves_nothing(tmp_path, capsys):
    path = tmp_path / "x.csv"
    path.write_text("text,label\na,1\n", encoding="utf-8")
    options = ["--data", str(path), "--text-column", "txt", "--label-column", "label"]
    assert main(["train", *options, "--out", str(tmp_path / "m")]) == 2
    assert "txt" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("command", ["train", "baseline"])
@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_file_ends_in_a_sentence_and_nothing_is_written(name, command, tmp_path, capsys):
    animal = REFUSED[name]
    known = {one.name for one in fields(Source)}
    if not set(animal.settings) <= known:
        pytest.skip("set only from Python")
    path, out = animal.put(tmp_path), tmp_path / "model"
    before = sorted(tmp_path.rglob("*"))
    told = [
        f"--no-{key}" if value is False else f"--{key.replace('_', '-')}={value}"
        for key, value in animal.settings.items()
    ]
    assert main([command, "--data", str(path), *told, "--out", str(out)]) == 2
    said = capsys.readouterr()
    for part in animal.told:
        assert part in said.err
    assert said.out == ""
    assert sorted(tmp_path.rglob("*")) == before


def test_what_looks_right_and_is_not_is_refused(trained, file, tmp_path, capsys):
    assert main(["predict", str(trained), str(file)]) == 2
    assert "without --text-column each line would be answered whole" in capsys.readouterr().err
    page = tmp_path / "page.html"
    page.write_text("the old page")
    assert main(["export", str(trained), str(page)]) == 2
    assert "Say --web for a page" in capsys.readouterr().err
    assert page.read_text() == "the old page"
