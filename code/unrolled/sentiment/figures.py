"""What is said of answers: accuracy and macro-F1 with their intervals, and each class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from unrolled.evaluation.metrics import confusion_matrix, f1, wilson_interval
from unrolled.evaluation.per_class import (
    balanced_accuracy,
    class_table,
    confusion_table,
    macro_f1,
    macro_f1_interval,
    per_class,
)


@dataclass(frozen=True)
class Figures:
    """How good answers are.

    Parameters
    ----------
    predictions, labels : ndarray ``(N,)``
        What was answered and what is true, 0 to K - 1.
    classes : tuple of str
        The K names.
    """

    predictions: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]

    @property
    def counts(self) -> np.ndarray:
        """Return the confusion matrix ``(K, K)``, a row for each true class."""
        return confusion_matrix(self.predictions, self.labels, len(self.classes))

    @property
    def right(self) -> int:
        """Return how many answers are right."""
        return int((self.predictions == self.labels).sum())

    @property
    def accuracy(self) -> float:
        """Return the share of right answers."""
        return self.right / len(self.labels)

    def told(self) -> dict:
        """Return all figures as what JSON can hold; what cannot be said is None."""
        found = per_class(self.counts)
        columns = zip(found.precision, found.recall, found.f1, found.support, strict=True)
        names = ("precision", "recall", "f1")
        return {
            "texts": len(self.labels),
            "right": self.right,
            "accuracy": self.accuracy,
            "accuracy_interval": wilson_interval(self.right, len(self.labels)),
            "macro_f1": macro_f1(self.counts),
            "macro_f1_interval": self.macro_interval(),
            "balanced_accuracy": balanced_accuracy(self.counts),
            "classes": [
                {"class": name, "texts": int(support)}
                | {
                    key: None if np.isnan(one) else float(one)
                    for key, one in zip(names, rest, strict=True)
                }
                for name, (*rest, support) in zip(self.classes, columns, strict=True)
            ],
            "confusion": self.counts.tolist(),
        }

    def macro_interval(self) -> tuple[float, float] | None:
        """Return the interval of macro-F1, the same each time; None where no answer is wrong.

        To draw again from right answers gives right answers: that says nothing of other texts.
        """
        if self.right == len(self.labels):
            return None
        return macro_f1_interval(self.counts, rng=np.random.default_rng(0))

    def accuracy_line(self) -> str:
        """Return the accuracy with Wilson's interval in a line."""
        low, high = wilson_interval(self.right, len(self.labels))
        return f"accuracy {self.accuracy:.4f}, 95 % interval {low:.4f} to {high:.4f}"

    def macro_lines(self) -> str:
        """Return macro-F1 with its bootstrap interval, and balanced accuracy, in two lines."""
        found = self.macro_interval()
        how = "no interval, as no answer is wrong"
        if found is not None:
            how = f"95 % interval {found[0]:.4f} to {found[1]:.4f}"
        return (
            f"macro-F1 {macro_f1(self.counts):.4f}, {how}\n"
            f"balanced accuracy {balanced_accuracy(self.counts):.4f}"
        )

    def f1_line(self) -> str:
        """Return F1 of the second of two classes in a line."""
        return f"F1 of {self.classes[1]} {f1(self.predictions, self.labels):.4f}"

    def class_lines(self) -> str:
        """Return the table of the classes."""
        return class_table(self.counts, self.classes)

    def confusion_lines(self) -> str:
        """Return the confusion matrix with names."""
        return confusion_table(self.counts, self.classes)
