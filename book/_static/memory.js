// What this browser remembers of the course (nothing leaves it): where its reader was, and which
// pages were read to the end. The front page and the map offer to go on, and to forget all of it.
{
  const KEY = "course";
  const root = new URL(document.documentElement.dataset.content_root ?? "./", location.href);
  const nameOf = (address) => address.href.split(/[?#]/)[0].slice(root.href.length).replace(/\.html$/, "");
  const page = nameOf(location);
  const empty = { at: null, read: [] };
  const load = () => {
    try {
      return { ...empty, ...JSON.parse(localStorage.getItem(KEY)) };
    } catch {
      return empty; // storage is switched off, or holds something else
    }
  };
  const save = (known) => {
    try {
      localStorage.setItem(KEY, JSON.stringify(known));
    } catch {
      // as above
    }
  };
  const forget = () => {
    try {
      const ours = Object.keys(localStorage).filter((key) => key === KEY || key.startsWith("choice "));
      for (const key of ours) localStorage.removeItem(key);
    } catch {
      // as above
    }
  };

  // A chapter or a study: its end is its summary, or where it has none, its sources.
  const end = document.querySelector("article section#summary, article section#sources");
  if (end) {
    const titles = [...document.querySelectorAll("article h1, article h2")];
    const plain = (title) => {
      const copy = title.cloneNode(true);
      for (const extra of copy.querySelectorAll(".headerlink, .section-number, mjx-assistive-mml")) extra.remove();
      return copy.textContent.trim();
    };
    const here = () => titles.findLast((title) => title.getBoundingClientRect().top < innerHeight / 2) ?? titles[0];
    const keep = () => {
      const title = here();
      const at = { page, title: plain(titles[0]), part: title === titles[0] ? "" : plain(title) };
      at.id = at.part ? title.closest("section").id : "";
      save({ ...load(), at });
    };
    addEventListener("pagehide", keep);
    document.addEventListener("visibilitychange", () => document.hidden && keep());
    new IntersectionObserver(([seen], watch) => {
      if (!seen.isIntersecting) return;
      watch.disconnect();
      const known = load();
      if (!known.read.includes(page)) save({ ...known, read: [...known.read, page] });
    }).observe(end.querySelector("h2") ?? end);
  }

  const place = document.getElementById("continue");
  const tell = () => {
    const { at, read } = load();
    for (const link of document.querySelectorAll(".course-map a")) {
      const done = read.includes(nameOf(new URL(link.href)));
      link.querySelector(".read-mark")?.remove();
      if (done) link.insertAdjacentHTML("beforeend", '<span class="read-mark"> (read)</span>');
    }
    if (!place) return;
    place.replaceChildren();
    place.hidden = !at;
    if (!at) return;
    const link = document.createElement("a");
    link.href = new URL(`${at.page}.html${at.id ? `#${at.id}` : ""}`, root);
    link.textContent = at.part ? `${at.title}, at “${at.part}”` : at.title;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Forget what this browser knows of me";
    button.addEventListener("click", () => (forget(), tell()));
    const count = read.length === 1 ? "1 page read to the end." : `${read.length} pages read to the end.`;
    place.append("Continue at ", link, `. ${count} `, button);
  };
  tell();
  addEventListener("pageshow", tell); // also when one comes back
}
