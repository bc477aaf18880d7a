"""Exercises of the chapter on padding: collate, a packed forward, what is heard."""

import numpy as np

from unrolled.exercises.checker import check


def _collate(examples, steps=None, front=False):
    longest = steps or max(len(ids) for ids, _ in examples)
    inputs = np.zeros((len(examples), longest), dtype=np.int64)
    for row, (ids, _) in zip(inputs, examples, strict=True):
        start = longest - len(ids) if front else 0
        row[start : start + len(ids)] = ids
    lengths = np.array([len(ids) for ids, _ in examples])
    return [inputs, lengths, np.array([label for _, label in examples])]


def _sorted(examples):
    return sorted(examples, key=lambda example: -len(example[0]))


def check_collate(answer):
    """Check `collate(examples)`: inputs (B, T) padded with 0, lengths (B,), targets (B,)."""
    cases = [
        ([([7, 4], 1), ([5, 9, 3, 8], 0), ([6, 2, 2], 1)],),
        ([([3, 3, 4, 1], 0), ([8], 1)],),
    ]
    mistakes = {
        "your padding stands in front; it belongs at the end of each row.": (
            lambda examples: _collate(examples, front=True)
        ),
        "your lengths are all T: give the number of tokens before the padding.": (
            lambda examples: [
                (c := _collate(examples))[0],
                np.full(len(examples), c[0].shape[1]),
                c[2],
            ]
        ),
        "you sorted the inputs and lengths, but not the targets: now labels belong to others.": (
            lambda examples: [*_collate(_sorted(examples))[:2], _collate(examples)[2]]
        ),
        "you sorted the batch by length. Keep the order; what packs the rows can sort.": (
            lambda examples: _collate(_sorted(examples))
        ),
        "targets and lengths are exchanged: return inputs, lengths, targets.": (
            lambda examples: [_collate(examples)[k] for k in (0, 2, 1)]
        ),
    }
    check(answer, _collate, cases, mistakes=mistakes)


def _packed_last(data, batch_sizes, step, h):
    h, start = h.copy(), 0
    for n in batch_sizes:
        h[:n] = step(data[start : start + n], h[:n])
        start += n
    return h


def _ends_drop(data, batch_sizes, step, h):
    start = 0
    for n in batch_sizes:
        h = step(data[start : start + n], h[:n])
        start += n
    return h


def _wrong_rows(data, batch_sizes, step, h):
    h, start = h.copy(), 0
    for n in batch_sizes:
        h[-n:] = step(data[start : start + n], h[-n:])
        start += n
    return h


def _never_moves_on(data, batch_sizes, step, h):
    h = h.copy()
    for n in batch_sizes:
        h[:n] = step(data[:n], h[:n])
    return h


def _starts_anew(data, batch_sizes, step, h):
    h, start, first = h.copy(), 0, h.copy()
    for n in batch_sizes:
        h[:n] = step(data[start : start + n], first[:n])
        start += n
    return h


def check_packed_last(answer):
    """Check `packed_last(data, batch_sizes, step, h)`: each row's state after its last token."""
    rng = np.random.default_rng(5)
    w_x, w_h = rng.normal(size=(2, 3)), rng.normal(size=(3, 3))

    def step(x, h):
        return np.tanh(x @ w_x + h @ w_h)

    cases = [
        (rng.normal(size=(sum(sizes), 2)), np.array(sizes), step, rng.normal(size=(sizes[0], 3)))
        for sizes in ([3, 3, 2, 1], [4, 2], [2, 2, 2])
    ]
    mistakes = {
        "rows that have ended are lost: write into the first n rows, and leave the others.": (
            _ends_drop
        ),
        "the longest stands first, so the first n rows still run; you took the last n.": (
            _wrong_rows
        ),
        "every step reads the first tokens again: move on in `data` by n at each step.": (
            _never_moves_on
        ),
        "every step starts from the first state: hand each step the state before it.": (
            _starts_anew
        ),
    }
    check(answer, _packed_last, cases, mistakes=mistakes)


def _heard(read, ids, lengths, other):
    before, heard = read(ids, lengths), np.zeros(ids.shape, dtype=bool)
    for t in range(ids.shape[1]):
        changed = ids.copy()
        changed[:, t] = other
        heard[:, t] = np.abs(read(changed, lengths) - before) > 1e-9
    return heard


def _heard_changing_on(read, ids, lengths, other):
    before, changed, heard = read(ids, lengths), ids.copy(), np.zeros(ids.shape, dtype=bool)
    for t in range(ids.shape[1]):
        changed[:, t] = other
        heard[:, t] = np.abs(read(changed, lengths) - before) > 1e-9
    return heard


def _states(ids):
    h, states = np.zeros(len(ids)), []
    for token in ids.T:
        h = np.tanh(0.6 * h + 0.1 * token)
        states.append(h)
    return np.stack(states, axis=1)


def check_heard_by(answer):
    """Check `heard_by(read, ids, lengths, other)`: (B, T), True where a step moves an answer."""
    ids, lengths = np.array([[5, 6, 7, 8], [2, 3, 0, 0], [9, 4, 6, 0]]), np.array([4, 2, 3])
    mask = np.arange(4) < lengths[:, None]
    rows = np.arange(3)
    reads = [
        lambda x, n: _states(x)[:, -1],
        lambda x, n: _states(x)[rows, n - 1],
        lambda x, n: (_states(x) * mask).sum(axis=1) / n,
        lambda x, n: 0.1 * x[rows, n - 1],
    ]
    mistakes = {
        "you change one step after the other and never put the token back: copy `ids` each time.": (
            _heard_changing_on
        ),
        "you change the words only. Change the steps of padding too: they are the question.": (
            lambda read, ids, lengths, other: (
                _heard(read, ids, lengths, other) & (np.arange(ids.shape[1]) < lengths[:, None])
            )
        ),
        "you mark what leaves the answer as it was; mark what moves it.": (
            lambda *case: ~_heard(*case)
        ),
        "this is the mask, whatever the model reads: ask `read`, and compare its answers.": (
            lambda read, ids, lengths, other: np.arange(ids.shape[1]) < lengths[:, None]
        ),
    }
    check(answer, _heard, [(read, ids, lengths, 1) for read in reads], mistakes=mistakes)
