"""Labelled texts whose training, validation and test stand in files of their own."""

from __future__ import annotations

from pathlib import Path

from unrolled.data.labelled.cleaning import check_share, sort_out
from unrolled.data.labelled.options import Options
from unrolled.data.labelled.reading import labelled_texts, rows_of
from unrolled.data.labelled.rows import LabelledError, Row, WholeFile
from unrolled.data.labelled.split import PARTS, SHARES, Parts, split


def read_labelled_parts(
    train: str | Path,
    valid: str | Path | None = None,
    test: str | Path | None = None,
    *,
    seed: int,
    shares: tuple[float, float, float] = SHARES,
    order: str = "random",
    **options,
) -> Parts:
    """Return the labelled texts of separate files or folders, with one report on all of them.

    Parameters
    ----------
    train, valid, test : str or pathlib.Path
        What is not given is drawn from the training texts, as
        `unrolled.data.labelled.split.split` does.
    seed, shares, order
        Of that draw.
    **options
        Of `unrolled.data.labelled.reading.read_labelled`, but for `split_column`; they hold for
        all files. A row counts as bad in the share of its own file.

    Returns
    -------
    Parts
        Classes are those of all files. A text that stands in two files, or nearly, is left out of
        the earlier part: out of training if it is tested on (see `split`).

    Raises
    ------
    LabelledError
        As `read_labelled` and `split` do; also if one file was given twice, or validation or test
        has a class that training has not.
    ValueError
        If an argument has no meaning.
    """
    given = {
        name: Path(path)
        for name, path in zip(PARTS, (train, valid, test), strict=True)
        if path is not None
    }
    chosen = Options(**options)
    source = ", ".join(map(str, given.values()))
    _check_apart(given, chosen)
    good, noted, counts, roles = [], [], {}, ()
    for name, path in given.items():
        rows, roles = rows_of(path, chosen)
        rows = [_in_part(row, path, name) for row in rows]
        used, more = sort_out(rows, (*roles, "split"))
        check_share(str(path), len(rows), more, chosen.most_left_out)
        counts[str(path)] = len(rows)
        good += used
        noted += more
    labelled = labelled_texts(
        source,
        good,
        (*roles, "split"),
        noted,
        chosen,
        rows=sum(counts.values()),
        files=counts,
    )
    return split(labelled, seed=seed, shares=shares, order=order)


def _in_part(row, path, part):
    """Return a row with the name of its file, and its part as the last value."""
    where = WholeFile(f"{path.as_posix()}/{row.where}") if row.where else str(path)
    values = (*row.values, part) if row.values else ()
    return Row(row.number, values, row.reason, where, row.detail)


def _check_apart(given, options):
    """Raise ``LabelledError`` if one file has two parts, or a column shall tell the parts too."""
    if options.split_column is not None:
        raise LabelledError(
            f"{given['train']}: the column {options.split_column!r} was named for the parts, and "
            "files for the parts as well; expected one of both. Leave the column or the files out."
        )
    seen: dict = {}
    for name, path in given.items():
        other = seen.setdefault(path.resolve(), name)
        if other != name:
            raise LabelledError(
                f"{path} was named for {other} and for {name}; expected a file for each. Name "
                "another one, or leave it out: that part is then drawn from training."
            )
