"""The targets of `tools/run.py` and of the Makefile, which calls it: one pipeline on every system.

Each target makes what it needs, once: the environment, npm's packages, the site. Whatever runs
before the environment is there stands here, so this module needs the standard library alone.
Programs of the environment are called as modules, since the scripts beside its Python hold its
path: they break where that is long, or has spaces.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from run_parts import report, run_parts

ROOT = Path(__file__).resolve().parents[1]
WINDOWS = os.name == "nt"
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT.joinpath(*(("Scripts", "python.exe") if WINDOWS else ("bin", "python")))
READY = ENVIRONMENT / "ready"
PINS = [ROOT / name for name in ("requirements.txt", "constraints.txt", "pyproject.toml")]
LOCK = ROOT / "package-lock.json"
SEARCH = ROOT / "node_modules" / ".package-lock.json"  # npm itself writes it
PROVERS = ROOT / "node_modules" / ".provers"
SITE = ROOT / "_build" / "html"
PROOF = ("lint", "test-package", "test-chapters", "book", "test-browser")  # the quickest first
BOOK = "import sys; from jupyter_book.cli.main import main; sys.exit(main())"  # has no -m
NBVAL = [
    *("--nbval", "--nbval-current-env", "--nbval-sanitize-with", "tests/nbval_sanitize.cfg"),
    *("-n", "2", "--dist", "loadfile"),
]
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


##### Environment


@target()
def venv() -> None:
    """Make the environment .venv (pinned; a few minutes, once)"""
    if not is_older(READY, PINS):
        return
    if not os.access(ROOT, os.W_OK):
        raise Failed(
            f"{ROOT} cannot be written, and the environment goes into it. "
            "Work in a copy that you may write to."
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ModuleNotFoundError:
        raise Failed(
            f"{sys.executable} lacks its venv module. "
            "On Debian and Ubuntu: apt install python3-venv"
        ) from None
    in_use = WINDOWS and Path(sys.prefix).resolve() == ENVIRONMENT.resolve()
    if not in_use:  # Windows writes over no program that runs
        call(sys.executable, "-m", "venv", ENVIRONMENT)
    pip("install", "-r", "requirements.txt", "-c", "constraints.txt")
    pip("install", "--no-deps", "--editable", ".")
    READY.touch()


@target("venv", listed=False)
def search() -> None:
    """Install what the site takes from npm"""
    if is_older(SEARCH, [LOCK]):
        tool("npm_packages")


@target("venv", listed=False)
def provers() -> None:
    """Install what only proofs and measures take from npm, too"""
    if is_older(PROVERS, [LOCK, READY]):
        tool("npm_packages", "--dev")
        PROVERS.touch()


##### The book


@target("venv", "search", one_thread=True)
def book() -> None:
    """Build the site, warnings are errors; print where it is"""
    tool("seed_cache")
    settings = ["--config", "_config.yml", "--toc", ROOT / "_toc.yml", "--path-output", "."]
    call(PYTHON, "-P", "-c", BOOK, "build", "book", *settings, "-W", "-n", "--keep-going")
    print("The site:", (SITE / "index.html").as_uri(), flush=True)


@target("venv", listed=False)
def browser_that_prints() -> None:
    """Stop where no browser can make a PDF, before the site is built for it"""
    tool("book_pdf", "--can")


@target("browser-that-prints", "book")
def pdf() -> None:
    """The whole book as one PDF, made by Chromium (OFFER=1: linked from the site's front page)"""
    tool("book_pdf", *["--offer"] * bool(setting("OFFER")))


@target("book")
def serve() -> None:
    """Build the site and serve it on localhost (PORT=8000)"""
    port = setting("PORT")
    print(f"Open http://localhost:{port}/ and stop with Ctrl-C.", flush=True)
    module("http.server", port, "--bind", "localhost", "--directory", SITE)


@target("venv")
def lab() -> None:
    """Open the chapters in JupyterLab, each .md paired with its .ipynb"""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if root:
        print(
            "You are root, so JupyterLab is started with --allow-root: "
            "only you should reach this machine.",
            flush=True,
        )
    first = "--LabApp.default_url=/lab/tree/book/recurrence/rnn.ipynb"
    module("jupyterlab", *["--allow-root"] * root, first)


@target("venv", one_thread=True)
def notebooks() -> None:
    """Execute the chapters that changed into the .ipynb beside them (ALL=1: every chapter)"""
    wanted = {"--all": setting("ALL"), "--overwrite": setting("OVERWRITE")}
    tool("execute_chapters", *[flag for flag, value in wanted.items() if value])


@target("venv")
def runtimes() -> None:
    """Execute every chapter, measure it, and write book/results/runtimes.csv"""
    tool("execute_chapters", "--all")


@target("venv")
def repository() -> None:
    """Set the repository's address everywhere: URL=https://... [SITE_URL=...] (empty removes it)"""
    tool("repository", setting("URL"), "--site", setting("SITE_URL"))


@target("book", "provers")
def measures() -> None:
    """How quick, light and accessible pages are, also on a slow phone (PAGES="map": others)"""
    tool("measures", *setting("PAGES").split())


@target("book")
def budgets() -> None:
    """How long each page is to read, measured on the built site (writes the table)"""
    tool("budgets")


##### Proof


@target("venv")
def test() -> None:
    """Everything that proves the project, quickest first (PROCESSOR=avx2: as on an older one)"""
    played = as_processor(setting("PROCESSOR")) if setting("PROCESSOR") else {}
    command = [sys.executable, str(ROOT / "tools" / "run.py")]

    def run(part: str) -> int:
        return subprocess.run([*command, part], env=os.environ | played, check=False).returncode

    wrong = report(list(PROOF), *run_parts(list(PROOF), run))
    if wrong:
        raise Failed(wrong, 1)


def as_processor(name: str) -> dict[str, str]:
    """Return the variables that make the libraries play a processor, as its tool prints them."""
    command = [str(PYTHON), str(ROOT / "tools" / "processors.py"), "--environment", name]
    done = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", check=False)
    if done.returncode:
        raise Failed(f"There is no processor {name!r} to play.", done.returncode)
    exports = map(shlex.split, done.stdout.splitlines())  # export NAME=value
    return dict(pair.split("=", 1) for _, pair in exports)


@target("provers")
def lint() -> None:
    """Style and format of the Python code; whether all promised browsers have what the site uses"""
    module("ruff", "check")
    module("ruff", "format", "--check")
    tool("browser_support")


@target("venv")
def format_() -> None:
    """Mend what `lint` finds and can mend"""
    module("ruff", "check", "--fix")
    module("ruff", "format")


@target("venv", "search", one_thread=True)
def test_package() -> None:
    """Tests of the package `unrolled` and of tools/"""
    others = ["--ignore", "tests/book/test_chapters.py", "--ignore", "tests/site"]
    module("pytest", "-n", "2", "--benchmark-disable", *others)


@target("venv", one_thread=True)
def test_chapters() -> None:
    """Form and pairing of the chapters, then every stored output again (strict nbval)"""
    module("pytest", "tests/book/test_chapters.py")
    module("pytest", *NBVAL, "book")


@target("venv")
def test_processors() -> None:
    """The chapters as on older processors: what differs (CHAPTERS=book/x/y.ipynb: some)"""
    tool("processors", *setting("CHAPTERS").split())


@target("book", "test-browser")
def test_site() -> None:
    """Build the site, then test it"""


@target("provers")
def test_browser() -> None:
    """Links of the site as built, and its pages in Chromium and Firefox"""
    module("pytest", "-n", "2", "tests/site")


@target("venv")
def test_resolve() -> None:
    """Ask the package index whether the pins can be had for each Python (installs nothing)"""
    for version in setting("PYTHONS").split():
        asked = ["--dry-run", "--ignore-installed", "--only-binary=:all:"]
        where = ["--python-version", version, "--target", "_build/resolve"]
        pip("install", *asked, *where, "-r", "requirements.txt", "-c", "constraints.txt")
        print(f"Python {version}: all pins can be had", flush=True)


@target("venv", one_thread=True)
def bench() -> None:
    """Measure the speed of the package"""
    module("pytest", "tests/benchmarks", "--benchmark-only")


@target()
def clean() -> None:
    """Remove what was built (keep the environment)"""
    if (ROOT / "_build").exists():
        shutil.rmtree(ROOT / "_build")


@target()
def help_() -> None:
    """List the targets"""
    for name, one in TARGETS.items():
        if one.listed:
            print(f"  {name:15} {one.does.__doc__}")
    print("Say: python tools/run.py TARGET [NAME=value], or make TARGET [NAME=value]")


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
