"""Subwords: pieces of words that are frequent together, learnt from texts by byte-pair encoding.

Byte-pair encoding (Sennrich et al., 2016) begins with characters and joins the most frequent pair
of neighbours again and again. The library sentencepiece (Kudo & Richardson, 2018) does the work.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import lru_cache

from unrolled.data.vocabulary import PAD, UNK

BLANK = "▁"  # stands in a piece for the blank before it
LONGEST = 2**24  # bytes of a text that may be learnt from; the library leaves out longer ones


class SubwordError(ValueError):
    """Subwords cannot be learnt or used; the message says why and what to do."""


def fit_subwords(texts: Iterable[str], size: int) -> bytes:
    """Return a model of at most `size` pieces, ``<pad>`` (0) and ``<unk>`` (1) included.

    The same texts give the same bytes. There are fewer pieces where the texts do not hold so many.

    Raises
    ------
    SubwordError
        If there is no text to learn from, `size` has no room for its characters, or sentencepiece
        is not installed.
    """
    model = io.BytesIO()
    try:
        _library().SentencePieceTrainer.train(
            sentence_iterator=(_cleaned(text) for text in texts),
            model_writer=model,
            vocab_size=size,
            hard_vocab_limit=False,
            model_type="bpe",
            character_coverage=1.0,
            normalization_rule_name="identity",
            pad_id=0,
            unk_id=1,
            bos_id=-1,
            eos_id=-1,
            pad_piece=PAD,
            unk_piece=UNK,
            max_sentence_length=LONGEST,
            num_threads=1,
            minloglevel=3,
        )
    except RuntimeError as error:
        if "sentences_.empty" in str(error):
            raise SubwordError("There is no text to learn subwords from; give one.") from error
        raise SubwordError(
            f"{size} tokens are too few for subwords of these texts: each of their characters "
            "needs one of its own. Give a larger vocab_size."
        ) from error
    return model.getvalue()


def pieces_of(model: bytes) -> list[str]:
    """Return the pieces of a model by their numbers; the mark ▁ stands for a blank before it.

    Raises
    ------
    SubwordError
        If the model is damaged.
    """
    found = _processor(model)
    return [found.id_to_piece(number) for number in range(found.get_piece_size())]


def cut(model: bytes, text: str) -> list[str]:
    """Return the pieces of a text; what the model has never seen stays in it, as unknown pieces."""
    return _processor(model).encode(_cleaned(text), out_type=str)


@lru_cache(maxsize=4)
def _processor(model: bytes):
    try:
        return _library().SentencePieceProcessor(model_proto=model)
    except RuntimeError as error:
        raise SubwordError("The model of subwords is damaged. Bring back a whole copy.") from error


def _cleaned(text: str) -> str:
    """Return a text in which ▁ is white space, as in pieces, which is single blanks between words.

    Half a character, which UTF-8 cannot write, becomes a question mark.
    """
    return " ".join(text.encode("utf-8", "replace").decode().replace(BLANK, " ").split())


def _library():
    """Return sentencepiece, or say how to get it."""
    try:
        import sentencepiece
    except ModuleNotFoundError:
        raise SubwordError(
            "sentencepiece, which cuts texts into subwords, is not installed: "
            "pip install sentencepiece"
        ) from None
    return sentencepiece
