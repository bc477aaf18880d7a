"""Answers to the exercises of the book, as readers write them, by chapter and function asked.

`RIGHT` lists right answers that compute in another way than the solution. `WRONG` lists at least
three wrong ones, each with words of the sentence that names what went wrong ("" where the checker
only shows the worst entry). They are written from the exercise's text alone: none uses the
references or the mistakes of `unrolled.exercises`.
"""

import itertools
import math
import os

import numpy as np
import torch
from sklearn.metrics import (
    accuracy_score,
    f1_score,
    mean_pinball_loss,
    precision_score,
    recall_score,
)


def logit(f):
    return np.log(f) - np.log(1 - f)


def stop_by_search(losses, patience):
    for end in range(len(losses)):
        past = losses[: end + 1]
        if end - past.index(min(past)) == patience:
            break
    return past.index(min(past)), end


def by_autograd(dh_last, states, weight_ih, weight_hh):
    """Let torch go back through the chain of states; what inputs and biases gave is constant."""
    w_ih, w_hh = torch.tensor(weight_ih), torch.tensor(weight_hh)
    nothing = torch.zeros(len(dh_last), w_ih.shape[1], dtype=w_ih.dtype)
    x = [nothing.clone().requires_grad_() for _ in states[1:]]
    h = torch.tensor(states[0])
    for before, after, x_t in zip(states, states[1:], x, strict=False):
        rest = torch.tensor(np.arctanh(after) - before @ weight_hh.T)  # input and biases
        h = torch.tanh(x_t @ w_ih.T + h @ w_hh.T + rest)
    (h * torch.tensor(dh_last)).sum().backward()
    return torch.stack([x_t.grad for x_t in x], dim=1)


def back(dh, states, w_ih, w_hh, *, slope=lambda h: 1 - h * h, direct=0.0, at=0):
    """Go back step by step, with what a reader might get wrong as an option."""
    steps = len(states) - 1
    gradients = np.zeros((len(dh), steps, w_ih.shape[1]))
    for t in range(steps, 0, -1):
        da = dh * slope(states[t - at])
        gradients[:, t - 1] = da @ w_ih
        dh = da @ w_hh + direct
    return gradients


def last_input_only(dh, states, w_ih, w_hh):
    gradients = back(dh, states, w_ih, w_hh)
    gradients[:, :-1] = 0
    return gradients


def ring(delay, *, units=None, shift=1, read=None):
    """Return a ring of units in which signs go round; what comes back is drowned by the input."""
    units = delay + 2 if units is None else units
    w_ih, readout = np.zeros((units, 1)), np.zeros(units)
    w_ih[0], readout[delay if read is None else read] = 5, 2
    return w_ih, np.roll(np.eye(units), shift, axis=0), readout


def chain_with_input_everywhere(delay):
    return np.ones((delay + 1, 1)), np.eye(delay + 1, k=-1), np.eye(delay + 1)[delay]


def jacobians_of(states, w):
    return [np.diag(1 - h * h) @ w for h in states[1:]]


def overlapping_by_samples(test, train, width):
    taken = {(recording, start + k) for recording, start in train for k in range(width)}
    hit = [any((r, s + k) in taken for k in range(width)) for r, s in test]
    return sum(hit) / len(hit)


def product_from_the_left(matrices):
    whole = np.eye(3)
    for matrix in matrices:
        whole = whole @ matrix
    return whole


def join(arrays):
    return np.hstack([array.ravel() for array in arrays])


def latch_loop(mark, ask):
    gates = np.zeros((3, len(mark)))
    for t in range(len(mark)):
        gates[:, t] = (0, 1, ask[t]) if mark[t] else (1, 0, ask[t])
    return gates


def latch_that_keeps_the_first_open(mark, ask):
    gates = latch_loop(mark, ask)
    gates[0, mark.argmax()] = 1
    return gates


def lstm_by_torch(x, p):
    inputs, units = p["weight_ih"].shape[1], p["weight_hh"].shape[1]
    layer = torch.nn.LSTM(inputs, units, batch_first=True, dtype=torch.float64)
    layer.load_state_dict({f"{name}_l0": torch.tensor(weight) for name, weight in p.items()})
    return layer(torch.tensor(x))[0]


def lstm_by_box(x, p, at=(0, 1, 2, 3), note=np.tanh, say=np.tanh):
    """Box by box: `at` says which quarter of the rows i, f, g and o are taken from."""
    H = p["weight_hh"].shape[1]
    answer, h, c = np.zeros((*x.shape[:2], H)), np.zeros((len(x), H)), np.zeros((len(x), H))
    for t in range(x.shape[1]):
        i, f, g, o = (
            np.einsum("hi,bi->bh", p["weight_ih"][k * H : k * H + H], x[:, t])
            + np.einsum("hk,bk->bh", p["weight_hh"][k * H : k * H + H], h)
            + (p["bias_ih"] + p["bias_hh"])[k * H : k * H + H]
            for k in at
        )
        c = c / (1 + np.exp(-f)) + note(g) / (1 + np.exp(-i))
        h = answer[:, t] = say(c) / (1 + np.exp(-o))
    return answer


def step_back_by_autograd(dh, dc, gates, c_prev, c):
    i, f, g, o = map(torch.tensor, gates)
    a = torch.stack([torch.logit(i), torch.logit(f), torch.atanh(g), torch.logit(o)])
    a.requires_grad_()
    before = torch.tensor(c_prev, requires_grad=True)
    after = torch.sigmoid(a[1]) * before + torch.sigmoid(a[0]) * torch.tanh(a[2])
    said = torch.sigmoid(a[3]) * torch.tanh(after)
    (said * torch.tensor(dh) + after * torch.tensor(dc)).sum().backward()
    return [torch.cat(list(a.grad), dim=1), before.grad]


def step_back_with_parts(
    dh,
    dc,
    gates,
    c_prev,
    c,
    through_h=1,
    tanh_slope=1,
    slopes=1,
    g_slope="",
    old="",
    order=range(4),
):
    i, f, g, o = gates
    dc = dc + through_h * dh * o * (np.cosh(c) ** -2 if tanh_slope else 1)
    by_gate = [dc * g, dc * (c if old else c_prev), dc * i, dh * np.tanh(c)]
    slope = [i - i**2, f - f**2, g - g**2 if g_slope else (1 - g) * (1 + g), o - o**2]
    a = [d * s if slopes else d for d, s in zip(by_gate, slope, strict=True)]
    return [np.concatenate([a[k] for k in order], axis=1), f * dc]


def residual_by_matrices(matrices, dtop):
    whole = np.eye(len(dtop))
    for W in matrices:
        whole = (W + np.eye(len(dtop))) @ whole
    return dtop @ whole


def residual_with_the_top_added_each_time(matrices, dtop):
    down = dtop
    for W in matrices[::-1]:
        down = W.T @ down + dtop
    return down


def order_by_steps(inputs):
    names = {"XX": 0, "XY": 1, "YX": 2, "YY": 3}
    read = [["XY"[k - 4] for k in kinds if k >= 4] for kinds in inputs.argmax(axis=2)]
    return [names["".join(pair)] for pair in read]


def share_by_product(T, n):
    return math.prod([1 / (1 + math.exp(-math.log(n)))] * T)


def widest(I, H, inputs=True, biases=2, budget=4):
    """Return what a reader's quadratic formula gives."""
    b = (I if inputs else 0) + biases
    return int((-b + math.sqrt(b * b + 4 * budget / 3 * (H * H + b * H))) / 2 + 1e-9)


def mean_by_loop(outputs, lengths):
    answer = np.zeros((outputs.shape[0], outputs.shape[2]))
    for b, n in enumerate(lengths):
        for t in range(n):
            answer[b] += outputs[b, t] / n
    return answer


def mean_of_steps(outputs, lengths, first, last):
    step = np.arange(outputs.shape[1])
    inside = (step >= first) & (step < lengths[:, None] + last)
    return np.einsum("bt,bth->bh", inside / lengths[:, None], outputs)


def turned_by_row(ids, lengths):
    return [[*row[:n][::-1], *row[n:]] for row, n in zip(ids, lengths, strict=True)]


def turned_up_to(ids, ends):
    answer = ids.copy()
    for b, end in enumerate(ends):
        answer[b, :end] = ids[b, :end][::-1]
    return answer


def collate_by_hand(examples):
    longest = max(len(ids) for ids, _ in examples)
    inputs = [[*ids, *[0] * (longest - len(ids))] for ids, _ in examples]
    return inputs, [len(ids) for ids, _ in examples], [label for _, label in examples]


def collate_with_lengths_of_the_array(examples):
    inputs, _, labels = collate_by_hand(examples)
    return inputs, [len(row) for row in inputs], labels


def collate_in_torch(examples):
    rows = [torch.tensor(ids) for ids, _ in examples]
    lengths = torch.tensor([len(ids) for ids, _ in examples])
    labels = torch.tensor([label for _, label in examples])
    return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True), lengths, labels


def packed_by_rows(data, batch_sizes, step, h):
    starts = np.concatenate([[0], np.cumsum(batch_sizes)])
    found = []
    for row in range(len(h)):
        state = h[row : row + 1]
        for t in np.flatnonzero(np.array(batch_sizes) > row):
            state = step(data[starts[t] + row][None], state)
        found.append(state[0])
    return found


def packed_with(data, batch_sizes, step, h, rows=None, keep=True, move=True):
    h, start = h.copy(), 0
    for n in batch_sizes:
        chosen = slice(0, n) if rows is None else rows(n)
        new = step(data[start : start + n], h[chosen])
        if keep:
            h[chosen] = new
        else:
            h = new
        start += n * move
    return h


def heard_row_by_row(read, ids, lengths, other):
    found = np.zeros(ids.shape, dtype=int)
    for b, t in np.ndindex(*ids.shape):
        changed = np.array(ids)
        changed[b, t] = other
        found[b, t] = read(changed, lengths)[b] != read(ids, lengths)[b]
    return found


