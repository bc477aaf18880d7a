"""``python -m unrolled evaluate``: how good a trained model is, with intervals."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_parser(commands) -> None:
    """Add the parser of ``evaluate`` to those of the commands."""
    parser = commands.add_parser("evaluate", help="measure a trained model")
    parser.add_argument("model", type=Path, help="the folder of its training")
    parser.add_argument("--split", choices=("valid", "test"), default="valid")
    parser.add_argument("--card", type=Path, metavar="FILE.md", help="write its card, a page on it")


def run(options: argparse.Namespace) -> None:
    """Print how a model judges a part of its texts."""
    from unrolled.sentiment.judging import evaluation

    print(evaluation(options.model, options.split, options.card))
