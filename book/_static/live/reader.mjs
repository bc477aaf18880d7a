// The course's own sentiment model, read from one file and run here: every gate of every word.
import { html, newId, open, room, rounded, sigmoid, signed, svg } from "./kit.mjs";

const NAME = "reader";

export const initial = { "text": "This film was terrible, but the special effects were good.", "clamp": "none", "word": 3, "unit": 8, "sort": "verdict" };

/** What goes wrong with a file, in a sentence for the reader. */
export class FileError extends Error {}

const MAGIC = 0x31524e55; // "UNR1", little end first
const START = 16;

/** Return the checksum of bytes as zlib computes it. */
export function crc32(bytes) {
  let sum = -1;
  for (let k = 0; k < bytes.length; k++) {
    sum ^= bytes[k];
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return (sum ^ -1) >>> 0;
}

/** Return the number that 16 bits stand for (IEEE half precision). */
export function half(bits) {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : (2 ** -14 * fraction) / 1024);
}

function tensor(buffer, base, { kind, shape, at }) {
  const size = shape.reduce((a, b) => a * b, 1);
  if (kind === "int8") return new Int8Array(buffer, base + at, size);
  if (kind === "float32") return new Float32Array(buffer, base + at, size);
  if (kind === "float16") return Float64Array.from(new Uint16Array(buffer, base + at, size), half);
  throw new FileError(`The model's file holds numbers of the kind ${kind}, which this page cannot read.`);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FileError(`The model's file describes itself in no JSON (${error.message}). Export the model anew.`);
  }
}

/**
 * Return the model that a file holds.
 *
 * Throws a FileError if the file is no model, is not whole, was damaged, or holds a weight or gives an
 * answer that is not finite: no number comes of it then.
 */
export function readModel(buffer) {
  const view = new DataView(buffer);
  if (buffer.byteLength < START || view.getUint32(0, true) !== MAGIC) throw new FileError("This file is no model of this course.");
  const [bytes, headerBytes, sum] = [4, 8, 12].map((at) => view.getUint32(at, true));
  if (buffer.byteLength !== bytes)
    throw new FileError(`The model's file is not whole: ${buffer.byteLength} bytes of ${bytes} arrived. Load it again.`);
  if (crc32(new Uint8Array(buffer, START)) !== sum) throw new FileError("The model's file was damaged on its way. Load it again.");
  const decode = (at, length) => new TextDecoder().decode(new Uint8Array(buffer, at, length));
  const header = parsed(decode(START, headerBytes));
  const base = START + headerBytes;
  const found = Object.fromEntries(Object.entries(header.tensors).map(([name, told]) => [name, tensor(buffer, base, told)]));
  const tokens = decode(base + header.vocabulary.at, header.vocabulary.bytes).split("\n");
  const [V, E] = header.tensors["embedding.weight"].shape;
  const H = header.tensors["forwards.weight_hh_l0"].shape[1];
  if (tokens.length !== V) throw new FileError(`The model's file has ${V} embeddings for ${tokens.length} tokens.`);
  for (const [name, numbers] of Object.entries(found))
    if (!numbers.every(Number.isFinite)) throw new FileError(`The model's file holds weights that are no numbers (in ${name}). Export the model anew.`);
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

// The course's tokeniser, rule by rule as in unrolled.data.text. Python and JavaScript differ in what
// they call space, so both name it: that of Python.
const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const PICTURE = "[\\u2600-\\u27BF\\u{1F300}-\\u{1FAFF}]";
const JOINED = "[\\uFE0F\\u{1F3FB}-\\u{1F3FF}]*";
const TOKEN = new RegExp(
  "\\p{Nd}+(?:[.,]\\p{Nd}+)+" +
    "|[\\p{L}\\p{N}]+(?:'[\\p{L}\\p{N}]+)*" +
    "|[\\u{1F1E6}-\\u{1F1FF}]{2}" +
    `|${PICTURE}${JOINED}(?:\\u200D${PICTURE}${JOINED})*` +
    `|[^${SPACE}\\uFE0F\\u200D]`,
  "gu",
);
const BREAK = new RegExp(`<br[${SPACE}]*/?>`, "giu");

/** Return the tokens of an English text, in order. */
export function tokenise(text) {
  return text.replace(BREAK, " ").toLowerCase().replaceAll("’", "'").normalize("NFC").match(TOKEN) ?? [];
}

// Characters that HTML has names for: those of Latin-1 from 160 on, in order, and these.
const LATIN =
  "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot " +
  "cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml " +
  "Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig " +
  "agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute " +
  "ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml";
const MARKS = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", hellip: "…", mdash: "—", ndash: "–", lsquo: "‘", rsquo: "’" };
const MORE = { ldquo: "“", rdquo: "”", sbquo: "‚", bdquo: "„", bull: "•", euro: "€", trade: "™", OElig: "Œ", oelig: "œ" };
const ENTITIES = new Map([
  ...LATIN.split(" ").map((name, k) => [name, String.fromCharCode(160 + k)]),
  ...Object.entries({ ...MARKS, ...MORE }),
]);

/** The names of characters that `decode` knows. */
export const NAMES = [...ENTITIES.keys()];

/** Return the character of a number in a page, as HTML reads it: 128 to 159 are those of Windows. */
function character(code) {
  if (code >= 128 && code < 160) return new TextDecoder("windows-1252").decode(new Uint8Array([code]));
  const none = code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff);
  return none ? "\ufffd" : String.fromCodePoint(code);
}