def heard_in_any_row(read, ids, lengths, other):
    moved = heard_row_by_row(read, ids, lengths, other).any(axis=0)
    return np.broadcast_to(moved, ids.shape)


def heard_without_copies(read, ids, lengths, other):
    before, found = read(ids, lengths), []
    for t in range(ids.shape[1]):
        ids[:, t] = other
        found.append(read(ids, lengths) != before)
    return np.transpose(found)


def numbered_by_rank(reviews, size, first=2, extra=0, key=None):
    counts = {}
    for review in reviews:
        for token in review:
            counts[token] = counts.get(token, 0) + 1
    ranked = sorted(sorted(counts), key=key or counts.get, reverse=key is None)
    return dict(zip(ranked[: size - 2 + extra], range(first, size + 99)))  # noqa: B905


def array_by_hand(reviews, numbers, unknown=1, fill=0):
    lengths = [len(review) for review in reviews]
    inputs = np.full((len(reviews), max(lengths)), fill)
    for b, review in enumerate(reviews):
        for t, token in enumerate(review):
            inputs[b, t] = numbers.get(token, unknown)
    return inputs, lengths


def leaked_pairwise(train, test, form=lambda text: text.casefold().split()):
    return [any(form(text) == form(other) for other in train) for text in test]


def scores(m):
    (_, fp), (fn, tp) = m
    return tp / (tp + fp), tp / (tp + fn), 2 * tp / (2 * tp + fp + fn)


def rate_by_interpolation(k, steps, peak):
    return np.interp(k, [0, steps / 10, steps], [0, peak, 0])


def running_by_loop(scores, verdicts):
    above = below = 0.0
    answer = []
    for s, q in zip(scores, verdicts, strict=True):
        above, below = above + math.exp(s) * q, below + math.exp(s)
        answer.append(above / below)
    return answer


def mix_of_two(weights, verdicts, share=lambda z, high, low: (z - low) / (high - low)):
    ranked = [t for t in np.argsort(verdicts) if t != weights.argmax()]
    low, high = ranked[0], ranked[-1]
    answer = [0.0] * len(weights)
    answer[high] = share(weights @ verdicts, verdicts[high], verdicts[low])
    answer[low] = 1 - answer[high]
    return answer


def move_the_heaviest(weights, verdicts):
    answer = weights.copy()
    answer[weights.argmax()] = 0
    return answer + weights.max() / (len(weights) - 1) * (
        np.arange(len(weights)) != weights.argmax()
    )


def solve_for_two_at_random(weights, verdicts):
    """Weights that may be negative: the first two steps that are not the heaviest."""
    one, other = [t for t in range(len(weights)) if t != weights.argmax()][:2]
    answer = np.zeros(len(weights))
    answer[one] = (weights @ verdicts - verdicts[other]) / (verdicts[one] - verdicts[other])
    answer[other] = 1 - answer[one]
    return answer


def runs_by_slices(judge, ids, width, fill=(), extra=0):
    starts = range(len(ids) - width + 1 + extra)
    rest = [[*ids[:t], *fill * width, *ids[t + width :]] for t in starts]
    return np.array([judge([ids])[0] - judge([text])[0] for text in map(np.array, rest)])


def bits_row_by_row(vectors, scale=lambda row: np.abs(row).max() / 127 or 1.0, to_whole=np.round):
    with np.errstate(divide="ignore", invalid="ignore"):
        scales = [scale(row) for row in vectors]
        return np.array([to_whole(r / s) for r, s in zip(vectors, scales, strict=True)]), scales


def save_all_at_once(path, parts):
    draft = path.parent / "draft"
    draft.write_text("".join(parts))
    os.replace(draft, path)


def save_and_tidy(path, parts):
    draft = path.with_suffix(".part")
    try:
        with draft.open("w") as file:
            file.writelines(parts)
    except BaseException:
        draft.unlink()
        raise
    draft.rename(path)


def save_half_under_the_name(path, parts):
    with open(path, "w") as file:
        for part in parts:
            file.write(part)


def save_but_remove_before(path, parts):
    path.unlink()
    save_all_at_once(path, parts)


def save_what_came(path, parts):
    """Replace at the end, but also after a crash."""
    draft = path.with_suffix(".part")
    try:
        with draft.open("w") as file:
            file.writelines(parts)
    finally:
        draft.replace(path)


def gap_of_all(one, other, batches):
    gaps = np.hstack([one(*batch) - other(*batch) for batch in batches])
    return np.abs(gaps).max() if np.isfinite(gaps).all() else math.inf


def gap_with_pythons_max(one, other, batches):
    gap = 0.0
    for batch in batches:
        gap = max(gap, float(np.abs(one(*batch) - other(*batch)).max()))
    return gap


def gap_of_the_last(one, other, batches):
    for batch in batches:
        gap = np.abs(one(*batch) - other(*batch)).max()
    return gap if gap == gap else math.inf


def gru_by_rows(x, h_prev, W_ih, W_hh, b_ih, b_hh, *, keeps=True, first="r"):
    """One sequence and one unit at a time, the reset before the product."""
    H = h_prev.shape[1]
    start = {"r": 0, "z": H, "n": 2 * H} if first == "r" else {"z": 0, "r": H, "n": 2 * H}

    def inside(gate, j, x, h):
        k = start[gate] + j
        return W_ih[k] @ x + b_ih[k] + W_hh[k] @ h + b_hh[k]

    rows = []
    for x_b, h in zip(x, h_prev, strict=True):
        r, z = ([1 / (1 + math.exp(-inside(g, j, x_b, h))) for j in range(H)] for g in "rz")
        n = [math.tanh(inside("n", j, x_b, np.array(r) * h)) for j in range(H)]
        shares = z if keeps else [1 - share for share in z]
        rows.append([(1 - s) * new + s * old for s, new, old in zip(shares, n, h, strict=True)])
    return rows


def truncated_by_stepping(lstm, x, y, window, carry=(0, 1)):
    """Step by step with one `nn.LSTMCell`, which hands on the parts of the state in `carry`."""
    cell = torch.nn.LSTMCell(lstm.input_size, lstm.hidden_size, dtype=x.dtype)
    cell.load_state_dict({k.removesuffix("_l0"): w for k, w in lstm.state_dict().items()})
    state = [torch.zeros_like(y[:, 0])] * 2
    loss = 0
    for t in range(x.shape[1]):
        if t % window == 0:
            state = [
                part.detach() if k in carry else torch.zeros_like(part)
                for k, part in enumerate(state)
            ]
        state = cell(x[:, t], state)
        loss = loss + (state[0] - y[:, t]).square().sum()
    return torch.autograd.grad(loss, list(cell.parameters()))


def small(text):
    return " ".join(text.casefold().split())


def spaced(text):
    return " ".join(text.split())


def leaked_by_counting(train, test, key=small):
    known = list(map(key, train))
    return sum(known.count(key(text)) > 0 for text in test) / len(test)


def macro_f1_by_loop(truth, predicted, n_classes, nothing=0.0):
    scores = []
    for k in range(n_classes):
        hits = sum((t == k) & (p == k) for t, p in zip(truth, predicted, strict=True))
        told, true = list(predicted).count(k), list(truth).count(k)
        precision = hits / told if told else nothing
        recall = hits / true
        both = precision + recall
        scores.append(2 * precision * recall / both if both else nothing)
    return sum(scores) / n_classes


def discounted_by_loop(counts, discount, shorter, gives=np.count_nonzero):
    """Go from symbol to symbol; `gives` counts how many of them gave their discount."""
    mass = discount * gives(counts) / sum(counts)
    return np.array(
        [
            (max(n - discount, 0) if n else 0) / sum(counts) + mass * q
            for n, q in zip(counts, shorter, strict=True)
        ]
    )


def nucleus_by_loop(p, share, reach=True):
    """Take the most probable symbol until the sum is there; `reach` takes that which gets it."""
    kept, left = np.zeros(len(p)), list(range(len(p)))
    while sum(kept) < share:
        best = max(left, key=lambda symbol: p[symbol])
        if not reach and sum(kept) and sum(kept) + p[best] > share:
            break
        kept[best] = p[best]
        left.remove(best)
    return kept / sum(kept)


def seasonal_by_growing(past, period, ahead):
    grown = list(past)
    for _ in range(ahead):
        grown.append(grown[-period])
    return np.array(grown[len(past) :])


def warped_by_recursion(a, b, reach, moves=((1, 1), (1, 0), (0, 1)), power=1):
    """Come back from the end through every path."""

    def to(t, s):
        if t < 0 or s < 0 or abs(t - s) > reach:
            return math.inf
        here = abs(a[t] - b[s]) ** power
        return here + (min(to(t - i, s - j) for i, j in moves) if t or s else 0)

    return to(len(a) - 1, len(b) - 1)


def paths_by_writing_all(labels, frames, merge=True, right=lambda path: True):
    """Write down every path of the labels and the blank, read it, and count."""
    classes, count = [0, *sorted(set(labels))], 0
    for path in itertools.product(classes, repeat=frames):
        last = [None, *path] if merge else [None] * frames
        read = [k for before, k in zip(last, path, strict=False) if k and k != before]
        count += read == list(labels) and right(path)
    return count


def paths_that_skip_between_equals(labels, frames):
    """Run forward and let any blank be left out."""
    places = [0] + [one for label in labels for one in (label, 0)]
    ways = [1, 1] + [0] * (len(places) - 2)
    for _ in range(frames - 1):
        before, ways = ways, []
        for s, place in enumerate(places):
            ways.append(sum(before[max(0, s - (2 if place else 1)) : s + 1]))
    return sum(ways[-2:])


