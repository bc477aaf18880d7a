"""The command line of the course's sentiment model: ``python -m unrolled --help``.

PyTorch and scikit-learn take seconds to be imported, so each command imports them when it runs:
help, and what is wrong with a flag, come at once.
"""

from __future__ import annotations

import argparse
import sys
from functools import partial

from unrolled.sentiment.commands import baseline, evaluate, export, predict, serve, train
from unrolled.sentiment.console import run_command

COMMANDS = {
    "train": train,
    "evaluate": evaluate,
    "baseline": baseline,
    "predict": predict,
    "export": export,
    "serve": serve,
}
ABOUT = "The command line of the course's sentiment model, for film reviews or texts of your own."


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(prog="python -m unrolled", description=ABOUT)
    commands = top.add_subparsers(dest="command", required=True)
    for command in COMMANDS.values():
        command.add_parser(commands)
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return 0, or 2 after a sentence on what to do."""
    options = parser().parse_args(arguments)
    return run_command(
        partial(COMMANDS[options.command].run, options),
        answers=options.command in ("evaluate", "predict"),
        stopped=" The training goes on with the same command." * (options.command == "train"),
    )


if __name__ == "__main__":
    sys.exit(main())
