"""The folder of a training: whose it is, what it holds, and that nothing half is left in it."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from unrolled.data.encoder import RULES, VOCABULARY
from unrolled.data.reviews import REVIEW_CLASSES
from unrolled.files import remove_drafts, write_text
from unrolled.nets.checkpoints import load_checkpoint
from unrolled.nets.pretraining import has_bfloat16
from unrolled.sentiment.corpus import Corpus
from unrolled.sentiment.places import PLACES
from unrolled.sentiment.recipe import Machine, Recipe, flat, from_flat, read_settings

CHECKPOINT, LANGUAGE, MODEL, SETTINGS, LOG, PRECISION = (
    "checkpoint.pt",
    "language.pt",
    "model.pt",
    "config.json",
    "log.csv",
    "precision.txt",
)
CLASSES, OWN_DATA, SPLIT, REPORT, LEFT_OUT = (  # of a file of one's own
    "classes.json",
    "data.json",
    "split.csv",
    "report.txt",
    "left-out.csv",
)
OURS = (
    *(CHECKPOINT, LANGUAGE, MODEL, VOCABULARY, RULES, SETTINGS, LOG, PRECISION),
    *(CLASSES, OWN_DATA, SPLIT, REPORT, LEFT_OUT, PLACES),
)


class FolderError(RuntimeError):
    """A folder of a training does not fit what is asked; the message says what to do."""


@contextmanager
def held(folder: Path, *, fresh: bool) -> Iterator[None]:
    """Make the folder if need be, hold it for one training, and leave nothing half in it.

    Raises
    ------
    FolderError
        If it is no folder, or another training is at work in it.
    """
    new = not folder.exists()
    with alone_in(folder), whole_or_nothing(folder, new=new, fresh=fresh):
        yield


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Make the folder, and hold it for one training; the system lets go of it however that ends."""
    if folder.exists() and not folder.is_dir():
        raise FolderError(f"{folder} is a file; a training needs a folder. Take another name.")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        import fcntl
    except ModuleNotFoundError:  # on Windows: no lock
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderError(
                f"Another training is at work in {folder}. Wait for it, or take another folder."
            ) from None
        except OSError:  # a file system without locks
            pass
        yield
    finally:
        os.close(handle)


@contextmanager
def whole_or_nothing(folder: Path, *, new: bool, fresh: bool) -> Iterator[None]:
    """Take away what a training that fails has written, if it cannot be gone on with."""
    before = set() if fresh else {name for name in OURS if (folder / name).exists()}
    try:
        yield
    except Exception:
        if not any((folder / name).exists() for name in (CHECKPOINT, LANGUAGE, MODEL)):
            for name in set(OURS) - before:
                (folder / name).unlink(missing_ok=True)
            if new:
                with suppress(OSError):  # somebody has put something there
                    folder.rmdir()
        raise


def keep_settings(folder: Path, recipe: Recipe, machine: Machine, *, fresh: bool) -> None:
    """Check that the folder belongs to these settings; clear away what a kill has left.

    Raises
    ------
    FolderError
        If it holds a training with other settings.
    """
    if fresh:
        for name in OURS:
            (folder / name).unlink(missing_ok=True)
    file, before = folder / SETTINGS, None
    if file.exists():
        before = flat(*read_settings(file))
    elif (folder / CHECKPOINT).exists():
        told = load_checkpoint(folder / CHECKPOINT).get("settings", {})
        before = flat(*from_flat(told, folder / CHECKPOINT))
    now = flat(recipe, machine)
    other = sorted(name for name in now if before is not None and now[name] != before[name])
    if other:
        changes = ", ".join(f"{name} {before[name]!r} -> {now[name]!r}" for name in other)
        raise FolderError(
            f"{folder} holds a training with other settings ({changes}). Take another folder, "
            "or --fresh to throw that training away."
        )
    for name in OURS:
        remove_drafts(folder / name)
    if not file.exists():
        write_text(file, json.dumps(now, indent=2) + "\n")


def keep_corpus(folder: Path, corpus: Corpus) -> None:
    """Write down what is learnt from: vocabulary, classes, and of a file of one's own the rest.

    Raises
    ------
    FolderError
        If the folder holds a training on other texts, or what it holds is damaged.
    """
    files = corpus.encoder.files()
    if corpus.report is not None:
        files |= own_files(corpus)
        _check_texts(folder, corpus)
    for name, text in files.items():
        path = folder / name
        if not path.exists():
            write_text(path, text)
        elif not _same(path, text):
            raise FolderError(_changed(path, own=corpus.report is not None))


def _check_texts(folder: Path, corpus: Corpus) -> None:
    """Raise `FolderError` if the folder holds a training on other texts, or other parts of them."""
    begun = load_digest(folder)
    if not begun or begun == corpus.digest:
        return
    sizes = {name: len(places) for name, places in corpus.split.items()}
    before: dict = {}
    with suppress(ValueError, KeyError, TypeError):
        before = dict(json.loads((folder / OWN_DATA).read_text(encoding="utf-8-sig"))["parts"])
    raise FolderError(
        f"The texts are not those that the training in {folder} began with: then there were "
        f"{_sizes_told(before)}, now there are {_sizes_told(sizes)}"
        + "; some differ, or their labels or parts do"
        * (sizes == before)
        + ". Nothing was changed. To train on these, take another folder, or --fresh to throw that "
        "training away; to go on with it, bring back the old texts."
    )


def _sizes_told(sizes: dict) -> str:
    return ", ".join(f"{name} {count}" for name, count in sizes.items()) or "others"


