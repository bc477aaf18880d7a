"""Do the chapters still hold on other processors? Execute them as if this one were older.

The libraries let one choose the instructions that they use. Each setting below is one kind of
processor. All stored notebooks are compared under each (strict nbval), and then three lists are
printed: outputs that differ, assertions that fail, and assertions that hold by less than their
value moved between the settings, so that one more processor might fail them.

    python tools/processors.py                                  every chapter, every setting
    python tools/processors.py book/gates/gru.ipynb --only avx2
    eval "$(python tools/processors.py --environment avx2)"     the same setting for any command
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from numpy._core import _multiarray_umath as numpy_cpu

import chapters as pairs
from assertion_margins import LOG, cell_key

ROOT = pairs.ROOT
STARTUP = """
import sys
sys.path.append({tools!r})
import assertion_margins
assertion_margins.install(get_ipython())
sys.path.pop()
del sys, assertion_margins
"""
COLOUR = re.compile(r"(?:\x1b|#x1B)\[[\d;]*m")
CELL = re.compile(r"\bCell (\d+)$")  # nbval counts from 0
# What each library calls its instruction sets; numpy's names are what it may still use.
LIBRARIES = {
    "default": {},
    "avx2": {
        "ATEN_CPU_CAPABILITY": "avx2",
        "DNNL_MAX_CPU_ISA": "AVX2",
        "MKL_ENABLE_INSTRUCTIONS": "AVX2",
        "OPENBLAS_CORETYPE": "Haswell",
    },
    "baseline": {
        "ATEN_CPU_CAPABILITY": "default",
        "DNNL_MAX_CPU_ISA": "SSE41",
        "MKL_ENABLE_INSTRUCTIONS": "SSE4_2",
        "MKL_CBWR": "COMPATIBLE",  # where MKL does not know the processor's maker
        "OPENBLAS_CORETYPE": "Nehalem",
    },
}
NUMPY_KEEPS = {"avx2": {"X86_V3", "AVX2", "FMA3", "F16C", "AVX"}, "baseline": set()}


@dataclass
class Findings:
    """What one setting brought to light, by cell."""

    compared: int = 0
    differ: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    slacks: dict[tuple[str, str, int], float] = field(default_factory=dict)


def environment(setting: str) -> dict[str, str]:
    """Return the variables that make the libraries play a processor.

    A machine can only play what it is itself, or less: on one without AVX-512 "default" and
    "avx2" are the same.
    """
    variables = dict(LIBRARIES[setting])
    if setting in NUMPY_KEEPS:
        there = numpy_cpu.__cpu_features__
        drop = [
            name
            for name in numpy_cpu.__cpu_dispatch__
            if there.get(name) and name not in NUMPY_KEEPS[setting]
        ]
        variables["NPY_DISABLE_CPU_FEATURES"] = ",".join(drop)
    return {name: value for name, value in variables.items() if value}


def compare(notebooks: list[Path], setting: str, workers: int) -> Findings:
    """Run strict nbval over notebooks under one setting, and return what it finds."""
    with tempfile.TemporaryDirectory() as folder:
        startup = Path(folder, "ipython", "profile_default", "startup", "margins.py")
        startup.parent.mkdir(parents=True)
        startup.write_text(STARTUP.format(tools=str(ROOT / "tools")), encoding="utf-8")
        margins, report = Path(folder, "margins.jsonl"), Path(folder, "report.xml")
        margins.touch()
        told = {"IPYTHONDIR": str(Path(folder, "ipython")), LOG: str(margins)}
        told |= {"OMP_NUM_THREADS": "1", "JUPYTER_PREFER_ENV_PATH": "1"}
        command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "-q"]
        command += ["--nbval-sanitize-with", str(ROOT / "tests" / "nbval_sanitize.cfg")]
        command += ["--junitxml", str(report), "-o", "junit_family=xunit1"]
        command += ["-n", str(workers), "--dist", "loadfile"] if workers > 1 else ["-p", "no:xdist"]
        command += ["-p", "no:cacheprovider", *map(str, notebooks)]
        run = subprocess.run(
            command,
            env=os.environ | environment(setting) | told,
            cwd=ROOT,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        if run.returncode not in (0, 1):  # neither passed nor failed: pytest itself broke
            sys.exit(run.stdout + run.stderr)
        return read_findings(report, margins)


def read_findings(report: Path, margins: Path) -> Findings:
    """Return what pytest's report and the log of the assertions say."""
    found = Findings()
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        found.compared += 1
        failure = case.find("failure")
        if failure is None:
            failure = case.find("error")
        if failure is None:
            continue
        text = COLOUR.sub("", failure.text or failure.get("message", ""))
        where = CELL.sub(lambda match: f"code cell {int(match[1]) + 1}", case.get("name", ""))
        (found.differ if "Cell outputs differ" in text else found.failed)[where] = text
    seen: dict[tuple[str, str], int] = defaultdict(int)
    for line in margins.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        key = entry["cell"], entry["assertion"]
        found.slacks[*key, seen[key]] = entry["slack"]
        seen[key] += 1
    return found


