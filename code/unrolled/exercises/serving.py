"""Exercise of the study of serving: a file that is whole or not there."""

import functools
import io
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import numpy as np

from unrolled.exercises.checker import check

WINDOWS = os.name == "nt"
_watched = {}  # the path that a save should never leave empty, and what has been seen of it


@functools.cache
def _watch_removals():
    """From now on, note it when the watched file is taken away (Python lets no hook go again)."""

    def watch(event, arguments):
        if event in ("os.remove", "os.rename") and os.fspath(arguments[0]) == _watched.get("path"):
            _watched["seen"].append("gone")

    sys.addaudithook(watch)  # Python calls it before each file that it removes or renames


def _slowly(parts, crash_at, path, seen):
    """Yield the parts, note what a reader finds meanwhile, and crash before one of them."""
    for number, part in enumerate(parts):
        seen.append(path.read_text(encoding="utf-8") if path.exists() else "gone")
        if number == crash_at:
            raise OSError("no space left")
        yield part


def _outcome(save, folder, parts, crash_at):
    """Return how a save ends: is the right file there, was it never gone, never half?"""
    path, seen = Path(folder) / "weights", []
    path.write_text("old", encoding="utf-8")
    # Windows replaces no file that somebody reads.
    with io.StringIO("old") if WINDOWS else path.open(encoding="utf-8") as reader:
        _watched.update(path=str(path), seen=seen)
        try:
            with suppress(OSError):
                save(path, _slowly(parts, crash_at, path, seen))
        finally:
            _watched.clear()
        seen.append(reader.read())  # an opened file outlives a rename, not a rewrite
    wanted = "".join(parts) if crash_at is None else "old"
    there = path.exists() and path.read_text(encoding="utf-8") == wanted
    return np.array([there, "gone" not in seen, set(seen) <= {"old", "gone"}])


def _scenario(save):
    """Return a function that plays a save through: some parts, and where it crashes."""

    def played(parts, crash_at):
        with tempfile.TemporaryDirectory() as folder:
            return _outcome(save, folder, parts, crash_at)

    return played


def _save(path, parts):
    draft = path.with_name("draft")
    _write_in_place(draft, parts)
    draft.replace(path)


def _write_in_place(path, parts):
    with path.open("w", encoding="utf-8") as file:
        file.writelines(parts)


def _write_at_once(path, parts):
    path.write_text("".join(parts), encoding="utf-8")


def _delete_first(path, parts):
    path.unlink()
    _write_at_once(path, parts)


def _delete_late(path, parts):
    _delete_first(path, "".join(parts))


def _replace_anyway(path, parts):
    draft = path.with_name("draft")
    with suppress(OSError):
        _write_in_place(draft, parts)
    draft.replace(path)


def check_save(answer):
    """Check `save(path, parts)`: the file is the new one, or after a crash still the old one."""
    _watch_removals()
    cases = [(["n", "e", "w"], None), (["n", "e", "w"], 0), (["n", "e", "w"], 2)]
    mistakes = {
        "a crash leaves half a file under the good name. Write to another name first.": (
            _write_in_place
        ),
        "the old file is gone before the new one is there. Replace it at the end.": _delete_first,
        "for a moment there is no file at all. Replace, do not delete.": _delete_late,
        "a crash while you write leaves half. Write a draft, then replace.": _write_at_once,
        "after a crash, too, you put the draft in the old file's place.": _replace_anyway,
        "nothing new was written.": lambda path, parts: None,
    }
    played = {sentence: _scenario(mistake) for sentence, mistake in mistakes.items()}
    check(_scenario(answer), _scenario(_save), cases, mistakes=played)
