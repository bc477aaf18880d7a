"""Lay a chapter's file out as its notebook stores it, so that the pair stays equal for JupyterLab.

A notebook file sorts the keys of a cell's metadata; jupytext compares the two as text. So the keys
in the Markdown are put in alphabetical order, too. A byte-order mark and carriage returns go.
`make notebooks` does this before it looks at anything else.
"""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from chapters import read_text

METADATA = re.compile(r"^(```+\{code-cell\}[^\n]*\n---\n)(.*?\n)(---\n)", re.MULTILINE | re.DOTALL)

MAPPING = re.compile(r" *[\w-]+: *")  # a key alone on its line: its value is on the lines below


def tidy(chapter: Path) -> bool:
    """Lay a chapter out as it should be; say whether that changed the file."""
    before = chapter.read_bytes()
    after = with_sorted_metadata(read_text(chapter)).encode()
    if before != after:
        chapter.write_bytes(after)
    return before != after


def with_sorted_metadata(text: str) -> str:
    """Return Markdown in which the metadata of each code cell is in alphabetical order."""
    return METADATA.sub(lambda match: match[1] + sorted_yaml(match[2]) + match[3], text)


def sorted_yaml(block: str) -> str:
    """Return a YAML mapping, each value as it was written, its keys in alphabetical order.

    What cannot be sorted line by line, such as a mapping in braces, is left as it is.
    """
    depth = len(block) - len(block.lstrip(" "))
    before, *parts = re.split(rf"^(?= {{{depth}}}[^\s#-])", block, flags=re.MULTILINE)
    entries = [part.split("\n", 1) for part in parts]
    rewritten = before + "".join(
        f"{first}\n{sorted_yaml(rest) if re.fullmatch(MAPPING, first) else rest}"
        for first, rest in sorted(entries, key=lambda entry: entry[0].partition(":")[0])
    )
    return rewritten if same_yaml(block, rewritten) else block


def same_yaml(one: str, other: str) -> bool:
    """Say whether two pieces of YAML mean the same."""
    try:
        return yaml.safe_load(one) == yaml.safe_load(other)
    except yaml.YAMLError:
        return False
