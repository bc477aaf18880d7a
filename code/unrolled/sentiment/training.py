"""The reader of reviews and its training: built, trained and asked as its recipe says.

`Training` is the loop, and knows neither folder nor process: whoever wants to save, to draw a bar
or to stop early passes a function that is called after each step or each pass. `train_reader` runs
it once, as experiments and chapters do; `unrolled.sentiment.session` runs it with checkpoints.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator
from functools import partial

import numpy as np
import torch
from torch import nn

from unrolled.data.batching import Batch, bucketed_batches
from unrolled.evaluation.calibration import mean_loss
from unrolled.nets.classifier import SentimentClassifier
from unrolled.nets.initialization import (
    start_forget_bias,
    start_recurrent_weights,
    start_xavier_weights,
)
from unrolled.nets.pretraining import PretrainingRecipe
from unrolled.nets.training import (
    History,
    TrainingDiverged,
    adversarial_loss,
    cross_entropy,
    evaluate,
    fit,
    one_cycle,
    sentiment_loss,
)
from unrolled.sentiment.corpus import Part
from unrolled.sentiment.recipe import Recipe, RecipeError

BETAS = (0.95, 0.99)  # of Adam, as in the chapter on the classifier
JUDGED_AT_ONCE = 128  # reviews, by the command line
Loss = Callable[[nn.Module, Batch], torch.Tensor]


def build_reader(recipe: Recipe, vocab_size: int, n_classes: int = 2) -> SentimentClassifier:
    """Return an untrained reader of so many tokens, for so many classes.

    Raises
    ------
    RecipeError
        If it does not fit into the memory.
    """
    try:
        model = SentimentClassifier(
            vocab_size,
            recipe.embedding_size,
            recipe.hidden_size,
            cell=recipe.cell,
            bidirectional=recipe.bidirectional,
            pooling=recipe.pooling,
            dropout=recipe.dropout,
            embedding_dropout=recipe.embedding_dropout,
            embedding_std=recipe.embedding_std,
            n_classes=n_classes,
        )
    except RuntimeError as error:  # torch says on several lines which bytes it could not have
        raise RecipeError(
            f"A model of {vocab_size} tokens, embedding_size {recipe.embedding_size} and "
            f"hidden_size {recipe.hidden_size} does not fit into the memory. Take smaller sizes."
        ) from error
    _start(model, recipe)
    return model


def _start(model: SentimentClassifier, recipe: Recipe) -> None:
    """Fill the weights as the recipe says, in place."""
    if recipe.start == "xavier":
        start_xavier_weights(model)
    for layer in filter(None, (model.forwards, model.backwards)):
        if recipe.start == "orthogonal":
            start_recurrent_weights(layer, "orthogonal")
        if recipe.forget_bias is not None:
            start_forget_bias(layer, recipe.forget_bias)


def pretraining_recipe(recipe: Recipe, *, bfloat16: bool = False) -> PretrainingRecipe:
    """Return the recipe of the language model that a reader of this recipe can begin with."""
    return PretrainingRecipe(
        embedding_size=recipe.embedding_size,
        hidden_size=recipe.hidden_size,
        passes=recipe.pretraining_passes,
        cycles=recipe.pretraining_cycles,
        backwards=recipe.bidirectional,
        bfloat16=bfloat16,
    )


def shuffled_batches(part: Part, recipe: Recipe, rng: np.random.Generator) -> Iterator[Batch]:
    """Return one pass over a part, as the recipe learns from it."""
    return bucketed_batches(
        part.ids,
        part.labels,
        batch_size=recipe.batch_size,
        rng=rng,
        max_tokens=recipe.max_tokens,
        n_classes=part.n_classes,
    )


def balanced_weights(labels: np.ndarray, n_classes: int) -> np.ndarray:
    """Return a weight for each class ``(K,)``: ``N / (K n_k)``, so that all classes weigh the same.

    Raises
    ------
    ValueError
        If a class has no label.
    """
    counts = np.bincount(labels, minlength=n_classes)
    if not counts.all():
        raise ValueError(
            f"Class {int(counts.argmin())} has no text, so it can have no weight; expected one or "
            "more of each class."
        )
    return len(labels) / (n_classes * counts)


def compare_of(recipe: Recipe, part: Part) -> Callable:
    """Return ``compare(logits, targets, reduction="mean")``, the cross-entropy a recipe asks for.

    With ``class_weights`` "balanced", each text counts as `balanced_weights` of `part` says; they
    are 1 in the mean over the part.
    """
    if recipe.class_weights == "none":
        return cross_entropy
    weights = torch.as_tensor(balanced_weights(part.labels, part.n_classes))

    def compare(logits, targets, *, reduction="mean"):
        each = cross_entropy(logits, targets, reduction="none")
        each = each * weights.to(each)[targets.long()]
        return each if reduction == "none" else each.mean()

    return compare


def loss_of(recipe: Recipe, **options) -> Loss:
    """Return the loss that a recipe asks for: ``loss(model, batch)``, a scalar tensor.

    The options are those that `unrolled.nets.training.sentiment_loss` and `adversarial_loss` share:
    ``precision`` and ``compare``.
    """
    plain = partial(sentiment_loss, **options)
    if recipe.adversarial:
        plain = partial(adversarial_loss, size=recipe.adversarial, **options)
    if not recipe.penalty:
        return plain

    def penalised(model, batch, **more):
        squares = sum(weight.square().sum() for weight in model.parameters())
        return plain(model, batch, **more) + 0.5 * recipe.penalty * squares

    return penalised


class Training:
    """A training that is under way: a model, its optimiser and schedule, and how far it is.

    Parameters
    ----------
    model : torch.nn.Module
        Takes token numbers ``(B, T)`` and lengths ``(B,)``, returns logits ``(B,)`` or ``(B, K)``.
    recipe : Recipe
    steps : int
        In one pass.
    """

    def __init__(self, model: nn.Module, recipe: Recipe, steps: int):
        self.model, self.recipe, self.steps = model, recipe.with_passes(steps), steps
        self.optimizer = torch.optim.AdamW(
            model.parameters(), lr=recipe.rate, betas=BETAS, weight_decay=recipe.weight_decay
        )
        self.schedule = _schedule(recipe, self.optimizer, self.recipe.epochs * steps)
        self.epoch = 0  # passes that are finished
        self.history = History()

    @property
    def position(self) -> int:
        """How many steps of the pass that is under way are done."""
        return len(self.history) - self.epoch * self.steps

    def last_pass(self, values: list[float]) -> list[float]:
        """Return of the history's `values` those of the last pass that is finished."""
        return values[max(0, self.epoch - 1) * self.steps : self.epoch * self.steps]

    def run(
        self,
        batches: Callable[[int], Iterable[Batch]],
        loss: Loss,
        *,
        on_step: Callable[[], None] | None = None,
        on_epoch: Callable[[], bool | None] | None = None,
    ) -> None:
        """Train to the last pass, from wherever it is.

        Parameters
        ----------
        batches : callable
            ``batches(epoch)`` returns the pass number `epoch`, from 0: always the same one.
        loss : callable
            ``loss(model, batch)`` returns a scalar tensor, such as `loss_of` a recipe.
        on_step : callable, optional
            Called after each step.
        on_epoch : callable, optional
            Called after each pass; if it returns True, that was the last.

        Raises
        ------
        unrolled.nets.training.TrainingDiverged
            If a loss or a gradient is not a finite number.
        """
        done = False
        while self.epoch < self.recipe.epochs and not done:
            fit(
                self.model,
                itertools.islice(batches(self.epoch), self.position, None),
                loss,
                self.optimizer,
                clip_norm=self.recipe.clip_norm or None,
                schedule=self.schedule,
                history=self.history,
                on_step=on_step,
            )
            self.epoch += 1
            done = on_epoch is not None and bool(on_epoch())

    def state_dict(self) -> dict:
        """Return all but the model's weights that a training needs to go on."""
        return {
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "epoch": self.epoch,
            "position": self.position,
            "losses": self.history.losses,
            "grad_norms": self.history.grad_norms,
        }

    def load_state_dict(self, state: dict) -> None:
        """Go back, or on, to a state of `state_dict`."""
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        self.epoch, self.history = state["epoch"], History()
        for loss, norm in zip(state["losses"], state["grad_norms"], strict=True):
            self.history.record(loss, norm)


