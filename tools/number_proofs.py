"""Show for each number of a chapter's text which proof holds it.

`python tools/number_proofs.py book/gates/lstm.md` prints a line for each decimal and percentage:
the number, and the assertions of code cells that hold its value. Whether one of them means what the
sentence says is for people to read; this brings the two together.
"""

from __future__ import annotations

import argparse
import ast
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from asserted_numbers import assertions, literals_by_name, names_in, numbers_in
from chapter_rules import Chapter, stated_numbers

NOTHING = "NO ASSERTION"


def proofs(sources: list[str]) -> Iterator[tuple[str, set[Decimal]]]:
    """Yield each assertion of code cells as "cell 3: ...", with the numbers that it holds."""
    nodes = [node for source in sources for node in ast.walk(ast.parse(source))]
    held = literals_by_name(nodes)
    for cell, source in enumerate(sources, 1):
        for node in assertions(source):
            used = node.test if isinstance(node, ast.Assert) else node
            numbers = numbers_in(used).union(*(held.get(name, ()) for name in names_in(used)))
            yield f"cell {cell}: {ast.unparse(node)}", numbers


def number_proofs(chapter: Chapter) -> Iterator[tuple[str, list[str]]]:
    """Yield each number of a chapter's text, and the assertions that hold its value."""
    known = list(proofs([cell.source for cell in chapter.code]))
    for said, values in stated_numbers(chapter):
        yield said, [proof for proof, numbers in known if values & numbers]


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("chapter", type=Path, help="such as book/gates/lstm.md")
    path = parser.parse_args().chapter
    if not path.exists():
        parser.error(f"{path} does not exist")
    for said, found in number_proofs(Chapter.load(path)):
        number = " ".join(said.split())
        print(f"{number:>9}  {f'{chr(10)}{11 * chr(32)}'.join(found) or NOTHING}")


if __name__ == "__main__":
    main()
