"""Which words does a tagger need to see, and what do tag scheme, legal paths and a CRF add?

Names in Hebrew newspapers on the official split, and parts of speech in Turkish on a split by
document. The seed of a run is that of the network's start, of its dropout and of the order of
batches. Everything was chosen on the validation sentences with a seed outside the records, 100.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
import torch

from unrolled.byhand.crf import viterbi
from unrolled.data.tagged import Tagged, hebrew_names, pieces_of, turkish_words
from unrolled.evaluation.spans import all_tags, legal, span_counts, span_f1, spans_of, tags_of
from unrolled.evaluation.windows import WindowTagger
from unrolled.experiments.registry import Experiment
from unrolled.nets.tagging import (
    CRF,
    READERS,
    PieceNumbers,
    Tagger,
    hidden_size_for,
    parameters_beside_embedding,
    tag_scores,
    train_tagger,
)
from unrolled.seeding import seed_everything

SEEDS = range(5)
SCHEMES = ("BIO", "BIOSE")
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"  # one sign a count
STRENGTHS = (10.0, 30.0, 100.0)  # C of the logistic regression of names
STRENGTHS_OF_SPEECH = (0.3, 1.0, 3.0)


@dataclass(frozen=True)
class Settings:
    """What all networks of an experiment share; `budget` is of layer and head together."""

    embedding_size: int = 48
    budget: int = 40_000
    dropout: float = 0.3
    passes: int = 20
    rate: float = 0.01
    batch_size: int = 64
    least: int = 3


NAMES = Settings()
SPEECH = Settings()
WINDOW = {"width": 1, "least": 2}  # of the rival
LONGEST = 5  # letters of the rival's pieces


@dataclass(frozen=True)
class Case:
    """Parts of sentences, the tags to learn, and how tags are judged."""

    parts: dict[str, list[Tagged]]
    tags: list[str]
    scheme: str | None

    @property
    def words(self) -> dict[str, list[tuple[str, ...]]]:
        """Return the words of each part."""
        return {name: [one.words for one in part] for name, part in self.parts.items()}

    def targets(self) -> list[list[str]]:
        """Return the tags of the training sentences, written in the scheme."""
        return [self.written(one) for one in self.parts["train"]]

    def written(self, one: Tagged) -> list[str]:
        """Return a sentence's tags in the scheme."""
        if self.scheme is None:
            return list(one.tags)
        return tags_of(spans_of(one.tags), len(one), self.scheme)

    def counts(self, part: str, paths: list[np.ndarray]) -> np.ndarray:
        """Return ``(N, 3)``: hit, told and true spans of each sentence; words where no scheme is.

        Where every word is told and true, the F1 of such counts is the accuracy.
        """
        told = [[self.tags[k] for k in path] for path in paths]
        if self.scheme is not None:
            truth = [spans_of(one.tags) for one in self.parts[part]]
            return span_counts(truth, [spans_of(one) for one in told])
        pairs = zip(self.parts[part], told, strict=True)
        right = [sum(a == b for a, b in zip(one.tags, tags, strict=True)) for one, tags in pairs]
        return np.array([(n, len(told), len(told)) for n, told in zip(right, told, strict=True)])

    def best_path(self, scores: np.ndarray, transitions: np.ndarray | float = 0.0) -> np.ndarray:
        """Return the best path among those that the scheme can write."""
        follow, begin, end = legal(self.tags, self.scheme)
        scores = scores.astype(float)
        scores[0, ~begin] = -np.inf
        scores[-1, ~end] = -np.inf
        return viterbi(scores, np.where(follow, transitions, -np.inf))


@lru_cache(maxsize=4)
def names_case(scheme: str) -> Case:
    """Return the Hebrew sentences with the tags of a scheme."""
    parts = hebrew_names()
    kinds = {kind for one in parts["train"] for _, _, kind in spans_of(one.tags)}
    return Case(parts, all_tags(sorted(kinds), scheme), scheme)


