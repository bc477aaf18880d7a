"""Write the parts that live figures share into each of them: a figure is one file, no imports.

`python tools/live_kit.py` writes tools/live_PART.mjs between the two marks of that part, in every
figure of book/_static/live/ that has them; with `--check` it only says which are out of step.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIGURES = ROOT / "book" / "_static" / "live"
#: What figures are built with, and small networks that several of them compute with.
PARTS = ("kit", "network")


def marks(part):
    """Return the lines between which a part stands."""
    begin = f"// <{part}> Shared; edit tools/live_{part}.mjs, then run tools/live_kit.py.\n"
    return begin, f"// </{part}>\n"


def stamped(source, part, text):
    """Return a figure's source with a part between its marks; unchanged if it has none.

    Raises
    ------
    ValueError
        If one mark is there without the other.
    """
    begin, end = marks(part)
    if begin not in source and end not in source:
        return source
    if source.count(begin) != 1 or source.count(end) != 1:
        raise ValueError(f"Give the figure each mark once: {begin.strip()!r}, {end.strip()!r}.")
    before, rest = source.split(begin)
    _, after = rest.split(end)
    return before + begin + text + end + after


def main(arguments):
    """Stamp or check all figures; return the exit status."""
    parts = {p: (ROOT / "tools" / f"live_{p}.mjs").read_text(encoding="utf-8") for p in PARTS}
    stale = []
    for path in sorted(FIGURES.glob("*.mjs")):
        old = new = path.read_text(encoding="utf-8")
        for part, text in parts.items():
            new = stamped(new, part, text)
        if new != old:
            stale.append(path)
            if "--check" not in arguments:
                path.write_text(new, encoding="utf-8")
    for path in stale:
        print(f"{path.relative_to(ROOT)}: {'out of step' if '--check' in arguments else 'written'}")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