/** Return a text with characters in the place of HTML's names and numbers for them: `&amp;`, `&#39;`, `&#x27;`. */
export const decode = (text) =>
  text.replace(/&(?:#([0-9]{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z0-9]{2,8}));/g, (whole, ten, sixteen, name) =>
    name ? (ENTITIES.get(name) ?? whole) : character(ten ? parseInt(ten, 10) : parseInt(sixteen, 16)),
  );

const WORD = new RegExp(`[\\p{L}\\p{N}\\u{1F1E6}-\\u{1F1FF}]|${PICTURE}`, "u");

/** Say whether a token is a word that a model knows; a word has a letter or a digit, or is an emoji. */
export const isKnown = (model, token) => WORD.test(token) && model.index.has(token);

/** Return how many of the tokens are words, and how many of these a model knows. */
export function knownWords(model, tokens) {
  const words = tokens.filter((token) => WORD.test(token));
  return { words: words.length, known: words.filter((token) => isKnown(model, token)).length };
}

/** Return the sentence for a text of which no word is known: there is no answer then. */
export function unanswered(words) {
  if (words === 0) return "No answer: there is no word in this text, only marks.";
  const none = words === 1 ? "does not know the one word of this text" : `knows none of the ${words} words of this text`;
  return `No answer: the model ${none}. Unknown words are all one and the same word to it.`;
}

/** Return what is said of a text of which little is known, fewer than three words or less than half of them; else nothing. */
export function littleKnown({ words, known }) {
  if (known >= 3 && 2 * known >= words) return "";
  const few = known === words ? `It has only ${known} word${known === 1 ? "" : "s"} to go by` : `It knows only ${known} of ${words} words`;
  return `${few}: give the number little weight.`;
}

/** Return the first and the last tokens of a long text, as many in all as the model learnt with; an odd one goes to the end. */
export function keepEnds(tokens, most) {
  if (tokens.length <= most) return tokens;
  const head = most >> 1;
  return [...tokens.slice(0, head), ...tokens.slice(tokens.length - (most - head))];
}

/** Return the numbers of tokens; 1 is an unknown one. */
export const encode = (model, tokens) => Int32Array.from(tokens, (token) => model.index.get(token) ?? 1);

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

export const probability = sigmoid;

/** The move of the answer (as a logit) that gets full ink, in every text: as from 0.50 to 0.88. */
export const FULL = 2;

/** Return the ink of a word, from 0 to 100, by how far leaving it out moves the answer: one scale for all texts. */
export const shading = (moved) => Math.min(100, Math.round((100 * Math.abs(moved)) / FULL));

/** Return a probability in two digits; near the ends, in words. */
export const plain = (p) => (p < 0.005 ? "less than 0.01" : p > 0.995 ? "more than 0.99" : p.toFixed(2));

/** Return the same, for a drawing. */
export const brief = (p) => plain(p).replace("less than ", "<").replace("more than ", ">");

/** Return a gate's value for a drawing: a bound where two digits would make 0, 1 or −1 of what is none of them. */
export function beside(x) {
  const size = Math.abs(x);
  if (size === 0 || size === 1 || (size >= 0.005 && size < 0.995)) return signed(x);
  if (size < 0.005) return x > 0 ? "<0.01" : ">−0.01";
  return x > 0 ? ">0.99" : "<−0.99";
}

/** Return the answer in one word. */
export const side = (p) => (p < 0.4 ? "Negative" : p > 0.6 ? "Positive" : "Undecided");

/** Return at which place of a new list each token of an old one stands, or null if they share less than half. */
export function places(old, fresh) {
  const short = Math.min(old.length, fresh.length);
  let [head, tail] = [0, 0];
  while (head < short && old[head] === fresh[head]) head++;
  while (tail < short - head && old.at(-1 - tail) === fresh.at(-1 - tail)) tail++;
  if (!short || 2 * (head + tail) < Math.max(old.length, fresh.length)) return null;
  const [from, to] = [old.length - tail, fresh.length - tail];
  return old.map((_, k) => {
    if (k < head) return k;
    if (k >= from) return k - from + to;
    return head - 0.5 + ((k - head + 0.5) / (from - head)) * (to - head);
  });
}

/** Return the first of so many neighbouring words to show, with the chosen one near the middle. */
export const firstShown = (words, word, columns) => Math.max(0, Math.min(word - (columns >> 1), words - columns));

/** Return what a unit adds to the verdict after word `t`; with the head's bias, all units add up to it. */
export const share = ({ H, head }, { h }, t, unit) => head[unit] * h[(t + 1) * H + unit];

/** Return the correlation of two lists of numbers; 0 where one of them does not change. */
export function correlation(a, b) {
  const mean = (list) => list.reduce((x, y) => x + y, 0) / list.length;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  a.forEach((value, k) => {
    ab += (value - ma) * (b[k] - mb);
    aa += (value - ma) ** 2;
    bb += (b[k] - mb) ** 2;
  });
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

/** What units can be sorted by: a name, and a number of each unit at word `t`; the largest stands first. */
export const SORTS = {
  verdict: {
    name: "how it follows the verdict",
    whole: true, // the same at each word
    value(model, into, words, t, unit) {
      const added = Array.from({ length: words }, (_, k) => share(model, into, k, unit));
      return correlation(added, Array.from(into.verdict.subarray(0, words)));
    },
  },
  change: {
    name: "how far this word moves c",
    value: ({ H }, { c }, words, t, unit) => Math.abs(c[(t + 1) * H + unit] - c[t * H + unit]),
  },
  share: { name: "what it adds to the verdict here", value: (model, into, words, t, unit) => share(model, into, t, unit) },
  number: { name: "its number", value: (model, into, words, t, unit) => -unit },
};

/** Return the units, sorted, with the number that they are sorted by. */
export function sorted(model, into, words, t, by) {
  const units = Array.from({ length: model.H }, (_, unit) => ({ unit, value: SORTS[by].value(model, into, words, t, unit) }));
  return units.sort((a, b) => b.value - a.value || a.unit - b.unit);
}

/** Return the weight of word `t` in the answer. */
export function weight({ score }, words, t) {
  let sum = 0;
  for (let k = 0; k < words; k++) sum += Math.exp(score[k] - score[t]);
  return 1 / sum;
}

/** Return heights at least `gap` apart, in their order, each near where it was asked for, none below `end`. */
export function apart(heights, gap, end) {
  const order = heights.map((_, k) => k).sort((a, b) => heights[a] - heights[b]);
  const found = [...heights];
  for (let k = 1; k < order.length; k++) found[order[k]] = Math.max(found[order[k]], found[order[k - 1]] + gap);
  for (let k = order.length - 1, low = end; k >= 0; k--, low -= gap) found[order[k]] = Math.min(found[order[k]], low);
  return found;
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

const EXAMPLES = {
  "terrible, but good": "This film was terrible, but the special effects were good.",
  "good, but terrible": "The special effects were good, but this film was terrible.",
  "not good": "This is not a good film.",
  "not bad": "The acting was not bad at all.",
  "fails at nothing": "It fails at nothing.",
  "irony": "Two hours of my life that I will never get back.",
  "others said": "Everyone told me this was wonderful. It is not.",
  "expected to hate": "I expected to hate it. I loved it.",
  "bad guys": "I loved the bad guys.",
  "a longer one":
    "I wanted to like this film. The first hour is dull: a grey town, a grey police officer, a case that nobody seems to care " +
    "about, and long silences that the director must have mistaken for depth. My neighbour fell asleep, and I was close to " +
    "leaving. I am glad that I did not. When the sister comes home the story finally wakes up, and every one of those silences " +
    "turns out to have had a reason. The last scene, with no music and hardly a word, is the best thing I have seen this year. " +
    "It could have been shorter, and the accents are a mess. But I walked home slowly, and I have thought of it every day since.",
};
const INKS = { "f = 1": "f", "f = 0": "f", "i = 1": "i", "o = 1": "o" };
const ROWS = ["i", "f", "g", "o", "c"];
const TYPING = 1500; // ms without a key until the next key begins a new edit

/** Return where things stand from left to right: `x(t)` of a word among those shown. */
function across(width, shown) {
  const [left, right] = width < 480 ? [26, 40] : [40, 50];
  const slot = Math.min((width - left - right) / Math.max(shown, 1), 64);
  return { left, right: width - right, slot, x: (t) => left + (t + 0.5) * slot };
}

const grouped = (n) => n.toLocaleString("en-GB");
const shortened = (token) => (token.length > 13 ? `${token.slice(0, 12)}…` : token);

function wordBelow(token, x, y, chosen) {
  const at = { x, y, transform: `rotate(-42 ${x} ${y})`, "text-anchor": "end" };
  return svg("text", { ...at, class: chosen ? "live-reader-chosen" : "soft" }, shortened(token));
}

const LINE = { height: 140, top: 24 }; // the running prediction
const BAR = { height: 22, gap: 7, top: 6 }; // the gates of one unit
const CELL = 6; // a unit in the map of all

/** Return how much room words on the slant need below a drawing. */
const slant = (tokens) => 22 + 4.8 * tokens.reduce((most, token) => Math.max(most, shortened(token).length), 0);

const level = (p) => LINE.top + (1 - p) * LINE.height;

function lineOf(logits, words, x) {
  let d = "";
  for (let t = 0; t < words; t++) d += `${t ? "L" : "M"}${x(t).toFixed(1)} ${level(probability(logits[t])).toFixed(1)}`;
  return d;
}

const dot = (cx, logit, r) => svg("circle", { class: "ink", cx, cy: level(probability(logit)), r, fill: "currentColor" });

/** Return the bars of one row: a gate or the cell state of one unit over the words shown. */
function bars(values, y, { x, slot }, most) {
  let d = "";
  values.forEach((value, k) => {
    const both = most > 0; // above and below a middle line
    const height = both ? (value / most) * (BAR.height / 2) : value * BAR.height;
    const base = both ? y + BAR.height / 2 : y + BAR.height;
    d += `M${(x(k) - slot * 0.38).toFixed(1)} ${base}h${(slot * 0.76).toFixed(1)}v${(-height).toFixed(2)}h${(-slot * 0.76).toFixed(1)}z`;
  });
  return d;
}

function render({ model, el }) {
  const { put, follow, slider, choice, button, close } = open(model, NAME);
  const figure = html("div", { class: "live-figure live-reader" });
  const loading = new AbortController();
  const ends = [() => loading.abort(), close];
  el.append(figure);

  if (/^(blob|data):/.test(import.meta.url)) {
    const sentence = "The model loads on the course's site only: its file does not travel with a notebook.";
    figure.append(html("p", { class: "live-status", role: "status" }, sentence));
    return close;
  }

  const card = el.closest("[data-card]")?.dataset.card ?? new URL("../../sentiment/shipping.html#a-model-card", import.meta.url).href;
  const told = html("p", { class: "live-reader-told", role: "status" });
  const begin = button("Load the model (0.8 MB)", async () => {
    if (begin.getAttribute("aria-disabled") === "true") return;
    begin.setAttribute("aria-disabled", "true");
    told.textContent = "Loading …";
    let shown = 0;
    const say = (bytes) => {
      if (bytes - shown > 2e5) told.textContent = `Loading: ${((shown = bytes) / 1e6).toFixed(1)} of 0.8 MB …`;
    };
    try {
      const network = await load(new URL("./reader.bin", import.meta.url), say, loading.signal);
      const focused = document.activeElement === begin;
      figure.replaceChildren();
      ends.push(read(network));
      if (focused) figure.querySelector("textarea").focus();
    } catch (error) {
      if (loading.signal.aborted) return;
      figure.replaceChildren(box);
      told.textContent = error instanceof FileError ? error.message : `The model could not be loaded (${error.message}).`;
      begin.textContent = "Try again";
      begin.removeAttribute("aria-disabled");
    }
  });
  begin.dataset.liveBegin = "";
  const promise =
    "An LSTM with 32 units, trained by this course on film reviews. It reads what you type, here in your browser; " +
    "nothing that you write leaves this page.";
  const box = html("div", { class: "live-reader-begin" }, html("p", {}, promise), begin, told);
  figure.append(box);
  return () => ends.splice(0).forEach((end) => end());

  /** Build the figure of a network that is there; return how to take it down. */
  function read(network) {
    const width = room(el);
    const columns = width < 480 ? 12 : 24;
    let [tokens, ids, into, held, rest] = [[], [], null, null, null]; // no tokens where there is no answer
    let [written, counted, total] = [[], { words: 0, known: 0 }, 0]; // tokens in the line of words, and of the whole text
    let earlier = null; // what the text was before this edit: { tokens, logits }
    let where = null; // the places of its tokens in the text now
    let [typed, fresh, waiting, stop] = [-Infinity, false, 0, () => {}];

    const at = () => Math.max(0, Math.min(model.get("word"), ids.length - 1));
    const shownRun = () => held ?? into; // the run that the gates are shown of
    const wordName = () => (ids.length ? `${grouped(at() + 1)} of ${grouped(ids.length)}: ${shortened(tokens[at()])}` : "none");
    const clampName = () => model.get("clamp");

    // The units in their order; where it hangs on the whole run alone, it is kept from word to word.
    let [kept, keptOf] = [[], []];
    const order = () => {
      const by = model.get("sort");
      const of = [shownRun(), by, SORTS[by].whole ? 0 : at()];
      if (of.some((value, k) => value !== keptOf[k])) [kept, keptOf] = [sorted(network, shownRun(), ids.length, at(), by), of];
      return kept;
    };

    // What the reader types.
    const area = html("textarea", { id: newId(NAME), rows: 3, spellcheck: "false", "data-lm-suppress-shortcuts": "true" });
    const now = (text) => {
      clearTimeout(waiting);
      if (area.value !== text) area.value = text;
      if (text !== model.get("text")) put("text", text);
    };
    area.addEventListener("input", () => {
      const time = performance.now();
      fresh ||= time - typed > TYPING;
      typed = time;
      clearTimeout(waiting);
      waiting = setTimeout(now, 150, area.value);
    });
    const examples = Object.entries(EXAMPLES).map(([name, text]) => button(name, () => ((fresh = true), now(text))));

    const { reviews, accuracy, hardest } = network.test;
    const picked = html("select", {
      id: newId(NAME),
      change: () => picked.value && ((fresh = true), now(hardest[+picked.value].text)),
    });
    picked.append(html("option", { value: "" }, "choose a review …"));
    hardest.forEach(({ text, label }, k) => {
      const begins = text.split(/\s+/).slice(0, 6).join(" ");
      picked.append(html("option", { value: k }, `labelled ${label ? "praise" : "blame"}: ${begins} …`));
    });
    const real = () => hardest.findIndex(({ text }) => text === model.get("text"));
    const mistakes = html(
      "div",
      { class: "live-control live-reader-select" },
      html("label", { for: picked.id }, "Its worst mistakes among the test reviews"),
      picked,
    );

    // What comes of it.
    const status = html("p", { class: "live-status live-reader-status", role: "status" });
    const named = { tabindex: 0, role: "group", "aria-label": "The words, shaded. Arrow keys choose one." };
    const words = html("p", { class: "live-reader-words", ...named });
    const spans = words.getElementsByTagName("span"); // one a token; the gap of a long text is none
    const gap = html("em", { class: "live-reader-gap" });
    const progress = html("p", { class: "live-reader-progress" });
    const picture = svg("svg", { role: "img", "aria-label": "The probability that the text is positive, after each of its words" });
    const lines = svg("g");
    const cursor = svg("g");
    picture.append(cursor, lines);
    const units = svg("svg", {
      role: "img",
      "aria-label":
        "Above, the gates and the cell state of the chosen unit over the words; below, what each unit adds to the verdict",
    });
    const wordTold = html("p", { class: "live-reader-word", role: "status" });
    const wordSlider = slider("word", { label: "Word", min: 0, max: 0, step: 1, say: wordName });
    const sort = chooser("Sort the units by", "sort", () => Object.entries(SORTS).map(([value, { name }]) => [value, name]));
    const unit = chooser("Unit", "unit", () => {
      const by = model.get("sort");
      return order().map(({ unit, value }) => [unit, by === "number" ? unit : `${unit} (${signed(value)})`]);
    });

    function chooser(label, key, options) {
      const id = newId(NAME);
      const select = html("select", { id, change: () => put(key, key === "unit" ? +select.value : select.value) });
      const fill = () => {
        const told = options();
        if (told.some(([value, text], k) => select.options[k]?.value !== String(value) || select.options[k].text !== String(text)))
          select.replaceChildren(...told.map(([value, text]) => html("option", { value }, text)));
        select.value = model.get(key);
      };
      return { fill, node: html("div", { class: "live-control live-reader-select" }, html("label", { for: id }, label), select) };
    }

    const choose = (t) => ids.length && put("word", Math.max(0, Math.min(t, ids.length - 1)));
    words.addEventListener("click", ({ target }) => target.matches("span") && choose([].indexOf.call(spans, target)));
    words.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
      if (by === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      choose(at() + by);
    });
    picture.addEventListener("click", (event) => {
      const box = picture.getBoundingClientRect();
      const { left, slot } = placing();
      choose(Math.floor((((event.clientX - box.left) / box.width) * width - left) / slot));
    });
    units.addEventListener("click", (event) => {
      const box = units.getBoundingClientRect();
      const [x, y] = [((event.clientX - box.left) / box.width) * width, ((event.clientY - box.top) / box.width) * width];
      if (!ids.length) return;
      const { left, slot, first, shown, map } = layout();
      const [column, row] = [Math.floor((x - left) / slot), Math.floor((y - map) / CELL)];
      if (column < 0 || column >= shown) return;
      if (row >= 0 && row < network.H) put("unit", order()[row].unit);
      choose(first + column);
    });

    const few = () => ids.length <= columns;
    const placing = () => {
      const all = across(width, Math.min(ids.length, columns));
      if (few()) return all;
      const slot = (all.right - all.left) / ids.length;
      return { ...all, slot, x: (t) => all.left + (t + 0.5) * slot };
    };
    const layout = () => {
      const shown = Math.min(ids.length, columns);
      const strip = BAR.top + ROWS.length * (BAR.height + BAR.gap);
      const first = firstShown(ids.length, at(), shown);
      return { ...across(width, shown), shown, first, strip, map: strip + slant(tokens.slice(first, first + shown)) + 22 };
    };

    function drawWords(before) {
      // Spans of words that stay are kept: a long text is not set anew at every key.
      gap.remove();
      const short = Math.min(before.length, written.length);
      let [head, tail] = [0, 0];
      while (head < short && before[head] === written[head]) head++;
      while (tail < short - head && before.at(-1 - tail) === written.at(-1 - tail)) tail++;
      const old = [...spans].slice(head, before.length - tail);
      const fresh = written.slice(head, written.length - tail).map((token) => {
        const unknown = !network.index.has(token);
        return html("span", { class: unknown ? "unknown" : false, title: unknown && "This word is unknown to the model." }, token);
      });
      const next = spans[before.length - tail] ?? null;
      old.forEach((span) => span.remove());
      const all = document.createDocumentFragment();
      for (const span of fresh) all.append(span);
      words.insertBefore(all, next);
      gap.textContent = ` … ${grouped(total - written.length)} tokens that it does not read … `;
      if (total > written.length) words.insertBefore(gap, spans[written.length >> 1]);
    }

    function shade() {
      const z = into?.logit[ids.length - 1];
      const moved = Array.from(rest ?? [], (without) => (Number.isNaN(without) ? 0 : z - without));
      [...spans].forEach((span, t) => {
        const ink = rest ? shading(moved[t]) : 0;
        span.classList.toggle("praise", ink > 1 && moved[t] > 0);
        span.classList.toggle("blame", ink > 1 && moved[t] < 0);
        span.style.setProperty("--shade", ink);
      });
    }

    function drawLines() {
      const { left, slot, x } = placing();
      const right = left + (ids.length || 1) * slot;
      const ink = INKS[clampName()] ?? "ink";
      const n = ids.length;
      picture.setAttribute("viewBox", `0 0 ${width} ${LINE.top + LINE.height + (few() ? slant(tokens) : 26)}`);
      const drawn = [svg("text", { class: "soft", x: left, y: 11 }, "probability that it is positive")];
      for (const p of [0, 0.5, 1]) {
        drawn.push(svg("path", { class: "line", d: `M${left} ${level(p)}H${right}`, "stroke-dasharray": p === 0.5 ? "2 4" : undefined }));
        drawn.push(svg("text", { class: "soft", x: left - 7, y: level(p) + 4, "text-anchor": "end" }, String(p)));
      }
      if (n) {
        const ends = [];
        const draw = (logits, count, place, kind, attributes) => {
          const stroke = { fill: "none", stroke: "currentColor", "stroke-width": 2, "stroke-linejoin": "round", ...attributes };
          drawn.push(svg("path", { class: kind, d: lineOf(logits, count, place), ...stroke }));
          ends.push({ kind, p: probability(logits[count - 1]) });
        };
        if (where) draw(earlier.logits, where.length, (t) => x(where[t]), "soft live-reader-earlier", { "stroke-width": 1.5 });
        draw(into.logit, n, x, "ink", {});
        if (few()) drawn.push(...tokens.map((_, t) => dot(x(t), into.logit[t], 2.5)));
        if (held) draw(held.logit, n, x, ink, { "stroke-dasharray": "6 3" });
        const heights = apart(ends.map(({ p }) => level(p) + 4), 14, level(0) + 6);
        ends.forEach(({ kind, p }, k) => drawn.push(svg("text", { class: kind, x: right + 6, y: heights[k] }, brief(p))));
        if (few()) tokens.forEach((token, t) => drawn.push(wordBelow(token, x(t) + 3, level(0) + 16, false)));
        else {
          drawn.push(svg("text", { class: "soft", x: left, y: level(0) + 18 }, "word 1"));
          const middle = x((n >> 1) - 0.5); // where a long text has its gap
          if (total > n) drawn.push(svg("path", { class: "line", d: `M${middle} ${LINE.top}V${level(0)}` }));
          if (total > n) drawn.push(svg("text", { class: "soft", x: middle, y: level(0) + 18, "text-anchor": "middle" }, "gap"));
          drawn.push(svg("text", { class: "soft", x: right, y: level(0) + 18, "text-anchor": "end" }, grouped(n)));
        }
      }
      lines.replaceChildren(...drawn);
    }

    function drawCursor() {
      if (!ids.length) return cursor.replaceChildren();
      const { left, slot, x } = placing();
      const { first, shown } = layout();
      const t = at();
      const place = { x: left + first * slot, y: LINE.top, width: shown * slot, height: LINE.height };
      const band = few() ? [] : [svg("rect", { class: "live-reader-here", ...place })]; // what is shown below
      cursor.replaceChildren(
        ...band,
        svg("path", { d: `M${x(t)} ${LINE.top}V${level(0)}`, class: "live-reader-cursor" }),
        dot(x(t), into.logit[t], 5),
      );
    }

    function drawUnits() {
      const { left, slot, x, first, shown, strip, map } = layout();
      const [seen, { H }, t, chosen] = [shownRun(), network, at(), model.get("unit")];
      const height = ids.length ? map + H * CELL + 6 : 1; // without an answer there is nothing to show, and no gap
      units.setAttribute("viewBox", `0 0 ${width} ${height}`);
      if (!ids.length) return units.replaceChildren();
      const edge = left + shown * slot;
      const here = left + (t - first) * slot;
      const drawn = [svg("rect", { class: "live-reader-here", x: here, y: 0, width: slot, height: strip })];
      ROWS.forEach((name, row) => {
        const y = BAR.top + row * (BAR.height + BAR.gap);
        const of = (word) => (name === "c" ? seen.c[(word + 1) * H + chosen] : seen.gates[word * 4 * H + row * H + chosen]);
        let most = { g: 1, c: 1 }[name] ?? 0;
        if (name === "c") for (let k = 0; k < ids.length; k++) most = Math.max(most, Math.abs(of(k)));
        const values = Array.from({ length: shown }, (_, k) => of(first + k));
        const base = most ? y + BAR.height / 2 : y + BAR.height;
        drawn.push(
          svg("path", { class: "line", d: `M${left} ${base}H${edge}` }),
          svg("text", { class: `${name} live-reader-row`, x: left - 9, y: y + BAR.height / 2 + 5, "text-anchor": "end" }, name),
          svg("path", { class: name, d: bars(values, y, { x, slot }, most), fill: "currentColor" }),
          svg("text", { class: name, x: edge + 8, y: y + BAR.height / 2 + 5 }, name === "c" ? signed(of(t)) : beside(of(t))),
        );
      });
      for (let k = 0; k < shown; k++) drawn.push(wordBelow(tokens[first + k], x(k) + 3, strip + 10, first + k === t));
      let most = 0.5;
      for (let k = 0; k < shown; k++) for (let u = 0; u < H; u++) most = Math.max(most, Math.abs(share(network, seen, first + k, u)));
      const shades = Array.from({ length: 20 }, () => "");
      order().forEach(({ unit }, row) => {
        for (let k = 0; k < shown; k++) {
          const added = share(network, seen, first + k, unit);
          const ink = Math.round((10 * Math.abs(added)) / most);
          const cell = `M${(left + k * slot).toFixed(1)} ${map + row * CELL}h${slot.toFixed(1)}v${CELL}h${(-slot).toFixed(1)}z`;
          if (ink) shades[(added > 0 ? 10 : 0) + ink - 1] += cell; // one path a shade: fewer things to draw
        }
      });
      shades.forEach((d, k) => {
        const colour = { class: k < 10 ? "f" : "o", fill: "currentColor", "fill-opacity": ((k % 10) + 1) / 10 };
        if (d) drawn.push(svg("path", { d, ...colour, "shape-rendering": "crispEdges" }));
      });
      const heading = `what each unit adds to the verdict${width < 480 ? "" : ": blue for praise, orange for blame"}`;
      const row = order().findIndex(({ unit }) => unit === chosen);
      drawn.push(
        svg("text", { class: "soft", x: left, y: map - 9 }, heading),
        svg("rect", { class: "live-reader-frame", x: left, y: map - 0.5, width: edge - left, height: H * CELL + 1 }),
        svg("rect", { class: "live-reader-column", x: here, y: map - 0.5, width: slot, height: H * CELL + 1 }),
        svg("rect", { class: "live-reader-unit", x: left - 1, y: map + row * CELL - 1, width: edge - left + 2, height: CELL + 2 }),
        svg("text", { class: "ink live-reader-row", x: left - 7, y: map + (row + 0.5) * CELL + 4, "text-anchor": "end" }, String(chosen)),
      );
      units.replaceChildren(...drawn);
    }

    function sayWord() {
      if (!ids.length) return (wordTold.textContent = "");
      const [t, seen, { H }, chosen] = [at(), shownRun(), network, model.get("unit")];
      const gate = (k) => rounded(seen.gates[t * 4 * H + k * H + chosen]);
      const c = (row) => signed(seen.c[row * H + chosen]);
      const [all, left] = [into.logit[ids.length - 1], rest?.[t] ?? NaN].map((z) => plain(probability(z)));
      const moves = all === left ? `stays ${all}` : `goes from ${all} to ${left}`;
      const out = Number.isFinite(rest?.[t]) ? ` Left out, the probability ${moves}.` : "";
      wordTold.textContent =
        `After “${shortened(tokens[t])}” the verdict is ${signed(into.verdict[t], 1)}, with weight ` +
        `${plain(weight(into, ids.length, t))}.${out} Unit ${chosen}${held ? `, with ${clampName()}` : ""}: ` +
        `i ${gate(0)}, f ${gate(1)}, g ${gate(2)}, o ${gate(3)}; c goes from ${c(t)} to ${c(t + 1)}.`;
    }

    function mostMoving() {
      if (counted.known === 1) return tokens.findIndex((token) => isKnown(network, token));
      const z = into.logit[ids.length - 1];
      return rest.reduce((most, without, t) => (Math.abs(z - without) > Math.abs(z - rest[most]) ? t : most), 0);
    }

    function sayAnswer() {
      if (!written.length) return status.replaceChildren("Type a few words: the model answers after each of them.");
      if (!counted.known) return status.replaceChildren(unanswered(counted.words));
      const n = ids.length;
      const p = probability(into.logit[n - 1]);
      const told = [`: the probability that it is positive is ${plain(p)}, after ${grouped(n)} token${n > 1 ? "s" : ""}.`];
      const little = littleKnown(counted);
      if (little) told.push(little);
      if (rest && counted.known > 1) {
        const most = mostMoving();
        told.push(`“${shortened(tokens[most])}” moves it most: without it, ${plain(probability(rest[most]))}.`);
      }
      if (real() >= 0) told.push(`The label of this review says: ${hardest[real()].label ? "praise" : "blame"}.`);
      if (where) told.push(`Before this edit: ${plain(probability(earlier.logits[where.length - 1]))}.`);
      if (held) told.push(`With ${clampName()} in all units it would be ${plain(probability(held.logit[n - 1]))}.`);
      const unknown = [...new Set(tokens.filter((token) => !network.index.has(token)))];
      const named = unknown.slice(0, 3).map((token) => `“${shortened(token)}”`).join(", ");
      if (unknown.length) told.push(`Unknown to it: ${named}${unknown.length > 3 ? ` and ${unknown.length - 3} more` : ""}.`);
      if (total > n) told.push(`Of ${grouped(total)} tokens it reads the first ${n >> 1} and the last ${n - (n >> 1)}, as when it learnt.`);
      status.replaceChildren(html("strong", { class: p < 0.4 ? "f" : p > 0.6 ? "o" : "ink" }, side(p)), told.join(" "));
    }

    function clampNow() {
      const clamp = CLAMPS[clampName()];
      held = clamp && ids.length ? memory(network, ids.length) : null;
      if (held) run(network, ids, held, clamp);
    }

    function showWord() {
      words.querySelector(".chosen")?.classList.remove("chosen");
      const span = ids.length ? spans[at()] : null;
      span?.classList.add("chosen");
      if (span && words.scrollHeight > words.clientHeight) {
        const [top, bottom] = [span.offsetTop - 8, span.offsetTop + span.offsetHeight + 8];
        if (top < words.scrollTop) words.scrollTop = top;
        if (bottom > words.scrollTop + words.clientHeight) words.scrollTop = bottom - words.clientHeight;
      }
      drawCursor();
      unit.fill();
      drawUnits();
      sayWord();
    }

    function showText() {
      stop();
      const text = model.get("text");
      if (area.value !== text) area.value = text;
      picked.value = real() < 0 ? "" : real();
      const [before, drawn] = [tokens, written];
      if (fresh && ids.length) earlier = { tokens, logits: into.logit };
      fresh = false;
      const all = tokenise(decode(text));
      [written, total] = [keepEnds(all, network.maxTokens), all.length];
      counted = knownWords(network, written);
      tokens = counted.known ? written : [];
      ids = encode(network, tokens);
      rest = null;
      into = memory(network, ids.length);
      run(network, ids, into);
      where = earlier && places(earlier.tokens, tokens);
      clampNow();
      const input = wordSlider.querySelector("input");
      input.max = Math.max(0, ids.length - 1);
      input.value = at();
      wordSlider.querySelector("output").textContent = wordName();
      input.setAttribute("aria-valuetext", wordName());
      drawWords(drawn);
      drawLines();
      const found = new Float64Array(ids.length);
      const finish = () => {
        rest = found;
        if (counted.known === 1) rest[mostMoving()] = NaN; // without it no word is known, and there is no answer
        progress.textContent = "";
        shade();
        sayAnswer();
        // Another text altogether: show the word that moves it most, if the reader has not chosen one.
        if (ids.length && before.length && !places(before, tokens) && model.get("word") === chosen) choose(mostMoving());
        sayWord();
      };
      const chosen = model.get("word");
      let slow = false;
      showWord();
      const pause = (k) => {
        if (!slow) shade(), sayAnswer();
        slow = true;
        progress.textContent = `Leaving out one word at a time, to see what moves the answer: ${Math.floor((100 * k) / ids.length)} % …`;
      };
      stop = inSlices(leaveEachOut(network, ids, into, found), { pause, done: finish });
    }

    const inks = Object.entries({ praise: "it speaks for praise", blame: "for blame", unknown: "unknown word" }).flatMap(
      ([kind, text]) => [html("span", { class: kind }, text), " "],
    );
    const holds = Object.fromEntries(Object.keys(CLAMPS).map((name) => [name, name]));
    const title = (text) => html("p", { class: "live-reader-title" }, text);
    figure.append(
      html("label", { class: "live-reader-label", for: area.id }, "Your review"),
      area,
      html("div", { class: "live-reader-examples", role: "group", "aria-label": "Examples" }, ...examples),
      ...(hardest.length ? [mistakes] : []),
      status,
      words,
      progress,
      html("p", { class: "live-reader-legend" }, "Shaded by what leaving a word out would move, on one scale for all texts: ", ...inks),
      picture,
      wordSlider,
      choice("clamp", { label: "Hold a gate in all units", options: holds }),
      title("Inside: one unit at every word"),
      html("div", { class: "live-controls" }, sort.node, unit.node),
      units,
      wordTold,
      html(
        "p",
        { class: "live-reader-card" },
        reviews ? `Of ${grouped(reviews)} test reviews it judges ${(100 * accuracy).toFixed(1)} % rightly. ` : "",
        "Its larger sister's ",
        html("a", { href: card }, "model card"),
        " says where such models fail, and what they must not be used for.",
      ),
    );
    follow(["text"], showText);
    follow(["word"], showWord);
    follow(["unit"], () => (unit.fill(), drawUnits(), sayWord()));
    follow(["sort"], () => (sort.fill(), unit.fill(), drawUnits()));
    follow(["clamp"], () => (clampNow(), drawLines(), showWord(), sayAnswer()));
    return () => (stop(), clearTimeout(waiting));
  }
}

export default { render };
