"""Torch's recurrent layers by name."""

from __future__ import annotations

from torch import nn

from unrolled.nets.choices import TORCH_CELLS
from unrolled.nets.initialization import start_forget_bias

TORCH_LAYERS = {cell: getattr(nn, cell.upper()) for cell in TORCH_CELLS}  # "rnn": nn.RNN, ...


def recurrent_layer(
    cell: str | nn.Module,
    input_size: int,
    hidden_size: int,
    *,
    nonlinearity: str = "tanh",
    forget_bias: float | None = None,
) -> nn.RNNBase:
    """Return torch's recurrent layer for a cell's name, batch first; a given layer as it is."""
    if isinstance(cell, nn.Module):
        return cell
    if cell not in TORCH_LAYERS:
        raise ValueError(f"cell is {cell!r}; choose one of {', '.join(TORCH_LAYERS)}.")
    if cell != "rnn" and nonlinearity != "tanh":
        raise ValueError(
            f"nonlinearity={nonlinearity!r} was given for cell={cell!r}; only the plain RNN has "
            "that choice. Leave it out, or take cell='rnn'."
        )
    if cell != "lstm" and forget_bias is not None:
        raise ValueError(
            f"forget_bias={forget_bias} was given for cell={cell!r}; only the LSTM has a forget "
            "gate. Leave it out, or take cell='lstm'."
        )
    options = {"nonlinearity": nonlinearity} if cell == "rnn" else {}
    layer = TORCH_LAYERS[cell](input_size, hidden_size, batch_first=True, **options)
    if forget_bias is not None:
        start_forget_bias(layer, forget_bias)
    return layer
