// What a text's answer would be without each of its words, found in slices while the page lives on.
import { step } from "./model-lstm.mjs";
import { judge, memory } from "./reader-model.mjs";

// A weighted mean in three numbers (sum of weights times values, sum of weights, highest score): the
// weights are exp(score - highest), so that no exponential overflows, however long the text.

/** Put into `to[at..]` the mean of two parts, each given by its three numbers. */
export function join(a, at_a, b, at_b, to, at) {
  const highest = Math.max(a[at_a + 2], b[at_b + 2]);
  const [one, two] = [Math.exp(a[at_a + 2] - highest), Math.exp(b[at_b + 2] - highest)];
  to[at] = a[at_a] * one + b[at_b] * two;
  to[at + 1] = a[at_a + 1] * one + b[at_b + 1] * two;
  to[at + 2] = highest;
}

const EMPTY = -1e300; // the highest score of no words; -Infinity less itself would be no number

/** Return what leaving words out needs of a run: for each t, the mean of the words before t and from t on. */
export function parts(into, words) {
  const [before, after] = [new Float64Array(3 * (words + 1)), new Float64Array(3 * (words + 1))];
  const one = new Float64Array(3);
  before[2] = after[3 * words + 2] = EMPTY;
  const word = (t) => one.set([into.verdict[t], 1, into.score[t]]);
  for (let t = 0; t < words; t++) word(t), join(before, 3 * t, one, 0, before, 3 * t + 3);
  for (let t = words - 1; t >= 0; t--) word(t), join(one, 0, after, 3 * t + 3, after, 3 * t);
  return { before, after, one, sum: new Float64Array(3), steps: 0 };
}

/** Say whether two memories hold the same state after `s` and `t` words, to a tolerance. */
function agree(H, a, s, b, t, tolerance) {
  for (let k = 0; k < H; k++) {
    if (Math.abs(a.c[s * H + k] - b.c[t * H + k]) > tolerance) return false;
    if (Math.abs(a.h[s * H + k] - b.h[t * H + k]) > tolerance) return false;
  }
  return true;
}

const PATIENCE = 100; // steps between two looks at the clock

/**
 * Find the logit of a text without its word `k`, NaN if no word is left; pauses now and then.
 *
 * `into` holds the run of the whole text, `told` its `parts`, `scratch` is a memory of the same size. Only
 * the words after `k` are read anew, and only until the states are the old ones again (to `tolerance`, in c
 * and in h); from there on the old scores and verdicts hold. `told.steps` counts the words read.
 */
function* leaving(model, ids, k, into, told, scratch, clamp, tolerance) {
  const { H } = model;
  const { before, after, one, sum } = told;
  for (let j = k * H; j < (k + 1) * H; j++) {
    scratch.c[j] = into.c[j];
    scratch.h[j] = into.h[j];
  }
  for (let j = 0; j < 3; j++) sum[j] = before[3 * k + j];
  let t = k; // the next word to read is ids[t + 1], at place t of the shorter text
  while (t + 1 < ids.length && !agree(H, scratch, t, into, t + 1, tolerance)) {
    step(model, ids[t + 1], t, scratch, clamp);
    judge(model, t, scratch);
    one[0] = scratch.verdict[t];
    one[1] = 1;
    one[2] = scratch.score[t];
    join(sum, 0, one, 0, sum, 0);
    t++;
    if (++told.steps % PATIENCE === 0) yield k;
  }
  join(sum, 0, after, 3 * (t + 1), sum, 0);
  return sum[0] / sum[1];
}

/** Return the logit of a text without its word `k`: `leaving` without a pause. */
export function without(model, ids, k, into, told, scratch, clamp = null, tolerance = 1e-6) {
  const work = leaving(model, ids, k, into, told, scratch, clamp, tolerance);
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** Fill `rest` with the logit of the text without each of its words; pauses at the number of the word. */
export function* leaveEachOut(model, ids, into, rest, clamp = null) {
  const [told, scratch] = [parts(into, ids.length), memory(model, ids.length)];
  for (let k = 0; k < ids.length; k++) {
    rest[k] = yield* leaving(model, ids, k, into, told, scratch, clamp, 1e-6);
    yield k;
  }
}

/** Do work in slices of at most about `budget` ms, so that the page can answer; return how to end it early. */
export function inSlices(work, { budget = 8, pause = () => {}, done = () => {} }) {
  let timer = null;
  const go = () => {
    const start = performance.now();
    for (;;) {
      const { done: ended, value } = work.next();
      if (ended) return done();
      if (performance.now() - start < budget) continue;
      timer = setTimeout(go, 0);
      return pause(value);
    }
  };
  go();
  return () => clearTimeout(timer);
}
