"""Everything this project does: `python tools/run.py book`. Alone, it lists the rest.

The standard library is enough, and `make` calls the same. This file holds nothing that an old
Python could not read, so that each can say what is missing; `pipeline.py` has the targets.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit(
        "{} is Python {}.{}; this course needs Python 3.11 or newer. Install one, and name it: "
        "python3.12 tools/run.py book, or make book PYTHON=python3.12 "
        "(on Windows: py -3.12 tools/run.py book)".format(sys.executable, *sys.version_info[:2])
    )

if __name__ == "__main__":
    import pipeline  # noqa: F401 (declares the targets)
    import steps

    sys.exit(steps.main(sys.argv[1:]))
