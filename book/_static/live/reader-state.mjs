// What the reader's figure shows, derived from its state. No page is needed to compute it.
import { CLAMPS, memory, run, runBag } from "./reader-model.mjs";
import { decode, encode, isKnown, keepEnds, knownWords, places, reordered, tokenise } from "./reader-text.mjs";
import { SORTS, sorted } from "./reader-units.mjs";

/**
 * Return the state that a figure begins with.
 *
 * `chosen` is what a reader sets: the text, the gate that is held (`clamp`), the word and the unit looked at,
 * and what the units are sorted by. The rest comes in the course of reading.
 */
export const begin = (network, width, chosen) => ({
  ...chosen,
  network,
  width, // room to draw in
  found: null, // the logit without each of the words, once it is found
  searched: null, // the word left out just now, if finding that takes long enough to be told
  earlier: null, // the reading of the text before this edit
  seen: [], // readings of earlier texts, the last one first
  typed: -Infinity, // when the last key was pressed, in ms
  fresh: false, // whether the next change of the text begins an edit
});

/** The move of the answer (as a logit) that gets full ink, in every text: as from 0.50 to 0.88. */
export const FULL = 2;

/** Return the ink of a word, from 0 to 100, by how far leaving it out moves the answer: one scale for all texts. */
export const shading = (moved) => Math.min(100, Math.round((100 * Math.abs(moved)) / FULL));

/** Return what a network makes of a text; without a word that it knows there are no `tokens`, and no answer. */
export function read(network, text) {
  const all = tokenise(decode(text));
  const written = keepEnds(all, network.maxTokens); // what stands in the line of words
  const counted = knownWords(network, written);
  const tokens = counted.known ? written : [];
  const known = [...tokens.keys()].filter((t) => isKnown(network, tokens[t]));
  const only = known.length === 1 ? known[0] : -1; // the place of the only word that is known; -1 if there are more
  const ids = encode(network, tokens);
  const into = memory(network, ids.length);
  run(network, ids, into);
  return { written, total: all.length, counted, only, tokens, ids, into };
}

/** Return the same words read with a gate held in all units; null if none is held, or no word read. */
function hold(network, { ids }, clamp) {
  if (CLAMPS[clamp] === null || !ids.length) return null;
  const held = memory(network, ids.length);
  run(network, ids, held, CLAMPS[clamp]);
  return held;
}

/** Return the logit without each word; NaN where none would be left that is known, and so no answer. */
function answersWithout({ only }, found) {
  return found && found.map((logit, t) => (t === only ? NaN : logit));
}

/** Return how far leaving each word out moves the answer, as a logit, and which one moves it `most`; null while that is not found. */
function moves({ only, ids, into }, rest) {
  if (rest === null || !ids.length) return { moved: null, most: null };
  const moved = Array.from(rest, (logit) => (Number.isNaN(logit) ? 0 : into.logit[ids.length - 1] - logit));
  const larger = (most, move, t) => (Math.abs(move) > Math.abs(moved[most]) ? t : most);
  return { moved, most: only >= 0 ? only : moved.reduce(larger, 0) };
}

/** Return the reading of an earlier text that has the same words in another order; null if there was none. */
const twinOf = (seen, { tokens }) => seen.find((one) => reordered(one.tokens, tokens)) ?? null;

/** Return which word is looked at: the one asked for, or the nearest that is there. */
export const nearest = (word, words) => Math.max(0, Math.min(word, words - 1));

/** Return a function that makes a value of what it needs, or takes it from `before` if it was made of the same there. */
function remembering(before, now) {
  return (name, make, ...needs) => {
    const old = before?.[name];
    const same = old?.needs.every((need, k) => Object.is(need, needs[k]));
    now[name] = same ? old : { needs, value: make(...needs) };
    return now[name].value;
  };
}

/**
 * Return all that is shown of a state, and nothing else: the same state gives the same.
 *
 * What was derived `before` only saves time: what hangs on the text alone is not read again for another word.
 */
export function derive(state, before = null) {
  const { network, text, clamp, sort } = state;
  const made = {};
  const once = remembering(before?.made, made);
  const reading = once("reading", read, network, text);
  const words = reading.ids.length;
  const at = nearest(state.word, words);
  const held = once("held", hold, network, reading, clamp);
  const shown = held ?? reading.into; // the run that the gates are shown of
  const rest = once("rest", answersWithout, reading, state.found);
  const order = (shown, words, by, t) => sorted(network, shown, words, t, by);
  return {
    ...reading,
    ...once("moves", moves, reading, rest),
    reading,
    made,
    at,
    held,
    shown,
    rest,
    where: once("where", (old, now) => old && places(old.tokens, now.tokens), state.earlier, reading), // of the earlier words
    order: once("order", order, shown, words, sort, SORTS[sort].whole ? 0 : at), // the units, as they stand from top to bottom
    twin: once("twin", twinOf, state.seen, reading), // the reading of a text of before with the same words in another order
    bag: once("bag", (ids) => runBag(network, ids), reading.ids), // what a bag of the words so far answers, as a logit
    real: network.hardest.findIndex((review) => review.text === text), // which of the real ones it is; -1 if none
  };
}