@lru_cache(maxsize=1)
def speech_case() -> Case:
    """Return the Turkish sentences with their parts of speech."""
    parts = turkish_words()
    return Case(parts, sorted({tag for one in parts["train"] for tag in one.tags}), None)


def first_sentences(case: Case, most: int | None) -> Case:
    """Return the case with at most so many sentences in each part; None: all."""
    return Case({name: part[:most] for name, part in case.parts.items()}, case.tags, case.scheme)


def trained_network(case: Case, reader: str, seed: int, settings: Settings, *, with_crf=False):
    """Return a trained tagger, its CRF (or None) and its ``PieceNumbers``."""
    rng = seed_everything(seed)
    numbers = PieceNumbers(case.words["train"], pieces_of, least=settings.least)
    number_of = {tag: k for k, tag in enumerate(case.tags)}
    targets = [torch.tensor([number_of[tag] for tag in tags]) for tags in case.targets()]
    size = settings.embedding_size
    units = hidden_size_for(reader, len(case.tags), size, settings.budget)
    how = {"embedding_size": size, "hidden_size": units, "dropout": settings.dropout}
    model = Tagger(len(numbers), len(case.tags), reader, **how)
    crf = CRF(len(case.tags)) if with_crf else None
    train_tagger(
        model,
        numbers.encode(case.words["train"]),
        targets,
        crf=crf,
        passes=settings.passes,
        rate=settings.rate,
        batch_size=settings.batch_size,
        rng=rng,
    )
    return model, crf, numbers


def window_tagger(case: Case, strength: float) -> WindowTagger:
    """Return the rival, fitted to the training sentences."""
    pieces = partial(pieces_of, longest=LONGEST)
    tagger = WindowTagger(pieces, strength=strength, **WINDOW)
    return tagger.fit(case.words["train"], case.targets())


def judged(case: Case, tables: dict[str, list[np.ndarray]], transitions=None) -> dict:
    """Return what scores ``(T, K)`` of validation and test sentences come to.

    Returns
    -------
    dict
        valid, test: strict F1 (accuracy, where there is no scheme) of the tags word by word; with
        transitions, of the best path. valid_legal, test_legal: of the best path among those that
        the scheme can write. hits, told, hits_legal, told_legal: of each test sentence, packed.
    """
    steps = 0.0 if transitions is None else transitions
    found, packed = {}, {}
    for part, scores in tables.items():
        plain = [
            s.argmax(axis=1) if transitions is None else viterbi(s, transitions) for s in scores
        ]
        ways = {"": plain}
        if case.scheme is not None:
            ways["_legal"] = [case.best_path(s, steps) for s in scores]
        for ending, paths in ways.items():
            counts = case.counts(part, paths)
            found[part + ending] = round(span_f1(counts), 5)
            if part == "test":
                packed["hits" + ending] = pack_counts(counts[:, 0])
                packed["told" + ending] = pack_counts(counts[:, 1])
    return found | packed


