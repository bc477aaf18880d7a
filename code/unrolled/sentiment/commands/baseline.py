"""``python -m unrolled baseline``: what a network has to beat on the same texts."""

from __future__ import annotations

import argparse
from pathlib import Path

from unrolled.sentiment.baseline import OF_DATA, make_baseline, recipe_of
from unrolled.sentiment.recipe import add_flags


def add_parser(commands) -> None:
    """Add the parser of ``baseline`` to those of the commands."""
    parser = commands.add_parser(
        "baseline", help="choose TF-IDF and NB-SVM on the same texts, for a network to beat"
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings in TOML")
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="for it; that of a training gives its settings and gets the comparison",
    )
    add_flags(parser, OF_DATA)


def run(options: argparse.Namespace) -> None:
    """Choose both baselines, and print how good they are."""
    flags = {one.name: getattr(options, one.name) for one in OF_DATA}
    print(make_baseline(recipe_of(options.out, options.config, **flags), options.out))
