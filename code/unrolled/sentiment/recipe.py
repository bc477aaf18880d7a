"""What a training is told: a file in TOML, flags that overrule it, and a check of both."""

from __future__ import annotations

import argparse
import json
import math
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path

from unrolled.nets.classifier import POOLINGS
from unrolled.nets.layers import TORCH_LAYERS

DATA = ("imdb", "rotten-tomatoes", "imdb-official")


class ConfigError(ValueError):
    """A setting is unknown or makes no sense; the message names it and what is possible."""


MOST = 2**32 - 1  # a larger whole number is a slip, and no library counts so far


def _setting(default, text, *, choices=None, least=None, most=MOST):
    told = {"help": text, "choices": choices, "least": least, "most": most}
    return field(default=default, metadata=told)


@dataclass(frozen=True)
class Config:
    """All settings of a training. `Config()` is the recipe of the chapter on the classifier."""

    data: str = _setting("imdb", "which reviews", choices=DATA)
    archive: str = _setting("", "for imdb-official: the archive, if you have it")
    limit: int = _setting(0, "train on so many reviews only; 0: all", least=0)
    vocab_size: int = _setting(20_000, "V, padding and unknown included", least=3)
    max_tokens: int = _setting(400, "keep the first and last half of so many", least=1)
    max_tokens_judged: int = _setting(0, "the same, outside training; 0: as many", least=0)
    cell: str = _setting("lstm", "recurrent layer", choices=tuple(TORCH_LAYERS))
    embedding_size: int = _setting(100, "E", least=1)
    hidden_size: int = _setting(48, "H, each way", least=1)
    bidirectional: bool = _setting(True, "read both ways")
    pooling: str = _setting("mean+max", "how states become one vector", choices=POOLINGS)
    dropout: float = _setting(0.3, "share of pooled features zeroed in training", least=0)
    embedding_dropout: float = _setting(0.3, "that of the embedding's features", least=0)
    pretraining_passes: int = _setting(
        0, "passes of a language model over the reviews, before labels are used", least=0
    )
    pretraining_cycles: int = _setting(
        1, "how often its rate rises and falls in those passes", least=1
    )
    adversarial: float = _setting(
        0.0, "learn also from reviews moved by this share of their length", least=0
    )
    epochs: int = _setting(1, "passes over the training reviews, at most", least=1)
    patience: int = _setting(2, "stop after so many passes without a better one", least=1)
    batch_size: int = _setting(32, "reviews in a step, over all processes", least=1)
    rate: float = _setting(5e-3, "peak of the learning rate", least=0)
    weight_decay: float = _setting(0.0, "of AdamW", least=0)
    clip_norm: float = _setting(1.0, "limit of the gradient's norm; 0: none", least=0)
    seed: int = _setting(0, "of everything", least=0)
    device: str = _setting("auto", "where to train", choices=("auto", "cpu", "cuda", "mps"))
    threads: int = _setting(0, "of the processor; 0: all cores", least=0, most=256)
    mixed_precision: bool = _setting(True, "bfloat16 on CUDA")
    cpu_bfloat16: bool = _setting(
        False, "bfloat16 on the CPU too: quick on some; float32 where there is none"
    )
    save_every: int = _setting(100, "steps between two checkpoints", least=1)

    def __post_init__(self):
        for one in fields(self):
            value, kind = getattr(self, one.name), type(one.default)
            whole = kind is float and isinstance(value, int) and not isinstance(value, bool)
            if type(value) is not kind and not whole:
                raise ConfigError(
                    f"{one.name} is {value!r}; expected {_KINDS[kind]}, such as {one.default!r}."
                )
            choices, least = one.metadata["choices"], one.metadata["least"]
            if choices and value not in choices:
                raise ConfigError(f"{one.name} is {value!r}; choose one of {', '.join(choices)}.")
            if least is not None and not value >= least:
                raise ConfigError(f"{one.name} is {value!r}; expected at least {least}.")
            if kind is int and value > one.metadata["most"]:
                raise ConfigError(
                    f"{one.name} is {value}; expected at most {one.metadata['most']}."
                )
            if kind is float and not math.isfinite(value):
                raise ConfigError(f"{one.name} is {value!r}; expected a finite number.")
        for name in ("dropout", "embedding_dropout"):
            if getattr(self, name) >= 1:
                raise ConfigError(f"{name} is {getattr(self, name)}; expected a share below 1.")
        if self.pretraining_passes and not (self.cell == "lstm" and self.bidirectional):
            raise ConfigError(
                f"pretraining_passes is {self.pretraining_passes}, but a language model is made of "
                "two LSTMs. Take cell 'lstm' and bidirectional, or 0 passes."
            )
        if self.pretraining_passes % self.pretraining_cycles:
            raise ConfigError(
                f"pretraining_passes is {self.pretraining_passes}, which is no multiple of "
                f"pretraining_cycles, {self.pretraining_cycles}."
            )

    @property
    def judging_tokens(self) -> int:
        """How many tokens are read of a review that is judged, not learnt from."""
        return self.max_tokens_judged or self.max_tokens


_KINDS = {str: "a word", int: "a whole number", float: "a number", bool: "true or false"}


def read_config(path: str | Path | None = None, **flags) -> Config:
    """Return the settings of a file (``.toml``, or ``.json`` as a training writes it).

    Parameters
    ----------
    path : str or pathlib.Path, optional
    **flags
        Settings that overrule the file; None where not given.

    Raises
    ------
    ConfigError
        If the file cannot be read, or a setting is unknown or makes no sense.
    """
    told = {} if path is None else _read(Path(path))
    known = [one.name for one in fields(Config)]
    unknown = sorted(set(told) - set(known))
    if unknown:
        raise ConfigError(
            f"{path} has the unknown setting {', '.join(unknown)}. Known are: {', '.join(known)}."
        )
    return Config(**told | {name: value for name, value in flags.items() if value is not None})


def _read(path: Path) -> dict:
    if not path.is_file():
        raise ConfigError(f"There is no file of settings at {path}.")
    try:
        text = path.read_text(encoding="utf-8-sig")
        told = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except ValueError as error:
        raise ConfigError(f"{path} cannot be read as settings ({error}).") from error
    if not isinstance(told, dict):
        raise ConfigError(f"{path} holds a {type(told).__name__}; expected settings with names.")
    return told


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Give a parser one flag a setting: ``--hidden-size 64``, ``--no-bidirectional``."""
    group = parser.add_argument_group("settings, which overrule the file")
    for one in fields(Config):
        kind, name = type(one.default), "--" + one.name.replace("_", "-")
        told = {"dest": one.name, "help": f"{one.metadata['help']} (default: {one.default})"}
        if kind is bool:
            group.add_argument(name, action=argparse.BooleanOptionalAction, default=None, **told)
        else:
            choices = one.metadata["choices"]
            metavar = "{" + ",".join(choices) + "}" if choices else kind.__name__.upper()
            group.add_argument(name, type=kind, metavar=metavar, **told)
