"""By how much each assertion of a chapter holds: watched inside the kernel, for processors.py.

`install` rewrites the comparisons of every `assert` that a cell executes, so that each of two
numbers writes one line to the file that the variable ASSERTION_MARGINS names: which cell, which
comparison, and its slack, the distance to the bound (negative where the comparison is false).
"""

from __future__ import annotations

import ast
import hashlib
import json
import operator
import os

import numpy as np

LOG = "ASSERTION_MARGINS"
OPERATORS = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda one, many: one in many,
    ast.NotIn: lambda one, many: one not in many,
}
NAMES = {kind.__name__: function for kind, function in OPERATORS.items()}
SMALLER_FIRST = {"Lt": 1, "LtE": 1, "Gt": -1, "GtE": -1}


class Rewriter(ast.NodeTransformer):
    """Turn each comparison inside an assertion into a call of `compare`."""

    def __init__(self):
        self.cell, self.inside = "", False

    def visit_Assert(self, node: ast.Assert) -> ast.Assert:
        """Rewrite the test of an assertion, not its message."""
        self.inside, text = True, ast.unparse(node.test)
        self.text = text
        node.test = self.visit(node.test)
        self.inside = False
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        """Rewrite one comparison, chained or not."""
        self.generic_visit(node)
        if not self.inside:
            return node
        told = [self.cell, self.text, [type(op).__name__ for op in node.ops]]
        call = ast.parse(f"__import__({__name__!r}).compare({told!r})", mode="eval").body
        call.args += [node.left, *node.comparators]
        return ast.fix_missing_locations(ast.copy_location(call, node))


def compare(told: list, *values):
    """Return what the chained comparison of `values` returns, and log the slack of each link."""
    cell, text, names = told
    result = True
    for name, one, other in zip(names, values, values[1:], strict=False):
        if name in SMALLER_FIRST:
            log(cell, text, slack(one, other, SMALLER_FIRST[name]))
        result = NAMES[name](one, other)
        if len(names) > 1 and not result:
            break
    return result


def slack(one, other, sign: int) -> float | None:
    """Return how far a comparison of two numbers is from turning; None if they are not numbers."""
    try:
        one, other = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    except (TypeError, ValueError, RuntimeError):
        return None
    return sign * (other.item() - one.item()) if one.size == other.size == 1 else None


def log(cell: str, text: str, value: float | None) -> None:
    """Append one line; processes that run at the same time do not tear each other's."""
    if value is not None and LOG in os.environ:
        line = json.dumps({"cell": cell, "assertion": text, "slack": value}) + "\n"
        with open(os.environ[LOG], "a", encoding="utf-8") as file:
            file.write(line)


def cell_key(source: str) -> str:
    """Return a short name of a cell, made from its code."""
    return hashlib.sha256(source.strip().encode()).hexdigest()[:16]


def install(shell) -> None:
    """Watch the assertions of all cells that this kernel will execute."""
    rewriter = Rewriter()

    def remember(information):
        rewriter.cell = cell_key(information.raw_cell)

    shell.events.register("pre_run_cell", remember)
    shell.ast_transformers.append(rewriter)
