"""Lighthouse's judgement of a page, on a phone or at a desk, in the system's Chromium.

It runs under node and comes by npm, with `tools/npm_packages.py --dev`.
"""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from npm_packages import NODE, package_file
from site_browser import BROWSERS, find_chromium

CATEGORIES = {
    "performance": "quick",
    "accessibility": "accessible",
    "best-practices": "practices",
    "seo": "findable",
}
FORMS = {"phone": [], "desk": ["--preset=desktop"]}
LONGEST = 300  # seconds


@dataclass(frozen=True)
class Report:
    """What Lighthouse found: points of 100 by category, seconds, the shift, and what it blames."""

    points: dict[str, int]
    largest: float  # seconds until the largest part is painted
    blocked: float  # seconds in which the page could not answer
    shift: float
    blamed: list[str]  # of all categories but performance


def judge(address: str, form: str = "phone", categories: list[str] | None = None) -> Report:
    """Return Lighthouse's report on a page that is served, in one of `FORMS`.

    Raises
    ------
    FileNotFoundError
        If Lighthouse is not installed, or no Chromium.
    RuntimeError
        If it gives no report; the sentence holds its words.
    """
    chromium = find_chromium()
    if chromium is None:
        names = ", ".join(BROWSERS["chromium"].names)
        raise FileNotFoundError(f"Lighthouse needs a Chromium, and none was found ({names}).")
    wanted = categories or list(CATEGORIES)
    command = [
        NODE, package_file("lighthouse", "cli/index.js"), address, "--quiet", "--output=json",
        "--no-enable-error-reporting", f"--only-categories={','.join(wanted)}", *FORMS[form],
        f"--chrome-flags={' '.join(BROWSERS['chromium'].options['args'])}",
    ]  # fmt: skip
    done = subprocess.run(
        command,
        env={**os.environ, "CHROME_PATH": chromium},
        capture_output=True,
        encoding="utf-8",
        timeout=LONGEST,
        check=False,
    )
    told = json.loads(done.stdout) if done.stdout.startswith("{") else {}
    trouble = told.get("runtimeError", {}).get("message")
    if done.returncode or not told or trouble:
        said = trouble or done.stderr.strip()
        raise RuntimeError(f"Lighthouse gave no report on {address}. It said:\n{said}")
    return report(told)


def report(told: dict) -> Report:
    """Return what counts of Lighthouse's own report."""
    audits = told["audits"]

    def measure(name: str) -> float:
        return audits.get(name, {}).get("numericValue", float("nan"))

    blamed = [
        f"{reference['id']}: {audits[reference['id']]['title']}"
        for category, about in told["categories"].items()
        if category != "performance"
        for reference in about["auditRefs"]
        if reference["weight"] and audits[reference["id"]]["score"] not in (None, 1)
    ]
    return Report(
        {name: round(100 * about["score"]) for name, about in told["categories"].items()},
        measure("largest-contentful-paint") / 1e3,
        measure("total-blocking-time") / 1e3,
        measure("cumulative-layout-shift"),
        blamed,
    )


def version() -> str:
    """Return which Lighthouse is installed."""
    path: Path = package_file("lighthouse", "package.json")
    return json.loads(path.read_text(encoding="utf-8"))["version"]
