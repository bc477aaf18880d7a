"""Exercises of the chapter on shipping: a file that is whole or not there, and the same model."""

import functools
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import numpy as np

from unrolled.exercises.checker import check

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
        seen.append(path.read_text() if path.exists() else "gone")
        if number == crash_at:
            raise OSError("no space left")
        yield part


def _outcome(save, folder, parts, crash_at):
    """Return how a save ends: is the right file there, was it never gone, never half?"""
    path, seen = Path(folder) / "weights", []
    path.write_text("old")
    with path.open() as reader:
        _watched.update(path=str(path), seen=seen)
        try:
            with suppress(OSError):
                save(path, _slowly(parts, crash_at, path, seen))
        finally:
            _watched.clear()
        seen.append(reader.read())  # an opened file outlives a rename, not a rewrite
    wanted = "".join(parts) if crash_at is None else "old"
    there = path.exists() and path.read_text() == wanted
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
    with path.open("w") as file:
        file.writelines(parts)


def _write_at_once(path, parts):
    path.write_text("".join(parts))


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


def _differences(one, other, batches):
    return np.concatenate([one(*batch) - other(*batch) for batch in batches])


def _or_inf(gap):
    return np.inf if np.isnan(gap) else gap


def _largest_gap(one, other, batches):
    return _or_inf(np.abs(_differences(one, other, batches)).max())


def _with_pythons_max(one, other, batches):
    return max(0.0, *(np.abs(one(*batch) - other(*batch)).max() for batch in batches))


def _total(inputs, lengths):
    return inputs.sum(axis=1) / 10


#: The total, and models that differ from it in another way each; the last answers nan.
MODELS = [
    _total,
    lambda inputs, lengths: _total(inputs, lengths) - 0.05 * (lengths == 1),
    lambda inputs, lengths: _total(inputs, lengths) + 0.01 * lengths,
    lambda inputs, lengths: _total(inputs, lengths) - 0.02 * (lengths > 1),
    lambda inputs, lengths: np.where(lengths == lengths.max(), np.nan, inputs[:, 0]),
]


def _gap_cases():
    draw = np.random.default_rng(3).integers
    batches = [(draw(1, 9, (len(n), max(n))), np.array(n)) for n in ([3, 1], [6, 2, 5, 4])]
    for model in MODELS:
        yield _total, model, batches
    yield MODELS[-1], _total, batches


def check_largest_gap(answer):
    """Check `largest_gap(one, other, batches)`: the largest difference, inf where it is nan."""
    mistakes = {
        "look at every batch, not at the first alone.": (
            lambda one, other, batches: _largest_gap(one, other, batches[:1])
        ),
        "take the absolute value: a model that is too low is wrong as well.": (
            lambda *case: _or_inf(_differences(*case).max())
        ),
        "nan slips through. Every comparison with nan is false, so ask for it.": (
            lambda *case: np.nanmax(np.abs(_differences(*case)))
        ),
        "that is the mean. One wrong answer hides among many right ones.": (
            lambda *case: _or_inf(np.abs(_differences(*case)).mean())
        ),
        "you return nan where a logit is no number; return np.inf.": (
            lambda *case: np.abs(_differences(*case)).max()
        ),
        "Python's max loses the nan: max(0.0, nan) is 0.0. Ask for it before.": _with_pythons_max,
    }
    check(answer, _largest_gap, _gap_cases(), mistakes=mistakes)
