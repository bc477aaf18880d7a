"""The classifier in one file is the one of the chapter, and it runs alone."""

import ast
import csv
import subprocess
import sys
from pathlib import Path

import pytest
import torch

import chapters
from unrolled.sentiment import plain

CHAPTER = chapters.BOOK / "sentiment" / "classifier.md"
TEXTS = [
    "a fine film , loved it",
    "dull and far too long",
    "fine",
    "so dull ! I left early , bored",
]
LABELS = [1, 0, 1, 0]


def without_docstrings(statement):
    """Return a statement as text, whatever its lines and docstrings."""
    for node in ast.walk(statement):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            node.body = node.body[1:]
    return ast.unparse(statement)


def statements(source):
    return [without_docstrings(node) for node in ast.parse(source).body]


def imported(statement):
    return statement.startswith(("import ", "from "))


@pytest.fixture
def small():
    """Return a vocabulary, a data loader and a small model, all of four texts."""
    torch.manual_seed(0)
    vocabulary = plain.build_vocabulary(TEXTS, size=12)
    reviews = plain.Reviews(TEXTS, LABELS, vocabulary)
    batches = plain.DataLoader(reviews, 2, shuffle=True, collate_fn=plain.collate)
    return vocabulary, batches, plain.Classifier(len(vocabulary)).to(plain.device)


def test_the_file_is_the_code_of_the_chapter():
    cells = chapters.code_cells(chapters.read_source(CHAPTER))
    on_the_page = [one for cell in cells for one in statements(cell.source)]
    of_main = ("import argparse", "def main", "if __name__")
    in_the_file = [
        one
        for one in statements(Path(plain.__file__).read_text(encoding="utf-8"))[1:]
        if not one.startswith(of_main)
    ]
    assert len(in_the_file) > 15
    assert [one for one in on_the_page if one in in_the_file] == in_the_file


def test_the_file_takes_the_reviews_from_the_package_and_nothing_else():
    tree = ast.parse(Path(plain.__file__).read_text(encoding="utf-8"))
    found = [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom) and "unrolled" in ast.unparse(node)
    ]
    assert found == ["from unrolled.data.reviews import load_imdb"]


def test_the_file_runs_alone(tmp_path):
    alone, table, kept = (tmp_path / name for name in ("mine.py", "mine.csv", "mine.pt"))
    alone.write_text(Path(plain.__file__).read_text(encoding="utf-8"), encoding="utf-8")
    with table.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["text", "label", "source"])
        for number in range(60):
            rows.writerow([f"{TEXTS[number % 2]} {number}", LABELS[number % 2], "imdb"])
    command = [sys.executable, alone, "--csv", table, "--epochs", "2", "--save", kept]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert "epoch 1: loss " in done.stdout
    assert "test accuracy: " in done.stdout
    model, vocabulary = plain.load(kept)
    assert 0 < plain.predict(model, vocabulary, "a fine film") < 1


def test_padding_and_its_amount_do_not_move_a_logit(small):
    vocabulary, _, model = small
    model.eval()
    inputs, lengths, _ = plain.collate(list(plain.Reviews(TEXTS, LABELS, vocabulary)))
    real = torch.arange(inputs.shape[1]) < lengths[:, None]
    assert not real.all()
    filled = torch.where(real, inputs, torch.randint(2, len(vocabulary), inputs.shape))
    longer = torch.nn.functional.pad(inputs, (0, 5))
    with torch.no_grad():
        one, two, three = (model(x.to(plain.device), lengths) for x in (inputs, filled, longer))
    assert torch.equal(one, two)
    assert torch.equal(one, three)


def test_a_review_gets_the_same_logit_alone_and_in_a_batch(small):
    vocabulary, _, model = small
    model.eval()
    pairs = list(plain.Reviews(TEXTS, LABELS, vocabulary))
    together = plain.answers(model, [plain.collate(pairs)])[0]
    alone = plain.answers(model, [plain.collate([pair]) for pair in pairs])[0]
    assert torch.allclose(together, alone, atol=1e-6)


def test_pooling_takes_mean_and_maximum_of_the_real_steps_only():
    states = -1 - torch.rand(3, 5, 4)
    lengths = torch.tensor([2, 5, 1])
    for row, length in enumerate(lengths):
        states[row, length:] = 7
    pooled = plain.pool(states, lengths)
    for row, length in enumerate(lengths):
        real = states[row, :length]
        assert torch.allclose(pooled[row], torch.cat([real.mean(0), real.amax(0)]))


def test_training_keeps_the_weights_of_the_best_epoch_and_stops_after_it(small):
    _, batches, model = small
    wrong = plain.Reviews(TEXTS, [1 - label for label in LABELS], small[0])
    against = plain.DataLoader(wrong, 2, collate_fn=plain.collate)
    curve = plain.train(model, batches, against, epochs=8, rate=0.05)
    losses = [now for _, now in curve]
    assert len(curve) < 8
    assert min(losses) == losses[-3] < min(losses[-2:]), "the patience is two epochs"
    assert plain.bce(*plain.answers(model, against)).item() == pytest.approx(min(losses))


def test_training_learns_its_reviews(small):
    _, batches, model = small
    curve = plain.train(model, batches, batches, epochs=8, rate=0.05)
    logits, labels = plain.answers(model, batches)
    assert curve[-1][1] < curve[0][1]
    assert torch.equal(logits > 0, labels.bool())


def test_what_is_saved_answers_as_before(small, tmp_path):
    vocabulary, _, model = small
    plain.save(tmp_path / "model.pt", model, vocabulary)
    again, words = plain.load(tmp_path / "model.pt")
    assert words == vocabulary
    for text in [*TEXTS, "never seen", ""]:
        assert plain.predict(again, words, text) == plain.predict(model, vocabulary, text)


def test_a_long_text_keeps_both_ends_and_an_empty_one_is_unknown():
    vocabulary = plain.build_vocabulary([" ".join("abcdefgh")])
    ids = plain.encode(" ".join("abcdefgh"), vocabulary, longest=4)
    assert [list(vocabulary)[number] for number in ids] == list("abgh")
    assert plain.encode(" ", vocabulary).tolist() == [plain.UNKNOWN]
