"""What padding costs: tokens per second of the classifier in training, by how batches are made.

Every contestant reads batches of the same reviews, cut to the same 500 tokens: forward and backward
passes of the classifier's network on one thread. Counted are the real tokens, never the padding,
over processor time. The rivals: 32 reviews as they come, padded to 500 steps; the same, packed;
the same, padded to the longest of their batch; padded to the longest review of all. And two more of
ours: buckets that are packed, and buckets with as many tokens in a batch whatever their length.
"""

import time

import numpy as np
import pytest
import torch
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from unrolled.data.batching import Batch, bucketed_batches, keep_ends, pad_sequences
from unrolled.data.reviews import load_imdb
from unrolled.data.tokenizer import tokenize
from unrolled.data.vocabulary import Vocabulary
from unrolled.experiments.padding import FIXED, widened
from unrolled.nets.classifier import SentimentClassifier
from unrolled.nets.padding import turn_round

REVIEWS, LONGEST, VOCABULARY = 1_600, 2_739, 20_000  # 50 batches of 32: one pool of buckets
ROUNDS, PORTION = 5, 4  # of 50 batches, 20 drawn at random are timed
OURS = "buckets of 32"


class PackedClassifier(SentimentClassifier):
    """The same network, with torch's packed sequences."""

    def states(self, embedded, lengths):
        forwards = self._packed(self.forwards, embedded, lengths)
        backwards = self._packed(self.backwards, turn_round(embedded, lengths), lengths)
        return torch.cat([forwards, turn_round(backwards, lengths)], dim=2)

    @staticmethod
    def _packed(layer, rows, lengths):
        packed = pack_padded_sequence(rows, lengths, batch_first=True, enforce_sorted=False)
        return pad_packed_sequence(layer(packed)[0], batch_first=True, total_length=rows.shape[1])[
            0
        ]


def classifier(kind, dropout=0.3):
    torch.manual_seed(0)
    return kind(VOCABULARY, 100, 48, bidirectional=True, pooling="mean+max", dropout=dropout)


def some_reviews(count):
    """Return token numbers and labels of training reviews drawn at random."""
    train = load_imdb().train
    rows = np.random.default_rng(0).permutation(len(train))[:count]
    tokens = [tokenize(train.texts[row]) for row in rows]
    vocabulary = Vocabulary.build(tokens, max_size=VOCABULARY)
    return [vocabulary.encode(t) for t in tokens], train.labels[rows]


def by_budget(ids, labels, steps):
    """Return batches in the order of length, each of about so many steps of array."""
    short = [keep_ends(sequence, FIXED) for sequence in ids]
    order = sorted(range(len(short)), key=lambda row: len(short[row]))
    batches, rows = [], []
    for row in order:
        if rows and len(short[row]) * (len(rows) + 1) > steps:
            batches.append(rows)
            rows = []
        rows.append(row)
    batches.append(rows)
    return [Batch(*pad_sequences([short[k] for k in rows]), labels[rows], np.array(rows))
            for rows in batches]  # fmt: skip


def contestants(ids, labels, batch_size=32):
    """Return for each contestant its network and its batches, in an order drawn at random."""

    def batches(pool):
        return list(
            bucketed_batches(
                ids,
                labels,
                batch_size=batch_size,
                rng=np.random.default_rng(0),
                max_tokens=FIXED,
                bucket_batches=pool,
            )
        )

    buckets, mixed = batches(50), batches(None)
    fixed = [widened(batch, FIXED) for batch in mixed]
    budget = by_budget(ids, labels, steps=sum(b.inputs.size for b in buckets) // len(buckets))
    made = {
        OURS: (SentimentClassifier, buckets),
        "buckets, packed": (PackedClassifier, buckets),
        "buckets by tokens": (SentimentClassifier, budget),
        "longest of the batch": (SentimentClassifier, mixed),
        "fixed 500": (SentimentClassifier, fixed),
        "fixed 500, packed": (PackedClassifier, fixed),
        "longest of all": (SentimentClassifier, [widened(b, LONGEST) for b in mixed]),
    }
    order = np.random.default_rng(1)
    return {
        name: (kind, [batches[k] for k in order.permutation(len(batches))])
        for name, (kind, batches) in made.items()
    }


def train_on(model, batches):
    """Take gradients of all batches; return (real tokens, processor seconds)."""
    started = time.process_time()
    for batch in batches:
        model.zero_grad()
        logits = model(torch.as_tensor(batch.inputs), torch.as_tensor(batch.lengths))
        F.binary_cross_entropy_with_logits(
            logits, torch.as_tensor(batch.targets).float()
        ).backward()
    return sum(int(batch.lengths.sum()) for batch in batches), time.process_time() - started


def test_every_way_gives_each_review_the_same_logit():
    ids, labels = some_reviews(12)
    expected = None
    for name, (kind, batches) in contestants(ids, labels, batch_size=4).items():
        model = classifier(kind).eval()
        logits = np.full(len(ids), np.nan)
        with torch.no_grad():
            for batch in batches:
                inputs, lengths = torch.as_tensor(batch.inputs), torch.as_tensor(batch.lengths)
                logits[batch.rows] = model(inputs, lengths).numpy()
        expected = logits if expected is None else expected
        np.testing.assert_allclose(logits, expected, atol=1e-5, err_msg=name)


def test_tokens_per_second(benchmark):
    """Each round hands every contestant its next few batches, in turn."""
    if not benchmark.enabled:
        pytest.skip("`make bench` measures")
    torch.set_num_threads(1)
    made = contestants(*some_reviews(REVIEWS))
    models = {kind: classifier(kind) for kind, _ in made.values()}
    for kind, batches in made.values():
        train_on(models[kind], batches[:1])  # the warm-up
    totals = {name: np.zeros(2) for name in made}
    for turn in range(ROUNDS):
        for name, (kind, batches) in made.items():
            first = turn * PORTION
            last = first + (1 if name == "longest of all" else PORTION)
            totals[name] += train_on(models[kind], batches[first:last])
    benchmark.pedantic(train_on, args=(models[SentimentClassifier], made[OURS][1][:5]), rounds=3)
    speeds = {name: tokens / seconds for name, (tokens, seconds) in totals.items()}
    for name, speed in speeds.items():
        real = np.mean(np.concatenate([b.mask.ravel() for b in made[name][1]]))
        ratio = speeds[OURS] / speed
        benchmark.extra_info[name] = {"tokens/s": round(speed), "ours / it": round(ratio, 2)}
        print(
            f"\n{name:21} {speed:8,.0f} tokens/s, {real:4.0%} real, ours / it {ratio:5.2f}", end=""
        )
