// Questions with offered answers: the first option that is opened is the reader's guess. It opens the
// answer below, is remembered in this browser only, and counted at the end of the page.
{
  const boxes = [...document.querySelectorAll(".choice")];
  const page = location.pathname.split("/").slice(-2).join("/");
  const key = (box) => `choice ${page} ${box.querySelector("p")?.textContent.trim().slice(0, 60)}`;
  const options = (box) => [...box.querySelectorAll(":scope > details")];
  const read = (box) => {
    try {
      return localStorage.getItem(key(box));
    } catch {
      return null; // storage is switched off: nothing is remembered
    }
  };
  const write = (box, value) => {
    try {
      if (value === null) localStorage.removeItem(key(box));
      else localStorage.setItem(key(box), value);
    } catch {
      // as above
    }
  };
  const answer = (box) => {
    const next = box.nextElementSibling;
    return next?.matches("details.answer") ? next : null;
  };
  const guess = (box) => options(box).find((option) => option.dataset.guess !== undefined);

  const tell = () => {
    for (const kind of ["predict", "check"]) {
      const mine = boxes.filter((box) => box.classList.contains(kind));
      const done = mine.map(guess).filter(Boolean);
      const right = done.filter((option) => option.classList.contains("right")).length;
      const line = document.getElementById(`score-${kind}`);
      if (!line) continue;
      const what = kind === "predict" ? "predicted" : "answered";
      line.hidden = done.length === 0;
      line.querySelector("span").textContent = `You ${what} ${right} of ${done.length} right at the first guess (${mine.length} on this page).`;
    }
  };

  const show = (fold) => {
    fold.open = true;
    fold.querySelector("summary").textContent = "The answer";
  };
  const waits = (fold) => {
    fold.open = false;
    fold.querySelector("summary").textContent = "Guess first, or show the answer";
  };

  const choose = (box, option) => {
    if (guess(box)) return;
    option.dataset.guess = "";
    box.dataset.done = "";
    write(box, options(box).indexOf(option));
    const fold = answer(box);
    if (fold) show(fold);
    tell();
  };

  const forget = (kind) => {
    for (const box of boxes.filter((one) => one.classList.contains(kind))) {
      write(box, null);
      delete box.dataset.done;
      for (const option of options(box)) {
        option.open = false;
        delete option.dataset.guess;
      }
      const fold = answer(box);
      if (fold) waits(fold);
    }
    tell();
  };

  const score = (kind, after) => {
    const line = document.createElement("p");
    line.id = `score-${kind}`;
    line.className = "score";
    line.setAttribute("role", "status");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Forget my guesses";
    button.addEventListener("click", () => forget(kind));
    line.append(document.createElement("span"), " ", button);
    after.after(line);
  };

  // The last prediction's score stands after its answer, that of the questions after the last one.
  for (const kind of ["predict", "check"]) {
    const last = boxes.filter((box) => box.classList.contains(kind)).at(-1);
    if (last) score(kind, answer(last) ?? last);
  }
  for (const box of boxes) {
    const stored = options(box)[read(box) ?? -1];
    if (stored) {
      stored.dataset.guess = "";
      box.dataset.done = "";
    }
    for (const option of options(box)) option.addEventListener("toggle", () => option.open && choose(box, option));
    const fold = answer(box);
    if (fold && !stored) waits(fold);
  }
  tell();
}
