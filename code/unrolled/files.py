"""Files that appear whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole(path: str | Path) -> Iterator[Path]:
    """Give the path of a draft; what stands in it at the end takes the place of `path`, at once.

    The file at `path` is at every moment the old one or the new one. Each process has a draft of
    its own beside it, and leaves none behind, unless it is killed (see `remove_drafts`).

    Raises
    ------
    OSError
        If the draft cannot be written, as on a full disk, with the name of the file (which the
        system does not tell). The old file is then still there.
    """
    path = Path(path)
    draft = path.with_name(f"{path.name}.draft{os.getpid()}")
    try:
        yield draft
        with draft.open("r+b") as file:  # Windows flushes only what may be written
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OSError(error.errno, f"cannot be written ({reason})", str(path)) from error
    finally:
        draft.unlink(missing_ok=True)


def write_text(path: str | Path, text: str) -> None:
    """Write a text in UTF-8; the file is at every moment the old one or the new one, whole.

    Raises
    ------
    OSError
        As `whole` does.
    """
    with whole(path) as draft:
        draft.write_bytes(text.encode())


def remove_drafts(path: str | Path) -> None:
    """Remove the drafts of a file that killed processes left."""
    path = Path(path)
    for draft in path.parent.glob(f"{path.name}.draft*"):
        draft.unlink(missing_ok=True)