def _schedule(recipe: Recipe, optimizer, steps: int):
    """Return the schedule of the rate over so many steps."""
    if recipe.schedule == "one cycle":
        return one_cycle(optimizer, recipe.rate, steps)
    share = {"linear": lambda step: 1 - step / steps, "constant": lambda step: 1.0}
    return torch.optim.lr_scheduler.LambdaLR(optimizer, share[recipe.schedule])


def train_reader(
    model: nn.Module,
    recipe: Recipe,
    part: Part,
    rng: np.random.Generator,
    *,
    loss: Loss | None = None,
    on_epoch: Callable[[Training], None] | None = None,
) -> dict:
    """Train a reader in place on one part of the reviews, from the first pass to the last.

    Parameters
    ----------
    model : torch.nn.Module
        Takes token numbers ``(B, T)`` and lengths ``(B,)``, returns logits ``(B,)`` or ``(B, K)``.
    recipe : Recipe
    part : Part
    rng : numpy.random.Generator
        Draws the order of the reviews; dropout is torch's.
    loss : callable, optional
        In the place of the recipe's: ``loss(model, batch)`` returns a scalar tensor.
    on_epoch : callable, optional
        Called with the training after each pass.

    Returns
    -------
    dict
        train_loss (mean of the last pass), diverged.
    """
    training = Training(model, recipe, math.ceil(len(part) / recipe.batch_size))
    finding = {"train_loss": math.nan, "diverged": False}

    def after_pass():
        finding["train_loss"] = float(np.mean(training.last_pass(training.history.losses)))
        if on_epoch is not None:
            on_epoch(training)

    try:
        training.run(
            lambda _: shuffled_batches(part, recipe, rng),
            loss_of(recipe, compare=compare_of(recipe, part)) if loss is None else loss,
            on_epoch=after_pass,
        )
    except TrainingDiverged:
        finding["diverged"] = True
    return finding


def logits_of(
    model: nn.Module, part: Part, max_tokens: int | None, *, batch_size: int = 64
) -> np.ndarray:
    """Return the logits of a part in its order: ``(N,)`` of two classes, ``(N, K)`` of more.

    Parameters
    ----------
    model : torch.nn.Module
    part : Part
    max_tokens : int or None
        The first and the last half of so many tokens are read; None reads all of them.
    batch_size : int
        Reviews that are read together. It changes the last digits at most.

    Raises
    ------
    ValueError
        If there is no review, or a logit is not a finite number.
    """
    batches = bucketed_batches(
        part.ids,
        part.labels,
        batch_size=batch_size,
        max_tokens=max_tokens,
        n_classes=part.n_classes,
    )
    return evaluate(model, batches)[0]


def scores(logits: np.ndarray, labels: np.ndarray) -> dict:
    """Return accuracy and mean binary cross-entropy (``loss``) of logits."""
    return {
        "accuracy": float(np.mean((logits > 0) == (labels == 1))),
        "loss": mean_loss(logits, labels),
    }
