"""The exported file computes what PyTorch computes, brings its words along, and needs no torch."""

import bz2
import gzip
import html
import io
import json
import lzma
import os
import re
import shutil
import subprocess
import sys
import textwrap
import threading
import unicodedata
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from unrolled.__main__ import main
from unrolled.data.text import Vocabulary, tokenize
from unrolled.nets.checkpoints import load_checkpoint, save_checkpoint
from unrolled.nets.classifier import SentimentClassifier
from unrolled.nets.layers import TORCH_LAYERS
from unrolled.nets.names import POOLINGS
from unrolled.nets.quantization import eight_bit_rows, round_embedding
from unrolled.sentiment import export as exporting
from unrolled.sentiment import lines, portable
from unrolled.sentiment import web as web_export
from unrolled.sentiment.export import (
    COARSE,
    TOLERANCE,
    ExportError,
    export,
    largest_difference,
    onnx_model,
)
from unrolled.sentiment.folder import FolderError
from unrolled.sentiment.lines import LONG, MANY, PAUSED, answer_lines, lines_of
from unrolled.sentiment.portable import PortableError, PortableModel, tokenizer_rules
from unrolled.sentiment.prediction import predict_lines
from unrolled.sentiment.recipe import Recipe
from unrolled.sentiment.trained import load_trained

