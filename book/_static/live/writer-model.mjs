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
 * Return the probability with which each is drawn, as `unrolled.byhand.sampling.shares` does.
 *
 * Scores are divided by the temperature before the softmax. Of its result the fewest that together reach `topP`
 * stay, the most probable first. At a temperature of 0 the first of the most probable gets all.
 */
export function shares(scores, temperature = 1, topP = 1) {
  const order = ranked(scores);
  const found = new Float64Array(scores.length);
  if (temperature === 0) {
    found[order[0]] = 1;
    return found;
  }
  const powers = order.map((k) => Math.exp((scores[k] - scores[order[0]]) / temperature));
  const all = powers.reduce((a, b) => a + b);
  let [kept, sum] = [0, 0];
  while (kept < order.length && (topP === 1 || kept === 0 || sum < topP - 1e-12)) sum += powers[kept++] / all;
  for (let k = 0; k < kept; k++) found[order[k]] = powers[k] / all / sum;
  return found;
}

/** Return which one a number from 0 up to 1 draws: they lie side by side, the most probable first. */
export function chosen(probabilities, number) {
  const order = ranked(probabilities).filter((k) => probabilities[k] > 0);
  let end = 0;
  for (const k of order) if (number < (end += probabilities[k])) return k;
  return order.at(-1);
}

/** Return among how many equally probable ones a choice would be as open: e to the entropy. */
export function openness(probabilities) {
  const entropy = probabilities.reduce((sum, p) => sum - (p > 0 ? p * Math.log(p) : 0), 0);
  return Math.exp(entropy);
}
