// What the reader's figure says: each sentence follows from the state and what is derived of it.
import { rounded, sigmoid, signed } from "./kit.mjs";
import { weight } from "./reader-model.mjs";

/** Return the probability of praise that a logit stands for. */
export const probability = sigmoid;

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

/** Return a whole number with its thousands apart, and a token that fits under a drawing. */
export const grouped = (n) => n.toLocaleString("en-GB");
export const shortened = (token) => (token.length > 13 ? `${token.slice(0, 12)}…` : token);

/** Return the sentence for a text of which no word is known: there is no answer then. */
export function unanswered(words) {
  if (words === 0) return "No answer: there is no word in this text, only marks.";
  const none = words === 1 ? "does not know the one word of this text" : `knows none of the ${words} words of this text`;
  return `No answer: the model ${none}. Unknown words are all one and the same word to it.`;
}

/** Return what is said of a text of which little is known, fewer than three different words or less than half of them; else nothing. */
export function littleKnown({ words, known }) {
  if (known >= 3 && 2 * known >= words) return "";
  const few = known === words ? `It has only ${known} word${known === 1 ? "" : "s"} to go by` : `It knows only ${known} of ${words} different words`;
  return `${few}: give the number little weight.`;
}

const last = ({ ids, into }) => probability(into.logit[ids.length - 1]);

// Each of these returns one sentence of the answer, or nothing where there is nothing to say.

function theAnswer(state, derived) {
  const n = derived.ids.length;
  return `: the probability that it is positive is ${plain(last(derived))}, after ${grouped(n)} token${n > 1 ? "s" : ""}.`;
}

const howLittle = (state, { counted }) => littleKnown(counted);

function whatMovesIt(state, { tokens, counted, rest, most }) {
  if (most === null || counted.known <= 1) return "";
  return `“${shortened(tokens[most])}” moves it most: without it, ${plain(probability(rest[most]))}.`;
}

function theLabel({ network }, { real }) {
  return real < 0 ? "" : `The label of this review says: ${network.hardest[real].label ? "praise" : "blame"}.`;
}

const beforeTheEdit = ({ earlier }, { where }) => where && `Before this edit: ${plain(last(earlier))}.`;

function withAGateHeld({ clamp }, { ids, held }) {
  return held && `With ${clamp} in all units it would be ${plain(probability(held.logit[ids.length - 1]))}.`;
}

function whatIsUnknown({ network }, { tokens }) {
  const unknown = [...new Set(tokens.filter((token) => !network.index.has(token)))];
  const named = unknown.slice(0, 3).map((token) => `“${shortened(token)}”`).join(", ");
  return unknown.length && `Unknown to it: ${named}${unknown.length > 3 ? ` and ${unknown.length - 3} more` : ""}.`;
}

function whatIsNotRead(state, { ids, total }) {
  const [n, head] = [ids.length, ids.length >> 1];
  return total > n && `Of ${grouped(total)} tokens it reads the first ${head} and the last ${n - head}.`;
}

const SENTENCES = [theAnswer, howLittle, whatMovesIt, theLabel, beforeTheEdit, withAGateHeld, whatIsUnknown, whatIsNotRead];

/** Return the answer: a word for it with its ink, if there is an answer, and what is said after it. */
export function answer(state, derived) {
  const { written, counted } = derived;
  if (!written.length) return { told: "Type a few words: the model answers after each of them." };
  if (!counted.known) return { told: unanswered(counted.words) };
  const p = last(derived);
  const told = SENTENCES.map((sentence) => sentence(state, derived)).filter(Boolean);
  return { word: side(p), ink: p < 0.4 ? "f" : p > 0.6 ? "o" : "ink", told: told.join(" ") };
}

const NOTHING = 0.1; // what a word adds to the bag's logit at most, if it tells the bag nothing: as from 0.50 to 0.52

