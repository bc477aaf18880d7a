"""``python -m unrolled export``: a trained model as one file that needs no PyTorch."""

from __future__ import annotations

import argparse
from pathlib import Path

from unrolled.nets.choices import QUANTISED, TOLERANCE


def add_parser(commands) -> None:
    """Add the parser of ``export`` to those of the commands."""
    parser = commands.add_parser(
        "export", help="write a trained model as ONNX, checked against PyTorch, or as a page"
    )
    parser.add_argument("model", type=Path, help="the folder of its training")
    parser.add_argument("file", type=Path, metavar="OUT", help="what to write")
    parser.add_argument(
        "--web",
        action="store_true",
        help="write a page that answers in any browser (OUT.html), or the small file that the "
        "course's own page reads",
    )
    parser.add_argument(
        "--quantise",
        choices=QUANTISED,
        default=QUANTISED[0],
        help="what to store in 8 bits (default: %(default)s)",
    )
    parser.add_argument(
        "--tolerance",
        type=float,
        default=TOLERANCE,
        help="largest difference of a logit from PyTorch's (default: %(default)g)",
    )


def run(options: argparse.Namespace) -> None:
    """Write the file, and say how large it is and how far from PyTorch."""
    from unrolled.sentiment.export import ExportError, export
    from unrolled.sentiment.page import export_page
    from unrolled.sentiment.web import export_web

    if options.file.suffix == ".html" and not options.web:
        raise ExportError(
            f"{options.file} is a page by its name. Say --web for a page, or take a name that ends "
            "in .onnx. Nothing was written."
        )
    if options.web:
        write = export_page if options.file.suffix == ".html" else export_web
        size = write(options.model, options.file)
        use = "open it in a browser" if options.file.suffix == ".html" else "for the course's page"
        print(f"{options.file}: {size / 1e6:.2f} MB; {use}")
        return
    done = export(
        options.model, options.file, quantise=options.quantise, tolerance=options.tolerance
    )
    print(f"{options.file}: {done.bytes / 1e6:.2f} MB, any number of texts of any length")
    print(f"largest difference of a logit from PyTorch's: {done.difference:.1e}")
    if options.quantise != QUANTISED[0]:
        print(f"the 8 bits change a logit of random tokens by up to {done.rounding:.1e}")
