// Small networks that several figures compute with.
import { sigmoid } from "./kit.mjs";

/** Return a source of numbers between 0 and 1, the same for the same seed everywhere (mulberry32). */
export function source(seed) {
  let at = seed >>> 0;
  return () => {
    at = (at + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(at ^ (at >>> 15), at | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const vector = (size, draw) => Array.from({ length: size }, draw);
export const matrix = (rows, columns, draw) => Array.from({ length: rows }, () => vector(columns, draw));

/** Return one number from a normal distribution. */
export const normal = (draw) => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());

/** Return weights at PyTorch's start: uniform, no further from 0 than 1 / sqrt(H); as many blocks as the cell has. */
export function weights(blocks, units, inputs, draw) {
  const start = () => (2 * draw() - 1) / Math.sqrt(units);
  return {
    weight_ih: matrix(blocks * units, inputs, start),
    weight_hh: matrix(blocks * units, units, start),
    bias_ih: vector(blocks * units, start),
    bias_hh: vector(blocks * units, start),
  };
}

/** Return an LSTM's weights with `bias` as the sum of its two forget biases: all of it in the first vector. */
export function withForgetBias(p, bias) {
  const units = p.weight_hh[0].length;
  const forget = (k) => k >= units && k < 2 * units;
  return { ...p, bias_ih: p.bias_ih.map((b, k) => (forget(k) ? bias : b)), bias_hh: p.bias_hh.map((b, k) => (forget(k) ? 0 : b)) };
}

const dot = (a, b) => a.reduce((sum, value, k) => sum + value * b[k], 0);

/** Return W_ih x + b_ih + W_hh h_prev + b_hh. */
export const preactivations = (x, hPrev, p) =>
  p.bias_ih.map((b, k) => dot(p.weight_ih[k], x) + b + dot(p.weight_hh[k], hPrev) + p.bias_hh[k]);

/** Return one LSTM step: the state (h, c), the gates that it really had, and what stood before. */
export function lstmStep(x, hPrev, cPrev, p) {
  const units = hPrev.length;
  const a = preactivations(x, hPrev, p);
  const block = (k, slope) => a.slice(k * units, (k + 1) * units).map(slope);
  const [i, f, g, o] = [block(0, sigmoid), block(1, sigmoid), block(2, Math.tanh), block(3, sigmoid)];
  const c = f.map((keep, k) => keep * cPrev[k] + i[k] * g[k]);
  const tanhC = c.map(Math.tanh);
  return { hPrev, cPrev, i, f, g, o, c, tanhC, h: o.map((show, k) => show * tanhC[k]) };
}

/** Return all steps of an LSTM over a sequence (T, I), from a state of zeros. */
export function lstmForward(xs, p) {
  let state = { h: p.weight_hh[0].map(() => 0), c: p.weight_hh[0].map(() => 0) };
  return xs.map((x) => (state = lstmStep(x, state.h, state.c, p)));
}
