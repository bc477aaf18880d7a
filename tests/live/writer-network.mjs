// A network that the tests of the writer write with: small, random, the same every time.
import { dice } from "./reader-network.mjs";

export const ALPHABET = Array.from("\n !'\"-.?abcdeT");

/** Return a network of odd sizes with random weights. */
export function network({ seed = 1, E = 5, H = 7, alphabet = ALPHABET } = {}) {
  const roll = dice(seed);
  const draw = (count, size) => Float64Array.from({ length: count }, () => size * roll());
  const V = alphabet.length;
  return {
    ...{ V, E, H, embedding: draw(V * E, 2), scale: draw(V, 1), inputs: draw(4 * H * E, 1), recurrent: draw(4 * H * H, 0.7) },
    ...{ bias: draw(4 * H, 1), head: draw(V * H, 3), headBias: draw(V, 1), projected: new Float64Array(V * 4 * H), known: new Uint8Array(V) },
    ...{ header: {}, tokens: alphabet, index: new Map(alphabet.map((token, number) => [token, number])) },
  };
}
