"""Names as spans of words: from tags and back, and how many were found, strictly.

A span is ``(start, stop, kind)``: the words ``start`` to ``stop - 1``. Two schemes write spans as
tags. BIO: ``B-kind`` begins a span, ``I-kind`` goes on, ``O`` is outside. BIOSE (also BIOES or
BILOU) moreover says where a span ends: ``E-kind`` is its last word, ``S-kind`` its only one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Span = tuple[int, int, str]
SCHEMES = ("BIO", "BIOSE")


def spans_of(tags: Sequence[str]) -> list[Span]:
    """Return the spans that a sentence's tags tell, in order; tags that do not fit are repaired.

    The rule is that of the CoNLL evaluation, for both schemes: a span begins at ``B`` or ``S``, and
    at an ``I`` or ``E`` that goes on nothing of its own kind. It ends after ``E`` or ``S``, and
    before a word that begins another one or is outside. So every sequence of tags tells some
    spans, and those that a scheme writes come out again.

    Raises
    ------
    ValueError
        If a tag is neither ``O`` nor one of B, I, E, S with a kind.
    """
    spans, start, kind = [], None, None
    for place, tag in enumerate(tags):
        mark, told = _parts(tag)
        goes_on = mark in "IE" and told == kind
        if start is not None and not goes_on:
            spans.append((start, place, kind))
            start, kind = None, None
        if mark != "O" and not goes_on:
            start, kind = place, told
        if mark in "ES":
            spans.append((start, place + 1, kind))
            start, kind = None, None
    return spans if start is None else [*spans, (start, len(tags), kind)]


def tags_of(spans: Sequence[Span], n: int, scheme: str) -> list[str]:
    """Return the tags of a sentence of `n` words, in the scheme "BIO" or "BIOSE".

    Raises
    ------
    ValueError
        If the scheme is neither, a span lies outside the sentence, or two overlap.
    """
    if scheme not in SCHEMES:
        raise ValueError(f"scheme is {scheme!r}; choose 'BIO' or 'BIOSE'.")
    tags = ["O"] * n
    for start, stop, kind in spans:
        if not 0 <= start < stop <= n or set(tags[start:stop]) != {"O"}:
            raise ValueError(
                f"The span {(start, stop, kind)} is empty, leaves a sentence of {n} words, or "
                "overlaps with another one. Give spans of the sentence, one after the other."
            )
        tags[start:stop] = [f"B-{kind}"] + [f"I-{kind}"] * (stop - start - 1)
        if scheme == "BIOSE":
            tags[stop - 1] = f"S-{kind}" if stop - start == 1 else f"E-{kind}"
    return tags


def all_tags(kinds: Sequence[str], scheme: str) -> list[str]:
    """Return all tags of a scheme for these kinds; ``O`` stands first."""
    if scheme not in SCHEMES:
        raise ValueError(f"scheme is {scheme!r}; choose 'BIO' or 'BIOSE'.")
    marks = [mark for mark in scheme if mark != "O"]
    return ["O", *(f"{mark}-{kind}" for kind in sorted(kinds) for mark in marks)]


def legal(tags: Sequence[str], scheme: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return which tag may follow which ``(K, K)``, which may begin ``(K,)``, and which may end.

    Entry ``[i, j]`` of the first says whether `tags[j]` may stand right after `tags[i]`.
    """
    marks = [_parts(tag) for tag in tags]
    open_ended = scheme == "BIOSE"  # there a B or I must go on; in BIO it may just stop

    def fits(before, after):
        inside = after[0] in "IE"
        if inside:
            return before[0] in "BI" and before[1] == after[1]
        return not (open_ended and before[0] in "BI")

    follow = np.array([[fits(a, b) for b in marks] for a in marks])
    outside = ("O", None)
    begin = np.array([fits(outside, b) for b in marks])
    end = np.array([fits(a, outside) for a in marks])
    return follow, begin, end


def span_counts(truth, predicted) -> np.ndarray:
    """Return ``(N, 3)``: for each sentence the spans hit, told and true.

    A hit has the same first word, last word and kind: strict.

    Parameters
    ----------
    truth, predicted : list of list of spans, one list a sentence
    """
    if len(truth) != len(predicted):
        raise ValueError(
            f"There are {len(truth)} sentences of truth and {len(predicted)} of predictions; give "
            "one list of spans for each sentence in both."
        )
    counts = [
        (len(set(a) & set(b)), len(set(b)), len(set(a)))
        for a, b in zip(truth, predicted, strict=True)
    ]
    return np.array(counts, dtype=np.int64).reshape(-1, 3)


def span_f1(counts: np.ndarray) -> float:
    """Return the strict F1, ``2 hits / (told + true)`` over all sentences; 0 if there is no span.

    Parameters
    ----------
    counts : ndarray (N, 3)
        From `span_counts`.
    """
    hits, told, true = np.asarray(counts).sum(axis=0)
    return float(2 * hits / (told + true)) if told + true else 0.0


def f1_shares(counts: np.ndarray) -> np.ndarray:
    """Return ``(N,)`` numbers whose mean is the F1: what each sentence brings to it.

    F1 is no mean over sentences, so an interval over other sentences needs its linear part (the
    delta method): ``F + (2 hits - F (told + true)) / mean(told + true)``. The differences of two
    readers go into `unrolled.evaluation.metrics.crossed_interval`.
    """
    counts = np.asarray(counts, dtype=float)
    score, size = span_f1(counts), counts[:, 1] + counts[:, 2]
    return score + (2 * counts[:, 0] - score * size) / size.mean()


def _parts(tag: str) -> tuple[str, str | None]:
    """Return the mark and the kind of a tag."""
    mark, _, kind = tag.partition("-")
    if tag == "O" or (mark in ("B", "I", "E", "S") and kind):
        return mark, kind or None
    raise ValueError(f"{tag!r} is no tag; expected 'O', or B, I, E or S with a kind, as 'B-PER'.")
