"""Running an experiment: every configuration once, in parallel, resumable at any moment."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import joblib
import pandas as pd
import torch
from tqdm import tqdm

from unrolled.experiments.records import Record, RecordError, provenance, write_record
from unrolled.experiments.registry import Experiment, Finding


class SchedulerUnreachable(Exception):
    """No Dask scheduler answered; the message says what to do."""


def run(
    experiment: Experiment,
    folder: Path,
    *,
    jobs: int = 1,
    dask: str | None = None,
    fresh: bool = False,
    seeds: Collection[int] | None = None,
    progress: bool = True,
) -> Record | None:
    """Run what is not yet finished of an experiment, then write and return its record.

    Each configuration is measured in one thread, denormal numbers taken as zero (`measuring`).

    Where `seeds` leaves something out that is not finished, nothing is written yet but what was
    found so far, for a later run, and None is returned.

    Parameters
    ----------
    experiment : Experiment
    folder : Path
        Where records are kept.
    jobs : int
        Processes on this machine (joblib).
    dask : str, optional
        Address of a Dask scheduler, such as ``tcp://host:8786``; its workers run the grid instead.
    fresh : bool
        Forget what an interrupted run has finished.
    seeds : collection of int, optional
        Run the configurations with these seeds only.
    progress : bool
        Show a progress bar.

    Raises
    ------
    LookupError
        If no configuration has one of the seeds.
    RecordError
        If the file of finished configurations belongs to another grid or is broken.
    SchedulerUnreachable
        If nobody answers at the Dask address.
    """
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"{experiment.name}.partial.jsonl"
    if fresh:
        partial.unlink(missing_ok=True)
    grid = experiment.grid()
    there = {c["seed"] for c in grid}
    asked = there if seeds is None else set(seeds)
    if asked - there:
        raise LookupError(
            f"{experiment.name} has no seed {min(asked - there)}; "
            f"its seeds are {', '.join(map(str, sorted(there)))}."
        )
    done, seconds = _read_partial(partial, grid)
    pending = [c for c in grid if _key(c) not in done and c["seed"] in asked]
    bar = tqdm(
        total=len(done) + len(pending),
        initial=len(done),
        desc=experiment.name,
        disable=not progress,
    )
    started = time.perf_counter()
    with bar, partial.open("a", encoding="utf-8") as file:
        for configuration, findings in _results(experiment.measure, pending, jobs, dask):
            spent = seconds + time.perf_counter() - started
            line = {"configuration": configuration, "findings": findings, "seconds": spent}
            file.write(json.dumps(line) + "\n")
            file.flush()
            done[_key(configuration)] = findings
            bar.update()
    if len(done) < len(grid):
        return None
    seconds += time.perf_counter() - started
    rows = [c | finding for c in grid for finding in done[_key(c)]]
    command = f"python -m unrolled.experiments run {experiment.name}"
    seeds = sorted({c["seed"] for c in grid})
    record = Record(experiment.name, pd.DataFrame(rows), provenance(command, seeds, seconds))
    write_record(record, folder)
    partial.unlink()
    return record


def _results(measure, pending, jobs, dask) -> Iterator[tuple[dict, list[Finding]]]:
    """Yield each configuration with its findings as soon as they are there, in any order."""
    tasks = (joblib.delayed(_measured)(measure, configuration) for configuration in pending)
    options = {"return_as": "generator_unordered"}
    if dask is None:
        yield from joblib.Parallel(n_jobs=jobs, **options)(tasks)
        return
    with _client(dask), joblib.parallel_config(backend="dask"):
        yield from joblib.Parallel(**options)(tasks)


@contextmanager
def measuring() -> Iterator[None]:
    """Make torch compute in one thread and take denormal numbers as zero, inside a ``with`` block.

    One thread, for a sum that is split between threads is rounded in another order. Denormal
    numbers (below 1e-38 in float32) come up where a gradient vanishes; a processor takes many times
    as long to reckon with them. Both are as they were before when the block ends, however it ends.
    """
    threads, flushed = torch.get_num_threads(), _denormals_are_zero()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        torch.set_flush_denormal(flushed)


def _denormals_are_zero() -> bool:
    """Say whether denormal numbers count as zero now; torch has a switch, but nothing to read."""
    return not (torch.tensor(1e-38) / 100).item()


def _measured(measure, configuration):
    with measuring():
        findings = measure(**configuration)
    return configuration, findings if isinstance(findings, list) else [findings]


def _client(address):
    from distributed import Client

    try:
        return Client(address, timeout="5s", set_as_default=True)
    except (OSError, ValueError) as error:
        raise SchedulerUnreachable(
            f"No Dask scheduler answers at {address} ({error}). Start one with `dask scheduler` "
            "and workers with `dask worker ADDRESS`, or leave --dask out to run on this machine."
        ) from error


def _key(configuration: dict) -> str:
    return json.dumps(configuration, sort_keys=True)


def _read_partial(path: Path, grid: list[dict]) -> tuple[dict[str, list[Finding]], float]:
    """Return finished findings by configuration and the seconds spent on them."""
    if not path.exists():
        return {}, 0.0
    wanted, done, seconds = {_key(c) for c in grid}, {}, 0.0
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    for number, text in enumerate(lines, start=1):
        try:
            line = json.loads(text)
            key, findings, seconds = _key(line["configuration"]), line["findings"], line["seconds"]
        except (ValueError, KeyError, TypeError) as error:
            if number == len(lines) and not text.endswith("\n"):  # killed while it wrote
                path.write_text("".join(lines[:-1]), encoding="utf-8")
                break
            raise RecordError(
                f"Line {number} of {path} is broken ({error}). Delete that line, "
                "or start anew with --fresh."
            ) from error
        if key not in wanted:
            raise RecordError(
                f"{path} holds a configuration that is not in the grid any more: {key}. "
                "The experiment has changed; start anew with --fresh."
            )
        done[key] = findings
    return done, seconds
