"""Does the verb agree with a subject far away, and what do an LSTM's gates do about it?"""

from __future__ import annotations

import itertools

import numpy as np
import torch
from torch.nn import functional as F

from unrolled.byhand.layers import Recurrent, from_torch
from unrolled.byhand.surgery import trace
from unrolled.data.grammar import (
    PLURAL,
    SINGULAR,
    WORDS,
    Sentence,
    agreement_batch,
    draw_pairs,
    draw_sentence,
    opposite,
    the_sentence,
    with_word,
)
from unrolled.experiments.registry import Experiment
from unrolled.nets.sequence import SequenceReader
from unrolled.nets.training import batch_tensors, fit
from unrolled.seeding import seed_everything

NETWORKS = ("rnn", "gru", "lstm")
#: How many distractors the sentences of training have.
TRAINED_ON = {"0 to 8": range(9), "0 to 4": range(5), "8 only": (8,)}
SEEDS = range(5)
HIDDEN, TWINS, RATE, CLIP = 32, 16, 3e-3, 1.0
STEPS, CHECK_EVERY, SOLVED_AT = 2000, 100, 0.99
#: LSTMs of which the gates are read: trained until solved, and trained on to the last step.
READ = ("0 to 8", "0 to 8, trained on")
TESTED_ON = (*range(9), 16, 32)
TEST_PAIRS, GATE_DISTRACTORS, AFTER = 100, 4, 9


def grid() -> list[dict]:
    """Return all configurations."""
    all_cells = list(itertools.product(TRAINED_ON, reversed(NETWORKS), SEEDS))
    return [
        {"trained_on": trained_on, "cell": cell, "seed": seed}
        for trained_on, cell, seed in [*all_cells, *((READ[1], "lstm", seed) for seed in SEEDS)]
    ]


def untrained(cell: str) -> SequenceReader:
    """Return an untrained network: positive is "were"; an LSTM starts with a forget bias of 1."""
    options = {"forget_bias": 1.0} if cell == "lstm" else {}
    return SequenceReader(cell, len(WORDS), HIDDEN, **options)


def verb_loss(model, batch) -> torch.Tensor:
    """Return the mean cross-entropy of the verb, a scalar tensor."""
    inputs, lengths, targets = batch_tensors(batch, model)
    return F.binary_cross_entropy_with_logits(model(inputs, lengths)[:, 0], targets)


def verb_accuracy(model, sentences: list[Sentence]) -> float:
    """Return the share of sentences whose verb the model gets right."""
    inputs, lengths, targets = batch_tensors(agreement_batch(sentences), model)
    with torch.no_grad():
        return ((model(inputs, lengths)[:, 0] > 0) == (targets > 0.5)).float().mean().item()


