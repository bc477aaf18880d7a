"""The model that the package ships: answers in one command, and a card of what its file tells."""

import csv
import hashlib
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import unrolled
from unrolled import live
from unrolled.__main__ import main, parser
from unrolled.nets.model_file import ModelFileError
from unrolled.sentiment.page_card import card_of_file
from unrolled.sentiment.page_model import PageModel
from unrolled.sentiment.recipe import SETTINGS, Recipe, read_settings
from unrolled.sentiment.shipped import shipped_path
from unrolled.sentiment.web import commands_for

from .test_page_model import pronounced, written

TEXTS = ["Slow at first, then unforgettable.", "A dull film, dull to the end.", "I loved it!"]
FLAGS = [part for text in TEXTS for part in ("--text", text)]


@pytest.fixture(scope="module")
def wanted():
    """Return what the shipped model answers in Python."""
    return unrolled.load().predict(TEXTS)


def numbers(answers):
    return [f"{one.probabilities['positive']:.4f}" for one in answers]


def test_a_text_is_answered_in_one_command_and_one_line_names_the_model(wanted, capsys):
    assert main(["predict", *FLAGS]) == 0
    said = capsys.readouterr()
    told = [f"{one.label}\t{one.probabilities[one.label]:.4f}" for one in wanted]
    assert said.out.splitlines() == told
    model = PageModel(shipped_path())
    assert said.err.splitlines() == [
        f"Answers of the model that the package ships, {model.about}. Its card: python -m unrolled "
        "predict --card"
    ]
    for kind in model.measured():
        assert f"{kind['accuracy']:.1%} of {kind['texts']:,} test {kind['on']}" in said.err


def test_lines_and_files_are_answered_without_a_training(wanted, tmp_path, monkeypatch):
    texts = tmp_path / "texts.txt"
    texts.write_text("\n".join(TEXTS), encoding="utf-8")
    run = {"cwd": tmp_path, "capture_output": True, "encoding": "utf-8", "check": True}
    predict = [sys.executable, "-m", "unrolled", "predict"]
    for given, arguments in [(texts.read_text(), []), ("", ["shipped", "texts.txt"])]:
        done = subprocess.run([*predict, *arguments], input=given, **run)
        assert done.stdout.split() == numbers(wanted)
        assert done.stderr.count("\n") == 1


def test_answers_to_texts_have_the_forms_of_files(wanted, tmp_path, capsys):
    assert main(["predict", *FLAGS, "--format", "jsonl"]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["row"], one["label"]) for one in found] == [
        (row, one.label) for row, one in enumerate(wanted, 1)
    ]
    assert main(["predict", *FLAGS, "--format", "number"]) == 0
    assert capsys.readouterr().out.split() == numbers(wanted)
    assert main(["predict", *FLAGS, "--out", str(tmp_path / "a.csv")]) == 0
    assert capsys.readouterr().out == ""
    rows = list(csv.DictReader(io.StringIO((tmp_path / "a.csv").read_text())))
    assert [row["label"] for row in rows] == [one.label for one in wanted]


def test_a_text_without_an_answer_is_told(capsys):
    assert main(["predict", "--text", "", "--text", "?!", "--text", "Good."]) == 0
    said = capsys.readouterr()
    assert [bool(line) for line in said.out.split("\n")] == [False, False, True, False]
    assert said.err.splitlines()[1:] == [
        "2 of 3 texts have no answer:",
        "  1 without a text; first text 1",
        "  1 without a word that the model knows; first text 2",
    ]


def test_another_model_answers_texts_too_and_is_not_called_shipped(trained, tmp_path, capsys):
    page = written(tmp_path / "m.bin", pronounced())
    for path, text in ((trained, "a good film"), (page, "w1 w2 w3")):
        assert main(["predict", str(path), "--text", text]) == 0
        (answer,) = unrolled.load(path).predict([text])
        said = capsys.readouterr()
        assert said.out == f"{answer.label}\t{answer.probabilities[answer.label]:.4f}\n"
        assert said.err == ""


