"""The command line: what was interrupted ends the same, and hostile input ends in a sentence."""

import io
import itertools
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from unrolled.__main__ import main
from unrolled.nets.checkpoints import load_checkpoint, save_checkpoint
from unrolled.nets.pretraining import has_bfloat16
from unrolled.sentiment import folder as folders
from unrolled.sentiment import session, training
from unrolled.sentiment.folder import FolderError, alone_in
from unrolled.sentiment.lines import LONG, MANY
from unrolled.sentiment.prediction import predict_lines
from unrolled.sentiment.processes import choose_device
from unrolled.sentiment.recipe import from_flat, read_settings
from unrolled.sentiment.trained import load_trained

SMALL = [
    *("--data", "rotten-tomatoes", "--limit", "200", "--embedding-size", "8"),
    *("--hidden-size", "6", "--batch-size", "16", "--save-every", "3", "--threads", "1"),
    *("--epochs", "3", "--vocab-size", "500", "--device", "cpu", "--no-bidirectional"),
]


#: All that the recipe of the study on pretraining adds; 40,000 tokens are a few steps a pass.
PRETRAINED = [
    *(*SMALL, "--bidirectional", "--limit", "2000", "--batch-size", "200", "--epochs", "1"),
    *("--pretraining-passes", "2", "--pretraining-cycles", "2", "--adversarial", "0.02"),
]


NO_DROPOUT = ["--dropout", "0", "--embedding-dropout", "0"]


def weights(folder):
    return load_checkpoint(folder / "model.pt")


def assert_same_weights(one, two, **tolerance):
    for name, value in weights(one).items():
        torch.testing.assert_close(value, weights(two)[name], **{"rtol": 0, "atol": 0} | tolerance)


