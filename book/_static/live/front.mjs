// How much of its beginning can a network still hear? A sentence, inked by the gradient that reaches each word.
import { html, newId, open } from "./kit.mjs";
import { lstmForward, normal, preactivations, source, vector, weights, withForgetBias } from "./network.mjs";

const NAME = "front";

export const initial = {
  "sentence": "My father took me to see this film when I was nine, and I still remember how quiet the whole room became at its last line.",
  "bias": 1.5,
  "radius": 0.6
};

/** The networks of the figure: units, numbers that stand for one word, and where the random numbers begin. */
export const NETWORK = { units: 16, inputs: 8, seed: 4 };

/** The most words that are read, and the least ink with which a word counts as heard. */
export const MOST = 30;
export const HEARD = 0.1;

/** A word that gets more than so many times what the last word gets: there the gradient explodes. */
export const LOUD = 2;

/** Return the words of a text: what stands between spaces, the first MOST of them. */
export const words = (text) => text.split(/\s+/).filter(Boolean).slice(0, MOST);

/** Return a whole number for a word, from its letters (FNV-1a): the seed of the word's vector. */
export function seedOf(word) {
  let sum = 0x811c9dc5;
  for (let k = 0; k < word.length; k++) sum = Math.imul(sum ^ word.charCodeAt(k), 0x01000193);
  return sum >>> 0;
}

/** Return the vector that stands for a word: random, from a normal distribution, always the same for the same word. */
export function embedded(word, inputs) {
  const draw = source(seedOf(word));
  return vector(inputs, () => normal(draw));
}

/** Return an untrained LSTM and an untrained RNN of as many units. */
export function networks({ units, inputs, seed }) {
  const draw = source(seed);
  return { lstm: weights(4, units, inputs, draw), rnn: weights(1, units, inputs, draw) };
}

/** Return the product of two matrices. */
export const product = (a, b) =>
  a.map((row) => {
    const sums = b[0].map(() => 0);
    row.forEach((value, k) => b[k].forEach((other, j) => (sums[j] += value * other)));
    return sums;
  });

/** Return the norm of all numbers of a matrix (Frobenius). */
export const norm = (a) => Math.sqrt(a.reduce((sum, row) => row.reduce((part, value) => part + value ** 2, sum), 0));

/** Return a matrix's spectral radius: the limit of the norm of its power n, to the power 1 / n, for n = 1, 2, 4, ... */
export function spectralRadius(a) {
  let [power, log] = [a, 0];
  for (let k = 0; k < 48; k++) {
    const size = norm(power);
    log += Math.log(size) / 2 ** k;
    const unit = power.map((row) => row.map((value) => value / size));
    power = product(unit, unit);
  }
  return Math.exp(log);
}

/** Return an RNN's weights with W_hh scaled to a spectral radius. */
export function withRadius(p, radius) {
  const scale = radius / spectralRadius(p.weight_hh);
  return { ...p, weight_hh: p.weight_hh.map((row) => row.map((w) => scale * w)) };
}

/** Return all states of a plain RNN over a sequence (T, I), from zeros. */
export function rnnForward(xs, p) {
  let h = p.weight_hh[0].map(() => 0);
  return xs.map((x) => (h = preactivations(x, h, p).map(Math.tanh)));
}

const identity = (size) => Array.from({ length: size }, (_, k) => Array.from({ length: size }, (_, j) => (j === k ? 1 : 0)));

/** Return the norm of d h_T / d x_t for each step t of a plain RNN, first to last. */
export function rnnNorms(xs, p) {
  let dh = identity(p.weight_hh.length); // d h_T / d h_t, a row for each unit of h_T
  return rnnForward(xs, p)
    .reverse()
    .map((h) => {
      const da = dh.map((row) => row.map((value, k) => value * (1 - h[k] ** 2)));
      dh = product(da, p.weight_hh);
      return norm(product(da, p.weight_ih));
    })
    .reverse();
}

/** Return d h_T / d a_t, (H, 4H), and d h_T / d c_t, (H, H), from what arrives at h_t and c_t. */
function lstmBackward(dh, dcLater, { cPrev, i, f, g, o, tanhC }) {
  const dc = dcLater.map((row, r) => row.map((value, k) => value + dh[r][k] * o[k] * (1 - tanhC[k] ** 2)));
  const da = dc.map((row, r) => [
    ...row.map((value, k) => value * g[k] * i[k] * (1 - i[k])),
    ...row.map((value, k) => value * cPrev[k] * f[k] * (1 - f[k])),
    ...row.map((value, k) => value * i[k] * (1 - g[k] ** 2)),
    ...dh[r].map((value, k) => value * tanhC[k] * o[k] * (1 - o[k])),
  ]);
  return { da, dc };
}

/** Return the norm of d h_T / d x_t for each step t of an LSTM, first to last. */
export function lstmNorms(xs, p) {
  let dh = identity(p.weight_hh[0].length);
  let dcLater = dh.map((row) => row.map(() => 0));
  return lstmForward(xs, p)
    .reverse()
    .map((step) => {
      const { da, dc } = lstmBackward(dh, dcLater, step);
      dh = product(da, p.weight_hh);
      dcLater = dc.map((row) => row.map((value, k) => value * step.f[k]));
      return norm(product(da, p.weight_ih));
    })
    .reverse();
}

/** Return norms relative to the last. */
export const relative = (norms) => norms.map((size) => size / norms.at(-1));

/** Return what reaches each word in both networks, relative to the last word: { rnn, lstm }. */
export function reached(texts, made, { bias, radius }) {
  const xs = texts.map((word) => embedded(word, made.rnn.weight_ih[0].length));
  return { rnn: relative(rnnNorms(xs, withRadius(made.rnn, radius))), lstm: relative(lstmNorms(xs, withForgetBias(made.lstm, bias))) };
}

