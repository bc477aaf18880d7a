"""``python -m unrolled baseline``: what a network has to beat on the same texts."""

from __future__ import annotations

import argparse
from pathlib import Path

from unrolled.sentiment.recipe import SETTINGS, add_flags
from unrolled.sentiment.source import OF_DATA

FLAGS = (*OF_DATA, *(one for one in SETTINGS if one.name == "threads"))


def add_parser(commands) -> None:
    """Add the parser of ``baseline`` to those of the commands."""
    parser = commands.add_parser(
        "baseline",
        help="choose TF-IDF and NB-SVM on the same texts, for a network to beat",
        usage="%(prog)s --out FOLDER [--data PATH --text-column NAME --label-column NAME] [...]",
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings in TOML")
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="for it; that of a training gives its settings and gets the comparison",
    )
    add_flags(parser, FLAGS)


def run(options: argparse.Namespace) -> None:
    """Choose both baselines, and print how good they are."""
    from unrolled.sentiment.baseline import make_baseline, settings_of

    flags = {one.name: getattr(options, one.name) for one in FLAGS}
    recipe, machine = settings_of(options.out, options.config, **flags)
    print(make_baseline(recipe, options.out, threads=machine.threads))
