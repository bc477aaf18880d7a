"""Padding in torch: the mask of real steps, what reads around it, and checks of padded batches."""

from __future__ import annotations

import torch


def real_steps(lengths: torch.Tensor, steps: int) -> torch.Tensor:
    """Return ``(B, steps)`` booleans, True where a step is real."""
    lengths = torch.as_tensor(lengths)
    return torch.arange(steps, device=lengths.device) < lengths.unsqueeze(1)


def without_padding(
    sequences: torch.Tensor, lengths: torch.Tensor | None, fill: float = 0
) -> torch.Tensor:
    """Return ``(B, T, ...)`` with `fill` at every padded step; all steps are real if None.

    Whatever stood there, NaN included, then reaches neither an output nor a gradient.
    (Multiplying by zeros would not do: 0 times NaN is NaN.)
    """
    if lengths is None:
        return sequences
    padding = ~real_steps(lengths, sequences.shape[1]).to(sequences.device)
    return sequences.masked_fill(padding.view(*padding.shape, *[1] * (sequences.dim() - 2)), fill)


def turn_round(sequences: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    """Return ``(B, T, H)`` with the real steps of each row in reverse order; padding stays.

    Turning round twice gives the sequences back.
    """
    lengths = torch.as_tensor(lengths, device=sequences.device)
    step = torch.arange(sequences.shape[1], device=sequences.device)
    mirrored = lengths.unsqueeze(1) - 1 - step  # (B, T), negative at padding
    source = torch.where(mirrored >= 0, mirrored, step)
    return sequences[torch.arange(len(sequences), device=sequences.device)[:, None], source]


def last_real_step(outputs: torch.Tensor, lengths: torch.Tensor | None) -> torch.Tensor:
    """Return ``(B, H)``: of each row of ``(B, T, H)`` the state at its own last real step."""
    if lengths is None:
        return outputs[:, -1]
    lengths = torch.as_tensor(lengths, device=outputs.device)
    return outputs[torch.arange(len(outputs), device=outputs.device), lengths - 1]


def last_read_states(
    outputs: torch.Tensor, lengths: torch.Tensor, bidirectional: bool
) -> torch.Tensor:
    """Return what each direction read last: forward at the end, backward at the start."""
    last = last_real_step(outputs, lengths)
    if not bidirectional:
        return last
    hidden = outputs.shape[2] // 2
    return torch.cat([last[:, :hidden], outputs[:, 0, hidden:]], dim=1)


def check_inputs(
    inputs: torch.Tensor, lengths: torch.Tensor | None, *, dimensions: int
) -> torch.Tensor | None:
    """Return `lengths` as a tensor beside the inputs, or None where it is None.

    Raises
    ------
    ValueError
        Unless the inputs are a filled tensor of `dimensions` axes, of token numbers where they are
        two and of real numbers where they are three, and each length is a whole number from 1 to T.
    """
    expected = "(B, T, I) real inputs" if dimensions == 3 else "(B, T) token numbers"
    if not isinstance(inputs, torch.Tensor):
        raise ValueError(
            f"inputs is a {type(inputs).__name__}; expected a tensor of {expected}, such as "
            "torch.as_tensor(inputs)."
        )
    if inputs.dim() != dimensions or 0 in inputs.shape:
        raise ValueError(f"inputs has shape {tuple(inputs.shape)}; expected {expected}.")
    if inputs.is_floating_point() != (dimensions == 3):
        raise ValueError(f"inputs has type {inputs.dtype}; expected {expected}.")
    return None if lengths is None else _checked_lengths(lengths, inputs)


def _checked_lengths(lengths, inputs: torch.Tensor) -> torch.Tensor:
    """Return `lengths` as a tensor, or raise unless there is one from 1 to T for each sequence."""
    batch, steps = inputs.shape[:2]
    try:
        lengths = torch.as_tensor(lengths, device=inputs.device)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(
            f"lengths is {lengths!r}; expected {batch} whole numbers, one for each sequence."
        ) from error
    if lengths.shape != (batch,):
        raise ValueError(
            f"lengths has shape {tuple(lengths.shape)}; expected ({batch},), one for each sequence."
        )
    if lengths.is_floating_point() or lengths.is_complex() or lengths.dtype == torch.bool:
        raise ValueError(
            f"lengths has type {lengths.dtype}; expected whole numbers of steps, such as "
            "lengths.long()."
        )
    low, high = int(lengths.min()), int(lengths.max())
    if low < 1 or high > steps:
        raise ValueError(
            f"lengths runs from {low} to {high}; each must be from 1 to T = {steps}, the number "
            "of steps in inputs. Drop empty sequences and pad to the longest."
        )
    return lengths


def check_tokens(tokens: torch.Tensor, vocab_size: int) -> None:
    """Raise a ValueError unless each token number is from 0 to ``vocab_size - 1``."""
    low, high = int(tokens.min()), int(tokens.max())
    if low < 0 or high >= vocab_size:
        raise ValueError(
            f"The token numbers run from {low} to {high}; the model's vocabulary has "
            f"{vocab_size} tokens, numbered from 0 to {vocab_size - 1}. Number the text with the "
            "vocabulary that the model was trained with."
        )
