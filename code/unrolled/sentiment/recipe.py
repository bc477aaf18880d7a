"""What a training is told: a file in TOML, flags that overrule it, and a check of both.

A `Recipe` says what is learnt and how; whoever has the same recipe and the same reviews trains the
same model. A `Machine` says where one process computes it and how often it saves. A file of
settings holds both, side by side.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterable
from dataclasses import Field, asdict, dataclass, fields, replace
from pathlib import Path

from unrolled.nets.choices import POOLINGS, TORCH_CELLS
from unrolled.sentiment.settings import RecipeError, Settings, read_file, setting
from unrolled.sentiment.source import COLUMNS, NAMED, PATHS, Source

WEIGHTS = ("none", "balanced")
STEPS, PASSES = 400, 30  # of a training on a file of one's own
STARTS = ("default", "xavier", "orthogonal")
SCHEDULES = ("one cycle", "linear", "constant")


@dataclass(frozen=True)
class Recipe(Source):
    """What is learnt, and how. `Recipe()` is that of the chapter on the classifier.

    An `embedding_dropout` of None is as large as `dropout`; a `forget_bias` of None leaves torch's
    start. Experiments hand out reviews and seeds themselves and never stop before the last pass:
    they leave data, archive, limit, patience and seed alone.
    """

    max_tokens: int = setting(400, "keep the first and last half of so many", least=1)
    max_tokens_judged: int = setting(
        0, "the same as max_tokens, outside training; 0: as many", least=0
    )
    cell: str = setting("lstm", "recurrent layer", choices=TORCH_CELLS)
    embedding_size: int = setting(100, "E", least=1)
    hidden_size: int = setting(48, "H, each way", least=1)
    bidirectional: bool = setting(True, "read both ways")
    pooling: str = setting("mean+max", "how states become one vector", choices=POOLINGS)
    dropout: float = setting(0.3, "share of pooled features zeroed in training", least=0)
    embedding_dropout: float | None = setting(
        0.3, "share of the embedding's features zeroed in training", least=0, optional=True
    )
    embedding_std: float = setting(0.1, "spread of the starting embeddings", least=0)
    start: str = setting("default", "of the weights of layers and head", choices=STARTS)
    forget_bias: float | None = setting(
        None, "sum of the LSTM's two at the start; left out: torch's", kind=float, optional=True
    )
    pretraining_passes: int = setting(
        0, "passes of a language model over the reviews, before labels are used", least=0
    )
    pretraining_cycles: int = setting(
        1, "how often its rate rises and falls in those passes", least=1
    )
    adversarial: float = setting(
        0.0, "learn also from reviews moved by this share of their length", least=0
    )
    epochs: int = setting(
        1,
        "passes over the training texts, at most; 0, as for a file of your own: by its size",
        least=0,
    )
    patience: int = setting(2, "stop after so many passes without a better one", least=1)
    batch_size: int = setting(32, "reviews in a step, over all processes", least=1)
    rate: float = setting(5e-3, "peak of the learning rate", least=0)
    schedule: str = setting(
        "one cycle",
        "of the rate: up and down, from its peak to zero, or always its peak",
        choices=SCHEDULES,
    )
    weight_decay: float = setting(0.0, "of AdamW", least=0)
    penalty: float = setting(0.0, "factor of half the sum of all squared weights", least=0)
    class_weights: str = setting(
        "none",
        "balanced: rare classes count more, in training loss and validation loss",
        choices=WEIGHTS,
    )
    clip_norm: float = setting(1.0, "limit of the gradient's norm; 0: none", least=0)

    def __post_init__(self):
        super().__post_init__()
        for name in ("dropout", "embedding_dropout"):
            if (getattr(self, name) or 0) >= 1:
                raise RecipeError(f"{name} is {getattr(self, name)}; expected a share below 1.")
        if self.forget_bias is not None and self.cell != "lstm":
            raise RecipeError(
                f"forget_bias is {self.forget_bias}, but only the LSTM has a forget gate. Take "
                "cell 'lstm', or leave forget_bias out."
            )
        if self.pretraining_passes and self.cell != "lstm":
            raise RecipeError(
                f"pretraining_passes is {self.pretraining_passes}, but a language model is made of "
                "LSTMs. Take cell 'lstm', or 0 passes."
            )
        if self.pretraining_passes % self.pretraining_cycles:
            raise RecipeError(
                f"pretraining_passes is {self.pretraining_passes}, which is no multiple of "
                f"pretraining_cycles, {self.pretraining_cycles}."
            )

    def with_passes(self, steps: int) -> Recipe:
        """Return the recipe for passes of so many steps, whose ``epochs`` are no longer 0.

        They make `STEPS` steps, but are at least 2 passes and at most `PASSES`. On 150, 500, 2,000
        and 6,800 sentences of Rotten Tomatoes, as means of three seeds, 150 steps were right on
        0.55, 0.54, 0.66 and 0.73 of the validation sentences, 400 on 0.56, 0.54, 0.70 and 0.75,
        1,000 on 0.56, 0.53, 0.70 and 0.76.
        """
        if self.epochs:
            return self
        return replace(self, epochs=min(max(math.ceil(STEPS / steps), 2), PASSES))

    @property
    def judging_tokens(self) -> int:
        """How many tokens are read of a review that is judged, not learnt from."""
        return self.max_tokens_judged or self.max_tokens


@dataclass(frozen=True)
class Machine(Settings):
    """Where and how one process trains: nothing that the model is told."""

    device: str = setting("auto", "where to train", choices=("auto", "cpu", "cuda", "mps"))
    threads: int = setting(0, "of the processor; 0: all cores", least=0, most=256)
    mixed_precision: bool = setting(True, "bfloat16 on CUDA")
    cpu_bfloat16: bool = setting(
        False, "bfloat16 on the CPU too: quick on some; float32 where there is none"
    )
    save_every: int = setting(100, "steps between two checkpoints", least=1)

    def wants_bfloat16(self, kind: str) -> bool:
        """Return whether products are asked for in bfloat16 on a "cpu", "cuda" or "mps"."""
        return {"cuda": self.mixed_precision, "cpu": self.cpu_bfloat16}.get(kind, False)


SETTINGS = (*fields(Recipe), *fields(Machine))
#: How the flags are grouped, for who reads the help; what stands in no group is for experts.
GROUPS = {
    "your texts": (
        *("data", "text_column", "label_column", "group_column", "split_column"),
        *("valid_data", "test_data", "encoding", "delimiter", "quotes", "most_left_out"),
        *("split_order", "split_seed", "unlabelled", "limit"),
    ),
    "what you may want to change": (
        *("tokenizer", "class_weights", "epochs", "patience", "hidden_size", "max_tokens"),
        *("dropout", "rate", "batch_size", "vocab_size", "seed"),
    ),
    "this machine": tuple(one.name for one in fields(Machine)),
}
EXPERTS = "for experts"


def flat(recipe: Recipe, machine: Machine) -> dict:
    """Return both side by side, as files and checkpoints hold them."""
    return asdict(recipe) | asdict(machine)


def from_flat(told: dict, where: str | Path = "What was told") -> tuple[Recipe, Machine]:
    """Return what `flat` has put side by side; what is left out has its default.

    Raises
    ------
    RecipeError
        If a setting is unknown or makes no sense.
    """
    known = [one.name for one in SETTINGS]
    unknown = sorted(set(told) - set(known))
    if unknown:
        raise RecipeError(
            f"{where} has the unknown setting {', '.join(unknown)}. Known are: {', '.join(known)}."
        )
    if told.get("data", NAMED[0]) not in NAMED:
        told = {"epochs": 0} | told
    recipe, machine = (
        kind(**{one.name: told[one.name] for one in fields(kind) if one.name in told})
        for kind in (Recipe, Machine)
    )
    return recipe, machine


def read_settings(path: str | Path | None = None, **flags) -> tuple[Recipe, Machine]:
    """Return the settings of a file (``.toml``, or ``.json`` as a training writes it).

    Parameters
    ----------
    path : str or pathlib.Path, optional
    **flags
        Settings that overrule the file; None where not given.

    Raises
    ------
    RecipeError
        If the file cannot be read, or a setting is unknown or makes no sense.
    """
    told = {} if path is None else read_file(Path(path))
    given = {name: value for name, value in flags.items() if value is not None}
    return from_flat(told | given, path)


def add_flags(parser: argparse.ArgumentParser, settings: Iterable[Field] = SETTINGS) -> None:
    """Give a parser one flag a setting: ``--hidden-size 64``, ``--no-bidirectional``.

    They stand in the groups of `GROUPS`; what is in none of them comes last, for experts.
    """
    settings = {one.name: one for one in settings}
    named = {name for names in GROUPS.values() for name in names}
    groups = GROUPS | {EXPERTS: tuple(name for name in settings if name not in named)}
    for title, names in groups.items():
        group = parser.add_argument_group(title)  # without a flag it is not shown
        for name in names:
            if name in settings:
                _add_flag(group, settings[name])


def _add_flag(group, one: Field) -> None:
    """Give a group the flag of a setting."""
    kind, name = one.metadata["kind"], "--" + one.name.replace("_", "-")
    default = "" if one.default in ("", None) else f" (default: {one.default})"
    told = {"dest": one.name, "help": one.metadata["help"] + default}
    if kind is bool:
        group.add_argument(name, action=argparse.BooleanOptionalAction, default=None, **told)
    else:
        choices = one.metadata["choices"]
        metavar = "{" + ",".join(choices) + "}" if choices else _metavar(one.name, kind)
        group.add_argument(name, type=kind, metavar=metavar, **told)


def _metavar(name: str, kind: type) -> str:
    """Return what stands in the help for the value of a setting."""
    if name in PATHS:
        return "PATH"
    return "NAME" if name in COLUMNS else kind.__name__.upper()