def pack_counts(counts: np.ndarray) -> str:
    """Return small counts as text, two signs of base 36 each, after a letter (no number's look)."""
    return "n" + "".join(DIGITS[n // 36] + DIGITS[n % 36] for n in counts.tolist())


def unpack_counts(text: str) -> np.ndarray:
    """Return the counts that `pack_counts` wrote."""
    return np.array([int(text[k : k + 2], 36) for k in range(1, len(text), 2)])


def counts_of(row, case: Case, ending: str = "") -> np.ndarray:
    """Return a record's row as ``(N, 3)`` counts of the test sentences: hit, told, true."""
    sentences = case.parts["test"]
    if case.scheme is None:
        true = [len(one) for one in sentences]
    else:
        true = [len(spans_of(one.tags)) for one in sentences]
    hits, told = (unpack_counts(row[name + ending]) for name in ("hits", "told"))
    return np.stack([hits, told, true], axis=1)


def _network(case, reader, seed, settings, *, with_crf=False) -> dict:
    """Return what a network that is trained now comes to."""
    model, crf, numbers = trained_network(case, reader, seed, settings, with_crf=with_crf)
    pieces = {name: numbers.encode(case.words[name]) for name in ("valid", "test")}
    tables = {name: tag_scores(model, some) for name, some in pieces.items()}
    steps = None if crf is None else crf.transitions.detach().numpy()
    size = {"parameters": parameters_beside_embedding(model)}
    return size | judged(case, tables, steps)


def _windows(case, strengths) -> list[dict]:
    """Return what the rival comes to, with each C."""
    findings = []
    for strength in strengths:
        tagger = window_tagger(case, strength)
        columns = [tagger.tags.index(tag) if tag in tagger.tags else None for tag in case.tags]
        tables = {
            name: [_in_order(one, columns) for one in tagger.log_probabilities(case.words[name])]
            for name in ("valid", "test")
        }
        findings.append({"tagger": "window", "strength": strength} | judged(case, tables))
    return findings


def _in_order(table, columns):
    """Return columns in the order of the case's tags; a tag that was never seen is improbable."""
    return np.stack([np.full(len(table), -70.0) if k is None else table[:, k] for k in columns], 1)


def grid() -> list[dict]:
    """Return all configurations of ``tagging``."""
    return [
        {"reader": reader, "scheme": scheme, "seed": seed}
        for scheme, seed, reader in itertools.product(SCHEMES, SEEDS, READERS)
    ]


def measure(
    reader: str,
    scheme: str,
    seed: int,
    *,
    settings: Settings = NAMES,
    most: int | None = None,
) -> list[dict]:
    """Train a tagger of names; beside the first of each scheme, fit the rival.

    Returns
    -------
    list of dict
        tagger ("LSTM" or "window", which gives a finding for each C), strength, parameters (of
        layer and head), and what `judged` returns.
    """
    case = first_sentences(names_case(scheme), most)
    findings = [{"tagger": "LSTM"} | _network(case, reader, seed, settings)]
    if (reader, seed) == (READERS[0], SEEDS[0]):
        findings += _windows(case, STRENGTHS)
    return findings


def crf_grid() -> list[dict]:
    """Return all configurations of ``tagging-crf``."""
    readers = ("one way", "both ways")
    return [{"reader": reader, "seed": seed} for seed, reader in itertools.product(SEEDS, readers)]


def measure_crf(
    reader: str, seed: int, *, settings: Settings = NAMES, most: int | None = None
) -> dict:
    """Train a tagger of names, BIOSE, with a CRF on top; return what `measure` does of a network.

    Here ``valid`` and ``test`` are those of the best path by the learnt steps.
    """
    case = first_sentences(names_case("BIOSE"), most)
    return _network(case, reader, seed, settings, with_crf=True)


def speech_grid() -> list[dict]:
    """Return all configurations of ``tagging-parts``."""
    return [{"reader": reader, "seed": seed} for seed, reader in itertools.product(SEEDS, READERS)]


def measure_speech(
    reader: str, seed: int, *, settings: Settings = SPEECH, most: int | None = None
) -> list[dict]:
    """Train a tagger of parts of speech; beside the first, fit the rival. As `measure`."""
    case = first_sentences(speech_case(), most)
    findings = [{"tagger": "LSTM"} | _network(case, reader, seed, settings)]
    if (reader, seed) == (READERS[0], SEEDS[0]):
        findings += _windows(case, STRENGTHS_OF_SPEECH)
    return findings


EXPERIMENTS = [
    Experiment(
        "tagging",
        "Of what a second direction adds to the tagging of names, how much is the next word?",
        grid,
        measure,
        minutes=20,
    ),
    Experiment(
        "tagging-crf",
        "What does a CRF layer add to the tagging of names, one way and both ways?",
        crf_grid,
        measure_crf,
        minutes=8,
    ),
    Experiment(
        "tagging-parts",
        "What does a second direction add to the tagging of parts of speech?",
        speech_grid,
        measure_speech,
        minutes=4,
    ),
]
