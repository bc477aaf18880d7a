"""What a network has to beat on the same texts: TF-IDF and NB-SVM, with every knob turned."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import platform
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, fields
from importlib.metadata import version
from pathlib import Path

from threadpoolctl import threadpool_limits
from tqdm import tqdm

from unrolled.data.labelled.split import Parts
from unrolled.data.reviews import Splits
from unrolled.files import write_text
from unrolled.sentiment.bags import NBSVM, PASSES, TfIdf
from unrolled.sentiment.comparison import RESULT, TABLE
from unrolled.sentiment.corpus import digest_of, load_reviews
from unrolled.sentiment.grid import BaselineError, Chosen, Search
from unrolled.sentiment.places import FILES, found_from
from unrolled.sentiment.recipe import Machine, Recipe, read_settings
from unrolled.sentiment.source import Source

JUDGED = ("valid", "test")
LIBRARIES = ("unrolled", "numpy", "scipy", "scikit-learn")


def make_baseline(source: Source, folder: Path, *, threads: int = 0, progress: bool = True) -> str:
    """Choose, judge and keep both baselines; return what to print of them.

    They learn from the training texts of `load_reviews`, every setting is chosen on the validation
    texts, and the test texts are judged once, at the end.

    Parameters
    ----------
    source : Source
        Or a recipe: which texts, and how they are split.
    folder : pathlib.Path
        Gets baseline.json and baseline.csv. It may hold a training on the same texts, or get one.
    threads : int
        Of the processor, at most; 0: all cores.
    progress : bool
        Show a progress bar.

    Raises
    ------
    BaselineError
        If the folder is a file, or nothing can be learnt.
    unrolled.data.labelled.rows.LabelledError, unrolled.data.reviews.DataError
        If the texts cannot be used.
    """
    with _folder_for(folder), threadpool_limits(threads or None):
        began = time.perf_counter()
        splits = load_reviews(source)
        if splits.report is not None and progress:
            print(splits.report, file=sys.stderr, flush=True)
        search = Search(splits, source)
        with tqdm(
            total=search.steps(), unit="fit", file=sys.stderr, disable=None if progress else True
        ) as search.bar:
            found = [search.best(kind) for kind in (TfIdf, NBSVM)]
        for one in found:
            search.test(one)
        table = _table(splits, found)
        result = {
            **_provenance(source, splits),
            "seconds": round(time.perf_counter() - began, 1),
            "notes": search.notes,
            "table": hashlib.sha256(table.encode()).hexdigest(),
            "baselines": {one.name: _told(one) for one in found},
        }
        write_text(folder / TABLE, table)
        write_text(folder / RESULT, json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    return _said(source, splits, found, search.notes, folder)


def settings_of(folder: Path, config: Path | None = None, **flags) -> tuple[Recipe, Machine]:
    """Return which texts are meant: a file's settings or those of a training, and the flags.

    Parameters
    ----------
    folder : pathlib.Path
        Its training, if it holds one, gives the settings where no file does.
    config : pathlib.Path, optional
    **flags
        Settings that overrule the file; None where not given.

    Raises
    ------
    unrolled.sentiment.settings.RecipeError
        If a setting makes no sense.
    unrolled.data.labelled.rows.LabelledError
        If the texts of the training are not found.
    """
    if config is None and (folder / "config.json").exists():
        config = folder / "config.json"
    recipe, machine = read_settings(config, **flags)
    if config == folder / "config.json" and not any(flags.get(name) for name in FILES):
        recipe = found_from(folder, recipe)
    return recipe, machine


@contextmanager
def _folder_for(folder: Path) -> Iterator[None]:
    """Make the folder; take it away again if nothing comes of it."""
    if folder.exists() and not folder.is_dir():
        raise BaselineError(f"{folder} is a file; a baseline needs a folder. Take another name.")
    new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        if new:
            with suppress(OSError):  # somebody has put something there
                folder.rmdir()
        raise


def _provenance(source: Source, splits: Splits | Parts) -> dict:
    """Return what the baselines learnt from, and with what, without folders of this machine."""
    told = source.told()
    return {
        "settings": {one.name: told[one.name] for one in fields(Source)},
        "digest": digest_of(splits),
        "classes": splits.classes,
        "parts": {name: len(getattr(splits, name)) for name in ("train", *JUDGED)},
        "versions": {"python": platform.python_version()}
        | {name: version(name) for name in LIBRARIES},
    }


def _told(one: Chosen) -> dict:
    """Return a baseline as what JSON can hold."""
    return {
        "chosen": asdict(one.settings),
        "offsets": one.offsets.tolist(),
        **{name: one.figures[name].told() for name in JUDGED},
        "tried": one.tried,
    }


def _table(splits: Splits | Parts, found: list[Chosen]) -> str:
    """Return part, row, label and both answers for each validation and test text, as CSV."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("part", "row", "label", *(one.name for one in found)))
    for name in JUDGED:
        part = getattr(splits, name)
        columns = (part.labels, *(one.figures[name].predictions for one in found))
        for row, *answers in zip(part.rows.tolist(), *columns, strict=True):
            writer.writerow((name, row, *(splits.classes[k] for k in answers)))
    return file.getvalue()


def _said(source, splits, found, notes, folder) -> str:
    """Return what to print of both baselines."""
    sizes = ", ".join(f"{name} {len(getattr(splits, name)):,}" for name in ("train", *JUDGED))
    lines = [f"{Path(source.data).name}: {sizes}; every setting chosen on valid", *notes]
    for one in found:
        failed = sum(not row["converged"] for row in one.tried)
        lines += ["", f"{one.name}: {_settings(one)}; {len(one.tried)} settings tried"]
        if failed:
            lines.append(
                f"{failed} of them did not come to their end within {PASSES} passes, and were not "
                "considered."
            )
        for name in JUDGED:
            figures = one.figures[name]
            lines += [f"{name}: {figures.accuracy_line()}", figures.macro_lines()]
        lines += ["test, class by class:", one.figures["test"].class_lines()]
    return "\n".join([*lines, "", f"All figures and answers are in {folder}."])


def _settings(one: Chosen) -> str:
    """Return the chosen settings in words."""
    told = one.settings
    runs = [
        f"single {name}" if longest == 1 else f"{name} in runs of up to {longest}"
        for name, longest in (("words", told.words), ("characters", told.characters))
        if longest
    ]
    least = "" if told.least == 1 else f", each in {told.least} texts or more"
    beta = "" if told.beta is None else f", beta {told.beta:g}"
    weights = ", balanced class weights" * (told.class_weights == "balanced")
    moved = ", offsets of the classes" * bool(one.offsets.any())
    rest = f"C {told.C:g}{beta}{weights}{moved}"
    return f"{' and '.join(runs)}{least}, {rest}"
