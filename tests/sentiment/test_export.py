"""The exported file computes what PyTorch computes, or it is not written."""

import shutil
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from unrolled.__main__ import main
from unrolled.data.encoder import TextEncoder
from unrolled.data.vocabulary import Vocabulary
from unrolled.nets.checkpoints import load_checkpoint, save_checkpoint
from unrolled.nets.choices import POOLINGS
from unrolled.nets.classifier import SentimentClassifier
from unrolled.nets.layers import TORCH_LAYERS
from unrolled.nets.model_file import eight_bit_rows
from unrolled.nets.quantization import round_embedding
from unrolled.sentiment import export as exporting
from unrolled.sentiment import graph
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
from unrolled.sentiment.portable import PortableModel
from unrolled.sentiment.recipe import Recipe
from unrolled.sentiment.trained import Trained, load_trained

from .conftest import classifier, told


@pytest.mark.parametrize("eight_bits", [False, True])
@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("cell", TORCH_LAYERS)
@pytest.mark.parametrize("classes", [("a", "b"), ("a", "b", "c", "d")])
def test_every_model_computes_the_same_at_every_size(
    classes, cell, bidirectional, pooling, eight_bits, tmp_path
):
    options = {"cell": cell, "bidirectional": bidirectional, "pooling": pooling}
    model = classifier(**options, n_classes=len(classes))
    path = tmp_path / "m.onnx"
    names = told() | {"classes": classes}
    path.write_bytes(onnx_model(model, names, eight_bits=eight_bits).SerializeToString())
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
    monkeypatch.setitem(graph.GATES, torch.nn.LSTM, ("LSTM", (0, 1, 2, 3)))  # torch's order
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
    model = load_trained(trained, torch.device("cpu")).model
    assert done.rounding == largest_difference(model, PortableModel(tmp_path / "m.onnx"))
    assert done.difference < TOLERANCE < done.rounding < COARSE


def test_only_an_lstm_can_be_quantised_whole(small, tmp_path, capsys):
    folder = tmp_path / "gru"
    assert main(["train", "--out", str(folder), *small, "--cell", "gru", "--limit", "32"]) == 0
    capsys.readouterr()
    assert main(["export", str(folder), str(tmp_path / "m.onnx"), "--quantise", "all"]) == 2
    assert "is a GRU; of recurrent layers, onnxruntime computes only" in capsys.readouterr().err
    assert not (tmp_path / "m.onnx").exists()


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
        monkeypatch.setattr(web_export, "texts_of", lambda *_: None)
        monkeypatch.setattr(web_export, "part_of", lambda *_: None)
        monkeypatch.setattr(web_export, "read_part", lambda *_: None)
        monkeypatch.setattr(web_export, "reader_file", lambda *_: b"")
        monkeypatch.setattr(web_export, "load_trained", a_page_model)
    assert main(["export", str(trained), str(path), *options]) == 2
    assert "cannot be written (No space left on device)" in capsys.readouterr().err
    assert path.read_text() == "the old file"
    assert list(tmp_path.iterdir()) == [path]


def a_page_model(*_):
    model = SentimentClassifier(3, 2, 2, pooling="attention")
    recipe = Recipe(bidirectional=False, pooling="attention")
    encoder = TextEncoder(Vocabulary(["<pad>", "<unk>", "a"]))
    return Trained(model, encoder, recipe, ("negative", "positive"))


@pytest.mark.parametrize("where", ["nowhere/m.onnx", "."])
def test_a_place_that_cannot_be_written_is_named(trained, tmp_path, where, capsys):
    assert main(["export", str(trained), str(tmp_path / where)]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_an_export_of_nothing_is_named(tmp_path, capsys):
    assert main(["export", str(tmp_path), str(tmp_path / "m.onnx")]) == 2
    assert "so no trained model" in capsys.readouterr().err


def test_where_8_bits_change_too_much_one_is_told_what_to_take(
    trained, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(exporting, "COARSE", 1e-9)
    assert main(["export", str(trained), str(tmp_path / "m.onnx"), "--quantise", "all"]) == 2
    said = capsys.readouterr().err
    assert "accepted is 1e-09" in said
    assert "Take --quantise embedding." in said
    assert list(tmp_path.iterdir()) == []
