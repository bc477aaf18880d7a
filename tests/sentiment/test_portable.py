"""The exported file answers without torch as the folder does, and one that is wrong is named."""

import html
import json
import os
import re
import subprocess
import sys
import textwrap
import unicodedata

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from unrolled.__main__ import main
from unrolled.data import subwords
from unrolled.data.encoder import TOKENIZERS, TextEncoder
from unrolled.data.tokenizer import TOKEN, tokenize
from unrolled.data.vocabulary import Vocabulary
from unrolled.nets.classifier import SentimentClassifier
from unrolled.sentiment import portable
from unrolled.sentiment.export import onnx_model
from unrolled.sentiment.portable import PortableError, PortableModel
from unrolled.sentiment.prediction import predict_lines
from unrolled.sentiment.rules import told_of
from unrolled.sentiment.trained import load_trained

from .conftest import classifier, told

TEXTS = ["a good and funny film", "", "\U0001f600", "bad , dull and bad", "good " * 40 + "bad"]


def test_the_file_answers_as_the_folder_does(trained, exported):
    found = load_trained(trained, torch.device("cpu"))
    limit = found.recipe.max_tokens
    wanted = list(predict_lines(found.model, found.encoder, TEXTS, max_tokens=limit))
    got = list(PortableModel(exported).probabilities(TEXTS))
    assert [one is None for one in got] == [False, True, True, False, False]
    for one, other in zip(got, wanted, strict=True):
        assert one == (None if other is None else pytest.approx(other[1], abs=1e-5))