def trained(cell: str, distractors, seed: int, *, steps: int = STEPS, stop: bool = True):
    """Return a network trained until it is right in 99 % of unseen draws, and when that was.

    With ``stop=False`` it is trained on to the last step.

    Returns
    -------
    model : SequenceReader
    solved : int or None
        The step; checked every 100.
    """
    rng = seed_everything(seed)
    model = untrained(cell)
    adam = torch.optim.Adam(model.parameters(), lr=RATE)
    unseen = np.random.default_rng(20_000 + seed)
    checks = [draw_pairs(144 // len(distractors), k, rng=unseen) for k in distractors]
    solved = None
    for done in range(CHECK_EVERY, steps + 1, CHECK_EVERY):
        stream = (draw_pairs(TWINS, int(rng.choice(distractors)), rng=rng) for _ in range(100))
        fit(model, map(agreement_batch, stream), verb_loss, adam, clip_norm=CLIP)
        if solved is None and np.mean([verb_accuracy(model, s) for s in checks]) >= SOLVED_AT:
            solved = done
            if stop:
                break
    return model, solved


def exam(distractors: int, *, against: bool = False) -> list[Sentence]:
    """Return the held-out sentences that every network is tested on: twins, or all against."""
    rng = np.random.default_rng(1000 + distractors)
    if not against:
        return draw_pairs(TEST_PAIRS, distractors, rng=rng, test=True)
    numbers = [n % 2 for n in range(2 * TEST_PAIRS)]
    return [draw_sentence(distractors, n, rng=rng, test=True, against=True) for n in numbers]


def measure(trained_on: str, cell: str, seed: int, *, steps: int = STEPS) -> list[dict]:
    """Train one network, test it by number of distractors, and read an LSTM's gates.

    Returns
    -------
    list of dict
        ``what``, ``at``, ``value``. What is measured, and at which number of distractors, of
        swapped units, or of words: "accuracy", "accuracy, all against", "steps to solve" (empty if
        it was not), and for LSTMs in `READ` the findings of `read_gates`.
    """
    distractors = TRAINED_ON[trained_on.removesuffix(", trained on")]
    model, solved = trained(cell, distractors, seed, steps=steps, stop=trained_on in TRAINED_ON)
    rows = [_row("steps to solve", None, solved)]
    for k in TESTED_ON:
        rows.append(_row("accuracy", k, verb_accuracy(model, exam(k))))
    for k in range(1, 9):
        sentences = exam(k, against=True)
        rows.append(_row("accuracy, all against", k, verb_accuracy(model, sentences)))
    if cell == "lstm" and trained_on in READ:
        rows += read_gates(model)
    return rows


def read_gates(model: SequenceReader) -> list[dict]:
    """Return what a trained LSTM's gates do, in sentences and to their verbs."""
    reader = Reader(model)
    sentences = exam(GATE_DISTRACTORS)
    shares = np.sort(reader.shares(sentences))[::-1]
    rows = [_row("largest share", None, shares[0])]
    rows.append(_row("units for 90 %", None, 1 + np.searchsorted(np.cumsum(shares), 0.9)))
    for units in (1, 2, 4, 8, 16, 32):
        rows.append(_row("flips by swapping", units, reader.flips(sentences, units)))
    for name, values in reader.along(the_sentence(SINGULAR), the_sentence(PLURAL)).items():
        rows += [_row(f"{name} in the sentence", t, v) for t, v in enumerate(values, 1)]
    for name, values in reader.at_nouns(sentences).items():
        rows.append(_row(name, None, values))
    for who in ("subject", "distractor"):
        marks = reader.marks(sentences, who)
        rows += [_row(f"mark of the {who}", t, v) for t, v in enumerate(marks)]
    for name, clamp in CLAMPS.items():
        rows.append(_row(f"accuracy, {name}", 4, reader.accuracy(sentences, clamp)))
        rows.append(_row(f"sentence, {name}", 1, reader.accuracy(BOTH, clamp)))
    for opening in (False, True):  # does another noun come before the subject?
        some = [sentence for sentence in sentences if (sentence.subject > 2) == opening]
        for name in ("as trained", "f = 1 after the subject", "f = 1 at every word"):
            clamp = CLAMPS.get(name, ("f", 1.0, "everywhere"))
            rows.append(_row(f"opening, {name}", int(opening), reader.accuracy(some, clamp)))
    return rows


#: Gate, value, and where: at the distractors, or at every word after the subject.
CLAMPS = {
    "as trained": None,
    "f = 1 at distractors": ("f", 1.0, "distractors"),
    "f = 0 at distractors": ("f", 0.0, "distractors"),
    "i = 0 at distractors": ("i", 0.0, "distractors"),
    "f = 1 after the subject": ("f", 1.0, "after"),
    "f = 0 after the subject": ("f", 0.0, "after"),
    "i = 0 after the subject": ("i", 0.0, "after"),
}
BOTH = [the_sentence(SINGULAR), the_sentence(PLURAL)]


class Reader:
    """A trained LSTM in NumPy, opened up.

    Parameters
    ----------
    model : SequenceReader
        With a torch LSTM.
    """

    def __init__(self, model: SequenceReader):
        layer = from_torch(model.recurrent)
        layer.cell.params = {n: w.astype(float) for n, w in layer.cell.params.items()}
        layer.cell.dtype = np.dtype(float)
        self.layer: Recurrent = layer
        self.weights = model.head.weight.detach().numpy()[0].astype(float)
        self.bias = model.head.bias.item()

    def trace(self, sentences, **options):
        """Return `surgery.trace` of sentences."""
        batch = agreement_batch(sentences)
        return trace(self.layer, batch.inputs.astype(float), batch.lengths, **options)

    def plural(self, h) -> np.ndarray:
        """Return which sentences get "were", from the final h (B, H)."""
        return h @ self.weights + self.bias > 0

    def accuracy(self, sentences, clamp=None) -> float:
        """Return the share of right verbs while a gate is held: its name, its value, and where.

        Where: at the "distractors", "after" the subject, or "everywhere".
        """
        held = {}
        if clamp is not None:
            gate, value, where = clamp
            values = np.full((len(sentences), max(len(s.words) for s in sentences), 1), np.nan)
            for row, sentence in zip(values, sentences, strict=True):
                row[_places(sentence, where)] = value
            held = {gate: values}
        final = self.trace(sentences, clamp=held)["h"][:, -1]
        return float(np.mean(self.plural(final) == [bool(s.number) for s in sentences]))

    def shares(self, twins) -> np.ndarray:
        """Return the share (H,) of each unit in how far apart the read-out holds twins; sum 1."""
        final = self.trace(twins)["h"][:, -1]
        apart = self.weights * (final[1::2] - final[::2]).mean(axis=0)
        return apart / apart.sum()

    def flips(self, twins, count: int) -> float:
        """Return the share of verbs that flip if twins swap the memory of `count` units.

        The units with the largest shares, their c and h, after the word "which"; then both read on.
        """
        units = np.argsort(-self.shares(twins))[:count]
        batch, cut = agreement_batch(twins), np.array([s.subject + 3 for s in twins])
        states = self.trace(twins)
        rows = np.arange(len(twins))
        other = rows ^ 1  # 0 1 2 3 -> 1 0 3 2
        state = []
        for name in ("h", "c"):
            here = states[name][rows, cut - 1]
            there = here.copy()
            there[:, units] = here[other][:, units]
            state.append(there)
        rest = np.zeros_like(batch.inputs, dtype=float)
        for row, inputs, start in zip(rest, batch.inputs, cut, strict=True):
            row[: len(inputs) - start] = inputs[start:]
        final = trace(self.layer, rest, batch.lengths - cut, state=tuple(state))["h"][:, -1]
        return float(np.mean(self.plural(final) != self.plural(states["h"][:, -1])))

    def along(self, singular: Sentence, plural: Sentence) -> dict[str, np.ndarray]:
        """Return by word f and i, and how far apart c holds the twins.

        f and i are means over both sentences and over units, weighted by the size of the units'
        shares, so that those count which carry the number.
        """
        found, weights = self.trace([singular, plural]), self.carrying()
        apart = np.linalg.norm(found["c"][1] - found["c"][0], axis=1)
        return {n: found[n].mean(axis=0) @ weights for n in ("f", "i")} | {"mark": apart}

    def carrying(self) -> np.ndarray:
        """Return how much of the number each unit carries (H,): its share's size; sum 1."""
        sizes = np.abs(self.shares(exam(GATE_DISTRACTORS)))
        return sizes / sizes.sum()

    def at_nouns(self, sentences) -> dict[str, float]:
        """Return mean f and i at distractors with a number, at fish (those without), and beside.

        Beside: the mean of the word before the noun and the word after it.
        """
        found, weights = self.trace(sentences), self.carrying()
        means = {}
        for gate in ("f", "i"):
            carried = found[gate] @ weights  # (B, T)
            for kind, numbered in (("distractors", True), ("fish", False)):
                places = [
                    (row, place)
                    for row, sentence in enumerate(sentences)
                    for place in sentence.distractors
                    if (opposite(sentence.words[place]) is not None) == numbered
                ]
                rows, at = np.array(places).T
                means[f"{gate} at {kind}"] = carried[rows, at].mean()
                beside = (carried[rows, at - 1] + carried[rows, at + 1]) / 2
                means[f"{gate} beside {kind}"] = beside.mean()
        return means

    def marks(self, twins, who: str) -> np.ndarray:
        """Return how far apart c is, at a noun and 1 to 8 words on, if that noun changes number.

        who is "subject" or "distractor", the first that has a number. The mean over sentences.
        """
        apart = []
        for sentence in twins[::2]:
            place = sentence.subject
            if who == "distractor":
                place = next((p for p in sentence.distractors if opposite(sentence.words[p])), None)
            if place is None or len(sentence.words) < place + AFTER:
                continue
            changed = with_word(sentence, place, opposite(sentence.words[place]))
            c = self.trace([sentence, changed])["c"]
            apart.append(np.linalg.norm(c[1] - c[0], axis=1)[place : place + AFTER])
        return np.mean(apart, axis=0)


def _places(sentence: Sentence, where: str) -> list[int]:
    after = list(range(sentence.subject + 1, len(sentence.words)))
    every = list(range(len(sentence.words)))
    return {"distractors": list(sentence.distractors), "after": after, "everywhere": every}[where]


def _row(what, at, value) -> dict:
    return {"what": what, "at": at, "value": None if value is None else float(value)}


EXPERIMENTS = [
    Experiment(
        "agreement",
        "Does a verb agree with its subject across 0 to 32 distractors, and by which gates?",
        grid,
        measure,
        minutes=30,
    ),
]
