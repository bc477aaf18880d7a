"""Kinds of reviews that a rule can tell: negation, contrast, balance, length, stated stars."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

NEGATIONS = frozenset(
    """
    not no never neither nor nothing nobody none without hardly barely scarcely cannot ain't
    don't doesn't didn't isn't aren't wasn't weren't won't wouldn't can't couldn't shouldn't
    haven't hasn't hadn't dont doesnt didnt isnt wasnt
    """.split()  # noqa: SIM905
)
CONTRASTS = frozenset(
    ["but", "however", "although", "though", "yet", "nevertheless", "nonetheless", "despite"]
)
_STARS = re.compile(r"(?<![\d.,/])(\d{1,2}(?:[.,]\d)?)\s*(?:/|out\s+of)\s*(?:10|ten)(?![\d/])")


def share_of(tokens: Sequence[str], words: Collection[str]) -> float:
    """Return how many of 100 tokens are among these words."""
    return 100 * sum(token in words for token in tokens) / len(tokens)


def negated_opinions(
    tokens: Sequence[str], opinions: Collection[str], reach: int = 3
) -> list[tuple[str, str]]:
    """Return pairs (negation, opinion) with at most `reach` steps from one to the other."""
    return [
        (before, token)
        for place, token in enumerate(tokens)
        if token in opinions and token not in NEGATIONS
        for before in tokens[max(0, place - reach) : place]
        if before in NEGATIONS
    ]


def balance(tokens: Sequence[str], valence: Mapping[str, float]) -> float:
    """Return how evenly praise and blame are spread: 0 all of one kind, 1 as much of each.

    The smaller sum of valences divided by the larger one; 1 if there is no opinion word at all.
    """
    values = [valence.get(token, 0.0) for token in tokens]
    praise = sum(v for v in values if v > 0)
    blame = -sum(v for v in values if v < 0)
    return min(praise, blame) / max(praise, blame) if praise or blame else 1.0


def stated_stars(text: str) -> float | None:
    """Return the stars out of ten that a text states, or None if it states none, or several.

    It reads "8/10", "8 / 10", "8 out of 10" and "8 out of ten".
    """
    found = {float(n.replace(",", ".")) for n in _STARS.findall(text.lower())}
    found = {stars for stars in found if stars <= 10}
    return found.pop() if len(found) == 1 else None


def contradicts(stars: float | None, label: int) -> bool:
    """Return whether stated stars speak against a label: 7 and more for 0, 4 and less for 1."""
    return stars is not None and (stars >= 7 if label == 0 else stars <= 4)
