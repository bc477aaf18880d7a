"""A character model as one small file, with which a web page writes: 8 bits for most weights."""

from __future__ import annotations

import torch

from unrolled.nets.characters import CharacterModel
from unrolled.nets.model_file import in_eight_bits, in_sixteen_bits, packed

SCALES = {  # of the matrices that are held in 8 bits
    "embedding.weight": "embedding.scale",
    **{
        name: f"{name}.scale"
        for name in ("lstm.weight_ih_l0", "lstm.weight_hh_l0", "linear.weight")
    },
}


def characters_file(model: CharacterModel, alphabet: str, told: dict | None = None) -> bytes:
    """Return the file of a character model, its alphabet, and whatever else its header shall tell.

    Parameters
    ----------
    model : CharacterModel
        Of V characters.
    alphabet : str
        The V characters, in the order of their numbers.
    told : dict, optional
        As JSON: how it was trained, what it reaches.

    Raises
    ------
    ValueError
        If the alphabet does not fit the model.
    ModelFileError
        If a weight is not finite, or too large for 16 bits.
    """
    symbols = model.embedding.num_embeddings
    if len(alphabet) != symbols or len(set(alphabet)) != symbols:
        raise ValueError(
            f"The model knows {symbols} characters, and the alphabet has {len(set(alphabet))} "
            f"different ones among {len(alphabet)}. Give the one that it was trained with."
        )
    weights = {name: weight.cpu().numpy() for name, weight in model.state_dict().items()}
    return packed(weights, {"alphabet": alphabet} | (told or {}), scales=SCALES)


@torch.no_grad()
def round_characters(model: CharacterModel) -> None:
    """Give a model, in place, the rounded weights that the file holds."""
    for name, weight in model.state_dict().items():
        keep = in_eight_bits if name in SCALES else in_sixteen_bits
        weight.copy_(torch.as_tensor(keep(weight.cpu().numpy())))
