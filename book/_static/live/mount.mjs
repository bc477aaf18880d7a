// Puts the live figures of a page in place, each when it comes near. In a notebook anywidget does this.

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

async function mount(figure) {
  const stage = figure.querySelector(".live-stage");
  try {
    const { initial, default: live } = await import(`./${figure.dataset.live}.mjs`);
    stage.replaceChildren();
    live.render({ model: plainModel(initial), el: stage });
    figure.dataset.state = "ready";
  } catch (error) {
    stage.textContent = `This figure did not load (${error.message}). Reload the page to try again.`;
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
