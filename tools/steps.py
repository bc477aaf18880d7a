"""How the targets of `pipeline.py` are declared, made and run, with the standard library alone.

Programs of the environment are called as modules, since the scripts beside its Python hold its
path: they break where that is long, or has spaces.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WINDOWS = os.name == "nt"
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT.joinpath(*(("Scripts", "python.exe") if WINDOWS else ("bin", "python")))
READY = ENVIRONMENT / "ready"
REQUIREMENTS = ("requirements.txt", "requirements-data.txt", "constraints.txt")
PINS = [ROOT / name for name in (*REQUIREMENTS, "pyproject.toml")]
LOCK = ROOT / "package-lock.json"
SEARCH = ROOT / "node_modules" / ".package-lock.json"  # npm itself writes it
PROVERS = ROOT / "node_modules" / ".provers"
SITE = ROOT / "_build" / "html"
# What NAME=value may set, on the command line or in the environment, and what holds otherwise.
SETTINGS = {
    **dict.fromkeys(("ALL", "OVERWRITE", "OFFER", "PAGES", "CHAPTERS", "PROCESSOR"), ""),
    **dict.fromkeys(("URL", "SITE_URL"), ""),
    **{"PORT": "8000", "PYTHONS": "3.11 3.12 3.13"},
}


class Failed(Exception):
    """A target cannot be made: the sentence that says why, and the exit status."""

    def __init__(self, sentence: str, status: int = 2):
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class Target:
    """What one does, after which others, and whether each of its processes gets one thread."""

    does: Callable[[], None]
    needs: tuple[str, ...]
    one_thread: bool
    listed: bool


TARGETS: dict[str, Target] = {}


def target(*needs: str, one_thread: bool = False, listed: bool = True):
    """Declare the target that a function makes, by its name; its first line says what it does."""

    def declare(does: Callable[[], None]) -> Callable[[], None]:
        name = does.__name__.strip("_").replace("_", "-")
        TARGETS[name] = Target(does, needs, one_thread, listed)
        return does

    return declare


##### How things are run


def setting(name: str) -> str:
    """Return what the user has set, or what holds otherwise."""
    return os.environ.get(name) or SETTINGS[name]


def prepare_environment(variables: dict[str, str]) -> None:
    """Set what all processes need, in the variables that they inherit."""
    # The kernel named python3 is the environment's own, whatever the user has installed elsewhere.
    variables |= {"JUPYTER_PREFER_ENV_PATH": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    if WINDOWS:  # elsewhere all is UTF-8 anyway
        variables.setdefault("PYTHONUTF8", "1")
    elif not os.access(variables.get("HOME", ""), os.W_OK):
        # Jupyter, IPython and matplotlib write into the home folder; nobody can write into this.
        home = ROOT / "_build" / "home"
        variables["HOME"] = str(home)
        with suppress(OSError):
            home.mkdir(parents=True, exist_ok=True)


def call(*command: object) -> None:
    """Run a command in the root of the repository; say which, and stop where it fails."""
    words = [str(word) for word in command]
    print(shlex.join(words), flush=True)
    try:
        status = subprocess.run(words, cwd=ROOT, check=False).returncode
    except OSError as error:
        again = f" Remove {ENVIRONMENT} and try again." if words[0] == str(PYTHON) else ""
        raise Failed(f"{words[0]} cannot be run ({error.strerror}).{again}") from error
    if status:
        raise Failed(f"FAILED (exit status {status}): {shlex.join(words)}", max(status, 1))


def tool(name: str, *arguments: object) -> None:
    """Run a script of this folder with the environment's Python."""
    call(PYTHON, ROOT / "tools" / f"{name}.py", *arguments)


def module(name: str, *arguments: object) -> None:
    """Run a module of the environment as a program (-P: this folder's own names hide nothing)."""
    call(PYTHON, "-P", "-m", name, *arguments)


def pip(*arguments: object) -> None:
    """Run the environment's pip."""
    module("pip", *arguments[:1], "--quiet", "--disable-pip-version-check", *arguments[1:])


def is_older(made: Path, sources: Iterable[Path]) -> bool:
    """Say whether a file is missing, or older than one of what it is made from."""
    if not made.exists():
        return True
    return any(source.stat().st_mtime_ns > made.stat().st_mtime_ns for source in sources)


##### The command line


def make(name: str, made: set[str]) -> set[str]:
    """Make a target after all that it needs, and return what is made now."""
    if name in made:
        return made
    for need in TARGETS[name].needs:
        made = make(need, made)
    before = os.environ.get("OMP_NUM_THREADS")
    if TARGETS[name].one_thread:
        # Two workers with one thread each are quicker than two that fight over the cores.
        os.environ["OMP_NUM_THREADS"] = "1"
    try:
        TARGETS[name].does()
    finally:
        os.environ.pop("OMP_NUM_THREADS", None)
        if before is not None:
            os.environ["OMP_NUM_THREADS"] = before
    return made | {name}


def main(arguments: list[str]) -> int:
    """Make each target that is named, in turn; return 0, or a status after a sentence."""
    told = dict(word.split("=", 1) for word in arguments if "=" in word)
    wanted = [word for word in arguments if "=" not in word] or ["help"]
    unknown = [*(name for name in wanted if name not in TARGETS), *(set(told) - set(SETTINGS))]
    if unknown:
        listed = ", ".join(name for name, one in TARGETS.items() if one.listed)
        print(
            f"Unknown: {', '.join(unknown)}. Targets are {listed}; "
            f"what NAME=value may set is {', '.join(SETTINGS)}.",
            file=sys.stderr,
        )
        return 2
    for stream in (sys.stdout, sys.stderr):  # names of folders may hold any letter
        stream.reconfigure(encoding="utf-8" if WINDOWS else None, errors="backslashreplace")
    os.environ |= told
    prepare_environment(os.environ)
    made: set[str] = set()
    try:
        for name in wanted:
            made = make(name, made)
    except Failed as failure:
        print(failure, file=sys.stderr)
        return failure.status
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        print(f"{error.filename}: {error.strerror}.", file=sys.stderr)
        return 2
    return 0