SMALL = [
    *("--data", "rotten-tomatoes", "--limit", "160", "--embedding-size", "8"),
    *("--hidden-size", "6", "--batch-size", "16", "--threads", "1", "--device", "cpu"),
    *("--epochs", "2", "--vocab-size", "300", "--max-tokens", "15", "--rate", "0.05"),
]
TEXTS = ["a good and funny film", "", "\U0001f600", "bad , dull and bad", "good " * 40 + "bad"]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Return the folder of a small training."""
    folder = tmp_path_factory.mktemp("export") / "model"
    assert main(["train", "--out", str(folder), *SMALL]) == 0
    return folder


@pytest.fixture(scope="module")
def exported(trained):
    """Return the exported model of the small training."""
    path = trained.parent / "model.onnx"
    export(trained, path)
    return path


def told():
    tokens = ["<pad>", "<unk>", "a"]
    return {"vocabulary": tokens, "max_tokens": 4, "tokenizer": tokenizer_rules()}


def classifier(seed=1, **options):
    torch.manual_seed(seed)
    return SentimentClassifier(53, 7, 5, **options).eval()


@pytest.mark.parametrize("eight_bits", [False, True])
@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("cell", TORCH_LAYERS)
def test_every_model_computes_the_same_at_every_size(
    cell, bidirectional, pooling, eight_bits, tmp_path
):
    model = classifier(cell=cell, bidirectional=bidirectional, pooling=pooling)
    path = tmp_path / "m.onnx"
    path.write_bytes(onnx_model(model, told(), eight_bits=eight_bits).SerializeToString())
    if eight_bits:
        round_embedding(model)
    assert largest_difference(model, PortableModel(path)) < 1e-6


def test_the_check_sees_every_weight(tmp_path):
    model = classifier(bidirectional=True, pooling="attention")
    with torch.no_grad():  # an untrained attention is nearly even, whatever its weights
        for parameter in model.parameters():
            parameter.mul_(5)
    path = tmp_path / "m.onnx"
    path.write_bytes(onnx_model(model, told()).SerializeToString())
    exact = PortableModel(path)
    for name, parameter in model.named_parameters():
        with torch.no_grad():
            parameter.add_(0.05)
        assert largest_difference(model, exact) > 1e-4, f"{name} may differ unseen"
        with torch.no_grad():
            parameter.sub_(0.05)


def test_the_export_is_checked_before_it_takes_the_place_of_the_old_file(
    trained, tmp_path, monkeypatch, capsys
):
    path = tmp_path / "m.onnx"
    path.write_text("the old file")
    monkeypatch.setitem(exporting.GATES, torch.nn.LSTM, ("LSTM", (0, 1, 2, 3)))  # torch's order
    assert main(["export", str(trained), str(path)]) == 2
    assert "differs from PyTorch by" in capsys.readouterr().err
    assert path.read_text() == "the old file"
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_no_number_is_not_accepted(tmp_path):
    with pytest.raises(ExportError, match="differs from PyTorch by nan"):
        exporting._accepted(float("nan"), TOLERANCE, tmp_path)


def test_a_model_that_answers_no_number_is_not_exported(trained, tmp_path):
    folder = tmp_path / "broken"
    shutil.copytree(trained, folder)
    weights = load_checkpoint(folder / "model.pt")
    weights["head.bias"].fill_(np.nan)
    save_checkpoint(folder / "model.pt", weights)
    with pytest.raises(FolderError, match=r"head.bias in model.pt holds 1 numbers that are nan"):
        export(folder, tmp_path / "model.onnx")
    assert not (tmp_path / "model.onnx").exists()


@pytest.mark.parametrize("quantise", ["nothing", "embedding", "all"])
def test_the_command_says_what_it_wrote(trained, tmp_path, capsys, quantise):
    path = tmp_path / "m.onnx"
    assert main(["export", str(trained), str(path), "--quantise", quantise]) == 0
    said = capsys.readouterr()
    assert f"{path.stat().st_size / 1e6:.2f} MB" in said.out
    assert ("8 bits change a logit" in said.out) == (quantise != "nothing")
    assert said.err == ""
    assert list(tmp_path.iterdir()) == [path]
    kinds = {node.op_type for node in onnx.load(path).graph.node}
    assert ("DynamicQuantizeLSTM" in kinds) == (quantise == "all")


def test_eight_bits_move_no_number_by_more_than_half_a_step():
    table = np.random.default_rng(0).normal(size=(9, 6)).astype(np.float32)
    table[0] = 0  # the padding
    rows, scales = eight_bit_rows(table)
    assert rows.dtype == np.int8
    assert np.abs(rows[1:]).max(axis=1).tolist() == [127] * 8
    assert (np.abs(rows * scales - table) <= scales / 2 * 1.0001).all()
    assert (rows[0] == 0).all()


def test_eight_bits_make_the_table_a_quarter(tmp_path):
    torch.manual_seed(0)
    model = SentimentClassifier(2_000, 100, 4)
    sizes = [onnx_model(model, eight_bits=bits).ByteSize() for bits in (False, True)]
    assert 0.25 < sizes[1] / sizes[0] < 0.29


def test_the_rounding_that_is_reported_is_the_one_that_happens(trained, tmp_path):
    done = export(trained, tmp_path / "m.onnx", quantise="embedding")
    model = load_trained(trained, torch.device("cpu"))[0]
    assert done.rounding == largest_difference(model, PortableModel(tmp_path / "m.onnx"))
    assert done.difference < TOLERANCE < done.rounding < COARSE


def test_only_an_lstm_can_be_quantised_whole(tmp_path, capsys):
    folder = tmp_path / "gru"
    assert main(["train", "--out", str(folder), *SMALL, "--cell", "gru", "--limit", "32"]) == 0
    capsys.readouterr()
    assert main(["export", str(folder), str(tmp_path / "m.onnx"), "--quantise", "all"]) == 2
    assert "is a GRU; of recurrent layers, onnxruntime computes only" in capsys.readouterr().err
    assert not (tmp_path / "m.onnx").exists()


def test_the_file_answers_as_the_folder_does(trained, exported):
    model, vocabulary, config = load_trained(trained, torch.device("cpu"))
    wanted = list(predict_lines(model, vocabulary, TEXTS, max_tokens=config.max_tokens))
    got = list(PortableModel(exported).probabilities(TEXTS))
    assert [one is None for one in got] == [False, True, True, False, False]
    for one, other in zip(got, wanted, strict=True):
        assert one == (None if other is None else pytest.approx(other, abs=1e-5))


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
    assert (
        done.stderr == b"3 of 6 lines hold no word that the model knows; their answer is empty.\n"
    )
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


@pytest.mark.parametrize(
    ("missing", "message"),
    [("onnx", "onnx, which writes exported models"), ("onnxruntime", "onnxruntime, which runs")],
)
def test_a_missing_package_is_named(trained, tmp_path, monkeypatch, capsys, missing, message):
    monkeypatch.setitem(sys.modules, missing, None)
    assert main(["export", str(trained), str(tmp_path / "m.onnx")]) == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("web", [False, True])
def test_a_full_disk_leaves_the_old_export_and_no_half(trained, tmp_path, monkeypatch, capsys, web):
    path = tmp_path / "m.onnx"
    path.write_text("the old file")

    def full(self, data):
        self.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    options = ["--web"] if web else []
    if web:
        monkeypatch.setattr(web_export, "judged", lambda *_: {})
        monkeypatch.setattr(web_export, "page_file", lambda *_: b"")
        monkeypatch.setattr(web_export, "load_trained", a_page_model)
    assert main(["export", str(trained), str(path), *options]) == 2
    assert "cannot be written (No space left on device)" in capsys.readouterr().err
    assert path.read_text() == "the old file"
    assert list(tmp_path.iterdir()) == [path]


def a_page_model(*_):
    model = SentimentClassifier(3, 2, 2, pooling="attention")
    recipe = Recipe(bidirectional=False, pooling="attention")
    return model, Vocabulary(["<pad>", "<unk>", "a"]), recipe


@pytest.mark.parametrize("where", ["nowhere/m.onnx", "."])
def test_a_place_that_cannot_be_written_is_named(trained, tmp_path, where, capsys):
    assert main(["export", str(trained), str(tmp_path / where)]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_an_export_of_nothing_is_named(tmp_path, capsys):
    assert main(["export", str(tmp_path), str(tmp_path / "m.onnx")]) == 2
    assert "so no trained model" in capsys.readouterr().err


def test_lines_end_at_newlines_only_and_lose_their_mark():
    file = io.BytesIO(b"\xef\xbb\xbfone\x0b\x85two\r\n\nthree")
    assert list(lines_of(file)) == ["one\x0b\ufffdtwo", "", "three"]


@given(st.lists(st.binary(max_size=30), max_size=5), st.integers(1, 9))
def test_a_line_longer_than_the_memory_keeps_its_ends(pieces, piece):
    data = b"\n".join(pieces)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "PIECE", piece)
        file = io.BytesIO(data)
        read = list(iter(lambda: lines._read_line(file), b""))
    assert len(read) == len(io.BytesIO(data).readlines())
    for got, whole in zip(read, io.BytesIO(data), strict=True):
        assert len(got) <= 2 * piece + 1
        assert got == (whole if len(whole) <= 2 * piece else whole[:piece] + b" " + whole[-piece:])


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


def answers_to(words):
    """Return a function that answers a list of lines, with a vocabulary of these words."""
    vocabulary = Vocabulary(["<pad>", "<unk>", *words])
    return lambda lines, **options: list(
        answer_lines(lines, vocabulary, lambda ids: np.full(len(ids), 0.5), **options)
    )


def test_a_text_without_a_known_word_has_no_answer():
    answer = answers_to([".", "!", "film", "10", "\U0001f600", "<", ">"])
    known = ["film", "10", "\U0001f600", "qwer film", "FILM!"]
    unknown = [
        "",
        " ",
        ".",
        "! . !",
        "qwer zxcv .",
        "\U0001f44d",
        "\u4e0d\u597d",
        "<pad> <unk>",
        "_",
    ]
    assert answer(known) == [0.5] * len(known)
    assert answer(unknown) == [None] * len(unknown)


def test_html_entities_are_decoded_at_the_entry_and_only_there():
    assert answers_to(["\u00e9t\u00e9"])(["&eacute;t&#233;", "&amp;eacute;"]) == [0.5, None]
    assert tokenize("&amp;") == ["&", "amp", ";"]


@pytest.mark.parametrize("lines", [[None], ["a", 3.0]])
def test_what_is_no_text_has_no_answer(lines):
    with pytest.raises(TypeError, match=r"expected a text. Leave out what is missing"):
        answers_to(["a"])(lines)
    with pytest.raises(TypeError, match="tokenize got"):
        tokenize(lines[-1])
    with pytest.raises(ValueError, match="got one text, 'a b'; give a list"):
        answers_to(["a"])("a b")


@pytest.mark.parametrize("answer", [np.nan, np.inf])
def test_what_is_no_number_is_no_answer(answer):
    vocabulary = Vocabulary(["<pad>", "<unk>", "a"])
    with pytest.raises(ValueError, match="to 'a', which is no probability"):
        list(answer_lines(["a"], vocabulary, lambda ids: np.full(len(ids), answer)))


LINE = "A fine film.\nDull.\n"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (gzip.compress(LINE.encode(), mtime=0), "packed by gzip; .* gzip -dc FILE"),
        (bz2.compress(LINE.encode()), "packed by bzip2"),
        (lzma.compress(LINE.encode()), "packed by xz"),
        (b"PK\x03\x04rest", "a zip archive; .* Save the texts in it"),
        (LINE.encode("utf-16"), "in UTF-16; expected UTF-8.*iconv -f UTF-16 -t"),
        (LINE.encode("utf-32"), "in UTF-32; expected UTF-8.*iconv -f UTF-32 -t"),
        (LINE.encode("utf-16-le"), "Line 1 holds zero bytes, as texts in UTF-16"),
        ("\u597d\n\u597d".encode("utf-16-le"), "Line 2 holds zero bytes"),
        (b"text,label,source\ngood,1,imdb\n", "header of a table"),
        (b'\xef\xbb\xbf"id";"Review"\n1;good\n', "header of a table"),
        (b",review\n0,good\n", "header of a table"),
        (b'{"text": "good", "label": 1}\n', "is JSON; .*jq -r"),
        (b'[\n {"text": "good"}\n]', "is JSON"),
        (b'[{"text": "good"}]', "is JSON"),
    ],
)
def test_what_is_no_lines_of_text_is_recognised(data, message):
    with pytest.raises(ValueError, match=message):
        list(lines_of(io.BytesIO(data)))


@pytest.mark.parametrize(
    "line", ["Review", "text, label", "[sic]", "{good}", "BZh is a word", "good;bad", "1,000", "PK"]
)
def test_a_text_is_not_taken_for_something_else(line):
    assert list(lines_of(io.BytesIO(line.encode()))) == [line]


def test_lines_of_a_pipe_are_those_of_a_file():
    data = b"\xef\xbb\xbfone\x0b\x85two\r\n\n" + b"x" * 200_000 + b"\nthree"
    with open_pipe(data) as file:
        read = [line for line in lines_of(file) if line is not PAUSED]
    assert read == list(lines_of(io.BytesIO(data)))


def test_the_middle_of_an_endless_line_is_not_kept(monkeypatch):
    monkeypatch.setattr(lines, "PIECE", 50_000)
    with open_pipe(b"a" * 60_000 + b"b" * 400_000 + b"c" * 60_000 + b"\nnext") as file:
        first, second = (line for line in lines_of(file) if line is not PAUSED)
    assert second == "next"
    assert len(first) < 300_000
    assert first.startswith("a" * 50_000)
    assert first.endswith("c" * 50_000)


@contextmanager
def open_pipe(data):
    """Open a pipe from which somebody else's `data` can be read."""
    end, start = os.pipe()

    def send():
        with os.fdopen(start, "wb") as file:
            file.write(data)

    sender = threading.Thread(target=send)
    sender.start()
    with os.fdopen(end, "rb") as file:
        yield file
    sender.join()


def test_lines_are_answered_in_order_a_thousand_at_a_time():
    vocabulary = Vocabulary(["<pad>", "<unk>", "a"])
    seen = []

    def predict(ids):
        seen.append(len(ids))
        return np.array([len(one) / 100 for one in ids])

    texts = ["a " * (row % 7) for row in range(MANY + 9)]
    answers = list(answer_lines(iter(texts), vocabulary, predict))
    assert answers == [row % 7 / 100 if row % 7 else None for row in range(MANY + 9)]
    assert len(seen) == 2
    (long,) = answer_lines(["a " * LONG], vocabulary, predict)
    assert long == pytest.approx(LONG / 2 / 100, abs=1)
