// The search comes when somebody is about to search; tools/site_search.py makes it.
{
  const url = `${document.documentElement.dataset.content_root}_static/search/search.js`;
  let asked = false;
  const load = () => {
    if (asked) return;
    asked = true;
    const script = document.createElement("script");
    script.src = url;
    script.onerror = () => {
      for (const form of document.querySelectorAll("form.bd-search")) {
        form.insertAdjacentHTML("afterend", '<p role="status">The search could not be loaded. The contents lead to every page.</p>');
      }
    };
    document.head.append(script);
  };
  addEventListener("focusin", ({ target, relatedTarget: from }) => {
    if (!target.closest?.("form.bd-search")) return;
    load();
    const dialog = target.closest(".search-button__wrapper");
    if (from && !dialog?.contains(from)) document.courseOpener = from; // gets the focus back
  });
  for (const button of document.querySelectorAll(".search-button__button")) button.addEventListener("pointerenter", load);
  if (document.getElementById("search-results")) load();
}
