"""Run parts of the proof one after the other, stop at the first that fails, say where time went."""

from __future__ import annotations

import time
from collections.abc import Callable


def run_parts(
    parts: list[str], run: Callable[[str], int]
) -> tuple[list[tuple[str, float]], str | None]:
    """Run each part; return the seconds each took, and the one whose status was not 0."""
    taken = []
    for part in parts:
        print(f"\n=== {part}", flush=True)
        start = time.perf_counter()
        status = run(part)
        taken.append((part, time.perf_counter() - start))
        if status != 0:
            return taken, part
    return taken, None


def report(parts: list[str], taken: list[tuple[str, float]], failed: str | None) -> str:
    """Print where the time went; return the sentence on what failed, empty where nothing did."""
    print("\n=== where the time went")
    for part, seconds in taken:
        print(f"  {part:15} {seconds:7.1f} s{'  FAILED' if part == failed else ''}")
    print(f"  {'together':15} {sum(seconds for _, seconds in taken):7.1f} s")
    if failed is None:
        print("Everything passed.", flush=True)
        return ""
    left = parts[len(taken) :]
    print(f"Not run after the failure: {', '.join(left)}" if left else "", flush=True)
    return f"FAILED: {failed}. To see it alone: python tools/run.py {failed} (or make {failed})"
