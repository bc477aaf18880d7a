"""Records: what an experiment measured, and under which circumstances.

A record is two files: ``NAME.csv``, a tidy table with one row a finding, and ``NAME.json``, its
provenance. While a run is under way its finished configurations stand in ``NAME.partial.jsonl``,
one line each, so that an interruption loses nothing that was finished.
"""

from __future__ import annotations

import base64
import json
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd

from unrolled import __version__
from unrolled.files import write_text

PACKAGES = ("numpy", "torch", "pandas", "scikit-learn", "joblib")
ENVIRONMENT = "UNROLLED_RESULTS"  # names another folder of records
COMMIT = "UNROLLED_COMMIT"  # names the commit where the code runs outside git


class RecordError(Exception):
    """A record is missing or broken; the message says what to do."""


@dataclass(frozen=True)
class Record:
    """A finished experiment.

    Parameters
    ----------
    name : str
    table : pandas.DataFrame
        One row a finding; the columns of the configuration come first.
    provenance : dict
        command, code, seeds, packages, machine, seconds, date.
    """

    name: str
    table: pd.DataFrame
    provenance: dict


def results_folder() -> Path:
    """Return where records are kept.

    That is $UNROLLED_RESULTS if it is set, else book/results of the repository, else (installed
    without one, as in Colab) the copy that came with the package.
    """
    if os.environ.get(ENVIRONMENT):
        return Path(os.environ[ENVIRONMENT])
    repository = Path(__file__).resolve().parents[3] / "book" / "results"
    return repository if repository.exists() else Path(__file__).resolve().parents[1] / "results"


def load_record(name: str, folder: Path | None = None) -> Record:
    """Return the record of a finished experiment.

    Raises
    ------
    RecordError
        If it is not there, is not readable, or its two files do not belong together.
    """
    folder = results_folder() if folder is None else Path(folder)
    table_path, provenance_path = folder / f"{name}.csv", folder / f"{name}.json"
    remake = f"Make it with: python -m unrolled.experiments run {name}"
    for path in (table_path, provenance_path):
        if not path.exists():
            raise RecordError(f"There is no {path.name} in {folder}. {remake}")
    try:
        provenance = json.loads(provenance_path.read_text(encoding="utf-8"))
        table = pd.read_csv(table_path)
    except (ValueError, UnicodeDecodeError) as error:
        raise RecordError(f"The record {name} is broken ({error}). {remake} --fresh") from error
    if not isinstance(provenance, dict) or provenance.get("rows") != len(table):
        expected = provenance.get("rows") if isinstance(provenance, dict) else "unknown"
        raise RecordError(
            f"The record {name} is broken: {table_path.name} has {len(table)} rows, its provenance "
            f"says {expected}. {remake} --fresh"
        )
    return Record(name, table, provenance)


def write_record(record: Record, folder: Path) -> None:
    """Write both files of a record; each appears whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    provenance = record.provenance | {"rows": len(record.table)}
    write_text(folder / f"{record.name}.csv", record.table.to_csv(index=False))
    write_provenance(folder / f"{record.name}.json", provenance)


def write_provenance(path: Path, provenance: dict) -> None:
    """Write a provenance as JSON; the file appears whole or not at all."""
    write_text(path, json.dumps(provenance, indent=2) + "\n")


def pack_logits(logits: np.ndarray) -> str:
    """Return logits ``(N,)`` as text: half precision, little end first, in base 64."""
    return base64.b64encode(np.asarray(logits, dtype="<f2").tobytes()).decode("ascii")


def unpack_logits(text: str) -> np.ndarray:
    """Return the logits ``(N,)`` that `pack_logits` wrote, to three digits."""
    return np.frombuffer(base64.b64decode(text), dtype="<f2").astype(float)


def provenance(command: str, seeds: list[int], seconds: float) -> dict:
    """Return what a reader needs to judge a record and to make it again."""
    return {
        "command": command,
        "code": {"unrolled": __version__, "commit": _commit()},
        "seeds": seeds,
        "packages": {"python": platform.python_version()} | _versions(),
        "machine": _machine(),
        "seconds": round(seconds, 1),
        "date": date.today().isoformat(),
    }


def _versions() -> dict:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def _commit() -> str:
    """Return the commit of the code, with + where files differ from it; "unknown" outside git."""
    if os.environ.get(COMMIT):
        return os.environ[COMMIT]
    here = Path(__file__).parent
    try:
        ask = {"cwd": here, "capture_output": True, "text": True, "check": True, "timeout": 10}
        commit = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], **ask).stdout.strip()
        changed = subprocess.run(["git", "status", "--porcelain", "--", "."], **ask).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return commit + ("+" if changed else "")


def _machine() -> dict:
    machine = {"processor": _processor(), "cores": os.cpu_count()}
    torch = sys.modules.get("torch")  # what has trained has loaded it; to read a record needs none
    if torch is not None and torch.cuda.is_available():
        machine["accelerator"] = torch.cuda.get_device_name()
    return machine


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if "model name" in line)
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
