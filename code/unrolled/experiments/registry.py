"""Which experiments there are. Each module declares its own and is imported when it is wanted.

A module that measures ends with ``EXPERIMENTS``, a list of `Experiment`. The names are read from
these lines without running them: so `find` imports one module, not all, and this one needs no
PyTorch.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

Finding = dict[str, object]


@dataclass(frozen=True)
class Experiment:
    """A named question with a grid of configurations.

    Parameters
    ----------
    name : str
        As it is typed: ``run NAME``.
    question : str
        One line.
    grid : callable
        Returns the configurations: dicts of plain numbers and strings, each with a ``seed``.
    measure : callable
        ``measure(**configuration)`` returns a finding (a dict) or a list of findings. It must
        seed everything from ``seed`` and be importable, for it runs in other processes.
    minutes : float
        How long the whole takes on two cores, roughly.
    """

    name: str
    question: str
    grid: Callable[[], list[dict]]
    measure: Callable[..., Finding | list[Finding]]
    minutes: float


def find(name: str) -> Experiment:
    """Return the experiment of that name; only the module that declares it is imported.

    Raises
    ------
    LookupError
        If there is none; the message lists those there are.
    """
    if name not in modules():
        known = ", ".join(sorted(modules()))
        raise LookupError(f"There is no experiment named {name!r}. Known: {known}.")
    module = import_module(f"unrolled.experiments.{modules()[name]}")
    return next(experiment for experiment in module.EXPERIMENTS if experiment.name == name)


@cache
def modules() -> dict[str, str]:
    """Return the name of each experiment and of the module that declares it; none is imported."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    return {name: file.stem for file in files for name in declared(file.read_text("utf-8"))}


def declared(source: str) -> list[str]:
    """Return the names in a module's ``EXPERIMENTS = [Experiment("name", ...), ...]``."""
    for statement in ast.parse(source).body:
        match statement:
            case ast.Assign(targets=[ast.Name("EXPERIMENTS")], value=ast.List(experiments)):
                return [experiment.args[0].value for experiment in experiments]
    return []
