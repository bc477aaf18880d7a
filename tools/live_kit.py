"""Write the parts that all live figures share into each of them: a figure is one file, no imports.

`python tools/live_kit.py` writes tools/live_kit.mjs between the two marks of every figure in
book/_static/live/; with `--check` it only says which figures are out of step.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KIT = ROOT / "tools" / "live_kit.mjs"
FIGURES = ROOT / "book" / "_static" / "live"
BEGIN = "// <kit> Shared by all figures; edit tools/live_kit.mjs, then run tools/live_kit.py.\n"
END = "// </kit>\n"


def stamped(source, kit):
    """Return a figure's source with the kit between its marks; unchanged if it has none.

    Raises
    ------
    ValueError
        If one mark is there without the other.
    """
    if BEGIN not in source and END not in source:
        return source
    if source.count(BEGIN) != 1 or source.count(END) != 1:
        raise ValueError(f"Give the figure each mark once: {BEGIN.strip()!r}, {END.strip()!r}.")
    before, rest = source.split(BEGIN)
    _, after = rest.split(END)
    return before + BEGIN + kit + END + after


def main(arguments):
    """Stamp or check all figures; return the exit status."""
    kit, stale = KIT.read_text(encoding="utf-8"), []
    for path in sorted(FIGURES.glob("*.mjs")):
        old = path.read_text(encoding="utf-8")
        new = stamped(old, kit)
        if new != old:
            stale.append(path)
            if "--check" not in arguments:
                path.write_text(new, encoding="utf-8")
    for path in stale:
        print(f"{path.relative_to(ROOT)}: {'out of step' if '--check' in arguments else 'written'}")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