def path_by_enumeration(scores, transitions):
    def worth(path):
        steps = sum(transitions[a, b] for a, b in itertools.pairwise(path))
        return sum(row[k] for row, k in zip(scores, path, strict=True)) + steps

    best = itertools.product(range(len(transitions)), repeat=min(len(scores), 6))
    if len(scores) <= 6:
        return max(best, key=worth)
    return path_from_the_end(scores, transitions)


def path_from_the_end(scores, transitions):
    """Keep the best way on from each tag, word by word from the last; then walk forwards."""
    after, ways = scores[-1], []
    for row in scores[-2::-1]:
        on = transitions + after
        ways.insert(0, on.argmax(1))
        after = row + on.max(1)
    path = [int(after.argmax())]
    for way in ways:
        path.append(int(way[path[-1]]))
    return path


def path_decided_at_once(scores, transitions):
    path = []
    for row in scores:
        path.append(int(np.argmax(row + (transitions[path[-1]] if path else 0))))
    return path


def f1_of_names(truth, told, same=lambda a, b: a == b):
    pairs = list(zip(truth, told, strict=True))
    hits = sum(any(same(a, b) for a in right) for right, said in pairs for b in said)
    p, r = (hits / max(1, sum(len(s) for s in part)) for part in (told, truth))
    return 2 * p * r / (p + r) if hits else 0.0


def look_at_the_first(query, states, length, *, mask=-np.inf, then=None):
    """Score state by state, the padding by `mask`; `then` makes something else of the weights."""
    scores = [states[t] @ query if t < length else mask for t in range(len(states))]
    weights = np.exp(np.array(scores))
    weights = weights / sum(weights)
    if then is not None:
        return then(weights)
    return sum(w * h for w, h in zip(weights, states, strict=True))


def best_pairs(scores, log_probs, width, *, total=lambda s, p: s + p, sign=-1):
    pairs = [
        (sign * total(score, p), row, symbol)
        for row, (score, line) in enumerate(zip(scores, log_probs, strict=True))
        for symbol, p in enumerate(line)
    ]
    return [pair[1:] for pair in sorted(pairs)[:width]]


def last_two_by_matrix(earlier, later):
    """Two steps as one: the matrices of (h, 1) multiplied, the later one from the left."""
    first, second = (
        np.array([[a, b], [np.zeros_like(a), np.ones_like(a)]]) for a, b in (earlier, later)
    )
    product = np.einsum("ij...,jk...->ik...", second, first)
    return product[0, 0], product[0, 1]


def by_two_states(earlier, later):
    """Send a state of 0 and one of 1 through both steps; a line has two unknowns."""
    zero, one = (later[0] * (earlier[0] * h + earlier[1]) + later[1] for h in (0.0, 1.0))
    return one - zero, zero


def choose(**choices):
    """A right choice for each situation but for those that are given."""
    right = {
        "phone": "LSTM or GRU",
        "copy": "Transformer",
        "lamp": "LSTM or GRU",
        "long": "linear recurrence",
        "small": "LSTM or GRU",
    }
    return lambda situation: (right | choices)[situation]