/** Return how much ink a word gets: what reaches it, and never more than the last word. */
export const ink = (share) => Math.min(1, share);

/** Return how many words can still be heard. */
export const heard = (shares) => shares.filter((share) => share >= HEARD).length;

/** Return how many words get so much that the last word is drowned. */
export const loud = (shares) => shares.filter((share) => share > LOUD).length;

const SMALL = [
  [1e-3, "thousandth"],
  [1e-6, "millionth"],
  [1e-9, "billionth"],
];

/** Return a part of something in words, with at most two digits: "31 % of it", "less than a millionth of it", "12 times it". */
export function share(part, whole = "") {
  const of = whole && ` of ${whole}`;
  if (part >= 1.05) return `${part >= 1e3 ? "over a thousand" : Number(part.toPrecision(2))} times ${whole || "as much"}`;
  if (part >= 0.995) return `just ${whole || "as much"}`;
  if (part >= 1e-3) return `${Number((100 * part).toPrecision(part < 0.01 ? 1 : 2))}\u00a0%${of}`;
  return `less than a ${SMALL.findLast(([size]) => part < size)[1]}${of}`;
}

/** Return in words what one network does, beside one that explodes. */
function clause(name, shares) {
  const many = shares.length;
  const drowning = `${name} explodes: ${loud(shares)} of ${many} words get over twice what the last word gets, up to ${share(Math.max(...shares))}.`;
  const hearing = `${name} still hears ${heard(shares) === many ? `all ${many}` : `${heard(shares)} of ${many}`} words; the first gets ${share(shares[0], "what the last gets")}.`;
  return loud(shares) ? drowning : hearing;
}

/** Return in words how much is still heard or drowned, and how much reaches the first word. */
export function told({ rnn, lstm }) {
  const many = rnn.length;
  if (many === 0) return "There is no word yet. Type a sentence.";
  if (many === 1) return "One word, and nothing to remember. Type some more.";
  if (loud(rnn) || loud(lstm)) return [clause("The plain RNN", rnn), clause("The LSTM", lstm)].join(" ");
  const [byRnn, byLstm] = [rnn, lstm].map((shares) => (heard(shares) === many ? `all ${many}` : heard(shares)));
  const apart = `The plain RNN still hears ${heard(rnn) === many ? byRnn : `${byRnn} of ${many}`} words, the LSTM ${byLstm}. `;
  return (
    (heard(rnn) + heard(lstm) === 2 * many ? `Both networks still hear all ${many} words. ` : apart) +
    `In the RNN the first word gets ${share(rnn[0], "what the last word gets")}, in the LSTM ${share(lstm[0])}.`
  );
}

const LINES = [
  { key: "rnn", name: "What reaches a plain RNN", colour: "h" },
  { key: "lstm", name: "What reaches an LSTM", colour: "f" },
];

/**
 * Return a line of words. The inked words are a picture, written by the style sheet from `data-still`;
 * beside it stands the whole sentence as text, for screen readers, and the field below shows it in full ink.
 */
function line({ name, colour }) {
  const whole = html("span", { class: "live-front-whole" });
  const inked = html("span", { "aria-hidden": "true" });
  const title = html("p", { class: "live-front-name" }, html("span", { "data-still": name }, name));
  const node = html("div", { class: colour }, title, html("p", { class: "live-front-words" }, whole, inked));
  const show = (texts, shares) => {
    whole.textContent = texts.join(" ");
    const spans = texts.map((text, k) =>
      html("span", { "data-still": text, class: shares[k] > LOUD && "live-front-loud", style: `--ink: ${ink(shares[k]).toFixed(3)}` }),
    );
    inked.replaceChildren(...spans.flatMap((span) => [span, " "]));
  };
  return { node, show };
}

/** Return the field in which a reader types; what is typed is only ever text. */
function field({ model, follow, put }) {
  const id = newId(NAME);
  const quiet = { autocomplete: "off", spellcheck: "false", "data-lm-suppress-shortcuts": "true" };
  const input = html("input", { type: "text", id, maxlength: 240, placeholder: "Type your own", ...quiet });
  input.addEventListener("input", () => put("sentence", input.value));
  follow(["sentence"], () => {
    if (input.value !== model.get("sentence")) input.value = model.get("sentence");
  });
  return html("div", { class: "live-control live-front-field" }, html("label", { for: id }, "Your sentence"), input);
}

function render({ model, el }) {
  const { follow, slider, put, close } = open(model, NAME);
  const made = networks(NETWORK);
  const lines = LINES.map((known) => ({ key: known.key, ...line(known) }));
  const status = html("p", { class: "live-status live-front-status", role: "status" });
  const bias = slider("bias", { label: "Forget gate of the LSTM", min: -2, max: 6, step: 0.1, ink: "f", say: (b) => `bias ${b.toFixed(1).replace("-", "−")}` });
  const radius = slider("radius", { label: "Weights of the RNN", min: 0.2, max: 2, step: 0.05, ink: "h", say: (r) => `radius ${r.toFixed(2)}` });
  follow(["sentence", "bias", "radius"], () => {
    const texts = words(model.get("sentence"));
    const shares = texts.length ? reached(texts, made, { bias: model.get("bias"), radius: model.get("radius") }) : { rnn: [], lstm: [] };
    for (const { key, show } of lines) show(texts, shares[key]);
    status.textContent = told(shares);
  });
  const controls = html("div", { class: "live-controls" }, bias, radius, field({ model, follow, put }));
  el.append(html("div", { class: "live-figure live-front" }, ...lines.map(({ node }) => node), status, controls));
  return close;
}

export default { render };
