// The network of the reader: its file, and every gate of every word.
import { sigmoid } from "./kit.mjs";
import { FileError, readFile } from "./model-file.mjs";

/**
 * Return the model that a file holds.
 *
 * Throws a FileError if the file is no model, is not whole, was damaged, or holds a weight or gives an
 * answer that is not finite: no number comes of it then.
 */
export function readModel(buffer) {
  const { header, found, tokens } = readFile(buffer);
  const [V, E] = header.tensors["embedding.weight"].shape;
  const H = header.tensors["forwards.weight_hh_l0"].shape[1];
  const bias = Float64Array.from(found["forwards.bias_ih_l0"], (value, k) => value + found["forwards.bias_hh_l0"][k]);
  const model = {
    V,
    E,
    H,
    tokens,
    index: new Map(tokens.map((token, number) => [token, number])),
    maxTokens: header.max_tokens,
    settings: header.settings,
    test: header.test ?? { reviews: 0, accuracy: NaN, hardest: [] }, // how it judges the test reviews
    embedding: found["embedding.weight"],
    scale: found["embedding.scale"],
    inputs: found["forwards.weight_ih_l0"], // (4H, E)
    recurrent: found["forwards.weight_hh_l0"], // (4H, H)
    bias, // (4H)
    key: found["attention.0.weight"], // (A, H)
    keyBias: found["attention.0.bias"],
    query: found["attention.2.weight"], // (A)
    head: found["head.weight"], // (H)
    headBias: found["head.bias"][0],
    projected: new Float64Array(V * 4 * H), // W x + b of each token that was read before
    known: new Uint8Array(V), // whether it was
  };
  if (!Number.isFinite(run(model, [1], memory(model, 1)))) throw new FileError("The model in the file answers with no number. Export the model anew.");
  return model;
}

/** Fetch a model, telling `say` how many bytes have come; throws a FileError or the network's error. */
export async function load(address, say = () => {}, signal = undefined) {
  const answer = await fetch(address, { signal });
  if (!answer.ok) throw new FileError(`The model's file is not where it should be (the server says ${answer.status}).`);
  const [parts, reader] = [[], answer.body.getReader()];
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    say((bytes += value.length));
  }
  return readModel(await new Blob(parts).arrayBuffer());
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

/** Write what token `id` sends to the gates, W x + b: the same wherever it stands, so once is enough. */
function project(model, id) {
  const { E, H, embedding, scale, inputs, bias, projected, known } = model;
  for (let k = 0; k < 4 * H; k++) {
    let sum = 0;
    for (let j = 0, w = k * E, e = id * E; j < E; j++) sum += inputs[w++] * embedding[e++];
    projected[id * 4 * H + k] = sum * scale[id] + bias[k];
  }
  known[id] = 1;
}

/** Take one step of the LSTM: read the word `id` at place `t` of a memory. */
export function step(model, id, t, into, clamp = null) {
  if (!model.known[id]) project(model, id);
  const { H, recurrent, projected } = model;
  const { gates, c, h } = into;
  const [now, next, place, from, block] = [t * H, (t + 1) * H, t * 4 * H, id * 4 * H, H * H];
  for (let k = 0; k < H; k++) {
    let i = projected[from + k];
    let f = projected[from + H + k];
    let g = projected[from + 2 * H + k];
    let o = projected[from + 3 * H + k];
    for (let j = 0, w = k * H; j < H; j++, w++) {
      const x = h[now + j];
      i += recurrent[w] * x; // four sums at once: a processor does not wait for one to do the next
      f += recurrent[w + block] * x;
      g += recurrent[w + 2 * block] * x;
      o += recurrent[w + 3 * block] * x;
    }
    gates[place + k] = sigmoid(i);
    gates[place + H + k] = sigmoid(f);
    gates[place + 2 * H + k] = Math.tanh(g);
    gates[place + 3 * H + k] = sigmoid(o);
    if (clamp !== null) gates[place + clamp.gate * H + k] = clamp.value;
    c[next + k] = gates[place + H + k] * c[now + k] + gates[place + k] * gates[place + 2 * H + k];
    h[next + k] = gates[place + 3 * H + k] * Math.tanh(c[next + k]);
  }
}

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

/** Return the weight of word `t` in the answer. */
export function weight({ score }, words, t) {
  let sum = 0;
  for (let k = 0; k < words; k++) sum += Math.exp(score[k] - score[t]);
  return 1 / sum;
}
