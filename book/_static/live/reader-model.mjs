// The network of the reader and its rival, a bag of words: their file, and every gate of every word.
import { FileError, readFile } from "./model-file.mjs";
import { lstmOf, step } from "./model-lstm.mjs";

/**
 * Return the model that a file holds, with a bag of words beside it.
 *
 * Throws a FileError if the file is no model, is not whole, was damaged, lacks the bag, or holds a weight or
 * gives an answer that is not finite: no number comes of it then.
 */
export function readModel(buffer) {
  const { header, found, tokens } = readFile(buffer);
  if (found["bag.weight"]?.length !== tokens.length) throw new FileError("The model's file holds no bag of words. Export the model anew.");
  const model = {
    ...lstmOf(header, found, "forwards"),
    tokens,
    index: new Map(tokens.map((token, number) => [token, number])),
    maxTokens: header.max_tokens,
    settings: header.settings,
    judged: header.judged ?? [], // how often it and the bag are right: { on, texts, tokens, accuracy, bag } of each kind of text
    hardest: header.hardest ?? [], // texts of the first kind that it judges wrong: { text, label }
    key: found["attention.0.weight"], // (A, H)
    keyBias: found["attention.0.bias"],
    query: found["attention.2.weight"], // (A)
    head: found["head.weight"], // (H)
    headBias: found["head.bias"][0],
    bag: { weights: found["bag.weight"], scale: found["bag.scale"][0], bias: found["bag.bias"][0] }, // (V), one scale
  };
  if (!Number.isFinite(run(model, [1], memory(model, 1)))) throw new FileError("The model in the file answers with no number. Export the model anew.");
  return model;
}

/** Return the arrays that a run of so many words fills. */
export function memory(model, words) {
  const { H } = model;
  return {
    words,
    gates: new Float64Array(words * 4 * H), // i, f, g, o of every word
    c: new Float64Array((words + 1) * H), // the first row is the start
    h: new Float64Array((words + 1) * H),
    score: new Float64Array(words), // before the softmax
    verdict: new Float64Array(words), // the head on each state
    logit: new Float64Array(words), // so far
  };
}

/** The gates that can be held at a number: which, and where. */
export const CLAMPS = {
  none: null,
  "f = 1": { gate: 1, value: 1 },
  "f = 0": { gate: 1, value: 0 },
  "i = 1": { gate: 0, value: 1 },
  "o = 1": { gate: 3, value: 1 },
};

/** Write the attention score and the verdict of the state after word `t`. */
export function judge(model, t, into) {
  const { H, key, keyBias, query, head, headBias } = model;
  const { h, score, verdict } = into;
  const at = (t + 1) * H;
  let [total, answer] = [0, headBias];
  for (let k = 0; k < query.length; k++) {
    let sum = keyBias[k];
    for (let j = 0, w = k * H; j < H; j++) sum += key[w + j] * h[at + j];
    total += query[k] * Math.tanh(sum);
  }
  for (let j = 0; j < H; j++) answer += head[j] * h[at + j];
  score[t] = total;
  verdict[t] = answer;
}

/** Read word numbers from left to right; fill a memory, and return the logit. Nothing is allocated. */
export function run(model, ids, into, clamp = null) {
  let [above, below, highest] = [0, 0, -Infinity];
  for (let t = 0; t < ids.length; t++) {
    step(model, ids[t], t, into, clamp);
    judge(model, t, into);
    const s = into.score[t];
    if (s > highest) {
      const shrink = Math.exp(highest - s); // so that no exponential overflows
      above *= shrink;
      below *= shrink;
      highest = s;
    }
    const weight = Math.exp(s - highest);
    above += weight * into.verdict[t];
    below += weight;
    into.logit[t] = above / below;
  }
  return into.logit[ids.length - 1];
}

/** Return the logit of the bag after each of so many words: it adds up those that it holds, each once, in any order. */
export function runBag({ bag: { weights, scale, bias } }, ids) {
  const held = new Set();
  let sum = 0;
  return Float64Array.from(ids, (id) => {
    if (!held.has(id)) sum += weights[id];
    held.add(id);
    return sum * scale + bias;
  });
}

/** Return the weight of word `t` in the answer. */
export function weight({ score }, words, t) {
  let sum = 0;
  for (let k = 0; k < words; k++) sum += Math.exp(score[k] - score[t]);
  return 1 / sum;
}
