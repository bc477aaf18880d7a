"""How a source of labelled texts is to be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from unrolled.data.labelled.files import KINDS
from unrolled.data.labelled.rows import ROLES, LabelledError


@dataclass(frozen=True, kw_only=True)
class Options:
    """The options of `unrolled.data.labelled.reading.read_labelled`, which says what each means.

    Raises
    ------
    LabelledError
        If the delimiter is none.
    ValueError
        If another one has no meaning.
    """

    text_column: str | None = None
    label_column: str | None = None
    group_column: str | None = None
    split_column: str | None = None
    encoding: str | None = None
    classes: Sequence[str] | None = None
    kind: str | None = None
    delimiter: str | None = None
    quotes: bool = True
    most_left_out: float = 0.05
    least_rows: int = 3
    duplicates: str = "first"
    contradictions: str = "keep"

    def __post_init__(self):
        for name, known in {
            "duplicates": ("first", "keep"),
            "contradictions": ("keep", "drop"),
            "kind": (None, *sorted(set(KINDS.values()))),
        }.items():
            if getattr(self, name) not in known:
                raise ValueError(
                    f"{name} is {getattr(self, name)!r}; expected {' or '.join(map(repr, known))}."
                )
        if not 0 <= self.most_left_out <= 1:
            raise ValueError(f"most_left_out is {self.most_left_out}; expected a share, 0 to 1.")
        if self.least_rows < 1:
            raise ValueError(f"least_rows is {self.least_rows}; expected 1 or more.")
        mark = self.delimiter
        if mark is not None and mark != "\\t" and (len(mark) != 1 or mark in '"\r\n\0 '):
            raise LabelledError(
                f"The delimiter is {mark!r}; expected the one mark that stands between fields, "
                "such as ',', ';', '|' or '\\t' for a tab."
            )

    @property
    def roles(self) -> tuple[str, ...]:
        """Return what is read of each row: text, label, and which of group and split is named."""
        return tuple(r for r in ROLES if r in ROLES[:2] or getattr(self, f"{r}_column") is not None)

    @property
    def columns(self) -> list[str | None]:
        """Return the columns of the roles; None where text or label have none."""
        return [getattr(self, f"{role}_column") for role in self.roles]

    @property
    def named(self) -> list[str]:
        """Return the columns that were named."""
        return [column for column in self.columns if column is not None]

    @property
    def labels_are(self) -> str:
        """Return how errors call the place where labels stand."""
        return "subfolders" if self.label_column is None else f"column {self.label_column!r}"

    def check_apart(self, path: Path) -> None:
        """Raise ``LabelledError`` if a column was named for two roles."""
        twice = [column for column in self.named if self.named.count(column) > 1]
        if twice:
            raise LabelledError(
                f"{path}: the column {twice[0]!r} was named for two purposes; expected a column "
                "for each. Name another one."
            )
