"""`evaluate`, the end of `train` and the card say what was measured, and judge no test early."""

import csv
import re
import shutil

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score

from unrolled.__main__ import main
from unrolled.evaluation.answers import decisions
from unrolled.sentiment import grid, judging
from unrolled.sentiment.judging import gap_on_validation, judge_parts

CLASSES = ("bad", "good", "so|so")
SMALL = [
    *("--embedding-size", "12", "--hidden-size", "8", "--epochs", "2", "--batch-size", "8"),
    *("--device", "cpu", "--threads", "1", "--rate", "0.02"),
]


@pytest.fixture(scope="module")
def flags(tmp_path_factory):
    """Return the flags of a file of three classes, one of them rare, some labels wrong."""
    rng = np.random.default_rng(0)
    told = dict(zip(CLASSES, ("dull", "bright", "plain"), strict=True))
    path = tmp_path_factory.mktemp("secret folder") / "my reviews.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("text", "stars"))
        for number in range(400):
            label = CLASSES[min(number % 8 // 3, 2)]
            word = told[label if rng.random() < 0.8 else str(rng.choice(CLASSES))]
            words = [*rng.choice(["film", "plot", "end", "cast"], 3), word]
            writer.writerow((" ".join(rng.permutation(words)) + f" {number}", label))
    return ["--data", str(path), "--text-column", "text", "--label-column", "stars"]


@pytest.fixture(scope="module")
def both(flags, tmp_path_factory):
    """Return a folder with a baseline and then a training, and what the training said."""
    folder = tmp_path_factory.mktemp("own") / "model"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grid, "RUNS", ((1, 0), (0, 2)))
        patch.setattr(grid, "STRENGTHS", {"TF-IDF": (1.0,), "NB-SVM": (0.1,)})
        assert main(["baseline", *flags, "--out", str(folder)]) == 0
    return folder, [*flags, *SMALL, "--out", str(folder)]


@pytest.fixture(scope="module")
def trained(both):
    assert main(["train", *both[1]]) == 0
    return both[0]


def test_train_names_the_gap_on_validation_and_judges_no_test_text(both, monkeypatch, capsys):
    parts, judge = [], judging.judge

    def noted(trained, name, splits):
        parts.append(name)
        return judge(trained, name, splits)

    monkeypatch.setattr(judging, "judge", noted)
    folder, options = both
    before = [(folder / name).read_bytes() for name in ("baseline.json", "baseline.csv")]
    for more in ([], ["--fresh"]):
        assert main(["train", *options, *more]) == 0
        said = capsys.readouterr().out
        assert "The LSTM beside the baselines, valid, 40 texts; 2 comparisons" in said
        assert "Is the LSTM worth it here? " in said
    assert set(parts) == {"valid"}
    assert before == [(folder / name).read_bytes() for name in ("baseline.json", "baseline.csv")]


def test_a_training_that_fails_takes_no_baseline_with_it(both, tmp_path, capsys):
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("baseline.json", "baseline.csv"):
        shutil.copy(both[0] / name, copy)
    options = [*both[1][:-1], str(copy)]
    assert main(["train", *options, "--rate", "1e39"]) == 2
    assert {path.name for path in copy.iterdir()} >= {"baseline.json", "baseline.csv"}


def test_a_folder_without_a_baseline_is_quiet(trained, tmp_path):
    copy = shutil.copytree(trained, tmp_path / "copy")
    (copy / "baseline.json").unlink()
    assert gap_on_validation(copy) is None
    assert "beside" not in judging.evaluation(copy, "valid")


def test_the_baseline_of_a_training_needs_no_flags(trained, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(grid, "RUNS", ((1, 0),))
    monkeypatch.setattr(grid, "STRENGTHS", {"TF-IDF": (1.0,), "NB-SVM": (0.1,)})
    copy = shutil.copytree(trained, tmp_path / "copy")
    (copy / "baseline.json").unlink()
    assert main(["baseline", "--out", str(copy)]) == 0
    assert len(gap_on_validation(copy).gaps) == 2
    assert main(["baseline", "--out", str(copy), "--split-seed", "3"]) == 0
    assert "split otherwise" in gap_on_validation(copy).answer


def test_evaluate_tells_what_scikit_learn_tells(trained, capsys):
    assert main(["evaluate", str(trained), "--split", "test"]) == 0
    said = capsys.readouterr().out
    judged = judge_parts(trained, ["test"])
    labels, answers = judged.splits.test.labels, decisions(judged.logits["test"])
    assert f"test: {len(labels)} texts\naccuracy {np.mean(labels == answers):.4f}, 95 %" in said
    macro = f1_score(labels, answers, average="macro", zero_division=0)
    assert f"macro-F1 {macro:.4f}, 95 % interval" in said
    assert f"balanced accuracy {balanced_accuracy_score(labels, answers):.4f}" in said
    assert re.search(r"^class +precision +recall +F1 +texts$", said, flags=re.MULTILINE)
    assert re.search(r"calibration error of the class that is answered 0\.\d{4}", said)
    assert re.search(r"temperature \d\.\d{3}, from the validation texts: 0\.\d{4}", said)
    assert "The LSTM beside the baselines, test, 40 texts" in said
    assert main(["evaluate", str(trained)]) == 0
    assert "from the validation texts, which are these texts: 0." in capsys.readouterr().out


def test_the_card_says_what_was_measured_and_names_no_folder(trained, tmp_path, capsys):
    path = tmp_path / "card.md"
    assert main(["evaluate", str(trained), "--card", str(path)]) == 0
    assert str(path) in capsys.readouterr().out
    card = path.read_text(encoding="utf-8")
    assert "learnt from my reviews.csv" in card
    for hidden in ("secret", str(trained), str(tmp_path)):
        assert hidden not in card
    assert "| so\\|so | 80 | 10 | 10 |" in card
    assert "| **all** | 320 | 40 | 40 |" in card
    judged = judge_parts(trained, [])
    digest, told = judged.trained.digest, judged.splits.report.split
    assert len(digest) == 64
    assert f"`{digest}`" in card
    assert "## Measured on the validation texts" in card
    assert "## Measured on the test texts" not in card
    assert "The best pass was chosen on these texts" in card
    assert "| hidden size | 8 |" in card
    assert told
    assert all(f"- {sentence.split(':')[0]}" in card for sentence in told)
    assert "Is the LSTM worth it here?" in card
    assert "## What nobody has measured" in card
    columns = 0
    for line in card.splitlines():  # every row of a table has as many cells as its head
        bars = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert not (columns and bars) or bars == columns, line
        columns = bars
    assert card.count("|--") > 10


def passes_of(folder, tmp_path):
    path = tmp_path / "card.md"
    assert main(["evaluate", str(folder), "--card", str(path)]) == 0
    (line,) = re.findall(r"^\| passes \| (.*) \|$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return line


def test_the_card_counts_the_passes_that_were_made(flags, trained, tmp_path):
    with (trained / "log.csv").open(encoding="utf-8", newline="") as file:
        losses = [float(row["valid_loss"]) for row in csv.DictReader(file)]
    best = 1 + losses.index(min(losses))
    told = f"2 made of at most 2; the model is that of pass {best}, the best"
    assert passes_of(trained, tmp_path) == told
    by_size = [*flags, *SMALL, "--epochs", "0", "--patience", "1", "--rate", "0.2", "--batch-size"]
    folder = tmp_path / "m"
    assert main(["train", *by_size, "64", "--out", str(folder)]) == 0
    made = len((folder / "log.csv").read_text(encoding="utf-8").splitlines()) - 1
    assert 1 < made < 30, "it stops early"
    said = passes_of(folder, tmp_path)
    assert said.startswith(f"{made} made of at most 30, by the number of texts; the model is that ")
    assert f"of pass {made - 1}, the best" in said
    (folder / "log.csv").write_text("epoch\n", encoding="utf-8")
    assert "how many were made is not known" in passes_of(folder, tmp_path)


def test_the_card_of_the_test_has_both_parts(trained, tmp_path):
    path = tmp_path / "card.md"
    assert main(["evaluate", str(trained), "--split", "test", "--card", str(path)]) == 0
    card = path.read_text(encoding="utf-8")
    valid, test = (card.index(f"## Measured on the {name}") for name in ("validation", "test"))
    assert valid < test
    assert "The best pass was chosen" not in card[test:]
    assert main(["evaluate", str(trained), "--card", str(tmp_path)]) == 2


def test_a_card_of_reviews_without_baseline_says_so(tmp_path, capsys):
    folder, small = tmp_path / "m", [*SMALL, "--epochs", "1", "--max-tokens", "10"]
    data = ["--data", "rotten-tomatoes", "--limit", "60"]
    assert main(["train", *data, *small, "--out", str(folder)]) == 0
    path = tmp_path / "card.md"
    assert main(["evaluate", str(folder), "--card", str(path)]) == 0
    said = capsys.readouterr().out
    assert "F1 of positive" in said
    assert "macro-F1" not in said
    card = path.read_text(encoding="utf-8")
    assert "No baseline lies beside this model" in card
    assert "| positive | 30 | 426 |" in card or "| positive | " in card