/** Say whether no word of a text tells the bag anything. */
const saysNothing = ({ bag: { weights, scale } }, ids) => ids.every((id) => Math.abs(weights[id] * scale) < NOTHING);

/** Return the sentence of what the bag answers, and why it is not the network's answer. */
function theBag(network, { ids, tokens, bag, twin }) {
  const says = `A bag of the same word${tokens.length > 1 ? "s" : ""} says ${plain(probability(bag.at(-1)))}`;
  if (twin) return `${says}, as it did when they stood in another order. The network said ${plain(last(twin))} then.`;
  if (saysNothing(network, ids)) return `${says}, as of no word at all: none of these tells it anything.`;
  return tokens.length > 1 ? `${says}: it does not know their order.` : `${says}.`;
}

/** Return what is said of the bag: whether it is on the other side, where neither is undecided; what leads the sentence then; and it. */
export function bagAnswer({ network }, derived) {
  if (!derived.ids.length) return { apart: false, lead: "", told: "" };
  const sides = [last(derived), probability(derived.bag.at(-1))].map(side);
  const apart = sides.includes("Negative") && sides.includes("Positive");
  return { apart, lead: apart ? "The two disagree. " : "", told: theBag(network, derived) };
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;

/** Return what tests say of texts about as long as one of so many tokens: the kind nearest in length, then the others; last what was set aside as hard. */
export function judgedOn({ judged }, total) {
  const far = ({ tokens: [low, high] }) => Math.max(low / Math.max(total, 1), total / high); // below 1 where it lies between
  const [nearest, ...others] = [...judged].sort((a, b) => !!a.aside - !!b.aside || far(a) - far(b));
  if (!nearest) return "";
  const { on, texts, tokens, accuracy, bag } = nearest;
  const [low, high] = tokens.map(grouped);
  const rest = others.map((one) => `Of ${grouped(one.texts)} test ${one.on}: ${percent(one.accuracy)}, the bag ${percent(one.bag)}.`);
  const outside = total > 0 && (total < tokens[0] ? "shorter" : total > tokens[1] ? "longer" : "");
  const told = `Of ${grouped(texts)} test ${on}, most with ${low} to ${high} tokens, it judges ${percent(accuracy)} rightly, the bag ${percent(bag)}.`;
  return [told, outside && `Your text is ${outside} than nearly all of these.`, ...rest].filter(Boolean).join(" ");
}

/** Return which word is looked at, for its slider. */
export function place({ tokens }, at) {
  return tokens.length ? `${grouped(at + 1)} of ${grouped(tokens.length)}: ${shortened(tokens[at])}` : "none";
}

/** Return what is said of the word looked at and, after it, of one unit. */
export function aboutWord({ network: { H }, clamp, unit }, { tokens, ids, into, at, held, shown, rest }) {
  if (!ids.length) return "";
  const gate = (k) => rounded(shown.gates[at * 4 * H + k * H + unit]);
  const c = (row) => signed(shown.c[row * H + unit]);
  const [all, left] = [into.logit[ids.length - 1], rest?.[at] ?? NaN].map((z) => plain(probability(z)));
  const moves = all === left ? `stays ${all}` : `goes from ${all} to ${left}`;
  const out = Number.isFinite(rest?.[at]) ? ` Left out, the probability ${moves}.` : "";
  return (
    `After “${shortened(tokens[at])}” the verdict is ${signed(into.verdict[at], 1)}, with weight ` +
    `${plain(weight(into, ids.length, at))}.${out} Unit ${unit}${held ? `, with ${clamp}` : ""}: ` +
    `i ${gate(0)}, f ${gate(1)}, g ${gate(2)}, o ${gate(3)}; c goes from ${c(at)} to ${c(at + 1)}.`
  );
}

/** Return how far the search has come for the word that moves the answer most. */
export function searching({ searched }, { ids }) {
  if (searched === null) return "";
  return `Leaving out one word at a time, to see what moves the answer: ${Math.floor((100 * searched) / ids.length)} % …`;
}