def test_predict_reads_an_exported_file(exported, tmp_path, capsys):
    path = tmp_path / "lines.txt"
    path.write_text("\n".join(TEXTS) + "\n", encoding="utf-8")
    assert main(["predict", str(exported), str(path)]) == 0
    assert portable.main([str(exported), str(path)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 2 * len(TEXTS)
    assert said[: len(TEXTS)] == said[len(TEXTS) :]


def test_the_file_brings_vocabulary_and_rules(trained, exported):
    told = {one.key: one.value for one in onnx.load(exported).metadata_props}
    told = json.loads(told["unrolled"])
    assert told["vocabulary"] == Vocabulary.load(trained / "vocabulary.json").tokens
    assert told["max_tokens"] == 15
    assert "Everything becomes lower case" in told["tokenizer"]["in words"]
    text = "It's 3.5, isn't it? \U0001f600"
    assert re.findall(told["tokenizer"]["pattern"], text.lower()) == tokenize(text)


def test_the_exported_file_runs_where_there_is_no_torch(exported, tmp_path):
    program = tmp_path / "no_torch.py"
    program.write_text(
        textwrap.dedent("""
            import sys

            for name in ("torch", "onnx", "sklearn", "pandas", "matplotlib"):
                sys.modules[name] = None  # importing it fails
            from unrolled.sentiment.portable import main

            sys.exit(main(sys.argv[1:]))
        """)
    )
    done = subprocess.run(
        [sys.executable, program, exported],
        input="\n".join(TEXTS).encode() + b"\nx\xff\xfe caf\xe9\r\n",
        capture_output=True,
    )
    without, unfit = done.stderr.decode().splitlines()
    assert without == "3 of 6 lines hold no word that the model knows; their answer is empty."
    assert "1 of 6 lines hold bytes that are no UTF-8" in unfit
    assert "line 6: 0xff after 'x'" in unfit
    answers = done.stdout.decode().split("\n")[:-1]
    assert len(answers) == len(TEXTS) + 1
    assert answers[1] == answers[2] == ""
    assert all(0 <= float(one) <= 1 for one in answers if one)


def test_a_program_that_follows_the_rules_in_the_file_gives_the_same_answers(exported):
    """What another program has to do, rule by rule, without anything of this package."""
    session = onnxruntime.InferenceSession(exported)
    told = json.loads(session.get_modelmeta().custom_metadata_map["unrolled"])
    number = {token: row for row, token in enumerate(told["vocabulary"])}
    texts = [TEXTS[0], "It’s<br />GOOD<br>" + "a dull FILM, " * 9 + "cafe\u0301 xyzzy!", "bad"]
    texts += ["&quot;good&quot; &lt;br /&gt; and &amp;#39;funny&amp;#39; it&rsquo;s"]
    for text in texts:
        text_read = re.sub(r"<br\s*/?>", " ", html.unescape(text), flags=re.IGNORECASE).lower()
        text_read = unicodedata.normalize("NFC", text_read.replace("’", "'"))
        tokens = re.findall(told["tokenizer"]["pattern"], text_read)
        most = told["max_tokens"]
        if len(tokens) > most:
            tokens = tokens[: most // 2] + tokens[-(most - most // 2) :]
        ids = np.array([[number.get(token, 1) for token in tokens] + [0, 0]])
        feed = {"tokens": ids, "lengths": np.array([len(tokens)])}
        (logit,) = session.run(["logits"], feed)[0]
        (wanted,) = PortableModel(exported).probabilities([text])
        assert 1 / (1 + np.exp(-logit)) == pytest.approx(wanted, abs=1e-6)


def test_a_reader_who_has_had_enough_is_no_error(exported, tmp_path):
    path = tmp_path / "many.txt"
    path.write_text("a fine film\n" * 20_000, encoding="utf-8")
    command = [sys.executable, "-m", "unrolled.sentiment.portable", exported, path]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout.readline().strip()
    process.stdout.close()
    assert process.wait(timeout=120) == 0
    assert process.stderr.read() == b""
    process.stderr.close()


def broken(tmp_path, kind, exported):
    """Return the path of a file that is wrong in one way."""
    path = tmp_path / "broken.onnx"
    if kind == "other rules":
        model = onnx.load(exported)
        (entry,) = (one for one in model.metadata_props if one.key == "unrolled")
        told = json.loads(entry.value)
        told["tokenizer"]["pattern"] = r"\S+"
        entry.value = json.dumps(told)
        path.write_bytes(model.SerializeToString())
    elif kind == "no limit":
        model = onnx.load(exported)
        (entry,) = (one for one in model.metadata_props if one.key == "unrolled")
        entry.value = json.dumps(
            {k: v for k, v in json.loads(entry.value).items() if "max" not in k}
        )
        path.write_bytes(model.SerializeToString())
    elif kind in ("no length", "longer words"):
        model = onnx.load(exported)
        (entry,) = (one for one in model.metadata_props if one.key == "unrolled")
        told = json.loads(entry.value)
        if kind == "no length":
            told["max_tokens"] = None
        else:
            told["vocabulary"] += [f"more{number}" for number in range(99)]
        entry.value = json.dumps(told)
        path.write_bytes(model.SerializeToString())
    elif kind == "no words":
        model = onnx.load(exported)
        del model.metadata_props[:]
        path.write_bytes(model.SerializeToString())
    elif kind == "half":
        path.write_bytes(exported.read_bytes()[:1000])
    elif kind == "empty":
        path.write_bytes(b"")
    return path


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("missing", "There is no file at"),
        ("empty", "damaged or no ONNX model"),
        ("half", "damaged or no ONNX model"),
        ("no words", "brings no vocabulary. Make it with"),
        ("no limit", "is damaged or of another program (KeyError('max_tokens'))"),
        ("no length", "max_tokens is None"),
        ("other rules", "made for other rules of cutting text into tokens"),
    ],
)
def test_a_file_that_cannot_be_run_is_named(tmp_path, exported, kind, message, capfd):
    path = broken(tmp_path, kind, exported)
    with pytest.raises(PortableError, match=re.escape(message)):
        PortableModel(path)
    assert portable.main([str(path)]) == 2
    said = capfd.readouterr().err
    assert message in said
    assert said.count("\n") == 1


def test_a_vocabulary_longer_than_the_network_is_named(tmp_path, exported, capfd):
    path = broken(tmp_path, "longer words", exported)
    (tmp_path / "t.txt").write_text("more98 good")
    assert portable.main([str(path), str(tmp_path / "t.txt")]) == 2
    assert "cannot read these tokens" in capfd.readouterr().err


def test_an_exported_model_that_answers_no_number_says_so(tmp_path, capfd):
    model, path = classifier(), tmp_path / "m.onnx"
    with torch.no_grad():
        model.head.bias.fill_(np.inf)
    path.write_bytes(onnx_model(model, told()).SerializeToString())
    (tmp_path / "t.txt").write_text("a\n")
    assert portable.main([str(path), str(tmp_path / "t.txt")]) == 2
    said = capfd.readouterr()
    assert said.out == ""
    assert "answers inf, which is no finite number" in said.err


def test_a_logit_of_any_size_has_its_probability_without_a_warning(tmp_path):
    model, path = classifier(), tmp_path / "m.onnx"
    for bias, wanted in ((-1e30, 0), (1e30, 1)):
        with torch.no_grad():
            model.head.bias.fill_(bias)
        path.write_bytes(onnx_model(model, told()).SerializeToString())
        assert list(PortableModel(path).probabilities(["a"])) == [wanted]


@pytest.mark.parametrize("lines", [["--lines", "1"], []])
def test_one_line_is_answered_before_the_next_is_there(exported, lines):
    command = [sys.executable, "-m", "unrolled.sentiment.portable", exported, *lines]
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, env=buffered, **pipes) as process:
        for line in (b"a good film\n", b"\n", b"a bad film\n"):
            process.stdin.write(line)
            process.stdin.flush()
            answer = process.stdout.readline()  # waits for ever if the answer waits for more lines
            assert answer.endswith(b"\n")
            assert bool(answer.strip()) == bool(line.strip())
        process.stdin.close()
    assert process.returncode == 0


OTHERS = ["low lower lowest", "这部电影很好 很好", "new newer newest wide wider"] * 3


