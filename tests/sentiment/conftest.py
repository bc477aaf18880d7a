"""What the tests of the sentiment model share: one small training, and its exported file."""

import subprocess
import sys

import pytest
import torch

from unrolled.__main__ import main
from unrolled.data.encoder import TextEncoder
from unrolled.data.vocabulary import Vocabulary
from unrolled.nets.classifier import SentimentClassifier
from unrolled.sentiment.export import export
from unrolled.sentiment.rules import told_of


@pytest.fixture(scope="session")
def small():
    """Return settings of a training of seconds, as flags."""
    return [
        *("--data", "rotten-tomatoes", "--limit", "160", "--embedding-size", "8"),
        *("--hidden-size", "6", "--batch-size", "16", "--threads", "1", "--device", "cpu"),
        *("--epochs", "2", "--vocab-size", "300", "--max-tokens", "15", "--rate", "0.05"),
    ]


@pytest.fixture(scope="session")
def trained(small, tmp_path_factory):
    """Return the folder of such a training; copy it before you change it."""
    folder = tmp_path_factory.mktemp("small") / "model"
    assert main(["train", "--out", str(folder), *small]) == 0
    return folder


@pytest.fixture(scope="session")
def exported(trained):
    """Return the exported model of that training."""
    path = trained.parent / "model.onnx"
    export(trained, path)
    return path


@pytest.fixture(scope="session")
def in_two_processes():
    """Return a function that trains with these flags in two processes, and returns what is said."""
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"]
    torchrun += ["--master-port", "0", "--rdzv-backend", "c10d", "--rdzv-endpoint", "localhost:0"]

    def run(*flags):
        command = [*torchrun, "-m", "unrolled", "train", *flags]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def told():
    """Return what travels in an exported file, of a tiny vocabulary."""
    encoder = TextEncoder(Vocabulary(["<pad>", "<unk>", "a"]))
    return told_of(encoder, ("negative", "positive"), 4)


def classifier(seed=1, **options):
    """Return an untrained classifier of 53 tokens, all of its sizes distinct."""
    torch.manual_seed(seed)
    return SentimentClassifier(53, 7, 5, **options).eval()
