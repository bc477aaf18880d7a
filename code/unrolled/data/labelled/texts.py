"""Labelled texts: N texts, each of one of K classes, and where each stands in its source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from unrolled.data.labelled.report import Report


@dataclass(frozen=True)
class LabelledTexts:
    """N texts, each of one of K classes.

    Parameters
    ----------
    texts : tuple of str
        As they stand in the source, white space around them included.
    labels : numpy.ndarray
        ``(N,)`` int64, the place of each text's class in `classes`.
    classes : tuple of str
        The K names as written: numbers by size if all are numbers, else in the order of their
        characters, unless the caller has stated another order.
    rows : numpy.ndarray
        ``(N,)`` int64 row of each text in the source. In a table the header is row 1, as in a
        spreadsheet; in JSON lines a row is a line; Parquet and folders count from 1.
    groups : tuple of str or None
        What belongs together, such as an author.
    splits : tuple of str or None
        The name of the part that the source puts each text into.
    report : Report or None
        What was read.
    files : tuple of str or None
        The file of each text, where there are several.

    Raises
    ------
    ValueError
        If the sizes do not fit together, or a label is no place in `classes`.
    """

    texts: tuple[str, ...]
    labels: np.ndarray
    classes: tuple[str, ...]
    rows: np.ndarray
    groups: tuple[str, ...] | None = None
    splits: tuple[str, ...] | None = None
    report: Report | None = None
    files: tuple[str, ...] | None = None

    def __post_init__(self):
        each = (self.labels, self.rows, self.groups, self.splits, self.files)
        sizes = {len(self.texts), *(len(values) for values in each if values is not None)}
        if len(sizes) > 1:
            raise ValueError(
                f"LabelledTexts got values of {sorted(sizes)} rows; expected one label, row, "
                "group, split and file for each text."
            )
        outside = [k for k in np.unique(self.labels).tolist() if not 0 <= k < len(self.classes)]
        if outside:
            raise ValueError(
                f"LabelledTexts got the label {outside[0]}; expected 0 to {len(self.classes) - 1}, "
                "a place in classes."
            )

    def __len__(self):
        """Return N."""
        return len(self.texts)

    @property
    def counts(self) -> dict[str, int]:
        """Return the number of texts of each class."""
        found = np.bincount(self.labels, minlength=len(self.classes))
        return dict(zip(self.classes, found.tolist(), strict=True))

    @property
    def source(self) -> str:
        """Return what errors call the source."""
        return "The texts" if self.report is None else self.report.source

    def place(self, k: int) -> tuple[int, str]:
        """Return row and file (empty if there is only one) of the text at a place."""
        return int(self.rows[k]), "" if self.files is None else self.files[k]

    def take(self, places: Iterable[int]) -> LabelledTexts:
        """Return the texts at these places, in this order; classes stay, the report does not."""
        places = np.asarray(list(places), dtype=np.int64)

        def chosen(values):
            return None if values is None else tuple([values[place] for place in places.tolist()])

        return LabelledTexts(
            chosen(self.texts),
            self.labels[places],
            self.classes,
            self.rows[places],
            chosen(self.groups),
            chosen(self.splits),
            files=chosen(self.files),
        )
