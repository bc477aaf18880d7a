"""Answers to the exercises of the book, as readers write them, by chapter and function asked.

`RIGHT` lists right answers that compute in another way than the solution. `WRONG` lists at least
three wrong ones, each with words of the sentence that names what went wrong ("" where the checker
only shows the worst entry). They are written from the exercise's text alone: none uses the
references or the mistakes of `unrolled.exercises`.
"""

import math
import os

import numpy as np
import torch


def logit(f):
    return np.log(f) - np.log(1 - f)


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


RIGHT = {
    "rnn.linear_state": [
        lambda x, w: np.polyval(x, w),
        lambda x, w: sum(x[t] * w ** (len(x) - 1 - t) for t in range(len(x))),
    ],
    "rnn.relu_step_backward": [
        lambda dh, h, w: np.einsum("bh,hk->bk", np.where(h > 0, dh, 0), w),
        lambda dh, h, w: torch.tensor(np.sign(h) * dh) @ torch.tensor(w, requires_grad=True),
    ],
    "vanishing_gradients.clip": [
        lambda grads, most: join(grads) / max(1, math.hypot(*join(grads)) / most),
    ],
    "vanishing_gradients.half_life": [lambda q: math.log(0.5, q), lambda q: -1 / np.log2(q)],
    "lstm.bias_for": [
        lambda k: -np.log(np.expm1(np.log(2) / k)),
        lambda k: torch.logit(torch.tensor(2.0) ** (-1 / torch.tensor(k))),
    ],
    "lstm.latch": [latch_loop, lambda mark, ask: [np.where(mark > 0, 0, 1), mark, ask]],
    "lstm.left_of": [
        lambda f, t: math.prod(f[t + 1 :]),
        lambda f, t: np.cumprod(f)[-1] / np.cumprod(f)[t],
    ],
    "lstm_gradients.dc_prev": [lambda dh, dc, f, o, c: dc * f + dh * o * f / np.cosh(c) ** 2],
    "lstm_gradients.longest": [
        lambda budget, b, i, h, size: math.floor(budget / (b * size * (i + 7 * h)))
    ],
    "lstm_gradients.bias_for": [
        lambda k: logit(2 ** (-1 / k)),
        lambda k: -math.log(math.expm1(math.log(2) / k)),
    ],
    "gru.flip_z": [
        lambda w: (
            w
            * np.where(np.arange(len(w)) * 3 // len(w) == 1, -1, 1).reshape(-1, *[1] * (w.ndim - 1))
        )
    ],
    "gru.widest_gru": [
        widest,
        lambda I, H: max(
            h for h in range(1, 2 * H + 1) if 3 * h * (I + h + 2) <= 4 * H * (I + H + 2)
        ),
    ],
    "variants.coupled_backward": [
        lambda dc, c, f, g: [(dc * c - dc * g) * (f - f**2), dc * (1 - f) * (1 + g) * (1 - g)]
    ],
    "variants.residual_backward": [residual_by_matrices],
    "long_memory.share_left": [
        lambda T, n: (1 + 1 / n) ** -T,
        lambda T, n: math.exp(-T * math.log1p(1 / n)),
        share_by_product,
    ],
    "long_memory.held": [lambda loss, T: (10 * math.log(8) - loss * (T + 20)) / math.log(8)],
    "long_memory.order_of": [order_by_steps],
    "reviews.mean_state": [
        mean_by_loop,
        lambda outputs, lengths: mean_of_steps(outputs, lengths, 0, 0),
    ],
    "reviews.backwards": [turned_by_row, lambda ids, lengths: turned_up_to(ids, lengths)],
    "classifier.scores_of": [
        lambda m: np.array([*scores(m)[:2], 2 / (1 / scores(m)[0] + 1 / scores(m)[1])]),
        lambda m: [*scores(m)[:2], 2 * scores(m)[0] * scores(m)[1] / sum(scores(m)[:2])],
    ],
    "classifier.reviews_needed": [
        lambda s, w: math.ceil(s * (1 - s) / (w / 1.95996) ** 2),
        lambda s, w: next(n for n in range(1, 10**5) if 1.96 * math.sqrt(s * (1 - s) / n) <= w),
    ],
    "error_reading.ece_of": [
        lambda p, c, n: sum(n * abs(p - c)) / sum(n),
        lambda p, c, n: abs(p - c) @ n / n.sum(),
    ],
    "error_reading.least_answered": [
        lambda z, s: sorted(abs(z), reverse=True)[: round(s * len(z))][-1]
    ],
    "training_craft.clip_all": [
        lambda g, most: g * min(1, most / (math.hypot(*g.ravel()) + 1e-6)),  # as torch does
        lambda g, most: torch.tensor(g) / max(1, torch.tensor(g).norm() / most),
    ],
    "training_craft.rate_at": [rate_by_interpolation],
    "training_craft.gate_bound": [lambda s: math.sqrt(24 / (4 * s[1] + s[0]))],
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
    "template.half_life_of": [lambda f: math.log(0.5, f)],
    "template.leak_for": [lambda k: np.exp(-np.log(2) / k)],
}

WRONG = {
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
    "lstm.bias_for": [
        (lambda k: 2 * logit(0.5 ** (1 / k)), "twice the sum"),
        (lambda k: logit(0.5 ** (1 / k)) / 2, "half the sum"),
        (lambda k: logit(math.exp(-1 / k)), "1/e is left"),
        (lambda k: 0.5 ** (1 / k), "f itself"),
        (lambda k: -logit(0.5 ** (1 / k)), "sign is wrong"),
        (lambda k: math.log(k), ""),
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
    "lstm.left_of": [
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
    "lstm_gradients.longest": [
        (lambda m, b, i, h, s: m // (s * (i + 7 * h)), "for one sequence"),
        (lambda m, b, i, h, s: m // (b * (i + 7 * h)), "not bytes"),
        (lambda m, b, i, h, s: m / (b * s * (i + 7 * h)), "part of a step"),
        (lambda m, b, i, h, s: math.ceil(m / (b * s * (i + 7 * h))), "one step too many"),
        (lambda m, b, i, h, s: m // (b * s * (i + 4 * h)), "tanh c are kept"),
        (lambda m, b, i, h, s: m // (b * s * 7 * (i + h)), ""),
    ],
    "lstm_gradients.bias_for": [
        (lambda k: 2 * logit(0.5 ** (1 / k)), "twice the sum"),
        (lambda k: logit(0.5 ** (1 / k)) / 2, "each of two equal vectors"),
        (lambda k: logit(math.exp(-1 / k)), "1/e is left"),
        (lambda k: logit(1 - 1 / k), "leaves about 1/e"),
        (lambda k: math.log(k), ""),
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
    "gru.widest_gru": [
        (lambda I, H: widest(I, H, biases=1), "two biases in each box, not one"),
        (lambda I, H: widest(I, H, biases=0), "PyTorch counts biases"),
        (lambda I, H: widest(I, H, inputs=False), "forgot the inputs"),
        (lambda I, H: H * 4 // 3, "H enters as a square"),
        (lambda I, H: widest(I, H) + 1, "one unit too many"),
        (lambda I, H: H, ""),
        (lambda I, H: widest(I, H, budget=3), ""),
    ],
    "variants.coupled_backward": [
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
    "variants.residual_backward": [
        (lambda matrices, d: residual_by_matrices(matrices[::-1], d), "start at the top"),
        (lambda matrices, d: residual_by_matrices([W.T for W in matrices], d), "transposed"),
        (residual_with_the_top_added_each_time, ""),
        (lambda matrices, d: d @ np.linalg.multi_dot(matrices[::-1]), "plain stack"),
        (lambda matrices, d: d @ np.linalg.multi_dot(matrices[::-1]) + d, "not at the very top"),
    ],
    "long_memory.share_left": [
        (lambda T, n: (1 - 1 / n) ** T, "not 1 - 1 / n"),
        (lambda T, n: math.exp(-T / n), "near for large n"),
        (lambda T, n: 1 - (n / (1 + n)) ** T, "is lost"),
        (lambda T, n: 1 / (1 + 1 / n), "one step keeps"),
        (lambda T, n: (1 / (n + 1)) ** T, ""),
        (lambda T, n: (n / (n + 1)) ** (T - 1), ""),
    ],
    "long_memory.held": [
        (lambda loss, T: loss * (T + 20) / math.log(8), "how many it guesses"),
        (lambda loss, T: 10 - loss * T / math.log(8), "not over T"),
        (lambda loss, T: 10 - loss * (T + 20) / math.log2(8), "not in bits"),
        (lambda loss, T: 10 - loss * (T + 20) / math.log(9), "eight symbols"),
        (lambda loss, T: 10 - loss * (T + 10) / math.log(8), ""),
        (lambda loss, T: round(10 - loss * (T + 20) / math.log(8)), ""),
    ],
    "long_memory.order_of": [
        (lambda x: order_by_steps(x[:, ::-1]), "backwards"),
        (lambda x: 3 - np.array(order_by_steps(x)), "exchanged"),
        (lambda x: (x.argmax(axis=2) == 5).sum(axis=1), "counted the Ys"),
        (lambda x: x[:, :, 5].argmax(axis=1) > x[:, :, 4].argmax(axis=1), ""),
        (lambda x: np.array(order_by_steps(x)) // 2, ""),
    ],
    "reviews.mean_state": [
        (lambda outputs, n: mean_of_steps(outputs, n, 1, 1), "one step late"),
        (lambda outputs, n: mean_of_steps(outputs, n, 0, 1), "not `<=`"),
        (lambda outputs, n: mean_of_steps(outputs, n, 0, -1), "last real state"),
        (lambda outputs, n: np.mean(outputs, 1), "padding counts"),
        (lambda outputs, n: outputs.sum(1) / n[:, None], "sum the padding too"),
        (lambda outputs, n: outputs[np.arange(len(n)), n - 1], ""),
        (lambda outputs, n: np.einsum("bth->bh", outputs[:, : n.min()]) / n.min(), ""),
    ],
    "reviews.backwards": [
        (lambda ids, n: np.flip(ids, axis=1), "padding comes first"),
        (lambda ids, n: np.flip(ids), ""),
        (lambda ids, n: ids[::-1], "turned the batch"),
        (lambda ids, n: turned_up_to(ids, n + 1), "one step of padding"),
        (lambda ids, n: turned_up_to(ids, n - 1), "last real token"),
        (lambda ids, n: ids, ""),
        (lambda ids, n: np.sort(ids, axis=1)[:, ::-1], ""),
    ],
    "classifier.scores_of": [
        (lambda m: scores(m.T), "exchanged"),
        (lambda m: [scores(m)[0], scores(m)[1], scores(m)[0]], "the precision again"),
        (lambda m: [*scores(m)[:2], sum(scores(m)[:2]) / 2], "plain mean"),
        (lambda m: [*scores(m)[:2], scores(m)[2] / 2], "factor 2"),
        (lambda m: scores(m)[2], "F1 alone"),
        (lambda m: scores(m[::-1, ::-1]), "negative class"),
        (lambda m: [*scores(m)[:2], (m[0, 0] + m[1, 1]) / m.sum()], "accuracy"),
        (lambda m: [*scores(m)[:2], math.sqrt(scores(m)[0] * scores(m)[1])], "part 3"),
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
    "error_reading.ece_of": [
        (lambda p, c, n: np.mean(abs(c - p)), "weight each bin"),
        (lambda p, c, n: abs(np.average(c - p, weights=n)), "bin by bin"),
        (lambda p, c, n: max(abs(c - p)), "largest gap"),
        (lambda p, c, n: np.average((c - p) ** 2, weights=n), "not squared"),
        (lambda p, c, n: np.average(c - p, weights=n), ""),
        (lambda p, c, n: np.sum(n * abs(c - p)), ""),
    ],
    "error_reading.least_answered": [
        (lambda z, s: sorted(z)[::-1][round(s * len(z)) - 1], "take absolute values"),
        (lambda z, s: sorted(abs(z))[round(s * len(z)) - 1], "from large to small"),
        (lambda z, s: sorted(abs(z))[::-1][round(s * len(z))], "go to a person"),
        (lambda z, s: sorted(abs(z))[-int(s * len(z))], "you cut it down"),
        (lambda z, s: sorted(abs(z))[-math.ceil(s * len(z))], ""),
        (lambda z, s: np.quantile(abs(z), 1 - s), ""),
    ],
    "training_craft.clip_all": [
        (lambda g, most: g / max(1, np.linalg.norm(g)), "length 1"),
        (lambda g, most: g / np.linalg.norm(g) * most, "stay as it is"),
        (lambda g, most: g.clip(-most, most), "each number by itself"),
        (lambda g, most: g * min(1, most / np.linalg.norm(g, 2)), ""),
        (lambda g, most: g * min(1, most / abs(g).sum()), ""),
    ],
    "training_craft.rate_at": [
        (lambda k, steps, peak: peak * (1 - k / steps), "never warms up"),
        (lambda k, steps, peak: peak * min(1, k / (0.1 * steps)), "never comes down"),
        (lambda k, steps, peak: rate_by_interpolation(k + 1, steps, peak), "one step late"),
        (
            lambda k, steps, peak: np.interp(k, [0, steps / 10, steps - 1], [0, peak, 0]),
            "",
        ),
        (lambda k, steps, peak: peak * math.sin(math.pi * k / steps), ""),
    ],
    "training_craft.gate_bound": [
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
}
