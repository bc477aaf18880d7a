// A trained classifier of any kind that `python -m unrolled train` makes, on one text at a time: rnn, LSTM or
// GRU, in one direction or both, any pooling, two classes or more; words, characters or subwords.
import { sigmoid } from "./kit.mjs";
import { readFile } from "./model-file.mjs";
import { SPACE, decode, isWord, keepEnds, tokenise } from "./reader-text.mjs";

const BLANKS = new RegExp(`[${SPACE}]+`, "gu");
const EDGES = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, "gu");

/** Return a text in a normal form and in lower case, with single blanks: what characters and subwords are cut from. */
export const plain = (text, form) =>
  text.normalize(form).toLowerCase().replace(EDGES, "").replace(BLANKS, " ").normalize(form);

/** Return the pieces of a text: of the neighbours that can be joined, those whose piece was learnt first, again and again. */
export function pieces(text, index) {
  const words = text.split(/[ ▁]+/u).filter((word) => word); // the mark of a blank is one in a text, too
  return words.flatMap((word) => piecesOfWord(["▁", ...word], index));
}

/** No piece goes on beyond a blank, so each word can be cut alone. */
function piecesOfWord(found, index) {
  const joined = (k) => {
    const number = k + 1 < found.length ? index.get(found[k] + found[k + 1]) : undefined;
    return number > 1 ? number : Infinity; // 0 and 1 are no pieces
  };
  const numbers = found.map((_, k) => joined(k)); // of each with its next: the smallest was learnt first
  for (;;) {
    let at = 0;
    for (let k = 1; k < found.length; k++) if (numbers[k] < numbers[at]) at = k;
    if (numbers[at] === Infinity) return found;
    found.splice(at, 2, found[at] + found[at + 1]);
    numbers.splice(at, 1);
    for (const k of [at - 1, at]) if (k >= 0) numbers[k] = joined(k);
  }
}

/** Return the numbers of a text's tokens; unknown is 1, and of subwords, neighbours that are unknown are one. */
export function numbers({ kind, form, index }, text) {
  const words = { words: () => tokenise(text.normalize(form)), characters: () => Array.from(plain(text, form)) };
  const tokens = kind === "subwords" ? pieces(plain(text, form), index) : words[kind]();
  const ids = tokens.map((token) => index.get(token) ?? 1);
  const kept = kind === "subwords" ? ids.filter((id, k) => id > 1 || ids[k - 1] !== 1) : ids;
  return kept.length ? kept : [1];
}

const CELLS = {
  // From what stands before the gates, W x + b and U h + b apart, to the state. H units, torch's order of the gates.
  rnn: (x, u, H, { h }) => ({ h: h.map((_, k) => Math.tanh(x[k] + u[k])) }),
  gru: (x, u, H, { h }) => ({
    h: h.map((before, k) => {
      const [r, z] = [sigmoid(x[k] + u[k]), sigmoid(x[H + k] + u[H + k])];
      return (1 - z) * Math.tanh(x[2 * H + k] + r * u[2 * H + k]) + z * before;
    }),
  }),
  lstm: (x, u, H, { c }) => {
    const gate = (block, k) => x[block * H + k] + u[block * H + k];
    const next = c.map((before, k) => sigmoid(gate(1, k)) * before + sigmoid(gate(0, k)) * Math.tanh(gate(2, k)));
    return { c: next, h: next.map((value, k) => sigmoid(gate(3, k)) * Math.tanh(value)) };
  },
};

/** Return W v + b; the matrix lies row by row. */
function affine(matrix, v, bias) {
  return Float64Array.from(bias, (start, row) => {
    let sum = start;
    for (let j = 0, w = row * v.length; j < v.length; j++) sum += matrix[w++] * v[j];
    return sum;
  });
}

/** Return the hidden states (T, H) of one layer over embedded tokens (T, E), in the order that it reads. */
function states(layer, cell, embedded) {
  const H = layer.weight_hh_l0.length / layer.bias_hh_l0.length;
  let state = { h: new Float64Array(H), c: new Float64Array(H) };
  return embedded.map((x) => {
    const [input, before] = [affine(layer.weight_ih_l0, x, layer.bias_ih_l0), affine(layer.weight_hh_l0, state.h, layer.bias_hh_l0)];
    state = CELLS[cell](input, before, H, state);
    return state.h;
  });
}

const softmax = (scores) => {
  const most = scores.reduce((a, b) => Math.max(a, b));
  const powers = Array.from(scores, (score) => Math.exp(score - most));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
};

const POOLS = {
  mean: (all) => all[0].map((_, k) => all.reduce((sum, h) => sum + h[k], 0) / all.length),
  max: (all) => all[0].map((_, k) => all.reduce((most, h) => Math.max(most, h[k]), -Infinity)),
  attention: (all, { key, keyBias, query }) => {
    const weights = softmax(all.map((h) => affine(query, affine(key, h, keyBias).map(Math.tanh), [0])[0]));
    return all[0].map((_, k) => all.reduce((sum, h, t) => sum + weights[t] * h[k], 0));
  },
};

/** Return the logits of token numbers: one of two classes, K of more. */
export function logits(model, ids) {
  const { E, embedding, scale, cell, pooling, forwards, backwards } = model;
  const embedded = ids.map((id) => embedding.subarray(id * E, (id + 1) * E)).map((row, t) => Float64Array.from(row, (v) => v * scale[ids[t]]));
  const onward = states(forwards, cell, embedded);
  const back = backwards ? states(backwards, cell, [...embedded].reverse()) : null;
  const both = (a, b) => (back ? Float64Array.from([...a, ...b]) : a);
  const last = both(onward.at(-1), back?.at(-1));
  const all = onward.map((h, t) => both(h, back?.at(-1 - t)));
  const pooled = pooling === "last" ? last : Float64Array.from(pooling.split("+").flatMap((name) => [...POOLS[name](all, model.attention)]));
  return affine(model.head, pooled, model.headBias);
}

/**
 * Return the classifier that a file holds. Throws a FileError if it holds none that is whole.
 */
export function readClassifier(buffer) {
  const { header, found, tokens } = readFile(buffer);
  const layer = (name) =>
    Object.fromEntries(["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"].map((part) => [part, found[`${name}.${part}`]]));
  const { cell, bidirectional, pooling } = header.settings;
  return {
    ...{ cell, pooling, header, tokens, classes: header.classes, maxTokens: header.max_tokens },
    ...{ kind: header.tokenizer.kind, form: header.tokenizer.unicode_form },
    index: new Map(tokens.map((token, number) => [token, number])),
    E: header.tensors["embedding.weight"].shape[1],
    embedding: found["embedding.weight"],
    scale: found["embedding.scale"],
    forwards: layer("forwards"),
    backwards: bidirectional ? layer("backwards") : null,
    attention: { key: found["attention.0.weight"], keyBias: found["attention.0.bias"], query: found["attention.2.weight"] },
    head: found["head.weight"],
    headBias: found["head.bias"],
  };
}

/** Return the probability of each class of a text, or null where it holds no word that the model knows. */
export function answer(model, text) {
  const ids = numbers(model, decode(text));
  if (!ids.some((id) => id > 1 && isWord(model.tokens[id]))) return null;
  const found = logits(model, keepEnds(ids, model.maxTokens));
  return softmax(found.length === 1 ? [0, found[0]] : found);
}
