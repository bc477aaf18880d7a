"""The command line of the course's sentiment model: ``python -m unrolled --help``."""

from __future__ import annotations

import argparse
import sys
from functools import partial

from unrolled.data.reviews import DataError
from unrolled.nets.checkpoints import CheckpointError
from unrolled.nets.training import TrainingDiverged
from unrolled.sentiment.commands import baseline, evaluate, export, predict, serve, train
from unrolled.sentiment.console import run_command
from unrolled.sentiment.export import ExportError
from unrolled.sentiment.folder import FolderError
from unrolled.sentiment.grid import BaselineError
from unrolled.sentiment.portable import PortableError
from unrolled.sentiment.recipe import RecipeError
from unrolled.sentiment.serving import ServeError

COMMANDS = {
    "train": train,
    "evaluate": evaluate,
    "baseline": baseline,
    "predict": predict,
    "export": export,
    "serve": serve,
}
SAID = (
    *(RecipeError, FolderError, CheckpointError, DataError, TrainingDiverged, ValueError),
    *(ExportError, PortableError, ServeError, BaselineError),
)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(prog="python -m unrolled", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)
    for command in COMMANDS.values():
        command.add_parser(commands)
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return 0, or 2 after a sentence on what to do."""
    options = parser().parse_args(arguments)
    return run_command(
        partial(COMMANDS[options.command].run, options),
        SAID,
        answers=options.command in ("evaluate", "predict"),
        stopped=" The training goes on with the same command." * (options.command == "train"),
    )


if __name__ == "__main__":
    sys.exit(main())
