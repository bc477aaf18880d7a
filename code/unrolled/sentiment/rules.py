"""What travels with an exported model, so that a program without this package can use it."""

from __future__ import annotations

from collections.abc import Sequence

from unrolled.data.encoder import TextEncoder
from unrolled.data.reviews import REVIEW_CLASSES
from unrolled.data.tokenizer import TOKEN

KEY = "unrolled"  # of the metadata in the file
NORMAL = """\
1. HTML entities are decoded: &quot; is a quotation mark. Then comes Unicode's form {form}.
"""
CUT = {
    "words": """\
2. An HTML line break, such as <br />, becomes a space.
3. Everything becomes lower case, a curly apostrophe a straight one; then Unicode's form NFC.
4. The tokens are what `pattern` finds, from left to right.
""",
    "characters": """\
2. Everything becomes lower case; white space becomes one blank, and none at either end.
3. Unicode's form {form} once more.
4. Each code point is a token.
""",
    "subwords": """\
2. Everything becomes lower case; white space becomes one blank, and none at either end. The
   mark ▁ (U+2581) is white space, too.
3. Unicode's form {form} once more.
4. The tokens are the pieces that sentencepiece cuts with `model`, which is its file in base64.
""",
}
NUMBERS = """\
5. The number of a token is its place in `vocabulary`, counted from 0. An unknown token is number 1,
   and so is a text without any token.
6. A text has no answer if none of its tokens that hold a letter or a digit, or are an emoji, is in
   the vocabulary.
7. Of more than max_tokens tokens only the first max_tokens // 2 are read and, behind them, the last
   max_tokens - max_tokens // 2.
8. Input `tokens` (B, T) holds the numbers, shorter texts filled up with 0 at the end; `lengths`
   (B,) says how many are real.
"""
ANSWER = (
    """\
9. Of output `logits` (B,), 1 / (1 + exp(-logit)) is the probability of the second of `classes`.
""",
    """\
9. Of output `logits` (B, K), the softmax of a row holds the probabilities of `classes`.
""",
)


def told_of(encoder: TextEncoder, classes: Sequence[str], max_tokens: int) -> dict:
    """Return how a text becomes numbers, and logits an answer, as what JSON can hold.

    Returns
    -------
    dict
        vocabulary; classes, the K names; max_tokens; and tokenizer: kind, unicode_form, of words
        the pattern, of subwords the model, and "in words", all that a program has to do.
    """
    told = encoder.told()
    vocabulary, kind = told.pop("vocabulary"), told.pop("tokenizer")
    rules = NORMAL + CUT[kind] + NUMBERS + ANSWER[len(classes) > 2]
    tokenizer = {"kind": kind} | told | {"in words": rules.format(form=encoder.unicode_form)}
    if kind == "words":
        tokenizer["pattern"] = TOKEN.pattern
    return {
        "vocabulary": vocabulary,
        "classes": list(classes),
        "max_tokens": max_tokens,
        "tokenizer": tokenizer,
    }


def from_told(told: dict) -> tuple[TextEncoder, tuple[str, ...], int]:
    """Return encoder, classes and max_tokens that `told_of` has told.

    What was told before there were other tokens than words, and other classes than two, is read
    as such.

    Raises
    ------
    OtherRules
        If words are cut by another pattern here.
    ValueError
        If something is missing or makes no sense.
    """
    try:
        tokenizer, max_tokens = told["tokenizer"], told["max_tokens"]
        kind = tokenizer.get("kind", "words")
        if kind == "words" and tokenizer["pattern"] != TOKEN.pattern:
            raise OtherRules("Words are cut by another pattern than that of this package.")
        rest = {"tokenizer": kind, "unicode_form": tokenizer.get("unicode_form", "NFC")}
        model = {"model": tokenizer["model"]} if kind == "subwords" else {}
        classes = told.get("classes", list(REVIEW_CLASSES))
        encoder = TextEncoder.from_told({"vocabulary": told["vocabulary"]} | rest | model)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"damaged or of another program ({error!r})") from error
    if type(max_tokens) is not int or max_tokens < 1:
        raise ValueError(f"damaged: max_tokens is {max_tokens!r}")
    names = isinstance(classes, list) and all(isinstance(name, str) for name in classes)
    if not names or not 2 <= len(set(classes)) == len(classes):
        raise ValueError(f"damaged: classes are {classes!r:.60}")
    return encoder, tuple(classes), max_tokens


class OtherRules(ValueError):
    """A file was made for other rules of cutting texts into words than those of this package."""
