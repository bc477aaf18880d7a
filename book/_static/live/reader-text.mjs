// A text on its way to the reader's network, and what is known of it.

// The course's tokeniser, rule by rule as in unrolled.data.tokenizer. Python and JavaScript differ in what
// they call space, so both name it: that of Python.
export const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
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

/** Say whether a token is a word, a number or an emoji. */
export const isWord = (token) => WORD.test(token);

/** Say whether a token is a word that a model knows; a word has a letter or a digit, or is an emoji. */
export const isKnown = (model, token) => WORD.test(token) && model.index.has(token);

/** Return how many different words are among the tokens, and how many of these a model knows. */
export function knownWords(model, tokens) {
  const words = [...new Set(tokens)].filter((token) => WORD.test(token));
  return { words: words.length, known: words.filter((token) => isKnown(model, token)).length };
}

/** Return the first and the last tokens of a long text, as many in all as the model learnt with; an odd one goes to the end. */
export function keepEnds(tokens, most) {
  if (tokens.length <= most) return tokens;
  const head = most >> 1;
  return [...tokens.slice(0, head), ...tokens.slice(tokens.length - (most - head))];
}

/** Return the numbers of tokens; 1 is an unknown one. */
export const encode = (model, tokens) => Int32Array.from(tokens, (token) => model.index.get(token) ?? 1);

/** Say whether two lists hold the same tokens, each as often, in another order. */
export function reordered(one, other) {
  if (one.length !== other.length || one.every((token, k) => token === other[k])) return false;
  const [a, b] = [[...one].sort(), [...other].sort()];
  return a.every((token, k) => token === b[k]);
}

/** Return how many tokens two lists share at their beginning, and how many of the others at their end. */
export function sharedEnds(old, fresh) {
  const short = Math.min(old.length, fresh.length);
  let [head, tail] = [0, 0];
  while (head < short && old[head] === fresh[head]) head++;
  while (tail < short - head && old.at(-1 - tail) === fresh.at(-1 - tail)) tail++;
  return { head, tail };
}

/** Return at which place of a new list each token of an old one stands, or null if they share less than half. */
export function places(old, fresh) {
  const { head, tail } = sharedEnds(old, fresh);
  if (!old.length || !fresh.length || 2 * (head + tail) < Math.max(old.length, fresh.length)) return null;
  const [from, to] = [old.length - tail, fresh.length - tail];
  return old.map((_, k) => {
    if (k < head) return k;
    if (k >= from) return k - from + to;
    return head - 0.5 + ((k - head + 0.5) / (from - head)) * (to - head);
  });
}
