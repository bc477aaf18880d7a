"""``python -m unrolled evaluate``: how good a trained model is, with intervals."""

from __future__ import annotations

import argparse
from pathlib import Path

from unrolled.sentiment.shipped import NAME, is_shipped


def add_parser(commands) -> None:
    """Add the parser of ``evaluate`` to those of the commands."""
    parser = commands.add_parser("evaluate", help="measure a trained model")
    parser.add_argument("model", type=Path, help="the folder of its training")
    parser.add_argument("--split", choices=("valid", "test"), default="valid")
    parser.add_argument("--card", type=Path, metavar="FILE.md", help="write its card, a page on it")


def run(options: argparse.Namespace) -> None:
    """Print how a model judges a part of its texts.

    Raises
    ------
    ValueError
        If it is the model that the package ships, which is no folder of a training.
    """
    if is_shipped(options.model):
        raise ValueError(
            f"{NAME!r} is the model that the package ships, without the folder of its training. "
            "How often it is right stands on its card: python -m unrolled predict --card"
        )
    from unrolled.sentiment.judging import evaluation

    print(evaluation(options.model, options.split, options.card))
