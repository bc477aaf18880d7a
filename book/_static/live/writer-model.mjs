// The network that writes: its file, what it expects next, and one character drawn of that.
import { FileError, readFile } from "./model-file.mjs";
import { lstmOf, rowsOf, step } from "./model-lstm.mjs";

/** The number of what stands before a text: a line that has just ended. */
const BEFORE = "\n";

/**
 * Return the model that a file holds.
 *
 * Throws a FileError if the file is no model, is not whole, was damaged, or holds a weight or gives an
 * answer that is not finite.
 */
export function readWriter(buffer) {
  const { header, found, tokens } = readFile(buffer);
  const model = {
    ...lstmOf(header, found, "lstm"),
    header,
    tokens,
    index: new Map(tokens.map((token, number) => [token, number])),
    head: rowsOf(header, found, "linear.weight"), // (V, H)
    headBias: found["linear.bias"], // (V)
  };
  if (!model.index.has(BEFORE)) throw new FileError("The model in the file knows no line break, so no text can begin. Export the model anew.");
  if (!logits(model, reading(model, 0)).every(Number.isFinite)) throw new FileError("The model in the file answers with no number. Export the model anew.");
  return model;
}

/**
 * Return a reading of a model that can hold so many characters: none is read yet, and a line begins.
 *
 * It keeps the state after each character, so that a text that changes near its end is not read anew.
 */
export function reading(model, most) {
  const { H } = model;
  const into = { gates: new Float64Array(4 * H), c: new Float64Array((most + 2) * H), h: new Float64Array((most + 2) * H) };
  step(model, model.index.get(BEFORE), 0, into);
  return { ids: new Int32Array(most), length: 0, most, into };
}

/** Read one more character. */
export function readOn(model, read, id) {
  step(model, id, read.length + 1, read.into);
  read.ids[read.length++] = id;
}

/** Read a text's numbers, from the first that has changed; what does not fit is left out. */
export function readAll(model, read, ids) {
  const most = Math.min(ids.length, read.most);
  let same = 0;
  while (same < Math.min(most, read.length) && read.ids[same] === ids[same]) same++;
  read.length = same;
  for (let k = same; k < most; k++) readOn(model, read, ids[k]);
}

/** Return the scores (V) of what comes next. */
export function logits(model, { length, into: { h } }) {
  const { V, H, head, headBias } = model;
  const [found, at] = [new Float64Array(V), (length + 1) * H];
  for (let v = 0, w = 0; v < V; v++) {
    let sum = headBias[v];
    for (let j = 0; j < H; j++) sum += head[w++] * h[at + j];
    found[v] = sum;
  }
  return found;
}

/** Return the places of numbers, the largest first; of equal ones, the first. */
export const ranked = (numbers) => Array.from(numbers, (_, k) => k).sort((a, b) => numbers[b] - numbers[a] || a - b);

/**
 * Return the probability with which each is drawn: `nucleus(tempered(scores))` of `unrolled.byhand.sampling`.
 *
 * Scores are divided by the temperature before the softmax. Of its result the fewest that together reach `topP`
 * stay, the most probable first. At a temperature of 0 the first of the most probable gets all.
 */
export function shares(scores, temperature = 1, topP = 1) {
  const [order, found] = [ranked(scores), new Float64Array(scores.length)];
  if (temperature === 0) {
    found[order[0]] = 1;
    return found;
  }
  const powers = order.map((k) => Math.exp((scores[k] - scores[order[0]]) / temperature));
  const all = powers.reduce((a, b) => a + b);
  let sum = 0; // of those that stay
  for (let k = 0; k < order.length && (topP === 1 || sum < topP); k++) sum += found[order[k]] = powers[k] / all;
  return found.map((share) => share / sum);
}

/** Return which one a number from 0 up to 1 draws: they lie side by side in the order of their numbers, as for `drawn` there. */
export function chosen(probabilities, number) {
  const height = number * probabilities.reduce((a, b) => a + b);
  let [sum, last] = [0, 0];
  for (let k = 0; k < probabilities.length; k++) {
    if (probabilities[k] > 0) last = k;
    if ((sum += probabilities[k]) > height) return k;
  }
  return last; // where rounding has left a gap at the end
}

/** Return among how many equally probable ones a choice would be as open: e to the entropy. */
export function openness(probabilities) {
  const entropy = probabilities.reduce((sum, p) => sum - (p > 0 ? p * Math.log(p) : 0), 0);
  return Math.exp(entropy);
}
