// What is found for which words: the settings of the search, and MiniSearch at work with them.

const courseSearch = (() => {
  // How much a match counts: by where in a section it stands, by where in the course the section
  // stands (the road before studies, appendix and API), and for parts that only repeat or list.
  const FIELDS = { subject: 6, marked: 2, page: 1, text: 1, names: 2 };
  const PLACES = { road: 1.4, study: 1, appendix: 0.4, api: 0.05 };
  const NAMED = { api: 1 }; // where somebody asks for a name, such as LSTMCell or batch_first
  const SHARE = 1; // how much it counts that all words of a question are found: the power of their share
  const EXACT = 2; // the title, or what stands before its colon, is just what was asked for
  const REPEATS = /^(Exercises|Check yourself|Summary|Sources|Bibliography|The failure we carry in|What (this|is) .*(fix|show|say|open))$/;
  const REPEATED = 0.4;

  // One spelling and one word for what is the same. Left: how a word begins; right: how it counts.
  const SPELLINGS = {
    backpropogat: "backpropagat", behavior: "behaviour", center: "centre", color: "colour",
    generaliz: "generalis", initializ: "initialis",
    labeled: "labelled", labeling: "labelling", learned: "learnt", memoriz: "memoris", modeling: "modelling",
    neighbor: "neighbour", normaliz: "normalis", optimiz: "optimis", quantiz: "quantis",
    recurent: "recurrent", regulariz: "regularis",
    summariz: "summaris", tokeniz: "tokenis", vectoriz: "vectoris", visualiz: "visualis",
  };
  // What a question may say with other words than the course. Added to it, at half their weight.
  const SYNONYMS = {
    bptt: "backpropagation through time", initialisation: "start", leakage: "leak", recurrent: "rnn",
    rnn: "recurrent network", tbptt: "truncated backpropagation", tokeniser: "token",
  };
  // Words that say nothing of a subject: not looked for, and not in the index.
  const EMPTY = new Set(
    `a also an and are as at be because been between but by can code could did do does each example explain explained for
    from get had has have her here his how i if in into is it its just like make many me more most much my no of on or our
    out own s she should so some such t than that the their them then there these they this those to too up us use used
    using versus very vs was we were what when where which while who why will with would you your`.split(/\s+/),
  );

  // A word as the index holds it: one spelling, small letters, without the commonest endings.
  const OTHER_SPELLING = new RegExp(`^(${Object.keys(SPELLINGS).join("|")})`);
  const stem = (word) => {
    word = word.replace(OTHER_SPELLING, (other) => SPELLINGS[other]);
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
  const WORD = /[\p{L}\p{N}_.]*[\p{L}\p{N}_]/gu;
  const words = (text) => text.match(WORD) ?? [];
  const plain = (word) => word.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/^[._]+|[._]+$/g, "");
  // A name of code counts whole, from each of its dots on, and in its parts.
  const terms = remembered((word) => {
    const whole = plain(word);
    if (EMPTY.has(whole)) return [];
    const parts = whole.split(/[._]+/).filter(Boolean);
    const dots = [...whole.matchAll(/\./g)].map(({ index }) => whole.slice(index + 1));
    return [...new Set(parts.length > 1 ? [whole, ...dots, ...parts] : parts)].map(stem);
  });

  const IS_NAME = /[a-z][._][a-z]|[a-z][A-Z]|[A-Z]{2}[a-z]{2}/;
  const subjectOf = (text) =>
    words(text).flatMap((word) => terms(word).slice(0, 1)).join(" ");
  const synonyms = new Map(Object.entries(SYNONYMS).map(([word, same]) => [stem(word), words(same).flatMap(terms)]));

  // Pages with a row for each document, from the columns that they come in: see `packed`.
  const anchorOf = (title) => title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^[-0-9]+|-+$/g, "");
  const unpacked = ([pages, ...columns]) => {
    let at = 0;
    const row = () => {
      const [anchor, number, title, ...rest] = columns.map((column) => column[at]);
      at += 1;
      return [anchor ?? anchorOf(title), number, Number.isInteger(title) ? anchor.slice(-title) : title, ...rest];
    };
    return pages.map(([path, place, count]) => [path, place, Array.from({ length: count }, row)]);
  };

  // Of all pages an engine: `fill(milliseconds)` indexes sections for about so long, the road first,
  // and says whether all are in; `search(query)` finds what is in, the best first.
  const engine = (pages) => {
    const known = new Set(); // all terms of the index
    const order = Object.keys(PLACES);
    const documents = [...pages]
      .sort(([, one], [, other]) => order.indexOf(one) - order.indexOf(other))
      .flatMap(([path, place, rows]) =>
        rows.map(([anchor, number, title, text, marked, ownNames]) => {
          // An object of the package is found by its whole name, too, which is its anchor.
          const names = place === "api" && anchor.startsWith("unrolled.") ? `${ownNames} ${anchor}` : ownNames;
          // A page's title is the field's word, a colon, and a question: the word is what it is about.
          const [subject, question = ""] = anchor ? [title] : title.split(/:(.*)/s);
          const fields = { subject, page: anchor ? rows[0][2] : question, text, marked, names };
          return { path, place, anchor, number, title, page: rows[0][2], text, fields };
        }),
      )
      .map((document, id) => ({ id, ...document }));
    // The glossary says a word in a sentence; who asks for just that word gets the chapter first.
    const subjectAt = remembered((id) => {
      const { title, place } = documents[id];
      return place === "appendix" ? "" : subjectOf(title.split(":")[0]);
    });
    const index = new MiniSearch({
      fields: Object.keys(FIELDS),
      extractField: (document, name) => document.fields?.[name] ?? document[name],
      storeFields: ["place", "title"],
      tokenize: (text) => words(text).flatMap(terms),
      processTerm: (term) => (known.add(term), term),
      searchOptions: {
        boost: FIELDS,
        tokenize: (text) => text.split(" "),
        processTerm: (term) => term,
      },
    });
    let filled = 0;
    const fill = (milliseconds) => {
      const start = performance.now();
      while (filled < documents.length && performance.now() - start < milliseconds) index.add(documents[filled++]);
      return filled === documents.length;
    };

    // A word that stands nowhere counts as the nearest one that does; the last may be unfinished.
    const mended = (term, isLast) => {
      if (known.has(term) || term.length < 4 || (isLast && begins(term))) return term;
      const near = index.search(term, { fuzzy: 0.25, fields: ["subject", "marked", "text"] });
      return near[0]?.terms[0] ?? term;
    };
    const begins = (term) => [...known].some((other) => other.startsWith(term));

    // The terms of a question: each with the place of its word, and how much it counts.
    const asked = (query) => {
      const telling = words(query).map(terms).filter((found) => found.length);
      return telling.flatMap(([first, ...parts], of) => {
        const whole = parts.length ? first : mended(first, of === telling.length - 1);
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
        boostTerm: (term, at) => wanted[at].weight,
        boostDocument: (id, term, { place, title }) =>
          named[place] * (REPEATS.test(title) ? REPEATED : 1) * (subject && subject === subjectAt(id) ? EXACT : 1),
      });
      const ofTerm = new Map(wanted.map(({ term, of }) => [term, of]));
      const share = ({ queryTerms }) => new Set(queryTerms.map((term) => ofTerm.get(term))).size / new Set(places).size;
      return found
        .map((one) => ({ ...documents[one.id], score: one.score * share(one) ** SHARE, terms: new Set(one.terms) }))
        .sort((one, other) => other.score - one.score);
    };
    return { fill, search };
  };

  // The part of a text that holds most of what was found, in pieces: [text, was it found?].
  const LONGEST = 190; // characters
  const BEFORE = 70; // of them at most before the first word that was found
  const excerpt = (text, found) => {
    const hits = [];
    for (const { 0: word, index } of text.matchAll(WORD)) {
      const term = terms(word).find((one) => found.has(one));
      if (term) hits.push({ from: index, to: index + word.length, term });
    }
    const worth = ({ from }) =>
      new Set(hits.filter((hit) => hit.from >= from && hit.to < from + LONGEST - BEFORE).map(({ term }) => term)).size;
    const first = hits.reduce((best, hit) => (worth(hit) > worth(best) ? hit : best), hits[0] ?? { from: 0 });
    // It begins with a sentence if one begins near, else with a word.
    const near = Math.max(0, first.from - BEFORE);
    const sentence = [...text.slice(near, first.from).matchAll(/(?:^|[.?!:] )(?=[\p{Lu}“])/gu)].at(-1);
    const word = near ? text.indexOf(" ", near) + 1 : 0;
    const start = sentence && (near === 0 || sentence[0]) ? near + sentence.index + sentence[0].length : word;
    const end = start + LONGEST < text.length ? text.lastIndexOf(" ", start + LONGEST) : text.length;
    const pieces = [[start ? "… " : "", false]];
    let at = start;
    for (const { from, to } of hits.filter((hit) => hit.from >= start && hit.to <= end)) {
      pieces.push([text.slice(at, from), false], [text.slice(from, to), true]);
      at = to;
    }
    pieces.push([text.slice(at, end), false], [end < text.length ? " …" : "", false]);
    return pieces.filter(([piece]) => piece);
  };

  return { engine, excerpt, unpacked };
})();
