"""Checkpoints: the whole state of a training, written so that no crash can leave half of one."""

from __future__ import annotations

import io
import re
from pathlib import Path

import torch

from unrolled import files


class CheckpointError(RuntimeError):
    """A checkpoint is missing or damaged; the message says what to do."""


def save_checkpoint(path: str | Path, state: dict) -> None:
    """Write a state; the file at `path` is at every moment the old one or the new one, whole.

    Parameters
    ----------
    path : str or pathlib.Path
    state : dict
        Of tensors, numbers, strings, lists and dicts, such as the ``state_dict`` of a model.

    Raises
    ------
    OSError
        If the file cannot be written, as on a full disk. No half of it is left.
    """
    data = io.BytesIO()  # torch does not say which error of the disk it met
    torch.save(state, data)
    with files.whole(path) as draft:
        draft.write_bytes(data.getbuffer())


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
        raise CheckpointError(_why_not(path, error)) from error
    if not isinstance(state, dict):
        raise CheckpointError(f"{path} holds a {type(state).__name__}; expected a state (a dict).")
    return state


def _why_not(path: Path, error: Exception) -> str:
    """Return a sentence on a file that `torch.load` refuses."""
    reason = str(error) or type(error).__name__
    if foreign := re.search(r"(?:Unsupported global: GLOBAL|Unsupported class) (\S+)", reason):
        return (
            f"{path} holds {foreign[1]}, which is no tensor, number, word, list or dict: it is "
            "damaged or no checkpoint of this program. It was not opened, because such an object "
            "can run any code. Of a model of yours, save model.state_dict() and not the model."
        )
    reason = reason.splitlines()[0]
    if "weights_only" in reason:  # torch's advice is to open it all the same
        reason = "it does not begin as one"
    return (
        f"{path} is damaged or no checkpoint ({reason}). Bring back a whole copy, "
        "or train again with --fresh."
    )


def random_state() -> dict:
    """Return the state of torch's generators, of the CPU and of every CUDA device."""
    cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []
    return {"cpu": torch.get_rng_state(), "cuda": cuda}


def set_random_state(state: dict) -> None:
    """Put torch's generators back into a state of `random_state`."""
    torch.set_rng_state(state["cpu"].cpu())
    if torch.cuda.is_available() and state["cuda"]:
        torch.cuda.set_rng_state_all([one.cpu() for one in state["cuda"]])
