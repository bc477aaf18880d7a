// Puts the live figures of a page in place, each when it comes near. In a notebook anywidget does this.
// On the site this file and the figures come as the classic scripts that tools/from_disk.py makes of them.
const here = new URL(import.meta.url);

/** Return a model in anywidget's shape over a plain object. */
export function plainModel(state) {
  const held = structuredClone(state);
  const listeners = new Map();
  const at = (event) => listeners.get(event) ?? listeners.set(event, new Set()).get(event);
  return {
    get: (key) => held[key],
    set(key, value) {
      if (Object.is(held[key], value)) return;
      held[key] = value;
      for (const act of [...at(`change:${key}`)]) act();
    },
    on: (event, act) => void at(event).add(act),
    off: (event, act) => void at(event).delete(act),
    save_changes() {},
  };
}

/** Load a classic script; resolve once it has run. */
function run(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => reject(new Error(`${address.pathname.split("/").at(-1)} is not there`)));
    script.src = address.href;
    document.head.append(script);
  });
}

/** Fetch a file; from a disk, where a browser fetches none, out of the script that holds it. */
async function fetchAnywhere(address, options) {
  if (address.protocol !== "file:") return fetch(address, options);
  await run(new URL(`${address.href}.js`));
  return fetch(courseFiles[address.pathname.split("/").at(-1)], options);
}

/** Return what a figure's module exports; figures come in the way that this script came. */
async function exported(name) {
  if (here.pathname.endsWith(".mjs")) return import(`./${name}.mjs`);
  const address = new URL(`${name}.js`, here);
  await run(address);
  return courseModules[name]({ url: address.href }, fetchAnywhere);
}

async function mount(figure) {
  const stage = figure.querySelector(".live-stage");
  const still = [...stage.childNodes];
  try {
    const { initial, default: live } = await exported(figure.dataset.live);
    stage.replaceChildren(...stage.querySelectorAll(".live-stills")); // hidden from now on, but for paper
    live.render({ model: plainModel(initial), el: stage });
    figure.dataset.state = "ready";
  } catch (error) {
    const sentence = document.createElement("p");
    sentence.textContent = `This figure did not load (${error.message}). Reload the page to try again.`;
    stage.replaceChildren(...still, sentence);
    figure.dataset.state = "failed";
    throw error;
  }
}

if (typeof document !== "undefined") {
  const near = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        mount(target);
      }
    },
    { rootMargin: "400px" },
  );
  document.querySelectorAll("figure[data-live]").forEach((figure) => near.observe(figure));
}
