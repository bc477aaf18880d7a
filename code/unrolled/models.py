"""The torch models of the course: they map inputs and lengths to outputs, and nothing else."""

from __future__ import annotations

import torch
from torch import nn

CELLS = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
POOLINGS = ("last", "mean", "max", "mean+max", "attention")


class SequenceRegressor(nn.Module):
    """Read a sequence of vectors and return numbers computed from the last real step.

    Parameters
    ----------
    cell : {"rnn", "lstm", "gru"} or torch.nn.Module
        Which recurrent layer of torch, or a layer of your own that returns ``(B, T, H), state``.
    input_size, hidden_size, output_size : int
        I, H and the number of outputs.
    nonlinearity : {"tanh", "relu"}
        Of the plain RNN; the other cells have their own.
    recurrent_start : {"default", "orthogonal", "identity"}
        How `weight_hh` starts: torch's uniform start, an orthogonal matrix or the
        identity (for each gate).
    forget_bias : float, optional
        Start value of the *sum* of the LSTM's two forget biases. torch adds `bias_ih`
        and `bias_hh`, so the whole value goes into the first and the second is zero.
    """

    def __init__(
        self,
        cell: str | nn.Module,
        input_size: int,
        hidden_size: int,
        output_size: int = 1,
        *,
        nonlinearity: str = "tanh",
        recurrent_start: str = "default",
        forget_bias: float | None = None,
    ):
        super().__init__()
        self.recurrent = recurrent_layer(
            cell, input_size, hidden_size, nonlinearity=nonlinearity, forget_bias=forget_bias
        )
        start_recurrent_weights(self.recurrent, recurrent_start)
        self.head = nn.Linear(hidden_size, output_size)

    def forward(self, inputs: torch.Tensor, lengths: torch.Tensor | None = None) -> torch.Tensor:
        """Return ``(B, output_size)``; inputs ``(B, T, I)``, lengths ``(B,)`` or None for all T."""
        lengths = check_inputs(inputs, lengths, dimensions=3)
        outputs, _ = self.recurrent(without_padding(inputs, lengths))  # (B, T, H)
        return self.head(last_real_step(outputs, lengths))


class SequenceLabeller(nn.Module):
    """Read a sequence of vectors and return scores for every step.

    Parameters
    ----------
    cell : {"rnn", "lstm", "gru"} or torch.nn.Module
        Which recurrent layer of torch, or a layer of your own that returns ``(B, T, H), state``.
    input_size, hidden_size, output_size : int
        I, H and the number of classes K.
    """

    def __init__(self, cell: str | nn.Module, input_size: int, hidden_size: int, output_size: int):
        super().__init__()
        self.recurrent = recurrent_layer(cell, input_size, hidden_size)
        self.head = nn.Linear(hidden_size, output_size)

    def forward(self, inputs: torch.Tensor, lengths: torch.Tensor | None = None) -> torch.Tensor:
        """Return ``(B, T, K)``; inputs ``(B, T, I)``. Steps after a length are to be ignored."""
        lengths = check_inputs(inputs, lengths, dimensions=3)
        return self.head(self.recurrent(without_padding(inputs, lengths))[0])


