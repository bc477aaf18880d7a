// The units of the reader's network: what each adds to the verdict, and in which order they stand.

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

/** Return the units, sorted, with the number that they are sorted by: 0 where no word is read. */
export function sorted(model, into, words, t, by) {
  const value = (unit) => (words ? SORTS[by].value(model, into, words, t, unit) : 0);
  const units = Array.from({ length: model.H }, (_, unit) => ({ unit, value: value(unit) }));
  return units.sort((a, b) => b.value - a.value || a.unit - b.unit);
}
