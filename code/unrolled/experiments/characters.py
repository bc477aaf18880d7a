"""Characters of Shakespeare: counting against an LSTM, by how much there is to read.

Texts are split by play. A seed draws the order of the training texts, whose first characters are
read, and where the network starts; the test plays are always the same. All is chosen on the
validation play.
"""

from __future__ import annotations

import copy
import itertools
import re

import numpy as np

from unrolled.byhand.sampling import drawn
from unrolled.data.shakespeare import (
    ALPHABET,
    BETWEEN,
    TEST,
    VALID,
    numbers_of,
    text_from,
    text_of,
    training_text,
)
from unrolled.evaluation.copying import longest_shared, shared_part
from unrolled.evaluation.ngrams import (
    NGramModel,
    choose_order,
    compressed_bits,
    probabilities_recounted,
)
from unrolled.experiments.records import pack_logits
from unrolled.experiments.registry import Experiment
from unrolled.nets.characters import (
    CharacterModel,
    bits_by_character,
    bits_from_nothing,
    train_characters,
    write_characters,
)
from unrolled.nets.initialization import start_forget_bias
from unrolled.seeding import seed_everything

SEEDS = range(10, 15)
SIZES = (100_000, 300_000, 1_000_000, 3_000_000)
BUDGETS = {100_000: 500_000, 300_000: 1_250_000, 1_000_000: 2_500_000, 3_000_000: 5_000_000}
DROPOUT = {100_000: 0.4, 300_000: 0.2, 1_000_000: 0.0, 3_000_000: 0.0}
COLUMNS, STEPS, RATE = 16, 32, 6e-3
STATES_AT = 300_000  # the size at which the state is also reset
ORDERS = {"kneser-ney": range(4, 9), "witten-bell": range(3, 8)}
BLOCK, WINDOW = 10_000, 256  # characters
PASSAGES, WRITTEN, PROMPT, LONG = 20, 1000, 100, 30
SHARES = tuple(k / 10 for k in range(11))  # of the network, where it is mixed with counts
WRITINGS = {"plain": (1.0, 1.0), "cool": (0.5, 1.0), "nucleus": (1.0, 0.9)}


def read(size: int | None, seed: int) -> tuple[str, np.ndarray]:
    """Return the training text that a seed draws, and its numbers."""
    text = training_text(size, rng=np.random.default_rng(seed))
    return text, numbers_of(text)


def train(
    numbers: np.ndarray,
    seed: int,
    *,
    budget: int,
    dropout: float = 0.0,
    carried: bool = True,
    rate: float = RATE,
    hidden_size: int = 256,
    checkpoints: int = 4,
    valid: np.ndarray | None = None,
) -> tuple[CharacterModel, list[float]]:
    """Return the network that was best on the validation play on its way, and all its bits there.

    Parameters
    ----------
    numbers : ndarray of int
        The text.
    seed : int
    budget, dropout, carried, rate, checkpoints
        As `unrolled.nets.characters.train_characters` has them.
    hidden_size : int
    valid : ndarray of int, optional
        What to be judged on instead of the validation play.
    """
    rng = seed_everything(seed)
    valid = numbers_of(text_of(VALID[0])) if valid is None else valid
    model = CharacterModel(len(ALPHABET), hidden_size=hidden_size, dropout=dropout)
    start_forget_bias(model.lstm, 1.0)
    found, best = [], {}

    def judge(_):
        found.append(float(bits_by_character(model, valid).mean()))
        if found[-1] == min(found):
            best.update(copy.deepcopy(model.state_dict()))

    train_characters(
        model,
        numbers,
        rng=rng,
        budget=budget,
        columns=COLUMNS,
        steps=STEPS,
        rate=rate,
        carried=carried,
        at_checkpoint=judge,
        checkpoints=checkpoints,
    )
    model.load_state_dict(best)
    return model.eval(), found


def bits_on_valid(model: CharacterModel) -> float:
    """Return the bits a character that a network needs on the validation play."""
    return float(bits_by_character(model, numbers_of(text_of(VALID[0]))).mean())


