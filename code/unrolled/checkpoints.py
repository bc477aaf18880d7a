"""Checkpoints: the whole state of a training, written so that no crash can leave half of one."""

from __future__ import annotations

import os
from pathlib import Path

import torch


class CheckpointError(RuntimeError):
    """A checkpoint is missing or damaged; the message says what to do."""


def save_checkpoint(path: str | Path, state: dict) -> None:
    """Write a state; the file at `path` is at every moment the old one or the new one, whole.

    Parameters
    ----------
    path : str or pathlib.Path
    state : dict
        Of tensors, numbers, strings, lists and dicts, such as the ``state_dict`` of a model.
    """
    path = Path(path)
    draft = path.with_name(f"{path.name}.draft{os.getpid()}")
    with draft.open("wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def write_whole(path: Path, text: str) -> None:
    """Write a text file that appears whole or not at all."""
    draft = path.with_name(path.name + ".draft")
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def load_checkpoint(path: str | Path, *, device: str | torch.device = "cpu") -> dict:
    """Return a state that `save_checkpoint` wrote. Only data is read: no code in it can run.

    Raises
    ------
    CheckpointError
        If the file is missing, damaged, or holds something else.
    """
    path = Path(path)
    if not path.is_file():
        raise CheckpointError(f"There is no checkpoint at {path}. Train first, or mend the path.")
    try:
        state = torch.load(path, map_location=device, weights_only=True)
    except Exception as error:  # damaged bytes can make the unpickler fail in any way
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise CheckpointError(
            f"{path} is damaged or no checkpoint ({reason}). Delete it and train again."
        ) from error
    if not isinstance(state, dict):
        raise CheckpointError(f"{path} holds a {type(state).__name__}; expected a state (a dict).")
    return state


def random_state() -> dict:
    """Return the state of torch's generators, of the CPU and of every CUDA device."""
    cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []
    return {"cpu": torch.get_rng_state(), "cuda": cuda}


def set_random_state(state: dict) -> None:
    """Put torch's generators back into a state of `random_state`."""
    torch.set_rng_state(state["cpu"].cpu())
    if torch.cuda.is_available() and state["cuda"]:
        torch.cuda.set_rng_state_all([one.cpu() for one in state["cuda"]])
