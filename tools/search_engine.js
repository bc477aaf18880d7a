// What is found for which words: the settings of the search, and MiniSearch at work with them.

const courseSearch = (() => {
  // How much a match counts: by where in a section it stands, by where in the course the section
  // stands (the road before studies, appendix and API), and for parts that only repeat or list.
  const FIELDS = { title: 5, marked: 3, page: 1, text: 1, names: 2 };
  const PLACES = { road: 1.4, study: 1, appendix: 0.6, api: 0.15 };
  const NAMED = { api: 1 }; // where somebody asks for a name, such as LSTMCell or batch_first
  const EXACT = 2; // the title, or what stands before its colon, is just what was asked for
  const REPEATS = /^(Exercises|Check yourself|Summary|Sources|Bibliography|The failure we carry in|What (this|is) .*(fix|show|say|open))$/;
  const REPEATED = 0.4;

  // One spelling and one word for what is the same. Left: how a word begins; right: how it counts.
  const SPELLINGS = {
    behavior: "behaviour", center: "centre", color: "colour", generaliz: "generalis", initializ: "initialis",
    labeled: "labelled", labeling: "labelling", learned: "learnt", memoriz: "memoris", modeling: "modelling",
    neighbor: "neighbour", normaliz: "normalis", optimiz: "optimis", quantiz: "quantis", regulariz: "regularis",
    summariz: "summaris", tokeniz: "tokenis", vectoriz: "vectoris", visualiz: "visualis",
  };
  // What a question may say with other words than the course. Added to it, at half their weight.
  const SYNONYMS = {
    bptt: "backpropagation through time", initialisation: "start", rnn: "recurrent network", tbptt: "truncated backpropagation",
    tokeniser: "token",
  };
  // Words of a question that say nothing of its subject.
  const EMPTY = new Set(
    "a an and are as at be between by can could did do does for from get has have how i if in is it its me my of on or s should t than that the their them there these they this to use used using versus vs was what when where which who why will with would you your".split(" "),
  );

  // A word as the index holds it: one spelling, small letters, without the commonest endings.
  const stem = (word) => {
    for (const [other, ours] of Object.entries(SPELLINGS)) {
      if (word.startsWith(other)) word = ours + word.slice(other.length);
    }
    if (/[._\d]/.test(word)) return word;
    if (word.length > 3) word = word.replace(/([^su])s$/, "$1");
    if (word.length > 6) word = word.replace(/is(ation|er|ed|ing|e)$/, "is");
    if (word.length > 5) word = word.replace(/(ing|ed)$/, "").replace(/([bdgmnprt])\1$/, "$1");
    return word.length > 4 ? word.replace(/e$/, "") : word;
  };
  const remembered = (of) => {
    const known = new Map();
    return (word) => known.get(word) ?? (known.set(word, of(word)), known.get(word));
  };
  const words = (text) => text.match(/[\p{L}\p{N}_.]*[\p{L}\p{N}_]/gu) ?? [];
  const plain = (word) => word.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/^[._]+|[._]+$/g, "");
  // A name of code counts whole and in its parts.
  const terms = remembered((word) => {
    const whole = plain(word);
    const parts = whole.split(/[._]+/).filter(Boolean);
    return (parts.length > 1 ? [whole, ...parts] : parts).map(stem);
  });

  const IS_NAME = /[a-z][._][a-z]|[a-z][A-Z]|[A-Z]{2}[a-z]{2}/;
  const subjectOf = (text) =>
    words(text).filter((word) => !EMPTY.has(plain(word))).map((word) => terms(word)[0]).join(" ");
  const synonyms = new Map(Object.entries(SYNONYMS).map(([word, same]) => [stem(word), words(same).flatMap(terms)]));

  const engine = (pages) => {
    const known = new Set(); // all terms of the index
    const documents = [];
    for (const [path, place, rows] of pages) {
      for (const [anchor, number, title, text, marked, ownNames] of rows) {
        // An object of the package is found by its whole name, too, which is its anchor.
        const isObject = place === "api" && /^unrolled\./.test(anchor);
        const names = isObject ? `${ownNames} ${anchor}` : ownNames;
        const page = anchor ? rows[0][2] : "";
        documents.push({ id: documents.length, path, place, page, anchor, number, title, text, marked, names });
      }
    }
    // The glossary says a word in a sentence; who asks for just that word gets the chapter first.
    const subjects = documents.map(({ title, place }) => (place === "appendix" ? "" : subjectOf(title.split(":")[0])));
    const index = new MiniSearch({
      fields: Object.keys(FIELDS),
      storeFields: ["place", "title"],
      tokenize: (text) => words(text).flatMap(terms),
      processTerm: (term) => (known.add(term), term),
      searchOptions: {
        boost: FIELDS,
        tokenize: (text) => text.split(" "),
        processTerm: (term) => term,
      },
    });
    index.addAll(documents);

    // The terms of a question: each with the place of its word, and how much it counts.
    const asked = (query) => {
      const all = words(query);
      const telling = all.filter((word) => !EMPTY.has(plain(word)));
      return (telling.length ? telling : all).flatMap((word, of) => {
        const [whole, ...parts] = terms(word);
        const less = [...parts, ...(synonyms.get(whole) ?? [])].map((term) => ({ term, of, weight: 0.5 }));
        return [{ term: whole, of, weight: 1 }, ...less];
      });
    };

    const search = (query) => {
      const wanted = asked(query);
      const last = wanted.findLastIndex(({ weight }) => weight === 1);
      const places = wanted.map(({ of }) => of);
      const named = IS_NAME.test(query) ? { ...PLACES, ...NAMED } : PLACES;
      const subject = subjectOf(query);
      const found = index.search(wanted.map(({ term }) => term).join(" "), {
        prefix: (term, at) => at === last && term.length > 1,
        fuzzy: (term) => (known.has(term) || term.length < 4 ? false : 0.25),
        boostTerm: (term, at) => wanted[at].weight,
        boostDocument: (id, term, { place, title }) =>
          named[place] * (REPEATS.test(title) ? REPEATED : 1) * (subject && subject === subjects[id] ? EXACT : 1),
      });
      const ofTerm = new Map(wanted.map(({ term, of }) => [term, of]));
      const share = ({ queryTerms }) => new Set(queryTerms.map((term) => ofTerm.get(term))).size / new Set(places).size;
      return found
        .map((one) => ({ ...documents[one.id], score: one.score * share(one) ** 2, terms: new Set(one.terms) }))
        .sort((one, other) => other.score - one.score);
    };
    return { search, size: documents.length };
  };

  // The part of a text that holds most of what was found, in pieces: [text, was it found?].
  const LONGEST = 200; // characters
  const excerpt = (text, found) => {
    const hits = [];
    for (const match of text.matchAll(/[\p{L}\p{N}_.]*[\p{L}\p{N}_]/gu)) {
      const term = terms(match[0]).find((one) => found.has(one));
      if (term) hits.push({ from: match.index, to: match.index + match[0].length, term });
    }
    const within = (first) => hits.filter(({ from, to }) => from >= first.from && to <= first.from + LONGEST * 0.75);
    const worth = (first) => new Set(within(first).map(({ term }) => term)).size;
    let best = { from: 0 };
    for (const hit of hits) if (!("to" in best) || worth(hit) > worth(best)) best = hit;
    // It begins with a sentence if one begins near, else with a word.
    const before = text.slice(0, best.from);
    const sentence = Math.max(...[". ", "? ", "! ", ": "].map((end) => before.lastIndexOf(end) + end.length), 0);
    let start = best.from - sentence < LONGEST / 2 && (sentence > 1 || best.from < LONGEST / 2) ? sentence : best.from - LONGEST / 4;
    if (before.slice(0, start).trim() === "" || best.from < LONGEST / 2 && sentence < 2) start = 0;
    if (start !== sentence && start) start = text.indexOf(" ", Math.max(0, start)) + 1;
    let end = Math.min(text.length, start + LONGEST);
    if (end < text.length) end = text.lastIndexOf(" ", end);
    const pieces = [[start ? "… " : "", false]];
    let at = start;
    for (const { from, to } of hits) {
      if (from < start || to > end) continue;
      pieces.push([text.slice(at, from), false], [text.slice(from, to), true]);
      at = to;
    }
    pieces.push([text.slice(at, end) + (end < text.length ? " …" : ""), false]);
    return pieces.filter(([piece]) => piece);
  };

  return { engine, excerpt };
})();
