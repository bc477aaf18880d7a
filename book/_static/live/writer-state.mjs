// What the writer's figure holds: a beginning, what the model has written to it, and what it expects next.
import { source } from "./network.mjs";
import { chosen, logits, openness, ranked, readAll, readOn, reading, shares } from "./writer-model.mjs";
import { decoded, encoded } from "./writer-text.mjs";

/** The most characters of a beginning that are read, and the most that are written to it. */
export const MOST = { beginning: 1000, written: 600 };

/** Return a writer that has written nothing yet; `settings` are those of the figure. */
export function writer(model, settings) {
  return begin({ model, read: reading(model, MOST.beginning + MOST.written) }, settings);
}

/** Begin with a text, and with a seed: what was written is gone. */
export function begin(state, settings) {
  const { ids, unknown } = encoded(state.model, settings.text);
  const kept = ids.slice(0, MOST.beginning);
  readAll(state.model, state.read, kept);
  const fresh = { begins: kept.length, left: ids.length - kept.length, unknown, draw: source(settings.seed), steady: true };
  return expect(Object.assign(state, fresh, { settings }));
}

/** Take over another temperature or top-p: what was written stays. */
export function set(state, settings) {
  const moved = state.settings.temperature !== settings.temperature || state.settings.topP !== settings.topP;
  state.steady &&= !(moved && written(state));
  state.settings = settings;
  return expect(state);
}

/** Find what is expected next: the model's own shares, and those with which a character is drawn. */
function expect(state) {
  const { temperature, topP } = state.settings;
  const scores = logits(state.model, state.read);
  state.own = shares(scores);
  state.drawn = shares(scores, temperature, topP);
  return state;
}

/** Return how many characters are written. */
export const written = ({ read, begins }) => read.length - begins;

/** Say whether no more will be written. */
export const full = (state) => written(state) >= MOST.written;

/** Write one character; return its number. */
export function write(state) {
  const id = chosen(state.drawn, state.draw());
  readOn(state.model, state.read, id);
  expect(state);
  return id;
}

/** Return the text that was written. */
export const writtenText = ({ model, read, begins }) => decoded(model, read.ids.subarray(begins, read.length));

/** Return the text that stands before it, as the model reads it. */
export const beginningText = ({ model, read, begins }) => decoded(model, read.ids.subarray(0, begins));

/**
 * Return the rows of the picture: the characters that the model finds most probable, with its own share and the one
 * with which each is drawn; and at the end what all others get together.
 */
export function rows({ model, own, drawn }, most) {
  const order = ranked(own);
  const row = (k) => ({ character: model.tokens[k], own: own[k], drawn: drawn[k] });
  const others = order.slice(most);
  const sum = (list) => others.reduce((total, k) => total + list[k], 0);
  return { top: order.slice(0, most).map(row), others: { count: others.length, own: sum(own), drawn: sum(drawn) } };
}

/** Return how many characters can be drawn, and among how many equally probable ones a choice would be as open. */
export const choice = ({ drawn }) => ({ possible: drawn.filter((p) => p > 0).length, open: openness(drawn) });
