"""A network that writes down what it hears: labels without times, by torch's CTC."""

from __future__ import annotations

import torch
from torch import nn

from unrolled.byhand.ctc import BLANK, best_path


class Scribe(nn.Module):
    """Scores for the blank and each class at every frame, by GRUs in both directions.

    Parameters
    ----------
    input_size, hidden_size : int
        Numbers a frame; units a direction.
    classes : int
        K, the blank (class 0) included.
    """

    def __init__(self, input_size: int, hidden_size: int, classes: int):
        super().__init__()
        self.recurrent = nn.GRU(input_size, hidden_size, batch_first=True, bidirectional=True)
        self.head = nn.Linear(2 * hidden_size, classes)

    def forward(self, inputs: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Return logits ``(B, T, K)``; inputs ``(B, T, I)``, lengths ``(B,)``.

        Frames from a length on are padding: nothing before them depends on them, and what stands
        there means nothing.
        """
        packed = nn.utils.rnn.pack_padded_sequence(
            inputs, lengths, batch_first=True, enforce_sorted=False
        )
        outputs, _ = nn.utils.rnn.pad_packed_sequence(
            self.recurrent(packed)[0], batch_first=True, total_length=inputs.shape[1]
        )
        return self.head(outputs)


def ctc_per_label(
    logits: torch.Tensor, lengths: torch.Tensor, labels: torch.Tensor, counts: torch.Tensor
) -> torch.Tensor:
    """Return the CTC loss of a batch in nats a label.

    Parameters
    ----------
    logits : Tensor (B, T, K)
    lengths : Tensor of int (B,)
        Real frames of each.
    labels : Tensor of int (B, U)
        From 1 to K - 1, padded with anything.
    counts : Tensor of int (B,)
        Real labels of each.
    """
    log_p = logits.log_softmax(-1).transpose(0, 1)  # (T, B, K), as torch wants it
    loss = nn.functional.ctc_loss(log_p, labels, lengths, counts, blank=BLANK, reduction="sum")
    return loss / counts.sum()


def read_off(logits: torch.Tensor, lengths: torch.Tensor) -> list[list[int]]:
    """Return the labels that the best path of each sequence reads as; logits ``(B, T, K)``."""
    every = zip(logits.detach().numpy(), lengths.tolist(), strict=True)
    return [best_path(one[:length]) for one, length in every]
