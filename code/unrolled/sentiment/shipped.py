"""The model that the package ships, so that ``python -m unrolled predict`` answers at once.

It is the file that the course's page loads: one file, and one pipeline that makes it.
"""

from __future__ import annotations

from pathlib import Path

from unrolled import live
from unrolled.nets.model_file import ModelFileError

NAME = "shipped"  # in the place of a model's path, on the command line


def shipped_path() -> Path:
    """Return where the file of the shipped model is.

    Raises
    ------
    unrolled.nets.model_file.ModelFileError
        If it is not there.
    """
    path = live.figures_folder() / "reader.bin"
    if not path.is_file():
        raise ModelFileError(
            f"The model that the package ships is not at {path}, so the package is not whole. "
            "Install it again."
        )
    return path


def is_shipped(model: Path | None) -> bool:
    """Return whether the shipped model is meant: nothing is named, or its name and no such path."""
    return model is None or (model == Path(NAME) and not model.exists())
