"""What the tests of the sentiment model share: one small training, and its exported file."""

import pytest

from unrolled.__main__ import main
from unrolled.sentiment.export import export


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
