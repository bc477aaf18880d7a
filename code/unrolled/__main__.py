"""The command line of the course's sentiment model: ``python -m unrolled --help``."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import fields
from pathlib import Path

from unrolled.checkpoints import CheckpointError
from unrolled.cli.config import Config, ConfigError, add_flags, read_config
from unrolled.cli.prediction import lines_of, predict_lines
from unrolled.cli.session import (
    SessionError,
    batches_of,
    choose_device,
    load_reviews,
    load_trained,
    train,
)
from unrolled.data.reviews import DataError
from unrolled.data.text import tokenize
from unrolled.metrics import accuracy, confusion_matrix, f1, wilson_interval
from unrolled.training import TrainingDiverged, evaluate

SAID = (ConfigError, SessionError, CheckpointError, DataError, TrainingDiverged, ValueError)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(prog="python -m unrolled", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)
    one = commands.add_parser(
        "train", help="train a sentiment model, or go on with an interrupted training"
    )
    one.add_argument("--config", type=Path, metavar="FILE", help="settings in TOML")
    one.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="of this training")
    one.add_argument("--fresh", action="store_true", help="throw away what the folder holds of it")
    add_flags(one)
    two = commands.add_parser("evaluate", help="measure a trained model")
    two.add_argument("model", type=Path, help="the folder of its training")
    two.add_argument("--split", choices=("valid", "test"), default="valid")
    three = commands.add_parser("predict", help="read one text a line, write its probability")
    three.add_argument("model", type=Path, help="the folder of its training")
    three.add_argument("file", type=Path, nargs="?", help="of texts; standard input if left out")
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return 0, or 2 after a sentence on what to do."""
    options = parser().parse_args(arguments)
    try:
        {"train": _train, "evaluate": _evaluate, "predict": _predict}[options.command](options)
    except SAID as error:
        print(error.args[0], file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped. A training goes on with the same command.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # whoever read our output has had enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _train(options) -> None:
    flags = {one.name: getattr(options, one.name) for one in fields(Config)}
    best = train(read_config(options.config, **flags), options.out, fresh=options.fresh)
    if os.environ.get("RANK", "0") == "0":
        print(
            f"best pass: {best['epoch']}, validation accuracy {best['valid_accuracy']:.4f}, "
            f"loss {best['valid_loss']:.4f}; the model is in {options.out}"
        )


def _evaluate(options) -> None:
    model, vocabulary, config = load_trained(options.model, choose_device())
    reviews = getattr(load_reviews(config), options.split)
    ids = [vocabulary.encode(tokenize(text)) for text in reviews.texts]
    logits, labels = evaluate(model, batches_of(ids, reviews.labels, config))
    answers = (logits > 0).astype(int)
    low, high = wilson_interval(int((answers == labels).sum()), len(labels))
    print(f"{config.data}, {options.split}: {len(labels)} reviews")
    print(f"accuracy {accuracy(answers, labels):.4f}, 95 % interval {low:.4f} to {high:.4f}")
    print(f"F1 {f1(answers, labels):.4f}")
    print("rows: true negative, true positive; columns: predicted negative, positive")
    print(confusion_matrix(answers, labels))


def _predict(options) -> None:
    model, vocabulary, config = load_trained(options.model, choose_device())
    if options.file is not None and not options.file.is_file():
        raise SessionError(f"There is no file at {options.file}.")
    file = sys.stdin.buffer if options.file is None else options.file.open("rb")
    with file:
        for answer in predict_lines(
            model, vocabulary, lines_of(file), max_tokens=config.max_tokens
        ):
            print("" if answer is None else f"{answer:.4f}")


if __name__ == "__main__":
    sys.exit(main())