def exported_of(path, tokenizer, classes, change=()):
    """Write an untrained model of other tokens and classes; return it, its encoder and the file."""
    encoder = TextEncoder.fit(OTHERS, tokenizer=tokenizer, max_size=60)
    torch.manual_seed(2)
    size = {"n_classes": len(classes), "embedding_std": 2.0}
    model = SentimentClassifier(len(encoder), 7, 5, pooling="mean", **size).eval()
    told = told_of(encoder, classes, 9) | dict(change)
    path.write_bytes(onnx_model(model, told).SerializeToString())
    return model, encoder


@pytest.mark.parametrize("tokenizer", TOKENIZERS)
@pytest.mark.parametrize("classes", [("dull", "fine"), ("dull", "plain", "fine", "great")])
def test_any_tokens_and_classes_answer_as_torch_does(tokenizer, classes, tmp_path):
    model, encoder = exported_of(tmp_path / "m.onnx", tokenizer, classes)
    found = PortableModel(tmp_path / "m.onnx")
    assert found.classes == classes
    assert found.encoder.told() == encoder.told()
    texts = ["lower &amp; new", "这部电影", "", "... !", "ж", "wide " * 40]
    answers = list(found.answers(texts))
    assert [one is None for one in answers] == [not encoder.knows(text) for text in texts]
    assert answers[0] is not None
    assert answers[4] is None
    wanted = list(predict_lines(model, encoder, texts, max_tokens=9))
    for one, other in zip(answers, wanted, strict=True):
        if one is not None:
            assert one.shape == (len(classes),)
            np.testing.assert_allclose(one, other, atol=1e-6)


def test_of_more_classes_the_likeliest_is_printed_and_one_probability_is_refused(tmp_path, capsys):
    exported_of(tmp_path / "m.onnx", "characters", ("dull", "plain", "fine"))
    (tmp_path / "lines.txt").write_text("low\nжж\n", encoding="utf-8")
    assert portable.main([str(tmp_path / "m.onnx"), str(tmp_path / "lines.txt")]) == 0
    found = PortableModel(tmp_path / "m.onnx")
    (answer,) = found.answers(["low"])
    best = int(np.argmax(answer))
    assert capsys.readouterr().out == f"{found.classes[best]}\t{answer[best]:.4f}\n\n"
    with pytest.raises(PortableError, match="dull, plain, fine, so one probability is no answer"):
        found.probabilities(["low"])


def test_a_file_from_before_there_were_classes_is_read(tmp_path):
    (tmp_path / "m.onnx").write_bytes(onnx_model(classifier(), old_told()).SerializeToString())
    found = PortableModel(tmp_path / "m.onnx")
    assert found.classes == ("negative", "positive")
    assert (found.encoder.tokenizer, found.encoder.unicode_form) == ("words", "NFC")
    assert list(found.probabilities(["a", "z"]))[1] is None


def old_told():
    """Return what a file told before there were other tokens than words, and other classes."""
    return {
        "vocabulary": ["<pad>", "<unk>", "a"],
        "max_tokens": 4,
        "tokenizer": {"pattern": TOKEN.pattern, "in words": "1. ..."},
    }


def test_without_sentencepiece_only_a_file_of_subwords_says_so(tmp_path, monkeypatch):
    for tokenizer in TOKENIZERS:
        exported_of(tmp_path / f"{tokenizer}.onnx", tokenizer, ("a", "b"))
    subwords._processor.cache_clear()
    monkeypatch.setitem(sys.modules, "sentencepiece", None)
    for tokenizer in ("words", "characters"):
        assert list(PortableModel(tmp_path / f"{tokenizer}.onnx").answers(["low"]))
    with pytest.raises(PortableError, match=r"cannot be used: .*pip install sentencepiece"):
        PortableModel(tmp_path / "subwords.onnx")


@pytest.mark.parametrize(
    "change",
    [
        {"classes": ["a"]},
        {"classes": ["a", "a"]},
        {"classes": [1, 2]},
        {"classes": "ab"},
        {"classes": ["a", "b", "c"]},
        {"classes": None},
        {"tokenizer": {"kind": "runes"}},
        {"tokenizer": {"kind": "subwords", "model": "AAAA"}},
        {"tokenizer": {"kind": "characters", "unicode_form": "NFX"}},
    ],
)
def test_damaged_rules_and_classes_are_refused(change, tmp_path):
    exported_of(tmp_path / "m.onnx", "words", ("a", "b"), change)
    with pytest.raises(PortableError):
        PortableModel(tmp_path / "m.onnx")


def test_two_classes_of_one_name_are_refused(tmp_path):
    change = {"classes": ["a", "b", "b"]}
    exported_of(tmp_path / "m.onnx", "words", ("a", "b", "c"), change)
    with pytest.raises(PortableError, match=r"damaged: classes are \['a', 'b', 'b'\]"):
        PortableModel(tmp_path / "m.onnx")
