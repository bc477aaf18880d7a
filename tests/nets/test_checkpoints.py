"""A checkpoint is whole or not there, and nothing in it can run."""

import os
from pathlib import Path

import pytest
import torch

from unrolled.nets.checkpoints import CheckpointError, load_checkpoint, save_checkpoint
from unrolled.nets.classifier import SentimentClassifier


def test_a_checkpoint_is_whole_or_not_there(tmp_path, monkeypatch):
    path = tmp_path / "c.pt"
    save_checkpoint(path, {"step": 1})

    def crash(*_):
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "fsync", crash)
    with pytest.raises(OSError, match="disk is full"):
        save_checkpoint(path, {"step": 2})
    assert load_checkpoint(path) == {"step": 1}


@pytest.mark.parametrize("content", [b"", b"half a checkpoint", b"PK\x03\x04broken"])
def test_a_damaged_checkpoint_is_named(tmp_path, content):
    (tmp_path / "c.pt").write_bytes(content)
    with pytest.raises(CheckpointError, match="damaged or no checkpoint"):
        load_checkpoint(tmp_path / "c.pt")
    with pytest.raises(CheckpointError, match="no checkpoint at"):
        load_checkpoint(tmp_path / "d.pt")


def test_code_in_a_checkpoint_does_not_run(tmp_path):
    path = tmp_path / "c.pt"
    torch.save({"x": Path("/")}, path)
    with pytest.raises(CheckpointError, match="damaged or no checkpoint"):
        load_checkpoint(path)


@pytest.mark.parametrize("foreign", [SentimentClassifier(5, 4, 3), {"x": Path("/")}, b"no", [1]])
def test_nobody_is_told_to_throw_away_what_may_be_his(tmp_path, foreign):
    path = tmp_path / "c.pt"
    if isinstance(foreign, bytes):
        path.write_bytes(foreign)
    else:
        torch.save(foreign, path)
    with pytest.raises(CheckpointError) as caught:
        load_checkpoint(path)
    assert "delete" not in str(caught.value).lower()
    assert "trusted source" not in str(caught.value), (
        "torch's own advice is to open it all the same"
    )
    if isinstance(foreign, SentimentClassifier):
        assert "holds unrolled.nets.classifier.SentimentClassifier, which is no tensor" in str(
            caught.value
        )
