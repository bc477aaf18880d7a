// A figure, by a tap or by Enter, as large as the screen allows.
{
  const corners = '<svg viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.8" aria-hidden="true"><path d="M9.5 2H14v4.5M14 2 9 7M6.5 14H2V9.5M2 14l5-5"/></svg>';
  let sheet; // made when it is first needed

  const make = () => {
    sheet = document.createElement("dialog");
    sheet.className = "enlarged";
    sheet.innerHTML = '<div></div><button type="button" aria-label="Close">✕</button>';
    sheet.addEventListener("click", () => sheet.close()); // a tap anywhere, or the button
    document.body.append(sheet);
  };

  const enlarge = (drawing, name) => {
    if (!sheet) make();
    const pictures = [...drawing.querySelectorAll("img")].map((picture) => picture.cloneNode());
    for (const picture of pictures) {
      picture.loading = "eager";
      picture.style.setProperty("--shape", picture.getAttribute("width") / picture.getAttribute("height"));
    }
    sheet.firstChild.replaceChildren(...pictures);
    sheet.setAttribute("aria-label", name);
    sheet.showModal(); // it gives the focus back when it closes
    sheet.scrollTo((sheet.scrollWidth - sheet.clientWidth) / 2, 0);
  };

  for (const drawing of document.querySelectorAll(".drawing")) {
    const number = drawing.closest("figure")?.querySelector(".caption-number")?.textContent.trim() || "the figure";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "enlarge";
    button.innerHTML = corners;
    button.setAttribute("aria-label", `Enlarge ${number}`);
    button.addEventListener("click", () => enlarge(drawing, number));
    drawing.append(button);
    drawing.querySelector("span").addEventListener("click", () => {
      button.focus({ preventScroll: true }); // where the focus returns to
      enlarge(drawing, number);
    });
  }
}
