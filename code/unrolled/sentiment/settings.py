"""Settings that check themselves: each has a kind, limits and a line of help."""

from __future__ import annotations

import json
import math
import tomllib
from dataclasses import field, fields
from pathlib import Path


class RecipeError(ValueError):
    """A setting is unknown or makes no sense; the message names it and what is possible."""


MOST = 2**32 - 1  # a larger whole number is a slip, and no library counts so far


def setting(default, text, *, kind=None, choices=None, least=None, most=MOST, optional=False):
    """Return a field that `Settings` checks; an optional one may be None."""
    told = {"help": text, "choices": choices, "least": least, "most": most}
    told |= {"kind": kind or type(default), "optional": optional}
    return field(default=default, metadata=told)


_KINDS = {str: "a word", int: "a whole number", float: "a number", bool: "true or false"}


class Settings:
    """What groups of settings share: each setting is checked when it is made."""

    def __post_init__(self):
        for one in fields(self):
            _check(one.name, getattr(self, one.name), one.default, **one.metadata)


def _check(name, value, default, *, kind, choices, least, most, optional, help):
    """Raise `RecipeError` unless a value is of its kind and within its limits."""
    if optional and value is None:
        return
    whole = kind is float and isinstance(value, int) and not isinstance(value, bool)
    if type(value) is not kind and not whole:
        such = "" if default is None else f", such as {default!r}"
        raise RecipeError(f"{name} is {value!r}; expected {_KINDS[kind]}{such}.")
    if choices and value not in choices:
        raise RecipeError(f"{name} is {value!r}; choose one of {', '.join(choices)}.")
    if least is not None and not value >= least:
        raise RecipeError(f"{name} is {value!r}; expected at least {least}.")
    if kind is int and value > most:
        raise RecipeError(f"{name} is {value}; expected at most {most}.")
    if kind is float and not math.isfinite(value):
        raise RecipeError(f"{name} is {value!r}; expected a finite number.")


def read_file(path: Path) -> dict:
    """Return the settings of a ``.toml`` or ``.json`` file, not yet checked."""
    if not path.is_file():
        raise RecipeError(f"There is no file of settings at {path}.")
    try:
        text = path.read_text(encoding="utf-8-sig")
        told = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except ValueError as error:
        raise RecipeError(f"{path} cannot be read as settings ({error}).") from error
    if not isinstance(told, dict):
        raise RecipeError(f"{path} holds a {type(told).__name__}; expected settings with names.")
    return told
