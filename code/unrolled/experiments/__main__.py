"""The command line: ``python -m unrolled.experiments list | run | show | weights``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from unrolled.experiments import weights
from unrolled.experiments.records import RecordError, load_record, results_folder
from unrolled.experiments.registry import find, modules
from unrolled.experiments.runner import SchedulerUnreachable, run


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(prog="python -m unrolled.experiments", description=__doc__)
    top.add_argument("--results", type=Path, help="folder of the records (default: book/results)")
    commands = top.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="name every experiment, its question and its record")
    show = commands.add_parser("show", help="print a record and its provenance")
    show.add_argument("name")
    start = commands.add_parser("run", help="run an experiment, or go on with an interrupted one")
    start.add_argument("name")
    start.add_argument("--jobs", type=int, default=1, help="processes on this machine")
    start.add_argument("--dask", metavar="ADDRESS", help="let a Dask scheduler's workers run it")
    start.add_argument("--seed", type=int, action="append", help="only this one; may be repeated")
    start.add_argument("--fresh", action="store_true", help="forget an interrupted run")
    store = commands.add_parser("weights", help="train a network that a chapter reads; store it")
    store.add_argument("name")
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return 0, or 2 after a sentence on what to do."""
    options = parser().parse_args(arguments)
    folder = options.results or results_folder()
    try:
        if options.command == "list":
            _list(folder)
        elif options.command == "show":
            _show(find(options.name).name, folder)
        elif options.command == "weights":
            print(weights.store(options.name, folder), end=" ")
            print(f"The weights are in {folder / (options.name + '.npz')}.")
        else:
            experiment = find(options.name)
            record = run(
                experiment,
                folder,
                jobs=options.jobs,
                dask=options.dask,
                fresh=options.fresh,
                seeds=options.seed,
            )
            if record is None:
                print(f"Findings so far: {folder / (experiment.name + '.partial.jsonl')}")
            else:
                print(f"{len(record.table)} rows in {folder / (record.name + '.csv')}")
    except (RecordError, SchedulerUnreachable, LookupError) as error:
        print(error.args[0], file=sys.stderr)
        return 2
    except OSError as error:  # a folder that may not be written, a full disk
        where = "" if error.filename is None else f"{error.filename}: "
        print(
            f"{where}{error.strerror}. Name a folder that can be written, before the command: "
            f"--results FOLDER {options.command} ...",
            file=sys.stderr,
        )
        return 2
    except KeyboardInterrupt:
        print("Stopped. What was finished is kept; the same command goes on.", file=sys.stderr)
        return 130
    return 0


def _list(folder: Path) -> None:
    for experiment in map(find, sorted(modules())):
        partial = folder / f"{experiment.name}.partial.jsonl"
        state = "recorded" if (folder / f"{experiment.name}.csv").exists() else "no record"
        state = "interrupted" if partial.exists() else state
        size = len(experiment.grid())
        print(f"{experiment.name:18} {state:12} {size:4} runs  {experiment.question}")


def _show(name: str, folder: Path) -> None:
    record = load_record(name, folder)
    print(record.table.to_string(index=False))
    for key, value in record.provenance.items():
        print(f"{key}: {value}")


if __name__ == "__main__":
    sys.exit(main())