RIGHT = {
    "after_the_lstm.combine": [last_two_by_matrix, by_two_states],
    "after_the_lstm.break_division": [
        lambda steps: np.full(steps, 1e-30),
        lambda steps: [1e-44] + (steps - 1) * [0.5],
        lambda steps: torch.full((steps,), 10.0 ** (-80 / steps), dtype=torch.float64),
    ],
    "after_the_lstm.choose_model": [choose(), choose(phone="linear recurrence")],
    "rnn.linear_state": [
        lambda x, w: np.polyval(x, w),
        lambda x, w: sum(x[t] * w ** (len(x) - 1 - t) for t in range(len(x))),
    ],
    "rnn.relu_step_backward": [
        lambda dh, h, w: np.einsum("bh,hk->bk", np.where(h > 0, dh, 0), w),
        lambda dh, h, w: torch.tensor(np.sign(h) * dh) @ torch.tensor(w, requires_grad=True),
    ],
    "rnn.input_gradients": [by_autograd, back],
    "rnn.echo_weights": [
        ring,
        lambda d: (np.eye(d + 1)[:, :1], np.eye(d + 1, k=-1), [0] * d + [1]),
    ],
    "vanishing_gradients.far_jacobian": [
        lambda states, w: product_from_the_left(jacobians_of(states, w)[::-1]),
        lambda states, w: product_from_the_left([j.T for j in jacobians_of(states, w)]).T,
    ],
    "vanishing_gradients.radius_and_norm": [
        lambda w: (max(abs(np.linalg.eigvals(w))), np.linalg.svd(w)[1][0]),
        lambda w: [
            np.abs(torch.linalg.eigvals(torch.tensor(w)).numpy()).max(),
            np.sqrt(np.linalg.eigvalsh(w.T @ w)[-1]),
        ],
    ],
    "vanishing_gradients.clip": [
        lambda grads, most: join(grads) / max(1, math.hypot(*join(grads)) / most),
    ],
    "vanishing_gradients.half_life": [lambda q: math.log(0.5, q), lambda q: -1 / np.log2(q)],
    "lstm.latch": [latch_loop, lambda mark, ask: [np.where(mark > 0, 0, 1), mark, ask]],
    "lstm.lstm": [lstm_by_torch, lambda x, p: lstm_by_box(x, p)],
    "lstm.step_back": [step_back_by_autograd, step_back_with_parts],
    "gate_names.left_of": [
        lambda f, t: math.prod(f[t + 1 :]),
        lambda f, t: np.cumprod(f)[-1] / np.cumprod(f)[t],
    ],
    "lstm_gradients.dc_prev": [lambda dh, dc, f, o, c: dc * f + dh * o * f / np.cosh(c) ** 2],
    "lstm_gradients.bias_for": [
        lambda k: logit(2 ** (-1 / k)),
        lambda k: -math.log(math.expm1(math.log(2) / k)),
    ],
    "lstm_gradients.truncated_grads": [truncated_by_stepping],
    "two_paths.longest": [
        lambda budget, b, i, h, size: math.floor(budget / (b * size * (i + 7 * h)))
    ],
    "gru.flip_z": [
        lambda w: (
            w
            * np.where(np.arange(len(w)) * 3 // len(w) == 1, -1, 1).reshape(-1, *[1] * (w.ndim - 1))
        )
    ],
    "gru.gru_step_before": [gru_by_rows],
    "gru.widest_gru": [
        widest,
        lambda I, H: max(
            h for h in range(1, 2 * H + 1) if 3 * h * (I + h + 2) <= 4 * H * (I + H + 2)
        ),
    ],
    "which_parts_matter.coupled_backward": [
        lambda dc, c, f, g: [(dc * c - dc * g) * (f - f**2), dc * (1 - f) * (1 + g) * (1 - g)]
    ],
    "depth.residual_backward": [residual_by_matrices],
    "start_or_cell.share_left": [
        lambda T, n: (1 + 1 / n) ** -T,
        lambda T, n: math.exp(-T * math.log1p(1 / n)),
        share_by_product,
    ],
    "reviews.numbered": [numbered_by_rank],
    "reviews.leaked": [
        leaked_pairwise,
        lambda train, test: np.isin(
            [" ".join(text.split()).lower() for text in test],
            [" ".join(text.split()).lower() for text in train],
        ),
    ],
    "reviews.as_array": [
        array_by_hand,
        lambda reviews, numbers: [
            torch.as_tensor(part) for part in array_by_hand(reviews, numbers)
        ],
    ],
    "padding.collate": [collate_by_hand, collate_in_torch],
    "how_long.held": [lambda loss, T: (10 * math.log(8) - loss * (T + 20)) / math.log(8)],
    "how_long.order_of": [order_by_steps],
    "padding_lab.mean_state": [
        mean_by_loop,
        lambda outputs, lengths: mean_of_steps(outputs, lengths, 0, 0),
    ],
    "padding.packed_last": [packed_by_rows, packed_with],
    "padding.heard_by": [heard_row_by_row],
    "padding_lab.backwards": [turned_by_row, lambda ids, lengths: turned_up_to(ids, lengths)],
    "baselines.scores_of": [
        lambda m: np.array([*scores(m)[:2], 2 / (1 / scores(m)[0] + 1 / scores(m)[1])]),
        lambda m: [*scores(m)[:2], 2 * scores(m)[0] * scores(m)[1] / sum(scores(m)[:2])],
    ],
    "classifier.masked_max": [
        lambda states, n: np.stack([row[:k].max(0) for row, k in zip(states, n, strict=True)]),
        lambda states, n: np.nanmax(
            np.where((np.arange(states.shape[1]) < n[:, None])[:, :, None], states, np.nan), axis=1
        ),
    ],
    "classifier.stop": [
        stop_by_search,
        lambda losses, patience: list(stop_by_search(losses, patience)),
    ],
    "classifier.reviews_needed": [
        lambda s, w: math.ceil(s * (1 - s) / (w / 1.95996) ** 2),
        lambda s, w: next(n for n in range(1, 10**5) if 1.96 * math.sqrt(s * (1 - s) / n) <= w),
    ],
    "calibration.ece_of": [
        lambda p, c, n: sum(n * abs(p - c)) / sum(n),
        lambda p, c, n: abs(p - c) @ n / n.sum(),
    ],
    "calibration.least_answered": [
        lambda z, s: sorted(abs(z), reverse=True)[: round(s * len(z))][-1]
    ],
    "how_each_trick_works.clip_all": [
        lambda g, most: g * min(1, most / (math.hypot(*g.ravel()) + 1e-6)),  # as torch does
        lambda g, most: torch.tensor(g) / max(1, torch.tensor(g).norm() / most),
    ],
    "how_each_trick_works.rate_at": [rate_by_interpolation],
    "how_each_trick_works.gate_bound": [lambda s: math.sqrt(24 / (4 * s[1] + s[0]))],
    "character_language_model.discounted": [discounted_by_loop],
    "character_language_model.top_p": [nucleus_by_loop],
    "own_texts.share_leaked": [leaked_by_counting],
    "own_texts.macro_f1": [
        macro_f1_by_loop,
        lambda t, p, n: f1_score(t, p, average="macro", labels=range(n), zero_division=0),
    ],
    "pretraining.perplexity_of": [
        lambda p: math.prod(1 / p) ** (1 / len(p)),
        lambda p: 2 ** -np.mean(np.log2(p)),
        lambda p: torch.exp(-torch.tensor(p).log().mean()),
    ],
    "pretraining.worst_move": [
        lambda e, g, size, read: g * (size * np.sqrt((e[read] ** 2).sum() / (g**2).sum()))
    ],
    "reading_the_gates.running_logits": [running_by_loop],
    "attention.other_weights": [mix_of_two],
    "reading_the_gates.moved_by_runs": [runs_by_slices],
    "reading_the_gates.pair_and_mirror": [
        lambda w: np.array([w["not"] < 0, w["not"] > 0]),
        lambda w: (int(w["not"] < 0), int(w["not"] > 0)),
    ],
    "serving.save": [save_all_at_once, save_and_tidy],
    "shipping.largest_gap": [gap_of_all],
    "shipping.eight_bits": [bits_row_by_row],
    "shipping.word_gap": [lambda p, text, words: np.ptp(p([text.format(w) for w in words]))],
    "speech.warped_within": [warped_by_recursion],
    "speech.count_paths": [paths_by_writing_all],
    "motion.share_overlapping": [overlapping_by_samples],
    "motion.skill": [
        lambda predicted, last, truth: (
            1 - np.sum(np.abs(truth - predicted)) / np.sum(np.abs(truth - last))
        ),
    ],
    "tagging.strict_f1": [f1_of_names],
    "tagging.best_path": [path_from_the_end, path_by_enumeration],
    "template.half_life_of": [lambda f: math.log(0.5, f)],
    "template.leak_for": [lambda k: np.exp(-np.log(2) / k)],
    "time_series.seasonal_naive": [
        lambda past, s, n: [past[len(past) - s + k % s] for k in range(n)],
        seasonal_by_growing,
    ],
    "time_series.pinball": [
        lambda y, q, a: mean_pinball_loss(y, q, alpha=a),
        lambda y, q, a: np.mean(abs(y - q) / 2 + (a - 0.5) * (y - q)),
    ],
    "translation.attend": [look_at_the_first],
    "translation.beam_step": [best_pairs],
}

WRONG = {
    "after_the_lstm.combine": [
        (lambda x, y: (x[0] * y[0], x[0] * y[1] + x[1]), "earlier and later are exchanged"),
        (lambda x, y: (x[0] + y[0], y[0] * x[1] + y[1]), "multiplied, not added"),
        (lambda x, y: (x[0] * y[0], x[1] + y[1]), "0.2 of the 3 is left"),
        (lambda x, y: (x[0] * y[0], x[0] * x[1] + y[1]), "its own gate"),
        (lambda x, y: (x[0] * y[0], x[0] * y[0] * x[1] + y[1]), "by both gates"),
        (lambda x, y: (x[0] * y[0], y[0] * (x[1] + y[1])), "No gate follows it"),
        (lambda x, y: (y[0], y[0] * x[1] + y[1]), "the later one alone"),
        (lambda x, y: (x[0] * y[0], y[1]), "is lost"),
        (lambda x, y: by_two_states(x, y)[::-1], "the gate stands first"),
        (lambda x, y: (x[0] * y[0], y[0] * x[1] - y[1]), "with (0.5, 3) before (0.2, 1), part 2"),
        (lambda x, y: y[0] * x[1] + y[1], "with (0.5, 3) before (0.2, 1) your answer has no parts"),
    ],
    "after_the_lstm.break_division": [
        (lambda steps: np.linspace(0.98, 0.999, steps), "float32 divides by that"),
        (lambda steps: np.full(steps, 0.85), "for 1,000 steps that breaks"),
        (lambda steps: np.full(steps, 0.3), "after 16, the product is not small enough"),
        (lambda steps: np.full(steps, 1e-9), "for 16 steps that breaks"),
        (lambda steps: np.full(steps, 1e-50), "in float32, too"),
        (lambda steps: np.full(steps, 1.5), "strictly between"),
        (lambda steps: np.full(steps - 1, 1e-30), "one gate a step"),
        (lambda steps: 1e-30, "one gate a step"),
    ],
    "after_the_lstm.choose_model": [
        (lambda situation: "Transformer", "grows as long as it writes"),
        (lambda situation: "LSTM or GRU", "8,192"),
        (lambda situation: "linear recurrence", "needs to store none of them"),
        (choose(lamp="linear recurrence", small="Transformer"), "turn the state round, whichever"),
        (choose(lamp="Transformer"), "hardly moves a mean"),
        (choose(long="LSTM or GRU"), "16 rounds"),
        (choose(long="Transformer"), "two billion pairs"),
        (choose(small="Transformer"), "what you would have to write"),
        (choose(small="linear recurrence"), "nothing to compute side by side"),
        (choose(copy="GRU"), "'copy': answer with one of these"),
    ],
    "rnn.linear_state": [
        (lambda x, w: sum(x[t] * w**t for t in range(len(x))), "powers run the wrong way"),
        (lambda x, w: sum(x[t] * w ** (len(x) - t) for t in range(len(x))), "not multiplied by w"),
        (lambda x, w: x[0] * w ** (len(x) - 1) + sum(x[1:]), "only the first input is weighed"),
        (lambda x, w: w ** (len(x) - 1) * sum(x), ""),
        (lambda x, w: np.polyval(x, abs(w)), ""),
    ],
    "rnn.relu_step_backward": [
        (lambda dh, h, w: (dh * (1 - h * h)) @ w, "derivative of tanh"),
        (lambda dh, h, w: (dh * (h >= 0)) @ w, "must pass no gradient"),
        (lambda dh, h, w: dh @ w * (h > 0), "comes before the product"),
        (lambda dh, h, w: (h * dh) @ w, "not h"),
        (lambda dh, h, w: (w @ (dh * (h > 0)).T).T, "transpose"),
        (lambda dh, h, w: dh * (h > 0), ""),
    ],
    "rnn.input_gradients": [
        (lambda *case: back(*case)[:, ::-1], "in the order of the walk"),
        (lambda *case: back(*case, slope=np.ones_like), "1 - h**2, is missing"),
        (lambda *case: back(*case, at=1), "at the state before it"),
        (lambda dh, hs, w_ih, w_hh: back(dh, hs, w_ih, w_hh.T), "the transpose of weight_hh"),
        (last_input_only, "only the last input gets a gradient"),
        (lambda dh, *case: back(dh, *case, direct=dh), "reads the last state only"),
        (lambda *case: back(*case).sum(axis=1), ""),
        (lambda *case: back(*case, slope=lambda h: 1 - h), ""),
    ],
    "rnn.echo_weights": [
        (lambda delay: ring(delay, read=delay - 1), "too early"),
        (lambda delay: ring(delay, units=delay + 5, read=delay + 1), "too late"),
        (
            lambda d: (np.eye(d + 1)[:, :1], np.eye(d + 1, k=1), np.eye(d + 1)[d]),
            "what unit j hears",
        ),
        (chain_with_input_everywhere, "repeats the present sign"),
        (lambda d: (np.eye(d + 1)[:, :1], -np.eye(d + 1, k=-1), np.eye(d + 1)[d]), ""),
        (lambda d: (np.eye(d), np.eye(d), np.ones(d)), ""),
    ],
    "vanishing_gradients.far_jacobian": [
        (lambda states, w: product_from_the_left(jacobians_of(states, w)), "in the wrong order"),
        (
            lambda states, w: product_from_the_left(
                [w @ np.diag(1 - h * h) for h in states[:0:-1]]
            ),
            "not to column j",
        ),
        (lambda states, w: np.linalg.matrix_power(w, len(states) - 1), "slopes of the tanh"),
        (
            lambda states, w: product_from_the_left(jacobians_of([states[0], *states], w)[::-1]),
            "one factor too many",
        ),
        (
            lambda states, w: product_from_the_left(
                jacobians_of([states[0], *states[:-1]], w)[::-1]
            ),
            "at the state before",
        ),
        (
            lambda states, w: product_from_the_left(jacobians_of(states, w)[::-1]).T,
            "the transpose",
        ),
        (lambda states, w: jacobians_of(states, w)[-1], ""),
    ],
    "vanishing_gradients.radius_and_norm": [
        (lambda w: (np.linalg.norm(w, 2), max(abs(np.linalg.eigvals(w)))), "wrong way round"),
        (lambda w: (max(np.linalg.eigvals(w).real), np.linalg.norm(w, 2)), "negative or complex"),
        (lambda w: (max(abs(np.linalg.eigvals(w))), np.sqrt((w**2).sum())), "adds up all squares"),
        (
            lambda w: (max(abs(np.linalg.eigvals(w))), np.linalg.eigvalsh(w.T @ w)[-1]),
            "the square of the norm",
        ),
        (lambda w: (max(abs(np.linalg.eigvals(w))), abs(w).sum(axis=1).max()), ""),
    ],
    "vanishing_gradients.clip": [
        (lambda grads, most: join(grads) / math.hypot(*join(grads)) * most, "you stretch it"),
        (lambda grads, most: join(grads) / max(1, math.hypot(*join(grads))), "1 at most"),
        (lambda grads, most: join(grads).clip(-most, most), "each entry by itself"),
        (
            lambda grads, most: [g * min(1, most / math.hypot(*join(grads))) for g in grads],
            "Join them",
        ),
        (
            lambda grads, most: join([g * min(1, most / math.hypot(*g.ravel())) for g in grads]),
            "its own norm",
        ),
        (lambda grads, most: join(grads) * min(1, most / abs(join(grads)).max()), ""),
    ],
    "vanishing_gradients.half_life": [
        (lambda q: -1 / math.log(q), "1/e is left. Asked is one half"),
        (lambda q: 1 / (1 - q), "1/e is left (roughly)"),
        (lambda q: math.log(2) / math.log(q), "sign is wrong"),
        (lambda q: 0.5 / (1 - q), "not take the same amount"),
        (lambda q: math.log(2) / (1 - q), ""),
        (lambda q: math.log10(2) / -math.log(q), ""),
    ],
    "lstm.latch": [
        (lambda m, a: [1 - np.r_[m[1:], 0], m, a], "one step before each mark"),
        (lambda m, a: [1 - np.r_[0, m[:-1]], m, a], "one step after each mark"),
        (lambda m, a: [np.ones(len(m)), m, a], "adds the marked numbers up"),
        (lambda m, a: [m, m, a], "wrong way round"),
        (lambda m, a: [1 - m, m, np.ones(len(m))], "speaks all the time"),
        (lambda m, a: [1 - np.maximum(m, a), m, a], "not to forget"),
        (latch_that_keeps_the_first_open, ""),
        (lambda m, a: [1 - m, np.ones(len(m)), a], ""),
    ],
    "lstm.lstm": [
        (lambda x, p: lstm_by_box(x, p, at=(1, 0, 2, 3)), "you took f, i, g, o"),
        (lambda x, p: lstm_by_box(x, p, at=(0, 1, 3, 2)), "you took i, f, o, g"),
        (lambda x, p: lstm_by_box(x, p, note=lambda a: 1 / (1 + np.exp(-a))), "has a sign"),
        (lambda x, p: lstm_by_box(x, p, say=lambda c: c), "the tanh is missing"),
        (lambda x, p: lstm_by_box(x, p | {"bias_hh": 0 * p["bias_hh"]}), "bias_hh is missing"),
        (lambda x, p: lstm_by_torch(x, p)[:, -1], "the last h only"),
        (lambda x, p: lstm_by_torch(x, p).transpose(0, 1), "time comes first"),
        (
            lambda x, p: torch.cat([lstm_by_torch(x[:, [t]], p) for t in range(x.shape[1])], 1),
            "hand h",
        ),
        (lambda x, p: lstm_by_torch(x[:, ::-1].copy(), p), ""),
        (lambda x, p: lstm_by_box(x, p, say=lambda c: np.tanh(c) ** 2), ""),
    ],
    "lstm.step_back": [
        (lambda dh, *rest: step_back_with_parts(dh, *rest, through_h=0), "through h is missing"),
        (lambda *case: step_back_with_parts(*case, tanh_slope=0), "slope of the tanh"),
        (lambda *case: step_back_with_parts(*case, slopes=0), "by the gates"),
        (lambda *case: step_back_with_parts(*case, g_slope="sigmoid"), "1 - g**2"),
        (lambda *case: step_back_with_parts(*case, old="c"), "c_prev, not c"),
        (lambda *case: step_back_with_parts(*case, order=(0, 1, 3, 2)), "you have i, f, o, g"),
        (lambda dh, dc, *rest: [step_back_by_autograd(dh, dc, *rest)[0], dc], ""),
        (lambda *case: step_back_by_autograd(*case)[::-1], ""),
    ],
    "gate_names.left_of": [
        (lambda f, t: math.prod(f[t:]), "gate of step t itself"),
        (lambda f, t: math.prod(f), "all gates"),
        (lambda f, t: math.prod(f[: t + 1]), "before the note"),
        (lambda f, t: math.prod(f[t + 1 : len(f) - 1]), "gate of the last step"),
        (lambda f, t: 1 - math.prod(f[t + 1 :]), "is lost"),
        (lambda f, t: f[-1], ""),
    ],
    "lstm_gradients.dc_prev": [
        (lambda dh, dc, f, o, c: f * (dc + dh * (1 - np.tanh(c) ** 2)), "you forgot o"),
        (lambda dh, dc, f, o, c: f * (dc + dh * o), "slope of the tanh"),
        (lambda dh, dc, f, o, c: f * (dc + dh * o * (1 - c**2)), "not 1 - c**2"),
        (lambda dh, dc, f, o, c: dc + dh * o / np.cosh(c) ** 2, "forget gate is missing"),
        (lambda dh, dc, f, o, c: dc + f * dh * o / np.cosh(c) ** 2, "has to pass f"),
        (lambda dh, dc, f, o, c: dc * f + dh * o / np.cosh(c) ** 2, ""),
    ],
    "lstm_gradients.bias_for": [
        (lambda k: 2 * logit(0.5 ** (1 / k)), "twice the sum"),
        (lambda k: logit(0.5 ** (1 / k)) / 2, "each of two equal vectors"),
        (lambda k: logit(math.exp(-1 / k)), "1/e is left"),
        (lambda k: logit(1 - 1 / k), "leaves about 1/e"),
        (lambda k: math.log(k), ""),
    ],
    "lstm_gradients.truncated_grads": [
        (lambda lstm, x, y, k: truncated_by_stepping(lstm, x, y, k, carry=()), "from zeros"),
        (lambda lstm, x, y, k: truncated_by_stepping(lstm, x, y, k, carry=(0,)), "only h is"),
        (lambda lstm, x, y, k: truncated_by_stepping(lstm, x, y, k, carry=(1,)), "only c is"),
        (lambda lstm, x, y, k: truncated_by_stepping(lstm, x, y, x.shape[1]), "full gradient"),
        (
            lambda lstm, x, y, k: truncated_by_stepping(
                lstm, x[:, : x.shape[1] // k * k], y[:, : x.shape[1] // k * k], k
            ),
            "may be shorter",
        ),
        (lambda lstm, x, y, k: truncated_by_stepping(lstm, x, y, k + 1), ""),
    ],
    "two_paths.longest": [
        (lambda m, b, i, h, s: m // (s * (i + 7 * h)), "for one sequence"),
        (lambda m, b, i, h, s: m // (b * (i + 7 * h)), "not bytes"),
        (lambda m, b, i, h, s: m / (b * s * (i + 7 * h)), "part of a step"),
        (lambda m, b, i, h, s: math.ceil(m / (b * s * (i + 7 * h))), "one step too many"),
        (lambda m, b, i, h, s: m // (b * s * (i + 4 * h)), "tanh c are kept"),
        (lambda m, b, i, h, s: m // (b * s * 7 * (i + h)), ""),
    ],
    "gru.flip_z": [
        (lambda w: -w, "every block"),
        (
            lambda w: np.vstack([-w[:5], w[5:]]) if w.ndim > 1 else np.r_[-w[:5], w[5:]],
            "the r block",
        ),
        (lambda w: np.concatenate([w[:10], -w[10:]]), "the n block"),
        (lambda w: np.concatenate([w[:5], 1 - w[5:10], w[10:]]), "1 - weight"),
        (lambda w: np.concatenate([w[5:10], w[:5], w[10:]]), ""),
        (lambda w: w, ""),
    ],
    "gru.gru_step_before": [
        (
            lambda x, h, *p: torch.nn.utils.stateless.functional_call(
                torch.nn.GRUCell(x.shape[1], h.shape[1], dtype=torch.float64),
                dict(
                    zip(
                        ("weight_ih", "weight_hh", "bias_ih", "bias_hh"),
                        map(torch.tensor, p),
                        strict=True,
                    )
                ),
                (torch.tensor(x), torch.tensor(h)),
            ),
            "resets after",
        ),
        (lambda *case: gru_by_rows(*case, keeps=False), "renews"),
        (lambda *case: gru_by_rows(*case, first="z"), "in the order r, z, n"),
        (lambda x, h, W, U, b, c: gru_by_rows(x, h, W, U.T.reshape(U.shape), b, c), ""),
    ],
    "gru.widest_gru": [
        (lambda I, H: widest(I, H, biases=1), "two biases in each box, not one"),
        (lambda I, H: widest(I, H, biases=0), "PyTorch counts biases"),
        (lambda I, H: widest(I, H, inputs=False), "forgot the inputs"),
        (lambda I, H: H * 4 // 3, "H enters as a square"),
        (lambda I, H: widest(I, H) + 1, "one unit too many"),
        (lambda I, H: H, ""),
        (lambda I, H: widest(I, H, budget=3), ""),
    ],
    "which_parts_matter.coupled_backward": [
        (lambda dc, c, f, g: [dc * c * f * (1 - f), dc * (1 - f) * (1 - g**2)], "a second term"),
        (lambda dc, c, f, g: [dc * (c + g) * f * (1 - f), dc * (1 - f) * (1 - g**2)], "a minus"),
        (lambda dc, c, f, g: [dc * (c - g) * f * (1 - f), dc * f * (1 - g**2)], "not f"),
        (
            lambda dc, c, f, g: [dc * (1 - f) * (1 - g**2), dc * (c - g) * f * (1 - f)],
            "comes first",
        ),
        (lambda dc, c, f, g: [dc * (c - g), dc * (1 - f)], "have slopes"),
        (lambda dc, c, f, g: [dc * (c - g) * f * (1 - f), dc * (1 - f)], ""),
    ],
    "depth.residual_backward": [
        (lambda matrices, d: residual_by_matrices(matrices[::-1], d), "start at the top"),
        (lambda matrices, d: residual_by_matrices([W.T for W in matrices], d), "transposed"),
        (residual_with_the_top_added_each_time, ""),
        (lambda matrices, d: d @ np.linalg.multi_dot(matrices[::-1]), "plain stack"),
        (lambda matrices, d: d @ np.linalg.multi_dot(matrices[::-1]) + d, "not at the very top"),
    ],
    "start_or_cell.share_left": [
        (lambda T, n: (1 - 1 / n) ** T, "not 1 - 1 / n"),
        (lambda T, n: math.exp(-T / n), "near for large n"),
        (lambda T, n: 1 - (n / (1 + n)) ** T, "is lost"),
        (lambda T, n: 1 / (1 + 1 / n), "one step keeps"),
        (lambda T, n: (1 / (n + 1)) ** T, ""),
        (lambda T, n: (n / (n + 1)) ** (T - 1), ""),
    ],
    "how_long.held": [
        (lambda loss, T: loss * (T + 20) / math.log(8), "how many it guesses"),
        (lambda loss, T: 10 - loss * T / math.log(8), "not over T"),
        (lambda loss, T: 10 - loss * (T + 20) / math.log2(8), "not in bits"),
        (lambda loss, T: 10 - loss * (T + 20) / math.log(9), "eight symbols"),
        (lambda loss, T: 10 - loss * (T + 10) / math.log(8), ""),
        (lambda loss, T: round(10 - loss * (T + 20) / math.log(8)), ""),
    ],
    "how_long.order_of": [
        (lambda x: order_by_steps(x[:, ::-1]), "backwards"),
        (lambda x: 3 - np.array(order_by_steps(x)), "exchanged"),
        (lambda x: (x.argmax(axis=2) == 5).sum(axis=1), "counted the Ys"),
        (lambda x: x[:, :, 5].argmax(axis=1) > x[:, :, 4].argmax(axis=1), ""),
        (lambda x: np.array(order_by_steps(x)) // 2, ""),
    ],
    "reviews.numbered": [
        (lambda reviews, size: numbered_by_rank(reviews, size, 0, 2), "begin at 0"),
        (lambda reviews, size: numbered_by_rank(reviews, size, 1, 1), "begin at 1"),
        (lambda reviews, size: numbered_by_rank(reviews, size, 2, 2), "two tokens too many"),
        (lambda reviews, size: numbered_by_rank(reviews, size, key=lambda t: 0), "alphabet"),
        (
            lambda reviews, size: numbered_by_rank([set(r) for r in reviews], size),
            "how many reviews",
        ),
        (lambda reviews, size: {n: t for t, n in numbered_by_rank(reviews, size).items()}, ""),
    ],
    "reviews.leaked": [
        (lambda train, test: [text in train for text in test], "exact copies only"),
        (lambda train, test: leaked_pairwise(train, test, str.casefold), "white space"),
        (lambda train, test: leaked_pairwise(train, test, str.split), "capitals"),
        (lambda train, test: leaked_pairwise(test, train), "those of the test"),
        (lambda train, test: [not one for one in leaked_pairwise(train, test)], "does not leak"),
        (lambda train, test: sum(leaked_pairwise(train, test)), ""),
    ],
    "reviews.as_array": [
        (lambda reviews, numbers: array_by_hand(reviews, numbers, 0), "unknown tokens became 0"),
        (lambda reviews, numbers: array_by_hand(reviews, numbers, 1, 1), "filled up with 1"),
        (
            lambda reviews, numbers: [
                (a := array_by_hand(reviews, numbers)[0]),
                [a.shape[1]] * len(a),
            ],
            "count the padding",
        ),
        (
            lambda reviews, numbers: array_by_hand(
                [[w for w in r if w in numbers] for r in reviews], numbers
            ),
            "left unknown tokens out",
        ),
        (lambda reviews, numbers: array_by_hand(reviews, numbers)[0], ""),
    ],
    "padding.collate": [
        (lambda examples: [np.array(collate_by_hand(examples)[k]) for k in (0, 2, 1)], "exchanged"),
        (
            lambda examples: collate_by_hand(sorted(examples, key=lambda e: -len(e[0]))),
            "Keep the order",
        ),
        (lambda examples: collate_by_hand(examples)[:2], "parts 1, 2"),
        (
            lambda examples: [
                [
                    [*[0] * (len(row) - n), *row[:n]]
                    for row, n in zip(*collate_by_hand(examples)[:2], strict=True)
                ],
                *collate_by_hand(examples)[1:],
            ],
            "in front",
        ),
        (
            lambda examples: [
                np.pad(collate_by_hand(examples)[0], ((0, 0), (0, 3))),
                *collate_by_hand(examples)[1:],
            ],
            "shape",
        ),
        (collate_with_lengths_of_the_array, "all T"),
    ],
    "padding.packed_last": [
        (lambda *case: packed_with(*case, keep=False), "rows that have ended are lost"),
        (lambda *case: packed_with(*case, rows=lambda n: slice(-n, None)), "the last"),
        (lambda *case: packed_with(*case, move=False), "move on"),
        (lambda data, sizes, step, h: step(data[: len(h)], h), ""),
        (lambda data, sizes, step, h: packed_by_rows(data, sizes, step, h)[::-1], ""),
    ],
    "padding.heard_by": [
        (heard_without_copies, "never put the token back"),
        (lambda *case: 1 - heard_row_by_row(*case), "leaves the answer"),
        (lambda read, ids, n, other: np.arange(ids.shape[1]) < n[:, None], "this is the mask"),
        (heard_in_any_row, ""),
        (lambda read, ids, n, other: read(ids, n) != read(ids * 0 + other, n), ""),
    ],
    "padding_lab.mean_state": [
        (lambda outputs, n: mean_of_steps(outputs, n, 1, 1), "one step late"),
        (lambda outputs, n: mean_of_steps(outputs, n, 0, 1), "not `<=`"),
        (lambda outputs, n: mean_of_steps(outputs, n, 0, -1), "last real state"),
        (lambda outputs, n: np.mean(outputs, 1), "padding counts"),
        (lambda outputs, n: outputs.sum(1) / n[:, None], "sum the padding too"),
        (lambda outputs, n: outputs[np.arange(len(n)), n - 1], ""),
        (lambda outputs, n: np.einsum("bth->bh", outputs[:, : n.min()]) / n.min(), ""),
    ],
    "padding_lab.backwards": [
        (lambda ids, n: np.flip(ids, axis=1), "padding comes first"),
        (lambda ids, n: np.flip(ids), ""),
        (lambda ids, n: ids[::-1], "turned the batch"),
        (lambda ids, n: turned_up_to(ids, n + 1), "one step of padding"),
        (lambda ids, n: turned_up_to(ids, n - 1), "last real token"),
        (lambda ids, n: ids, ""),
        (lambda ids, n: np.sort(ids, axis=1)[:, ::-1], ""),
    ],
    "baselines.scores_of": [
        (lambda m: scores(m.T), "exchanged"),
        (lambda m: [scores(m)[0], scores(m)[1], scores(m)[0]], "the precision again"),
        (lambda m: [*scores(m)[:2], sum(scores(m)[:2]) / 2], "plain mean"),
        (lambda m: [*scores(m)[:2], scores(m)[2] / 2], "factor 2"),
        (lambda m: scores(m)[2], "F1 alone"),
        (lambda m: scores(m[::-1, ::-1]), "negative class"),
        (lambda m: [*scores(m)[:2], (m[0, 0] + m[1, 1]) / m.sum()], "accuracy"),
        (lambda m: [*scores(m)[:2], math.sqrt(scores(m)[0] * scores(m)[1])], "part 3"),
    ],
    "classifier.masked_max": [
        (lambda states, n: np.amax(states, 1), "padding included"),
        (
            lambda states, n: np.stack([s[: k + 1].max(0) for s, k in zip(states, n, strict=True)]),
            "one step of padding",
        ),
        (
            lambda states, n: np.stack([s[:k].mean(0) for s, k in zip(states, n, strict=True)]),
            "the mean",
        ),
        (lambda states, n: np.stack([s[k - 1] for s, k in zip(states, n, strict=True)]), ""),
        (
            lambda states, n: np.stack([s[: k - 1].max(0) for s, k in zip(states, n, strict=True)]),
            "last real step",
        ),
    ],
    "classifier.stop": [
        (lambda losses, patience: stop_by_search(losses, patience)[::-1], "exchanged"),
        (lambda losses, patience: stop_by_search(losses, patience + 1), "too late"),
        (lambda losses, patience: (losses.index(min(losses)), len(losses) - 1), ""),
        (lambda losses, patience: stop_by_search(losses, patience)[0], ""),
        (lambda losses, patience: 2 * (stop_by_search(losses, patience)[1],), "not of the last"),
    ],
    "classifier.reviews_needed": [
        (lambda s, w: math.floor(s * (1 - s) * (1.96 / w) ** 2), "round up"),
        (lambda s, w: math.ceil(s * (1 - s) * 1.96 / w), "square"),
        (lambda s, w: math.ceil(s * (1 - s) / w**2), "one standard error"),
        (lambda s, w: math.ceil(s * (1 - s) * (2 * 1.96 / w) ** 2), "to one side"),
        (lambda s, w: math.ceil(0.25 * (1.96 / w) ** 2), "widest case"),
        (lambda s, w: round(s * (1 - s) * (1.96 / w) ** 2), ""),
        (lambda s, w: s * (1 - s) * (1.96 / w) ** 2, ""),
        (lambda s, w: math.ceil(s * (1 - s) * (1.645 / w) ** 2), ""),
    ],
    "calibration.ece_of": [
        (lambda p, c, n: np.mean(abs(c - p)), "weight each bin"),
        (lambda p, c, n: abs(np.average(c - p, weights=n)), "bin by bin"),
        (lambda p, c, n: max(abs(c - p)), "largest gap"),
        (lambda p, c, n: np.average((c - p) ** 2, weights=n), "not squared"),
        (lambda p, c, n: np.average(c - p, weights=n), ""),
        (lambda p, c, n: np.sum(n * abs(c - p)), ""),
    ],
    "calibration.least_answered": [
        (lambda z, s: sorted(z)[::-1][round(s * len(z)) - 1], "take absolute values"),
        (lambda z, s: sorted(abs(z))[round(s * len(z)) - 1], "from large to small"),
        (lambda z, s: sorted(abs(z))[::-1][round(s * len(z))], "go to a person"),
        (lambda z, s: sorted(abs(z))[-int(s * len(z))], "you cut it down"),
        (lambda z, s: sorted(abs(z))[-math.ceil(s * len(z))], ""),
        (lambda z, s: np.quantile(abs(z), 1 - s), ""),
    ],
    "how_each_trick_works.clip_all": [
        (lambda g, most: g / max(1, np.linalg.norm(g)), "length 1"),
        (lambda g, most: g / np.linalg.norm(g) * most, "stay as it is"),
        (lambda g, most: g.clip(-most, most), "each number by itself"),
        (lambda g, most: g * min(1, most / np.linalg.norm(g, 2)), ""),
        (lambda g, most: g * min(1, most / abs(g).sum()), ""),
    ],
    "how_each_trick_works.rate_at": [
        (lambda k, steps, peak: peak * (1 - k / steps), "never warms up"),
        (lambda k, steps, peak: peak * min(1, k / (0.1 * steps)), "never comes down"),
        (lambda k, steps, peak: rate_by_interpolation(k + 1, steps, peak), "one step late"),
        (
            lambda k, steps, peak: np.interp(k, [0, steps / 10, steps - 1], [0, peak, 0]),
            "",
        ),
        (lambda k, steps, peak: peak * math.sin(math.pi * k / steps), ""),
    ],
    "how_each_trick_works.gate_bound": [
        (lambda s: math.sqrt(6 / (s[0] + s[1])), "bound of the stack"),
        (lambda s: math.sqrt(2 / (s[0] / 4 + s[1])), "standard deviation"),
        (lambda s: math.sqrt(6 / s[1]), "one side"),
        (lambda s: math.sqrt(6 / (s[0] / 3 + s[1])), "four gates"),
        (lambda s: math.sqrt(6 / (s[0] / 4)), ""),
        (lambda s: 6 / (s[0] / 4 + s[1]), ""),
    ],
    "pretraining.perplexity_of": [
        (lambda p: np.exp(-np.log(p[p > 0]).mean()), "a zero must count"),
        (lambda p: np.exp(-np.log(p.clip(1e-10)).mean()), "a floor"),
        (lambda p: -np.log(p).mean(), "cross-entropy"),
        (lambda p: 1 / p.mean(), "one over the mean"),
        (lambda p: np.prod(1 / p), "whole text"),
        (lambda p: np.power(2, -np.log(p).mean()), "take e"),
        (lambda p: np.prod(p), ""),
    ],
    "pretraining.worst_move": [
        (lambda e, g, size, read: size * np.sqrt((e**2).sum() / (g**2).sum()) * g, "padding's"),
        (lambda e, g, size, read: size * g / np.sqrt((g**2).sum()), "the review's own length"),
        (
            lambda e, g, size, read: np.sqrt((e[read] ** 2).sum() / (g**2).sum()) * g,
            "forgot `size`",
        ),
        (
            lambda e, g, size, read: (
                g / np.sqrt((g**2).sum(1, keepdims=True)) * size * np.sqrt((e[read] ** 2).sum())
            ),
            "0 / 0",
        ),
        (
            lambda e, g, size, read: (
                g * (size * np.sqrt((e**2).sum(1) / (g**2).sum(1).clip(1e-9)))[:, None]
            ),
            "",
        ),
        (lambda e, g, size, read: size * g, ""),
    ],
    "reading_the_gates.running_logits": [
        (lambda s, q: np.cumsum(np.exp(s) * q) / np.exp(s).sum(), "never divide"),
        (lambda s, q: np.cumsum(q) / (1 + np.arange(len(q))), "plain running mean"),
        (lambda s, q: np.cumsum(s * q) / np.cumsum(s), "exponentials"),
        (lambda s, q: np.exp(s) * q / np.cumsum(np.exp(s)), "the last one alone"),
        (lambda s, q: np.full(len(q), np.exp(s) @ q / np.exp(s).sum()), ""),
        (lambda s, q: np.exp(s) @ q / np.exp(s).sum(), ""),
    ],
    "attention.other_weights": [
        (
            lambda w, q: mix_of_two(w, q, lambda z, high, low: (high - z) / (high - low)),
            "shares are exchanged",
        ),
        (lambda w, q: w / 1.0, "the same weights"),
        (lambda w, q: w * (w < w.max()) / (1 - w.max()), "only drops the heaviest"),
        (lambda w, q: w * (w < w.max()), "do not sum to 1"),
        (move_the_heaviest, ""),
        (solve_for_two_at_random, ""),
        (lambda w, q: mix_of_two(w, q, lambda z, high, low: math.nan), ""),
    ],
    "character_language_model.discounted": [
        (lambda c, d, q: discounted_by_loop(c, d, q, gives=lambda c: 1), "given back only once"),
        (lambda c, d, q: discounted_by_loop(c, d, q, gives=len), "never seen"),
        (lambda c, d, q: (c - d + d * np.count_nonzero(c) * q) / sum(c), "must not get negative"),
        (lambda c, d, q: discounted_by_loop(c, d, q, gives=lambda c: 0), "given to nobody"),
        (lambda c, d, q: discounted_by_loop(c, d, [1 / len(c)] * len(c)), "to all alike"),
        (lambda c, d, q: (c + d * q) / (sum(c) + d), ""),
        (lambda c, d, q: c / sum(c), ""),
    ],
    "character_language_model.top_p": [
        (lambda p, s: nucleus_by_loop(p, s, reach=False), "reaches the share"),
        (lambda p, s: p * (nucleus_by_loop(p, s) > 0), "does not sum to 1"),
        (lambda p, s: np.array(sorted(nucleus_by_loop(p, s), reverse=True)), "with its symbol"),
        (
            lambda p, s: np.where(p >= (1 - s) * max(p), p, 0) / sum(p[p >= (1 - s) * max(p)]),
            "by the sum",
        ),
        (lambda p, s: p, ""),
        (lambda p, s: np.where(p > s, p, 0), ""),
    ],
    "reading_the_gates.moved_by_runs": [
        (lambda j, ids, n: -runs_by_slices(j, ids, n), "sign is turned"),
        (lambda j, ids, n: runs_by_slices(j, ids, 1), "one word each time"),
        (lambda j, ids, n: runs_by_slices(j, ids, n, fill=(0,)), "Another word in their place"),
        (lambda j, ids, n: j([ids])[0] - runs_by_slices(j, ids, n), "the logits without"),
        (lambda j, ids, n: runs_by_slices(j, ids, n, extra=n - 1), "too short"),
        (lambda j, ids, n: runs_by_slices(j, ids, n)[::-1], ""),
    ],
    "reading_the_gates.pair_and_mirror": [
        (lambda w: [1, 1], "how you read it"),
        (lambda w: [w["not"] < 0] * 2, "in the mirror"),
        (lambda w: [w["not"] > 0, w["not"] < 0], "other direction"),
        (lambda w: [-w["not"], w["not"]], "differences"),
        (lambda w: [0.5, 0.5], ""),
        (lambda w: w["not"] < 0, ""),
    ],
    "own_texts.share_leaked": [
        (lambda train, test: leaked_by_counting(test, train), "share of the training texts"),
        (lambda train, test: sum(text in train for text in test) / len(test), "or in white space"),
        (lambda train, test: leaked_by_counting(train, test, str.lower), "also inside of a text"),
        (lambda train, test: leaked_by_counting(train, test, spaced), "differ in capitals"),
        (lambda train, test: leaked_by_counting(train, test) * len(test), "divide by"),
        (
            lambda train, test: leaked_by_counting(train, sorted(set(map(small, test)))),
            "count it twice",
        ),
        (
            lambda train, test: np.mean([any(small(t) in small(u) for u in train) for t in test]),
            "no copy",
        ),
        (lambda train, test: 1 - leaked_by_counting(train, test), ""),
    ],
    "own_texts.macro_f1": [
        (lambda t, p, n: accuracy_score(t, p), "accuracy"),
        (lambda t, p, n: f1_score(t, p, average="weighted", zero_division=0), "however many"),
        (lambda t, p, n: recall_score(t, p, average="macro", zero_division=0), "mean recall"),
        (lambda t, p, n: precision_score(t, p, average="macro", zero_division=0), "mean precision"),
        (lambda t, p, n: f1_score(t, p, average="macro", labels=np.unique(p)), "left out"),
        (lambda t, p, n: f1_score(t, p, average=None, zero_division=0), "one number"),
        (lambda t, p, n: macro_f1_by_loop(t, p, n, nothing=np.nan), "0 / 0"),
        (lambda t, p, n: macro_f1_by_loop(t, p, n) / 2, ""),
    ],
    "serving.save": [
        (save_half_under_the_name, "half a file under the good name"),
        (save_but_remove_before, "is gone before"),
        (save_what_came, "after a crash, too"),
        (lambda path, parts: [*parts], "nothing new"),
        (lambda path, parts: path.with_suffix(".new").write_text("".join(parts)), "nothing new"),
    ],
    "shipping.largest_gap": [
        (gap_with_pythons_max, "Python's max"),
        (lambda a, b, batches: np.abs(a(*batches[0]) - b(*batches[0])).max(), ""),
        (gap_of_the_last, ""),
        (lambda a, b, batches: max(np.abs(a(*x) - b(*x)).max() for x in batches), "you return nan"),
        (lambda a, b, batches: np.nanmax([np.abs(a(*x) - b(*x)).mean() for x in batches]), ""),
    ],
    "shipping.eight_bits": [
        (lambda v: bits_row_by_row(v, scale=lambda row: np.abs(v).max() / 127), "wipes out"),
        (lambda v: bits_row_by_row(v, scale=lambda row: np.abs(row).max() / 127), "row of zeros"),
        (lambda v: bits_row_by_row(v, to_whole=np.trunc), "cut the rest off"),
        (lambda v: bits_row_by_row(v, scale=lambda row: (np.abs(row).max() or 127) / 128), ""),
        (lambda v: (v.round(2), bits_row_by_row(v)[1]), ""),
        (lambda v: bits_row_by_row(v)[0], ""),
    ],
    "shipping.word_gap": [
        (lambda p, text, words: max(p([text.format(w) for w in words])), "highest p"),
        (lambda p, text, words: np.ptp(p([text.format(w) for w in words[::4]])), "first with"),
        (lambda p, text, words: np.ptp(p([*words])), "words alone"),
        (lambda p, text, words: np.std(p([text.format(w) for w in words])), "scatter"),
        (lambda p, text, words: np.mean(p([text.format(w) for w in words])), ""),
    ],
    "speech.warped_within": [
        (lambda a, b, r: warped_by_recursion(a, b, 99), "changes nothing"),
        (lambda a, b, r: warped_by_recursion(a, b, r - 1), "exactly `reach` apart"),
        (lambda a, b, r: warped_by_recursion(a, b, r, ((1, 0), (0, 1))), "in both at once"),
        (lambda a, b, r: warped_by_recursion(a, b, r, ((1, 1), (0, 1))), "let `b` wait"),
        (lambda a, b, r: warped_by_recursion(a, b, r, ((1, 1), (1, 0))), "let `a` wait"),
        (lambda a, b, r: warped_by_recursion(a, b, r, power=2), "squares"),
        (lambda a, b, r: warped_by_recursion(a, b, r) - abs(a[0] - b[0]), "first pair"),
        (lambda a, b, r: warped_by_recursion(a, b, r) / (len(a) + len(b)), ""),
        (lambda a, b, r: sum(abs(x - y) for x, y in zip(a, b, strict=False)), ""),
    ],
    "speech.count_paths": [
        (paths_that_skip_between_equals, "between two equal labels"),
        (
            lambda w, n: paths_by_writing_all(w, n, right=lambda p: p[0] == 0),
            "needs no blank",
        ),
        (lambda w, n: paths_by_writing_all(w, n, right=lambda p: p[-1] == 0), "needs no blank"),
        (lambda w, n: paths_by_writing_all(w, n, right=lambda p: p[-1] != 0), "may have blanks"),
        (lambda w, n: paths_by_writing_all(w, n, merge=False), ""),
        (lambda w, n: math.comb(n, len(w)), ""),
    ],
    "motion.share_overlapping": [
        (
            lambda a, b, w: overlapping_by_samples(
                [(0, s) for _, s in a], [(0, s) for _, s in b], w
            ),
            "different recordings",
        ),
        (lambda a, b, w: overlapping_by_samples(a, b, w + 1), "touch"),
        (lambda a, b, w: overlapping_by_samples(b, a, w), "share of the training"),
        (lambda a, b, w: len(a) * overlapping_by_samples(a, b, w), "divide by the number"),
        (lambda a, b, w: len(set(a) & set(b)) / len(a), "half of one"),
        (lambda a, b, w: np.isin([r for r, _ in a], [r for r, _ in b]).mean(), "one recording"),
        (lambda a, b, w: overlapping_by_samples(a, b, w // 2), ""),
    ],
    "motion.skill": [
        (lambda p, c, t: np.abs(p - t).sum() / np.abs(c - t).sum(), "1 less it"),
        (lambda p, c, t: 1 - np.linalg.norm(p - t) ** 2 / np.linalg.norm(c - t) ** 2, "squared"),
        (lambda p, c, t: np.abs(c - t).mean() - np.abs(p - t).mean(), "divide by the error"),
        (lambda p, c, t: np.mean(1 - np.abs(p - t) / np.abs(c - t)), "mean of the ratios"),
        (lambda p, c, t: 1 - (t - p).sum() / (t - c).sum(), "without absolute values"),
        (
            lambda p, c, t: (
                1 - (abs(p - t).mean(axis=(1, 2)) / abs(c - t).mean(axis=(1, 2))).mean()
            ),
            "mean of the frames' ratios",
        ),
        (lambda p, c, t: 1 - abs(c - p).mean() / abs(c - t).mean(), "not from the last frame"),
        (lambda p, c, t: 1 - np.linalg.norm(p - t) / np.linalg.norm(c - t), ""),
    ],
    "tagging.strict_f1": [
        (lambda t, p: f1_of_names(t, p, lambda a, b: a[0] == b[0] and a[2] == b[2]), "both ends"),
        (lambda t, p: f1_of_names(t, p, lambda a, b: a[:2] == b[:2]), "kind must be right"),
        (
            lambda t, p: f1_of_names(
                t, p, lambda a, b: a[2] == b[2] and max(a[0], b[0]) < min(a[1], b[1])
            ),
            "overlap is no hit",
        ),
        (
            lambda t, p: (
                sum(len(set(a) & set(b)) for a, b in zip(t, p, strict=True))
                / max(1, sum(map(len, p)))
            ),
            "precision",
        ),
        (
            lambda t, p: np.mean([f1_of_names([a], [b]) for a, b in zip(t, p, strict=True)]),
            "mean over sentences",
        ),
        (lambda t, p: 1 - f1_of_names(t, p), ""),
    ],
    "tagging.best_path": [
        (lambda s, a: np.argmax(s, axis=1), "by itself"),
        (lambda s, a: path_from_the_end(s, a.T), "turned round"),
        (path_decided_at_once, "for good"),
        (lambda s, a: path_from_the_end(s[::-1], a.T), ""),
        (lambda s, a: path_from_the_end(s, -a), ""),
    ],
    "template.half_life_of": [
        (lambda f: math.log(2, f), "sign is wrong"),
        (lambda f: -1 / math.log(f), ""),
        (lambda f: 0.5 / (1 - f), ""),
    ],
    "template.leak_for": [
        (lambda k: 0.5 / k, "take the root"),
        (lambda k: 1 - 0.5 / k, ""),
        (lambda k: math.exp(-1 / k), ""),
    ],
    "time_series.seasonal_naive": [
        (lambda past, s, n: np.full(n, past[-1]), "repeats the last value"),
        (lambda past, s, n: np.resize(past[:s], n), "first period"),
        (lambda past, s, n: np.resize(past[-s:], n)[::-1], "back in time"),
        (lambda past, s, n: np.resize(past[-s:], max(n, s)), "less than one period"),
        (lambda past, s, n: past[-s:][:n], "more than one period"),
        (lambda past, s, n: np.resize(np.roll(past[-s:], -1), n), "one step late"),
        (lambda past, s, n: [past[len(past) - s - 1 + k % s] for k in range(n)], "one step early"),
        (lambda past, s, n: past[len(past) - s + np.arange(n)], "begin it again"),
        (lambda past, s, n: np.resize(past[-n:], n), ""),
        (lambda past, s, n: np.full(n, past[-s:].mean()), ""),
    ],
    "time_series.pinball": [
        (lambda y, q, a: mean_pinball_loss(y, q, alpha=1 - a), "swapped"),
        (lambda y, q, a: np.abs(y - q).mean(), "absolute error"),
        (lambda y, q, a: 2 * mean_pinball_loss(y, q, alpha=a), "twice"),
        (lambda y, q, a: len(y) * mean_pinball_loss(y, q, alpha=a), "not the sum"),
        (lambda y, q, a: np.where(y > q, a * (y - q), (1 - a) * (q - y)), "one number"),
        (lambda y, q, a: np.where(y > q, a * (y - q), (1 - a) * (y - q)).mean(), "never negative"),
        (lambda y, q, a: np.maximum(a * (y - q), (1 - a) * (y - q)).mean(), "(level - 1) times"),
        (lambda y, q, a: np.minimum(a * (y - q), (a - 1) * (y - q)).mean(), "the smaller one"),
        (lambda y, q, a: max(a * np.mean(y - q), (a - 1) * np.mean(y - q)), "loss of a mean"),
        (lambda y, q, a: np.mean(y < q), "how far"),
        (lambda y, q, a: np.mean((y - q) ** 2), ""),
    ],
    "translation.attend": [
        (lambda q, h, n: look_at_the_first(q, h, len(h)), "looks at the padding"),
        (lambda q, h, n: look_at_the_first(q, h, n, mask=0.0), "not no look"),
        (
            lambda q, h, n: look_at_the_first(q, h, len(h), then=lambda w: w[:n] @ h[:n]),
            "no longer sum to 1",
        ),
        (lambda q, h, n: sum(h[:n]) / n, "plain mean"),
        (lambda q, h, n: max(h[:n], key=lambda state: state @ q), "highest score alone"),
        (
            lambda q, h, n: look_at_the_first(q, h, n, then=lambda w: w[:n]),
            "these are the weights",
        ),
        (lambda q, h, n: look_at_the_first(-q, h, n), ""),
        (lambda q, h, n: (h[:n] @ q) @ h[:n], ""),
    ],
    "translation.beam_step": [
        (lambda s, p, w: best_pairs(0 * s, p, w), "so far is missing"),
        (lambda s, p, w: best_pairs(s, p, w, total=lambda a, b: a * b), "added, not multiplied"),
        (
            lambda s, p, w: [(k, max(range(len(l)), key=l.__getitem__)) for k, l in enumerate(p)][
                :w
            ],
            "one may go on twice",
        ),
        (lambda s, p, w: best_pairs(s, p, w, sign=1), "the worst"),
        (lambda s, p, w: [pair[::-1] for pair in best_pairs(s, p, w)], "exchanged"),
        (lambda s, p, w: best_pairs(s, p, w)[::-1], "best comes first"),
        (lambda s, p, w: best_pairs(s, p, w)[:1], ""),
    ],
}
