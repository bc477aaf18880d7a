// Networks that the tests of the reader read with: small random ones, and the one of the page.
import { readFileSync } from "node:fs";

import { readModel } from "../../book/_static/live/reader-model.mjs";

const WORDS = "<pad> <unk> , . ! it is was a the film not good bad wonderful terrible but and acting story so very".split(" ");

const JUDGED = [
  { on: "reviews", texts: 2482, tokens: [60, 700], accuracy: 0.8581, bag: 0.8644 },
  { on: "sentences", texts: 853, tokens: [8, 40], accuracy: 0.61, bag: 0.6 },
];

/** Return numbers between -1 and 1 that look random and are the same every time. */
export function dice(seed) {
  let state = seed;
  return () => ((state = (state * 48271) % 2147483647) / 2147483647) * 2 - 1;
}

/** Return a network of odd sizes with random weights; large recurrent ones remember long. */
export function network({ seed = 1, recurrent = 0.5, V = 23, E = 5, H = 7, A = 3 } = {}) {
  const roll = dice(seed);
  const draw = (count, size) => Float64Array.from({ length: count }, () => size * roll());
  return {
    ...{ V, E, H, embedding: draw(V * E, 2), scale: draw(V, 1), inputs: draw(4 * H * E, 1) },
    ...{ recurrent: draw(4 * H * H, recurrent), bias: draw(4 * H, 1), key: draw(A * H, 2), keyBias: draw(A, 1) },
    ...{ query: draw(A, 3), head: draw(H, 3), headBias: 0.3, projected: new Float64Array(V * 4 * H), known: new Uint8Array(V) },
    ...{ index: new Map(WORDS.slice(0, V).map((token, number) => [token, number])), maxTokens: 60 },
    ...{ bag: { weights: draw(V, 2), scale: 0.5, bias: 0.2 }, judged: JUDGED, hardest: [] },
  };
}

/** Return the network of the page. */
export const real = () => {
  const bytes = readFileSync(new URL("../../book/_static/live/reader.bin", import.meta.url));
  return readModel(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
};
