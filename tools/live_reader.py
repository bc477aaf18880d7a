"""Write the file of the model that reads in the page: book/_static/live/reader.bin.

`python tools/live_reader.py` makes it of the student that a run of the experiment `page-reader` has
kept on this machine, which in turn needs the strong model of its fold.
"""

import numpy as np

from chapters import ROOT
from unrolled.data.reviews import REVIEW_CLASSES, Reviews
from unrolled.experiments.page_reader import SHIPPED, load_student, questions
from unrolled.experiments.strong_folds import Fold, fold_of, judged_parts
from unrolled.files import whole
from unrolled.live import figures_folder
from unrolled.sentiment.corpus import Part
from unrolled.sentiment.trained import Trained
from unrolled.sentiment.web import reader_file

MADE = (
    f"python -m unrolled.experiments run strong-folds --seed {SHIPPED}",
    f"python -m unrolled.experiments run page-reader --seed {SHIPPED}",
    "python tools/live_reader.py",
)
HARD = "sentences written to trip it"
TESTS = {"reviews": "reviews", "sentences": "sentences", "short sentences": HARD}


def made() -> bytes:
    """Return the file of the student that was kept, with a bag of words that learnt the same."""
    fold = fold_of(SHIPPED)
    student = load_student(SHIPPED, fold=fold)
    valid = [fold.reviews.valid, fold.sentences.valid]
    parts = judged_parts(fold)
    learnt, held, *tests = (
        _part(student.encoder, *one)
        for one in (
            fold.learnt(),
            ([text for part in valid for text in part.texts], _labels(valid)),
            *((parts[name].texts, parts[name].labels) for name in TESTS),
        )
    )
    trained = Trained(student.model, student.encoder, student.recipe, REVIEW_CLASSES)
    tests = dict(zip(TESTS.values(), tests, strict=True))
    told = {"aside": [HARD], "learnt_from": learnt_from(fold)}
    return reader_file(trained, learnt, held, tests, MADE, **told)


def learnt_from(fold: Fold) -> str:
    """Return the texts that the student learnt from, in words."""
    reviews, sentences = len(fold.reviews.train), len(fold.sentences.train)
    return (
        f"{reviews:,} IMDb film reviews and {sentences:,} sentences of Rotten Tomatoes, with their "
        f"labels, and from a larger model's answers to {len(questions(fold, SHIPPED)):,} texts "
        "without one, most of them cut from these reviews"
    )


def _labels(parts: list[Reviews]) -> np.ndarray:
    return np.concatenate([part.labels for part in parts])


def _part(encoder, texts: list[str], labels: np.ndarray) -> Part:
    return Part(encoder.encode_many(texts), labels, texts)


def main() -> None:
    """Write the file, whole."""
    target = figures_folder() / "reader.bin"
    with whole(target) as draft:
        draft.write_bytes(made())
    print(f"{target.relative_to(ROOT)}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
