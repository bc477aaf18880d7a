// A text on its way to the network that writes: only characters of its alphabet are read.

// What a keyboard or another page writes otherwise than a plain text does; used where the alphabet lacks it.
const PLAIN = { "‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "--", "…": "...", "\t": " ", "\u00a0": " ", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ß": "ss" };
const ACCENTS = /\p{M}/gu;

/** Return what an alphabet writes for a character, or nothing where it has no way to. */
function plainOf(index, character) {
  if (index.has(character)) return character;
  const plain = PLAIN[character] ?? character.normalize("NFKD").replace(ACCENTS, "");
  return Array.from(plain).every((one) => index.has(one)) ? plain : "";
}

/**
 * Return what of a text a model reads: its numbers, and the characters that it does not know.
 *
 * Line breaks are those of any system; letters lose accents that the alphabet lacks, and marks become plain.
 */
export function encoded({ index }, text) {
  const [ids, unknown] = [[], new Set()];
  for (const character of text.replace(/\r\n?/g, "\n").normalize("NFC")) {
    const plain = plainOf(index, character);
    if (!plain) unknown.add(character);
    for (const one of plain) ids.push(index.get(one));
  }
  return { ids, unknown: [...unknown] };
}

/** Return the text of numbers. */
export const decoded = ({ tokens }, ids) => Array.from(ids, (id) => tokens[id]).join("");

const NAMES = { "\n": "new line", " ": "space" };

/** Return what a character is called in a drawing. */
export const named = (character) => NAMES[character] ?? character;

/** Return the same for a sentence: a character in quotation marks, or the name of one that cannot be seen. */
export const quoted = (character) => (NAMES[character] ? `a ${NAMES[character]}` : `“${character}”`);
