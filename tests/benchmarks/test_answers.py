"""How many lines a second a model answers: against one line at a time, and against a bag of words.

The course's classifier (embeddings of 100, an LSTM of 48 each way) reads 4,000 sentences of Rotten
Tomatoes, from text to probabilities. The rivals: the same model, one line at a time; one thread
instead of two; torch's own two threads in each step; and scikit-learn's TF-IDF (words and pairs)
with logistic regression on the same lines. All take turns in one run, so that the ratios hold on a
busy machine too; what other programs do changes the processor's time least.
"""

import time
from contextlib import nullcontext

import numpy as np
import pytest
import torch
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from unrolled.data.encoder import TextEncoder
from unrolled.data.reviews import load_rotten_tomatoes
from unrolled.nets.classifier import SentimentClassifier
from unrolled.sentiment import prediction
from unrolled.sentiment.prediction import probabilities_of
from unrolled.sentiment.predictor import Predictor

LINES, ROUNDS = 4_000, 5
OURS = "two workers"


class SharedSteps:
    """Stands for `ONE_THREAD` and leaves torch its threads."""

    while_computing = staticmethod(nullcontext)


def contestants():
    """Return for each contestant a function that answers lines, and how many lines it gets."""
    train = load_rotten_tomatoes().train
    texts = list(train.texts)[:LINES]
    encoder = TextEncoder.fit(texts)
    torch.manual_seed(0)
    model = SentimentClassifier(
        len(encoder), 100, 48, bidirectional=True, pooling="mean+max"
    ).eval()

    def predict(ids):
        return probabilities_of(model, ids, max_tokens=400)

    def answer(workers, many=None):
        predictor = Predictor(("negative", "positive"), encoder, predict, workers=workers)
        return lambda lines: list(predictor.answers(lines, many))

    bag = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression())
    bag.fit(texts, train.labels[:LINES])
    return texts, {
        OURS: (answer(2), LINES),
        "one worker": (answer(1), LINES),
        "torch's own two threads": (answer(1), LINES // 4),
        "one line at a time": (answer(1, many=1), LINES // 10),
        "TF-IDF + logistic regression": (bag.predict_proba, LINES),
    }


def test_lines_per_second(benchmark, monkeypatch):
    if not benchmark.enabled:
        pytest.skip("`make bench` measures")
    texts, made = contestants()
    before, times = torch.get_num_threads(), {name: [] for name in made}
    try:
        torch.set_num_threads(2)
        for turn in range(ROUNDS + 1):
            for name, (answer, count) in made.items():
                with monkeypatch.context() as patch:
                    if name.startswith("torch"):
                        patch.setattr(prediction, "ONE_THREAD", SharedSteps)
                    started = np.array([time.perf_counter(), time.process_time()])
                    assert len(answer(texts[:count])) == count
                    took = np.array([time.perf_counter(), time.process_time()]) - started
                if turn:  # the first is the warm-up
                    times[name].append(took / count)
    finally:
        torch.set_num_threads(before)
    benchmark.pedantic(made[OURS][0], args=(texts,), rounds=1)
    for name, seconds in times.items():
        speed, work = 1 / np.median(seconds, axis=0)
        ratio, more = np.median(np.array(seconds) / times[OURS], axis=0)
        benchmark.extra_info[name] = {
            "lines/s": round(speed),
            "lines / processor second": round(work),
            "its time / ours": round(ratio, 2),
            "its processor time / ours": round(more, 2),
        }
        print(
            f"\n{name:29} {speed:8,.0f} lines/s, its time / ours {ratio:6.2f}; {work:8,.0f} a "
            f"processor second, its / ours {more:6.2f}",
            end="",
        )