def blocks_of(bits: np.ndarray) -> np.ndarray:
    """Return the mean bits in each block of about 10,000 characters."""
    count = max(len(bits) // BLOCK, 1)
    return np.array([part.mean() for part in np.array_split(bits, count)])


def scores(by_play: list[np.ndarray]) -> dict:
    """Return bits a character on both test plays together, on each, and by block (packed)."""
    hamlet, twelfth = by_play
    blocks = np.concatenate([blocks_of(hamlet), blocks_of(twelfth)])
    return {
        "bits": float(np.concatenate(by_play).mean()),
        "bits_hamlet": float(hamlet.mean()),
        "bits_twelfth_night": float(twelfth.mean()),
        "blocks": pack_logits(blocks),
    }


def numbers_of_plays(limit: int | None = None) -> list[np.ndarray]:
    """Return the test plays as numbers, or the beginning of each."""
    return [numbers_of(text_of(name)[:limit]) for name in TEST]


def prompts(count: int = PASSAGES) -> np.ndarray:
    """Return passages of the validation play, evenly spaced, ``(count, PROMPT)``."""
    numbers = numbers_of(text_of(VALID[0]))
    starts = np.linspace(0, len(numbers) - PROMPT, count).astype(int)
    return np.stack([numbers[start : start + PROMPT] for start in starts])


def real_passages(count: int = PASSAGES, length: int = WRITTEN) -> list[str]:
    """Return passages of the test plays, evenly spaced."""
    text = BETWEEN.join(map(text_of, TEST))
    starts = np.linspace(0, len(text) - length, count).astype(int)
    return [text[start : start + length] for start in starts]


def judged(passages: list[str], source: str) -> dict:
    """Return what passages copy from a text, and how many of their words stand in it.

    Returns
    -------
    dict
        longest (characters), copied (part of the characters in passages of `LONG` or more), known
        (part of the words that the text has, too), different (different words a word).
    """
    words = [word for passage in passages for word in words_of(passage)[1:-1]]
    vocabulary = set(words_of(source))
    return {
        "longest": len(longest_shared(passages, source)),
        "copied": shared_part(passages, source, LONG),
        "known": sum(word in vocabulary for word in words) / max(len(words), 1),
        "different": len(set(words)) / max(len(words), 1),
    }


def words_of(text: str) -> list[str]:
    """Return the words of a text in small letters."""
    return re.findall(r"[a-z]+(?:'[a-z]+)?", text.lower())


def grid() -> list[dict]:
    """Return all sizes with the state carried, and one with the state reset; the largest first."""
    return [
        {"size": size, "state": state, "seed": seed}
        for size, seed, state in itertools.product(SIZES[::-1], SEEDS, ("carried", "reset"))
        if state == "carried" or size == STATES_AT
    ]


def measure(
    size: int, state: str, seed: int, *, budget: int | None = None, limit: int | None = None
) -> dict:
    """Train one network, score it on the test plays, and let the largest write.

    Parameters
    ----------
    size : int
        Characters of the training text.
    state : {"carried", "reset"}
        What becomes of the state between pieces in training; scored is with the state carried.
    seed : int
    budget, limit : int, optional
        Characters to read, and to score of each play, where it should be fewer than recorded.

    Returns
    -------
    dict
        read (characters), kept_at (which checkpoint, from 1), valid, what `scores` returns,
        from_nothing (packed: bits by characters read), share and mixed (bits with that share of the
        LSTM and the rest of Kneser-Ney, the share chosen on the validation play), and of the
        largest size what `judged` says of each of `WRITINGS`.
    """
    text, numbers = read(size, seed)
    budget = BUDGETS[size] if budget is None else budget
    valid = numbers_of(text_of(VALID[0])[:limit])
    carried = state == "carried"
    model, found = train(
        numbers, seed, budget=budget, dropout=DROPOUT[size], carried=carried, valid=valid
    )
    plays = numbers_of_plays(limit)
    kept = {"read": budget, "kept_at": int(np.argmin(found)) + 1, "valid": min(found)}
    from_nothing = np.mean([bits_from_nothing(model, play, WINDOW) for play in plays], axis=0)
    own = [bits_by_character(model, play) for play in plays]
    kept |= scores(own) | mixed(model, numbers, valid, plays, own)
    kept["from_nothing"] = pack_logits(from_nothing)
    for name, (temperature, top_p) in WRITINGS.items():
        writes = size == max(SIZES) and carried
        passages = []
        if writes:
            written = write_characters(
                model,
                prompts(),
                WRITTEN if limit is None else limit // 10,
                rng=np.random.default_rng(seed),
                temperature=temperature,
                top_p=top_p,
            )
            passages = [text_from(row) for row in written]
        told = judged(passages, text) if writes else dict.fromkeys(JUDGED)
        kept |= {f"{name}_{key}": value for key, value in told.items()}
    return kept


def mixed(model, numbers, valid, plays, own) -> dict:
    """Return the share of the network in the best mixture with Kneser-Ney, and its bits."""
    counts, _ = choose_order(numbers, valid, len(ALPHABET), ORDERS["kneser-ney"], "kneser-ney")
    pairs = [(2 ** -bits_by_character(model, valid), counts.probabilities(valid)[1:])]
    pairs += [
        (2**-bits, counts.probabilities(play)[1:]) for bits, play in zip(own, plays, strict=True)
    ]
    cost = {
        share: -np.log2(share * pairs[0][0] + (1 - share) * pairs[0][1]).mean() for share in SHARES
    }
    share = min(cost, key=cost.get)
    bits = [-np.log2(share * ours + (1 - share) * theirs) for ours, theirs in pairs[1:]]
    return {"share": share, "mixed": float(np.concatenate(bits).mean())}


JUDGED = ("longest", "copied", "known", "different")


def counted_grid() -> list[dict]:
    """Return all sizes."""
    return [{"size": size, "seed": seed} for size, seed in itertools.product(SIZES, SEEDS)]


def measure_counted(
    size: int, seed: int, *, limit: int | None = None, length: int = WRITTEN
) -> list[dict]:
    """Score what counts and what compresses on the test plays; let counts and Shakespeare write.

    Returns
    -------
    list of dict
        One of each model: model ("kneser-ney", "witten-bell", "bz2", "xz"), order (None of a
        compressor), valid, what `scores` returns (of a compressor, bits alone), and of the largest
        size what `judged` says of Kneser-Ney's writing; of model "shakespeare", of the test plays.
    """
    text, numbers = read(size, seed)
    plays, largest = numbers_of_plays(limit), size == max(SIZES)
    valid = text_of(VALID[0])[:limit]
    rows = []
    for method, orders in ORDERS.items():
        model, bits = choose_order(numbers, numbers_of(valid), len(ALPHABET), orders, method)
        row = {"model": method, "order": model.order, "valid": bits}
        row |= scores([-np.log2(model.probabilities(play)[1:]) for play in plays])
        if largest and method == "kneser-ney":
            written = write_counted(model, prompts(), length, np.random.default_rng(seed))
            row |= judged([text_from(line) for line in written], text)
        rows.append(row)
    together = BETWEEN.join(text_of(name)[:limit] for name in TEST)
    for by in ("bz2", "xz"):
        bits = {"valid": compressed_bits(valid, text, by=by)}
        rows.append({"model": by, **bits, "bits": compressed_bits(together, text, by=by)})
    if largest:
        rows.append({"model": "shakespeare", **judged(real_passages(length=length), text)})
    columns = dict.fromkeys(key for row in rows for key in row) | dict.fromkeys(JUDGED)
    return [columns | row for row in rows]


def measure_recounted(size: int, seed: int, *, limit: int | None = None) -> dict:
    """Score one that goes on counting in the play that it predicts, after every 10,000 characters.

    The order is the one that was best on the validation play without that.

    Returns
    -------
    dict
        order, valid (bits, going on there, too), and what `scores` returns.
    """
    _, numbers = read(size, seed)
    valid, symbols = numbers_of(text_of(VALID[0])[:limit]), len(ALPHABET)
    order = choose_order(numbers, valid, symbols, ORDERS["kneser-ney"], "kneser-ney")[0].order
    bits = [
        -np.log2(probabilities_recounted(numbers, play, order, symbols, every=BLOCK)[1:])
        for play in (valid, *numbers_of_plays(limit))
    ]
    return {"order": order, "valid": float(bits[0].mean())} | scores(bits[1:])


def write_counted(
    model: NGramModel, begun: np.ndarray, length: int, rng: np.random.Generator
) -> np.ndarray:
    """Return how counts go on after each prompt, int64 ``(B, length)``."""
    rows = begun
    for _ in range(length):
        written = drawn(model.next_probabilities(rows), rng)
        rows = np.concatenate([rows, written[:, None]], axis=1)
    return rows[:, begun.shape[1] :]


EXPERIMENTS = [
    Experiment(
        "characters",
        "After how much Shakespeare does an LSTM predict him better than counts, and does it copy?",
        grid,
        measure,
        minutes=40,
    ),
    Experiment(
        "characters-counted",
        "How many bits does a character of Shakespeare cost those who only count?",
        counted_grid,
        measure_counted,
        minutes=5,
    ),
    Experiment(
        "characters-recounted",
        "How many bits does a character of Shakespeare cost those who go on counting?",
        counted_grid,
        measure_recounted,
        minutes=5,
    ),
]
