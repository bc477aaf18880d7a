"""Where the texts of a training lay, so that it is judged from any folder."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from unrolled.data.labelled.rows import LabelledError
from unrolled.files import write_text
from unrolled.sentiment.source import Source

PLACES = "places.json"
FILES = ("data", "valid_data", "test_data")  # settings that name texts which are judged


def keep_places(folder: Path, source: Source) -> None:
    """Write down where the files of a training lie, as seen from its folder.

    So they are found from anywhere, also when both have been moved together. What is exported holds
    nothing of it.
    """
    told = {}
    for name in FILES:
        if not source.is_named and getattr(source, name):
            with suppress(ValueError):  # on another drive of Windows
                told[name] = Path(os.path.relpath(getattr(source, name), folder)).as_posix()
    if told:
        write_text(folder / PLACES, json.dumps(told, indent=2, ensure_ascii=False) + "\n")


def found_from(folder: Path, source: Source) -> Source:
    """Return a training's settings with its files as they are found from here.

    A whole path is taken as it is, if something is there. Another one is looked for where the file
    lay when the model was trained, and then from the working directory.

    Raises
    ------
    LabelledError
        If a file is at none of these places; they are named.
    """
    if source.is_named:
        return source
    kept = _kept(folder)
    found = {
        name: _found(folder, getattr(source, name), kept.get(name))
        for name in FILES
        if getattr(source, name)
    }
    return replace(source, **found)


def _kept(folder: Path) -> dict[str, str]:
    """Return what `keep_places` wrote; nothing for a training of before, or a damaged file."""
    with suppress(OSError, ValueError):
        told = json.loads((folder / PLACES).read_text(encoding="utf-8-sig"))
        return {name: place for name, place in told.items() if isinstance(place, str)}
    return {}


def _found(folder: Path, given: str, kept: str | None) -> str:
    """Return the first place where a file is."""
    places = [] if kept is None else [Path(os.path.normpath(folder / kept))]
    places.insert(0 if Path(given).is_absolute() else len(places), Path(given))
    for place in places:
        if place.exists():
            return str(place)
    looked = " nor at ".join(dict.fromkeys(str(place.absolute()) for place in places))
    raise LabelledError(
        f"The texts of the model in {folder}, {Path(given).name}, are not at {looked}. Bring them "
        "back to one of these places, or go to the folder in which it was trained."
    )