def narrow(settings: dict[str, Findings]) -> dict[tuple[str, str], tuple[float, float]]:
    """Return the assertions that hold by less than they moved: smallest slack, and the movement."""
    found: dict[tuple[str, str], tuple[float, float]] = {}
    every = [setting.slacks for setting in settings.values()]
    for key in set.intersection(*map(set, every)):
        values = [slacks[key] for slacks in every]
        moved, least = max(values) - min(values), min(map(abs, values))
        if least < moved:
            known = found.get(key[:2])
            if known is None or least / moved < known[0] / known[1]:
                found[key[:2]] = least, moved
    return found


def places(notebooks: list[Path]) -> dict[str, str]:
    """Return chapter and number of each code cell, by its key."""
    found = {}
    for path in notebooks:
        for number, cell in enumerate(pairs.code_cells(nbformat.read(path, as_version=4)), 1):
            name = f"{pairs.relative(path.resolve())} code cell {number}"
            found.setdefault(cell_key(cell.source), name)
    return found


def last_lines(text: str, count: int = 12) -> str:
    """Return the end of a failure, indented."""
    lines = [line for line in text.splitlines() if line.strip()]
    return "\n".join(f"      {line[:160]}" for line in lines[-count:])


def report(settings: dict[str, Findings], where: dict[str, str]) -> int:
    """Print the three lists; return how many cells differ or fail."""
    wrong = 0
    for setting, found in settings.items():
        wrong += len(found.differ) + len(found.failed)
        print(
            f"\n=== {setting}: {found.compared} cells, {len(found.differ)} outputs differ, "
            f"{len(found.failed)} cells fail"
        )
        for title, cells in (("differs", found.differ), ("fails", found.failed)):
            for cell, text in cells.items():
                print(f"  {title}: {cell}\n{last_lines(text)}")
    if len(settings) > 1:
        close = narrow(settings)
        print(f"\n=== {len(close)} assertions hold by less than they moved between the settings")
        for (cell, text), (least, moved) in sorted(
            close.items(), key=lambda item: where.get(item[0][0], "")
        ):
            print(f"  {where.get(cell, 'a cell that is not stored')}: assert {text[:110]}")
            print(f"      holds by {least:.3g}, moved by {moved:.3g}")
    return wrong


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", type=Path, help="stored chapters (default: all)")
    parser.add_argument("--only", choices=LIBRARIES, action="append", help="one setting")
    parser.add_argument("--workers", type=int, default=2, help="chapters at the same time")
    parser.add_argument("--environment", choices=LIBRARIES, help="print a setting's variables")
    arguments = parser.parse_args()
    if arguments.environment:
        for name, value in environment(arguments.environment).items():
            print(f"export {name}={shlex.quote(value)}")
        return
    notebooks = [path.resolve() for path in arguments.notebooks]
    notebooks = notebooks or [pairs.stored_path(chapter) for chapter in pairs.find_chapters()]
    for path in notebooks:
        if path.suffix != ".ipynb" or not path.exists():
            parser.error(
                f"{path} is no stored chapter: give the .ipynb that `make notebooks` wrote"
            )
    settings = {}
    for setting in arguments.only or LIBRARIES:
        print(f"{setting}: {environment(setting) or 'nothing set'}", flush=True)
        settings[setting] = compare(notebooks, setting, arguments.workers)
    wrong = report(settings, places(notebooks))
    sys.exit(f"\n{wrong} cells differ or fail." if wrong else 0)


if __name__ == "__main__":
    main()
