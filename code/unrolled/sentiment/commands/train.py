"""``python -m unrolled train``: from labelled texts to a trained model in a folder."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from unrolled.sentiment.recipe import SETTINGS, add_flags, read_settings

ABOUT = """\
Train a model, or go on with an interrupted training. On a file of your own:

  python -m unrolled train --data PATH --text-column NAME --label-column NAME --out FOLDER

Without --data it learns from film reviews. A flag overrules the same setting in --config.
"""


def add_parser(commands) -> None:
    """Add the parser of ``train`` to those of the commands."""
    parser = commands.add_parser(
        "train",
        help="train a model, or go on with an interrupted training",
        usage="%(prog)s --out FOLDER [--data PATH --text-column NAME --label-column NAME] [...]",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings in TOML")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FOLDER", help="of this training"
    )
    parser.add_argument(
        "--fresh", action="store_true", help="throw away what the folder holds of it"
    )
    add_flags(parser)


def run(options: argparse.Namespace) -> None:
    """Train as the options say; say at the end how good it is, and how far from a baseline."""
    flags = {one.name: getattr(options, one.name) for one in SETTINGS}
    recipe, machine = read_settings(options.config, **flags)  # before what takes seconds
    from unrolled.sentiment.judging import gap_on_validation
    from unrolled.sentiment.session import train

    best = train(recipe, machine, options.out, fresh=options.fresh)
    if os.environ.get("RANK", "0") == "0":
        print(
            f"best pass: {best['epoch']}, validation accuracy {best['valid_accuracy']:.4f}, "
            f"loss {best['valid_loss']:.4f}; the model is in {options.out}"
        )
        if (gap := gap_on_validation(options.out)) is not None:
            print(gap)