def test_a_folder_of_that_name_is_meant_before(trained, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(trained, "shipped")
    assert main(["predict", "shipped", "--text", "a good film", "--format", "number"]) == 0
    said = capsys.readouterr()
    assert said.out.split() == numbers(unrolled.load(trained).predict(["a good film"]))
    assert said.err == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["A fine film."], "at A fine film.. Name the folder .* write --text before it"),
        (["long " * 900], "There is no file or folder at long .* write --text before it"),
        (["modle"], "or nothing, for the model that the package ships.$"),
        (["TEXTS"], "holds text. Name the model before it; .* unrolled predict shipped .*t.md$"),
        (["TABLE", "--text-column", "says"], "--text-column needs a file"),
        (["shipped", "TEXTS", "--text", "x"], "--text gives the text itself, and goes with no fil"),
        (["--text", "x", "--text-column", "t"], "and goes with no --text-column or --encoding"),
        (["--text", "x", "--encoding", "cp1252"], "and goes with no --text-column or --encoding"),
        (["--text", "x", "--delimiter", ";"], "--delimiter is for tables"),
        (["--text", "x", "--workers", "0"], "workers is 0"),
        (["shipped", "nowhere.txt"], "There is no file at nowhere.txt"),
        (["WRITER", "--text", "x"], "It holds another network"),
        (["--card", "--text", "x"], "answers nothing. Ask for the answers in a second command"),
        (["--card", "TRAINED"], "by: python -m unrolled evaluate .* --card FILE.md"),
        (["--card", "TEXTS"], "tells nothing of how good it is"),
        (["--card", "nowhere"], "There is no file at nowhere"),
    ],
)
def test_each_wrong_use_is_a_sentence(arguments, said, trained, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    places = {"TEXTS": "t.md", "TABLE": "t.csv", "TRAINED": str(trained)}
    places["WRITER"] = str(shipped_path().with_name("writer.bin"))
    Path("t.md").write_text("A fine film.\n")
    Path("t.csv").write_text("id,says\n1,Good.\n")
    assert main(["predict", *(places.get(one, one) for one in arguments)]) == 2
    found = capsys.readouterr()
    assert re.search(said, found.err.strip()), found.err
    assert found.out == ""


def test_no_slow_library_is_waited_for():
    program = (
        "import sys\nfrom unrolled.__main__ import main\n"
        "assert main(['predict', '--text', 'Good.']) == main(['predict', '--card']) == 0\n"
        "slow = {'torch', 'sklearn', 'pandas', 'onnxruntime', 'matplotlib'}\n"
        "assert not slow & set(sys.modules), slow & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("positive\t")


def test_who_types_at_a_terminal_is_told_what_to_do_and_gets_labels():
    here, there = pytest.importorskip("pty", exc_type=ImportError).openpty()
    command = [sys.executable, "-m", "unrolled", "predict"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    os.write(here, b"A dull film.\nA dull film.\n\x04")
    with subprocess.Popen(command, stdin=there, **pipes) as process:
        os.close(there)
        try:
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()
            os.close(here)
    assert re.fullmatch(r"(negative\t\d\.\d{4}\n){2}", out.decode())
    named, advice = err.decode().splitlines()
    assert "the model that the package ships" in named
    assert advice == "Type a text and press Enter; its answer comes below. Ctrl-D ends."
    assert process.returncode == 0


def test_the_card_of_the_shipped_model_says_what_its_file_tells(capsys):
    assert main(["predict", "--card"]) == 0
    said, path = capsys.readouterr(), shipped_path()
    assert said.err == ""
    model, data = PageModel(path), path.read_bytes()
    assert f"an LSTM of {model.units} units" in said.out.splitlines()[0]
    assert f"has {len(data):,} bytes" in said.out
    assert hashlib.sha256(data).hexdigest() in said.out
    assert f"it knows {len(model.encoder) - 2:,};" in said.out
    for kind in model.measured():
        assert f"| {kind['on']} | {kind['texts']:,} |" in said.out
        assert f"{kind['accuracy']:.3f} (" in said.out
    assert "Must not be used" in said.out
    assert main(["predict", "--card", str(path)]) == 0
    assert capsys.readouterr().out == said.out


TOLD = {
    "settings": {"data": "imdb", "hidden_size": 7, "teacher": "a_larger one", "rate": 0.005},
    "learnt_from": "long reviews and short sentences",
    "made": ["python -m unrolled experiments run x", "python y.py"],
    "judged": [
        {"on": "reviews", "texts": 2000, "tokens": [40, 700], "accuracy": 0.9, "bag": 0.8801},
        {"on": "sentences", "texts": 1066, "tokens": [6, 40], "accuracy": 0.8, "bag": 0.75},
    ],
    "hardest": [{"text": "Not *bad* | not\ngood.", "label": 1}, {"text": "So <so>.", "label": 0}],
}


def test_a_card_has_all_that_a_header_holds(tmp_path):
    model = PageModel(written(tmp_path / "m.bin", pronounced(), **TOLD))
    card = card_of_file(model)
    assert model.about == (
        "an LSTM of 7 units that learnt from long reviews and short sentences; right on 90.0% of "
        "2,000 test reviews and 80.0% of 1,066 test sentences"
    )
    assert "It learnt from long reviews and short sentences.\n" in card
    assert "| hidden size | 7 |\n| teacher | a\\_larger one |\n\n" in card, "0.005 is the default"
    assert "```sh\npython -m unrolled experiments run x\npython y.py\n```" in card
    assert "| reviews | 2,000 | 40 to 700 | 0.900 (0.886 to 0.912) | 0.880 |" in card
    assert "| sentences | 1,066 | 6 to 40 | 0.800 (0.775 to 0.823) | 0.750 |" in card
    assert "Short sentences are not among them" not in card
    assert "- Labelled praise: Not \\*bad\\* \\| not good." in card
    assert "- Labelled blame: So \\<so>." in card
    numbers = sum(weight.numel() for weight in pronounced().parameters())
    assert f"The network has {numbers:,} numbers" in card


def test_a_card_says_what_its_file_does_not_tell(tmp_path):
    long = {"judged": TOLD["judged"][:1]}
    card = card_of_file(PageModel(written(tmp_path / "m.bin", pronounced(), **long)))
    assert "**Short sentences are not among them.**" in card
    assert "does not tell which commands made it" in card
    assert "What it gets most wrong" not in card
    card = card_of_file(PageModel(written(tmp_path / "m.bin", pronounced())))
    assert "Nothing: the file tells of no test." in card


def test_the_commands_in_an_exported_file_make_its_recipe(tmp_path):
    given = {"hidden_size": 9, "bidirectional": False, "pooling": "attention", "quotes": False}
    recipe = Recipe(data="my texts.csv", text_column="a b", label_column="l", epochs=0, **given)
    train, export = map(shlex.split, commands_for(recipe, "x y.bin"))
    options = parser().parse_args(train[3:])
    flags = {one.name: getattr(options, one.name) for one in SETTINGS}
    assert read_settings(**flags)[0] == recipe
    assert export[3:] == ["export", "MODEL", "x y.bin", "--web"]


def test_the_shipped_model_is_no_folder_of_a_training(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["evaluate", "shipped"]) == 2
    assert "stands on its card: python -m unrolled predict --card" in capsys.readouterr().err


def test_a_package_without_its_model_is_a_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(live, "figures_folder", lambda: tmp_path)
    with pytest.raises(ModelFileError, match="the package is not whole"):
        unrolled.load()
    assert main(["predict", "--text", "Good."]) == 2
    assert "the package is not whole" in capsys.readouterr().err
