"""The course's own NumPy layers inside torch models: torch optimises, our backward differentiates.

So a cell that PyTorch does not have can be trained like one that it has.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from unrolled.byhand.cells import GRUCell, LSTMCell, RNNCell
from unrolled.byhand.layers import Recurrent
from unrolled.byhand.variants import (
    CoupledLSTMCell,
    NoForgetGateLSTMCell,
    NoInputGateLSTMCell,
    NoOutputGateLSTMCell,
    NoOutputTanhLSTMCell,
    PeepholeLSTMCell,
)

VARIANTS = {
    "rnn": RNNCell,
    "lstm": LSTMCell,
    "gru": GRUCell,
    "peephole": PeepholeLSTMCell,
    "coupled": CoupledLSTMCell,
    "no forget gate": NoForgetGateLSTMCell,
    "no input gate": NoInputGateLSTMCell,
    "no output gate": NoOutputGateLSTMCell,
    "no output tanh": NoOutputTanhLSTMCell,
}


class NumpyLayer(nn.Module):
    """A NumPy layer as a torch module: its weights are torch parameters, its gradients ours.

    Parameters
    ----------
    layer : Recurrent, Stacked, Bidirectional, FastLSTM or FastGRU
        Any layer of the course; its cells' weights become the module's parameters, on the CPU.
    """

    def __init__(self, layer):
        super().__init__()
        self.layer = layer
        for number, cell in enumerate(cells_of(layer)):
            for name, value in cell.params.items():
                self.register_parameter(f"{name}_{number}", nn.Parameter(torch.from_numpy(value)))

    def forward(
        self,
        inputs: torch.Tensor,
        lengths: torch.Tensor | None = None,
        *,
        initial: tuple[torch.Tensor, ...] | None = None,
    ):
        """Return ``outputs (B, T, H), final state``, as the NumPy layer does.

        inputs ``(B, T, I)``; lengths ``(B,)`` or None; initial, the parts of the state before the
        first step, ``(B, H)`` each, or None. Gradients flow through the outputs only: into no
        initial state, and the final state comes as NumPy arrays, for looking at.

        Raises
        ------
        ValueError
            If the inputs or the weights are elsewhere than on the CPU, or of another type than
            float32 and float64; or as the NumPy layer does.
        """
        parameters = dict(self.named_parameters())
        _check_for_numpy({"inputs": inputs, **parameters})
        for number, cell in enumerate(cells_of(self.layer)):
            for name in cell.params:
                cell.params[name] = parameters[f"{name}_{number}"].detach().numpy()
            cell.dtype = cell.params["weight_ih"].dtype
        state = None if initial is None else tuple(part.detach().numpy() for part in initial)
        return _ThroughNumpy.apply(self.layer, state, lengths, inputs, *parameters.values())


class _ThroughNumpy(torch.autograd.Function):
    """One node of torch's graph whose two directions are a NumPy layer's."""

    @staticmethod
    def forward(ctx, layer, state, lengths, inputs, *parameters):
        lengths = None if lengths is None else np.asarray(lengths)
        outputs, final, ctx.cache = layer.forward(inputs.detach().numpy(), state, lengths)
        ctx.layer = layer
        return torch.from_numpy(np.ascontiguousarray(outputs)), final

    @staticmethod
    def backward(ctx, doutputs, _):
        cells = cells_of(ctx.layer)
        for cell in cells:
            cell.zero_grad()
        dx, _ = ctx.layer.backward(doutputs.numpy(), ctx.cache)
        grads = [torch.from_numpy(grad) for cell in cells for grad in cell.grads.values()]
        return None, None, None, torch.from_numpy(np.ascontiguousarray(dx)), *grads


def _check_for_numpy(tensors) -> None:
    """Raise a ValueError unless NumPy can compute with all tensors as they are."""
    for name, tensor in tensors.items():
        known = tensor.dtype in (torch.float32, torch.float64)
        if not known or tensor.device.type != "cpu":
            raise ValueError(
                f"NumpyLayer got {name} in {tensor.dtype} on {tensor.device}. NumPy computes on "
                "the CPU, in torch.float32 or torch.float64; move it there with .float().cpu()."
            )


def cells_of(layer) -> list:
    """Return all cells of a NumPy layer: of a stack from the bottom, of two directions in order.

    Raises
    ------
    TypeError
        If it holds none, because it is no layer of the course.
    """
    if hasattr(layer, "cell"):
        return [layer.cell]
    parts = getattr(layer, "layers", None) or [
        getattr(layer, name) for name in ("forwards", "backwards") if hasattr(layer, name)
    ]
    if not parts:
        raise TypeError(
            f"NumpyLayer got a {type(layer).__name__}. Give it a NumPy layer of the course, such "
            "as Recurrent(LSTMCell(...)); a torch layer is one already."
        )
    return [cell for part in parts for cell in cells_of(part)]


def variant_layer(
    name: str, input_size: int, hidden_size: int, *, forget_bias: float | None = None
) -> NumpyLayer:
    """Return a trainable layer of a cell by its name in `VARIANTS`, in float32.

    The start is drawn from torch's own generator, so `seed_everything` fixes it.

    Parameters
    ----------
    name : str
    input_size, hidden_size : int
        I and H.
    forget_bias : float, optional
        Start value of the *sum* of the two forget biases, as in `models.recurrent_layer`.

    Raises
    ------
    ValueError
        If there is no cell of that name (the message lists those there are), or it has no forget
        gate to give a bias to.
    """
    if name not in VARIANTS:
        raise ValueError(f"There is no cell named {name!r}; choose one of {', '.join(VARIANTS)}.")
    rng = np.random.default_rng(torch.randint(2**31, ()).item())
    cell = VARIANTS[name](input_size, hidden_size, rng=rng, dtype=np.float32)
    if forget_bias is not None:
        if "f" not in cell.blocks:
            raise ValueError(
                f"forget_bias={forget_bias} was given for {name!r}, which has no forget gate. "
                "Leave it out."
            )
        rows = cell.rows("f")
        cell.params["bias_ih"][rows], cell.params["bias_hh"][rows] = forget_bias, 0
    return NumpyLayer(Recurrent(cell))


class HeldLSTM(nn.Module):
    """A variant without a gate, or with coupled ones, computed by torch's own fast LSTM.

    A missing gate is a gate held open: no weights, a bias of 1000. Coupled gates are an input gate
    with the forget gate's weights negated, since sigmoid(-a) = 1 - sigmoid(a). Equal to the
    NumPy layer up to rounding, outputs and gradients, and about three times as fast.

    Parameters
    ----------
    layer : NumpyLayer
        With a cell of `HELD`; its weights are copied.

    Raises
    ------
    ValueError
        If the cell is no LSTM with a gate held or coupled.
    """

    def __init__(self, layer: NumpyLayer):
        super().__init__()
        cell = layer.layer.cell
        if not isinstance(cell, HELD):
            raise ValueError(
                f"HeldLSTM got a {type(cell).__name__}. It takes a variant that lacks a gate or "
                "couples two; train others as they are."
            )
        self.blocks, self.hidden_size = cell.blocks, cell.hidden_size
        self.coupled = isinstance(cell, CoupledLSTMCell)
        for name, value in layer.named_parameters():
            self.register_parameter(name, nn.Parameter(value.detach().clone()))

    def forward(self, inputs: torch.Tensor):
        """Return ``outputs (B, T, H), (h, c)``; inputs ``(B, T, I)``."""
        weights = [self._four_blocks(name, value) for name, value in self.named_parameters()]
        zero = inputs.new_zeros(1, len(inputs), self.hidden_size)
        outputs, h, c = torch.lstm(
            inputs, (zero, zero), weights, True, 1, 0.0, self.training, False, True
        )
        return outputs, (h, c)

    def _four_blocks(self, name, value):
        """Return the weight with all of torch's blocks i, f, g, o."""
        block = dict(zip(self.blocks, value.split(self.hidden_size), strict=True))
        held = torch.full_like(block["g"], 1e3 if name.startswith("bias_ih") else 0.0)
        if self.coupled:
            block["i"] = -block["f"]
        return torch.cat([block.get(letter, held) for letter in LSTMCell.blocks])


HELD = (CoupledLSTMCell, NoForgetGateLSTMCell, NoInputGateLSTMCell, NoOutputGateLSTMCell)
