"""The command line of the course's sentiment model: ``python -m unrolled --help``."""

from __future__ import annotations

import argparse
import os
import sys
from functools import partial
from pathlib import Path

from sklearn.metrics import f1_score

from unrolled.data.reviews import DataError
from unrolled.evaluation.answers import decisions
from unrolled.evaluation.metrics import accuracy, confusion_matrix, f1, wilson_interval
from unrolled.nets.checkpoints import CheckpointError
from unrolled.nets.training import TrainingDiverged
from unrolled.sentiment.commands import predict, serve
from unrolled.sentiment.console import run_command
from unrolled.sentiment.export import QUANTISED, TOLERANCE, ExportError, export
from unrolled.sentiment.folder import FolderError
from unrolled.sentiment.page import export_page
from unrolled.sentiment.portable import PortableError
from unrolled.sentiment.processes import choose_device
from unrolled.sentiment.recipe import SETTINGS, RecipeError, add_flags, read_settings
from unrolled.sentiment.serving import ServeError
from unrolled.sentiment.session import train
from unrolled.sentiment.trained import judge, load_trained
from unrolled.sentiment.web import export_web

SAID = (
    *(RecipeError, FolderError, CheckpointError, DataError, TrainingDiverged, ValueError),
    *(ExportError, PortableError, ServeError),
)


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
    predict.add_parser(commands)
    four = commands.add_parser(
        "export", help="write a trained model as ONNX, checked against PyTorch"
    )
    four.add_argument("model", type=Path, help="the folder of its training")
    four.add_argument("file", type=Path, metavar="OUT", help="what to write")
    four.add_argument(
        "--web",
        action="store_true",
        help="write a page that answers in any browser (OUT.html), or the small file that the "
        "course's own page reads",
    )
    four.add_argument(
        "--quantise",
        choices=QUANTISED,
        default=QUANTISED[0],
        help="what to store in 8 bits (default: %(default)s)",
    )
    four.add_argument(
        "--tolerance",
        type=float,
        default=TOLERANCE,
        help="largest difference of a logit from PyTorch's (default: %(default)g)",
    )
    serve.add_parser(commands)
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return 0, or 2 after a sentence on what to do."""
    options = parser().parse_args(arguments)
    return run_command(
        partial(COMMANDS[options.command], options),
        SAID,
        answers=options.command in ("evaluate", "predict"),
        stopped=" The training goes on with the same command." * (options.command == "train"),
    )


def _train(options) -> None:
    flags = {one.name: getattr(options, one.name) for one in SETTINGS}
    recipe, machine = read_settings(options.config, **flags)
    best = train(recipe, machine, options.out, fresh=options.fresh)
    if os.environ.get("RANK", "0") == "0":
        print(
            f"best pass: {best['epoch']}, validation accuracy {best['valid_accuracy']:.4f}, "
            f"loss {best['valid_loss']:.4f}; the model is in {options.out}"
        )


def _evaluate(options) -> None:
    trained = load_trained(options.model, choose_device())
    part, logits = judge(trained, options.split)
    answers, labels, classes = decisions(logits), part.labels, trained.classes
    low, high = wilson_interval(int((answers == labels).sum()), len(labels))
    print(f"{trained.recipe.data}, {options.split}: {len(labels)} texts")
    print(f"accuracy {accuracy(answers, labels):.4f}, 95 % interval {low:.4f} to {high:.4f}")
    if len(classes) == 2:
        print(f"F1 of {classes[1]} {f1(answers, labels):.4f}")
    else:
        print(f"macro-F1 {f1_score(labels, answers, average='macro', zero_division=0):.4f}")
    print(f"rows: true {', '.join(classes)}; columns: predicted, in the same order")
    print(confusion_matrix(answers, labels, len(classes)))


def _export(options) -> None:
    if options.web:
        write = export_page if options.file.suffix == ".html" else export_web
        size = write(options.model, options.file)
        print(f"{options.file}: {size / 1e6:.2f} MB, for the page")
        return
    done = export(
        options.model, options.file, quantise=options.quantise, tolerance=options.tolerance
    )
    print(f"{options.file}: {done.bytes / 1e6:.2f} MB, any number of texts of any length")
    print(f"largest difference of a logit from PyTorch's: {done.difference:.1e}")
    if options.quantise != QUANTISED[0]:
        print(f"the 8 bits change a logit of random tokens by up to {done.rounding:.1e}")


COMMANDS = {
    "train": _train,
    "evaluate": _evaluate,
    "predict": predict.run,
    "export": _export,
    "serve": serve.run,
}


if __name__ == "__main__":
    sys.exit(main())
