// The LSTM of a model's file, fast enough to run while one types: nothing is allocated on its way.
import { sigmoid } from "./kit.mjs";

/** Return a matrix of a file, row by row: where it is held in 8 bits, each row times its scale, as PyTorch rounds it. */
export function rowsOf(header, found, name) {
  const [held, scale] = [found[name], found[`${name}.scale`]];
  const width = header.tensors[name].shape[1];
  return scale ? Float64Array.from(held, (value, k) => Math.fround(value * scale[Math.floor(k / width)])) : held;
}

/** Return an embedding of V tokens and the LSTM of H units that reads it, whose weights have names that begin with `name`. */
export function lstmOf(header, found, name) {
  const [V, E] = header.tensors["embedding.weight"].shape;
  const H = header.tensors[`${name}.weight_hh_l0`].shape[1];
  return {
    ...{ V, E, H },
    embedding: found["embedding.weight"],
    scale: found["embedding.scale"],
    inputs: rowsOf(header, found, `${name}.weight_ih_l0`), // (4H, E)
    recurrent: rowsOf(header, found, `${name}.weight_hh_l0`), // (4H, H)
    bias: Float64Array.from(found[`${name}.bias_ih_l0`], (value, k) => value + found[`${name}.bias_hh_l0`][k]), // (4H)
    projected: new Float64Array(V * 4 * H), // W x + b of each token that was read before
    known: new Uint8Array(V), // whether it was
  };
}

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

/**
 * Take one step of the LSTM: read the token `id` at place `t` of a memory.
 *
 * A memory has rows for states, `c` and `h`, the first of which is the start; and for `gates` either a row
 * for each step, or one row, which then holds those of the last step.
 */
export function step(model, id, t, into, clamp = null) {
  if (!model.known[id]) project(model, id);
  const { H, recurrent, projected } = model;
  const { gates, c, h } = into;
  const [now, next, from, block] = [t * H, (t + 1) * H, id * 4 * H, H * H];
  const place = gates.length > 4 * H ? t * 4 * H : 0;
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
