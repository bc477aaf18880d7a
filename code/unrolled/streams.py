"""What is printed, on every system: UTF-8, as what is read, until the reader has had enough."""

from __future__ import annotations

import errno
import os
import sys


def speak_utf8() -> None:
    r"""Let the standard output and the standard error output write UTF-8, whatever the system does.

    Into files and pipes, Windows would write the few letters of its own encoding and stop at any
    other, such as one of a Chinese label. Where ``PYTHONIOENCODING`` names an encoding, that stays;
    what it lacks is then written as ``\u5f88`` and stops nothing either.
    """
    encoding = None if os.environ.get("PYTHONIOENCODING") else "utf-8"
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # else somebody's own, as in a test, or none
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


def is_closed_pipe(error: OSError, system: str = os.name) -> bool:
    """Return whether an error says that nobody reads any more, which Windows calls invalid."""
    if isinstance(error, BrokenPipeError):
        return True
    return system == "nt" and error.errno == errno.EINVAL and error.filename is None
