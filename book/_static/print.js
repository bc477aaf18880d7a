// While a page is printed: it is light, its folds are open, and what answers a question stands at
// the end. Each article has an end of its own, for the book (tools/book_pdf.py) is printed by this too.
{
  const ASKED = ".choice, details.answer, details.fold, .solution.admonition, .choice.check ~ .cell.tag_proof";
  const undo = [];
  let places = 0; // at the ends: each has an id of its own

  const make = (tag, attributes, ...children) => {
    const node = Object.assign(document.createElement(tag), attributes);
    node.append(...children);
    return node;
  };
  const swap = (node, other) => {
    node.replaceWith(other);
    undo.push(() => other.replaceWith(node));
    return node;
  };
  const add = (place, how, node) => {
    place[how](node);
    undo.push(() => node.remove());
  };
  const set = (node, key, value) => {
    const before = node[key];
    node[key] = value;
    undo.push(() => (node[key] = before));
  };
  const nothing = () => document.createComment("");
  const summary = (fold) => fold.querySelector("summary");
  /** Take away what a fold holds below its name, and return it. */
  const held = (fold) =>
    [...fold.childNodes].filter((node) => node !== summary(fold)).map((node) => swap(node, nothing()));
  const name = (words, tag = "p") => make(tag, { className: "on-paper-name" }, words);
  const pointer = (words, to) => {
    const link = make("a", { href: `#${to.id}` }, words);
    return make("p", { className: "on-paper-pointer" }, link, " stands at the end, under “Answers and solutions”.");
  };

  /** Move the reasons of a question's options, and the answer below it. */
  const ofChoice = (box, number, to) => {
    add(box, "prepend", name(`Question ${number}`, "div"));
    const options = [...box.querySelectorAll(":scope > details")];
    const right = options.findIndex((option) => option.matches(".right"));
    const reason = (option) => {
      const told = make("strong", {}, ...summary(option).cloneNode(true).childNodes);
      return make("li", {}, make("p", {}, told), ...held(option));
    };
    to.append(name(`Question ${number}: ${String.fromCharCode(97 + right)} is right.`), make("ol", {}, ...options.map(reason)));
    const answer = box.nextElementSibling;
    if (!answer?.matches("details.answer")) return;
    swap(answer, pointer(`The answer to question ${number}`, to));
    to.append(...held(answer));
  };

  /** Move what answers the questions of an article to its end. */
  const answersLast = (article) => {
    const end = make("section", {}, make(article.querySelector("section > h1") ? "h2" : "h3", {}, "Answers and solutions"));
    let number = 0;
    for (const node of article.querySelectorAll(ASKED)) {
      if (node.matches(".answer") && node.closest("article") !== article) continue; // gone with its question
      if (node.matches(".fold") && summary(node).textContent.trim() !== "Answer") continue;
      const to = make("div", { className: "on-paper-item", id: `on-paper-${++places}` });
      if (node.matches(".cell")) to.append(swap(node, nothing()));
      else if (node.matches(".solution")) to.append(swap(node, pointer("The solution", to)));
      else if (node.matches(".choice")) ofChoice(node, ++number, to);
      else {
        const proof = node.nextElementSibling;
        swap(node, pointer(`Answer ${++number}`, to));
        to.append(name(`Answer ${number}`), ...held(node));
        if (proof?.matches(".cell.tag_proof")) to.append(swap(proof, nothing()));
      }
      end.append(to);
    }
    if (end.children.length > 1) add(article, "append", end);
  };

  const restore = () => {
    while (undo.length) undo.pop()();
  };
  addEventListener("beforeprint", () => {
    restore();
    places = 0;
    set(document.documentElement.dataset, "theme", "light");
    // The browser loads what is still to come of what is shown, and waits; so show it all. (An option
    // stays shut: to open one is to guess.)
    for (const fold of document.querySelectorAll("article details:not(.choice > details)")) set(fold, "open", true);
    for (const still of document.querySelectorAll(".live-stills")) {
      const style = still.getAttribute("style");
      still.setAttribute("style", `${style}; display: block`);
      undo.push(() => still.setAttribute("style", style));
    }
    const articles = document.querySelectorAll("article.bd-article");
    for (const article of articles) answersLast(article);
    const [title, site] = document.title.split(" — ");
    if (articles.length > 1 || !site) return;
    const style = `@page { @top-right { content: ${JSON.stringify(title)}; color: #555; font: 8pt sans-serif; } }`;
    add(document.head, "append", make("style", {}, style));
  });
  addEventListener("afterprint", restore);
}
