"""What `evaluate` says of a trained model: figures, calibration, and the gap to its baselines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from unrolled.data.labelled.split import Parts
from unrolled.data.reviews import Splits
from unrolled.evaluation.answers import decisions, probabilities
from unrolled.evaluation.calibration import (
    brier_score,
    error_if_calibrated,
    fit_temperature,
    mean_loss,
    top_class_error,
)
from unrolled.evaluation.metrics import confusion_matrix
from unrolled.files import write_text
from unrolled.sentiment.card import card_of
from unrolled.sentiment.comparison import RESULT, Comparison, compare
from unrolled.sentiment.corpus import digest_of
from unrolled.sentiment.figures import Figures
from unrolled.sentiment.processes import choose_device
from unrolled.sentiment.trained import Trained, judge, load_trained, texts_of


@dataclass(frozen=True)
class Judged:
    """A trained model and its answers to parts of its texts.

    Parameters
    ----------
    folder : pathlib.Path
    trained : Trained
    splits : Splits or Parts
    logits : dict
        Of each part that was judged, ``(N,)`` or ``(N, K)``.
    """

    folder: Path
    trained: Trained
    splits: Splits | Parts
    logits: dict[str, np.ndarray]

    def figures(self, name: str) -> Figures:
        """Return the figures of a part."""
        labels = getattr(self.splits, name).labels
        return Figures(decisions(self.logits[name]), labels, self.trained.classes)

    def comparison(self, name: str) -> Comparison | None:
        """Return the gap to the baselines in the folder, or None if there are none."""
        if not (self.folder / RESULT).exists():
            return None
        part, answers = getattr(self.splits, name), decisions(self.logits[name])
        told = (part.labels, answers, part.rows, digest_of(self.splits))
        return compare(self.folder, name, *told, network=self.trained.recipe.cell.upper())

    def calibration(self, name: str) -> str:
        """Return loss, Brier score and calibration error, before and after the temperature."""
        logits, labels = self.logits[name], getattr(self.splits, name).labels
        before = probabilities(logits)
        chance = float(error_if_calibrated(before.max(axis=1), rng=np.random.default_rng(0)).mean())
        lines = [
            f"loss {mean_loss(logits, labels):.4f}, Brier score {brier_score(before, labels):.4f}",
            f"calibration error of the class that is answered {top_class_error(before, labels):.4f}"
            f" (perfect probabilities would show {chance:.4f} by chance)",
        ]
        try:
            temperature = fit_temperature(self.logits["valid"], self.splits.valid.labels)
        except ValueError:
            lines.append(
                "no temperature: all answers on the validation texts are right, or these are of "
                "one class only"
            )
            return "\n".join(lines)
        after = top_class_error(probabilities(logits / temperature), labels)
        where = ", which are these texts" * (name == "valid")
        lines.append(
            f"with the temperature {temperature:.3f}, from the validation texts{where}: {after:.4f}"
        )
        return "\n".join(lines)


def judge_parts(folder: Path, names: Iterable[str]) -> Judged:
    """Return the model of a folder and its answers to these parts.

    Raises
    ------
    unrolled.sentiment.folder.FolderError
        If the folder holds no trained model, or its texts are no longer the same.
    """
    trained = load_trained(folder, choose_device())
    splits = texts_of(trained)
    return Judged(
        folder, trained, splits, {name: judge(trained, name, splits)[1] for name in names}
    )


def evaluation(folder: Path, name: str, card: Path | None = None) -> str:
    """Return what is said of a trained model on a part of its texts; write its card if asked.

    Of two classes of the course's reviews it is short. Of other texts it has macro-F1, the classes
    and calibration as well, and reads the validation texts for the temperature.

    Parameters
    ----------
    folder : pathlib.Path
        Of a training.
    name : {"valid", "test"}
    card : pathlib.Path, optional
        Markdown file to write.
    """
    judged = judge_parts(folder, [name])
    figures, recipe = judged.figures(name), judged.trained.recipe
    full = not recipe.is_named or len(figures.classes) > 2
    if name != "valid" and (full or card is not None):
        judged.logits["valid"] = judge(judged.trained, "valid", judged.splits)[1]
    lines = [f"{recipe.data}, {name}: {len(figures.labels)} texts", figures.accuracy_line()]
    if full:
        lines += [figures.macro_lines(), "", figures.class_lines()]
        lines += ["", "how often each class got which answer:", figures.confusion_lines()]
        lines += ["", judged.calibration(name)]
    else:
        lines += [
            figures.f1_line(),
            f"rows: true {', '.join(figures.classes)}; columns: predicted, in the same order",
            str(confusion_matrix(figures.predictions, figures.labels)),
        ]
    gap = judged.comparison(name)
    if gap is not None:
        lines += ["", str(gap)]
    if card is not None:
        write_text(card, card_of(judged, sorted({name, "valid"}, reverse=True)))
        lines += ["", f"{card} is the model's card. Fill in what only you know."]
    return "\n".join(lines)


def gap_on_validation(folder: Path) -> Comparison | None:
    """Return how a finished training stands beside its baselines on validation, if there are any.

    The test texts are not judged.
    """
    if not (folder / RESULT).exists():
        return None
    return judge_parts(folder, ["valid"]).comparison("valid")
