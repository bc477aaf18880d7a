"""Run parts of the proof one after the other, stop at the first that fails, say where time went."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time


def run_parts(parts: list[str], make: str = "make") -> tuple[list[tuple[str, float]], str | None]:
    """Run `make PART` for each part; return the seconds each took, and the one that failed."""
    taken = []
    for part in parts:
        print(f"\n=== {part}", flush=True)
        start = time.perf_counter()
        code = subprocess.run([make, "--no-print-directory", part], check=False).returncode
        taken.append((part, time.perf_counter() - start))
        if code != 0:
            return taken, part
    return taken, None


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="+", help="targets of the Makefile")
    parser.add_argument("--make", default="make", help="the make to call")
    arguments = parser.parse_args()
    taken, failed = run_parts(arguments.parts, arguments.make)
    print("\n=== where the time went")
    for part, seconds in taken:
        print(f"  {part:15} {seconds:7.1f} s{'  FAILED' if part == failed else ''}")
    print(f"  {'together':15} {sum(seconds for _, seconds in taken):7.1f} s")
    if failed:
        left = arguments.parts[len(taken) :]
        print(f"Not run after the failure: {', '.join(left)}" if left else "")
        sys.exit(f"FAILED: {failed}. Run `make {failed}` to see it alone.")
    print("Everything passed.")


if __name__ == "__main__":
    main()