def _changed(path: Path, *, own: bool) -> str:
    """Return the sentence for a file of a training that does not say what its texts say."""
    rest = "or --fresh to throw the training in its folder away."
    try:
        if path.suffix == ".json":
            json.loads(path.read_bytes().decode("utf-8-sig"))
    except ValueError:
        return f"{path} is damaged: it is no JSON. Bring back a whole copy of it, {rest}"
    what = "texts, which are the same" if own else "reviews"
    rows = ", or a row that is left out was" * own
    return (
        f"{path} does not fit the {what}: this file was changed{rows}, or another version of "
        f"`unrolled` wrote it. Bring back what was there, or that version, {rest}"
    )


def own_files(corpus: Corpus) -> dict[str, str]:
    """Return what is kept of a file of one's own: names of files and what stands in them."""
    sizes = {name: len(places) for name, places in corpus.split.items()}
    told = {"digest": corpus.digest, "parts": sizes}
    split = io.StringIO(newline="")
    writer = csv.writer(split, lineterminator="\n")
    writer.writerow(("row", "part", "file"))
    for name, places in corpus.split.items():
        writer.writerows((row, name, file) for row, file in places)
    return {
        CLASSES: json.dumps(corpus.classes, ensure_ascii=False),
        OWN_DATA: json.dumps(told, indent=2) + "\n",
        SPLIT: split.getvalue(),
        REPORT: f"{corpus.report}\n",
        LEFT_OUT: corpus.report.table(),
    }


def _same(path: Path, text: str) -> bool:
    """Return whether a file says the same; JSON may be laid out otherwise."""
    with suppress(ValueError):
        found = path.read_bytes().decode("utf-8-sig")
        return found == text or (path.suffix == ".json" and json.loads(found) == json.loads(text))
    return False


def load_classes(folder: Path) -> tuple[str, ...]:
    """Return the class names of a training; without a list of them, those of reviews.

    Raises
    ------
    FolderError
        If the list is damaged.
    """
    path = folder / CLASSES
    if not path.exists():
        return REVIEW_CLASSES
    with suppress(ValueError):
        names = json.loads(path.read_text(encoding="utf-8-sig"))
        if isinstance(names, list) and len(names) > 1 and all(isinstance(n, str) for n in names):
            return tuple(names)
    raise FolderError(
        f"{path} is damaged; expected a list of two or more names of classes. Bring back a whole "
        "copy of it."
    )


def read_log(folder: Path) -> list[dict[str, float]]:
    """Return what each pass of a training measured; nothing if the log is missing or damaged."""
    with suppress(OSError, ValueError, TypeError):
        lines = (folder / LOG).read_text(encoding="utf-8").splitlines()
        rows = [
            {name: float(value) for name, value in row.items()} for row in csv.DictReader(lines)
        ]
        if all({"epoch", "valid_loss", "valid_accuracy"} <= row.keys() for row in rows):
            return rows
    return []


def best_pass(rows: list[dict[str, float]]) -> dict[str, float]:
    """Return the row of the pass whose model was kept: the first of the lowest loss."""
    return min(rows, key=lambda row: row["valid_loss"])


def load_digest(folder: Path) -> str:
    """Return the digest of the texts of a training, or nothing for reviews of the course.

    Raises
    ------
    FolderError
        If the file that holds it is damaged.
    """
    path = folder / OWN_DATA
    if not path.exists():
        return ""
    with suppress(ValueError, KeyError, TypeError):
        return str(json.loads(path.read_text(encoding="utf-8-sig"))["digest"])
    raise FolderError(f"{path} is damaged. Bring back a whole copy of it.")


def keep_precision(folder: Path, cell: str, wants: bool, kind: str) -> None:
    """Write down in which precision a training computes, where bfloat16 is wanted or was begun.

    Where torch cannot train the layer in bfloat16, that is float32, and it is said. A training ends
    in the precision that it was begun in: what was begun in float32 goes on so everywhere.

    Parameters
    ----------
    folder : pathlib.Path
    cell : str
    wants : bool
        Do the settings ask for bfloat16 here?
    kind : str
        Of the device: "cpu", "cuda" or "mps".

    Raises
    ------
    FolderError
        If it was begun in bfloat16, and that cannot be had here.
    """
    layer = cell.upper()
    begun = _begun_in(folder)
    if begun is None and wants and any((folder / one).exists() for one in (CHECKPOINT, LANGUAGE)):
        begun = "bfloat16"  # before this file was kept, there was no other choice
    can = wants and has_bfloat16(cell, kind)
    if begun == "bfloat16" and not can:
        why = (
            f"torch has no bfloat16 {layer} for this processor" if wants else "as the settings say"
        )
        raise FolderError(
            f"{folder} was begun in bfloat16, and here it would go on in float32 ({why}). Go on "
            "where it was begun, or start anew with --fresh."
        )
    if begun is None and wants:
        begun = "bfloat16" if can else "float32"
        write_text(folder / PRECISION, begun + "\n")
    if wants and not can:
        print(
            f"torch has no bfloat16 {layer} for this processor: computing in float32.",
            file=sys.stderr,
        )
    elif begun == "float32" and can:
        print(f"{folder} was begun in float32 and goes on in float32.", file=sys.stderr)


def computes_in_bfloat16(folder: Path) -> bool:
    """Return whether a training does, as `keep_precision` wrote."""
    return _begun_in(folder) == "bfloat16"


def _begun_in(folder: Path) -> str | None:
    """Return the precision that is written down for a training, or None."""
    file = folder / PRECISION
    return file.read_text(encoding="utf-8").strip() if file.exists() else None
