"""Which numbers a chapter's code asserts: those inside assertions, and in names that these use.

A number that only sets the width of a figure proves nothing, and does not count.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from decimal import Decimal

LITERALS = (
    *(ast.Constant, ast.Tuple, ast.List, ast.Set, ast.Dict),
    *(ast.UnaryOp, ast.BinOp, ast.Call),
)
LOOPS = {"zip", "enumerate", "items", "values"}


def asserted_numbers(sources: Iterable[str]) -> set[Decimal]:
    """Return the numbers in the assertions of code cells, without sign.

    An assertion is an ``assert``, or a call of ``numpy.testing`` or ``torch.testing``. A name in
    it counts for the numbers of the literal it was given anywhere in these cells: by ``=``, or
    by a loop over a literal.
    """
    nodes = [node for source in sources for node in ast.walk(ast.parse(source))]
    held = literals_by_name(nodes)
    found: set[Decimal] = set()
    for node in filter(is_assertion, nodes):
        used = node.test if isinstance(node, ast.Assert) else node
        found.update(numbers_in(used), *(held.get(name, ()) for name in names_in(used)))
    return found


def assertions(source: str) -> list[ast.AST]:
    """Return the assertions of a code cell."""
    return [node for node in ast.walk(ast.parse(source)) if is_assertion(node)]


def is_assertion(node: ast.AST) -> bool:
    """Say whether a piece of code raises where something is not as said."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return ast.unparse(node.func).startswith(
            ("np.testing.", "numpy.testing.", "torch.testing.")
        )
    return isinstance(node, ast.Assert)


def literals_by_name(nodes: Iterable[ast.AST]) -> dict[str, set[Decimal]]:
    """Return for each name the numbers of all literals that it is given."""
    held: dict[str, set[Decimal]] = {}
    pairs = list(given(nodes))
    for _ in range(2):  # once for literals, once for what is made of names that hold them
        for target, value in pairs:
            if is_literal(value, held):
                found = numbers_in(value).union(*(held.get(name, ()) for name in names_in(value)))
                for name in names_in(target):
                    held.setdefault(name, set()).update(found)
    return held


def given(nodes: Iterable[ast.AST]) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Yield each target with what it is given, by assignments and by loops."""
    for node in nodes:
        if isinstance(node, ast.Assign):
            yield from ((target, node.value) for target in node.targets)
        elif isinstance(node, ast.For | ast.comprehension):
            yield node.target, node.iter


def is_literal(node: ast.AST, held: Iterable[str]) -> bool:
    """Say whether an expression is made of constants, of names that hold them, and of loops' words.

    Those are ``zip``, ``enumerate``, ``.items()`` and ``.values()``.
    """
    parts = (part for part in ast.walk(node) if isinstance(part, ast.expr))
    return all(
        isinstance(part, LITERALS)
        or (isinstance(part, ast.Name) and (part.id in held or part.id in LOOPS))
        or (isinstance(part, ast.Attribute) and part.attr in LOOPS)
        for part in parts
    )


def names_in(node: ast.AST) -> set[str]:
    """Return the names that stand in a piece of code."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def numbers_in(node: ast.AST) -> set[Decimal]:
    """Return the numbers that stand in a piece of code, without sign."""
    constants = (part.value for part in ast.walk(node) if isinstance(part, ast.Constant))
    return {
        Decimal(str(value)).normalize()
        for value in constants
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