class SentimentClassifier(nn.Module):
    """Read reviews as token numbers and return one logit each: positive above zero.

    Embedding, recurrent layer, pooling over the real steps only, linear head.
    Padding stands at the end, so a layer that reads forwards meets it after the
    review and the pooling leaves it out. The layer that reads backwards gets each
    review turned round *within its own length*, so it too meets the padding last.
    (Packed sequences give the same numbers; on a CPU they are several times slower.)

    Parameters
    ----------
    vocab_size, embedding_size, hidden_size : int
        V, E and H (each way).
    cell : {"rnn", "lstm", "gru"}
        Which recurrent layer of torch.
    bidirectional : bool
        Also read from the end to the start; a review's states are then 2H wide.
    pooling : {"last", "mean", "max", "mean+max", "attention"}
        How states become one vector. "last" takes the last real step of the forward
        direction and the first step of the backward one: what each read last.
        "attention" takes a mean whose weights are learnt (see `attention_weights`).
    dropout : float
        Share of embedding and pooled features that is zeroed in training.
    embedding_dropout : float, optional
        That share for the embedding alone; `dropout` if None.
    embedding_std : float
        Standard deviation of the starting embeddings. torch's own start, 1, makes the
        random vector of a rare word as loud as the learnt one of a frequent word.
    padding_idx : int
        Token number of the padding; its embedding stays zero.
    """

    def __init__(
        self,
        vocab_size: int,
        embedding_size: int,
        hidden_size: int,
        *,
        cell: str = "lstm",
        bidirectional: bool = False,
        pooling: str = "last",
        dropout: float = 0.0,
        embedding_dropout: float | None = None,
        embedding_std: float = 0.1,
        padding_idx: int = 0,
    ):
        super().__init__()
        if pooling not in POOLINGS:
            raise ValueError(f"pooling is {pooling!r}; choose one of {', '.join(POOLINGS)}.")
        self.pooling = pooling
        self.embedding = nn.Embedding(vocab_size, embedding_size, padding_idx=padding_idx)
        with torch.no_grad():
            self.embedding.weight.mul_(embedding_std)
        self.dropout = nn.Dropout(dropout)
        self.embedding_dropout = nn.Dropout(
            dropout if embedding_dropout is None else embedding_dropout
        )
        self.forwards = recurrent_layer(cell, embedding_size, hidden_size)
        self.backwards = (
            recurrent_layer(cell, embedding_size, hidden_size) if bidirectional else None
        )
        width = hidden_size * (2 if bidirectional else 1)
        self.head = nn.Linear(width * (2 if pooling == "mean+max" else 1), 1)
        if pooling == "attention":
            self.attention = nn.Sequential(
                nn.Linear(width, hidden_size), nn.Tanh(), nn.Linear(hidden_size, 1, bias=False)
            )

    def forward(
        self, inputs: torch.Tensor, lengths: torch.Tensor, move: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Return ``(B,)`` logits; inputs ``(B, T)`` token numbers, lengths ``(B,)``.

        `move` ``(B, T, E)`` is added to the embedded tokens (see
        `unrolled.training.adversarial_loss`).
        """
        lengths = check_inputs(inputs, lengths, dimensions=2)
        inputs = without_padding(inputs, lengths, self.embedding.padding_idx)
        check_tokens(inputs, self.embedding.num_embeddings)
        embedded = self.embedding_dropout(self.embedding(inputs))
        if move is not None:
            embedded = embedded + move
        pooled = self.pool(self.states(embedded, lengths), lengths)
        return self.head(self.dropout(pooled)).squeeze(1)

    def states(self, embedded: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Return the hidden states ``(B, T, H)``, or ``(B, T, 2H)`` if bidirectional."""
        embedded = without_padding(embedded, lengths)
        outputs, _ = self.forwards(embedded)
        if self.backwards is None:
            return outputs
        turned, _ = self.backwards(turn_round(embedded, lengths))
        return torch.cat([outputs, turn_round(turned, lengths)], dim=2)

    def pool(self, states: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Return one vector a review from its states; padding has no part in it."""
        lengths = torch.as_tensor(lengths, device=states.device)
        if self.pooling == "last":
            return last_read_states(states, lengths, self.backwards is not None)
        real = without_padding(states, lengths)
        if self.pooling == "attention":
            return (self.attention_weights(states, lengths).unsqueeze(2) * real).sum(1)
        mean = real.sum(1) / lengths.unsqueeze(1)
        if self.pooling == "mean":
            return mean
        highest = without_padding(states, lengths, -torch.inf).amax(1)
        return highest if self.pooling == "max" else torch.cat([mean, highest], dim=1)

    def attention_weights(self, states: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Return ``(B, T)`` weights that are 0 at padding and sum to 1 over each review.

        The softmax over the real steps of ``u . tanh(W h + b)``, as in Yang et al. (2016).

        Raises
        ------
        ValueError
            If the model does not pool by attention.
        """
        if self.pooling != "attention":
            raise ValueError(
                f"This model pools by {self.pooling!r} and has no attention weights. "
                "Build it with pooling='attention'."
            )
        scores = self.attention(without_padding(states, lengths)).squeeze(2)  # (B, T)
        return without_padding(scores, lengths, -torch.inf).softmax(1)


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
    if cell not in CELLS:
        raise ValueError(f"cell is {cell!r}; choose one of {', '.join(CELLS)}.")
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
    layer = CELLS[cell](input_size, hidden_size, batch_first=True, **options)
    if forget_bias is not None:
        start_forget_bias(layer, forget_bias)
    return layer


def start_forget_bias(layer: nn.LSTM, value: float) -> None:
    """Set the sum of the two forget biases of each direction to `value`, in place."""
    with torch.no_grad():
        for name, parameter in layer.named_parameters():
            _, forget, _, _ = parameter.chunk(4)  # rows: i, f, g, o
            if name.startswith("bias_ih"):
                forget.fill_(value)
            elif name.startswith("bias_hh"):
                forget.zero_()


def start_for_length(layer: nn.LSTM | nn.GRU, length: int) -> None:
    """Start the gates for memories of 1 to `length` steps, in place.

    The chrono start of Tallec & Ollivier (2018): the forget biases are the logarithms of numbers
    drawn uniformly from 1 to `length` - 1, the input biases their negatives. A unit with forget
    bias ln(n) keeps n / (n + 1) per step, so half-lives spread over the length. In a GRU the
    update gate, which in torch's form keeps the old state, gets those of the forget gate.

    Raises
    ------
    ValueError
        If the layer is neither an LSTM nor a GRU, or `length` is below 2.
    """
    if not isinstance(layer, nn.LSTM | nn.GRU):
        raise ValueError(
            f"start_for_length got {layer}; only the gates of nn.LSTM and nn.GRU can be started so."
        )
    if length < 2:
        raise ValueError(f"start_for_length got length={length}; memory begins at 2 steps.")
    with torch.no_grad():
        for name, parameter in layer.named_parameters():
            if name.startswith("bias"):
                parameter.zero_()
            if name.startswith("bias_ih"):
                blocks = parameter.split(layer.hidden_size)  # i, f, g, o or r, z, n
                blocks[1].uniform_(1, length - 1).log_()
                if isinstance(layer, nn.LSTM):
                    blocks[0].copy_(-blocks[1])


def start_recurrent_weights(layer: nn.RNNBase, start: str) -> None:
    """Fill `weight_hh` of each gate in place: "default" leaves it, else "orthogonal"/"identity"."""
    fillers = {"orthogonal": nn.init.orthogonal_, "identity": nn.init.eye_}
    if start == "default":
        return
    if start not in fillers:
        raise ValueError(
            f"recurrent_start is {start!r}; choose one of default, {', '.join(fillers)}."
        )
    for name, parameter in layer.named_parameters():
        if name.startswith("weight_hh"):
            with torch.no_grad():
                for block in parameter.split(layer.hidden_size):
                    fillers[start](block)


def start_xavier_weights(module: nn.Module) -> None:
    """Fill the weights of recurrent and linear layers by Glorot & Bengio (2010), in place.

    Each gate's block is filled for itself: uniformly up to ``sqrt(6 / (fan_in + fan_out))``, so
    that signals and gradients keep their variance on average. The biases become zero.
    """
    with torch.no_grad():
        for layer in module.modules():
            if isinstance(layer, nn.RNNBase | nn.Linear):
                rows = layer.hidden_size if isinstance(layer, nn.RNNBase) else layer.out_features
                for name, parameter in layer.named_parameters():
                    if name.startswith("bias"):
                        parameter.zero_()
                    else:
                        for block in parameter.split(rows):
                            nn.init.xavier_uniform_(block)


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
