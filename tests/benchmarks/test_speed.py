"""How fast the package is where readers wait: `make bench` measures, `make test` only runs it."""

import numpy as np
import pytest

from unrolled.byhand.layers import CELL_CLASSES, Recurrent
from unrolled.data.batching import bucketed_batches
from unrolled.data.tokenizer import tokenize

BATCH, STEPS, INPUTS, HIDDEN = 32, 100, 16, 64


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize("name", CELL_CLASSES)
def test_forward_and_backward_through_100_steps(benchmark, rng, name):
    layer = Recurrent(CELL_CLASSES[name](INPUTS, HIDDEN, rng=rng))
    x = rng.normal(size=(BATCH, STEPS, INPUTS))
    upstream = rng.normal(size=(BATCH, STEPS, HIDDEN))

    def there_and_back():
        _, _, caches = layer.forward(x)
        return layer.backward(upstream, caches)[0]

    assert benchmark(there_and_back).shape == x.shape


def test_bucketing_20000_reviews(benchmark, rng):
    lengths = rng.integers(20, 400, size=20_000)
    ids = [np.ones(length, dtype=np.int64) for length in lengths]
    labels = np.tile([0, 1], 10_000)

    def one_epoch():
        batches = bucketed_batches(ids, labels, batch_size=64, rng=np.random.default_rng(1))
        return sum(len(batch) for batch in batches)

    assert benchmark(one_epoch) == 20_000


def test_tokenising_1000_reviews(benchmark):
    review = "It wasn't what I'd expected; still, the ending (all 20 minutes of it) holds. " * 12
    assert len(benchmark(lambda: [tokenize(review) for _ in range(1000)])) == 1000