def command(*arguments):
    return [sys.executable, "-m", "unrolled", *arguments]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Return the folder of a small training that nothing interrupted."""
    folder = tmp_path_factory.mktemp("cli") / "whole"
    assert main(["train", "--out", str(folder), *SMALL]) == 0
    return folder


def test_a_training_leaves_model_log_and_settings(trained):
    assert {path.name for path in trained.iterdir()} == {
        *("checkpoint.pt", "config.json", "log.csv", "model.pt", "vocabulary.json")
    }
    log = (trained / "log.csv").read_text(encoding="utf-8").splitlines()
    assert log[0].split(",")[:3] == ["epoch", "step", "train_loss"]
    assert [line.split(",")[1] for line in log[1:]] == ["13", "26", "39"]
    assert read_settings(trained / "config.json")[0].hidden_size == 6


def test_a_training_killed_twice_and_resumed_gives_the_same_weights(trained, tmp_path):
    folder = tmp_path / "killed"
    for at in (1, 4):
        process = subprocess.Popen(
            command("train", "--out", str(folder), *SMALL), stderr=subprocess.DEVNULL
        )
        wait_for_checkpoints(folder / "checkpoint.pt", at, process)
        process.kill()
        assert process.wait() != 0
        assert load_checkpoint(folder / "checkpoint.pt")["epoch"] < 3
    assert main(["train", "--out", str(folder), *SMALL]) == 0
    assert_same_weights(trained, folder)
    log = [(path / "log.csv").read_bytes() for path in (trained, folder)]
    assert log[0] == log[1]


def test_a_training_killed_while_it_pretrains_gives_the_same_weights(tmp_path):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert main(["train", "--out", str(whole), *PRETRAINED]) == 0
    process = subprocess.Popen(
        command("train", "--out", str(killed), *PRETRAINED), stderr=subprocess.DEVNULL
    )
    wait_for_checkpoints(killed / "language.pt", 1, process)
    process.kill()
    assert process.wait() != 0
    assert len(load_checkpoint(killed / "language.pt")["losses"]) == 1
    assert main(["train", "--out", str(killed), *PRETRAINED]) == 0
    assert_same_weights(whole, killed)


def test_bfloat16_on_the_cpu_is_near_and_not_the_same(tmp_path, capsys):
    settings = [*PRETRAINED, *NO_DROPOUT]
    assert main(["train", "--out", str(tmp_path / "32"), *settings]) == 0
    assert main(["train", "--out", str(tmp_path / "16"), *settings, "--cpu-bfloat16"]) == 0
    said = "torch has no bfloat16 LSTM for this processor: computing in float32."
    assert (said in capsys.readouterr().err) == (not has_bfloat16())
    if not has_bfloat16():
        assert_same_weights(tmp_path / "32", tmp_path / "16")
        return
    assert_same_weights(tmp_path / "32", tmp_path / "16", atol=0.05)
    with pytest.raises(AssertionError):
        assert_same_weights(tmp_path / "32", tmp_path / "16")


#: Lets torch and oneDNN know no more than AVX2, as many laptops and hosted runners have it.
AVX2 = {"ATEN_CPU_CAPABILITY": "avx2", "DNNL_MAX_CPU_ISA": "AVX2"}


TINY = [
    *("--data", "rotten-tomatoes", "--limit", "600", "--threads", "1", "--device", "cpu"),
    *("--embedding-size", "4", "--hidden-size", "3", "--vocab-size", "100"),
    *("--batch-size", "500", "--max-tokens-judged", "20"),
]


def run_with(settings, *arguments):
    return subprocess.run(
        command(*arguments), env=os.environ | settings, capture_output=True, text=True, timeout=300
    )


def test_the_strong_recipe_runs_on_a_processor_without_a_bfloat16_lstm(tmp_path):
    recipe = Path(__file__).parents[2] / "recipes" / "strong.toml"
    options = ["train", "--config", str(recipe), *TINY, "--out"]
    done = run_with(AVX2, *options, str(tmp_path / "16"))
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("no bfloat16 LSTM for this processor: computing in float32.") == 1
    assert (tmp_path / "16" / "precision.txt").read_text() == "float32\n"
    plain = run_with(AVX2, *options, str(tmp_path / "32"), "--no-cpu-bfloat16")
    assert "bfloat16" not in plain.stderr
    assert_same_weights(tmp_path / "16", tmp_path / "32")


def test_a_training_ends_in_the_precision_that_it_was_begun_in(tmp_path, monkeypatch, capsys):
    options = [*SMALL, "--epochs", "1", "--cpu-bfloat16", "--out"]
    for begun, there in (("bfloat16", True), ("float32", False)):
        folder = tmp_path / begun
        monkeypatch.setattr(folders, "has_bfloat16", lambda *_, there=there: there)
        monkeypatch.setattr(session, "read_corpus", interrupt)
        assert main(["train", *options, str(folder)]) == 130
        assert (folder / "precision.txt").read_text() == f"{begun}\n"
        monkeypatch.setattr(folders, "has_bfloat16", lambda *_, there=there: not there)
    monkeypatch.undo()
    monkeypatch.setattr(folders, "has_bfloat16", lambda *_: False)
    capsys.readouterr()
    assert main(["train", *options, str(tmp_path / "bfloat16")]) == 2
    assert "was begun in bfloat16, and here it would go on in float32" in capsys.readouterr().err
    monkeypatch.setattr(folders, "has_bfloat16", lambda *_: True)
    assert main(["train", *options, str(tmp_path / "float32")]) == 0
    assert "was begun in float32 and goes on in float32." in capsys.readouterr().err
    assert main(["train", *options[:-2], "--out", str(tmp_path / "plain")]) == 0
    assert_same_weights(tmp_path / "float32", tmp_path / "plain")


def interrupt(*_):
    raise KeyboardInterrupt


def wait_for_checkpoints(path, count, process):
    """Wait until the file has appeared or changed so many times."""
    seen, last, deadline = 0, None, time.monotonic() + 120
    while seen < count:
        assert process.poll() is None, "the training ended before it could be killed"
        assert time.monotonic() < deadline
        now = path.stat().st_mtime_ns if path.exists() else None
        seen, last = seen + (now != last), now
        time.sleep(0.002)


def test_a_finished_training_is_not_trained_again(trained, capsys):
    before = (trained / "model.pt").stat().st_mtime_ns
    assert main(["train", "--out", str(trained), *SMALL]) == 0
    assert (trained / "model.pt").stat().st_mtime_ns == before
    assert "best pass" in capsys.readouterr().out


@pytest.mark.parametrize("settings", [[*SMALL, "--epochs", "1"], PRETRAINED])
def test_two_processes_give_the_result_of_one(settings, in_two_processes, tmp_path):
    options = [*settings, *NO_DROPOUT]
    assert main(["train", "--out", str(tmp_path / "one"), *options]) == 0
    assert in_two_processes("--out", str(tmp_path / "two"), *options).count("best pass") == 1
    assert_same_weights(tmp_path / "one", tmp_path / "two", atol=1e-5)


def test_other_settings_in_the_same_folder_are_refused(trained, capsys):
    assert main(["train", "--out", str(trained), *SMALL, "--hidden-size", "7"]) == 2
    assert "other settings (hidden_size 6 -> 7)" in capsys.readouterr().err


def test_fresh_starts_anew(tmp_path):
    options = ["--out", str(tmp_path / "x"), *SMALL, "--epochs", "1"]
    assert main(["train", *options]) == 0
    assert main(["train", *options, "--fresh", "--hidden-size", "7"]) == 0
    assert read_settings(tmp_path / "x" / "config.json")[0].hidden_size == 7


def test_evaluate_prints_an_accuracy_with_its_interval(trained, capsys):
    assert main(["evaluate", str(trained)]) == 0
    said = capsys.readouterr().out
    assert "rotten-tomatoes, valid: 85" in said
    assert "95 % interval" in said


LINES = [
    "a wonderful film",
    "",
    "   ",
    "\U0001f600 \U0001f44d\U0001f3fd",
    "bad " * 50_000,
    "x\ufffd",
]


def test_predict_answers_every_line_and_survives_each(trained, monkeypatch, capsys):
    data = "\r\n".join(LINES[:-1]).encode() + b"\r\nx\xff\xfe caf\xe9\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert main(["predict", str(trained)]) == 0
    said = capsys.readouterr()
    assert said.err.splitlines()[0].startswith(
        "1 of 6 lines hold bytes that are no UTF-8, and were read with \ufffd in their place; the "
        "first is line 6: 0xff after 'x'. If the texts have another encoding, name it, such as "
    )
    assert said.err.splitlines()[1:] == [
        "4 of 6 lines have no answer:",
        "  2 without a text; first line 2",
        "  2 without a word that the model knows; first line 4",
    ]
    answers = said.out.split("\n")[:-1]
    assert len(answers) == len(LINES)
    assert [bool(answer) for answer in answers] == [True, False, False, False, True, False]
    assert all(0 < float(answer) < 1 for answer in answers if answer)


def test_an_answer_does_not_depend_on_the_lines_around_it(trained):
    found = load_trained(trained, choose_device("cpu"))
    model, encoder, config = found.model, found.encoder, found.recipe
    rng = np.random.default_rng(0)
    words = encoder.tokens[2:]
    lines = [" ".join(rng.choice(words, rng.integers(0, 30))) for _ in range(MANY + 50)]
    options = {"max_tokens": config.max_tokens}
    together = list(predict_lines(model, encoder, lines, **options))
    assert len(together) == len(lines)
    for row in (0, 7, MANY - 1, MANY, MANY + 49):
        (alone,) = predict_lines(model, encoder, [lines[row]], **options)
        assert together[row] == (None if alone is None else pytest.approx(alone, abs=1e-6))


def test_a_line_longer_than_any_review_is_read_at_both_ends(trained):
    found = load_trained(trained, choose_device("cpu"))
    model, encoder, config = found.model, found.encoder, found.recipe
    long = ["good " * 300 + "x" * 3 * LONG + " bad" * 300, "good " * 300 + " bad" * 300]
    one, two = predict_lines(model, encoder, long, max_tokens=config.max_tokens)
    assert one == pytest.approx(two, abs=1e-6)


def test_a_reader_who_has_had_enough_is_no_error(trained, tmp_path):
    file = tmp_path / "many.txt"
    file.write_text("a fine film\n" * 20_000, encoding="utf-8")
    predict = subprocess.Popen(
        command("predict", str(trained), str(file)), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert predict.stdout.readline().strip()
    predict.stdout.close()
    assert predict.wait(timeout=120) == 0
    assert predict.stderr.read() == b""
    predict.stderr.close()


@pytest.mark.parametrize("steps", [0, 6, 8])
def test_ctrl_c_at_any_step_and_resuming_gives_the_same_weights(
    trained, tmp_path, monkeypatch, capsys, steps
):
    def interrupted(model, batches, *arguments, **options):
        return fit(model, cut(batches, steps), *arguments, **options)

    def cut(batches, count):
        yield from itertools.islice(batches, count)
        next(batches)  # the batch is drawn, and the step is not finished
        raise KeyboardInterrupt

    fit, folder = training.fit, tmp_path / "stopped"
    monkeypatch.setattr(training, "fit", interrupted)
    assert main(["train", "--out", str(folder), *SMALL]) == 130
    assert "goes on with the same command" in capsys.readouterr().err
    assert main(["evaluate", str(folder)]) == 2
    assert "first one after a whole pass" in capsys.readouterr().err
    monkeypatch.undo()
    assert main(["train", "--out", str(folder), *SMALL]) == 0
    assert_same_weights(trained, folder)


def test_a_folder_has_one_training_at_a_time(trained, capsys):
    with alone_in(trained):
        assert main(["train", "--out", str(trained), *SMALL]) == 2
        assert "Another training is at work in" in capsys.readouterr().err
        assert main(["evaluate", str(trained)]) == 0  # looking is allowed
    assert main(["train", "--out", str(trained), *SMALL]) == 0


def test_what_a_kill_left_is_cleared_away_and_nothing_else(trained, tmp_path):
    folder = shutil.copytree(trained, tmp_path / "copy")
    (folder / "novel.draft2.txt").write_text("Call me Ishmael.")
    (folder / "checkpoint.pt.draft99").write_bytes(b"half")
    assert main(["train", "--out", str(folder), *SMALL, "--seed", "7"]) == 2
    assert (folder / "checkpoint.pt.draft99").exists(), "another training's folder is left alone"
    assert main(["train", "--out", str(folder), *SMALL]) == 0
    assert [path.name for path in folder.glob("*.draft*")] == ["novel.draft2.txt"]


def test_a_checkpoint_of_other_settings_is_refused_without_its_settings_file(
    trained, tmp_path, capsys
):
    folder = shutil.copytree(trained, tmp_path / "copy")
    (folder / "config.json").unlink()
    for flag, name in (("--rate", "rate"), ("--hidden-size", "hidden_size")):
        assert main(["train", "--out", str(folder), *SMALL, flag, "9"]) == 2
        assert f"holds a training with other settings ({name} " in capsys.readouterr().err
        assert not (folder / "config.json").exists(), "a refused training leaves nothing behind"
    assert main(["train", "--out", str(folder), *SMALL]) == 0


def test_a_finished_training_without_its_model_says_so(trained, tmp_path, capsys):
    folder = shutil.copytree(trained, tmp_path / "copy")
    (folder / "model.pt").unlink()
    assert main(["train", "--out", str(folder), *SMALL]) == 2
    assert "held a model, model.pt, and it is gone" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('["<pad>", "<unk>", "a"]', "vocabulary.json does not fit the reviews: this file was cha"),
        ("[", "vocabulary.json is damaged: it is no JSON. Bring back a whole copy"),
    ],
)
def test_another_vocabulary_is_not_written_over(trained, tmp_path, capsys, content, said):
    folder = tmp_path / "copy"
    shutil.copytree(trained, folder)
    (folder / "vocabulary.json").write_text(content)
    assert main(["train", "--out", str(folder), *SMALL]) == 2
    assert said in capsys.readouterr().err
    assert (folder / "vocabulary.json").read_text() == content


def test_a_place_that_is_no_folder_is_named(tmp_path, capsys):
    (tmp_path / "file").write_text("x")
    assert main(["train", "--out", str(tmp_path / "file"), *SMALL]) == 2
    assert "is a file; a training needs a folder" in capsys.readouterr().err
    assert main(["train", "--out", str(tmp_path / "file" / "in"), *SMALL]) == 2
    assert "Not a directory" in capsys.readouterr().err


def test_a_file_in_another_encoding_is_named(trained, tmp_path, capsys):
    path = tmp_path / "wide.txt"
    path.write_text("a good film", encoding="utf-16")
    assert main(["predict", str(trained), str(path)]) == 2
    assert "in UTF-16; expected UTF-8" in capsys.readouterr().err


def test_an_empty_file_has_no_answers(trained, tmp_path, capsys):
    (tmp_path / "empty.txt").touch()
    assert main(["predict", str(trained), str(tmp_path / "empty.txt")]) == 0
    assert main(["predict", str(trained), str(tmp_path / "empty.txt"), "--lines", "0"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "at least 1 line" in said.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["evaluate", "nowhere"], "There is no file or folder at nowhere"),
        (["predict", "nowhere.onnx"], "There is no file or folder at nowhere.onnx"),
        (["evaluate", __file__], "is a file. Give the folder of a training"),
        (
            ["evaluate", "."],
            "--text-column NAME --label-column NAME for texts of your own, without",
        ),
        (
            ["train", "--out", "x", "--config", "nowhere.toml"],
            "no file of settings at nowhere",
        ),
        (
            ["train", "--out", "x", "--data", "imdb2"],
            "There is no file or folder imdb2, and no reviews",
        ),
        (["train", "--out", "x", "--batch-size", "0"], "batch_size is 0; expected at least 1"),
        (["train", "--out", "x", "--threads", "5000"], "threads is 5000; expected at most 256"),
        (["train", "--out", "x", "--hidden-size", "4000000000"], "does not fit into the memory"),
        (["train", "--out", "x", "--dropout", "1"], "expected a share below 1"),
        (["train", "--out", "x", "--pretraining-passes", "1", "--cell", "gru"], "made of LSTMs"),
        (
            ["train", "--out", "x", *("--pretraining-passes", "3", "--pretraining-cycles", "2")],
            "no multiple",
        ),
        (["train", "--out", "x", "--device", "cuda"], "but there is none here"),
    ],
)
def test_wrong_commands_end_in_a_sentence(arguments, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if "cuda" in arguments and torch.cuda.is_available():
        pytest.skip("there is a GPU here")
    assert main(arguments) == 2
    assert message in capsys.readouterr().err


def test_settings_survive_being_saved(trained):
    recipe, machine = read_settings(trained / "config.json")
    assert (recipe, machine) == from_flat(json.loads((trained / "config.json").read_text()))
    assert (recipe.hidden_size, recipe.bidirectional, recipe.data) == (6, False, "rotten-tomatoes")
    assert (machine.save_every, machine.device) == (3, "cpu")


def without(state, *names):
    return {name: value for name, value in state.items() if name not in names}


def spoilt(state, value):
    return state | {"head.weight": state["head.weight"] * 0 + value}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda s: s | {"embedding.weight": torch.zeros(490, 8)},
            "500 tokens, and .* has 490 rows",
        ),
        (
            lambda s: s | {"forwards.weight_hh_l0": torch.zeros(28, 7)},
            r"\(embedding_size, hidden_size\): forwards.weight_hh_l0 is \(28, 7\), expected \(24",
        ),
        (lambda s: without(s, "head.bias"), "lacks head.bias and holds nothing instead"),
        (lambda s: s | {"backwards.x": torch.zeros(1)}, "lacks nothing and holds backwards.x inst"),
        (lambda s: s | {"head.bias": 3}, r"head.bias is \(\), expected \(1,\)"),
        (lambda s: {"model": s, "optimizer": {}}, "holds the whole state of a training"),
        (lambda s: {}, "lacks embedding.weight, "),
        (
            lambda s: spoilt(s, np.nan),
            "head.weight in model.pt holds 12 numbers that are nan or inf",
        ),
        (
            lambda s: spoilt(s, np.inf),
            "head.weight in model.pt holds 12 numbers that are nan or inf",
        ),
    ],
)
@pytest.mark.parametrize("does", [["evaluate"], ["predict"], ["export", "x.onnx"]])
def test_why_a_model_cannot_be_loaded_is_said(trained, tmp_path, capsys, change, message, does):
    folder = shutil.copytree(trained, tmp_path / "copy")
    save_checkpoint(folder / "model.pt", change(weights(folder)))
    assert main([does[0], str(folder), *does[1:]]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert re.search(message, said.err)
    assert said.err.count("\n") == 1


def test_the_prefix_of_data_parallel_is_no_matter(trained, tmp_path):
    folder = shutil.copytree(trained, tmp_path / "copy")
    save_checkpoint(folder / "model.pt", {f"module.{k}": v for k, v in weights(folder).items()})
    one, other = (load_trained(f, choose_device("cpu")).model for f in (trained, folder))
    for mine, its in zip(one.parameters(), other.parameters(), strict=True):
        assert torch.equal(mine, its)


def test_a_training_that_overflows_ends_in_a_sentence_and_leaves_nothing(tmp_path, capsys):
    folder = tmp_path / "x"
    assert main(["train", "--out", str(folder), *SMALL, "--rate", "3e38"]) == 2
    assert "Training diverged at step 1: the step overflows" in capsys.readouterr().err
    assert not folder.exists()
    assert main(["train", "--out", str(folder), *SMALL, "--epochs", "1"]) == 0


def test_a_failed_training_takes_away_its_own_files_only(tmp_path, capsys):
    folder = tmp_path / "x"
    folder.mkdir()
    (folder / "novel.txt").write_text("Call me Ishmael.")
    assert main(["train", "--out", str(folder), *SMALL, "--rate", "3e38"]) == 2
    assert [path.name for path in folder.iterdir()] == ["novel.txt"]


def test_without_a_finite_validation_loss_there_is_no_best_pass(tmp_path, monkeypatch, capsys):
    def ruinous(model, *arguments, **options):
        history = fit(model, *arguments, **options)
        with torch.no_grad():
            model.head.bias.fill_(np.nan)  # as by a last step that is far too long
        return history

    fit, folder = training.fit, tmp_path / "x"
    monkeypatch.setattr(training, "fit", ruinous)
    assert main(["train", "--out", str(folder), *SMALL, "--epochs", "1", "--save-every", "99"]) == 2
    said = capsys.readouterr()
    assert "there is no finite validation loss after it" in said.err
    assert "best pass" not in said.out
    assert not folder.exists()


def test_an_old_best_pass_that_is_no_number_is_refused(trained, tmp_path, capsys):
    folder = shutil.copytree(trained, tmp_path / "copy")
    state = load_checkpoint(folder / "checkpoint.pt")
    state["best"]["valid_loss"] = float("nan")
    save_checkpoint(folder / "checkpoint.pt", state)
    assert main(["train", "--out", str(folder), *SMALL]) == 2
    assert "has the validation loss nan, so it holds no trained model" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="Windows limits no file's size")
def test_a_full_disk_is_a_sentence_and_leaves_no_half(tmp_path):
    folder = tmp_path / "x"
    program = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000)); "
    program += "from unrolled.__main__ import main; sys.exit(main(sys.argv[1:]))"
    options = ["train", "--out", str(folder), *SMALL, "--epochs", "1"]
    done = subprocess.run([sys.executable, "-c", program, *options], capture_output=True, text=True)
    assert done.returncode == 2
    assert f"{folder / 'checkpoint.pt'}: cannot be written (File too large)." in done.stderr
    assert "Traceback" not in done.stderr
    assert not folder.exists()


def test_a_folder_that_may_not_be_written_is_named(tmp_path, monkeypatch, capsys):
    def refused(self, *_, **__):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", refused)
    assert main(["train", "--out", str(tmp_path / "x"), *SMALL]) == 2
    assert f"{tmp_path / 'x'}: Permission denied." in capsys.readouterr().err


def run_shell(line):
    if os.name == "nt":
        pytest.skip("the line is for a POSIX shell")
    line = line.replace("unrolled ", f"{shlex.quote(sys.executable)} -m unrolled ")
    return subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=300)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
@pytest.mark.parametrize("does", ["evaluate {}", "predict {} FEW"])
def test_answers_that_cannot_be_written_end_in_a_sentence(trained, does):
    (trained.parent / "few.txt").write_text("a film\n")
    does = does.replace("FEW", str(trained.parent / "few.txt"))
    done = run_shell(f"unrolled {does.format(trained)} > /dev/full")
    assert (done.returncode, done.stderr) == (2, "The answers: No space left on device.\n")


@pytest.mark.parametrize(
    ("line", "said", "code"),
    [
        ("unrolled evaluate {} | head -c 1", "", 0),
        ("unrolled evaluate {} >&-", "There is no standard output to answer to. Do not", 2),
        ("unrolled evaluate {} 2>&-", "", 0),
        ("unrolled evaluate nowhere 2>&-", "", 2),
        ("unrolled predict {} <&-", "", 0),
    ],
)
def test_a_stream_that_is_closed_or_left_is_no_traceback(trained, line, said, code):
    done = run_shell("set -o pipefail; " + line.format(trained))
    assert done.returncode == code
    assert done.stderr.startswith(said)
    assert said or not done.stderr
    assert "There is no file or folder" not in done.stdout, "a sentence is no answer"


def test_a_closed_error_output_does_not_write_into_the_model(trained, tmp_path):
    options = " ".join(SMALL)
    done = run_shell(f"unrolled train --out {tmp_path / 'x'} {options} 2>&- <&-")
    assert done.returncode == 0
    assert_same_weights(trained, tmp_path / "x")


def hears_ctrl_c():
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to one process")
def test_a_typed_line_is_answered_at_once_and_ctrl_c_stops(trained):
    process = subprocess.Popen(
        command("predict", str(trained)),
        stdin=subprocess.PIPE,
        preexec_fn=hears_ctrl_c,  # which a background job is deaf to
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        for _ in range(3):
            process.stdin.write(b"a wonderful film\n")
            process.stdin.flush()
            assert 0 < float(process.stdout.readline()) < 1
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 130
        assert process.stderr.read() == b"\nStopped.\n"


def test_a_pipe_has_no_name_and_is_read_like_a_file(trained):
    done = run_shell(f"unrolled predict {trained} <(printf 'a film\\na film\\n')")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 2


def test_a_folder_of_texts_is_named(trained, tmp_path, capsys):
    assert main(["predict", str(trained), str(tmp_path)]) == 2
    assert "is a folder. Give a file of texts" in capsys.readouterr().err


def test_a_folder_with_a_broken_model_is_named(trained, tmp_path):
    for name in ("config.json", "vocabulary.json"):
        (tmp_path / name).write_bytes((trained / name).read_bytes())
    (tmp_path / "model.pt").write_bytes(b"no")
    with pytest.raises(FolderError, match="cannot be loaded"):
        load_trained(tmp_path, choose_device("cpu"))
