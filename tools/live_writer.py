"""Write the file of the model that writes in the page: book/_static/live/writer.bin.

`python tools/live_writer.py` makes it of the weights that `python -m unrolled.experiments weights
writer` has stored.
"""

import json

from chapters import ROOT
from unrolled.data.shakespeare import ALPHABET, training_text
from unrolled.experiments.records import results_folder
from unrolled.experiments.weights import load_writer
from unrolled.files import whole
from unrolled.live import figures_folder
from unrolled.nets.characters_file import characters_file

NAME = "writer"


def made() -> bytes:
    """Return the file of the stored weights: with them, what they were trained on and reach."""
    told = json.loads((results_folder() / f"{NAME}.json").read_text(encoding="utf-8"))
    trained = {"characters": len(training_text()), "bits": told["valid"]}
    return characters_file(load_writer(NAME), ALPHABET, {"trained": trained})


def main() -> None:
    """Write the file, whole."""
    target = figures_folder() / f"{NAME}.bin"
    with whole(target) as draft:
        draft.write_bytes(made())
    print(f"{target.relative_to(ROOT)}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
